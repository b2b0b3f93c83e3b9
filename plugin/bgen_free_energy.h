/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_free_energy.h - "bgen fix-ID free_energy": free energies of the basins, between MD frames and flow samples */

#ifndef LMP_BGEN_FREE_ENERGY_H
#define LMP_BGEN_FREE_ENERGY_H

#include "estimate/free_energy.h"
#include "estimate/profile.h"
#include "pointers.h"

#include <memory>
#include <string>
#include <vector>

namespace LAMMPS_NS {

class BgenFreeEnergy : protected Pointers {
public:
  BgenFreeEnergy(LAMMPS *lmp, class FixBgen &fix, class BgenWords &words);
  ~BgenFreeEnergy() override;
  void run();

private:
  /* One basin: F = -ln Z, with -log q of its own flow as the state of free energy 0. Frames belong to the temperature
     of training: at another one there are none, and samples alone give F. */
  struct Basin {
    std::unique_ptr<class BgenPoints> samples, frames;
    bgen_estimate best, from_flow, from_md; // best: BAR, or from_flow where there are no frames
    std::vector<double> log_w, log_w_md;    // of the samples, of the frames
    std::vector<double> log_pooled;         // of samples, then frames, as frames
    double ess, acceptance;                 // fractions
  };

  FixBgen &fix;
  const double temperature;
  class BgenModel &model;
  size_t n_samples, n_bins;
  std::string path, profile_path;
  bool to_populations; // the mixture
  bool with_frames;    // at the temperature of training
  std::vector<Basin> basins;

  void need_test_frames(BgenWords &words) const;
  void visit(int k);
  void estimate(int k);
  void estimate_with_frames(Basin &basin, const std::vector<double> &forward,
                            const std::vector<double> &reverse);
  const char *method() const { return with_frames ? "BAR" : "samples alone"; }
  void report() const;
  void report_balanced() const;
  double balanced_acceptance(const Basin &from, const Basin &to) const;
  void set_mixture();
  void write_points(bool md) const;
  std::vector<double> pooled_cv(const Basin &basin) const;
  void fill_profile(bgen_profile &profile) const;
  bgen_status create_profile(bgen_profile &profile) const;
  void write_profile() const;
};

} // namespace LAMMPS_NS

#endif
