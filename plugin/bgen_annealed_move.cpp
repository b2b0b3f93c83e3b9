/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x -> x_0 of flow k, x_0' of flow l -> x', in the letters of core/sample/annealed.h */

#include "bgen_annealed_move.h"

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_settings.h"
#include "configuration.h"
#include "fix_bgen.h"
#include "sample/proposal.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr size_t FIRST_PATHS = 40;    // before a schedule is adapted, then ever more
static constexpr double LEAST_SPREAD = 1e-6; // kT, of the work of a step

BgenAnnealedMove::BgenAnnealedMove(LAMMPS *lmp, FixBgen &_fix, const BgenMove &_move)
    : BgenPathMove(lmp, _fix, _move), annealed(nullptr), x_start(fix.model->dim), log_mapped(0.0),
      n_wanted(FIRST_PATHS), work_noted(0.0), at_noted(0)
{
  bgen_check(lmp, root ? bgen_annealed_create(fix.model->generator, 1, &annealed) : BGEN_OK);
}

BgenAnnealedMove::~BgenAnnealedMove()
{
  bgen_annealed_destroy(annealed);
}

BgenAnnealedMove::Aim BgenAnnealedMove::choose(int from) const
{
  Aim aim = {0, 0.0};
  if (root) {
    const bgen_component *component = fix.model->generator->component;
    bgen_rng rng = bgen_rng_at(fix.counts->seed, BGEN_STREAM_COMPONENT, fix.counts->proposals);
    const bool any = move.start == BgenMove::ANY;
    std::vector<double> weights(fix.model->n_basins);
    for (int k = 0; k < fix.model->n_basins; k++)
      weights[k] = any ? component[k].weight : k != from;
    aim.component = (int) bgen_rng_choose(&rng, weights.size(), weights.data());
    if (any) aim.log_weights = log(weights[from] / weights[aim.component]);
  }
  MPI_Bcast(&aim, sizeof aim, MPI_BYTE, 0, world);
  return aim;
}

/* x_now on rank 0 becomes x_0', or is outside */
bool BgenAnnealedMove::start_at_flow(int from, int to)
{
  bgen_generator *g = fix.model->generator;
  const uint64_t number = fix.counts->proposals;
  bgen_status status = BGEN_OK;
  bgen_draw draw = {};
  log_mapped = NAN;
  if (root && move.start == BgenMove::MAPPED)
    status = bgen_transfer_component(g, from, to, x_now.data(), x_start.data(), &log_mapped);
  else if (root)
    status = bgen_generator_sample_component(g, to, BGEN_STREAM_PROPOSAL, number, 1, x_start.data(),
                                             &draw);
  bgen_check(lmp, status);
  int inside = root && (draw.in_domain || std::isfinite(log_mapped));
  if (inside) bgen_generator_reflect(g, BGEN_STREAM_MIRROR, number, x_start.data());
  MPI_Bcast(&inside, 1, MPI_INT, 0, world);
  x_now = x_start;
  return inside;
}

/* from x_now, with grad_now */
void BgenAnnealedMove::seek_flow(int component, double u)
{
  const bgen_dynamics how = dynamics(*fix.configuration);
  if (!root) return;
  annealed->k = component;
  bgen_annealed_to_flow(annealed, &how, fix.counts->seed, BGEN_STREAM_PATH, point_of_path(0), 1,
                        x_now.data(), &u, grad_now.data());
}

/* from x_now; the work of a map from flow to flow, see core/sample/annealed.h */
double BgenAnnealedMove::leave_flow(int component)
{
  const bgen_dynamics how = dynamics(*fix.configuration);
  double work = 0.0, before = 0.0;
  if (root) {
    annealed->k = component;
    before = annealed->path->u[0];
  }
  bgen_check(lmp, root ? bgen_annealed_from_flow(annealed, &how, fix.counts->seed, BGEN_STREAM_PATH,
                                                 2 * fix.counts->proposals + 1, 1, x_now.data())
                       : BGEN_OK);
  if (root && move.start == BgenMove::MAPPED) work = annealed->path->u[0] - before - log_mapped;
  MPI_Bcast(&work, 1, MPI_DOUBLE, 0, world);
  return work;
}

