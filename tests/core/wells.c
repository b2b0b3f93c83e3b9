/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wells.h"

#include <math.h>

const well wells[STATES] = {
    {1, 0, 0}, {2.3, 0.9, -250.7}, {0.7, 1.6, 13.1}, {1.6, 2.7, 371.4}, {1.2, -0.8, -2.9}};

double x[MOST], u[STATES * MOST], f[STATES], log_mixture[MOST], influence[STATES * MOST],
    contribution[MOST];
size_t count[STATES];

double truth(size_t k)
{
  return wells[k].offset + 0.5 * log(wells[k].stiffness);
}

bgen_mbar problem(size_t n_states, size_t n_known, const size_t *counts)
{
  bgen_mbar m = {.n_states = n_states,
                 .n_known = n_known,
                 .count = count,
                 .u = u,
                 .free_energy = f,
                 .log_mixture = log_mixture};
  for (size_t k = 0; k < n_states; k++) {
    count[k] = counts[k], m.n += counts[k];
    f[k] = k < n_known ? truth(k) : NAN;
  }
  return m;
}

void fill_energies(size_t n_states, size_t n)
{
  for (size_t k = 0; k < n_states; k++)
    for (size_t i = 0; i < n; i++) {
      const double d = x[i] - wells[k].centre;
      u[k * n + i] = 0.5 * wells[k].stiffness * d * d + wells[k].offset;
    }
}

void draw(const bgen_mbar *m, uint64_t key)
{
  size_t first = 0;
  for (size_t k = 0; k < m->n_states; first += count[k++]) {
    const bool in_time = m->runs && m->runs[k].n > 0;
    fill_series(key * STATES + k, (kind){in_time ? exp(-0.2) : 0, 0}, count[k],
                in_time ? &m->runs[k] : NULL, x + first);
    for (size_t i = first; i < first + count[k]; i++)
      x[i] = wells[k].centre + x[i] / sqrt(wells[k].stiffness);
  }
  fill_energies(m->n_states, m->n);
}

double difference_error(const bgen_mbar *m, size_t i, size_t j)
{
  for (size_t s = 0; s < m->n; s++)
    contribution[s] = influence[j * m->n + s] - influence[i * m->n + s];
  return sqrt(bgen_mbar_variance(m, contribution));
}

double independent_error(const bgen_mbar *m, size_t i, size_t j)
{
  double error = NAN;
  CHECK_OK(bgen_mbar_independent_error(m, i, j, &error));
  return error;
}

void solve(bgen_mbar *m)
{
  CHECK_OK(bgen_mbar_solve(m));
  CHECK_OK(bgen_mbar_influence(m, influence));
}
