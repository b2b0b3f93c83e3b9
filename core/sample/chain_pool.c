/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sample/chain_state.h"

void bgen_markov_leave_pool(bgen_markov_chain *c)
{
  for (size_t i = 0; i < c->n_pool; i++) bgen_work_lists_destroy(c->of_pool[i]);
  free(c->of_pool);
  c->of_pool = NULL, c->n_pool = 0;
}

bgen_status bgen_markov_pool(bgen_markov_chain *c, size_t n, bgen_work_lists *const *of_chains)
{
  bgen_markov_leave_pool(c);
  bgen_work_lists **copy = malloc((n + 1) * sizeof *copy);
  for (size_t i = 0; !copy && i < n; i++) bgen_work_lists_destroy(of_chains[i]);
  if (!copy) return bgen_fail(BGEN_NO_MEMORY, "no memory for works of %zu chains", n);
  memcpy(copy, of_chains, n * sizeof *copy);
  c->of_pool = copy, c->n_pool = n;
  return BGEN_OK;
}

bgen_status bgen_markov_all_works(const bgen_markov_chain *c, bgen_work_lists **works)
{
  bgen_work_lists *all = NULL;
  bgen_status status = bgen_work_lists_create(c->n_moves, c->n_basins, &all);
  if (!status && c->n_pool == 0) status = bgen_work_lists_append(all, c->works);
  for (size_t i = 0; !status && i < c->n_pool; i++)
    status = bgen_work_lists_append(all, c->of_pool[i] ? c->of_pool[i] : c->works);
  if (status) {
    bgen_work_lists_destroy(all);
    return status;
  }
  *works = all;
  return BGEN_OK;
}

bgen_status bgen_markov_balance_now(bgen_markov_chain *c)
{
  bgen_work_lists *all = NULL;
  double *offset = malloc(c->n_basins * sizeof *offset);
  if (!offset) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu offsets", c->n_basins);
  memcpy(offset, c->offset, c->n_basins * sizeof *offset);
  bgen_status status = c->n_pool ? bgen_markov_all_works(c, &all) : BGEN_OK;
  if (!status) status = bgen_offsets_balance(all ? all : c->works, offset);
  if (!status) bgen_markov_set_offsets(c, offset);
  bgen_work_lists_destroy(all);
  free(offset);
  return status;
}

bgen_status bgen_markov_balance(bgen_markov_chain *c)
{
  return c->tuning && c->tunes_offsets ? bgen_markov_balance_now(c) : BGEN_OK;
}
