/* SPDX-License-Identifier: MIT */
#include "model/line.h"

#include <math.h>

#include "model/latent.h"
#include "model/workspace.h"

/* the second end goes around circles to within half a turn of the first */
static void shorten(size_t dim, const bool *circle, double *ends)
{
  const double turn = 6.28318530717958647692;
  for (size_t j = 0; circle && j < dim; j++)
    if (circle[j]) ends[dim + j] -= turn * round((ends[dim + j] - ends[j]) / turn);
}

/* batch[1] holds the latent points of the ends */
bgen_status bgen_generator_line(const bgen_generator *g, bgen_workspace *w, size_t k,
                                const double *ends, size_t n, double *z, double *x, double *log_det)
{
  const size_t n_shape = w->n_shape;
  bgen_status status = bgen_workspace_reserve(w, n);
  double *of_ends = w->batch[1];
  if (!status) status = bgen_generator_latent(g, w, k, 2, ends, of_ends, log_det);
  if (status) return status;
  shorten(n_shape, bgen_latent_circles(g, k), of_ends);
  for (size_t i = 0; i < n; i++) {
    const double t = (double) i / (double) (n - 1);
    for (size_t j = 0; j < n_shape; j++)
      z[i * n_shape + j] = (1.0 - t) * of_ends[j] + t * of_ends[n_shape + j];
  }
  bgen_generator_from_latent(g, w, k, n, z, x, log_det);
  return BGEN_OK;
}
