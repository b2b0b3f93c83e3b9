/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_paths.h"

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_settings.h"
#include "comm.h"
#include "configuration.h"
#include "fix_bgen.h"
#include "update.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr int ALL_ATOMS = 0;           // LAMMPS' group "all"
static constexpr double DAMP_IN_STEPS = 100.0; // where the user does not say how fast velocities are forgotten

BgenPaths::BgenPaths(LAMMPS *lmp, FixBgen &_fix)
    : Pointers(lmp), fix(_fix), root(comm->me == 0), path(nullptr)
{
  const std::vector<BgenMove> &moves = fix.settings->moves;
  drags.resize(moves.size());
  for (size_t m = 0; m < moves.size(); m++) {
    if (moves[m].kind != BgenMove::DRIVEN) continue;
    if (!everything) find_everything();
    prepare(moves[m], drags[m]);
  }
}

BgenPaths::~BgenPaths()
{
  bgen_path_destroy(path);
}

void BgenPaths::init()
{
  if (everything) everything->init();
}

bigint BgenPaths::n_energy_calls() const
{
  return everything ? everything->n_energy_calls() : 0;
}

double BgenPaths::memory_usage() const
{
  double n = 0.0;
  for (const auto *each : {&variance, &x_now, &grad_now, &grad_old, &x_group, &escort_grad})
    n += each->capacity();
  return n * sizeof(double) + (everything ? everything->memory_usage() : 0.0);
}

/* all atoms, and the path that moves them */
void BgenPaths::find_everything()
{
  const BgenConfiguration &group = *fix.configuration;
  const int n_space = group.n_space();
  everything = std::make_unique<BgenConfiguration>(lmp, ALL_ATOMS, n_space);
  everything->set_screen(fix.settings->overlap, fix.settings->bond_max);
  everything->init();
  for (int i = 0; i < group.n_particles(); i++)
    for (int c = 0; c < n_space; c++)
      place.push_back(everything->particle(group.tags()[i]) * n_space + c);
  for (auto *each : {&variance, &x_now, &grad_now, &grad_old, &escort_grad})
    each->resize(everything->dim());
  x_group.resize(group.dim());
  bgen_check(lmp, root ? bgen_path_create(everything->dim(), 1, &path) : BGEN_OK);
}

/* the only basin that holds a value of one cv; -1: none, or several */
static int basin_at(const std::vector<BgenBasin> &basins, int cv, double s)
{
  int found = -1;
  for (size_t k = 0; k < basins.size(); k++) {
    if (!bgen_cv_range_holds(&basins[k].ranges[cv], s)) continue;
    if (found >= 0) return -1;
    found = (int) k;
  }
  return found;
}

void BgenPaths::prepare(const BgenMove &move, Drag &drag) const
{
  const BgenVariable &variable = fix.settings->cvs[move.cv];
  drag.terms = variable.terms;
  for (size_t k = 0; k < drag.terms.size(); k++)
    drag.terms[k].particle = everything->particle(variable.tags[k]);
  drag.cv = {variable.of.type, drag.terms.size(), drag.terms.data()};
  for (int end = 0; end < 2; end++)
    drag.basin[end] = basin_at(fix.settings->basins, move.cv, move.ends[end]);
  if (drag.basin[0] < 0 || drag.basin[1] < 0 || drag.basin[0] == drag.basin[1])
    drag.basin[0] = drag.basin[1] = -1;
}

static double apart(const bgen_cv &cv, double a, double b)
{
  return fabs(cv.type->period > 0.0 ? std::remainder(a - b, cv.type->period) : a - b);
}

/* The end that a configuration of the group belongs to, 0 or 1: that in its basin, or the nearer one; -1: neither. */
int BgenPaths::end_of(const BgenMove &move, const Drag &drag, const double *x) const
{
  if (drag.basin[0] >= 0) {
    const int basin = fix.model->basin_of(x);
    return basin == drag.basin[0] ? 0 : basin == drag.basin[1] ? 1 : -1;
  }
  const double s = fix.model->cv(move.cv, x);
  return apart(drag.cv, s, move.ends[0]) < apart(drag.cv, s, move.ends[1]) ? 0 : 1;
}

