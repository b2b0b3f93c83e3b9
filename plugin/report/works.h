/* SPDX-License-Identifier: GPL-2.0-or-later */
/* works.h - the works of jumps, and free energy differences from them, as "bgen ID works" shows
   them */

#ifndef BGEN_REPORT_WORKS_H
#define BGEN_REPORT_WORKS_H

#include "estimate/diagnosis.h"

#include <string>
#include <vector>

namespace bgen {

/* F(other) - F(first) by the works of one move, from first (forward) and back (reverse). */
struct WorksOfMove {
  std::string move, first, other;
  bgen_evidence evidence;
};

struct WorksTable {
  std::string fix_id;
  double temperature, kT;
  std::vector<WorksOfMove> rows;
};

std::string works_table(const WorksTable &table); // with its warnings; "" without rows

std::string works_file_head(const std::string &fix_id);
std::string works_file_lines(const std::string &move, const std::string &from,
                             const std::string &to, const bgen_works &works);

} // namespace bgen

#endif
