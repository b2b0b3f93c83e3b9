/* SPDX-License-Identifier: GPL-2.0-or-later */
/* absolute.h - the keywords of "bgen ID free_energy absolute ...", and the absolute free energies
   themselves (core/estimate/absolute.h) */

#ifndef BGEN_ACTIONS_ABSOLUTE_H
#define BGEN_ACTIONS_ABSOLUTE_H

#include "coords/images.h"
#include "input/options.h"
#include "report/absolute.h"

#include <cmath>
#include <string>
#include <vector>

namespace bgen {

class State;

struct AbsoluteSettings {
  bool wanted = false, thermal = false;
  double length = 0.0;          // unit of length, unless thermal
  double planck = 0.0;          // 0: that of the units
  double volume = 0.0;          // 0: that of the box
  size_t n_translations = 0;    // 0: as found
  std::vector<size_t> symmetry; // of all basins, or of each; empty: as found
  bool mirror_image = false;
  bool has_pressure = false;
  double pressure = 0.0;
  double pressure_volume = 1.0; // energy of pressure x volume
  std::string volumes_path;     // a line is added for bgen gibbs
  enum By { ONE, PATHS, AUTO } by = ONE;
  size_t n_walkers = 0, n_stages = 0; // of PATHS
  int n_steps = 0;
  double error = 0.0; // kT, wished of AUTO

  /* whether F that the table has with this error is found by paths */
  bool needs_paths(double of_table) const
  {
    return by == PATHS || (by == AUTO && !(of_table <= error));
  }

  std::string alone; // the first of the keywords above that needs `absolute`
};

/* Readers of the keywords; the first one is `absolute`. */
void read_absolute(Line &line, AbsoluteSettings &to);
void read_by(Line &line, AbsoluteSettings &to);
void read_symmetry_numbers(Line &line, AbsoluteSettings &to);

/* Throws where keywords do not go together, or a volume or a constant is missing. */
void check_absolute(const Line &line, const State &state, const std::vector<double> &temperatures,
                    AbsoluteSettings &settings);

class Absolute {
public:
  Absolute(State &state, const AbsoluteSettings &settings);

  /* of basin k at this temperature, of which this is F at one placement */
  AbsoluteFreeEnergy of(int k, double temperature, const bgen_estimate &at_placement) const;

private:
  State &state_;
  const AbsoluteSettings &settings_;
  const bgen_coords coords_;
  const bgen_layout layout_;
  const bgen_cell cell_;
  std::vector<double> variance_at_1_; // of velocities at T = 1, one for each particle

  std::vector<double> lengths(double temperature) const;
  size_t n_translations(int k, bool *all_alike = nullptr) const;
  size_t symmetry_number(int k) const;
  bool has_one_hand() const;
  bgen_absolute body(int k, const std::vector<double> &length) const;
};

} // namespace bgen

#endif
