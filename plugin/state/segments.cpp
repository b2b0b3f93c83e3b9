/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/segments.h"

#include "state/state.h"

namespace bgen {

Segments::Segments(State &state) : state_(state), x_(state.variables.dim()) {}

int Segments::basin_now()
{
  state_.engine.gather(x_.data());
  return state_.variables.basin_of(x_.data());
}

/* Where the run before ended with an attempt, nothing is lost. */
void Segments::begin_run()
{
  const Settings &settings = state_.settings;
  state_.engine.forget();
  if (settings.nevery > 0 && (bgen_markov_has_offsets(state_.chain) || settings.tunes_offsets))
    state_.host.check_reversible();
  begin();
}

void Segments::begin()
{
  if (!state_.jumps.ready() || !bgen_markov_has_offsets(state_.chain)) return;
  basin_kept_ = basin_now();
  state_.engine.keep();
}

void Segments::test()
{
  if (!bgen_markov_has_offsets(state_.chain) || !state_.engine.has_kept()) return;
  const int now = basin_now();
  if (now == basin_kept_ || bgen_markov_crosses(state_.chain, basin_kept_, now)) return;
  state_.engine.go_back();
}

} // namespace bgen
