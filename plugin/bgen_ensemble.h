/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_ensemble.h - what samples of the flows and test frames together know of the Boltzmann distribution of a fix

   Every rank has the same points and comes to the same numbers. */

#ifndef LMP_BGEN_ENSEMBLE_H
#define LMP_BGEN_ENSEMBLE_H

#include "bgen_points.h"
#include "estimate/averages.h"

#include <memory>
#include <string>
#include <vector>

namespace LAMMPS_NS {

class BgenEnsemble : protected Pointers {
public:
  /* Temperatures for which free energies are wanted; the flows are asked at each of them. */
  BgenEnsemble(LAMMPS *lmp, class FixBgen &fix, const std::vector<double> &temperatures,
               class BgenObservables *observables);
  ~BgenEnsemble() override;

  /* Which part of the points an estimate is of. */
  struct Part {
    double fraction = 1.0; // the first of the samples of each flow and of the frames of each walker
    bool decorrelated = false; // only every g-th frame, g being the inefficiency of their works
  };

  /* Samples of each flow at each temperature, and the test frames; within a visit of the configuration. */
  void visit(size_t n_samples, bool keep_x);
  /* The same points once more, in the force field as it is now; within a visit, too. All estimates after that know both. */
  void visit_changed();
  bool has_changed() const { return !again.empty(); }
  size_t n_failed_changed() const; // points of weight whose energy now is no number
  /* Free energies from a part of the points; all that follows is of this part. A status where the part does not tell, else
     an error. keep_half() remembers those of half of the points. */
  void keep_half(bool decorrelated);
  bgen_estimate half(size_t t, int k) const { return half_[t * n_basins() + k]; }
  bgen_status try_solve(const Part &part);
  void solve(const Part &part);

  FixBgen &fix;
  class BgenModel &model;
  const double fix_temperature; // at which points are evaluated, whatever the fix has later
  const std::vector<double> temperatures;
  int n_basins() const { return (int) points.size(); }
  const BgenPoints &points_of(int k) const { return *points[k]; }

  /* F = -ln Z in kT of basin k at temperature number t. */
  bgen_estimate free_energy(size_t t, int k);
  double independent_error(size_t t, int k); // were all frames independent
  bool has_frames(size_t t) const;           // of that temperature, in every basin
  const char *method(size_t t) const;

  /* Of the part: u + log q of the samples of the flow at temperature t, minus that of the frames, in order of time; +inf where the
     other side does not reach. */
  struct Works {
    std::vector<double> work;
    std::vector<size_t> ends; // of walkers; none: independent
    bgen_works view() const { return {work.size(), work.data(), {ends.size(), ends.data()}}; }
  };
  Works works_of_samples(size_t t, int k) const;
  Works works_of_frames(size_t t, int k) const;
  /* F by either side alone; NaN where it does not tell. */
  static bgen_estimate from_samples(const Works &samples);
  static bgen_estimate from_frames(const Works &frames, const Works &samples);
  size_t first_frame(size_t t, int k) const; // of all of them, among the points of the basin
  size_t n_frames(size_t t, int k) const;
  bgen_spread spread_of_frames(size_t t, int k); // of what they contribute to F
  size_t n_failed(size_t t, int k) const;        // samples of the basin whose energy is no number
  /* point i as BgenPoints has it, but with u and log q of temperature t */
  std::string row(size_t t, int k, size_t i) const;

  /* All points of the part, basin after basin, as samples of the Boltzmann distribution at temperature t, in the force field
     of visit() or in the changed one; valid until the next pool(), of the same field, or solve(). The vectors of the functions
     below have one value for each of them. */
  enum Field { FIRST, CHANGED };
  const bgen_averages &pool(size_t t, Field field = FIRST);
  std::vector<double> log_weights(size_t t, Field field = FIRST);
  std::vector<double> inside(int k) const; // 1 where a point belongs to basin k
  std::vector<double> u(size_t t) const;   // reduced energy, 0 at points of no weight
  std::vector<double> observable(int i, Field field = FIRST) const; // 0 at points of no weight

private:
  /* Samples of one flow, or frames of one temperature: a run of points. */
  struct Group {
    bool of_flow;
    double temperature;
    size_t first, n;
    std::vector<size_t> ends; // of walkers, counted from 0
  };
  struct Rows {
    std::vector<size_t> point, ends; // ends of walkers
  };
  /* What bgen_mbar looks at: flows at the temperatures, then the Boltzmann distributions at the levels, then those in
     the changed force field. */
  struct Solved {
    std::vector<size_t> point, count; // point[row], count[state]
    std::vector<std::vector<size_t>> ends;
    std::vector<bgen_runs> runs;
    std::vector<double> u, free_energy, log_mixture, influence;
    bgen_mbar mbar;
    size_t zero = 0; // which flow has the free energy 0
    size_t first_row(size_t state) const;
  };

  const size_t n_flows;
  /* temperatures of Boltzmann distributions; first those that are wanted */
  std::vector<double> levels;
  std::vector<std::unique_ptr<BgenPoints>> points;
  std::vector<std::vector<Group>> groups; // [basins]
  std::vector<Solved> solved;             // [basins]
  /* [basins], in the changed force field; empty: there is none */
  std::vector<BgenPoints::Again> again;
  std::vector<bgen_estimate> half_; // [temperatures][basins]

  struct Pool {
    bgen_averages all;
    std::vector<bgen_mbar> basins;
    std::vector<const double *> influences;
    std::vector<size_t> states;
    std::vector<double> work;
  };
  Pool pools[2]; // of each force field

  void add_levels();
  void add_samples(int k, double temperature, size_t n);
  void add_frames(int k, double temperature);
  void check_frames(int k, const Group &group) const;
  bool reached(int k, size_t i) const;
  double u_at(double temperature, double u) const;
  double log_q_at(size_t t, int k, size_t i) const;
  double work(size_t t, int k, size_t i) const;
  Works works_of(size_t state, size_t t, int k, double sign) const;
  const Group *frames_at(double temperature, int k) const;
  void choose(int k, const Part &part);
  double inefficiency(int k, const Group &group) const;
  static Rows rows_of(const Group &group, double fraction);
  static Rows decorrelated(const Rows &all, double g);
  static void add_rows(Solved &s, const Rows &rows);
  size_t n_states() const { return n_flows + levels.size() + (has_changed() ? n_flows : 0); }
  size_t state_of(size_t t, Field field) const;
  void fill(int k);
  void fill_row(int k, size_t row, double *u) const;
  std::vector<double> pooled(const std::vector<std::vector<double>> &of_basins) const;
  bgen_status solve(Solved &s) const;
  Solved &relative_to(size_t t, int k);
};

} // namespace LAMMPS_NS

#endif
