/* SPDX-License-Identifier: MIT */
#include "layers/mask.h"

#include <assert.h>

bgen_mask bgen_mask_create(size_t dim, const bool *moved, size_t *memory)
{
  bgen_mask mask = {.dim = dim, .kept = memory};
  for (size_t j = 0; j < dim; j++)
    if (!moved[j]) memory[mask.n_kept++] = j;
  mask.moved = memory + mask.n_kept;
  for (size_t j = 0; j < dim; j++)
    if (moved[j]) memory[mask.n_kept + mask.n_moved++] = j;
  assert(mask.n_kept > 0 && mask.n_moved > 0);
  return mask;
}

void bgen_mask_copy_kept(const bgen_mask *mask, size_t n, const double *in, double *out,
                         bgen_real *input)
{
  const size_t dim = mask->dim, n_kept = mask->n_kept;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n_kept; k++) {
      const double value = in[i * dim + mask->kept[k]];
      out[i * dim + mask->kept[k]] = value;
      input[i * n_kept + k] = (bgen_real) value;
    }
}

void bgen_mask_take_moved(const bgen_mask *mask, size_t n, const double *from, double *moved)
{
  for (size_t i = 0; i < n; i++, from += mask->dim, moved += mask->n_moved)
    for (size_t k = 0; k < mask->n_moved; k++) moved[k] = from[mask->moved[k]];
}

void bgen_mask_give_moved(const bgen_mask *mask, size_t n, const double *moved, double *to)
{
  for (size_t i = 0; i < n; i++, to += mask->dim, moved += mask->n_moved)
    for (size_t k = 0; k < mask->n_moved; k++) to[mask->moved[k]] = moved[k];
}

void bgen_mask_add_kept(const bgen_mask *mask, size_t n, const double *grad_out,
                        const bgen_real *through_networks, double *grad_in)
{
  const size_t dim = mask->dim, n_kept = mask->n_kept;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n_kept; k++) {
      const size_t at = i * dim + mask->kept[k];
      grad_in[at] = grad_out[at] + (double) through_networks[i * n_kept + k];
    }
}
