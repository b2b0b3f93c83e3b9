/* SPDX-License-Identifier: MIT */
#include "estimate/solution.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "estimate/acceptance.h"
#include "estimate/lost_modes.h"
#include "estimate/solution_inside.h"

static const bgen_found unknown = {
    {NAN, NAN}, NAN, {.independent = NAN, .inefficiency = NAN, .between = NAN, .variance = NAN}};

/* ---- how it is made ---- */

static void free_basin(bgen_basin_solution *b)
{
  bgen_rows_free(&b->rows);
  free(b->u);
  free(b->free_energy);
  free(b->log_mixture);
  free(b->influence);
  free(b->found);
}

void bgen_solution_destroy(bgen_solution *s)
{
  if (!s) return;
  for (size_t k = 0; s->basin && k < s->ensemble->n_basins; k++) free_basin(&s->basin[k]);
  free(s->basin);
  free(s);
}

static bgen_status no_memory(size_t n)
{
  (void) bgen_fail(BGEN_NO_MEMORY, "no memory for free energies from %zu points", n);
  return BGEN_NO_MEMORY; /* as analyzers can see */
}

/* rows, and room for what is found */
static bgen_status make_basin(const bgen_ensemble *e, size_t k, const bgen_part *part,
                              bgen_basin_solution *b)
{
  const bgen_status status = bgen_rows_create(e, k, part, &b->rows);
  if (status) return status;
  const size_t n_states = bgen_ensemble_n_states(e), n = b->rows.n;
  b->u = malloc(n_states * n * sizeof *b->u);
  b->free_energy = calloc(n_states, sizeof *b->free_energy);
  b->log_mixture = malloc(n * sizeof *b->log_mixture);
  b->influence = malloc(n_states * n * sizeof *b->influence);
  b->found = malloc(e->n_temperatures * sizeof *b->found);
  if (!b->u || !b->free_energy || !b->log_mixture || !b->influence || !b->found)
    return no_memory(n);
  for (size_t t = 0; t < e->n_temperatures; t++) b->found[t] = unknown;
  b->mbar = (bgen_mbar){n_states,      n, 1, b->rows.count, b->u, b->rows.runs, b->free_energy,
                        b->log_mixture};
  return BGEN_OK;
}

/* All flows are normalised.  That of the same temperature overlaps best, so F relative to it is
   known best. */
static void find(const bgen_ensemble *e, size_t t, bgen_basin_solution *b, double *contribution)
{
  const bgen_mbar *m = &b->mbar;
  const size_t state = bgen_ensemble_state(e, t, BGEN_FIELD_FIRST);
  const double *of_state = b->influence + state * m->n, *of_flow = b->influence + t * m->n;
  bgen_mbar independent = *m;
  independent.runs = NULL;
  for (size_t i = 0; i < m->n; i++) contribution[i] = of_state[i] - of_flow[i];
  b->found[t] = (bgen_found){
      {m->free_energy[state] - m->free_energy[t], sqrt(bgen_mbar_variance(m, contribution))},
      sqrt(bgen_mbar_variance(&independent, contribution)),
      bgen_spread_of_sum(b->rows.count[state], contribution + bgen_rows_first(&b->rows, state),
                         &b->rows.runs[state])};
}

static bgen_status solve_basin(const bgen_ensemble *e, size_t k, bgen_basin_solution *b)
{
  bgen_rows_energies(e, k, &b->rows, b->u);
  bgen_status status = bgen_mbar_solve(&b->mbar);
  if (!status) status = bgen_mbar_influence(&b->mbar, b->influence);
  if (status) return status;
  double *contribution = malloc(b->rows.n * sizeof *contribution);
  if (!contribution) return no_memory(b->rows.n);
  for (size_t t = 0; t < e->n_temperatures; t++) find(e, t, b, contribution);
  free(contribution);
  return BGEN_OK;
}

/* up to the first basin that does not tell */
static void solve(bgen_solution *s)
{
  const bgen_ensemble *e = s->ensemble;
  for (size_t k = 0; k < e->n_basins && !s->status; k++) {
    s->status = solve_basin(e, k, &s->basin[k]);
    if (s->status)
      snprintf(s->sentence, sizeof s->sentence,
               "basin %s, flows at %zu temperatures before MD at %zu: %s", e->points[k].name,
               e->n_temperatures, e->n_levels, bgen_last_error());
  }
}

bgen_status bgen_solution_create(const bgen_ensemble *e, const bgen_part *part,
                                 bgen_solution **solution)
{
  bgen_solution *s = calloc(1, sizeof *s);
  if (!s) return no_memory(0);
  s->ensemble = e;
  s->basin = calloc(e->n_basins, sizeof *s->basin);
  bgen_status status = s->basin ? BGEN_OK : no_memory(0);
  for (size_t k = 0; k < e->n_basins && !status; k++) status = make_basin(e, k, part, &s->basin[k]);
  if (!status) solve(s);
  if (s->status == BGEN_NO_MEMORY) status = bgen_solution_status(s);
  if (status)
    bgen_solution_destroy(s);
  else
    *solution = s;
  return status;
}

bgen_status bgen_solution_status(const bgen_solution *s)
{
  return s->status ? bgen_fail(s->status, "%s", s->sentence) : BGEN_OK;
}

