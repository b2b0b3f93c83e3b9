/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/annealed_move.h"

#include "state/energies.h"
#include "state/state.h"

#include <cmath>

namespace bgen {

static bgen_annealed_start start_of(const MoveSettings &settings)
{
  switch (settings.start) {
  case MoveSettings::OTHER:
    return BGEN_START_OTHER;
  case MoveSettings::MAPPED:
    return BGEN_START_TRANSFER;
  default:
    return BGEN_START_ANY;
  }
}

AnnealedMove::AnnealedMove(State &_state, int _number) : Move(_state, _number)
{
  check(bgen_annealed_move_create(state.model.generator(), state.model.workspace(),
                                  start_of(settings), settings.langevin.n_steps, &move_));
}

/* from jump.x, within a trial */
bgen_annealed_attempt AnnealedMove::attempt_from(const Jump &jump)
{
  Engine &engine = state.engine;
  const double kT = engine.kT(temperature());
  bgen_annealed_attempt attempt = {};
  attempt.from = jump.attempt.from;
  attempt.temperature = temperature();
  attempt.lambda = bgen_markov_tuned(state.chain, number);
  attempt.noted = settings.adapts && bgen_markov_tuning(state.chain);
  attempt.seed = state.chain.seed();
  attempt.number = proposal();
  attempt.x = jump.x.data();
  attempt.u = present_u(engine, grad_old_);
  grad_u_ = grad_old_;
  for (double &component : grad_u_) component /= kT;
  attempt.grad_u = grad_u_.data();
  attempt.dynamics = dynamics(engine, variance_);
  return attempt;
}

void AnnealedMove::attempt(Jump &jump)
{
  jump.attempt.work = INFINITY;
  jump.attempt.outside = jump.attempt.from < 0;
  if (jump.attempt.outside) return;
  Trial trial(state.engine);
  state.symmetries.check(x_checked_);
  const bgen_annealed_attempt begins = attempt_from(jump);
  jump.attempt.to = static_cast<int>(bgen_annealed_move_begin(move_, &begins));
  Followed followed;
  follow(
      state.engine, temperature(),
      [&](bgen_wanted *wanted) { return bgen_annealed_move_next(move_, wanted); },
      [&](const double *u, const double *grad_u) {
        return bgen_annealed_move_arrive(move_, u, grad_u);
      },
      followed);
  finish(trial, followed.n_refused, jump.attempt);
}

void AnnealedMove::finish(Trial &trial, size_t n_refused, bgen_attempt &attempt)
{
  const bgen_annealed_result result = bgen_annealed_move_result(move_);
  attempt.outside = result.outside;
  attempt.refused = n_refused > 0;
  attempt.not_finite = !result.arrived && !attempt.refused && !attempt.outside;
  if (!result.arrived || state.variables.basin_of(result.x) != attempt.to) return;
  attempt.work = result.work;
  attempt.accepted = settle(state.engine, trial, attempt, result.u, -result.work, grad_old_);
}

void AnnealedMove::tune()
{
  if (settings.adapts) bgen_annealed_move_adapt(move_, bgen_markov_tuned(state.chain, number));
}

double AnnealedMove::memory_usage() const
{
  return static_cast<double>((grad_old_.capacity() + grad_u_.capacity() + variance_.capacity()) *
                             sizeof(double));
}

} // namespace bgen
