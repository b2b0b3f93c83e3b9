/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wells.h - energies with exact samples; see analytic_engine.cpp */

#ifndef BGEN_TESTS_HOUSE_WELLS_H
#define BGEN_TESTS_HOUSE_WELLS_H

#include <cstdint>
#include <vector>

namespace bgen {

/* e^-U is a sum of normal distributions; one of them is a harmonic well.  At temperature 1. */
struct Wells {
  struct Well {
    double share; // up to a common factor
    std::vector<double> mean;
    double width;
  };
  std::vector<Well> wells;

  double energy(const double *x, double *grad) const; // grad[dim] is set
  void draw(uint64_t number, double *x) const;        // exactly
  double density(const Well &well, const double *x) const;
};

} // namespace bgen

#endif
