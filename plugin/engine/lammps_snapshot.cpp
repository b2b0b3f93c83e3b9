/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/lammps_snapshot.h"

#include "angle.h"
#include "atom.h"
#include "atom_vec.h"
#include "bond.h"
#include "comm.h"
#include "compute.h"
#include "dihedral.h"
#include "domain.h"
#include "fix.h"
#include "force.h"
#include "improper.h"
#include "kspace.h"
#include "modify.h"
#include "neighbor.h"
#include "pair.h"
#include "update.h"

#include <algorithm>

using namespace LAMMPS_NS;

namespace bgen {

LammpsSnapshot::LammpsSnapshot(LAMMPS *lmp) : Pointers(lmp) {}

/* Room for any atom that AtomVec::pack_exchange may write, by the rule of LAMMPS' own
   communication: what may grow without bound, and 1024 for the rest. */
static int packed_size_bound(const Atom *atom, const Modify *modify)
{
  int n = 1024 + 2 * atom->bond_per_atom + 4 * atom->angle_per_atom + 5 * atom->dihedral_per_atom +
          5 * atom->improper_per_atom + atom->maxspecial;
  for (int i = 0; i < modify->nfix; i++) n += modify->fix[i]->maxexchange;
  return n;
}

void LammpsSnapshot::pack(PackedAtoms &state) const
{
  const int bound = packed_size_bound(atom, modify);
  size_t n = 0;
  for (int i = 0; i < atom->nlocal; i++) {
    if (state.atoms.size() < n + bound) state.atoms.resize(2 * (n + bound));
    n += atom->avec->pack_exchange(i, &state.atoms[n]);
  }
  state.nlocal = atom->nlocal;
  state.nfirst = atom->nfirst;
  std::copy_n(domain->boxlo, 3, state.boxlo);
  std::copy_n(domain->boxhi, 3, state.boxhi);
}

/* The map is cleared while it still fits the atoms: it is cleared atom by atom. */
void LammpsSnapshot::unpack(const PackedAtoms &state)
{
  if (atom->map_style != Atom::MAP_NONE) atom->map_clear();
  atom->nghost = atom->nlocal = 0;
  const double *packed = state.atoms.data();
  while (atom->nlocal < state.nlocal)
    packed += atom->avec->unpack_exchange(const_cast<double *>(packed));
  atom->nfirst = state.nfirst;
  if (atom->map_style != Atom::MAP_NONE) atom->map_set();
}

/* Only a shrink-wrapped box can have changed. */
void LammpsSnapshot::put_back_box(const PackedAtoms &state)
{
  if (std::equal(state.boxlo, state.boxlo + 3, domain->boxlo) &&
      std::equal(state.boxhi, state.boxhi + 3, domain->boxhi))
    return;
  std::copy_n(state.boxlo, 3, domain->boxlo);
  std::copy_n(state.boxhi, 3, domain->boxhi);
  domain->set_global_box();
  domain->set_local_box();
  comm->setup();
  if (neighbor->style) neighbor->setup_bins();
  if (force->kspace) force->kspace->setup();
}

void LammpsSnapshot::find_energies()
{
  pe_ = modify->compute[modify->find_compute("thermo_pe")];
  tallies_ = {&pe_->scalar};
  const auto add = [this](double *energy, double *virial) {
    tallies_.push_back(energy);
    for (int k = 0; k < 6; k++) tallies_.push_back(&virial[k]);
  };
  if (force->pair) {
    add(&force->pair->eng_vdwl, force->pair->virial);
    tallies_.push_back(&force->pair->eng_coul);
  }
  if (force->bond) add(&force->bond->energy, force->bond->virial);
  if (force->angle) add(&force->angle->energy, force->angle->virial);
  if (force->dihedral) add(&force->dihedral->energy, force->dihedral->virial);
  if (force->improper) add(&force->improper->energy, force->improper->virial);
  if (force->kspace) add(&force->kspace->energy, force->kspace->virial);
  state_.tallies.resize(tallies_.size());
}

void LammpsSnapshot::take()
{
  pack(state_);
  state_.f.resize(3 * atom->nlocal);
  if (atom->nlocal) std::copy_n(atom->f[0], 3 * atom->nlocal, state_.f.begin());
  for (size_t k = 0; k < tallies_.size(); k++) state_.tallies[k] = *tallies_[k];
  state_.eflag_global = update->eflag_global;
  state_.pe_step = pe_->invoked_scalar;
  state_.list_age = neighbor->ago;
  state_.list_calls = neighbor->ncalls;
  state_.list_dangers = neighbor->ndanger;
  state_.list_step = neighbor->lastcall;
}

void LammpsSnapshot::put_back_atoms()
{
  unpack(state_);
  if (atom->nlocal) std::copy_n(state_.f.begin(), 3 * atom->nlocal, atom->f[0]);
}

void LammpsSnapshot::put_back_tallies()
{
  for (size_t k = 0; k < tallies_.size(); k++) *tallies_[k] = state_.tallies[k];
  update->eflag_global = state_.eflag_global;
  pe_->invoked_scalar = state_.pe_step;
  neighbor->ago = state_.list_age;
  neighbor->ncalls = state_.list_calls;
  neighbor->ndanger = state_.list_dangers;
  neighbor->lastcall = state_.list_step;
}

} // namespace bgen
