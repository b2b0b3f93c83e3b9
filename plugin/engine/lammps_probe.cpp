/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/lammps_probe.h"

#include "atom.h"
#include "compute.h"
#include "domain.h"
#include "engine/copies.h"
#include "engine/other_fixes.h"
#include "fix.h"
#include "force.h"
#include "group.h"
#include "input/error.h"
#include "kspace.h"
#include "modify.h"
#include "neighbor.h"
#include "update.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

using namespace LAMMPS_NS;

namespace bgen {

/* A mesh makes forces that are wrong by this times what it promises, here and there. */
static constexpr double OF_ACCURACY = 10.0;
static constexpr double OF_SKIN = 0.01, OF_BOX = 1e-5;

void expect_energy(const LAMMPS *lmp, bigint step)
{
  lmp->modify->compute[lmp->modify->find_compute("thermo_pe")]->addstep(step);
}

bool has_energy(const LAMMPS *lmp)
{
  return lmp->update->eflag_global == lmp->update->ntimestep;
}

/* ---- where the atoms are ---- */

MdForces LammpsProbe::forces(const double *x, const double *direction, double *felt)
{
  MdForces none;
  none.refused = engine_.refusal_.reason(x);
  if (!none.refused && !engine_.evaluation_.move()) {
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

std::vector<int> LammpsProbe::in_group(const std::string &name)
{
  const int igroup = group->find(name.c_str());
  if (igroup < 0) throw Error("fix bgen: there is no group '" + name + "' that a cv could name");
  return engine_.group_atoms.in_group(igroup);
}

/* ---- cvs that LAMMPS computes ---- */

std::string LammpsProbe::begin_watching(const std::vector<Observable> &all, bool sets_up)
{
  return watched_.begin(all, engine_, sets_up);
}

std::vector<double> LammpsProbe::watch(double energy)
{
  std::vector<double> values(watched_.size());
  watched_.evaluate(energy, values.data());
  return values;
}

std::vector<double> LammpsProbe::watch_now(const std::vector<Observable> &all)
{
  return watched_.evaluate_now(all);
}

bool LammpsProbe::in_run() const
{
  return update->whichflag != 0;
}

/* ---- of the particles of this rank; of the others 0 ---- */

/* of(i): three numbers of local atom i */
template <class Of> void LammpsProbe::collect(Of of, std::vector<double> &values) const
{
  const GroupAtoms &group = engine_.group_atoms;
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

/* all: also of what has no force in the end */
bgen_slope LammpsProbe::slope(const std::vector<double> &f, const double *direction, bool all) const
{
  double sums[2] = {0.0, 0.0};
  for (size_t c = 0; c < f.size(); c++) {
    if (!all && f_[c] == 0.0) continue;
    sums[0] -= f[c] * direction[c];
    sums[1] += f[c] * direction[c] * f[c] * direction[c];
  }
  MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, world);
  return {0.0, sums[0], std::sqrt(sums[1])};
}

/* ---- forces, first without fixes, then one fix after the other, as MD does ---- */

static bool is_counted(const Fix *fix)
{
  return fix->energy_global_flag && fix->thermo_energy &&
         known_fix(fix->style).verdict != Verdict::CONSTRAINT;
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
  collect([this](int i) { return atom->f[i]; }, f_);
  added_.assign(1, f_);
  for (int i = 0; i < modify->nfix; i++)
    if ((modify->fmask[i] & FixConst::POST_FORCE) && !is_gpu(modify->fix[i]))
      add_fix(modify->fix[i], all);
  MPI_Allreduce(f_.data(), felt, static_cast<int>(dim()), MPI_DOUBLE, MPI_SUM, world);
  all.at.energy = engine_.evaluation_.potential_energy();
  find_slopes(direction, all);
  const double edge = std::min({domain->xprd, domain->yprd, domain->zprd});
  all.longest = neighbor->skin > 0.0 ? OF_SKIN * neighbor->skin : OF_BOX * edge;
  all.suspects = suspects();
  return all;
}

/* What does not count may change its state, or draw random numbers: it is asked only if it is known
   not to. */
void LammpsProbe::add_fix(Fix *fix, MdForces &all)
{
  const Verdict verdict = known_fix(fix->style).verdict;
  const bool counted = is_counted(fix), has_energy = fix->energy_global_flag != 0;
  const bool known = verdict == Verdict::FORCE || verdict == Verdict::SHORT_RANGED;
  if (!counted && !known && verdict != Verdict::UNKNOWN) return;
  if (counted || known) with_copies(lmp, fix, [fix] { fix->post_force(0); });
  std::vector<double> before;
  before.swap(f_);
  collect([this](int i) { return atom->f[i]; }, f_);
  for (size_t c = 0; c < f_.size(); c++) before[c] = f_[c] - before[c];
  added_.push_back(std::move(before));
  const bool shares = shares_atoms(lmp, fix, engine_.group_atoms);
  const double energy = counted ? fix->compute_scalar() : 0.0;
  all.fixes.push_back({name_of(fix),
                       fix->id,
                       counted,
                       has_energy,
                       shares,
                       verdict != Verdict::FORCE,
                       {energy, 0.0, 0.0}});
}

void LammpsProbe::find_slopes(const double *direction, MdForces &all) const
{
  const double energy = all.at.energy;
  all.at = slope(added_[0], direction, true);
  all.at.energy = energy;
  for (size_t k = 0; k < all.fixes.size(); k++) {
    bgen_slope &at = all.fixes[k].at;
    const double of_fix = at.energy;
    at = slope(added_[k + 1], direction, all.fixes[k].counted);
    at.energy = of_fix;
    all.at.energy -= of_fix;
  }
  double squares = 0.0;
  for (size_t c = 0; c < dim(); c++) squares += direction[c] * direction[c];
  if (force->kspace) all.noise = OF_ACCURACY * force->kspace->accuracy * std::sqrt(squares);
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
