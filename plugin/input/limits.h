/* SPDX-License-Identifier: GPL-2.0-or-later */
/* limits.h - the largest numbers that lines may ask for, beyond which a value is a mistake; what
   memory cannot hold is refused besides (Line::need_memory, core/base/memory.h) */

#ifndef BGEN_INPUT_LIMITS_H
#define BGEN_INPUT_LIMITS_H

namespace bgen {

static constexpr long long MOST_PATH_STEPS = 10000000; // each is an energy, and a number of a tuned
                                                       // schedule, which restart files hold
static constexpr long long MOST_TRIES = 1000000;       // energies of one jump
static constexpr long long MOST_THREADS = 256;
static constexpr long long MOST_RESAMPLINGS = 1000000, MOST_STAGES = 1000000, MOST_REPEATS = 100000;
static constexpr double MOST_OFFSET = 700.0; // kT; beyond it e^-offset overflows

} // namespace bgen

#endif
