/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ensemble.h - samples of the flows of a fix and its test frames, evaluated, and what the core
   finds from them (core/estimate/ensemble.h) */

#ifndef BGEN_ACTIONS_ENSEMBLE_H
#define BGEN_ACTIONS_ENSEMBLE_H

#include "actions/session.h"
#include "estimate/distribution.h"
#include "state/points.h"

#include <deque>
#include <string>
#include <vector>

namespace bgen {

class Ensemble {
public:
  /* Temperatures at which free energies are wanted.  Quantities may be nullptr, and are the
     caller's. */
  Ensemble(State &state, const std::vector<double> &temperatures, Quantities *quantities);
  Ensemble(const Ensemble &) = delete;
  Ensemble &operator=(const Ensemble &) = delete;

  State &state;
  const double temperature; // that of the fix at first, by which all energies are reduced
  const std::vector<double> temperatures;

  /* Throws unless there is memory for so many samples of each flow at each temperature, and for all
     that is solved. */
  void check_memory(const Line &line, size_t n_samples, bool keep_x);
  /* Within a session of the engine: samples of each flow at each temperature, and the test frames.
     Warns where a test frame has no finite energy. */
  void evaluate(size_t n_samples, bool keep_x);
  /* No free energy of basin k can be right, for this reason: its error is infinite. */
  void doubt(int k, const std::string &reason) { doubts_[k] = reason; }
  /* Sub-states of all basins, by ranges of these quantities. */
  void split(const std::vector<bgen_cut> &cuts, const std::vector<int> &quantities);
  /* The same points again, in the force field as it is now: with x kept. */
  void evaluate_changed();

  const bgen_ensemble &data() const { return data_; }
  const EvaluatedPoints &points(int k) const { return points_[k]; } // of basin k
  const bgen_group &samples(size_t t, int k) const { return samples_[k][t]; }
  const bgen_group &frames(size_t t, int k) const { return frames_[k][t]; }
  std::string row(size_t t, int k, size_t i) const; // as EvaluatedPoints has it, at temperature t
  const char *method(size_t t) const;               // of free energies
  /* [n_basins] where quantity i of the points of each basin is, with a stride of n_quantities() */
  std::vector<const double *> values(int i, bgen_field field) const;
  size_t n_quantities() const;

private:
  Quantities *const quantities_;
  std::vector<double> levels_;
  std::deque<EvaluatedPoints> points_;           // [n_basins]
  std::vector<std::vector<bgen_group>> samples_; // [n_basins][n_temperatures]
  std::vector<std::vector<bgen_group>> frames_;  // [n_basins][n_levels]
  std::vector<EvaluatedPoints::Again> again_;    // [n_basins], empty: no changed force field
  std::vector<std::vector<size_t>> sub_states_;  // [n_basins][n], or of no basin
  size_t n_sub_states_ = 0;
  std::vector<std::string> doubts_;               // [n_basins], "": none
  std::vector<bgen_basin_points> data_of_basins_; // [n_basins]
  bgen_ensemble data_ = {};

  void find_levels();
  void describe(int k);
  void add_samples(int k, double of_temperature, size_t n);
  void add_frames(int k, double of_temperature);
  void check_frames(int k, double of_temperature) const;
};

/* Free energies from an ensemble, which must outlive it. */
class Solution {
public:
  Solution(const Ensemble &ensemble, double fraction, bool decorrelated);
  operator const bgen_solution *() const { return solution_.get(); }

  /* one value for each point, as averages have them */
  std::vector<double> inside(size_t k) const;
  std::vector<double> u(size_t t) const;
  std::vector<double> quantity(int i, bgen_field field) const;

private:
  const Ensemble &ensemble_;
  Owned<bgen_solution, bgen_solution_destroy> solution_;
};

/* Its points as samples of the Boltzmann distribution at temperature number t. */
class Distribution {
public:
  Distribution(const Solution &solution, size_t t)
  {
    create(distribution_, bgen_distribution_create, solution.operator const bgen_solution *(), t);
  }
  const bgen_averages *in(bgen_field field) const
  {
    return bgen_distribution_averages(distribution_.get(), field);
  }

private:
  Owned<bgen_distribution, bgen_distribution_destroy> distribution_;
};

} // namespace bgen

#endif
