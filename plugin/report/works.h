/* SPDX-License-Identifier: GPL-2.0-or-later */
/* works.h - the works of jumps, and free energy differences from them, as "bgen ID works" shows
   them */

#ifndef BGEN_REPORT_WORKS_H
#define BGEN_REPORT_WORKS_H

#include "report/jumps.h"

namespace bgen {

/* F(to) - F(from) by the works of each move either way and both, with warnings; "" without such
   works.  kT is that at the temperature. */
std::string works_table(const bgen_work_lists *works, const JumpNames &names,
                        const std::string &fix_id, double temperature, double kT);

std::string works_file(const bgen_work_lists *works, const JumpNames &names,
                       const std::string &fix_id);

} // namespace bgen

#endif
