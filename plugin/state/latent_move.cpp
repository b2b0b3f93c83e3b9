/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/latent_move.h"

#include "input/error.h"
#include "sample/proposal.h"
#include "state/state.h"

#include <cmath>

namespace bgen {

LatentMove::LatentMove(State &_state, int _number)
    : Move(_state, _number), x_new_(_state.variables.dim())
{
}

void LatentMove::test(double log_ratio, Jump &jump)
{
  const bool in_domain = std::isfinite(log_ratio);
  bgen_generator_reflect(state.model.generator(), state.chain.seed(), BGEN_STREAM_MIRROR,
                         proposal(), x_new_.data());
  if (settings.has_work()) jump.attempt.work = INFINITY;
  if (jump.attempt.to < 0 || in_domain) jump.attempt.to = state.variables.basin_of(x_new_.data());
  jump.attempt.outside = !in_domain;
  jump.attempt.accepted = in_domain && try_proposal(log_ratio, jump);
}

bool LatentMove::try_proposal(double log_ratio, Jump &jump)
{
  Engine &engine = state.engine;
  Trial trial(engine);
  if (engine.refusal(x_new_.data())) {
    jump.attempt.refused++;
    return false;
  }
  state.symmetries.check(jump.x);
  const double u_old = present_u(engine, grad_old_);
  const double u_new = engine.energy(x_new_.data()).value / engine.kT(temperature());
  if (!std::isfinite(u_new)) jump.attempt.not_finite++;
  log_ratio = u_old - u_new + log_ratio;
  if (settings.has_work() && std::isfinite(log_ratio)) jump.attempt.work = -log_ratio;
  return settle(engine, trial, jump.attempt, u_new, log_ratio, grad_old_);
}

double LatentMove::memory_usage() const
{
  return static_cast<double>((x_new_.capacity() + grad_old_.capacity()) * sizeof(double));
}

void NearMove::attempt(Jump &jump)
{
  Model &model = state.model;
  const double step = bgen_markov_tuned(state.chain, number)[0];
  double log_ratio = NAN;
  check(bgen_near(model.generator(), model.workspace(), temperature(), state.chain.seed(), step,
                  proposal(), jump.x.data(), x_new_.data(), &log_ratio));
  test(log_ratio, jump);
}

void TransferMove::attempt(Jump &jump)
{
  Model &model = state.model;
  double log_ratio = NAN;
  size_t to = 0;
  check(bgen_transfer(model.generator(), model.workspace(), temperature(), state.chain.seed(),
                      proposal(), jump.x.data(), x_new_.data(), &log_ratio, &to));
  jump.attempt.to = static_cast<int>(to); // where it leads outside the domain of its flow
  test(log_ratio, jump);
}

} // namespace bgen
