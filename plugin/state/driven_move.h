/* SPDX-License-Identifier: GPL-2.0-or-later */
/* driven_move.h - a jump in which a spring drags a collective variable, and all atoms of a group
   follow (core/sample/driven.h) */

#ifndef BGEN_STATE_DRIVEN_MOVE_H
#define BGEN_STATE_DRIVEN_MOVE_H

#include "sample/driven.h"
#include "state/move.h"

namespace bgen {

class DrivenMove : public Move {
public:
  DrivenMove(State &state, int number);
  ~DrivenMove() override { bgen_driven_destroy(driven_); }
  void attempt(Jump &jump) override;
  Engine *other_engine() override { return &moved_; }
  double memory_usage() const override;

private:
  Engine &moved_; // of the atoms that follow
  CvSettings cv_; // with particles among them
  bgen_cv cv_of_moved_;
  bgen_driven *driven_ = nullptr;
  bgen_driven_ends ends_;
  std::vector<size_t> place_; // of each coordinate of the fix's group among theirs
  std::vector<double> x_, x_group_, shift_, grad_old_, grad_u_, variance_;

  void find_places();
  void check_escort() const;
  int end_of(const double *x);
  void find_shift(int from);
  bgen_drag drag(int from) const;
  double go(int from, bgen_attempt &attempt, double &u);
};

} // namespace bgen

#endif
