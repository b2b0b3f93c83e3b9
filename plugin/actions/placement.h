/* SPDX-License-Identifier: GPL-2.0-or-later */
/* placement.h - whether something holds the atoms of a fix bgen in space, as its coords need it */

#ifndef BGEN_ACTIONS_PLACEMENT_H
#define BGEN_ACTIONS_PLACEMENT_H

#include "state/state.h"

namespace bgen {

/* Throws unless something holds the body in space that these frames of basin k are of
   (core/coords/drift.h), as coords cartesian needs it, and unless something holds its orientation,
   where the frames have it changed by more than the shape.  A session of its own, as below, whose
   energies are not counted. */
void need_held(State &state, int k, FrameUse of);

/* Throws if the frames to train by show that the body drifts or turns among other atoms that move
   (core/train/wander.h), whose energies do not tell what holds it; warn: a warning.  For coords
   cartesian. */
void need_no_drift(State &state, int k, bool warn);

/* With coords internal, once a flow is fitted: throws if frames to train by have another hand than
   its reference, which no flow can learn. */
void need_one_hand(State &state, int k);

/* With coords internal: throws if a torsion that the flow of basin k has as a line turns in the
   frames to train by, which have come since it was fitted. */
void need_old_circles(State &state, int k);

/* Why free energies of a basin that has these frames cannot be right; "": nothing is known.  With
   coords crystal, aligned and internal nothing may feel the placement of a body or molecule, and
   the other atoms must be where they
   were as the test frames came, in each partition of a pool. */
std::string doubt_of(State &state, const bgen_frames &frames);

} // namespace bgen

#endif
