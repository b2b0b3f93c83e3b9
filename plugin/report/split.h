/* SPDX-License-Identifier: GPL-2.0-or-later */
/* split.h - sub-states of basins, as "bgen ID free_energy split" prints them */

#ifndef BGEN_REPORT_SPLIT_H
#define BGEN_REPORT_SPLIT_H

#include "estimate/solution.h"

#include <string>
#include <vector>

namespace bgen {

/* A line for each sub-state that samples or frames have visited, then sentences of those that only
   one of them has.  quantities: what the cuts divide. */
std::string split_table(const std::vector<std::string> &basins,
                        const std::vector<std::string> &quantities,
                        const std::vector<bgen_cut> &cuts, const bgen_solution *solution);

} // namespace bgen

#endif
