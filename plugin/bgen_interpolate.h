/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_interpolate.h - "bgen fix-ID interpolate": the straight line between two frames, in the latent space of a flow */

#ifndef LMP_BGEN_INTERPOLATE_H
#define LMP_BGEN_INTERPOLATE_H

#include "pointers.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

class BgenInterpolate : protected Pointers {
public:
  BgenInterpolate(LAMMPS *lmp, class FixBgen &fix, class BgenWords &words);
  void run();

private:
  struct End {
    int basin;
    bigint frame; // of those to train by, from 1 on
  };

  FixBgen &fix;
  class BgenModel &model;
  bigint n_points;
  End ends[2];
  int flow; // whose latent space
  std::string path;

  void read_end(BgenWords &words, End &end);
  std::vector<double> line() const;
};

} // namespace LAMMPS_NS

#endif
