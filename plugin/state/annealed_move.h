/* SPDX-License-Identifier: GPL-2.0-or-later */
/* annealed_move.h - a jump by a path to the flow of the present basin, and by another one down from
   a flow (core/sample/annealed_move.h) */

#ifndef BGEN_STATE_ANNEALED_MOVE_H
#define BGEN_STATE_ANNEALED_MOVE_H

#include "sample/annealed_move.h"
#include "state/move.h"

namespace bgen {

class AnnealedMove : public Move {
public:
  AnnealedMove(State &state, int number);
  ~AnnealedMove() override { bgen_annealed_move_destroy(move_); }
  void attempt(Jump &jump) override;
  void tune() override;
  double memory_usage() const override;

private:
  bgen_annealed_move *move_ = nullptr;
  std::vector<double> grad_old_, grad_u_, variance_, x_checked_;

  bgen_annealed_attempt attempt_from(const Jump &jump);
  void finish(Trial &trial, size_t n_refused, bgen_attempt &attempt);
};

} // namespace bgen

#endif
