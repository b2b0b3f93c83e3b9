/* SPDX-License-Identifier: MIT */
#include "coords/symmetry.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/relabel.h"

struct bgen_symmetry {
  bgen_layout layout;
  size_t dim, n_mirrors;
  bgen_mirror mirror[3];
  bgen_relabel *relabel; /* NULL where all particles are distinct */
};

bgen_status bgen_symmetry_create(const bgen_layout *layout, const int *species, size_t n_mirrors,
                                 const bgen_mirror *mirrors, bgen_symmetry **result)
{
  bgen_symmetry *symmetry = calloc(1, sizeof *symmetry);
  if (!symmetry) return bgen_fail(BGEN_NO_MEMORY, "no memory for symmetries");
  assert(n_mirrors <= layout->n_space && n_mirrors <= 3);
  symmetry->layout = *layout;
  symmetry->dim = layout->n_particles * layout->n_space;
  symmetry->n_mirrors = n_mirrors;
  for (size_t m = 0; m < n_mirrors; m++) symmetry->mirror[m] = mirrors[m];
  const bgen_status status =
      species ? bgen_relabel_create(layout, species, &symmetry->relabel) : BGEN_OK;
  if (status)
    free(symmetry);
  else
    *result = symmetry;
  return status;
}

void bgen_symmetry_destroy(bgen_symmetry *symmetry)
{
  if (!symmetry) return;
  bgen_relabel_destroy(symmetry->relabel);
  free(symmetry);
}

const bgen_relabel *bgen_symmetry_relabel(const bgen_symmetry *symmetry)
{
  return symmetry->relabel;
}

const bgen_mirror *bgen_symmetry_mirrors(const bgen_symmetry *symmetry, size_t *n_mirrors)
{
  *n_mirrors = symmetry->n_mirrors;
  return symmetry->mirror;
}

size_t bgen_symmetry_n_reflections(const bgen_symmetry *symmetry)
{
  return (size_t) 1 << symmetry->n_mirrors;
}

void bgen_symmetry_reflect(const bgen_symmetry *symmetry, size_t r, const double *x, double *out)
{
  if (out != x) memcpy(out, x, symmetry->dim * sizeof *out);
  for (size_t m = 0; m < symmetry->n_mirrors; m++)
    for (size_t c = symmetry->mirror[m].axis; r >> m & 1 && c < symmetry->dim;
         c += symmetry->layout.n_space)
      out[c] = 2 * symmetry->mirror[m].plane - out[c];
}

/* work: a reflection, its order, the order of the image that bgen_symmetry_apply finds, the work of
   the assignment */
size_t bgen_symmetry_work_size(const bgen_symmetry *symmetry)
{
  const size_t assignment = symmetry->relabel ? bgen_relabel_work_size(symmetry->relabel) : 0;
  return symmetry->dim + 2 * symmetry->layout.n_particles + assignment;
}

/* the order of x's particles that suits reference best; true if they are in it already */
static bool find_order(const bgen_symmetry *symmetry, const double *reference, const double *x,
                       double *work, size_t *order)
{
  if (symmetry->relabel) return bgen_relabel_find(symmetry->relabel, reference, x, work, order);
  for (size_t i = 0; i < symmetry->layout.n_particles; i++) order[i] = i;
  return true;
}

/* of x, its particles in this order, from reference */
static double distance_squared(const bgen_layout *layout, const size_t *order, const double *x,
                               const double *reference)
{
  const size_t n_space = layout->n_space;
  double sum = 0;
  for (size_t i = 0; i < layout->n_particles; i++)
    for (size_t c = 0; c < n_space; c++) {
      const double d = x[order[i] * n_space + c] - reference[i * n_space + c];
      sum += d * d;
    }
  return sum;
}

bool bgen_symmetry_find(const bgen_symmetry *symmetry, const double *reference, const double *x,
                        double *work, bgen_image *image)
{
  const size_t n_particles = symmetry->layout.n_particles;
  double *reflected = work, *assignment = work + symmetry->dim + 2 * n_particles;
  size_t *order = (size_t *) (reflected + symmetry->dim);
  bool inside = find_order(symmetry, reference, x, assignment, image->order);
  double least = distance_squared(&symmetry->layout, image->order, x, reference);
  image->reflection = 0;
  if (!isfinite(least)) return false;
  for (size_t r = 1; r < bgen_symmetry_n_reflections(symmetry); r++) {
    bgen_symmetry_reflect(symmetry, r, x, reflected);
    find_order(symmetry, reference, reflected, assignment, order);
    const double distance = distance_squared(&symmetry->layout, order, reflected, reference);
    if (!(distance < least)) continue;
    least = distance;
    inside = false;
    image->reflection = r;
    memcpy(image->order, order, n_particles * sizeof *order);
  }
  return inside;
}

void bgen_symmetry_image(const bgen_symmetry *symmetry, const bgen_image *image, const double *x,
                         double *out)
{
  bgen_relabel_apply(&symmetry->layout, image->order, x, out);
  bgen_symmetry_reflect(symmetry, image->reflection, out, out);
}

/* image = R x, R orthogonal: grad_x = R^T grad_image */
void bgen_symmetry_gradient(const bgen_symmetry *symmetry, const bgen_image *image,
                            const double *grad_image, double *grad)
{
  const size_t n_space = symmetry->layout.n_space;
  for (size_t i = 0; i < symmetry->layout.n_particles; i++)
    memcpy(grad + image->order[i] * n_space, grad_image + i * n_space, n_space * sizeof *grad);
  for (size_t m = 0; m < symmetry->n_mirrors; m++)
    for (size_t c = symmetry->mirror[m].axis; image->reflection >> m & 1 && c < symmetry->dim;
         c += n_space)
      grad[c] = -grad[c];
}

bool bgen_symmetry_apply(const bgen_symmetry *symmetry, const double *reference, const double *x,
                         double *work, double *out)
{
  bgen_image image = {0, (size_t *) (work + symmetry->dim) + symmetry->layout.n_particles};
  const bool inside = bgen_symmetry_find(symmetry, reference, x, work, &image);
  bgen_symmetry_image(symmetry, &image, x, out);
  return inside;
}
