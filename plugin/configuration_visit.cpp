// SPDX-License-Identifier: GPL-2.0-or-later
// configuration_visit.cpp - how a visit to other configurations begins and ends

#include "configuration.h"

#include "angle.h"
#include "atom.h"
#include "atom_vec.h"
#include "bond.h"
#include "comm.h"
#include "compute.h"
#include "dihedral.h"
#include "domain.h"
#include "error.h"
#include "fix.h"
#include "force.h"
#include "improper.h"
#include "irregular.h"
#include "kspace.h"
#include "modify.h"
#include "neighbor.h"
#include "pair.h"
#include "update.h"

#include <algorithm>
#include <cassert>
#include <cstring>

using namespace LAMMPS_NS;

// Room for any atom that AtomVec::pack_exchange may write, by the rule of LAMMPS' own
// communication: what may grow without bound, and 1024 for the rest.
static int packed_size_bound(const Atom *atom, const Modify *modify)
{
  int n = 1024 + 2 * atom->bond_per_atom + 4 * atom->angle_per_atom + 5 * atom->dihedral_per_atom +
          5 * atom->improper_per_atom + atom->maxspecial;
  for (int i = 0; i < modify->nfix; i++) n += modify->fix[i]->maxexchange;
  return n;
}

void BgenConfiguration::remember()
{
  assert(!visiting_);
  if (fresh_) {
    find_bonded();
    find_energies();
    find_energy_fixes();
    irregular_ = std::make_unique<Irregular>(lmp);
    fresh_ = false;
  }

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

  remember_home();
  visiting_ = true;
  listed_ = false; // nobody knows what other fixes have done since the lists were built
}

void BgenConfiguration::pack(Atoms &state) const
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

// Where LAMMPS keeps the energies and virials of its styles.
void BgenConfiguration::find_energies()
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

// Full positions of the particles, and of the atoms outside the group that are bonded to them.
void BgenConfiguration::remember_home()
{
  home_.assign(3 * (tags_.size() + partners_.size()), 0.0);
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = home_index(atom->tag[i]);
    if (k >= 0) domain->unmap(atom->x[i], atom->image[i], &home_[3 * k]);
  }
  MPI_Allreduce(MPI_IN_PLACE, home_.data(), static_cast<int>(home_.size()), MPI_DOUBLE, MPI_SUM,
                world);
}

void BgenConfiguration::restore()
{
  assert(visiting_);
  put_back_atoms();
  put_back_box(state_);
  put_back_tallies();
  visiting_ = false;
}

void BgenConfiguration::accept()
{
  assert(visiting_);
  put_back_tallies();
  visiting_ = false;
}

void BgenConfiguration::put_back_atoms()
{
  unpack(state_);
  if (atom->nlocal) std::copy_n(state_.f.begin(), 3 * atom->nlocal, atom->f[0]);
}

// The map is cleared while it still fits the atoms: it is cleared atom by atom.
void BgenConfiguration::unpack(const Atoms &state)
{
  if (atom->map_style != Atom::MAP_NONE) atom->map_clear();
  atom->nghost = atom->nlocal = 0;
  const double *packed = state.atoms.data();
  while (atom->nlocal < state.nlocal)
    packed += atom->avec->unpack_exchange(const_cast<double *>(packed));
  atom->nfirst = state.nfirst;
  if (atom->map_style != Atom::MAP_NONE) atom->map_set();
  listed_ = false;
}

// Only a shrink-wrapped box can have changed.
void BgenConfiguration::put_back_box(const Atoms &state)
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

void BgenConfiguration::put_back_tallies()
{
  for (size_t k = 0; k < tallies_.size(); k++) *tallies_[k] = state_.tallies[k];
  update->eflag_global = state_.eflag_global;
  pe_->invoked_scalar = state_.pe_step;
  neighbor->ago = state_.list_age;
  neighbor->ncalls = state_.list_calls;
  neighbor->ndanger = state_.list_dangers;
  neighbor->lastcall = state_.list_step;
}

// A rank without atoms keeps a number too, so that all ranks know that there is something.
void BgenConfiguration::keep()
{
  kept_.atoms.resize(1);
  pack(kept_);
}

// To velocities of half a step, -v - dt/2 a, a being that of the atoms where they are now.
void BgenConfiguration::go_back()
{
  unpack(kept_);
  put_back_box(kept_);
  remember();
  energy();
  const bool halved = std::strncmp(update->integrate_style, "verlet", 6) == 0;
  reverse_velocities(halved && !refused_ ? 0.5 * update->dt : 0.0);
  accept();
}

/* ----------------------------------------------------------------------
   Between runs LAMMPS is not ready to compute anything. This is what the
   setup of a run does, less what would change the run that follows:
   modify->setup(), in which thermostats draw random numbers.
------------------------------------------------------------------------- */

void BgenConfiguration::begin_command()
{
  if (domain->box_exist == 0) error->all(FLERR, std::string("bgen: there are no atoms yet"));
  const std::string change = box.change();
  if (!change.empty())
    error->all(FLERR, "bgen: the periodic box now has " + change +
                          " as the frames: change it back, or use a fix of its own for this box");
  state_.whichflag = update->whichflag;
  update->whichflag = 1;
  lmp->init();
  init();
  remember();

  update->setupflag = 1;
  if (!rebuild(true))
    error->all(FLERR, std::string("bgen: atoms were lost, they lie outside the box"));
  force->setup();
  if (force->kspace) force->kspace->setup();
  modify->setup_pre_force(0);
  update->setupflag = 0;
}

void BgenConfiguration::end_command()
{
  restore();
  update->whichflag = state_.whichflag;
  update->first_update = 0; // lists and ghosts are gone, whatever "run pre no" believes
}
