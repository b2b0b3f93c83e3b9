/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_free_energy.h - "bgen fix-ID free_energy": free energies of the basins, between MD frames and flow samples */

#ifndef LMP_BGEN_FREE_ENERGY_H
#define LMP_BGEN_FREE_ENERGY_H

#include "estimate/free_energy.h"
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
  /* One basin: F = -ln Z, with -log q of its own flow as the state of free energy 0. */
  struct Basin {
    std::unique_ptr<class BgenPoints> samples, frames;
    bgen_estimate bar, from_flow, from_md;
    double ess, acceptance; // fractions
  };

  FixBgen &fix;
  class BgenModel &model;
  size_t n_samples, n_bins, n_blocks;
  std::string path, profile_path;
  bool to_populations; // the mixture
  std::vector<Basin> basins;

  void need_test_frames(BgenWords &words) const;
  void visit(int k);
  void estimate(int k);
  void report() const;
  void set_mixture();
  void write_points(bool md) const;
  void write_profile() const;
};

} // namespace LAMMPS_NS

#endif
