/* SPDX-License-Identifier: MIT */
#include "coords/fold.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/relabel.h"

struct bgen_fold {
  bgen_layout layout;
  size_t dim, n_mirrors;
  bgen_mirror mirror[3];
  bgen_relabel *relabel; /* NULL where all particles are distinct */
};

bgen_status bgen_fold_create(const bgen_layout *layout, const int *species, size_t n_mirrors,
                             const bgen_mirror *mirrors, bgen_fold **result)
{
  bgen_fold *fold = calloc(1, sizeof *fold);
  if (!fold) return bgen_fail(BGEN_NO_MEMORY, "no memory for symmetries");
  assert(n_mirrors <= layout->n_space && n_mirrors <= 3);
  fold->layout = *layout;
  fold->dim = layout->n_particles * layout->n_space;
  fold->n_mirrors = n_mirrors;
  for (size_t m = 0; m < n_mirrors; m++) fold->mirror[m] = mirrors[m];
  const bgen_status status =
      species ? bgen_relabel_create(layout, species, &fold->relabel) : BGEN_OK;
  if (status)
    free(fold);
  else
    *result = fold;
  return status;
}

void bgen_fold_destroy(bgen_fold *fold)
{
  if (!fold) return;
  bgen_relabel_destroy(fold->relabel);
  free(fold);
}

size_t bgen_fold_n_reflections(const bgen_fold *fold)
{
  return (size_t) 1 << fold->n_mirrors;
}

void bgen_fold_reflect(const bgen_fold *fold, size_t r, const double *x, double *out)
{
  if (out != x) memcpy(out, x, fold->dim * sizeof *out);
  for (size_t m = 0; m < fold->n_mirrors; m++)
    for (size_t c = fold->mirror[m].axis; r >> m & 1 && c < fold->dim; c += fold->layout.n_space)
      out[c] = 2 * fold->mirror[m].plane - out[c];
}

/* work: a reflection, it relabelled, the order of its particles, the work of the assignment */
size_t bgen_fold_work_size(const bgen_fold *fold)
{
  const size_t assignment = fold->relabel ? bgen_relabel_work_size(fold->relabel) : 0;
  return 2 * fold->dim + fold->layout.n_particles + assignment;
}

static double distance_squared(size_t dim, const double *a, const double *b)
{
  double sum = 0;
  for (size_t j = 0; j < dim; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/* out = x with its particles called as suits reference best; true if they are so already */
static bool relabel(const bgen_fold *fold, const double *reference, const double *x, double *work,
                    double *out)
{
  size_t *order = (size_t *) work;
  double *assignment = work + fold->layout.n_particles;
  bool same = true;
  if (fold->relabel) {
    same = bgen_relabel_find(fold->relabel, reference, x, assignment, order);
    bgen_relabel_apply(&fold->layout, order, x, out);
  } else
    memcpy(out, x, fold->dim * sizeof *out);
  return same;
}

bool bgen_fold_apply(const bgen_fold *fold, const double *reference, const double *x, double *work,
                     double *out)
{
  const size_t dim = fold->dim;
  double *reflected = work, *image = reflected + dim, *rest = image + dim;
  bool inside = relabel(fold, reference, x, rest, out);
  double least = distance_squared(dim, out, reference);
  if (!isfinite(least)) return false;
  for (size_t r = 1; r < bgen_fold_n_reflections(fold); r++) {
    bgen_fold_reflect(fold, r, x, reflected);
    relabel(fold, reference, reflected, rest, image);
    const double distance = distance_squared(dim, image, reference);
    if (!(distance < least)) continue;
    least = distance;
    inside = false;
    memcpy(out, image, dim * sizeof *out);
  }
  return inside;
}
