/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/fresh_move.h"

#include "sample/metropolis.h"
#include "sample/several.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>

namespace bgen {

/* ---- one proposal ---- */

void FreshMove::attempt(Jump &jump)
{
  bgen_attempt &attempt = jump.attempt;
  const Proposal proposal =
      state.proposals.fresh(state.chain.seed(), temperature(), this->proposal());
  attempt.to = state.variables.basin_of(proposal.x);
  attempt.outside = !proposal.in_domain;
  attempt.accepted = proposal.in_domain && try_proposal(proposal, jump);
}

bool FreshMove::try_proposal(const Proposal &proposal, Jump &jump)
{
  Engine &engine = state.engine;
  Trial trial(engine);
  if (engine.refusal(proposal.x)) {
    jump.attempt.refused++;
    return false;
  }
  state.symmetries.check(jump.x);
  const double u_old = present_u(engine, grad_old_);
  const double u_new = engine.energy(proposal.x).value / engine.kT(temperature());
  if (!std::isfinite(u_new)) jump.attempt.not_finite++;
  const double log_q_old = state.model.log_q(temperature(), jump.x.data());
  const double log_ratio = bgen_metropolis_log_ratio(u_old, log_q_old, u_new, proposal.log_q);
  return settle(engine, trial, jump.attempt, u_new, log_ratio, grad_old_);
}

double FreshMove::memory_usage() const
{
  return static_cast<double>(grad_old_.capacity() * sizeof(double));
}

/* ---- several ---- */

void TriesMove::attempt(Jump &jump)
{
  x_chosen_.resize(state.variables.dim());
  jump.attempt.proposals = 0;
  jump.attempt.accepted = try_several(jump);
  jump.attempt.to = state.variables.basin_of(x_chosen_.data());
}

/* The chosen one is taken if it and the others outweigh the present configuration. */
bool TriesMove::try_several(Jump &jump)
{
  Engine &engine = state.engine;
  Trial trial(engine);
  state.symmetries.check(jump.x);
  const double u_old = present_u(engine, grad_old_);
  const double log_w = bgen_markov_offset(state.chain, jump.attempt.from) - u_old -
                       state.model.log_q(temperature(), jump.x.data());
  bgen_several several =
      bgen_several_begin(bgen_markov_rng(state.chain, BGEN_STREAM_ACCEPT), log_w);
  for (int i = 0; i < settings.tries; i++) offer(several, jump.attempt);
  if (!bgen_several_accept(&several)) return false;
  /* a shrink-wrapped box may have changed since it was weighed */
  if (engine.energy(x_chosen_.data()).refused) return false;
  stay(engine, trial, grad_old_);
  return true;
}

/* the next proposal; where none can be taken, x_chosen_ is the last */
void TriesMove::offer(bgen_several &several, bgen_attempt &attempt)
{
  const uint64_t number = proposal() + attempt.proposals++;
  const Proposal next = state.proposals.fresh(state.chain.seed(), temperature(), number);
  if (bgen_several_offer(&several, log_weight(next, attempt)))
    std::copy_n(next.x, x_chosen_.size(), x_chosen_.begin());
}

/* NaN where it has none */
double TriesMove::log_weight(const Proposal &proposal, bgen_attempt &attempt)
{
  Engine &engine = state.engine;
  if (!proposal.in_domain) {
    attempt.outside++;
    return NAN;
  }
  if (engine.refusal(proposal.x)) {
    attempt.refused++;
    return NAN;
  }
  const double offset = bgen_markov_offset(state.chain, state.variables.basin_of(proposal.x));
  const double log_w =
      offset - engine.energy(proposal.x).value / engine.kT(temperature()) - proposal.log_q;
  if (!std::isfinite(log_w)) attempt.not_finite++;
  return log_w;
}

double TriesMove::memory_usage() const
{
  return static_cast<double>((x_chosen_.capacity() + grad_old_.capacity()) * sizeof(double));
}

} // namespace bgen
