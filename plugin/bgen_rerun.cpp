/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_rerun.h"

#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "error.h"
#include "update.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

/* An atom that stays while another moves, frame after frame: even if each of them did the one or the other at random, as in
   Monte Carlo of single atoms, so many frames in a row would come once in 4^16. */
static constexpr bigint LONG_STREAK = 16;
/* What LAMMPS rounds, in parts of the largest coordinate, when it wraps an atom that no frame has moved. */
static constexpr double STILL = 1e-12;
static constexpr const char *WAYS_OUT = "positions in the box need image flags, dump ix iy iz as "
                                        "well, and unwrapped ones, such as xu yu zu, the words "
                                        "\"wrapped no\" of rerun";

BgenRerun::BgenRerun(LAMMPS *lmp, BgenConfiguration &_configuration)
    : Pointers(lmp), configuration(_configuration), n_space(configuration.n_space()),
      n_particles(configuration.n_particles()), now(configuration.dim()),
      before(configuration.dim()), n(0), n_moving(0), moves(false), streak(n_particles, 0),
      knows_bonds(false), n_across(0), n_half(0)
{
}

void BgenRerun::begin(const double *x)
{
  before.swap(now);
  now.assign(x, x + configuration.dim());
}

void BgenRerun::check(const double *x)
{
  check_energy();
  check_box();
  n++;
  count_still(x);
  judge_still(LONG_STREAK);
  check_bonds(x);
  if (n > 1) count_across(x);
}

std::string BgenRerun::where() const
{
  return bgen_text("the frame of step %lld", (long long) update->ntimestep);
}

std::string BgenRerun::atom_text(int i) const
{
  return bgen_text("atom %lld", (long long) configuration.tags()[i]);
}

/* positions that are no numbers LAMMPS refuses itself, in Domain::pbc() */
void BgenRerun::check_energy() const
{
  if (!configuration.all_there())
    error->all(FLERR,
               "fix bgen: LAMMPS has lost atoms of " + where() + ": they lie outside the box");
  const double energy = configuration.step_energy();
  if (!std::isfinite(energy))
    error->all(FLERR, bgen_text("fix bgen: the potential energy is %g in ", energy) + where() +
                          ": do atoms lie on top of each other?");
}

/* a generator is of one box */
void BgenRerun::check_box() const
{
  configuration.box.hold();
  const std::string change = configuration.box.change();
  if (!change.empty())
    error->all(FLERR,
               "fix bgen: the periodic box of " + where() + " has " + change +
                   " as those before it: a generator is of one box, dump at constant volume");
}

/* ---- atoms that the dump lacks ---- */

void BgenRerun::count_still(const double *x)
{
  double scale = 0.0;
  for (int c = 0; c < configuration.dim(); c++) scale = std::max(scale, fabs(x[c]));
  std::vector<char> moved(n_particles, 0);
  for (int c = 0; c < configuration.dim(); c++)
    if (fabs(x[c] - before[c]) > STILL * scale) moved[c / n_space] = 1;
  if (std::find(moved.begin(), moved.end(), 1) == moved.end()) return;
  n_moving++;
  if (n > 1) moves = true;
  for (int i = 0; i < n_particles; i++) {
    if ((streak[i] > 0) != (moved[i] != 0)) streak[i] = 0;
    streak[i] += moved[i] ? 1 : -1;
  }
}

void BgenRerun::judge_still(bigint length) const
{
  const auto still = std::min_element(streak.begin(), streak.end());
  if (length < 1 || *still > -length) return;
  if (*std::max_element(streak.begin(), streak.end()) < length) return;
  const auto first =
      std::find_if(streak.begin(), streak.end(), [=](bigint frames) { return frames <= -length; });
  error->all(FLERR,
             "fix bgen: " + atom_text((int) (first - streak.begin())) +
                 bgen_text(" stays where it was for %lld frames, up to ", (long long) length) +
                 where() +
                 ", while others move: the dump lacks it, or it never moves and does not "
                 "belong in the group");
}

/* ---- jumps by a box ---- */

/* LAMMPS wants bonds shorter than half a box, so the boxes between their ends as unwrapped do not change. */
void BgenRerun::check_bonds(const double *x)
{
  const bool first = !knows_bonds;
  if (first) {
    bonds = configuration.bonds();
    bond_boxes.resize(bonds.size() / 2 * 3);
    knows_bonds = true;
  }
  for (size_t b = 0; b < bonds.size() / 2; b++) {
    const int i = bonds[2 * b], j = bonds[2 * b + 1];
    double d[3], s[3];
    for (int c = 0; c < n_space; c++) d[c] = x[i * n_space + c] - x[j * n_space + c];
    configuration.box.parts(d, s);
    for (int c = 0; c < 3; c++) {
      if (first) bond_boxes[3 * b + c] = std::round(s[c]);
      if (std::round(s[c]) != bond_boxes[3 * b + c])
        error->all(FLERR,
                   "fix bgen: " + atom_text(i) + " and " + atom_text(j) +
                       bgen_text(", which are bonded, part by a whole box in %c in ", "xyz"[c]) +
                       where() + ": " + WAYS_OUT);
    }
  }
}

/* Positions without image flags jump by nearly a box or hardly at all. */
void BgenRerun::count_across(const double *x)
{
  for (int i = 0; i < n_particles; i++) {
    double d[3], s[3];
    for (int c = 0; c < n_space; c++) d[c] = x[i * n_space + c] - before[i * n_space + c];
    configuration.box.parts(d, s);
    for (int c = 0; c < 3; c++) {
      const double boxes = fabs(s[c]);
      if (boxes > 0.25 && boxes < 0.75) n_half++;
      if (boxes < 0.75 || boxes > 1.25) continue;
      if (n_across++ == 0) across = atom_text(i) + " to " + where();
    }
  }
}

/* error->warning() says nothing after 100 warnings, and styles of LAMMPS repeat theirs at each frame */
void BgenRerun::warn(const std::string &sentence) const
{
  if (comm->me == 0) utils::logmesg(lmp, "WARNING: fix bgen: " + sentence + "\n");
}

void BgenRerun::end()
{
  judge_still(std::min(LONG_STREAK, n_moving));
  const auto n_frames = static_cast<long long>(n);
  if (n > 1 && !moves)
    warn(bgen_text(
        "no atom of the group moves in the %lld frames of this rerun: does the dump lack them?",
        n_frames));
  /* displacements of diffusion fall off, so that those by half a box are never fewer */
  if (n_across > 2 * n_half)
    warn(bgen_text("positions jump by a whole box %lld times in the %lld frames of this rerun, "
                   "first that of ",
                   (long long) n_across, n_frames) +
         across + ": " + WAYS_OUT);
  n = n_moving = n_across = n_half = 0;
  moves = false;
  std::fill(streak.begin(), streak.end(), 0);
}
