/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fresh_move.h - a jump to a sample of the mixture of flows, whatever the present configuration */

#ifndef BGEN_STATE_FRESH_MOVE_H
#define BGEN_STATE_FRESH_MOVE_H

#include "sample/several.h"
#include "state/move.h"
#include "state/proposals.h"

namespace bgen {

class FreshMove : public Move {
public:
  FreshMove(State &state, int number) : Move(state, number) {}
  void attempt(Jump &jump) override;
  double memory_usage() const override;

private:
  std::vector<double> grad_old_;

  bool try_proposal(const Proposal &proposal, Jump &jump);
};

/* One of several fresh proposals, chosen by weight (core/sample/several.h). */
class TriesMove : public Move {
public:
  TriesMove(State &state, int number) : Move(state, number) {}
  void attempt(Jump &jump) override;
  double memory_usage() const override;

private:
  std::vector<double> x_chosen_, grad_old_;

  bool try_several(Jump &jump);
  void offer(bgen_several &several, bgen_attempt &attempt);
  double log_weight(const Proposal &proposal, bgen_attempt &attempt);
};

} // namespace bgen

#endif
