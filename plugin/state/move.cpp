/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/move.h"

#include "state/state.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

Move::Move(State &_state, int _number, Engine &_engine)
    : engine(_engine), state(_state), number(_number), settings(_state.settings.moves[_number])
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

double Move::present_u()
{
  const double u = engine.present_energy().value / engine.kT(temperature());
  grad_old_.assign(engine.body().dim(), 0.0);
  if (settings.follows_path() || !state.settings.resample_velocities)
    engine.gradient(grad_old_.data());
  return u;
}

bool Move::settle(Trial &trial, const bgen_attempt &attempt, double u_new, double log_ratio)
{
  if (!bgen_markov_accepts(state.chain, &attempt, u_new, log_ratio)) return false;
  stay(trial, u_new);
  return true;
}

void Move::stay(Trial &trial, double u, const double *v)
{
  u_ = u;
  grad_new_.resize(engine.body().dim());
  engine.gradient(grad_new_.data());
  trial.accept();
  set_velocities(v);
}

bool Move::stay_at(Trial &trial, const double *x)
{
  const Energy energy = engine.energy(x);
  if (energy.refused) return false;
  stay(trial, energy.value / engine.kT(temperature()));
  return true;
}

std::vector<double> Move::drawn_velocities(const std::vector<double> &variance) const
{
  std::vector<double> v(variance.size());
  bgen_rng rng = bgen_markov_rng(state.chain, BGEN_STREAM_VELOCITY);
  bgen_rng_normals(&rng, v.size(), v.data());
  for (size_t c = 0; c < v.size(); c++) v[c] *= std::sqrt(variance[c]);
  return v;
}

void Move::draw_velocities()
{
  std::vector<double> variance(engine.body().dim());
  engine.velocity_variance(temperature(), variance.data());
  engine.set_velocities(drawn_velocities(variance).data());
}

/* Of half a step before, along what is free: the old ones would bend and stretch what MD holds. */
void Move::draw_constrained()
{
  std::vector<double> variance(engine.body().dim());
  engine.velocity_variance(temperature(), variance.data());
  std::vector<double> v = drawn_velocities(variance);
  const double factor = 0.5 * state.host.timestep() / engine.kT(temperature());
  for (size_t c = 0; c < v.size(); c++) v[c] += factor * variance[c] * grad_new_[c];
  constrain(v.data());
  engine.set_velocities(v.data());
}

/* Positions are those of the whole step here, velocities those of half a step before:
   v = v_whole + dt/2 dU/dx / m.  What is independent of positions, and so may be kept, drawn or
   brought along, is v_whole; dU/dx changes with the jump. */
void Move::set_velocities(const double *v)
{
  if (is_constrained()) return draw_constrained();
  const bool draws = state.settings.resample_velocities;
  if (draws)
    draw_velocities();
  else if (v)
    engine.set_velocities(v);
  if (draws || v) std::fill(grad_old_.begin(), grad_old_.end(), 0.0);
  for (size_t c = 0; c < grad_old_.size(); c++) grad_old_[c] -= grad_new_[c];
  engine.kick_half_step(grad_old_.data());
}

double Move::memory_usage() const
{
  return static_cast<double>((x_.capacity() + grad_old_.capacity() + grad_new_.capacity()) *
                             sizeof(double));
}

std::unique_ptr<Move> bgen::create_move(State &state, int number)
{
  const MoveSettings &settings = state.settings.moves[number];
  if (settings.kind == MoveSettings::EXCHANGE) return create_exchange_move(state, number);
  return settings.follows_path() ? create_path_move(state, number)
                                 : create_proposal_move(state, number);
}