/* x of all atoms, as the fix has it */
const double *BgenPaths::group_of(const double *x)
{
  for (size_t c = 0; c < place.size(); c++) x_group[c] = x[place[c]];
  return x_group.data();
}

bgen_dynamics BgenPaths::dynamics(BgenConfiguration &where, const BgenMove &move)
{
  const double dt = move.langevin.dt > 0.0 ? move.langevin.dt : update->dt;
  const double damp = move.langevin.damp > 0.0 ? move.langevin.damp : DAMP_IN_STEPS * dt;
  where.velocity_variance(fix.temperature(), variance.data());
  return {dt, 1.0 / damp, variance.data()};
}

/* u at x, which rank 0 has, and its gradient; both reduced; NaN and 0 where LAMMPS must not see x */
double BgenPaths::evaluate(BgenConfiguration &where, double *x, double *grad)
{
  double u;
  fix.reduced_energies(where, fix.temperature(), 1, x, &u, grad);
  return u;
}

/* The path from the present configuration, remembered in x_now, to the other end: its work, and x_now and u where it has
   led. Where it breaks off, the work is not finite. */
double BgenPaths::follow(const BgenMove &move, const Drag &drag, int from, BgenAttempt &attempt,
                         double &u)
{
  const double kT = everything->kT(fix.temperature());
  bgen_drag d = {};
  d.cv = &drag.cv;
  d.layout = {(size_t) everything->n_particles(), (size_t) everything->n_space()};
  d.from = move.ends[from];
  d.to = move.ends[1 - from];
  d.spring = move.spring / kT;
  d.heat = move.heat > 0.0 ? fix.temperature() / move.heat : 1.0;
  d.escort = move.escort;
  d.n_steps = move.langevin.n_steps;
  d.path = path;
  d.escort_grad = escort_grad.data();
  const bgen_dynamics how = dynamics(*everything, move);
  if (root)
    bgen_drag_begin(&d, &how, fix.counts->seed, BGEN_STREAM_PATH, fix.counts->proposals,
                    x_now.data(), u, grad_now.data());
  double *x = root ? path->x : x_now.data(), work = 0.0;
  for (int goes_on = 1;;) {
    if (root) goes_on = bgen_drag_next(&d);
    MPI_Bcast(&goes_on, 1, MPI_INT, 0, world);
    if (!goes_on) break;
    u = evaluate(*everything, x, grad_now.data());
    if (everything->refused()) attempt.screened = 1;
    if (root) bgen_drag_arrive(&d, u, grad_now.data());
  }
  if (root) {
    work = path->work[0];
    x_now.assign(path->x, path->x + x_now.size());
  }
  MPI_Bcast(&work, 1, MPI_DOUBLE, 0, world);
  return work;
}

void BgenPaths::drive(BgenAttempt &attempt)
{
  const BgenMove &move = fix.settings->moves[attempt.move];
  const Drag &drag = drags[attempt.move];
  everything->gather(x_now.data());
  const int from = end_of(move, drag, group_of(x_now.data()));
  attempt.work = INFINITY;
  if (from < 0) {
    attempt.outside = 1;
    return;
  }
  attempt.to = drag.basin[0] < 0 ? attempt.from : drag.basin[1 - from];
  everything->remember();
  double u = everything->energy() / everything->kT(fix.temperature());
  everything->gradient(grad_old.data());
  for (size_t c = 0; c < grad_old.size(); c++)
    grad_now[c] = grad_old[c] / everything->kT(fix.temperature());
  const double work = follow(move, drag, from, attempt, u);
  attempt.not_finite = !attempt.screened && !std::isfinite(work);
  if (!std::isfinite(work) || end_of(move, drag, group_of(x_now.data())) != 1 - from) {
    everything->restore();
    return;
  }
  attempt.to = fix.model->basin_of(x_group.data());
  attempt.work = work;
  attempt.accepted = fix.settle(*everything, attempt, u, -work, grad_old);
}
