/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_path_move.h"

#include "bgen_counts.h"
#include "comm.h"
#include "configuration.h"
#include "fix_bgen.h"
#include "update.h"

using namespace LAMMPS_NS;

BgenPathMove::BgenPathMove(LAMMPS *lmp, FixBgen &_fix, const BgenMove &_move)
    : Pointers(lmp), fix(_fix), move(_move), root(comm->me == 0)
{
}

/* that of the attempt, which FixBgen::jump() has asked for once: not a variable at each step of a path */
double BgenPathMove::temperature() const
{
  return fix.counts->temperature;
}

double BgenPathMove::memory_usage() const
{
  double n = 0.0;
  for (const auto *each : {&x_now, &grad_now, &grad_old, &variance}) n += (double) each->capacity();
  return n * sizeof(double);
}

/* where the random numbers of the first or the second path of this attempt begin: of all kinds of moves other ones */
uint64_t BgenPathMove::point_of_path(int second) const
{
  return 2 * (uint64_t) fix.counts->proposals + second;
}

/* the present configuration in x_now */
void BgenPathMove::gather(BgenConfiguration &of)
{
  for (auto *each : {&x_now, &grad_now, &grad_old}) each->resize(of.dim());
  of.gather(x_now.data());
}

/* its u, and its gradient: grad_old, and reduced in grad_now; within a visit */
double BgenPathMove::present(BgenConfiguration &of)
{
  const double kT = of.kT(temperature()), u = of.energy() / kT;
  of.gradient(grad_old.data());
  for (size_t c = 0; c < grad_old.size(); c++) grad_now[c] = grad_old[c] / kT;
  return u;
}

/* u at x, which rank 0 has, and its reduced gradient in grad_now; inf and 0 where LAMMPS must not see x */
double BgenPathMove::evaluate(BgenConfiguration &of, double *x, BgenAttempt &attempt)
{
  double u;
  fix.reduced_energies(of, temperature(), 1, x, &u, grad_now.data());
  if (of.refused()) attempt.screened = 1;
  return u;
}

bgen_dynamics BgenPathMove::dynamics(BgenConfiguration &of)
{
  variance.resize(of.dim());
  of.velocity_variance(temperature(), variance.data());
  return move.langevin.dynamics(update->dt, variance.data());
}

/* the work of rank 0's path, on all ranks, and x_now on rank 0 where it has ended */
double BgenPathMove::end_of_path(const bgen_path *path)
{
  double work = 0.0;
  if (root) {
    work = path->work[0];
    x_now.assign(path->x, path->x + path->dim);
  }
  MPI_Bcast(&work, 1, MPI_DOUBLE, 0, world);
  return work;
}