/* the path that has been begun: its work, and x_now and u where it has led */
double BgenAnnealedMove::follow(BgenAttempt &attempt, double &u)
{
  double *x = root ? annealed->path->x : x_now.data();
  work_noted = 0.0;
  at_noted = 0;
  for (;;) {
    bool goes_on = false;
    bgen_check(lmp, root ? bgen_annealed_next(annealed, &goes_on) : BGEN_OK);
    if (!goes_on) note_step();
    MPI_Bcast(&goes_on, sizeof goes_on, MPI_BYTE, 0, world);
    if (!goes_on) return end_of_path(root ? annealed->path : nullptr);
    u = evaluate(*fix.configuration, x, attempt);
    bgen_check(lmp, root ? bgen_annealed_arrive(annealed, &u, grad_now.data()) : BGEN_OK);
    note_step();
  }
}

/* both paths; false: refused on the way */
bool BgenAnnealedMove::pass_flows(BgenAttempt &attempt, const Aim &aim, double &u, double &work)
{
  seek_flow(attempt.from, u);
  work = follow(attempt, u) - aim.log_weights;
  if (!std::isfinite(work)) return false;
  attempt.outside = !start_at_flow(attempt.from, aim.component);
  if (attempt.outside) return false;
  work += leave_flow(aim.component);
  work += follow(attempt, u);
  return std::isfinite(work);
}

void BgenAnnealedMove::attempt(BgenAttempt &attempt)
{
  BgenConfiguration &atoms = *fix.configuration;
  attempt.work = INFINITY;
  attempt.outside = attempt.from < 0;
  if (attempt.outside) return;
  const Aim aim = choose(attempt.from);
  attempt.to = aim.component;
  gather(atoms);
  if (root) {
    annealed->lambda = fix.counts->tuned[attempt.move].data();
    annealed->n_steps = move.langevin.n_steps;
  }
  atoms.remember();
  fix.check_symmetries();
  double u = present(atoms), work;
  const bool there = pass_flows(attempt, aim, u, work);
  attempt.not_finite = !there && !attempt.screened && !attempt.outside;
  if (!there || fix.model->basin_of(x_now.data()) != aim.component) return atoms.restore();
  attempt.work = work;
  attempt.accepted = fix.settle(atoms, attempt, u, -work, grad_old);
}

/* ---- the schedule ---- */

/* on rank 0: the work since the last note, of the step that the path has just ended, if any */
void BgenAnnealedMove::note_step()
{
  if (!root || !fix.counts->tuning || !move.adapts) return;
  const size_t n = annealed->n_steps, at = annealed->at;
  const double work = annealed->path->work[0], of_step = work - work_noted;
  work_noted = work;
  if (at == at_noted || !std::isfinite(of_step)) return;
  at_noted = at;
  step_works.resize(n);
  step_works[annealed->to_flow ? n - at : at - 1].push_back(of_step);
}

/* The distance between the quartiles: works have tails. */
static double spread_of(std::vector<double> &works)
{
  std::sort(works.begin(), works.end());
  return works[3 * works.size() / 4] - works[works.size() / 4];
}

/* of every step: where all paths break off early there is nothing to tune */
bool BgenAnnealedMove::enough_works(size_t n_steps) const
{
  return step_works.size() == n_steps &&
         std::all_of(step_works.begin(), step_works.end(),
                     [this](const std::vector<double> &works) { return works.size() >= n_wanted; });
}

void BgenAnnealedMove::adapt(std::vector<double> &lambda)
{
  const size_t n = lambda.size() - 1;
  if (enough_works(n)) {
    std::vector<double> spread(n), adapted(n + 1);
    for (size_t t = 0; t < n; t++) spread[t] = std::max(spread_of(step_works[t]), LEAST_SPREAD);
    bgen_annealed_adapt(n, lambda.data(), spread.data(), adapted.data());
    lambda = adapted;
    step_works.clear();
    n_wanted *= 2;
  }
  MPI_Bcast(lambda.data(), (int) lambda.size(), MPI_DOUBLE, 0, world);
}
