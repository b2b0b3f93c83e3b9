/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/lammps_probe.h"

#include "atom.h"
#include "domain.h"
#include "engine/other_fixes.h"
#include "fix.h"
#include "force.h"
#include "kspace.h"
#include "modify.h"
#include "neighbor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace LAMMPS_NS;

namespace bgen {

/* A mesh makes forces that are wrong by this times what it promises, here and there. */
static constexpr double OF_ACCURACY = 10.0;
static constexpr double OF_SKIN = 0.01, OF_BOX = 1e-5;

/* ---- where the atoms are ---- */

MdForces LammpsProbe::forces(const double *x, const double *direction, double *felt)
{
  MdForces none;
  none.refused = engine_.refusal_.reason(x);
  if (!none.refused && !engine_.evaluation_.move(x)) {
    engine_.snapshot_.put_back_atoms();
    none.refused = "LAMMPS lost atoms";
  }
  return none.refused ? none : evaluate(direction, felt);
}

void LammpsProbe::mark()
{
  engine_.snapshot_.pack(mark_);
  n_marked_ = atom->natoms;
}

bool LammpsProbe::has_mark() const
{
  return n_marked_ == atom->natoms;
}

MdForces LammpsProbe::forces_at_mark()
{
  engine_.snapshot_.unpack(mark_);
  engine_.snapshot_.put_back_box(mark_);
  MdForces none;
  if (!engine_.evaluation_.rebuild(false)) {
    none.refused = "LAMMPS lost atoms";
    return none;
  }
  const std::vector<double> still(dim(), 0.0);
  std::vector<double> felt(dim());
  return evaluate(still.data(), felt.data());
}

/* ---- of the particles of this rank; of the others 0 ---- */

/* of(i): three numbers of local atom i */
template <class Of> void LammpsProbe::collect(Of of, std::vector<double> &values) const
{
  const GroupAtoms &group = engine_.group_;
  const int n_space = group.body().n_space;
  values.assign(group.body().dim(), 0.0);
  for (int i = 0; i < atom->nlocal; i++)
    if (group.has(i)) std::copy_n(of(i), n_space, &values[n_space * group.particle(atom->tag[i])]);
}

void LammpsProbe::velocities(double *v)
{
  collect([this](int i) { return atom->v[i]; }, f_);
  MPI_Allreduce(f_.data(), v, static_cast<int>(dim()), MPI_DOUBLE, MPI_SUM, world);
}

/* Of what the forces have changed since the last call. */
bgen_slope LammpsProbe::slope(const double *direction)
{
  before_.swap(f_);
  collect([this](int i) { return atom->f[i]; }, f_);
  before_.resize(f_.size(), 0.0);
  double sums[2] = {0.0, 0.0};
  for (size_t c = 0; c < f_.size(); c++) {
    const double one = (f_[c] - before_[c]) * direction[c];
    sums[0] -= one;
    sums[1] += one * one;
  }
  MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, world);
  return {0.0, sums[0], std::sqrt(sums[1])};
}

/* by the fix of the last slope */
void LammpsProbe::find_held()
{
  for (size_t c = 0; c < f_.size(); c++)
    if (before_[c] != 0.0 && f_[c] == 0.0) held_[c] = 1.0;
}

/* ---- forces, first without fixes, then one fix after the other, as MD does ---- */

static bool is_counted(const Fix *fix)
{
  return fix->energy_global_flag && fix->thermo_energy;
}

static bool is_gpu(const Fix *fix)
{
  return strncmp(fix->style, "GPU", 3) == 0;
}

MdForces LammpsProbe::evaluate(const double *direction, double *felt)
{
  MdForces all;
  engine_.evaluation_.forces_without_fixes();
  for (int i = 0; i < modify->nfix; i++)
    if (is_gpu(modify->fix[i])) modify->fix[i]->post_force(0);
  f_.clear();
  all.at = slope(direction);
  held_.assign(dim(), 0.0);
  for (int i = 0; i < modify->nfix; i++)
    if ((modify->fmask[i] & FixConst::POST_FORCE) && !is_gpu(modify->fix[i]))
      evaluate_fix(modify->fix[i], direction, all);
  MPI_Allreduce(f_.data(), felt, static_cast<int>(dim()), MPI_DOUBLE, MPI_SUM, world);
  all.held = held_;
  MPI_Allreduce(MPI_IN_PLACE, all.held.data(), static_cast<int>(dim()), MPI_DOUBLE, MPI_MAX, world);
  all.at.energy = engine_.evaluation_.potential_energy();
  for (const FixForces &fix : all.fixes) all.at.energy -= fix.at.energy;

  double squares = 0.0;
  for (size_t c = 0; c < dim(); c++) squares += direction[c] * direction[c];
  if (force->kspace) all.noise = OF_ACCURACY * force->kspace->accuracy * std::sqrt(squares);
  const double edge = std::min({domain->xprd, domain->yprd, domain->zprd});
  all.longest = neighbor->skin > 0.0 ? OF_SKIN * neighbor->skin : OF_BOX * edge;
  all.suspects = suspects();
  return all;
}

/* What does not count may change its state, or draw random numbers: it is asked only if it is known
   not to. */
void LammpsProbe::evaluate_fix(Fix *fix, const double *direction, MdForces &all)
{
  const Verdict verdict = known_fix(fix->style).verdict;
  const bool counted = is_counted(fix);
  if (!counted && verdict != Verdict::FORCE && verdict != Verdict::UNKNOWN) return;
  if (counted || verdict == Verdict::FORCE) fix->post_force(0);
  FixForces one = {name_of(fix),
                   fix->id,
                   counted,
                   fix->energy_global_flag != 0,
                   shares_atoms(lmp, fix, engine_.group_),
                   slope(direction)};
  if (counted)
    one.at.energy = fix->compute_scalar();
  else
    find_held();
  all.fixes.push_back(one);
}

/* Fixes with a hand in the forces before they are summed. */
std::string LammpsProbe::suspects()
{
  std::string names = std::string("pair style ") + (force->pair ? force->pair_style : "none");
  if (force->kspace) names += std::string(", kspace style ") + force->kspace_style;
  for (int i = 0; i < modify->nfix; i++)
    if ((modify->fmask[i] & (FixConst::PRE_FORCE | FixConst::PRE_REVERSE)) &&
        strcmp(modify->fix[i]->style, "bgen") != 0)
      names += ", " + name_of(modify->fix[i]);
  return names;
}

} // namespace bgen
