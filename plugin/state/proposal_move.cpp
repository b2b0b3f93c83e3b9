/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proposal_move.cpp - jumps to a configuration that the flows propose */

#include "input/error.h"
#include "sample/metropolis.h"
#include "sample/proposal.h"
#include "sample/several.h"
#include "state/move.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

namespace {

class ProposalMove : public Move {
public:
  ProposalMove(State &_state, int _number) : Move(_state, _number, _state.engine)
  {
    x_.resize(state.variables.dim());
    placed_.resize(state.variables.dim());
  }

protected:
  std::vector<double> placed_; // the fresh proposal
  /* where the present configuration is */
  Proposal fresh(uint64_t proposal, const Jump &jump);
  double log_q(const Jump &jump) { return state.model.log_q(temperature(), jump.x.data()); }

  /* log_ratio(u_old, u_new): of the acceptance of x */
  template <class Ratio> bool try_proposal(const double *x, Jump &jump, Ratio log_ratio);
};

/* all of an attempt are placed as one component sees it, that of its first number */
Proposal ProposalMove::fresh(uint64_t number_of, const Jump &jump)
{
  Model &model = state.model;
  const uint64_t seed = state.chain.seed();
  Proposal made = state.proposals.fresh(seed, temperature(), number_of);
  std::copy_n(made.x, placed_.size(), placed_.begin());
  made.x = placed_.data();
  if (made.in_domain)
    check(bgen_place_sample(model.generator(), model.workspace(), temperature(), seed, proposal(),
                            jump.x.data(), made.component, placed_.data()));
  return made;
}

template <class Ratio> bool ProposalMove::try_proposal(const double *x, Jump &jump, Ratio log_ratio)
{
  Trial trial(engine);
  if (engine.refusal(x)) {
    jump.attempt.refused++;
    return false;
  }
  state.symmetries.check(jump.x);
  const double u_old = present_u();
  const double u_new = engine.energy(x).value / engine.kT(temperature());
  if (!std::isfinite(u_new)) jump.attempt.not_finite++;
  return settle(trial, jump.attempt, u_new, log_ratio(u_old, u_new));
}

/* ---- a sample of the mixture of flows, whatever the present configuration ---- */

class FreshMove : public ProposalMove {
public:
  using ProposalMove::ProposalMove;
  void attempt(Jump &jump) override;
};

void FreshMove::attempt(Jump &jump)
{
  const Proposal next = fresh(proposal(), jump);
  const auto log_ratio = [&](double u_old, double u_new) {
    return bgen_metropolis_log_ratio(u_old, log_q(jump), u_new, next.log_q);
  };
  jump.attempt.to = state.variables.basin_of(next.x);
  jump.attempt.outside = !next.in_domain;
  jump.attempt.accepted = next.in_domain && try_proposal(next.x, jump, log_ratio);
}

/* ---- one of several of them, chosen by weight (core/sample/several.h) ---- */

class TriesMove : public ProposalMove {
public:
  using ProposalMove::ProposalMove;
  void attempt(Jump &jump) override;

private:
  bool try_several(Jump &jump);
  void offer(bgen_several &several, Jump &jump);
  double log_weight(const Proposal &proposal, bgen_attempt &attempt);
};

void TriesMove::attempt(Jump &jump)
{
  jump.attempt.proposals = 0;
  jump.attempt.accepted = try_several(jump);
  jump.attempt.to = state.variables.basin_of(x_.data());
}

/* The chosen one, x_, is taken if it and the others outweigh the present configuration. */
bool TriesMove::try_several(Jump &jump)
{
  Trial trial(engine);
  state.symmetries.check(jump.x);
  const double u_old = present_u();
  const double log_w =
      bgen_markov_bias(state.chain, number, jump.attempt.from) - u_old - log_q(jump);
  bgen_several several =
      bgen_several_begin(bgen_markov_rng(state.chain, BGEN_STREAM_ACCEPT), log_w);
  for (int i = 0; i < settings.tries; i++) offer(several, jump);
  return bgen_several_accept(&several) && stay_at(trial, x_.data());
}

/* the next proposal; where none can be taken, x_ is the last */
void TriesMove::offer(bgen_several &several, Jump &jump)
{
  const Proposal next = fresh(proposal() + jump.attempt.proposals++, jump);
  if (bgen_several_offer(&several, log_weight(next, jump.attempt)))
    std::copy_n(next.x, x_.size(), x_.begin());
}

/* NaN where it has none */
double TriesMove::log_weight(const Proposal &proposal, bgen_attempt &attempt)
{
  if (!proposal.in_domain) {
    attempt.outside++;
    return NAN;
  }
  if (engine.refusal(proposal.x)) {
    attempt.refused++;
    return NAN;
  }
  const int basin = state.variables.basin_of(proposal.x);
  const double log_w = bgen_markov_bias(state.chain, number, basin) -
                       engine.energy(proposal.x).value / engine.kT(temperature()) - proposal.log_q;
  if (!std::isfinite(log_w)) attempt.not_finite++;
  return log_w;
}

/* ---- through latent space (core/sample/proposal.h): a step in it, or to another flow ---- */

class LatentMove : public ProposalMove {
public:
  using ProposalMove::ProposalMove;

protected:
  /* What becomes of x_; log_ratio as core/sample/proposal.h has it. */
  void test(double log_ratio, Jump &jump);
};

void LatentMove::test(double log_ratio, Jump &jump)
{
  bgen_attempt &attempt = jump.attempt;
  const bool in_domain = std::isfinite(log_ratio);
  const auto with_energies = [&](double u_old, double u_new) {
    const double sum = u_old - u_new + log_ratio;
    if (settings.has_work() && std::isfinite(sum)) attempt.work = -sum;
    return sum;
  };
  bgen_generator_reflect(state.model.generator(), state.chain.seed(), BGEN_STREAM_MIRROR,
                         proposal(), x_.data());
  if (settings.has_work()) attempt.work = INFINITY;
  if (attempt.to < 0 || in_domain) attempt.to = state.variables.basin_of(x_.data());
  attempt.outside = !in_domain;
  attempt.accepted = in_domain && try_proposal(x_.data(), jump, with_energies);
}

class NearMove : public LatentMove {
public:
  using LatentMove::LatentMove;
  void attempt(Jump &jump) override;
};

void NearMove::attempt(Jump &jump)
{
  Model &model = state.model;
  const double step = bgen_markov_tuned(state.chain, number)[0];
  double log_ratio = NAN;
  check(bgen_near(model.generator(), model.workspace(), temperature(), state.chain.seed(), step,
                  proposal(), jump.x.data(), x_.data(), &log_ratio));
  test(log_ratio, jump);
}

class TransferMove : public LatentMove {
public:
  using LatentMove::LatentMove;
  void attempt(Jump &jump) override;
};

void TransferMove::attempt(Jump &jump)
{
  Model &model = state.model;
  double log_ratio = NAN;
  size_t to = 0;
  check(bgen_transfer(model.generator(), model.workspace(), temperature(), state.chain.seed(),
                      proposal(), jump.x.data(), x_.data(), &log_ratio, &to));
  jump.attempt.to = static_cast<int>(to); // where it leads outside the domain of its flow
  test(log_ratio, jump);
}

} // namespace

std::unique_ptr<Move> bgen::create_proposal_move(State &state, int number)
{
  const MoveSettings &settings = state.settings.moves[number];
  if (settings.kind == MoveSettings::NEAR) return std::make_unique<NearMove>(state, number);
  if (settings.kind == MoveSettings::TRANSFER) return std::make_unique<TransferMove>(state, number);
  if (settings.tries > 1) return std::make_unique<TriesMove>(state, number);
  return std::make_unique<FreshMove>(state, number);
}
