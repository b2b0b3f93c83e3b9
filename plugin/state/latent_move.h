/* SPDX-License-Identifier: GPL-2.0-or-later */
/* latent_move.h - jumps through latent space (core/sample/proposal.h): a step in it, or from one
   flow to another */

#ifndef BGEN_STATE_LATENT_MOVE_H
#define BGEN_STATE_LATENT_MOVE_H

#include "state/move.h"

namespace bgen {

class LatentMove : public Move {
public:
  double memory_usage() const override;

protected:
  LatentMove(State &state, int number);
  std::vector<double> x_new_;

  /* What becomes of x_new_; log_ratio as core/sample/proposal.h has it. */
  void test(double log_ratio, Jump &jump);

private:
  std::vector<double> grad_old_;
  bool try_proposal(double log_ratio, Jump &jump);
};

class NearMove : public LatentMove {
public:
  NearMove(State &state, int number) : LatentMove(state, number) {}
  void attempt(Jump &jump) override;
};

class TransferMove : public LatentMove {
public:
  TransferMove(State &state, int number) : LatentMove(state, number) {}
  void attempt(Jump &jump) override;
};

} // namespace bgen

#endif
