/* SPDX-License-Identifier: MIT
   spline_columns.h - groups of splines, whose weights are turned into columns, so that loops over
   bins read vectors.  spline_kernel.h includes it. */
#include "base/transpose.h"

#define ALWAYS static inline __attribute__((always_inline)) TARGET

enum { LANES = sizeof(vec) / sizeof(double), GROUP = 8 };

/* Splines one after the other, through all rows of a batch: GROUP of them, or the n that are left,
   and then the last one again. */
typedef struct group {
  size_t first, n;              /* number of the first one; how many */
  size_t next_row, next_column; /* of the first one of the group after it */
  size_t at[GROUP], row[GROUP]; /* where weights begin; the row of the batch */
  bgen_real column[3 * BGEN_SPLINE_MOST_BINS][GROUP];
} group;

ALWAYS void place(const bgen_splines *of, group *g)
{
  const size_t n_weights = bgen_spline_n_weights(&of->spline),
               left = of->n_rows * of->n_columns - g->first;
  g->n = left < GROUP ? left : GROUP;
  size_t row = g->next_row, column = g->next_column;
  for (size_t l = 0; l < GROUP; l++) {
    g->at[l] = row * of->stride + column * n_weights, g->row[l] = row;
    if (l + 1 >= g->n) continue;
    column++;
    if (column == of->n_columns) column = 0, row++;
  }
  const bool ends = column + 1 == of->n_columns;
  g->next_row = row + ends, g->next_column = ends ? 0 : column + 1;
}

/* where the block begins that holds the k-th weight; the last one overlaps that before it */
ALWAYS size_t block_at(size_t k, size_t n_weights)
{
  return k + BGEN_BLOCK <= n_weights ? k : n_weights - BGEN_BLOCK;
}

TARGET static void read_weights(const bgen_splines *of, const bgen_real *weight, group *g)
{
  const size_t n_weights = bgen_spline_n_weights(&of->spline);
  for (size_t first = 0; first < n_weights; first += BGEN_BLOCK) {
    const size_t k = block_at(first, n_weights);
    for (size_t l = 0; l < GROUP; l += BGEN_BLOCK) {
      const bgen_real *from = weight + k;
      const bgen_real *const block[] = {from + g->at[l], from + g->at[l + 1], from + g->at[l + 2],
                                        from + g->at[l + 3]};
      bgen_transpose_block(block, g->column[k] + l, GROUP);
    }
  }
  if (!of->spline.circular)
    for (size_t l = 0; l < GROUP; l++) g->column[n_weights][l] = 1;
}

/* to[BGEN_BLOCK] of each of so many splines, from columns, times factor */
ALWAYS void write_block(const group *g, size_t lane, size_t k, const bgen_real *factor,
                        bgen_real *to)
{
  bgen_real turned[BGEN_BLOCK][BGEN_BLOCK];
  const bgen_real(*column)[GROUP] = g->column + k;
  const bgen_real *const block[] = {column[0] + lane, column[1] + lane, column[2] + lane,
                                    column[3] + lane};
  bgen_transpose_block(block, turned[0], BGEN_BLOCK);
  for (size_t i = 0; i < BGEN_BLOCK; i++) {
    const size_t at = g->at[lane + i] + k;
    for (size_t j = 0; j < BGEN_BLOCK; j++) to[at + j] = turned[i][j] * factor[at + j];
  }
}

TARGET static void write_gradients(const bgen_splines *of, const group *g, const bgen_real *factor,
                                   bgen_real *grad)
{
  const size_t n_weights = bgen_spline_n_weights(&of->spline);
  for (size_t first = 0; first < n_weights; first += BGEN_BLOCK)
    for (size_t l = 0; l < GROUP; l += BGEN_BLOCK)
      write_block(g, l, block_at(first, n_weights), factor, grad);
}

/* of each spline of the group its number */
ALWAYS void take(const group *g, const double *from, double *to)
{
  for (size_t l = 0; l < GROUP; l++) to[l] = from[g->first + (l < g->n ? l : g->n - 1)];
}

ALWAYS void give(const group *g, const double *from, double *to)
{
  for (size_t l = 0; l < g->n; l++) to[g->first + l] = from[l];
}
