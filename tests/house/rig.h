/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rig.h - a fix bgen in a small world of which everything is known: a pair of particles in a plane
   whose e^-U is a sum of normal distributions, about a basin on the left and one on the right */

#ifndef BGEN_TESTS_HOUSE_RIG_H
#define BGEN_TESTS_HOUSE_RIG_H

#include "analytic_engine.h"
#include "state/state.h"

#include <string>

namespace bgen {

/* cv s is x of atom 1, left is s < 0, right is s > 0 */
extern const char TWO_BASINS[];
extern const char SMALL_FLOW[]; // one that is quick

static constexpr double KT = 2.0; // of the fix, and of training

Wells two_wells();       // left is more probable and wider
Wells distant_wells();   // both particles are near each other, or far
Wells three_wells();     // along x, the third as far from the second as that from the first
Wells wells_in_a_bath(); // as two_wells(), but there is a third particle
/* as two_wells(), but the particles are identical, and y may be mirrored about 0 */
Wells symmetric_wells();
Wells distant_symmetric_wells();

struct Rig {
  /* "fix bg pair bgen 1 2.0 7 " + line, a pair being atoms 1 and 2; the world begins at draw 0.  At
     any temperature e^-u is that of the wells. */
  Rig(const Wells &wells, const std::string &line, Pool *pool = nullptr, double temperature = KT);

  Wells wells;
  World world;
  AnalyticHost host;
  State state;
  uint64_t n_drawn = 0;

  /* Flows of all basins: fitted to exact frames, then moved by random numbers, so that they are no
     good, and their volume factors and shares other ones everywhere. */
  void train(double perturbation = 0.15);
  /* The world to an exact draw of e^{-u + offset}, where it is not refused. */
  void draw();
  double u() const; // of the world, reduced
};

} // namespace bgen

#endif
