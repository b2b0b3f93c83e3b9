/* SPDX-License-Identifier: GPL-2.0-or-later */
/* population.h - what the populations of "bgen ID population" have found */

#ifndef BGEN_REPORT_POPULATION_H
#define BGEN_REPORT_POPULATION_H

#include "estimate/free_energy.h"
#include "sample/ladder.h"

#include <string>
#include <vector>

namespace bgen {

struct PopulationStage {
  double at;                   // lambda, or the temperature
  double kT;                   // there, energy units
  bgen_estimate free_energy;   // kT, relative to the first stage
  double ess;                  // mean over repeats, before resampling, a fraction
  double families, acceptance; // after it; a number and a fraction; NaN at the first stage
};

struct PopulationOfBasin {
  std::string name;
  std::vector<PopulationStage> stages;
  bgen_estimate bar, from_frames; // with works both ways
  size_t n_frames;
};

/* F(first) - F(other) in kT */
struct PopulationDifference {
  std::string first, other;
  bgen_estimate of;
  double temperature, kT;
  bool by_bar;
};

struct PopulationReport {
  std::string fix_id;
  bgen_ladder ladder;
  double kT; // where it begins
  size_t n_repeats, n_walkers;
  int n_steps;
  bool resampled, both_ways; // by works
  long long n_energy_calls;
  std::vector<PopulationOfBasin> basins;
  std::vector<PopulationDifference> differences;
};

std::string population_text(const PopulationReport &report);
std::string population_file(const PopulationReport &report);

} // namespace bgen

#endif