/* ---- free energies ---- */

static const bgen_found *found(const bgen_solution *s, size_t t, size_t k)
{
  return s->status ? &unknown : &s->basin[k].found[t];
}

bgen_estimate bgen_solution_free_energy(const bgen_solution *s, size_t t, size_t k)
{
  return found(s, t, k)->free_energy;
}

double bgen_solution_independent_error(const bgen_solution *s, size_t t, size_t k)
{
  return found(s, t, k)->independent_error;
}

bgen_spread bgen_solution_frame_spread(const bgen_solution *s, size_t t, size_t k)
{
  return found(s, t, k)->frames;
}

/* ---- works ---- */

static bgen_works works_of(const bgen_rows *rows, size_t state)
{
  return (bgen_works){rows->count[state], rows->work + bgen_rows_first(rows, state),
                      rows->runs[state]};
}

bgen_works bgen_solution_sample_works(const bgen_solution *s, size_t t, size_t k)
{
  return works_of(&s->basin[k].rows, t);
}

bgen_works bgen_solution_frame_works(const bgen_solution *s, size_t t, size_t k)
{
  return works_of(&s->basin[k].rows, bgen_ensemble_state(s->ensemble, t, BGEN_FIELD_FIRST));
}

bgen_estimate bgen_solution_by_samples(const bgen_solution *s, size_t t, size_t k)
{
  const bgen_works samples = bgen_solution_sample_works(s, t, k);
  bgen_estimate f;
  return bgen_estimate_fep(&samples, &f) ? (bgen_estimate){NAN, NAN} : f;
}

bgen_estimate bgen_solution_by_frames(const bgen_solution *s, size_t t, size_t k)
{
  const bgen_works samples = bgen_solution_sample_works(s, t, k),
                   frames = bgen_solution_frame_works(s, t, k);
  bgen_estimate f;
  if (frames.n == 0 || bgen_estimate_one_sided(&frames, &samples, &f))
    return (bgen_estimate){NAN, NAN};
  return (bgen_estimate){-f.value, f.error};
}

double bgen_solution_acceptance(const bgen_solution *s, size_t t, size_t k)
{
  const bgen_works samples = bgen_solution_sample_works(s, t, k),
                   frames = bgen_solution_frame_works(s, t, k);
  double mean;
  return frames.n == 0 || bgen_balanced_acceptance(&frames, 0, &samples, 0, &mean) ? NAN : mean;
}

/* log-weights of samples are their negative works, those of frames are their works */
double bgen_solution_lost(const bgen_solution *s, size_t t, size_t k)
{
  const bgen_works samples = bgen_solution_sample_works(s, t, k),
                   frames = bgen_solution_frame_works(s, t, k);
  double *log_w = malloc((samples.n + 1) * sizeof *log_w);
  if (!log_w) return NAN;
  for (size_t i = 0; i < samples.n; i++) log_w[i] = -samples.work[i];
  const double lost = bgen_lost_fraction(frames.n, frames.work, samples.n, log_w);
  free(log_w);
  return lost;
}

bgen_status bgen_solution_balanced_acceptance(const bgen_solution *s, size_t t, size_t from,
                                              size_t to, double *mean)
{
  const bgen_works there = bgen_solution_sample_works(s, t, to),
                   back = bgen_solution_frame_works(s, t, from);
  const bgen_status status = bgen_solution_status(s);
  if (status) return status;
  return bgen_balanced_acceptance(&back, found(s, t, from)->free_energy.value, &there,
                                  found(s, t, to)->free_energy.value, mean);
}

/* ---- what is to be said of them ---- */

static bgen_side side_of_samples(const bgen_solution *s, size_t t, size_t k)
{
  const bgen_works works = bgen_solution_sample_works(s, t, k);
  bgen_side side = bgen_evidence_unknown().forward;
  side.n = works.n;
  side.n_not_finite = bgen_ensemble_n_failed(s->ensemble, t, k);
  side.effective = bgen_works_effective(&works);
  side.one_sided = bgen_solution_by_samples(s, t, k);
  return side;
}

static bgen_side side_of_frames(const bgen_solution *s, size_t t, size_t k)
{
  const bgen_works works = bgen_solution_frame_works(s, t, k);
  const bgen_spread *spread = &found(s, t, k)->frames;
  bgen_side side = bgen_evidence_unknown().reverse;
  side.n = works.n;
  if (works.n) side.effective = bgen_works_effective(&works);
  side.one_sided = bgen_solution_by_frames(s, t, k);
  side.inefficiency = spread->inefficiency;
  side.n_walkers = works.runs.n;
  side.walkers_differ = spread->runs_differ;
  side.between = spread->between / (spread->independent * spread->inefficiency);
  return side;
}

bgen_evidence bgen_solution_evidence(const bgen_solution *s, const bgen_solution *half, size_t t,
                                     size_t k)
{
  bgen_evidence all = bgen_evidence_unknown();
  all.forward = side_of_samples(s, t, k);
  all.reverse = side_of_frames(s, t, k);
  all.estimate = found(s, t, k)->free_energy;
  all.independent_error = found(s, t, k)->independent_error;
  if (half) all.half = found(half, t, k)->free_energy;
  all.lost = bgen_solution_lost(s, t, k);
  return all;
}
