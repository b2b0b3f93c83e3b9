/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/lammps_engine.h"

#include "atom.h"
#include "base/hash.h"
#include "domain.h"
#include "engine/requirements.h"
#include "error.h"
#include "force.h"
#include "kspace.h"
#include "modify.h"
#include "update.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

using namespace LAMMPS_NS;

namespace bgen {

LammpsEngine::LammpsEngine(LAMMPS *lmp, int igroup, int n_space, const Limits &limits,
                           const Owner &owner, const std::vector<int64_t> &pairs)
    : Pointers(lmp), group_atoms(lmp, igroup, n_space, owner), images_(lmp, group_atoms, pairs),
      home_(lmp, group_atoms, images_), refusal_(lmp, group_atoms, home_, limits),
      evaluation_(lmp, group_atoms, home_), snapshot_(lmp)
{
}

void LammpsEngine::init()
{
  require_movable(lmp, group_atoms);
  group_atoms.renew();
  images_.find();
  fresh_ = true;
}

int LammpsEngine::renew()
{
  const int n_changes = group_atoms.n_changes();
  group_atoms.renew();
  if (group_atoms.n_changes() != n_changes) {
    images_.find();
    fresh_ = true;
  }
  return group_atoms.n_changes();
}

OtherAtoms LammpsEngine::other_atoms()
{
  static constexpr double GOLDEN = 0.6180339887498949; // its multiples are spread evenly
  double sums[2] = {0.0, 0.0};
  for (int i = 0; i < atom->nlocal; i++) {
    if (group_atoms.has(i)) continue;
    double u[3];
    domain->unmap(atom->x[i], atom->image[i], u);
    for (int c = 0; c < 3; c++) {
      const double term =
          u[c] * (0.5 + std::fmod(GOLDEN * (3.0 * static_cast<double>(atom->tag[i]) + c), 1.0));
      sums[0] += term;
      sums[1] += term * term;
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, world);
  return {sums[0], std::sqrt(sums[1])};
}

double memory_of(const LammpsEngine &engine)
{
  return engine.group_atoms.memory_usage() + engine.home_.memory_usage() +
         engine.refusal_.memory_usage() + engine.evaluation_.memory_usage() +
         engine.snapshot_.memory_usage() +
         n_bytes(engine.kept_.atoms, engine.x_home_, engine.screened_);
}

/* ---- a trial ---- */

void LammpsEngine::begin_trial()
{
  if (fresh_) {
    refusal_.find_bonded();
    snapshot_.find_energies();
    evaluation_.prepare();
    fresh_ = false;
  }
  snapshot_.take();
  home_.remember();
  screened_.clear();
  trying_ = true;
}

const char *LammpsEngine::refusal(const double *x)
{
  const char *refused = refusal_.reason(x);
  if (!refused) screened_.assign(x, x + body().dim());
  return refused;
}

/* What has been screened is not screened again, unless the box may have changed since. */
Energy LammpsEngine::energy(const double *x)
{
  assert(trying_);
  const bool known = !screened_.empty() && !domain->box_change &&
                     std::equal(screened_.begin(), screened_.end(), x);
  if (known) home_.go(x);
  const char *refused = known ? nullptr : refusal_.reason(x);
  if (!refused && !evaluation_.move()) {
    snapshot_.put_back_atoms();
    refused = "LAMMPS lost atoms";
  }
  return {refused ? std::numeric_limits<double>::quiet_NaN() : evaluation_.energy(), refused};
}

Energy LammpsEngine::present_energy()
{
  x_home_.resize(body().dim());
  home_.present(x_home_.data());
  return energy(x_home_.data());
}

/* all is as it was, which may stay */
void LammpsEngine::restore()
{
  assert(trying_);
  snapshot_.put_back_atoms();
  snapshot_.put_back_box();
  accept();
}

/* Lists are not trusted from here on: atoms may stand elsewhere than where they were listed, and
   nobody knows what other fixes do before the next trial. */
void LammpsEngine::accept()
{
  assert(trying_);
  snapshot_.put_back_tallies();
  evaluation_.forget_lists();
  trying_ = false;
}

/* ---- between runs LAMMPS is not ready to compute anything. This is what the setup of a run does,
   less what would change the run that follows: modify->setup(), in which thermostats draw random
   numbers. ---- */

void LammpsEngine::begin_session()
{
  if (domain->box_exist == 0) error->all(FLERR, std::string("bgen: there are no atoms yet"));
  whichflag_ = update->whichflag;
  update->whichflag = 1;
  lmp->init();
  init();
  require_unconstrained(lmp, group_atoms);
  begin_trial();

  update->setupflag = 1;
  if (!evaluation_.rebuild(true)) {
    snapshot_.put_back_atoms();
    error->all(FLERR, std::string("bgen: atoms were lost, they lie outside the box"));
  }
  force->setup();
  if (force->kspace) force->kspace->setup();
  modify->setup_pre_force(0);
  update->setupflag = 0;
}

void LammpsEngine::end_session()
{
  restore();
  update->whichflag = whichflag_;
  update->first_update = 0; // lists and ghosts are gone, whatever "run pre no" believes
}

/* ---- back in time ---- */

/* of all atoms of LAMMPS, whichever rank owns them */
static uint64_t hash_of_atoms(const Atom *atom, MPI_Comm world)
{
  uint64_t hash = 0;
  for (int i = 0; i < atom->nlocal; i++)
    hash += bgen_hash_integer(BGEN_HASH_START, static_cast<uint64_t>(atom->tag[i]));
  MPI_Allreduce(MPI_IN_PLACE, &hash, 1, MPI_UINT64_T, MPI_SUM, world);
  return hash;
}

/* A rank without atoms keeps a number too, so that all ranks know that there is something. */
void LammpsEngine::keep()
{
  kept_.atoms.resize(1);
  snapshot_.pack(kept_);
  kept_hash_ = hash_of_atoms(atom, world);
}

bool LammpsEngine::has_kept()
{
  if (kept_.atoms.empty()) return false;
  if (hash_of_atoms(atom, world) != kept_hash_)
    error->all(FLERR, group_atoms.owner().fix +
                          ": with offsets MD must be reversible, but atoms were added or deleted "
                          "between two attempts; leave the offsets out, or the fix that does it");
  return true;
}

/* To velocities of half a step, -v - dt/2 a, a being that of the atoms where they are now. */
void LammpsEngine::go_back()
{
  snapshot_.unpack(kept_);
  snapshot_.put_back_box(kept_);
  begin_trial();
  const Energy now = present_energy();
  group_atoms.reverse_velocities(now.refused ? 0.0 : 0.5 * update->dt);
  accept();
}

/* ---- velocities ---- */

void LammpsEngine::kick_half_step(const double *grad)
{
  group_atoms.kick(0.5 * update->dt, grad);
}

} // namespace bgen
