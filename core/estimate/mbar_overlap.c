/* SPDX-License-Identifier: MIT */
#include "estimate/mbar_overlap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"

void bgen_mbar_overlap_free(bgen_mbar_overlap *w)
{
  free(w->overlap);
  free(w->free_state);
}

bgen_status bgen_mbar_overlap_create(const bgen_mbar *m, bgen_mbar_overlap *w)
{
  const size_t k = m->n_states;
  double *memory = calloc(3 * k * k + 7 * k + m->n + BGEN_MBAR_BLOCK * k, sizeof *memory);
  *w = (bgen_mbar_overlap){.overlap = memory, .free_state = malloc(k * sizeof *w->free_state)};
  if (!memory || !w->free_state) {
    bgen_mbar_overlap_free(w);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for MBAR of %zu states", k);
  }
  w->matrix = memory + k * k, w->solved = w->matrix + k * k, w->step = w->solved + k * k;
  w->start = w->step + k, w->kept = w->start + k;
  w->in = w->kept + k, w->out = w->in + k, w->row = w->out + k;
  w->joined = w->row + k, w->work = w->joined + k, w->block = w->work + m->n;
  for (size_t i = m->n_known; i < k; i++)
    if (m->count[i]) w->free_state[w->n_free++] = i;
  return BGEN_OK;
}

double bgen_mbar_weight(const bgen_mbar *m, size_t i, size_t sample)
{
  return exp(m->free_energy[i] - m->u[i * m->n + sample] - m->log_mixture[sample]);
}

size_t bgen_mbar_fill_block(const bgen_mbar *m, bgen_mbar_overlap *w, size_t first)
{
  const size_t rows = m->n - first < BGEN_MBAR_BLOCK ? m->n - first : BGEN_MBAR_BLOCK;
  for (size_t i = 0; i < m->n_states; i++)
    for (size_t s = 0; s < rows; s++)
      w->block[s * m->n_states + i] = bgen_mbar_weight(m, i, first + s);
  return rows;
}

void bgen_mbar_find_overlap(const bgen_mbar *m, bgen_mbar_overlap *w)
{
  memset(w->overlap, 0, m->n_states * m->n_states * sizeof *w->overlap);
  for (size_t first = 0; first < m->n; first += BGEN_MBAR_BLOCK) {
    const size_t rows = bgen_mbar_fill_block(m, w, first);
    bgen_grad_weight_double(rows, m->n_states, m->n_states, w->block, w->block, w->overlap);
  }
}

/* count_i J_ij = -count_i count_j sum_n W_ni W_nj off the diagonal, where sum_n W_ni = 1; on it by
   what is off it, for sum_j count_j W_nj = 1: nothing cancels */
static void fill_matrix(const bgen_mbar *m, bgen_mbar_overlap *w)
{
  for (size_t a = 0; a < w->n_free; a++) {
    const size_t i = w->free_state[a];
    const double *overlap = w->overlap + i * m->n_states, count = (double) m->count[i];
    double sum = 0;
    for (size_t k = 0; k < m->n_states; k++)
      if (k != i) sum += (double) m->count[k] * overlap[k];
    for (size_t b = 0; b < w->n_free; b++)
      w->matrix[a * w->n_free + b] =
          -count * (double) m->count[w->free_state[b]] * overlap[w->free_state[b]];
    w->matrix[a * w->n_free + a] = count * sum;
  }
}

bgen_status bgen_mbar_solve_rows(const bgen_mbar *m, bgen_mbar_overlap *w, size_t n_rows,
                                 double *rows)
{
  fill_matrix(m, w);
  if (w->n_free && bgen_solve_positive(w->n_free, w->matrix, n_rows, rows))
    return bgen_fail(BGEN_NO_CONVERGENCE,
                     "MBAR: the %zu states overlap so little that rounding hides by how much",
                     m->n_states);
  return BGEN_OK;
}
