/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/move.h"

#include "state/annealed_move.h"
#include "state/driven_move.h"
#include "state/fresh_move.h"
#include "state/latent_move.h"
#include "state/state.h"

#include <algorithm>

namespace bgen {

Move::Move(State &_state, int _number)
    : state(_state), number(_number), settings(_state.settings.moves[_number])
{
}

double Move::temperature() const
{
  return bgen_markov_temperature(state.chain);
}

uint64_t Move::proposal() const
{
  return state.chain.count(BGEN_COUNT_PROPOSALS);
}

double Move::present_u(Engine &engine, std::vector<double> &grad) const
{
  const double u = engine.present_energy().value / engine.kT(temperature());
  grad.resize(engine.body().dim());
  engine.gradient(grad.data());
  return u;
}

bgen_dynamics Move::dynamics(Engine &engine, std::vector<double> &variance) const
{
  variance.resize(engine.body().dim());
  engine.velocity_variance(temperature(), variance.data());
  return settings.langevin.dynamics(state.host.timestep(), variance.data());
}

bool Move::settle(Engine &engine, Trial &trial, const bgen_attempt &attempt, double u_new,
                  double log_ratio, std::vector<double> &grad_old)
{
  if (!bgen_markov_accepts(state.chain, &attempt, u_new, log_ratio)) return false;
  stay(engine, trial, grad_old);
  return true;
}

void Move::stay(Engine &engine, Trial &trial, std::vector<double> &grad_old)
{
  grad_new_.resize(engine.body().dim());
  engine.gradient(grad_new_.data());
  trial.accept();
  set_velocities(engine, grad_old);
}

/* Positions are those of the whole step here, velocities those of half a step before:
   v = v_whole + dt/2 dU/dx / m.  What is independent of positions, and so may be kept, or drawn, is
   v_whole; dU/dx changes with the jump.  Respa's half steps are many, and stay as they are. */
void Move::set_velocities(Engine &engine, std::vector<double> &grad_old)
{
  if (state.settings.resample_velocities) {
    engine.resample_velocities(temperature(), bgen_markov_rng(state.chain, BGEN_STREAM_VELOCITY));
    std::fill(grad_old.begin(), grad_old.end(), 0.0);
  }
  for (size_t c = 0; c < grad_old.size(); c++) grad_old[c] -= grad_new_[c];
  engine.kick_half_step(grad_old.data());
}

std::unique_ptr<Move> create_move(State &state, int number)
{
  const MoveSettings &settings = state.settings.moves[number];
  switch (settings.kind) {
  case MoveSettings::FRESH:
    if (settings.tries > 1) return std::make_unique<TriesMove>(state, number);
    return std::make_unique<FreshMove>(state, number);
  case MoveSettings::NEAR:
    return std::make_unique<NearMove>(state, number);
  case MoveSettings::TRANSFER:
    return std::make_unique<TransferMove>(state, number);
  case MoveSettings::ANNEALED:
    return std::make_unique<AnnealedMove>(state, number);
  default:
    return std::make_unique<DrivenMove>(state, number);
  }
}

} // namespace bgen
