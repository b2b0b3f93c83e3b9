/* SPDX-License-Identifier: GPL-2.0-or-later */
/* by_paths.h - the free energy of a basin by annealed paths in latent space, both ways */

#ifndef BGEN_ACTIONS_BY_PATHS_H
#define BGEN_ACTIONS_BY_PATHS_H

#include "actions/absolute.h"

namespace bgen {

struct FreeEnergyByPaths {
  bgen_estimate F = {NAN, NAN}; // NaN: it is not by paths
  std::string method;
};

/* F of basin k by BAR of paths at the temperature of the fix: from the flow, and back about as many
   from test frames.  How many, and of how many stages, is said, or follows from a first look so
   that the error is the wished one.  Within a session of the engine. */
FreeEnergyByPaths free_energy_by_paths(State &state, int k, const AbsoluteSettings &of);

} // namespace bgen

#endif
