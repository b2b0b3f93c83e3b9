/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_free_energy.h - "bgen fix-ID free_energy": free energies, averages and profiles, from MD frames and flow samples */

#ifndef LMP_BGEN_FREE_ENERGY_H
#define LMP_BGEN_FREE_ENERGY_H

#include "bgen_ensemble.h"
#include "estimate/diagnosis.h"
#include "estimate/profile.h"
#include "pointers.h"

#include <memory>
#include <string>
#include <vector>

namespace LAMMPS_NS {

/* One number of the results: in kT at that temperature, if it is an energy. On the screen it has a line of its own or
   stands in a table. */
struct BgenResult {
  double temperature;
  std::string what, method;
  bgen_estimate of;
  bool is_energy, is_line;
};

/* What core/estimate/diagnosis.h says, each sentence after a name. */
std::string bgen_diagnosis_lines(const std::string &name, const bgen_evidence &evidence);

class BgenFreeEnergy : protected Pointers {
public:
  BgenFreeEnergy(LAMMPS *lmp, class FixBgen &fix, class BgenWords &words);
  ~BgenFreeEnergy() override;
  void run();

private:
  /* Configurations where all these observables lie in their ranges. */
  struct State {
    std::string name;
    std::vector<int> observables;
    std::vector<double> low, high;
  };
  struct Thermodynamic { // of a basin, or of a difference
    double temperature;
    std::string of;
    bgen_estimate energies[3]; // F, U, TS in kT
  };
  struct Axis {
    int observable;
    double low, high; // both NaN: the range of the points
    size_t n_bins;
  };

  FixBgen &fix;
  class BgenModel &model;
  size_t n_samples, n_bins, n_bootstrap;
  bool decorrelated, to_populations;
  std::vector<double> temperatures;
  std::vector<State> states;
  std::vector<int> means; // observables
  std::vector<Axis> axes;
  std::vector<std::string> commands; // that change the force field
  FixBgen *other;                    // another generator, to compare with
  std::string path, table_path, profile_path, convergence_path;

  std::unique_ptr<class BgenObservables> observables;
  std::unique_ptr<BgenEnsemble> ensemble, other_ensemble;
  std::vector<BgenResult> results;
  std::vector<Thermodynamic> thermodynamic;

  void read_keyword(const std::string &keyword, BgenWords &words);
  void read_outputs(const std::string &keyword, BgenWords &words);
  void read_temperatures(BgenWords &words);
  void read_state(BgenWords &words);
  void read_profile(BgenWords &words);
  void read_commands(BgenWords &words);
  void check(BgenWords &words);

  void visit(BgenEnsemble &of);
  void change_force_field();
  void check_files() const;

  /* bgen_free_energy_estimates.cpp */
  void estimate();
  enum Kind { LINE, MEAN, IN_TABLE };
  void add(size_t t, const std::string &what, const bgen_estimate &of, Kind kind = LINE);
  bgen_estimate checked(bgen_status status, const bgen_estimate &of, const std::string &what);
  void add_basins(size_t t);
  void add_thermodynamics(size_t t);
  void add(const Thermodynamic &one, size_t t);
  void add_states(size_t t);
  void add_means(size_t t);
  void add_changed(size_t t);
  void add_difference_to_other();
  std::vector<double> inside(const State &state) const;

  /* bgen_free_energy_report.cpp */
  struct Sides { // what either side says of one basin at one temperature; NaN where it says nothing
    BgenEnsemble::Works samples, frames;
    bgen_estimate from_flow, from_frames, bootstrap;
    double samples_worth, frames_worth, acceptance; // effective numbers; a fraction
  };
  Sides sides(BgenEnsemble &of, size_t t, int k);
  std::string basin_row(BgenEnsemble &of, size_t t, int k, const Sides &s);
  std::string verdict(BgenEnsemble &of, size_t t, int k, const Sides &s);
  std::string basin_table(BgenEnsemble &of, size_t t);
  std::string result_line(const BgenResult &one) const;
  std::string result_lines() const;
  std::string changed_line();
  std::string thermodynamics() const;
  double balanced_acceptance(int from, int to);
  std::string balanced_lines();
  void report();
  void publish();
  void set_mixture();

  /* bgen_free_energy_files.cpp */
  void write_table() const;
  void write_points(bool md);
  bgen_axis resolved(const Axis &axis, const std::vector<double> &s);
  bgen_status write_profile(FILE *file, const bgen_profile &profile,
                            const std::vector<std::vector<double>> &s);
  void write_profile();
  std::string convergence_columns(int k, bool solved);
  void write_convergence();
};

} // namespace LAMMPS_NS

#endif
