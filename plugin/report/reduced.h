/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reduced.h - a table u_nk of reduced potentials, as pymbar and alchemlyb take it:

     pandas.read_csv(FILE, comment="#", index_col=[0, 1]) */

#ifndef BGEN_REPORT_REDUCED_H
#define BGEN_REPORT_REDUCED_H

#include "estimate/free_energy.h"

#include <string>
#include <vector>

namespace bgen {

struct ReducedTable {
  std::string of; // "basin left of fix bg"
  double temperature, kT;
  std::string units;
  std::vector<std::string> states; // without blanks or commas, and no numbers
  std::vector<size_t> n_samples;   // of each
  std::string difference;          // what `bgen` is
  bgen_estimate bgen;              // as bgen finds it, in kT
};

std::string reduced_head(const ReducedTable &table);
/* Sample number `time` of a state, with u[n_states] in kT; +inf is written as a number that weighs
   nothing, because infinite works are none to pymbar's BAR. */
std::string reduced_row(const ReducedTable &table, size_t time, size_t state,
                        const std::vector<double> &u);

/* Free energies as works are known, from one state to another: rows of two states, "from" and
   "to". */
std::string reduced_works(ReducedTable table, const bgen_works &there, const bgen_works &back);

} // namespace bgen

#endif
