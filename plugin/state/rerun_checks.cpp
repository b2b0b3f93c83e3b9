/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/rerun_checks.h"

#include "input/error.h"
#include "input/text.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

/* An atom that stays while another moves, frame after frame: even if each of them did the one or
   the other at random, as in Monte Carlo of single atoms, so many frames in a row would come once
   in 4^16. */
static constexpr long long LONG_STREAK = 16;
/* What LAMMPS rounds, as a fraction of the largest coordinate, when it wraps an atom that no frame
   has moved. */
static constexpr double STILL = 1e-12;
static constexpr const char *WAYS_OUT =
    "for positions in the box, dump the image flags ix iy iz as well; for unwrapped positions, "
    "such as xu yu zu, use \"wrapped no\" of rerun";

RerunChecks::RerunChecks(Host &host, const Body &body, bgen_coords coords)
    : host_(host), body_(body), n_space_(body.n_space), n_particles_(body.n_particles()),
      drifts_(coords != BGEN_CARTESIAN), now_(body.dim()), before_(body.dim()),
      streak_(n_particles_, 0)
{
}

void RerunChecks::begin(const double *x)
{
  before_.swap(now_);
  now_.assign(x, x + body_.dim());
}

void RerunChecks::check(const double *x)
{
  check_box();
  n_++;
  count_still(x);
  judge_still(LONG_STREAK);
  check_bonds(x);
  if (n_ > 1) find_components(x);
  if (n_ > 1) count_across(x);
}

std::string RerunChecks::where() const
{
  return text("the frame of step %lld", host_.step());
}

std::string RerunChecks::atom_text(int i) const
{
  return text("atom %lld", static_cast<long long>(body_.tags[i]));
}

/* positions that are no numbers LAMMPS refuses itself, in Domain::pbc() */
void RerunChecks::check_energy() const
{
  if (!host_.all_atoms_there())
    throw Error("fix bgen: LAMMPS has lost atoms of " + where() + ": they lie outside the box");
  const double energy = host_.step_energy();
  if (!std::isfinite(energy))
    throw Error(text("fix bgen: the potential energy is %g in ", energy) + where() +
                ": do atoms lie on top of each other?");
}

/* a generator is of one box */
void RerunChecks::check_box() const
{
  host_.box().hold();
  const std::string change = host_.box().change();
  if (!change.empty())
    throw Error("fix bgen: the periodic box of " + where() + " has " + change +
                " as in the frames before: all frames must have the same box, use a dump at "
                "constant volume");
}

/* ---- atoms that the dump lacks ---- */

static double largest(const double *x, size_t dim)
{
  double scale = 0.0;
  for (size_t c = 0; c < dim; c++) scale = std::max(scale, std::fabs(x[c]));
  return scale;
}

bool RerunChecks::has_moved(const double *x, size_t c, double scale) const
{
  return std::fabs(x[c] - before_[c]) > STILL * scale;
}

std::vector<char> RerunChecks::find_moved(const double *x) const
{
  const double scale = largest(x, body_.dim());
  std::vector<char> moved(n_particles_, 0);
  for (size_t c = 0; c < body_.dim(); c++)
    if (has_moved(x, c, scale)) moved[c / n_space_] = 1;
  return moved;
}

/* of any atom, from one frame to the next */
void RerunChecks::find_components(const double *x)
{
  const double scale = largest(x, body_.dim());
  for (size_t c = 0; c < body_.dim(); c++)
    if (has_moved(x, c, scale)) moves_ = moves_along_[c % n_space_] = true;
}

void RerunChecks::count_still(const double *x)
{
  const std::vector<char> moved = find_moved(x);
  if (std::find(moved.begin(), moved.end(), 1) == moved.end()) return;
  n_moving_++;
  for (int i = 0; i < n_particles_; i++) {
    if ((streak_[i] > 0) != (moved[i] != 0)) streak_[i] = 0;
    streak_[i] += moved[i] ? 1 : -1;
  }
}

