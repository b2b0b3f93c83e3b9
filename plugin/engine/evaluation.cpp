/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/evaluation.h"

#include "angle.h"
#include "atom.h"
#include "bond.h"
#include "comm.h"
#include "compute.h"
#include "dihedral.h"
#include "domain.h"
#include "engine/copies.h"
#include "engine/other_fixes.h"
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
#include <cmath>
#include <cstring>
#include <string>

using namespace LAMMPS_NS;

namespace bgen {

Evaluation::Evaluation(LAMMPS *lmp, const GroupAtoms &group_atoms, const Home &home)
    : Pointers(lmp), group_(group_atoms), home_(home)
{
}

/* here, where the classes are complete */
Evaluation::~Evaluation() = default;

void Evaluation::prepare()
{
  pe_ = modify->compute[modify->find_compute("thermo_pe")];
  find_energy_fixes();
  irregular_ = std::make_unique<Irregular>(lmp);
}

/* what jumps refuse in any case is not recommended */
static bool may_count(const Fix *fix)
{
  const Verdict verdict = known_fix(fix->style).verdict;
  return verdict != Verdict::REFUSED && verdict != Verdict::NOISE;
}

/* The fixes whose forces belong to the potential energy. */
void Evaluation::find_energy_fixes()
{
  energy_fixes_.clear();
  for (int i = 0; i < modify->nfix; i++) {
    Fix *fix = modify->fix[i];
    if (!(modify->fmask[i] & FixConst::POST_FORCE)) continue;
    if (known_fix(fix->style).verdict == Verdict::CONSTRAINT) continue;
    if ((fix->energy_global_flag && fix->thermo_energy) || strncmp(fix->style, "GPU", 3) == 0)
      energy_fixes_.push_back(fix);
    else if (fix->energy_global_flag && !warned_ && comm->me == 0 && may_count(fix))
      error->warning(FLERR, std::string("fix bgen: energies do not include that of fix ") +
                                fix->id + " (" + fix->style + "); \"fix_modify " + fix->id +
                                " energy yes\" adds it");
  }
  warned_ = true;
}

/* ---- moving: as between two steps of a run, the ghosts and lists stay as long as nobody has moved
   half the neighbor skin; if not, all is built anew, unless it would be the same ---- */

bool Evaluation::move()
{
  if (listed_ && neighbor->dist_check) {
    put_beside_lists();
    if (complete_ || lists_hold()) {
      if (has_ghosts()) comm->forward_comm();
      return true;
    }
  }
  put_into_box();
  return rebuild(false);
}

static const double origin[3] = {0.0, 0.0, 0.0};

void Evaluation::put_into_box()
{
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = group_.particle_here(i);
    if (k < 0) continue;
    const double *u = home_.position(k);
    double shift[3];
    atom->image[i] = image_of(u, atom->image[i]);
    domain->unmap(origin, atom->image[i], shift);
    for (int d = 0; d < 3; d++) atom->x[i][d] = u[d] - shift[d];
  }
}

/* Into the copy of the box that the image flags name. */
void Evaluation::put_beside_lists()
{
  for (const Here &one : here_) {
    const double *u = home_.position(one.k);
    for (int d = 0; d < 3; d++) atom->x[one.i][d] = u[d] - one.shift[d];
  }
}

/* What Neighbor::check_distance() finds of all atoms, where only the particles move and the box
   does not. */
bool Evaluation::lists_hold() const
{
  const double trigger = 0.25 * neighbor->skin * neighbor->skin;
  const int n_checked = neighbor->includegroup ? atom->nfirst : atom->nlocal;
  int far = 0;
  for (const Here &one : here_) {
    const double *x = atom->x[one.i];
    const double dx = x[0] - one.listed_at[0], dy = x[1] - one.listed_at[1],
                 dz = x[2] - one.listed_at[2];
    far |= one.i < n_checked && dx * dx + dy * dy + dz * dz > trigger;
  }
  if (comm->nprocs > 1) MPI_Allreduce(MPI_IN_PLACE, &far, 1, MPI_INT, MPI_MAX, world);
  return !far;
}

