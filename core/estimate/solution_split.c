/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "estimate/solution.h"
#include "estimate/solution_inside.h"

/* samples stand before frames, which are those of one temperature */
static bgen_split split_of(const bgen_ensemble *e, const bgen_basin_solution *b)
{
  const bgen_rows *rows = &b->rows;
  const size_t state = bgen_ensemble_state(e, 0, BGEN_FIELD_FIRST), first = rows->count[0];
  return (bgen_split){e->n_sub_states,
                      {first, rows->work, rows->runs[0]},
                      {rows->count[state], rows->work + first, rows->runs[state]},
                      b->in,
                      b->in + first};
}

bgen_status bgen_solution_split_basin(const bgen_ensemble *e, size_t k, bgen_basin_solution *b)
{
  const size_t *sub_state = e->points[k].sub_state;
  bgen_estimate *f = &b->found[0].free_energy;
  assert(e->n_temperatures == 1 && e->n_levels == 1);
  b->in = malloc((b->rows.n + 1) * sizeof *b->in);
  b->sub_state = calloc(e->n_sub_states, sizeof *b->sub_state);
  if (!b->in || !b->sub_state)
    return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu sub-states", e->n_sub_states);
  for (size_t row = 0; row < b->rows.n; row++) b->in[row] = sub_state[b->rows.point[row]];
  b->split = split_of(e, b);
  const bgen_status status = bgen_split_estimate(&b->split, b->sub_state, f);
  /* MBAR of all points told nothing, because they are not finite or do not overlap: F of the union
     is then that of some sub-states at most, and its error is as solution.h says. */
  if (b->status) f->error = INFINITY;
  return status;
}

const bgen_split *bgen_solution_split(const bgen_solution *s, size_t k)
{
  return s->basin[k].in ? &s->basin[k].split : NULL;
}

const bgen_sub_state *bgen_solution_sub_states(const bgen_solution *s, size_t k)
{
  return s->basin[k].sub_state;
}
