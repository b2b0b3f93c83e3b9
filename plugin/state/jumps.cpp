/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/jumps.h"

#include "input/error.h"
#include "state/state.h"

#include <algorithm>
#include <chrono>

using namespace bgen;

Jumps::Jumps(State &state) : state_(state), engines_(1, &state.engine)
{
  for (size_t k = 0; k < state.settings.moves.size(); k++) {
    needs_flow_ = needs_flow_ || state.settings.moves[k].needs_flow();
    if (state.settings.moves[k].kind == MoveSettings::EXCHANGE) exchange_ = static_cast<int>(k);
    moves_.push_back(create_move(state, static_cast<int>(k)));
    Engine *engine = &moves_.back()->engine;
    if (std::find(engines_.begin(), engines_.end(), engine) == engines_.end())
      engines_.push_back(engine);
  }
  jump_.x.resize(state.variables.dim());
}

bool Jumps::ready() const
{
  return state_.settings.nevery > 0 && (!needs_flow_ || state_.model.ready());
}

/* Each N-th time of all partitions is that of an exchange. */
int Jumps::next_move(int from) const
{
  const Chain &chain = state_.chain;
  const int64_t time = chain.n_attempts() + chain.count(BGEN_COUNT_IDLE) + 1;
  if (exchange_ >= 0 && time % state_.settings.moves[exchange_].every == 0) return exchange_;
  const int chosen = bgen_markov_choose_move(chain, from);
  return chosen == exchange_ ? -1 : chosen; // by rounding
}

const Move *Jumps::attempt()
{
  bgen_markov_begin(state_.chain, state_.model.checksum(), state_.temperature());
  const int from = basin_now(), move = next_move(from);
  if (move >= 0) return attempt_with(move, from);
  bgen_markov_skip(state_.chain, from);
  return nullptr;
}

const Move *Jumps::attempt_with(int number, int from)
{
  const auto start = std::chrono::steady_clock::now();
  const long long n_calls = n_energy_calls();
  jump_.attempt = bgen_attempt_begin(number, from);
  Move &move = *moves_[number];
  move.attempt(jump_);
  if (jump_.attempt.proposals == 0) {
    bgen_markov_skip(state_.chain, from);
    return nullptr;
  }
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  jump_.attempt.energy_calls = n_energy_calls() - n_calls;
  jump_.attempt.seconds = passed.count();
  check(bgen_markov_add(state_.chain, &jump_.attempt));
  if (bgen_markov_tuning(state_.chain)) {
    check(bgen_markov_tune(state_.chain, &jump_.attempt));
    move.tune();
  }
  return jump_.attempt.accepted ? &move : nullptr;
}

/* ---- MD between two jumps ---- */

int Jumps::basin_now()
{
  state_.engine.gather(jump_.x.data());
  return state_.variables.basin_of(jump_.x.data());
}

void Jumps::begin_run()
{
  const Settings &settings = state_.settings;
  state_.engine.forget();
  if (settings.nevery > 0 && (bgen_markov_has_offsets(state_.chain) || settings.tunes_offsets))
    state_.host.check_reversible();
  begin_segment();
}

void Jumps::begin_segment()
{
  if (!ready() || !bgen_markov_has_offsets(state_.chain)) return;
  basin_kept_ = basin_now();
  state_.engine.keep();
}

bool Jumps::end_segment()
{
  if (!bgen_markov_has_offsets(state_.chain) || !state_.engine.has_kept()) return false;
  const int now = basin_now();
  if (now == basin_kept_ || bgen_markov_crosses(state_.chain, basin_kept_, now)) return false;
  state_.engine.go_back();
  return true;
}

/* ---- output ---- */

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
