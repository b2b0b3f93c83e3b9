/* SPDX-License-Identifier: GPL-2.0-or-later */
/* move_options.h - one kind of jump, as the keyword move of fix bgen describes it

     fresh F [tries K]
     near F step|auto
     transfer F
     annealed F steps M [dt D] [damp G] [start any|other|transfer] [power P] [space x|latent]
            [metropolis path|steps] [schedule fixed|auto]
     driven F cv a b spring K steps M [dt D] [damp G] [escort no|yes|frames] [heat T]
            [atoms group]
     exchange N learned|plain */

#ifndef BGEN_INPUT_MOVE_OPTIONS_H
#define BGEN_INPUT_MOVE_OPTIONS_H

#include "input/cv_options.h"
#include "input/options.h"
#include "sample/annealed_move.h"

#include <string>
#include <vector>

namespace bgen {

/* Steps of Langevin dynamics with a changing energy. */
struct LangevinSettings {
  int n_steps = 0;
  double dt = 0.0;   // 0: the timestep of the run, in latent space one of its own
  double damp = 0.0; // time in which velocities are forgotten; 0: 100 dt

  /* timestep: of the run; variance[dim] of a velocity is the caller's and stays in use */
  bgen_dynamics dynamics(double timestep, const double *variance) const;
  bgen_dynamics in_latent_space() const; // with a dt of its own where none is given
  std::string text() const;
};

/* A move is tried with a probability that is its share of all frequencies, but for exchanges, which
   all partitions must make together. */
struct MoveSettings {
  enum Kind { FRESH, NEAR, TRANSFER, ANNEALED, DRIVEN, EXCHANGE, N_KINDS };
  enum Escort { NO_ESCORT, OF_CV, BY_FRAMES };

  Kind kind = FRESH;
  double frequency = 1.0;
  int tries = 1; // proposals of FRESH, of which one is chosen; 1: plain Metropolis

  /* NEAR */
  double step = 0.0; // in latent space, where it begins if it adapts

  /* NEAR and ANNEALED: the step or the schedule changes while the fix tunes */
  bool adapts = false;

  /* ANNEALED and DRIVEN */
  LangevinSettings langevin;

  /* ANNEALED */
  bgen_annealed_start start = BGEN_START_ANY; // where the path down from a flow begins
  double power = 1.0;                         // of the schedule, where it begins if it adapts
  bool latent = false;                        // paths of z, not of x
  bool tested = false;                        // each step is accepted or undone

  /* DRIVEN: drags Settings::cvs[cv] from one end to the other by a spring (energy units) */
  int cv = -1;
  double ends[2] = {0.0, 0.0};
  double spring = 0.0;
  double heat = 0.0; // temperature half way; 0: that of the jump
  Escort escort = NO_ESCORT;
  std::string atoms = "all"; // group that is moved; it contains that of the fix

  /* EXCHANGE: one of so many attempts is an exchange, whose frequency is 0 */
  int every = 0;
  bool plain = false; // configurations as they are, not as the flow has them elsewhere

  static const char *name(int kind);
  /* it has a number that meets Crooks' relation */
  bool has_work() const { return kind == TRANSFER || follows_path(); }
  bool follows_path() const { return kind == ANNEALED || kind == DRIVEN; }
  bool needs_other_basin() const
  {
    return kind == TRANSFER || (kind == ANNEALED && start != BGEN_START_ANY);
  }
  bool needs_flow() const
  {
    return kind == DRIVEN ? escort == BY_FRAMES : kind != EXCHANGE || !plain;
  }
  /* what is tuned, as it begins: lambda[n_steps + 1] of ANNEALED, else the step alone */
  std::vector<double> untuned() const;
  /* as in restart files and "bgen info"; cvs: those of the fix */
  std::string text(const std::vector<CvSettings> &cvs) const;
};

/* Reads what follows the keyword move; cvs: those defined before it. */
MoveSettings read_move(Line &line, const std::vector<CvSettings> &cvs);

/* "move fresh F", "move near F step", ...: a table for each kind, in the order of Kind */
std::vector<CommandHelp> move_helps();

} // namespace bgen

#endif
