/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/restart.h"

#include "input/error.h"
#include "sample/chain_restart.h"
#include "state/state.h"

#include <climits>

namespace bgen {

std::vector<uint64_t> pack_restart(const State &state)
{
  std::vector<uint64_t> words(bgen_markov_packed_size(state.chain));
  if (words.size() * sizeof words[0] > INT_MAX)
    throw Error("fix bgen " + state.id + ": its state is too long for a restart file");
  bgen_markov_pack(state.chain, state.n_energy_calls(), words.data());
  return words;
}

void unpack_restart(State &state, const void *bytes)
{
  size_t n_bytes = 0;
  bgen_status status = bgen_restart_size(bytes, &n_bytes);
  if (!status) status = bgen_markov_unpack(state.chain, n_bytes, bytes);
  if (status) throw Error("fix bgen " + state.id + ": " + bgen_last_error());
  /* they are added to those of this run */
  state.chain.count_up(BGEN_COUNT_ENERGY_CALLS, -state.jumps.n_energy_calls());
  state.continued = true;
}

} // namespace bgen
