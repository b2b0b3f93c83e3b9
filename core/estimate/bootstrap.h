/* SPDX-License-Identifier: MIT
   bootstrap.h - free energies whose errors are the spread of n_repeats >= 2 estimates from works
   drawn anew.

   Independent works are drawn one by one.  Of works in runs, blocks of neighbours are drawn
   (circular blocks, Politis and Romano 1992), of n^(1/3) g^(2/3) values but at least 4 g, with the
   statistical inefficiency g of their influence on the estimate; or whole runs, one fewer than
   there are so that their spread is unbiased (Rao and Wu, J. Am. Stat. Assoc. 83, 231), where there
   are 24 or where bgen_spread says that runs differ.

   Draws of a repeat depend on the seed and its number alone.  Beside errors of first order
   (free_energy.h), these hold for few works and weights of heavy tails too, at n_repeats times the
   cost. */
#ifndef BGEN_ESTIMATE_BOOTSTRAP_H
#define BGEN_ESTIMATE_BOOTSTRAP_H

#include <stdint.h>

#include "base/api.h"
#include "estimate/split.h"

BGEN_API_BEGIN

/* The value is that of bgen_estimate_fep or bgen_estimate_bar, and so is what they refuse.  The
   error is INFINITY where theirs is, and where works that are drawn are among what they refuse. */
bgen_status bgen_bootstrap_fep(const bgen_works *forward, size_t n_repeats, uint64_t seed,
                               bgen_estimate *estimate);
bgen_status bgen_bootstrap_bar(const bgen_works *forward, const bgen_works *reverse,
                               size_t n_repeats, uint64_t seed, bgen_estimate *estimate);

/* The same of sub-states: samples and frames are drawn from all of them, each goes with its own,
   and a sub-state whose frames are not drawn is that of samples alone. */
bgen_status bgen_bootstrap_split(const bgen_split *split, size_t n_repeats, uint64_t seed,
                                 bgen_estimate *estimate);

BGEN_API_END
#endif
