/* SPDX-License-Identifier: GPL-2.0-or-later */
/* population_options.h - what the line "bgen ID population N keyword values ..." says */

#ifndef BGEN_ACTIONS_POPULATION_OPTIONS_H
#define BGEN_ACTIONS_POPULATION_OPTIONS_H

#include "estimate/free_energy.h"
#include "input/move_options.h"
#include "input/options.h"
#include "sample/ladder.h"

#include <string>
#include <vector>

namespace bgen {

class State;

struct PopulationSettings {
  State *state;    // whose basins are named
  size_t n;        // walkers of a population
  int from = -1;   // of NAMES below: a flow, or frames
  int basin = -1;  // the only one; -1: all
  double to = 0.0; // temperature; 0: that of the fix
  size_t n_stages = 20, n_repeats = 8;
  LangevinSettings langevin; // the move of each stage
  double power = 0.0;        // 0: not given
  bool resamples = true;
  bool latent = false; // paths of the moves, see core/sample/population.h
  enum Start { NONE, FRAMES, GIVEN } start = NONE;
  std::vector<bgen_estimate> at_start; // [basins] F(basin) - F(first) where it begins
  std::string path, dump_path;

  bgen_ladder ladder; // of all of this

  bool from_flow() const { return from == 0; }
  bool has(int k) const { return basin < 0 || basin == k; }
};

CommandHelp population_help();

/* Reads the line to its end; throws where it cannot, or where the fix has not what is needed. */
PopulationSettings read_population_settings(Line &line, State &state);

} // namespace bgen

#endif
