/* SPDX-License-Identifier: GPL-2.0-or-later */
/* free_energy_options.h - what the line "bgen ID free_energy keyword values ..." says */

#ifndef BGEN_ACTIONS_FREE_ENERGY_OPTIONS_H
#define BGEN_ACTIONS_FREE_ENERGY_OPTIONS_H

#include "actions/absolute.h"
#include "estimate/split.h"
#include "input/options.h"
#include "state/quantities.h"

#include <string>
#include <vector>

namespace bgen {

class State;
class Surroundings;

/* Configurations where all these quantities lie in their ranges, low <= value < high. */
struct Region {
  std::string name;
  std::vector<int> quantities;
  std::vector<double> low, high;
};

struct ProfileAxis {
  int quantity;
  double low, high; // both NaN: the range of the points
  size_t n_bins;
};

/* Sub-states of each basin, by edges of a quantity. */
struct SplitAxis {
  int quantity;
  std::vector<double> edges;
  bool circle;
};

struct FreeEnergySettings {
  /* of the fix, what is named in the line, and where another fix is found */
  State *state;
  Quantities *quantities;
  Surroundings *surroundings;

  size_t n_samples = 10000, n_bins = 100;
  size_t n_bootstrap = 0;           // 0: none
  bool decorrelated = false;        // only every g-th frame
  std::vector<double> temperatures; // at least one
  std::vector<Region> regions;
  std::vector<int> means; // quantities
  std::vector<ProfileAxis> axes;
  std::vector<SplitAxis> split;
  std::vector<bgen_cut> cuts() const; // those of split
  AbsoluteSettings absolute;
  State *other = nullptr;            // another generator, to compare with
  std::vector<std::string> commands; // that change the force field
  std::string points_path, table_path, profile_path, convergence_path, reduced_path;
  static constexpr const char *POINTS_END[] = {".flow.dat", ".md.dat"}; // samples, frames
};

CommandHelp free_energy_help();

/* Reads the line to its end; throws where it cannot, or where flows or test frames are missing. */
FreeEnergySettings read_free_energy_settings(Line &line, State &state, Quantities &quantities,
                                             Surroundings &surroundings);

} // namespace bgen

#endif
