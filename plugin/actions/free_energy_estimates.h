/* SPDX-License-Identifier: GPL-2.0-or-later */
/* free_energy_estimates.h - the numbers that "bgen ID free_energy" is asked for, from solutions of
   its ensembles */

#ifndef BGEN_ACTIONS_FREE_ENERGY_ESTIMATES_H
#define BGEN_ACTIONS_FREE_ENERGY_ESTIMATES_H

#include "actions/by_paths.h"
#include "actions/ensemble.h"
#include "actions/free_energy_options.h"
#include "report/free_energy.h"

namespace bgen {

/* From half of the points, and from all of them. */
struct Solutions {
  Solution half, whole;
  Distribution first; // at the first temperature, by the whole
  Solutions(const Ensemble &ensemble, bool decorrelated);
};

/* The table of the basins at temperature t, as it is printed; n_bootstrap: resamplings, 0: none. */
std::string lines_of_basins(const Ensemble &ensemble, const Solutions &solutions, size_t t,
                            size_t n_bootstrap);

class FreeEnergyEstimates {
public:
  FreeEnergyEstimates(const FreeEnergySettings &settings, const Ensemble &ensemble,
                      const Solutions &solutions);

  /* F of all basins of this fix less that of all basins of the other, in kT of this one. */
  void add_difference_to(const Ensemble &other, const Solutions &of_other);

  /* The absolute free energies of all basins, at each temperature; their lines.  by_paths: of
     each basin, NaN where F is that of the table. */
  std::string add_absolute(const Absolute &absolute,
                           const std::vector<FreeEnergyByPaths> &by_paths);

  std::vector<FreeEnergyResult> results;
  std::vector<Thermodynamics> thermodynamics;
  std::vector<AbsoluteFreeEnergy> bodies; // of add_absolute()

private:
  const FreeEnergySettings &settings_;
  const Ensemble &ensemble_;
  const Solutions &solutions_;
  const std::vector<std::string> basins_;
  std::vector<std::vector<double>> inside_; // of each basin 1 where a point belongs to it, else 0
  size_t t_ = 0;                            // the temperature of what is added

  enum Kind { LINE, MEAN, IN_TABLE };
  double kT() const;
  void add(const std::string &what, const bgen_estimate &of, Kind kind = LINE);
  template <class Find, class... Arguments>
  bgen_estimate found(const std::string &what, Find find, const bgen_averages *pool,
                      Arguments... arguments) const;
  template <class Find, class... Arguments>
  void add_found(const std::string &what, Kind kind, Find find, Arguments... arguments);

  void add_all(const Distribution &distribution);
  void add_basins();
  Thermodynamics of_basin(const bgen_averages *all, const std::vector<double> &u, int k) const;
  void add_thermodynamics(const bgen_averages *all);
  void add(const Thermodynamics &one);
  void add(const AbsoluteFreeEnergy &one);
  std::vector<double> inside(const Region &region) const;
  void add_regions(const bgen_averages *all);
  void add_means(const bgen_averages *all, bgen_field field);
  void add_changes(const bgen_averages *before, const bgen_averages *after);
};

} // namespace bgen

#endif
