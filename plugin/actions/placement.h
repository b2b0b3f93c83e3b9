/* SPDX-License-Identifier: GPL-2.0-or-later */
/* placement.h - whether something holds the atoms of a fix bgen in space, as its coords need it */

#ifndef BGEN_ACTIONS_PLACEMENT_H
#define BGEN_ACTIONS_PLACEMENT_H

#include "state/state.h"

namespace bgen {

/* Whether these frames of basin k are of a body that something holds in space
   (core/coords/drift.h): throws if it is not so with coords cartesian; warns if it is so with
   others, where free energies are wanted.  A session of its own, whose energies are not counted. */
void need_held(State &state, int k, const bgen_frames &frames);
void warn_if_held(State &state, int k, const bgen_frames &frames);

} // namespace bgen

#endif
