/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_judge.h - what the flow of a basin is worth: held-out frames and fresh samples, and what a jump would meet */

#ifndef LMP_BGEN_JUDGE_H
#define LMP_BGEN_JUDGE_H

#include "pointers.h"

#include <vector>

namespace LAMMPS_NS {

/* At the temperature of training, which is that of the frames; NaN where there are no test frames. */
struct BgenVerdict {
  double ml; // mean of -log q over test frames
  double
      kl; // mean of u + log q over the samples that are in the domain and have an energy, which is capped; q is
          // normalized to them, so that a flow gains nothing by leaving its domain
  double outside;    // fraction of samples outside the domain of the flow
  double acceptance; // mean acceptance of jumps within the basin
  double
      bar_error; // of the basin's free energy, were all of this BAR's input; frames taken as independent
};

class BgenJudge : protected Pointers {
public:
  /* Of basin k, by up to 1024 of its test frames, whose energies are evaluated here; energies of samples are capped
     from energy_high on, as in training. */
  BgenJudge(LAMMPS *lmp, class FixBgen &fix, int k, double energy_high);

  /* Judges the flow as it is; the verdict is valid on rank 0. */
  BgenVerdict judge();

private:
  FixBgen &fix;
  class BgenModel &model;
  const int k;
  const double energy_high;
  const bool root;
  std::vector<double> x_frames, u_frames, x, u, log_q;

  void choose_frames();
  std::vector<double> log_weights_of_samples(BgenVerdict &verdict);
  std::vector<double> log_weights_of_frames(BgenVerdict &verdict);
};

} // namespace LAMMPS_NS

#endif
