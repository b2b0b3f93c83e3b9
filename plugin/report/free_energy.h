/* SPDX-License-Identifier: GPL-2.0-or-later */
/* free_energy.h - what "bgen ID free_energy" prints; its files are in free_energy_files.h */

#ifndef BGEN_REPORT_FREE_ENERGY_H
#define BGEN_REPORT_FREE_ENERGY_H

#include "estimate/diagnosis.h"

#include <string>
#include <vector>

namespace bgen {

/* One basin at one temperature; what is not known is NaN. */
struct FreeEnergyOfBasin {
  std::string basin;
  bgen_evidence evidence;
  double acceptance; // of jumps within the basin, a fraction
  bgen_estimate bootstrap;
};

struct FreeEnergyTable {
  std::string fix_id;
  double temperature, kT;
  std::string method;
  size_t n_samples;
  bool has_bootstrap;
  std::vector<FreeEnergyOfBasin> basins;
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

/* Fractions of fresh proposals that are accepted if both basins are made equally probable. */
struct BalancedAcceptance {
  std::string first, other;
  double there, back;
};

struct ChangedForceField {
  double effective; // fraction of the points
  size_t n_failed;  // points whose energy is not a number there
};

std::string free_energy_table(const FreeEnergyTable &table); // with its warnings
std::string thermodynamics_table(const std::vector<Thermodynamics> &rows);
std::string result_lines(const std::vector<FreeEnergyResult> &results);
std::string changed_lines(const ChangedForceField &changed);
std::string balanced_lines(const std::vector<BalancedAcceptance> &pairs);

} // namespace bgen

#endif
