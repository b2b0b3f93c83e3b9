/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crystals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static void begin(size_t cells, crystal *out)
{
  *out = (crystal){.layout = {0, 3}, .lattice = {3, {0}}};
  for (size_t c = 0; c < 3; c++) out->lattice.vector[4 * c] = (double) cells;
}

static void add(size_t cells, const double *basis, int kind, crystal *out)
{
  for (size_t cell = 0; cell < cells * cells * cells; cell++) {
    const size_t of[3] = {cell % cells, cell / cells % cells, cell / cells / cells};
    double *site = out->site + 3 * out->layout.n_particles;
    out->kinds[out->layout.n_particles++] = kind;
    for (size_t c = 0; c < 3; c++) site[c] = (double) of[c] + basis[c];
  }
}

static const double fcc[4][3] = {{0, 0, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}};

void make_fcc(size_t cells, crystal *out)
{
  begin(cells, out);
  for (size_t b = 0; b < 4; b++) add(cells, fcc[b], 0, out);
}

void make_diamond(size_t cells, crystal *out)
{
  begin(cells, out);
  for (size_t b = 0; b < 4; b++) add(cells, fcc[b], 0, out);
  for (size_t b = 0; b < 4; b++) {
    const double moved[3] = {fcc[b][0] + 0.25, fcc[b][1] + 0.25, fcc[b][2] + 0.25};
    add(cells, moved, 1, out);
  }
}

static void add_spring(size_t dim, size_t i, size_t j, const double *d, double k, double *hessian)
{
  const double square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 3; b++) {
      const double along = k * d[a] * d[b] / square;
      hessian[(3 * i + a) * dim + 3 * i + b] += along;
      hessian[(3 * j + a) * dim + 3 * j + b] += along;
      hessian[(3 * i + a) * dim + 3 * j + b] -= along;
      hessian[(3 * j + a) * dim + 3 * i + b] -= along;
    }
}

void spring_hessian(const crystal *of, double within, double k, double *hessian)
{
  const size_t n = of->layout.n_particles, dim = 3 * n;
  memset(hessian, 0, dim * dim * sizeof *hessian);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) {
      double d[3], square = 0;
      for (size_t c = 0; c < 3; c++) {
        const double length = of->lattice.n_vectors ? of->lattice.vector[4 * c] : 0;
        d[c] = of->site[3 * i + c] - of->site[3 * j + c];
        if (length > 0) d[c] -= length * rint(d[c] / length);
        square += d[c] * d[c];
      }
      if (square < within * within) add_spring(dim, i, j, d, k, hessian);
    }
}

static void *lent[4096];
static size_t n_lent;

void *lend(size_t n_bytes)
{
  assert_true(n_lent < sizeof lent / sizeof *lent);
  return lent[n_lent++] = must_allocate(n_bytes);
}

void give_back(void)
{
  while (n_lent) free(lent[--n_lent]);
}
