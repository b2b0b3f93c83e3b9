/* SPDX-License-Identifier: GPL-2.0-or-later */
/* whitening.h - what the flow of a basin whitens its frames by: "bgen ID train whiten ..." */

#ifndef BGEN_ACTIONS_WHITENING_H
#define BGEN_ACTIONS_WHITENING_H

namespace bgen {

class State;

constexpr int WHITEN_AS_USUAL = -1; // auto, with cartesian coordinates the frames

/* Basin k, whose flow has just been fitted to its frames; kind is a bgen_gaussian_kind.  Within a
   session of the engine. Prints what is taken. */
void fit_whitening(State &state, int kind, int k);

} // namespace bgen

#endif
