/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walkers.h - the populations of one basin, one repeat after the other (core/sample/population.h)

   Within a session of the engine. */

#ifndef BGEN_ACTIONS_WALKERS_H
#define BGEN_ACTIONS_WALKERS_H

#include "actions/owned.h"
#include "actions/population_options.h"
#include "report/dump.h"
#include "report/population.h"

#include <vector>

namespace bgen {

class Walkers {
public:
  Walkers(State &state, const PopulationSettings &settings, int k);

  void anneal(size_t repeat);  // from the first stage to the last
  void go_back();              // all test frames, in the order of time, to the first stage
  void dump(Dump &dump) const; // those with a weight as they are
  PopulationOfBasin results(bool both_ways) const; // of all repeats, and of works both ways

private:
  /* One stage, and all its repeats. */
  struct Stage {
    std::vector<double> values; // F = -ln Z of each repeat, relative to the first stage
    double ess = 0.0;           // mean over repeats, before resampling; a fraction, as
    double families = 0.0, acceptance = 0.0; // is acceptance; after it
  };

  State &state_;
  const PopulationSettings &settings_;
  const bgen_ladder &ladder_;
  const int k_;
  Owned<bgen_population, bgen_population_destroy> walkers_;
  std::vector<Stage> stages_;             // [n_stages + 1]
  std::vector<double> forward_, reverse_; // works of walkers that are never resampled

  std::vector<double> x_, u_, grad_; // where walkers begin
  std::vector<double> variance_;     // of velocities
  std::vector<char> within_;         // the basin

  size_t n_now() const { return within_.size(); }
  void draw_flow();
  void draw_frames(size_t repeat);
  void find_within(const double *points);
  void begin(size_t t);
  size_t move(size_t t);
  void resample();
  void record(Stage &of) const;
  void record_move(Stage &of, size_t n_accepted) const;
  void go_back(size_t first, size_t n);
  void add_works(PopulationOfBasin &results) const;
};

} // namespace bgen

#endif
