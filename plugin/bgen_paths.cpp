/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_paths.h"

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_settings.h"
#include "comm.h"
#include "configuration.h"
#include "fix_bgen.h"
#include "sample/proposal.h"
#include "update.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr size_t FIRST_PATHS = 40;    // before a schedule is adapted, then ever more
static constexpr double LEAST_SPREAD = 1e-6; // kT, of the work of a step
static constexpr int ALL_ATOMS = 0;          // LAMMPS' group "all"
static constexpr double DAMP_IN_STEPS =
    100.0; // where the user does not say how fast velocities are forgotten

BgenPaths::BgenPaths(LAMMPS *lmp, FixBgen &_fix)
    : Pointers(lmp), fix(_fix), root(comm->me == 0), path(nullptr), annealed(nullptr)
{
  const std::vector<BgenMove> &moves = fix.settings->moves;
  drags.resize(moves.size());
  step_works.resize(moves.size(), {{}, FIRST_PATHS});
  bool needs_annealed = false;
  for (size_t m = 0; m < moves.size(); m++) {
    if (moves[m].kind == BgenMove::ANNEALED) needs_annealed = true;
    if (moves[m].kind != BgenMove::DRIVEN) continue;
    if (!everything) find_everything();
    prepare(moves[m], drags[m]);
  }
  if (needs_annealed)
    bgen_check(lmp, root ? bgen_anneal_create(fix.model->generator, 1, &annealed) : BGEN_OK);
}

BgenPaths::~BgenPaths()
{
  bgen_path_destroy(path);
  bgen_anneal_destroy(annealed);
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
  escort_grad.resize(everything->dim());
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
  variance.resize(where.dim());
  const double damp = move.langevin.damp > 0.0 ? move.langevin.damp : DAMP_IN_STEPS * dt;
  where.velocity_variance(fix.temperature(), variance.data());
  return {dt, 1.0 / damp, variance.data()};
}

/* the present configuration in x_now */
void BgenPaths::gather(BgenConfiguration &where)
{
  for (auto *each : {&x_now, &grad_now, &grad_old}) each->resize(where.dim());
  where.gather(x_now.data());
}

/* its u, and its gradient: grad_old, and reduced in grad_now */
double BgenPaths::present(BgenConfiguration &where)
{
  const double kT = where.kT(fix.temperature()), u = where.energy() / kT;
  where.gradient(grad_old.data());
  for (size_t c = 0; c < grad_old.size(); c++) grad_now[c] = grad_old[c] / kT;
  return u;
}

/* u at x, which rank 0 has, and its gradient; both reduced; inf and 0 where LAMMPS must not see x */
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
  gather(*everything);
  const int from = end_of(move, drag, group_of(x_now.data()));
  attempt.work = INFINITY;
  if (from < 0) {
    attempt.outside = 1;
    return;
  }
  attempt.to = drag.basin[0] < 0 ? attempt.from : drag.basin[1 - from];
  everything->remember();
  double u = present(*everything);
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

/* ---- annealed moves: x -> x_0 of flow k, x_0' of flow l -> x', see core/sample/anneal.h ---- */

BgenPaths::Aim BgenPaths::choose(const BgenMove &move, int from)
{
  Aim aim = {0, 0.0};
  if (root) {
    const bgen_component *component = fix.model->generator->component;
    bgen_rng rng = bgen_rng_at(fix.counts->seed, BGEN_STREAM_COMPONENT, fix.counts->proposals);
    std::vector<double> weights;
    for (int k = 0; k < fix.model->n_basins; k++) {
      const bool other = move.start != BgenMove::ANY;
      weights.push_back(!other ? component[k].weight : k != from);
    }
    aim.component = (int) bgen_rng_choose(&rng, weights.size(), weights.data());
    if (move.start == BgenMove::ANY) aim.log_weights = log(weights[from] / weights[aim.component]);
  }
  MPI_Bcast(&aim, sizeof aim, MPI_BYTE, 0, world);
  return aim;
}

/* x_now on rank 0 becomes x_0', or is outside */
bool BgenPaths::start_at_flow(const BgenMove &move, int from, int to)
{
  bgen_generator *g = fix.model->generator;
  const uint64_t number = fix.counts->proposals;
  bgen_status status = BGEN_OK;
  bgen_draw draw = {};
  double log_ratio = NAN;
  x_group.resize(fix.model->dim);
  if (root && move.start == BgenMove::MAPPED)
    status = bgen_transfer_component(g, from, to, x_now.data(), x_group.data(), &log_ratio);
  else if (root)
    status = bgen_generator_sample_component(g, to, BGEN_STREAM_PROPOSAL, number, 1, x_group.data(),
                                             &draw);
  bgen_check(lmp, status);
  int inside = root && (draw.in_domain || std::isfinite(log_ratio));
  if (inside) bgen_generator_reflect(g, BGEN_STREAM_MIRROR, number, x_group.data());
  MPI_Bcast(&inside, 1, MPI_INT, 0, world);
  x_now = x_group;
  return inside;
}