void RerunChecks::judge_still(long long length) const
{
  if (length < 1) return;
  const auto still = [=](long long frames) { return frames <= -length; };
  const auto first = std::find_if(streak_.begin(), streak_.end(), still);
  if (first == streak_.end()) return;
  if (*std::max_element(streak_.begin(), streak_.end()) < length) return;
  throw Error("fix bgen: " + atom_text(static_cast<int>(first - streak_.begin())) +
              text(" does not move for %lld frames, up to ", length) + where() +
              ", while others move: either the dump lacks it, or it never moves and does not "
              "belong in the group");
}

/* ---- jumps by a box ---- */

/* LAMMPS wants bonds shorter than half a box, so the boxes between their ends as unwrapped do not
   change. */
void RerunChecks::check_bonds(const double *x)
{
  const bool first = !knows_bonds_;
  if (first) {
    bonds_ = host_.topology().bonds;
    bond_boxes_.resize(bonds_.size() / 2 * 3);
    knows_bonds_ = true;
  }
  for (size_t b = 0; b < bonds_.size() / 2; b++) {
    double s[3];
    fractions(x + bonds_[2 * b] * n_space_, x + bonds_[2 * b + 1] * n_space_, s);
    check_bond(b, s, first);
  }
}

/* a - b, two positions [n_space], along the edges of the box */
void RerunChecks::fractions(const double *a, const double *b, double *s) const
{
  double d[3];
  for (int c = 0; c < n_space_; c++) d[c] = a[c] - b[c];
  const bgen_cell cell = host_.box().cell();
  bgen_cell_fractions(&cell, n_space_, d, s);
}

void RerunChecks::check_bond(size_t b, const double *s, bool first)
{
  for (int c = 0; c < 3; c++) {
    if (first) bond_boxes_[3 * b + c] = std::round(s[c]);
    if (std::round(s[c]) != bond_boxes_[3 * b + c])
      throw Error("fix bgen: the bond of " + atom_text(bonds_[2 * b]) + " and " +
                  atom_text(bonds_[2 * b + 1]) +
                  text(" stretches by a whole box length in %c in ", "xyz"[c]) + where() + ": " +
                  WAYS_OUT);
  }
}

/* Positions without image flags jump by nearly a box or hardly at all. */
void RerunChecks::count_across(const double *x)
{
  double drift[3] = {0.0, 0.0, 0.0}; // that of the first one
  if (drifts_) fractions(x, before_.data(), drift);
  for (int i = 0; i < n_particles_; i++) {
    double s[3];
    fractions(x + i * n_space_, &before_[i * n_space_], s);
    for (int c = 0; c < 3; c++) {
      const double boxes = std::fabs(s[c] - drift[c]);
      if (boxes > 0.25 && boxes < 0.75) n_half_++;
      if (boxes < 0.75 || boxes > 1.25) continue;
      if (n_across_++ == 0) across_ = atom_text(i) + " to " + where();
    }
  }
}

/* error->warning() says nothing after 100 warnings, and styles of LAMMPS repeat theirs at each
   frame */
void RerunChecks::warn(const std::string &sentence) const
{
  host_.print("WARNING: fix bgen: " + sentence + "\n");
}

void RerunChecks::warn_of_still() const
{
  if (!moves_)
    warn(text("no atom of the group moves in the %lld frames of this rerun: does the dump lack "
              "them?",
              n_));
  for (int axis = 0; axis < n_space_ && moves_; axis++)
    if (!moves_along_[axis])
      warn(text("no atom of the group moves along %c in the %lld frames of this rerun: name %c "
                "after the word dump of rerun, or leave it out of coords",
                "xyz"[axis], n_, "xyz"[axis]));
}

void RerunChecks::end()
{
  judge_still(std::min(LONG_STREAK, n_moving_));
  if (n_ > 1) warn_of_still();
  /* displacements of diffusion fall off, so that those by half a box are never fewer */
  if (n_across_ > 2 * n_half_)
    warn(text("positions jump by a whole box %lld times in the %lld frames of this rerun, the "
              "first time that of ",
              n_across_, n_) +
         across_ + ": " + WAYS_OUT);
  n_ = n_moving_ = n_across_ = n_half_ = 0;
  moves_ = false;
  std::fill_n(moves_along_, 3, false);
  std::fill(streak_.begin(), streak_.end(), 0);
}
