/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_frames.h - frames of one use and one temperature, by basin, and the walkers that they are of */

#ifndef LMP_BGEN_FRAMES_H
#define LMP_BGEN_FRAMES_H

#include "train/frames.h"

#include <vector>

namespace LAMMPS_NS {

/* Frames lie on rank 0, how many there are all ranks know. */
class BgenFrames {
public:
  BgenFrames(size_t dim, int n_basins, double temperature);
  ~BgenFrames();
  BgenFrames(const BgenFrames &) = delete;
  BgenFrames &operator=(const BgenFrames &) = delete;

  const double temperature;
  std::vector<bgen_frames> basins; // in the order in which they came
  std::vector<size_t> n_folded;    // the first so many of a basin are folded to its reference
  /* of each basin as bgen_runs.end: one run a walker that has frames there */
  std::vector<std::vector<size_t>> ends;

  size_t n(int k) const { return ends[k].empty() ? 0 : ends[k].back(); }
  size_t n() const; // of all basins
  int n_walkers() const { return n_walkers_; }

  /* A frame x[dim] of basin k; x is nullptr but on rank 0. One walker comes after the other, with growing numbers. */
  bgen_status add(int k, int walker, const double *x);

private:
  int n_walkers_, last_walker;
  std::vector<int> last_walker_of; // a basin
};

} // namespace LAMMPS_NS

#endif
