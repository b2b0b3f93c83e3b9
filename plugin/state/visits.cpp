/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/visits.h"

#include "state/state.h"

#include <algorithm>

using namespace bgen;

/* length of a block, moments in all, and what begins in memory with the blocks */
enum { LENGTH, MOMENTS, BLOCKS };

static std::vector<uint64_t> packed(const bgen_visits &visits)
{
  std::vector<uint64_t> all = {visits.length, visits.n};
  all.insert(all.end(), visits.visits, visits.visits + bgen_visits_words(visits.n_states));
  return all;
}

/* in the same memory, whose head remains */
static bgen_visits unpacked(size_t n_states, std::vector<uint64_t> &all)
{
  std::vector<uint64_t> blocks(all.begin() + BLOCKS, all.end());
  bgen_visits visits = bgen_visits_begin(n_states, &all[BLOCKS]);
  std::copy(blocks.begin(), blocks.end(), &all[BLOCKS]);
  visits.length = all[LENGTH], visits.n = all[MOMENTS];
  return visits;
}

/* what visits must have in common */
static std::vector<double> conditions_of(const bgen_markov_chain *chain, size_t n_basins)
{
  std::vector<double> all = {bgen_markov_temperature(chain)};
  for (size_t k = 0; k < n_basins; k++)
    all.push_back(bgen_markov_offset(chain, static_cast<int>(k)));
  return all;
}

PooledVisits::PooledVisits(State &state)
{
  const bgen_visits &own = *bgen_markov_visits(state.chain);
  const std::vector<double> conditions = conditions_of(state.chain, own.n_states);
  const std::vector<std::vector<double>> all = state.pool.gather(conditions);
  words_ = state.pool.gather(packed(own));
  for (size_t p = 0; p < all.size(); p++) {
    if (all[p] == conditions)
      of_chains_.push_back(unpacked(own.n_states, words_[p]));
    else
      n_left_out_ += words_[p][MOMENTS] > 0;
  }
}
