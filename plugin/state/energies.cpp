/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/energies.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

/* of the latest energy */
static void reduced_gradient(Engine &engine, double kT, bool refused, double *grad)
{
  const size_t dim = engine.body().dim();
  if (refused)
    std::fill(grad, grad + dim, 0.0);
  else
    engine.gradient(grad);
  for (size_t c = 0; c < dim; c++) grad[c] /= kT;
}

size_t bgen::reduced_energies(Engine &engine, double temperature, size_t n, const double *x,
                              double *u, double *grad_u)
{
  const double kT = engine.kT(temperature);
  const size_t dim = engine.body().dim();
  size_t n_refused = 0;
  for (size_t i = 0; i < n; i++) {
    const Energy energy = engine.energy(x + i * dim);
    u[i] = energy.refused ? INFINITY : energy.value / kT;
    n_refused += energy.refused != nullptr;
    if (grad_u) reduced_gradient(engine, kT, energy.refused != nullptr, grad_u + i * dim);
  }
  return n_refused;
}
