/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_warnings.h - what a user must hear of a run whose jumps cannot work: nothing else would say
   it */

#ifndef BGEN_STATE_RUN_WARNINGS_H
#define BGEN_STATE_RUN_WARNINGS_H

namespace bgen {

class State;

/* In the first step of a run that jumps: it begins in no basin. */
void warn_of_start(State &state);

/* Of what came since State::before_run(): no move could begin, or no proposal had an energy; or a
   timestep of a path is too large. */
void warn_of_run(State &state);

} // namespace bgen

#endif
