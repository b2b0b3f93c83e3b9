/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proposals.h - fresh proposals of jumps, drawn ahead: one pass of the flows costs hardly more than
   one sample */

#ifndef BGEN_STATE_PROPOSALS_H
#define BGEN_STATE_PROPOSALS_H

#include "state/model.h"

#include <cstdint>
#include <vector>

namespace bgen {

/* x[dim] from density q of the whole mixture, where the reference of its component is; log_q is NaN
   outside the domain of its flow */
struct Proposal {
  const double *x; // valid until the next is asked for
  bool in_domain;
  double log_q;
  size_t component; // which has made it
};

class Proposals {
public:
  explicit Proposals(Model &model);

  /* The proposal of this number, at this temperature: the same whichever have been asked for
     before. */
  Proposal fresh(uint64_t seed, double temperature, uint64_t number);
  double memory_usage() const;

private:
  Model &model_;
  std::vector<double> x_; // [AHEAD][dim]
  std::vector<bgen_draw> draws_;
  /* what those at hand are of */
  uint64_t first_ = 0, n_ = 0, seed_ = 0, change_ = 0;
  double temperature_ = 0.0;

  bool has(uint64_t seed, double temperature, uint64_t number) const;
  void draw();
};

} // namespace bgen

#endif
