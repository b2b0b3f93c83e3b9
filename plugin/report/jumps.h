/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jumps.h - what the jumps of a fix have done: after a run, and for "bgen ID info" */

#ifndef BGEN_REPORT_JUMPS_H
#define BGEN_REPORT_JUMPS_H

#include "sample/chain.h"

#include <string>
#include <vector>

namespace bgen {

/* Of the moves ("near", then "near 2") and of the basins of a chain, in their order. */
struct JumpNames {
  std::vector<std::string> moves, basins;
};

/* What the chains of the partitions of a pool have found, as far as it belongs to the model, the
   temperature and the offsets of one of them; it owns nothing. */
struct PooledJumps {
  const bgen_work_lists *works;
  std::vector<bgen_visits> visits; // of each chain
};

/* Lines on all attempts since `before`, a snapshot of the totals of the same chain; nullptr: since
   the beginning.  Free energies are those of all attempts with the present model and
   temperature, of this chain or of all chains of a pool. */
std::string jumps_report(const bgen_markov_chain *chain, const bgen_totals *before,
                         const JumpNames &names, const PooledJumps *pool = nullptr);

/* ", offsets in kT: a 0.0000, b 1.2345, near: 0.3"; "" where there are neither offsets nor anything
   that can be tuned */
std::string tuned_text(const bgen_markov_chain *chain, const JumpNames &names);

/* For a chain that tunes its offsets: a sentence for each basin whose offset works both ways have
   not told. */
std::vector<std::string> offsets_not_found(const bgen_markov_chain *chain, const JumpNames &names);

} // namespace bgen

#endif
