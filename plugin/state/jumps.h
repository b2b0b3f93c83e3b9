/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jumps.h - the jumps of a fix bgen: which move is tried, and what becomes of it; and MD between
   two of them, under offsets

   MD follows e^-u, the jumps e^(-u + offset).  So a segment of MD that has changed the basin passes
   a test of its own, and where it fails the system goes back to where the segment began, with
   reversed velocities: MD run backwards from its end would have been as likely (hybrid Monte Carlo:
   Duane, Kennedy, Pendleton, Roweth, Phys Lett B 195, 216). */

#ifndef BGEN_STATE_JUMPS_H
#define BGEN_STATE_JUMPS_H

#include "state/move.h"

#include <memory>
#include <vector>

namespace bgen {

class Jumps {
public:
  explicit Jumps(State &state);

  bool ready() const; // there are jumps, and they have what they need
  /* One jump, if a move can begin where the engine is: the move if it was accepted, or nullptr. */
  const Move *attempt();

  /* A run: other commands may have moved atoms, added or deleted some since the run before.  Where
     that one ended with an attempt, nothing is lost. */
  void begin_run();
  /* At the end of a step, with what a restart file has as well: so a restarted chain goes on bit
     for bit. */
  void begin_segment();
  /* Before a jump; without offsets there is nothing to test. True: MD was undone. */
  bool end_segment();

  const std::vector<Engine *> &engines() const { return engines_; } // each once

  /* of all engines, in this run of LAMMPS */
  long long n_energy_calls() const;
  double memory_usage() const;

private:
  State &state_;
  bool needs_flow_ = false;
  std::vector<std::unique_ptr<Move>> moves_; // as in Settings
  std::vector<Engine *> engines_;            // each once
  Jump jump_;
  int basin_kept_ = -1; // where the present segment began
  int exchange_ = -1;   // the number of that move

  int basin_now();
  int next_move(int from) const; // -1: none
  const Move *attempt_with(int move, int from);
};

} // namespace bgen

#endif
