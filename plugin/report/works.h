/* SPDX-License-Identifier: GPL-2.0-or-later */
/* works.h - the works of jumps, and free energy differences from them, as "bgen ID works" shows
   them */

#ifndef BGEN_REPORT_WORKS_H
#define BGEN_REPORT_WORKS_H

#include "report/jumps.h"

namespace bgen {

/* Of one move between two basins; works are those of the lists, bar is F(to) - F(from). */
struct WorksBothWays {
  std::string move, from, to;
  bgen_works there, back;
  bgen_estimate bar;
};

/* Of all moves and pairs of basins that have works both ways. */
std::vector<WorksBothWays> works_both_ways(const bgen_work_lists *works, const JumpNames &names);

/* F(to) - F(from) by the works of each move either way and both, with warnings; "" without such
   works.  kT is that at the temperature. */
std::string works_table(const std::vector<WorksBothWays> &works, const std::string &fix_id,
                        double temperature, double kT);

/* of a name of a move: with _ in place of blanks, which would make two columns of it */
std::string one_word(std::string name);

std::string works_file(const bgen_work_lists *works, const JumpNames &names,
                       const std::string &fix_id);

} // namespace bgen

#endif
