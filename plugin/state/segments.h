/* SPDX-License-Identifier: GPL-2.0-or-later */
/* segments.h - MD between two jumps, under offsets

   MD follows e^-u, the jumps e^(-u + offset).  So a segment of MD that has changed the basin passes
   a test of its own, and where it fails the system goes back to where the segment began, with
   reversed velocities: MD run backwards from its end would have been as likely (hybrid Monte Carlo:
   Duane, Kennedy, Pendleton, Roweth, Phys Lett B 195, 216). */

#ifndef BGEN_STATE_SEGMENTS_H
#define BGEN_STATE_SEGMENTS_H

#include <vector>

namespace bgen {

class State;

class Segments {
public:
  explicit Segments(State &state);

  /* The first segment begins with the run: other commands may have moved atoms, added or deleted
     some since the run before. */
  void begin_run();
  /* At the end of a step, with what a restart file has as well: so a restarted chain goes on bit
     for bit. */
  void begin();
  /* Before a jump; without offsets there is nothing to test. */
  void test();

private:
  State &state_;
  int basin_kept_ = -1; // where the present segment began
  std::vector<double> x_;

  int basin_now();
};

} // namespace bgen

#endif
