/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_annealed_move.h - an annealed move: by a path to the flow of the present basin, and by another one down from a flow
   (core/sample/annealed.h) */

#ifndef LMP_BGEN_ANNEALED_MOVE_H
#define LMP_BGEN_ANNEALED_MOVE_H

#include "bgen_path_move.h"
#include "sample/annealed.h"

#include <vector>

namespace LAMMPS_NS {

class BgenAnnealedMove : public BgenPathMove {
public:
  BgenAnnealedMove(class LAMMPS *lmp, class FixBgen &fix, const struct BgenMove &move);
  ~BgenAnnealedMove() override;

  void attempt(BgenAttempt &attempt) override;
  void adapt(std::vector<double> &lambda) override;

private:
  /* A flow to go to, and what it costs that it is chosen with another probability than the present one. */
  struct Aim {
    int component;
    double log_weights;
  };

  bgen_annealed *annealed; // on rank 0
  std::vector<double> x_start;
  double log_mapped; // of F_l o F_k^-1, the logarithm of its volume factor; rank 0

  /* While it adapts: the works of each step of the latest paths, [n_steps] in the order from the flow; rank 0. */
  std::vector<std::vector<double>> step_works;
  size_t n_wanted;   // paths before the next schedule
  double work_noted; // of the present path
  size_t at_noted;

  Aim choose(int from) const;
  bool start_at_flow(int from, int to);
  double leave_flow(int component);
  void seek_flow(int component, double u);
  double follow(BgenAttempt &attempt, double &u);
  bool pass_flows(BgenAttempt &attempt, const Aim &aim, double &u, double &work);
  void note_step();
  bool enough_works(size_t n_steps) const;
};

} // namespace LAMMPS_NS

#endif
