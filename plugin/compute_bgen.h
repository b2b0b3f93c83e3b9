/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compute_bgen.h - what the generator of a fix bgen says of the present configuration, e.g. of a frame of rerun */

#ifdef COMPUTE_CLASS
// clang-format off
ComputeStyle(bgen,ComputeBgen);
// clang-format on
#else

#ifndef LMP_COMPUTE_BGEN_H
#define LMP_COMPUTE_BGEN_H

#include "compute.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

class ComputeBgen : public Compute {
public:
  ComputeBgen(class LAMMPS *, int, char **);
  ~ComputeBgen() override;

  void init() override;
  double compute_scalar() override; // e^-offset, by which an average weighs it
  void compute_vector() override;   // u, log q, log w = -u - log q, e^-offset, then z[dim] if asked

private:
  std::string fix_id;
  class FixBgen *fix;
  std::vector<double> x;
  bool latent;

  void find_fix();
  double weight();
  void find_latent(double *z);
};

} // namespace LAMMPS_NS

#endif
#endif
