/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/jumps.h"

#include "input/error.h"
#include "state/state.h"

#include <algorithm>
#include <chrono>

namespace bgen {

Jumps::Jumps(State &state) : state_(state), engines_(1, &state.engine)
{
  for (size_t k = 0; k < state.settings.moves.size(); k++) {
    needs_flow_ = needs_flow_ || state.settings.moves[k].needs_flow();
    moves_.push_back(create_move(state, static_cast<int>(k)));
    Engine *other = moves_.back()->other_engine();
    if (other && std::find(engines_.begin(), engines_.end(), other) == engines_.end())
      engines_.push_back(other);
  }
  jump_.x.resize(state.variables.dim());
}

bool Jumps::ready() const
{
  return state_.settings.nevery > 0 && (!needs_flow_ || state_.model.ready());
}

void Jumps::attempt()
{
  const auto start = std::chrono::steady_clock::now();
  const long long n_calls = n_energy_calls();
  bgen_markov_begin(state_.chain, state_.model.checksum(), state_.temperature());
  state_.engine.gather(jump_.x.data());
  jump_.attempt = bgen_attempt_begin(bgen_markov_choose_move(state_.chain),
                                     state_.variables.basin_of(jump_.x.data()));
  Move &move = *moves_[jump_.attempt.move];
  move.attempt(jump_);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  jump_.attempt.energy_calls = n_energy_calls() - n_calls;
  jump_.attempt.seconds = passed.count();
  check(bgen_markov_add(state_.chain, &jump_.attempt));
  if (!bgen_markov_tuning(state_.chain)) return;
  check(bgen_markov_tune(state_.chain, &jump_.attempt));
  move.tune();
}

long long Jumps::n_energy_calls() const
{
  long long n = 0;
  for (const Engine *engine : engines_) n += engine->n_energy_calls();
  return n;
}

double Jumps::memory_usage() const
{
  double n = static_cast<double>(jump_.x.capacity() * sizeof(double));
  for (const auto &move : moves_) n += move->memory_usage();
  return n;
}

} // namespace bgen
