/* SPDX-License-Identifier: MIT */
#include "estimate/distribution.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "estimate/overlap.h"
#include "estimate/solution_inside.h"

/* ---- values of all points ---- */

size_t bgen_solution_n_points(const bgen_solution *s)
{
  size_t n = 0;
  for (size_t k = 0; k < s->ensemble->n_basins; k++) n += s->basin[k].rows.n;
  return n;
}

void bgen_solution_inside(const bgen_solution *s, size_t k, double *inside)
{
  for (size_t basin = 0; basin < s->ensemble->n_basins; basin++)
    for (size_t row = 0; row < s->basin[basin].rows.n; row++) *inside++ = basin == k;
}

void bgen_solution_pick(const bgen_solution *s, const double *const *of_basin, size_t stride,
                        double *value)
{
  for (size_t k = 0; k < s->ensemble->n_basins; k++) {
    const bgen_rows *rows = &s->basin[k].rows;
    for (size_t row = 0; row < rows->n; row++) {
      const size_t i = rows->point[row];
      *value++ = bgen_ensemble_has_weight(s->ensemble, k, i) ? of_basin[k][i * stride] : NAN;
    }
  }
}

void bgen_solution_u(const bgen_solution *s, size_t t, double *u)
{
  const bgen_ensemble *e = s->ensemble;
  for (size_t k = 0; k < e->n_basins; k++) {
    const bgen_rows *rows = &s->basin[k].rows;
    for (size_t row = 0; row < rows->n; row++) {
      const size_t i = rows->point[row];
      const double here = bgen_ensemble_has_weight(e, k, i) ? e->points[k].u[i] : 0.0;
      *u++ = bgen_ensemble_u_at(e, e->level[t], here);
    }
  }
}

/* ---- a distribution ---- */

/* MBAR of each basin, copied, where the flow of temperature t has the free energy 0 */
struct bgen_distribution {
  size_t n_basins;
  bgen_mbar *mbar;          /* [n_basins] */
  double **influence;       /* [n_basins], each with log_mixture and free_energy behind it */
  size_t *state[2];         /* [n_basins] of each field */
  double *work;             /* [2][3 n] */
  bool *known[2];           /* [n_basins] of each field */
  double *n_frames[2];      /* [n_basins] of each field, 0 of the changed one */
  bgen_averages average[2]; /* of each field */
};

void bgen_distribution_destroy(bgen_distribution *d)
{
  if (!d) return;
  for (size_t k = 0; d->influence && k < d->n_basins; k++) free(d->influence[k]);
  free(d->mbar);
  free(d->influence);
  free(d->state[0]);
  free(d->known[0]);
  free(d->n_frames[0]);
  free(d->work);
  free(d);
}

static bgen_status no_memory(size_t n)
{
  (void) bgen_fail(BGEN_NO_MEMORY, "no memory for a distribution of %zu points", n);
  return BGEN_NO_MEMORY; /* as analyzers can see */
}

static bgen_status copy_basin(const bgen_basin_solution *b, size_t t, bgen_mbar *mbar,
                              double **influence)
{
  const size_t n = b->rows.n, n_states = b->mbar.n_states;
  double *memory = malloc((n_states * n + n + n_states) * sizeof *memory);
  if (!memory) return no_memory(n);
  *influence = memory;
  *mbar = b->mbar;
  mbar->log_mixture = memory + n_states * n;
  mbar->free_energy = mbar->log_mixture + n;
  memcpy(memory, b->influence, n_states * n * sizeof *memory);
  memcpy(mbar->log_mixture, b->log_mixture, n * sizeof *memory);
  memcpy(mbar->free_energy, b->free_energy, n_states * sizeof *memory);
  bgen_mbar_set_zero(mbar, memory, t);
  return BGEN_OK;
}

static bgen_status make_room(size_t n_basins, size_t n, bgen_distribution *d)
{
  d->n_basins = n_basins;
  d->mbar = calloc(n_basins, sizeof *d->mbar);
  d->influence = calloc(n_basins, sizeof *d->influence);
  d->state[0] = calloc(2 * n_basins, sizeof *d->state[0]);
  d->work = malloc(2 * 3 * n * sizeof *d->work);
  d->known[0] = calloc(2 * n_basins, sizeof *d->known[0]);
  d->n_frames[0] = calloc(2 * n_basins, sizeof *d->n_frames[0]);
  if (!d->mbar || !d->influence || !d->state[0] || !d->work || !d->known[0] || !d->n_frames[0])
    return no_memory(n);
  d->state[1] = d->state[0] + n_basins;
  d->known[1] = d->known[0] + n_basins;
  d->n_frames[1] = d->n_frames[0] + n_basins;
  return BGEN_OK;
}

/* e^-u' has no samples of its own */
static bool known_changed(const bgen_mbar *m, size_t state)
{
  return bgen_weights_suffice(bgen_mbar_effective(m, state), m->n);
}

/* of a state: as many as tell its free energy */
static double independent_frames(const bgen_mbar *m, const double *influence, size_t state)
{
  size_t first = 0;
  const size_t n = m->count[state];
  for (size_t j = 0; j < state; j++) first += m->count[j];
  if (n == 0) return 0;
  return (double) n / bgen_statistical_inefficiency(n, influence + state * m->n + first,
                                                    m->runs ? &m->runs[state] : NULL);
}

static void note_known(const bgen_solution *s, size_t t, size_t k, bgen_distribution *d)
{
  bgen_mbar *m = &d->mbar[k];
  const bgen_estimate f = bgen_solution_free_energy(s, t, k);
  const bool known = !bgen_solution_status(s, k) && isfinite(f.error),
             changes = bgen_ensemble_has_changed(s->ensemble);
  d->known[0][k] = known;
  d->known[1][k] = known && changes && known_changed(m, d->state[1][k]);
  d->n_frames[0][k] = independent_frames(m, d->influence[k], d->state[0][k]);
  if (isnan(f.value)) m->free_energy[d->state[0][k]] = NAN;
  if (isnan(f.value) && changes) m->free_energy[d->state[1][k]] = NAN;
}

static bgen_status fill(const bgen_solution *s, size_t t, bgen_distribution *d)
{
  const size_t n = bgen_solution_n_points(s), n_basins = s->ensemble->n_basins;
  bgen_status status = make_room(n_basins, n, d);
  for (size_t k = 0; k < n_basins && !status; k++)
    status = copy_basin(&s->basin[k], t, &d->mbar[k], &d->influence[k]);
  if (status) return status;
  for (int field = 0; field < 2; field++) {
    for (size_t k = 0; k < n_basins; k++)
      d->state[field][k] = bgen_ensemble_state(s->ensemble, t, (enum bgen_field) field);
    d->average[field] = (bgen_averages){n_basins,        n,
                                        d->mbar,         (const double *const *) d->influence,
                                        d->state[field], d->work + (size_t) field * 3 * n,
                                        d->known[field], d->n_frames[field]};
  }
  for (size_t k = 0; k < n_basins; k++) note_known(s, t, k, d);
  return BGEN_OK;
}

bgen_status bgen_distribution_create(const bgen_solution *s, size_t t,
                                     bgen_distribution **distribution)
{
  bgen_distribution *d = calloc(1, sizeof *d);
  const bgen_status status = d ? fill(s, t, d) : no_memory(0);
  if (status)
    bgen_distribution_destroy(d);
  else
    *distribution = d;
  return status;
}

const bgen_averages *bgen_distribution_averages(const bgen_distribution *d, enum bgen_field field)
{
  return &d->average[field];
}
