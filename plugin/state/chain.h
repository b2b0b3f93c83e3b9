/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chain.h - the owner of a Markov chain of the core (core/sample/chain.h), made as a fix bgen says

   It stands for the chain of the core where that is an argument: bgen_markov_seed(state.chain). */

#ifndef BGEN_STATE_CHAIN_H
#define BGEN_STATE_CHAIN_H

#include "input/fix_options.h"
#include "sample/chain.h"
#include "state/owned.h"
#include "state/variables.h"

namespace bgen {

class Chain {
public:
  /* number: of its partition in a pool, each of which has random numbers of its own. */
  Chain(const Settings &settings, const Variables &variables, int number);
  static uint64_t seed_of(const Settings &settings, int number);

  operator bgen_markov_chain *() { return chain_.get(); }
  operator const bgen_markov_chain *() const { return chain_.get(); }

  uint64_t seed() const { return bgen_markov_seed(*this); }
  int64_t count(bgen_counter counter) const { return bgen_markov_count(*this, counter); }
  void count_up(bgen_counter counter, int64_t n) { bgen_markov_count_up(*this, counter, n); }
  int64_t n_attempts() const { return bgen_totals_attempts(bgen_markov_totals(*this)); }

private:
  Owned<bgen_markov_chain, bgen_markov_destroy> chain_;
};

/* What a chain had counted at some time. */
class ChainSnapshot {
public:
  explicit ChainSnapshot(const Chain &chain);
  void take(const Chain &chain);
  operator const bgen_totals *() const { return totals_.get(); }
  int64_t n_attempts() const { return bgen_totals_attempts(*this); }

private:
  Owned<bgen_totals, bgen_totals_destroy> totals_;
};

} // namespace bgen

#endif
