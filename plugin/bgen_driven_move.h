/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_driven_move.h - a driven move: a spring drags a collective variable, all atoms of a group follow (core/sample/driven.h) */

#ifndef LMP_BGEN_DRIVEN_MOVE_H
#define LMP_BGEN_DRIVEN_MOVE_H

#include "bgen_path_move.h"
#include "sample/driven.h"

#include <memory>
#include <vector>

namespace LAMMPS_NS {

class BgenDrivenMove : public BgenPathMove {
public:
  BgenDrivenMove(class LAMMPS *lmp, class FixBgen &fix, const struct BgenMove &move);
  ~BgenDrivenMove() override;

  void init() override;
  void attempt(BgenAttempt &attempt) override;
  bigint n_energy_calls() const override;
  double memory_usage() const override;

private:
  std::unique_ptr<BgenConfiguration> moved; // the atoms that follow
  std::vector<int> place;                   // of the coordinates of the fix's group among theirs
  std::vector<bgen_cv_term> terms;          // of cv, with particles of moved
  bgen_cv cv;
  int basin[2]; // at the ends, if they tell which way to go; -1: the middle between the ends does
  std::vector<double> x_group, escort_grad, shift;
  bgen_path *path; // on rank 0

  void find_places();
  void find_basins();
  int end_of(const double *x) const;
  const double *group_of(const double *x);
  bgen_driven drag(int from);
  void find_shift(int from);
  double follow(int from, BgenAttempt &attempt, double &u);
};

} // namespace LAMMPS_NS

#endif
