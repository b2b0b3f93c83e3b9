/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_path_move.h - a move of a fix bgen that goes by a path: what driven and annealed ones share

   The paths are run by rank 0, as everything of the core; all ranks evaluate the energies. */

#ifndef LMP_BGEN_PATH_MOVE_H
#define LMP_BGEN_PATH_MOVE_H

#include "pointers.h"
#include "sample/path.h"

#include <cstdint>
#include <vector>

namespace LAMMPS_NS {

class BgenPathMove : protected Pointers {
public:
  ~BgenPathMove() override = default;
  BgenPathMove(const BgenPathMove &) = delete;
  BgenPathMove &operator=(const BgenPathMove &) = delete;

  virtual void init() {} // as Fix::init()

  /* One attempt, of which it fills in what it knows; accepted: the atoms now are where it led. */
  virtual void attempt(struct BgenAttempt &attempt) = 0;

  /* Another schedule lambda, once enough paths have been seen. */
  virtual void adapt(std::vector<double> &) {}

  virtual bigint n_energy_calls() const
  {
    return 0;
  } // besides those of the fix's own configuration
  virtual double memory_usage() const;

protected:
  BgenPathMove(LAMMPS *lmp, class FixBgen &fix, const struct BgenMove &move);

  FixBgen &fix;
  const BgenMove &move;
  const bool root;
  std::vector<double> x_now, grad_now, grad_old, variance;

  uint64_t point_of_path(int second) const;
  double temperature() const;
  void gather(class BgenConfiguration &of);
  double present(BgenConfiguration &of);
  double evaluate(BgenConfiguration &of, double *x, BgenAttempt &attempt);
  bgen_dynamics dynamics(BgenConfiguration &of);
  double end_of_path(const bgen_path *path);
};

} // namespace LAMMPS_NS

#endif