/* All pairs stand in one list, in the order of the atoms, there are no ghosts, and no fix has lists
   of its own. Built elsewhere it would lack at most pairs beyond the cutoff, which add nothing:
   energies have the same bits. Sized particles touch where their radii say so, and KIM models ask
   for cutoffs of their own. */
bool Evaluation::lists_are_complete() const
{
  const bool periodic =
      domain->xperiodic || domain->yperiodic || (domain->zperiodic && domain->dimension == 3);
  if (neighbor->style != Neighbor::NSQ || neighbor->nlist != 1 || atom->radius_flag || periodic ||
      domain->box_change || comm->nprocs > 1 || modify->n_pre_neighbor || modify->n_post_neighbor ||
      force->pair_match("^kim", 0))
    return false;
  Extent all;
  for (int i = 0; i < atom->nlocal; i++) all.add(atom->x[i]);
  return all.diagonal_squared() <= neighbor->cutneighmin * neighbor->cutneighmin;
}

/* This rank alone cannot know that no rank has any. */
bool Evaluation::has_ghosts() const
{
  return comm->nprocs > 1 || atom->nghost > 0;
}

void Evaluation::find_here()
{
  here_.clear();
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = group_.particle_here(i);
    if (k < 0) continue;
    Here one = {i, k, {}, {}};
    domain->unmap(origin, atom->image[i], one.shift);
    std::copy_n(atom->x[i], 3, one.listed_at);
    here_.push_back(one);
  }
}

/* The image flags of an unwrapped position, for any number of boxes (Domain::pbc() knows of one
   only). */
imageint Evaluation::image_of(const double *u, imageint old) const
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

/* The reneighboring of Verlet::run(), or the one of Verlet::setup_minimal(), with atoms that may
   move to any rank, where LAMMPS knows neighboring ranks only. */
bool Evaluation::rebuild(bool setup)
{
  listed_ = false;
  new_box_and_owners(setup);
  if (!group_.all_there()) return false;
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
  find_here();
  listed_ = true;
  complete_ = lists_are_complete();
  return true;
}

void Evaluation::new_box_and_owners(bool setup)
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
}

/* ---- energy and forces, as Verlet::run() computes them, without virial. Of the fixes only those
   whose energy belongs to pe: thermostats, constraints and the like would put noise into the
   forces, or change their state. ---- */

double Evaluation::energy()
{
  forces_without_fixes();
  for (Fix *fix : energy_fixes_) with_copies(lmp, fix, [fix] { fix->post_force(VIRIAL_NONE); });
  n_energy_calls_++;
  return potential_energy();
}

double Evaluation::potential_energy()
{
  return pe_->compute_scalar();
}

void Evaluation::forces_without_fixes()
{
  static constexpr int eflag = ENERGY_GLOBAL, vflag = VIRIAL_NONE;
  const auto compute = [this](auto *style) {
    if (style) with_copies(lmp, style, [style] { style->compute(eflag, vflag); });
  };
  update->eflag_global = update->ntimestep;
  clear_forces();
  modify->pre_force(vflag);
  if (force->pair && force->pair->compute_flag) compute(force->pair);
  if (atom->molecular != Atom::ATOMIC) {
    compute(force->bond);
    compute(force->angle);
    compute(force->dihedral);
    compute(force->improper);
  }
  if (force->kspace && force->kspace->compute_flag) compute(force->kspace);
  modify->pre_reverse(eflag, vflag);
  if (force->newton && has_ghosts()) comm->reverse_comm();
}

void Evaluation::clear_forces()
{
  const size_t n = atom->nlocal + atom->nghost;
  if (n) std::fill_n(atom->f[0], 3 * n, 0.0);
  if (n && atom->torque_flag) std::fill_n(atom->torque[0], 3 * n, 0.0);
}

void Evaluation::gradient(double *grad)
{
  const Body &body = group_.body();
  const int n_space = body.n_space;
  if (!listed_) find_here();
  std::fill_n(grad, body.dim(), 0.0);
  for (const Here &one : here_)
    for (int c = 0; c < n_space; c++) grad[n_space * one.k + c] = -atom->f[one.i][c];
  sum_ranks(lmp, grad, body.dim());
}

} // namespace bgen
