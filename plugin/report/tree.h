/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.h - by which atoms the atoms of molecules are placed, with coords internal: lines of
   "bgen ID info" */

#ifndef BGEN_REPORT_TREE_H
#define BGEN_REPORT_TREE_H

#include "coords/internal.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bgen {

/* What a basin has of it. */
struct TreeOfBasin {
  std::string name;
  std::vector<double> shape;      // [n_shape] of its reference
  std::vector<std::string> kinds; // [n_shape]: of torsions line, circle ...; empty: not known yet
};

/* A line an atom: IDs as a file of coords internal has them, then its bond and angle in the first
   of the basins, and its torsion in each of them. */
std::string tree_lines(const bgen_tree &tree, const std::vector<int64_t> &tags,
                       const std::vector<TreeOfBasin> &basins);

} // namespace bgen

#endif
