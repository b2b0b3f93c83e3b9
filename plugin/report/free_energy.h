/* SPDX-License-Identifier: GPL-2.0-or-later */
/* free_energy.h - what "bgen ID free_energy" prints, and its files; energies and errors are in kT
   where nothing else is said */

#ifndef BGEN_REPORT_FREE_ENERGY_H
#define BGEN_REPORT_FREE_ENERGY_H

#include "estimate/profile.h"
#include "estimate/solution.h"

#include <string>
#include <vector>

namespace bgen {

/* What stands above and beside the numbers of a temperature. */
struct FreeEnergyTable {
  std::string fix_id;
  double temperature, kT;
  std::string method;
  size_t n_samples; // of each flow
  std::vector<std::string> basins;
  std::vector<bgen_estimate> bootstrap; // of each basin, NaN: not known; empty: none was asked for
};

/* One number of the results: in kT at its temperature, if it is an energy.  It is printed on a line
   of its own unless it stands in a table. */
struct FreeEnergyResult {
  double temperature, kT;
  std::string what, method;
  bgen_estimate of;
  bool is_energy, is_line;
};

/* Of a basin, or of the difference of two. */
struct Thermodynamics {
  double temperature, kT;
  std::string of;
  bgen_estimate energies[3]; // F, U, TS in kT
};

/* with its warnings; t: number of the temperature, half: from half of the points */
std::string free_energy_table(const FreeEnergyTable &table, size_t t, const bgen_solution *whole,
                              const bgen_solution *half);
std::string thermodynamics_table(const std::vector<Thermodynamics> &rows);
std::string result_lines(const std::vector<FreeEnergyResult> &results);
/* the effective fraction of all points, and how many have an energy there that is not a number */
std::string changed_lines(double effective, size_t n_failed);
/* Fractions of fresh proposals that are accepted if both basins are made equally probable. */
std::string balanced_line(const std::string &first, const std::string &other, double there,
                          double back);
/* What the core says of it, each sentence on a line of its own after a name. */
std::string diagnosis_lines(const std::string &name, const bgen_evidence &evidence);

/* ---- files ---- */

std::string results_file(const std::string &fix_id, const std::vector<FreeEnergyResult> &results);

std::string profile_head(const std::string &fix_id, double temperature, bool with_frames,
                         const std::vector<std::string> &axes);
std::string profile_lines(const bgen_profile &profile, const std::vector<bgen_estimate> &bins);

/* A line for each part of the points, by both sides and by either one, NaN where the part is too
   small to tell. */
std::string convergence_head(const std::string &fix_id, double temperature,
                             const std::vector<std::string> &basins);
std::string convergence_line(double n_samples, const bgen_solution *part, size_t n_basins);

} // namespace bgen

#endif
