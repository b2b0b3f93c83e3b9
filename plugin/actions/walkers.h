/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walkers.h - the populations of one basin, on their way from its flow or from frames */

#ifndef BGEN_ACTIONS_WALKERS_H
#define BGEN_ACTIONS_WALKERS_H

#include "actions/population_options.h"
#include "report/dump.h"
#include "report/population.h"
#include "state/owned.h"

#include <string>
#include <vector>

namespace bgen {

/* The populations of one basin, one repeat after the other (core/sample/population.h), within a
   session of the engine. */
class Walkers {
public:
  Walkers(State &state, const PopulationSettings &settings, int k);

  void anneal(size_t repeat);              // from the first stage to the last
  void go_back(size_t every = 1);          // test frames, in the order of time, to the first stage
  void dump(Dump &dump) const;             // those with a weight as they are
  PopulationOfBasin found(bool both_ways); // of all repeats, and of works both ways

  double acceptance_of_frames(); // of one move of up to n test frames, at the last stage
  double dissipated() const;     // of works both ways, the mean of a path

private:
  State &state_;
  const PopulationSettings &settings_;
  const bgen_ladder &ladder_;
  const int k_;
  Owned<bgen_population, bgen_population_destroy> walkers_;
  PopulationOfBasin found_ = {};
  std::vector<std::vector<double>> values_; // [n_stages + 1], F of each repeat as found_ has it
  std::vector<double> forward_, reverse_;   // works of walkers that are never resampled

  std::vector<double> x_, u_, grad_; // where walkers begin
  std::vector<double> variance_;     // of velocities
  std::vector<char> within_;         // the basin

  size_t n_now() const { return within_.size(); }
  void draw_flow();
  void draw_frames(size_t repeat);
  void find_within(const double *points);
  void begin(size_t t);
  bgen_dynamics dynamics(size_t t);
  size_t move(size_t t);
  void resample();
  void record(size_t t);
  void record_move(PopulationStage &at, size_t n_accepted) const;
  void go_back(size_t first, size_t n, size_t every);
  void add_works();
  void settle(bgen_status status, const std::string &what, bgen_estimate &estimate) const;
};

/* Works back to the flow need frames that it was not trained on. */
bool goes_both_ways(const State &state, const PopulationSettings &settings);

} // namespace bgen

#endif
