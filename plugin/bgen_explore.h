/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_explore.h - frames that move while a flow learns from them: near moves in its latent space, accepted by the
   Metropolis test, replace the frames of a basin (adaptive sampling of Noe, Olsson, Koehler, Wu, Science 365, eaaw1147) */

#ifndef LMP_BGEN_EXPLORE_H
#define LMP_BGEN_EXPLORE_H

#include "pointers.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

/* Of the frames of basin k to train by. All functions are collective, and stand between begin_command() and end_command()
   of the configuration. */
class BgenExplore : protected Pointers {
public:
  BgenExplore(LAMMPS *lmp, class FixBgen &fix, int k, double step);

  /* From now on the frames are driven over a range of a cv: each visit makes a place dearer (Wang and Landau, Phys Rev Lett
     86, 2050). They then follow no Boltzmann distribution, until they have moved without it for a while. */
  void spread(int cv, double low, double high);

  /* One move of the next n frames, or of all if there are fewer, in turn. */
  void move(size_t n);
  /* On rank 0: what was accepted since the last call, and where the frames are along the cv of spread(), else the first, if
     there is one. */
  std::string report();

private:
  FixBgen &fix;
  class BgenModel &model;
  const int k;
  const double step;
  const bool root;
  size_t next; // frame to move
  long n_moved, n_accepted;
  std::vector<double> u; // of all frames; NaN: not known yet
  std::vector<double> s; // the cv of their report, if any
  int cv;                // -1: none
  double low, high;
  std::vector<double> bias; // of the bins of its range, kT; empty: no frame is driven
  std::vector<double> x_old, x_new, u_new, log_ratio;

  void gather(size_t n);
  void know(size_t n);
  void propose(size_t n);
  bool accept(size_t i, size_t frame);
  double &bias_at(double value);
};

} // namespace LAMMPS_NS

#endif
