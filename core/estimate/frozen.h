/* SPDX-License-Identifier: MIT
   frozen.h - works of frames that are all one configuration

   A single frame, frames of atoms that do not move, or one frame read many times show nothing of
   how works vary: their variance is 0, and so would be their part of an error bar. */
#ifndef BGEN_ESTIMATE_FROZEN_H
#define BGEN_ESTIMATE_FROZEN_H

#include <stdbool.h>

#include "base/api.h"
#include "estimate/free_energy.h"

BGEN_API_BEGIN

/* Works of runs of MD of which no two differ by more than rounding, although those of the other
   state do; if they do not either, the states are the same up to a constant. */
bool bgen_works_are_frozen(const bgen_works *works, const bgen_works *others);

BGEN_API_END
#endif