/* on rank 0: from x_now, with grad_now */
void BgenPaths::seek_flow(const BgenMove &move, int component, double u)
{
  const bgen_dynamics how = dynamics(*fix.configuration, move);
  if (!root) return;
  annealed->k = component;
  bgen_anneal_to_flow(annealed, &how, fix.counts->seed, BGEN_STREAM_PATH, 2 * fix.counts->proposals,
                      1, x_now.data(), &u, grad_now.data());
}

void BgenPaths::leave_flow(const BgenMove &move, int component)
{
  const bgen_dynamics how = dynamics(*fix.configuration, move);
  if (root) annealed->k = component;
  bgen_check(lmp, root ? bgen_anneal_from_flow(annealed, &how, fix.counts->seed, BGEN_STREAM_PATH,
                                               2 * fix.counts->proposals + 1, 1, x_now.data())
                       : BGEN_OK);
}

/* the work since the last note, of the step that the annealed path has just ended, if any */
void BgenPaths::note_step(int move)
{
  StepWorks &works = step_works[move];
  const size_t n = annealed->n_steps, at = annealed->at;
  const double work = annealed->path->work[0], of_step = work - work_noted;
  work_noted = work;
  if (!fix.counts->tuning || !fix.settings->moves[move].adapts) return;
  if (at == 0 || at == at_noted || !std::isfinite(of_step)) return;
  at_noted = at;
  works.of.resize(n);
  works.of[annealed->to_flow ? n - at : at - 1].push_back(of_step);
}

/* The distance between the quartiles: works have tails. */
static double spread_of(std::vector<double> &works)
{
  std::sort(works.begin(), works.end());
  return works[3 * works.size() / 4] - works[works.size() / 4];
}

void BgenPaths::adapt(int move, std::vector<double> &lambda)
{
  StepWorks &works = step_works[move];
  const size_t n = lambda.size() - 1;
  if (root && works.of.size() == n && works.of[n - 1].size() >= works.wanted) {
    std::vector<double> spread(n), adapted(n + 1);
    for (size_t t = 0; t < n; t++) spread[t] = std::max(spread_of(works.of[t]), LEAST_SPREAD);
    bgen_anneal_adapt(n, lambda.data(), spread.data(), adapted.data());
    lambda = adapted;
    works = {{}, 2 * works.wanted};
  }
  MPI_Bcast(lambda.data(), (int) lambda.size(), MPI_DOUBLE, 0, world);
}

/* the path that has been begun: its work, and x_now and u where it has led */
double BgenPaths::follow_annealed(BgenAttempt &attempt, double &u)
{
  double *x = root ? annealed->path->x : x_now.data(), work = 0.0;
  work_noted = 0.0;
  at_noted = 0;
  for (;;) {
    bool goes_on = false;
    bgen_check(lmp, root ? bgen_anneal_next(annealed, &goes_on) : BGEN_OK);
    if (root && !goes_on) note_step(attempt.move);
    MPI_Bcast(&goes_on, sizeof goes_on, MPI_BYTE, 0, world);
    if (!goes_on) break;
    u = evaluate(*fix.configuration, x, grad_now.data());
    if (fix.configuration->refused()) attempt.screened = 1;
    bgen_check(lmp, root ? bgen_anneal_arrive(annealed, &u, grad_now.data()) : BGEN_OK);
    if (root) note_step(attempt.move);
  }
  if (root) {
    work = annealed->path->work[0];
    x_now.assign(x, x + x_now.size());
  }
  MPI_Bcast(&work, 1, MPI_DOUBLE, 0, world);
  return work;
}

/* both paths; false: refused on the way */
bool BgenPaths::pass_flows(BgenAttempt &attempt, const Aim &aim, double &u, double &work)
{
  const BgenMove &move = fix.settings->moves[attempt.move];
  seek_flow(move, attempt.from, u);
  work = follow_annealed(attempt, u) - aim.log_weights;
  if (!std::isfinite(work)) return false;
  if (!start_at_flow(move, attempt.from, aim.component)) {
    attempt.outside = 1;
    return false;
  }
  leave_flow(move, aim.component);
  work += follow_annealed(attempt, u);
  return std::isfinite(work);
}

void BgenPaths::anneal(BgenAttempt &attempt)
{
  const BgenMove &move = fix.settings->moves[attempt.move];
  BgenConfiguration &group = *fix.configuration;
  attempt.work = INFINITY;
  if (attempt.from < 0) {
    attempt.outside = 1;
    return;
  }
  const Aim aim = choose(move, attempt.from);
  attempt.to = aim.component;
  gather(group);
  if (root) {
    annealed->lambda = fix.counts->tuned[attempt.move].data();
    annealed->n_steps = move.langevin.n_steps;
  }
  group.remember();
  fix.check_symmetries();
  double u = present(group), work;
  const bool there = pass_flows(attempt, aim, u, work);
  attempt.not_finite = !there && !attempt.screened && !attempt.outside;
  if (!there || fix.model->basin_of(x_now.data()) != aim.component) {
    group.restore();
    return;
  }
  attempt.work = work;
  attempt.accepted = fix.settle(group, attempt, u, -work, grad_old);
}
