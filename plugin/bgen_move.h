/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_move.h - one kind of jump, as the keyword move of fix bgen says it */

#ifndef LMP_BGEN_MOVE_H
#define LMP_BGEN_MOVE_H

#include "sample/path.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

/* Steps of Langevin dynamics with a changing energy. */
struct BgenLangevin {
  int n_steps = 0;
  double dt = 0.0;   // 0: the timestep of the run
  double damp = 0.0; // time in which velocities are forgotten; 0: 100 dt

  bool read(class BgenWords &words); // true if the next words belonged to it
  bgen_dynamics dynamics(double timestep, const double *variance) const; // timestep: of the run
  std::string text() const;
};

/* Tried as often as its share of all frequencies. */
struct BgenMove {
  enum Kind { FRESH, NEAR, TRANSFER, SEVERAL, ANNEALED, DRIVEN, N_KINDS };
  enum Escort { NO_ESCORT, OF_CV, BY_FRAMES };
  enum Start { ANY, OTHER, MAPPED }; // of the path down from a flow of ANNEALED

  Kind kind = FRESH;
  double frequency = 1.0;
  double step = 0.0;     // of NEAR, in latent space
  int n = 1;             // proposals of SEVERAL
  BgenLangevin langevin; // of ANNEALED and DRIVEN
  Start start = ANY;
  double power = 1.0;  // of the schedule of ANNEALED, at the beginning where it adapts
  bool adapts = false; // the step of NEAR or the schedule of ANNEALED, while the fix tunes
  int cv = -1;         // that DRIVEN drags between two values, and by which spring (energy units)
  double ends[2] = {0.0, 0.0}, spring = 0.0;
  double heat = 0.0;         // temperature half way; 0: that of the jump
  Escort escort = NO_ESCORT; // of the atoms of cv, or by the means of frames
  std::string atoms = "all"; // group that follows

  static const char *name(int kind);
  bool has_work() const // a number that meets Crooks' relation
  {
    return kind == TRANSFER || kind == ANNEALED || kind == DRIVEN;
  }
  std::vector<double> untuned() const; // the step, or lambda[n_steps + 1]
  bool needs_flow() const { return kind != DRIVEN || escort == BY_FRAMES; }

  void read(BgenWords &words, const std::vector<struct BgenVariable> &cvs);
  std::string text(const std::vector<BgenVariable> &cvs) const;

private:
  void read_near(BgenWords &words);
  void read_annealed(BgenWords &words);
  void read_driven(BgenWords &words, const std::vector<BgenVariable> &cvs);
  void need_steps(const BgenWords &words) const;
};

} // namespace LAMMPS_NS

#endif
