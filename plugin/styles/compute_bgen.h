/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compute_bgen.h - what the generator of a fix bgen says of the present configuration, e.g. of a
   frame of rerun */

#ifdef COMPUTE_CLASS
// clang-format off
ComputeStyle(bgen,ComputeBgen);
// clang-format on
#else

#ifndef LMP_COMPUTE_BGEN_H
#define LMP_COMPUTE_BGEN_H

#include "compute.h"
#include "styles/columns.h"

#include <string>

namespace LAMMPS_NS {

class ComputeBgen : public Compute {
public:
  ComputeBgen(class LAMMPS *, int, char **);
  ~ComputeBgen() override;

  void init() override;
  double compute_scalar() override; // the weight of the configuration
  void compute_vector() override;   // the columns

private:
  std::string fix_id_;
  bgen::Columns columns_;

  class FixBgen &fix() const; // it may be gone, or defined anew, at any time
};

} // namespace LAMMPS_NS

#endif
#endif
