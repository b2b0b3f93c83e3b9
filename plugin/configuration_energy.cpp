// SPDX-License-Identifier: GPL-2.0-or-later
// configuration_energy.cpp - the atoms go to a configuration, LAMMPS computes its energy and forces

#include "configuration.h"

#include "angle.h"
#include "atom.h"
#include "bond.h"
#include "comm.h"
#include "compute.h"
#include "dihedral.h"
#include "domain.h"
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
#include <cmath>
#include <cstring>
#include <limits>

using namespace LAMMPS_NS;

double BgenConfiguration::energy(const double *x)
{
  assert(visiting_);
  refused_ = screen(x);
  if (!refused_ && !move(x)) refused_ = "LAMMPS lost atoms";
  return refused_ ? std::numeric_limits<double>::quiet_NaN() : evaluate();
}

double BgenConfiguration::energy()
{
  sum_.resize(dim());
  for (int k = 0; k < n_particles(); k++) std::copy_n(&home_[3 * k], n_space_, &sum_[n_space_ * k]);
  return energy(sum_.data());
}

/* ----------------------------------------------------------------------
   moving: as between two steps of a run, the ghosts and lists stay as long
   as nobody has moved half the neighbor skin; if not, all is built anew
------------------------------------------------------------------------- */

bool BgenConfiguration::move(const double *x)
{
  if (listed_ && neighbor->dist_check) {
    place(x, false);
    if (!neighbor->check_distance()) {
      comm->forward_comm();
      return true;
    }
  }
  place(x, true);
  return rebuild(false);
}

// Puts the particles of this rank where x wants them: into the copy of the box that their image
// flags name, or, to wrap, into the box itself.
void BgenConfiguration::place(const double *x, bool wrap)
{
  static const double origin[3] = {0.0, 0.0, 0.0};
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->mask[i] & groupbit_) {
      double u[3], shift[3];
      position(particle(atom->tag[i]), x, u);
      if (wrap) atom->image[i] = image_of(u, atom->image[i]);
      domain->unmap(origin, atom->image[i], shift);
      for (int d = 0; d < 3; d++) atom->x[i][d] = u[d] - shift[d];
    }
}

// The image flags of an unwrapped position, for any number of boxes (Domain::pbc() knows of one
// only).
imageint BgenConfiguration::image_of(const double *u, imageint old) const
{
  double s[3];
  const double *lo = domain->triclinic ? domain->boxlo_lamda : domain->boxlo;
  const double *period = domain->triclinic ? domain->prd_lamda : domain->prd;
  if (domain->triclinic)
    domain->x2lamda(const_cast<double *>(u), s);
  else
    std::copy_n(u, 3, s);
  imageint flag[3] = {old & IMGMASK, old >> IMGBITS & IMGMASK, old >> IMG2BITS};
  for (int d = 0; d < 3; d++)
    if (domain->periodicity[d])
      flag[d] = static_cast<imageint>(std::floor((s[d] - lo[d]) / period[d])) + IMGMAX;
  return flag[0] | flag[1] << IMGBITS | flag[2] << IMG2BITS;
}

// The reneighboring of Verlet::run(), or the one of Verlet::setup_minimal(), with atoms that may
// move to any rank, where LAMMPS knows neighboring ranks only. False if atoms were lost; they are
// where they were remembered, then.
bool BgenConfiguration::rebuild(bool setup)
{
  if (domain->triclinic) domain->x2lamda(atom->nlocal);
  domain->pbc();
  if (setup || domain->box_change) {
    domain->reset_box();
    comm->setup();
    if (neighbor->style) neighbor->setup_bins();
  }
  if (comm->nprocs > 1 && irregular_->migrate_check()) irregular_->migrate_atoms(1);
  comm->exchange();
  if (!all_there()) {
    put_back_atoms();
    return false;
  }
  comm->borders();
  if (domain->triclinic) domain->lamda2x(atom->nlocal + atom->nghost);
  if (setup)
    modify->setup_pre_neighbor();
  else
    modify->pre_neighbor();
  neighbor->build(1);
  if (setup)
    modify->setup_post_neighbor();
  else
    modify->post_neighbor();
  listed_ = true;
  return true;
}

bool BgenConfiguration::all_there() const
{
  bigint n = atom->nlocal;
  MPI_Allreduce(MPI_IN_PLACE, &n, 1, MPI_LMP_BIGINT, MPI_SUM, world);
  return n == atom->natoms;
}

/* ----------------------------------------------------------------------
   energy and forces, as Verlet::run() computes them, without virial. Of
   the fixes only those whose energy belongs to pe: thermostats, constraints
   and the like would put noise into the forces, or change their state.
------------------------------------------------------------------------- */

double BgenConfiguration::evaluate()
{
  static constexpr int eflag = ENERGY_GLOBAL, vflag = VIRIAL_NONE;
  update->eflag_global = update->ntimestep;
  clear_forces();
  modify->pre_force(vflag);
  if (force->pair && force->pair->compute_flag) force->pair->compute(eflag, vflag);
  if (atom->molecular != Atom::ATOMIC) {
    if (force->bond) force->bond->compute(eflag, vflag);
    if (force->angle) force->angle->compute(eflag, vflag);
    if (force->dihedral) force->dihedral->compute(eflag, vflag);
    if (force->improper) force->improper->compute(eflag, vflag);
  }
  if (force->kspace && force->kspace->compute_flag) force->kspace->compute(eflag, vflag);
  modify->pre_reverse(eflag, vflag);
  if (force->newton) comm->reverse_comm();
  for (Fix *fix : energy_fixes_) fix->post_force(vflag);
  n_energy_calls_++;
  return pe_->compute_scalar();
}

double BgenConfiguration::step_energy()
{
  return modify->compute[modify->find_compute("thermo_pe")]->compute_scalar();
}

void BgenConfiguration::clear_forces()
{
  const size_t n = atom->nlocal + atom->nghost;
  if (n) std::fill_n(atom->f[0], 3 * n, 0.0);
  if (n && atom->torque_flag) std::fill_n(atom->torque[0], 3 * n, 0.0);
}

void BgenConfiguration::gradient(double *grad)
{
  std::fill_n(grad, dim(), 0.0);
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->mask[i] & groupbit_) {
      double *g = grad + n_space_ * particle(atom->tag[i]);
      for (int c = 0; c < n_space_; c++) g[c] = -atom->f[i][c];
    }
  MPI_Allreduce(MPI_IN_PLACE, grad, dim(), MPI_DOUBLE, MPI_SUM, world);
}
