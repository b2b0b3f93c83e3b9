/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_ensemble.h - what samples of the flows and test frames together know of the Boltzmann distribution of a fix

   Every rank has the same points and comes to the same numbers. */

#ifndef LMP_BGEN_ENSEMBLE_H
#define LMP_BGEN_ENSEMBLE_H

#include "bgen_points.h"
#include "estimate/pool.h"

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
  /* Free energies from a part of the points; all that follows is of this part. A status where the part does not tell, else
     an error. */
  bgen_status try_solve(const Part &part);
  void solve(const Part &part);

  FixBgen &fix;
  class BgenModel &model;
  const std::vector<double> temperatures;
  int n_basins() const { return (int) points.size(); }
  const BgenPoints &points_of(int k) const { return *points[k]; }
  BgenPoints &points_of(int k) { return *points[k]; }

  /* F = -ln Z in kT of basin k at temperature number t. */
  bgen_estimate free_energy(size_t t, int k);
  double independent_error(size_t t, int k); // were all frames independent
  bool has_frames(size_t t, int k) const;    // of that temperature
  bool has_frames(size_t t) const;           // in every basin
  const char *method(size_t t) const;

  /* u + log q of the samples of the flow at temperature t, minus that of the frames, in order of time; +inf where the
     other side does not reach. */
  struct Works {
    std::vector<double> work;
    std::vector<size_t> ends; // of walkers; none: independent
    bgen_works view() const { return {work.size(), work.data(), {ends.size(), ends.data()}}; }
  };
  Works works_of_samples(size_t t, int k, double fraction = 1.0) const;
  Works works_of_frames(size_t t, int k, double fraction = 1.0) const;
  size_t first_frame(size_t t, int k) const;     // among the points of the basin
  bgen_spread spread_of_frames(size_t t, int k); // of what they contribute to F
  size_t n_failed(size_t t, int k) const;        // samples of the basin whose energy is no number
  /* point i as BgenPoints has it, but with u and log q of temperature t */
  std::string row(size_t t, int k, size_t i) const;

  /* All points of the part, basin after basin, as samples of the Boltzmann distribution at temperature t; valid until the
     next pool() or solve(). The vectors of the functions below have one value for each of them. */
  const bgen_pool &pool(size_t t);
  std::vector<double> log_weights(size_t t);
  std::vector<double> inside(int k) const;     // 1 where a point belongs to basin k
  std::vector<double> u(size_t t) const;       // reduced energy, 0 at points of no weight
  std::vector<double> observable(int i) const; // 0 at points of no weight
  std::vector<double> pooled(const std::vector<std::vector<double>> &of_basins) const;

private:
  /* Samples of one flow, or frames of one temperature: a run of points. */
  struct Group {
    bool of_flow;
    double temperature;
    size_t first, n;
    std::vector<size_t> ends; // of walkers, counted from 0
  };
  /* What bgen_mbar looks at: flows at the temperatures, then the Boltzmann distributions at the levels. */
  struct Rows {
    std::vector<size_t> point, ends; // ends of walkers
  };
  struct Solved {
    std::vector<size_t> point, count; // point[row], count[state]
    std::vector<std::vector<size_t>> ends;
    std::vector<bgen_runs> runs;
    std::vector<double> u, free_energy, log_mixture, influence;
    bgen_mbar mbar;
    size_t zero = 0; // which flow has the free energy 0
  };

  const size_t n_flows;
  std::vector<double>
      levels; // temperatures of Boltzmann distributions; first those that are wanted
  std::vector<std::unique_ptr<BgenPoints>> points;
  std::vector<std::vector<Group>> groups; // [basins]
  std::vector<Solved> solved;             // [basins]
  bgen_pool pool_;
  std::vector<bgen_mbar> pool_basins;
  std::vector<const double *> pool_influences;
  std::vector<size_t> pool_states;
  std::vector<double> pool_work;

  void add_levels();
  size_t level(double temperature) const;
  bool reached(int k, size_t i) const;
  double u_at(size_t t, int k, size_t i) const;
  double log_q_at(size_t t, int k, size_t i) const;
  double work(size_t t, int k, size_t i) const;
  const Group *frames_at(double temperature, int k) const;
  void choose(int k, const Part &part);
  double inefficiency(int k, const Group &group) const;
  Rows rows_of(const Group &group, double fraction, double g) const;
  static void add_rows(Solved &s, const Rows &rows);
  void fill(int k);
  bgen_status solve(Solved &s) const;
  Solved &relative_to(size_t t, int k);
};

} // namespace LAMMPS_NS

#endif
