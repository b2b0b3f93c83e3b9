/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chain.h - the owner of a Markov chain of the core (core/sample/chain.h), made as a fix bgen says

   It stands for the chain of the core where that is an argument: bgen_markov_seed(state.chain). */

#ifndef BGEN_STATE_CHAIN_H
#define BGEN_STATE_CHAIN_H

#include "input/fix_options.h"
#include "sample/chain.h"

namespace bgen {

class Chain {
public:
  explicit Chain(const Settings &settings);
  ~Chain() { bgen_markov_destroy(chain_); }
  Chain(const Chain &) = delete;
  Chain &operator=(const Chain &) = delete;

  operator bgen_markov_chain *() { return chain_; }
  operator const bgen_markov_chain *() const { return chain_; }

  uint64_t seed() const { return bgen_markov_seed(chain_); }
  int64_t count(bgen_counter counter) const { return bgen_markov_count(chain_, counter); }
  void count_up(bgen_counter counter, int64_t n) { bgen_markov_count_up(chain_, counter, n); }
  int64_t n_attempts() const { return bgen_totals_attempts(bgen_markov_totals(chain_)); }

private:
  bgen_markov_chain *chain_ = nullptr;
};

/* What a chain had counted at some time. */
class ChainSnapshot {
public:
  explicit ChainSnapshot(const Chain &chain);
  ~ChainSnapshot() { bgen_totals_destroy(totals_); }
  ChainSnapshot(const ChainSnapshot &) = delete;
  ChainSnapshot &operator=(const ChainSnapshot &) = delete;

  void take(const Chain &chain);
  operator const bgen_totals *() const { return totals_; }
  int64_t n_attempts() const { return bgen_totals_attempts(totals_); }

private:
  bgen_totals *totals_ = nullptr;
};

} // namespace bgen

#endif
