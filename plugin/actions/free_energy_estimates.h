/* SPDX-License-Identifier: GPL-2.0-or-later */
/* free_energy_estimates.h - the numbers that "bgen ID free_energy" is asked for, from solutions of
   its ensembles */

#ifndef BGEN_ACTIONS_FREE_ENERGY_ESTIMATES_H
#define BGEN_ACTIONS_FREE_ENERGY_ESTIMATES_H

#include "actions/ensemble.h"
#include "actions/free_energy_options.h"
#include "report/free_energy.h"

namespace bgen {

/* All points, and half of them. */
struct Solutions {
  Solution half, whole;
  /* Throws where the whole does not tell. */
  Solutions(const Ensemble &ensemble, bool decorrelated);
};

/* The table of the basins at temperature t; n_bootstrap: resamplings, 0: none. */
FreeEnergyTable table_of_basins(const Ensemble &ensemble, const Solutions &solutions, size_t t,
                                size_t n_bootstrap);

/* Without them the list is empty: there are no frames at the first temperature. */
std::vector<BalancedAcceptance> balanced_acceptances(const Ensemble &ensemble,
                                                     const Solution &solution);

ChangedForceField changed_force_field(const Ensemble &ensemble, const Solution &solution);

class FreeEnergyEstimates {
public:
  FreeEnergyEstimates(const FreeEnergySettings &settings, const Ensemble &ensemble,
                      const Solution &solution);

  /* F of all basins of this fix less that of all basins of the other, in kT of this one. */
  void add_difference_to(const Ensemble &other, const Solution &of_other);

  std::vector<FreeEnergyResult> results;
  std::vector<Thermodynamics> thermodynamics;

private:
  const FreeEnergySettings &settings_;
  const Ensemble &ensemble_;
  const Solution &solution_;
  size_t t_ = 0; // the temperature of what is added

  enum Kind { LINE, MEAN, IN_TABLE };
  double kT() const;
  std::string basin(int k) const;
  int n_basins() const;
  void add(const std::string &what, const bgen_estimate &of, Kind kind = LINE);
  bgen_estimate checked(bgen_status status, const bgen_estimate &of, const std::string &what) const;
  void add_basins();
  Thermodynamics of_basin(const bgen_averages *all, const std::vector<double> &u, int k) const;
  void add_thermodynamics(const bgen_averages *all);
  void add(const Thermodynamics &one);
  std::vector<double> inside(const Region &region) const;
  void add_regions(const bgen_averages *all);
  void add_means(const bgen_averages *all);
  void add_changes(const Distribution &distribution);
  void add_changed_means(const bgen_averages *after);
};

} // namespace bgen

#endif
