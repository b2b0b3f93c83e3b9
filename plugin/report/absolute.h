/* SPDX-License-Identifier: GPL-2.0-or-later */
/* absolute.h - absolute free energies, each term on a line of its own */

#ifndef BGEN_REPORT_ABSOLUTE_H
#define BGEN_REPORT_ABSOLUTE_H

#include "coords/pose.h"
#include "estimate/absolute.h"
#include "estimate/free_energy.h"

#include <string>
#include <vector>

namespace bgen {

/* Of a basin, in kT. */
struct AbsoluteFreeEnergy {
  std::string basin;
  double temperature, kT;
  bgen_coords coords;
  size_t n_particles;
  bgen_estimate at_placement; // of all shapes
  std::vector<bgen_term> terms;
  bgen_estimate F;
  double
      by_atoms;  // F with as many translations as there are particles; NaN: it is the same, or the
                 // atoms are not all alike
  double volume; // in which it moves
  double pressure; // NaN: none is given
  double pV;
};

bgen_estimate gibbs(const AbsoluteFreeEnergy &of); // F + pV

std::string absolute_lines(const AbsoluteFreeEnergy &of, const std::string &fix_id,
                           const std::string &method);

} // namespace bgen

#endif
