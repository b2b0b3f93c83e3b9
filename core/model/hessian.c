/* SPDX-License-Identifier: MIT */
#include "model/hessian.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/moments.h"
#include "model/shapes.h"

struct bgen_hessian {
  const bgen_generator *generator;
  bgen_workspace *workspace;
  size_t k, dim, n_shape, column; /* columns before it are known */
  double step;
  double *mean; /* [n_shape], and so is all but x and the matrix: of two points */
  double *shape, *gradient, *x;
  double *matrix; /* [n_shape][n_shape] */
};

void bgen_hessian_destroy(bgen_hessian *h)
{
  if (!h) return;
  free(h->mean);
  free(h);
}

/* mean of the shapes, and the step from their widths */
static bgen_status look_at_frames(bgen_hessian *h, size_t n, const double *x)
{
  const size_t d = h->n_shape;
  double *shape = malloc(n * d * sizeof *shape), squares = 0;
  if (!shape) return bgen_fail(BGEN_NO_MEMORY, "no memory for the shapes of %zu frames", n);
  bgen_generator_to_shapes(h->generator, h->workspace, h->k, n, x, shape);
  bgen_means(n, d, shape, h->mean);
  for (size_t i = 0; i < n * d; i++) {
    const double off = shape[i] - h->mean[i % d];
    squares += off * off / (double) (n * d);
  }
  free(shape);
  h->step = sqrt(squares) / 20;
  if (h->step > 0 && isfinite(h->step)) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT, "the frames do not differ: there is no length to choose the "
                                   "step of differences by");
}

bgen_status bgen_hessian_create(const bgen_generator *g, bgen_workspace *w, size_t k, size_t n,
                                const double *x, bgen_hessian **result)
{
  const size_t d = bgen_generator_n_shape(g), dim = bgen_generator_dim(g);
  assert(n > 1);
  bgen_hessian *h = calloc(1, sizeof *h);
  double *memory = h ? malloc((5 * d + 2 * dim + d * d) * sizeof *memory) : NULL;
  if (!memory) {
    free(h);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the Hessian of %zu coordinates", d);
  }
  *h = (bgen_hessian){g, w, k, dim, d, 0, 0, memory, NULL, NULL, NULL, NULL};
  h->shape = memory + d, h->gradient = h->shape + 2 * d;
  h->x = h->gradient + 2 * d, h->matrix = h->x + 2 * dim;
  const bgen_status status = look_at_frames(h, n, x);
  if (status)
    bgen_hessian_destroy(h);
  else
    *result = h;
  return status;
}

bgen_status bgen_hessian_next(bgen_hessian *h, bgen_wanted *wanted)
{
  const size_t d = h->n_shape;
  *wanted = (bgen_wanted){h->column < d ? 2 : 0, h->x, true};
  if (!wanted->n) return BGEN_OK;
  for (size_t i = 0; i < 2; i++) memcpy(h->shape + i * d, h->mean, d * sizeof *h->mean);
  h->shape[h->column] += h->step;
  h->shape[d + h->column] -= h->step;
  bgen_generator_from_shapes(h->generator, h->workspace, h->k, 2, h->shape, h->x);
  return BGEN_OK;
}

/* the mean of both halves once all is known */
static void make_symmetric(bgen_hessian *h)
{
  const size_t d = h->n_shape;
  for (size_t i = 0; i < d; i++)
    for (size_t j = 0; j < i; j++)
      h->matrix[i * d + j] = h->matrix[j * d + i] =
          0.5 * (h->matrix[i * d + j] + h->matrix[j * d + i]);
}

bgen_status bgen_hessian_arrive(bgen_hessian *h, const double *u, const double *grad_u)
{
  const size_t d = h->n_shape;
  double energy[2] = {u[0], u[1]};
  bgen_generator_shape_energies(h->generator, h->workspace, h->k, 2, h->shape, energy, grad_u,
                                h->gradient);
  for (size_t j = 0; j < d; j++) {
    const double slope = (h->gradient[j] - h->gradient[d + j]) / (2 * h->step);
    if (!isfinite(slope) || !isfinite(energy[0]) || !isfinite(energy[1]))
      return bgen_fail(BGEN_NOT_FINITE,
                       "there is no energy or no force where coordinate %zu is %g "
                       "from the mean of the frames",
                       h->column + 1, h->step);
    h->matrix[h->column * d + j] = slope;
  }
  if (++h->column == d) make_symmetric(h);
  return BGEN_OK;
}

const double *bgen_hessian_matrix(const bgen_hessian *h)
{
  assert(h->column == h->n_shape);
  return h->matrix;
}
