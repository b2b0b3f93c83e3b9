/* SPDX-License-Identifier: GPL-2.0-or-later */
/* visits.h - the visits of the chains of all partitions of a pool */

#ifndef BGEN_STATE_VISITS_H
#define BGEN_STATE_VISITS_H

#include "estimate/visits.h"

#include <vector>

namespace bgen {

class State;

/* Each chain is a series of its own.  Visits at another temperature, or under other offsets, than
   those of this partition do not belong to them, and are left out. */
class PooledVisits {
public:
  explicit PooledVisits(State &state); // collective
  PooledVisits(const PooledVisits &) = delete;
  PooledVisits &operator=(const PooledVisits &) = delete;

  const std::vector<bgen_visits> &of_chains() const { return of_chains_; }
  size_t n_left_out() const { return n_left_out_; } // partitions that have some

private:
  std::vector<std::vector<uint64_t>> words_; // of each chain
  std::vector<bgen_visits> of_chains_;
  size_t n_left_out_ = 0;
};

} // namespace bgen

#endif
