/* SPDX-License-Identifier: GPL-2.0-or-later */
/* whitening.h - what the flow of a basin whitens its frames by: "bgen ID train whiten ..." */

#ifndef BGEN_ACTIONS_WHITENING_H
#define BGEN_ACTIONS_WHITENING_H

#include "state/state.h"

namespace bgen {

constexpr int WHITEN_AS_USUAL = -1; // auto, with cartesian coordinates the frames

/* Basin k made ready to learn (Frames::prepare). Where its flow is fitted, it whitens its frames
   by this kind, a bgen_gaussian_kind, and says what is taken. Within a session of the engine. */
void prepare_flow(State &state, Frames::Refit refit, int kind, int k);

} // namespace bgen

#endif
