/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/refusal.h"

#include "atom.h"
#include "bond.h"
#include "comm.h"
#include "domain.h"
#include "force.h"
#include "neighbor.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <map>
#include <utility>

using namespace LAMMPS_NS;

namespace bgen {

static constexpr int FIXED = 1; // in domain->boundary
static constexpr double MAX_BINS = 1e6, MAX_BINS_PER_ATOM = 100.0;
static constexpr double ALMOST_HALF = 0.499; // of a box: surely the nearest image

Refusal::Refusal(LAMMPS *lmp, const GroupAtoms &group_atoms, Home &home, const Limits &limits)
    : Pointers(lmp), group_(group_atoms), home_(home), limits_(limits)
{
}

/* of all, with no branch: most are finite */
static bool all_finite(const double *x, size_t n)
{
  bool finite = true;
  for (size_t c = 0; c < n; c++) finite &= std::fabs(x[c]) <= std::numeric_limits<double>::max();
  return finite;
}

const char *Refusal::reason(const double *x)
{
  if (!all_finite(x, group_.body().dim())) return "a coordinate is not finite";
  home_.go(x);
  Extent particles;
  for (int k = 0; k < group_.body().n_particles(); k++) particles.add(home_.position(k));
  if (const char *reason = outside(domain->triclinic ? reach_along_edges() : particles))
    return reason;
  if (stretched(particles)) return "a bond is too long";
  if (!home_.holds_images()) return "bonded atoms, or those of a cv, are not nearest images";
  if (limits_.overlap > 0.0 && overlapping()) return "two atoms overlap";
  return nullptr;
}

/* d = a - b, to the nearest periodic image; a and b may be many boxes apart */
void Refusal::difference(const double *a, const double *b, double *d) const
{
  const double *h = domain->h; // xx yy zz yz xz xy
  const double edge[3][3] = {{h[0], 0, 0}, {h[5], h[1], 0}, {h[4], h[3], h[2]}};
  for (int c = 0; c < 3; c++) d[c] = a[c] - b[c];
  for (int e = 2; e >= 0; e--) {
    if (!domain->periodicity[e] || std::fabs(d[e]) < ALMOST_HALF * edge[e][e]) continue;
    const double n_boxes = std::round(d[e] / edge[e][e]);
    for (int c = 0; c <= e; c++) d[c] -= n_boxes * edge[e][c];
  }
}

static double norm_squared(const double *d)
{
  return d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
}

/* ---- LAMMPS loses atoms outside a fixed boundary, has image flags for some hundred boxes only,
   and fills a shrink-wrapped box with neighbor bins ---- */

/* as fractions of the edges of a triclinic box */
Extent Refusal::reach_along_edges() const
{
  Extent reach;
  for (int k = 0; k < group_.body().n_particles(); k++) {
    double s[3];
    domain->x2lamda(const_cast<double *>(home_.position(k)), s);
    reach.add(s);
  }
  return reach;
}

const char *Refusal::outside(const Extent &reach) const
{
  const double *boxlo = domain->triclinic ? domain->boxlo_lamda : domain->boxlo;
  const double *boxhi = domain->triclinic ? domain->boxhi_lamda : domain->boxhi;
  for (int d = 0; d < 3; d++) {
    const int *boundary = domain->boundary[d];
    const double below = boxlo[d] - reach.lo[d], above = reach.hi[d] - boxlo[d];
    if (domain->periodicity[d]) {
      if (std::max(below, above) > (IMGMAX - 2) * (boxhi[d] - boxlo[d]))
        return "an atom is too many boxes away";
    } else if ((boundary[0] == FIXED && reach.lo[d] < boxlo[d]) ||
               (boundary[1] == FIXED && reach.hi[d] >= boxhi[d])) {
      return "an atom is outside a fixed boundary";
    }
  }
  return too_many_bins(reach, boxlo, boxhi) ? "an atom is far outside a shrink-wrapped box"
                                            : nullptr;
}

/* The usual bins, half a cutoff wide, of a box that also holds what is beyond its sides (fractions
   of the present box if that is triclinic). */
bool Refusal::too_many_bins(const Extent &reach, const double *boxlo, const double *boxhi) const
{
  if (domain->nonperiodic != 2 || neighbor->style == Neighbor::NSQ) return false;
  double n_bins = 1.0;
  for (int d = 0; d < domain->dimension; d++) {
    const bool stays = domain->periodicity[d];
    const double lo = stays ? boxlo[d] : std::min(boxlo[d], reach.lo[d]),
                 hi = stays ? boxhi[d] : std::max(boxhi[d], reach.hi[d]),
                 length = (hi - lo) * (domain->triclinic ? domain->prd[d] : 1.0);
    n_bins *= std::max(1.0, 2.0 * length / neighbor->cutneighmax);
  }
  return !(n_bins <= MAX_BINS + MAX_BINS_PER_ATOM * static_cast<double>(atom->natoms));
}

/* ---- atoms that are too far from, or too close to, each other ---- */

bool Refusal::stretched(const Extent &particles) const
{
  if (bonded_.empty() || compact(particles)) return false;
  for (const Bonded &pair : bonded_) {
    double d[3];
    difference(home_.position(pair.i), home_.position(pair.j), d);
    if (!(norm_squared(d) < pair.longest * pair.longest)) return true;
  }
  return false;
}

/* Whether a box around all atoms says that none of them is far from any other: each is the nearest
   image of the others, and none is farther than the diagonal, rounding included. */
bool Refusal::compact(Extent all) const
{
  for (int k = group_.body().n_particles(); k < home_.n_indices(); k++) all.add(home_.position(k));
  for (int d = 0; d < 3; d++)
    if (domain->periodicity[d] && !(all.length(d) < ALMOST_HALF * domain->prd[d])) return false;
  return all.diagonal_squared() < shortest_ * shortest_;
}

/* Particles against each other on every rank, against the other atoms on the ranks that own those.
   Atoms that overlap are near each other along the last edge of the box, too: of the particles in
   that order only those next to an atom need be looked at. */
bool Refusal::overlapping()
{
  line_up();
  int overlap = 0;
  for (size_t i = 0; i < line_.size() && !overlap; i++)
    overlap = overlaps(line_[i].u, i + 1, line_.size() - 1, line_[i].along, reach());
  for (int i = 0; i < atom->nlocal && !overlap; i++)
    overlap = !group_.has(i) && overlaps_other(atom->x[i]);
  if (comm->nprocs > 1) MPI_Allreduce(MPI_IN_PLACE, &overlap, 1, MPI_INT, MPI_MAX, world);
  return overlap;
}

/* by more than the rounding of places in the line */
double Refusal::reach() const
{
  static constexpr double ROUNDING = 1e-9;
  return limits_.overlap + ROUNDING * (limits_.overlap + domain->prd[domain->dimension - 1]);
}

double Refusal::along(const double *u) const
{
  const int axis = domain->dimension - 1;
  if (!domain->periodicity[axis]) return u[axis];
  const double length = domain->prd[axis];
  return u[axis] - length * std::floor((u[axis] - domain->boxlo[axis]) / length);
}

void Refusal::line_up()
{
  line_.clear();
  for (int k = 0; k < group_.body().n_particles(); k++) {
    const double *u = home_.position(k);
    line_.push_back({along(u), u});
  }
  std::sort(line_.begin(), line_.end(),
            [](const InLine &a, const InLine &b) { return a.along < b.along; });
}

/* Whether u overlaps one of up to n_most particles from first on that stand within span of from.
   The line is a ring if the box is periodic. */
bool Refusal::overlaps(const double *u, size_t first, size_t n_most, double from, double span) const
{
  const int axis = domain->dimension - 1;
  const double length = domain->prd[axis], closest = limits_.overlap * limits_.overlap;
  const size_t n = line_.size(), end = domain->periodicity[axis] ? first + n_most : n;
  for (size_t j = first; j < end; j++) {
    const InLine &next = line_[j < n ? j : j - n];
    if (next.along + (j < n ? 0.0 : length) - from > span) return false;
    double d[3];
    difference(u, next.u, d);
    if (norm_squared(d) < closest) return true;
  }
  return false;
}

bool Refusal::overlaps_other(const double *u) const
{
  const int axis = domain->dimension - 1;
  double from = along(u) - reach();
  if (domain->periodicity[axis] && from < domain->boxlo[axis]) from += domain->prd[axis];
  const auto first = std::lower_bound(line_.begin(), line_.end(), from,
                                      [](const InLine &a, double at) { return a.along < at; });
  return overlaps(u, static_cast<size_t>(first - line_.begin()), line_.size(), from, 2.0 * reach());
}

/* ---- Which atoms need each other. A rank that owns the atom under which LAMMPS stores a bond,
   angle, ... looks for its other atoms among its own and its ghosts, and stops the job if one is
   not there. ---- */

void Refusal::find_bonded()
{
  std::vector<tagint> mine; // owner, other, bond type or 0
  const auto add = [&](int i, tagint other, int bond_type) {
    const tagint tag = atom->tag[i];
    if (other != tag && (group_.particle(tag) >= 0 || group_.particle(other) >= 0))
      mine.insert(mine.end(), {tag, other, bond_type});
  };
  const auto add_all = [&](const int *num, std::initializer_list<tagint **> others) {
    if (num)
      for (int i = 0; i < atom->nlocal; i++)
        for (int m = 0; m < num[i]; m++)
          for (tagint **other : others) add(i, other[i][m], 0);
  };
  if (atom->molecular == Atom::MOLECULAR) {
    if (atom->num_bond)
      for (int i = 0; i < atom->nlocal; i++)
        for (int m = 0; m < atom->num_bond[i]; m++)
          add(i, atom->bond_atom[i][m], atom->bond_type[i][m]);
    add_all(atom->num_angle, {atom->angle_atom1, atom->angle_atom2, atom->angle_atom3});
    add_all(atom->num_dihedral, {atom->dihedral_atom1, atom->dihedral_atom2, atom->dihedral_atom3,
                                 atom->dihedral_atom4});
    add_all(atom->num_improper, {atom->improper_atom1, atom->improper_atom2, atom->improper_atom3,
                                 atom->improper_atom4});
  }
  find_partners(group_.gather_ranks(mine));
}

void Refusal::find_partners(const std::vector<tagint> &found)
{
  std::vector<tagint> partners;
  for (size_t k = 0; k < found.size(); k += 3)
    for (int end = 0; end < 2; end++)
      if (group_.particle(found[k + end]) < 0) partners.push_back(found[k + end]);
  home_.set_partners(partners);

  const double longest = limits_.bond_max > 0.0 ? limits_.bond_max : comm->get_comm_cutoff();
  std::map<std::pair<int, int>, double> pairs;
  shortest_ = longest;
  for (size_t k = 0; k < found.size(); k += 3) {
    const int i = home_.index(found[k]), j = home_.index(found[k + 1]);
    double &of_pair = pairs.try_emplace(std::minmax(i, j), longest).first->second;
    of_pair = std::min(of_pair, bond_limit(static_cast<int>(found[k + 2])));
    shortest_ = std::min(shortest_, of_pair);
  }
  bonded_.clear();
  for (const auto &[pair, of_pair] : pairs) bonded_.push_back({pair.first, pair.second, of_pair});
}

/* FENE bonds of length R0 sqrt(0.9) and more have not the energy of their formula, from 2 R0 on
   they stop the job. */
double Refusal::bond_limit(int bond_type) const
{
  Bond *fene = force->bond && bond_type > 0 ? force->bond_match("fene") : nullptr;
  int dimension = 0;
  const auto *r0 = fene ? static_cast<double *>(fene->extract("r0", dimension)) : nullptr;
  if (!r0 || !fene->setflag[bond_type]) return std::numeric_limits<double>::infinity();
  return std::sqrt(0.9) * r0[bond_type];
}

} // namespace bgen
