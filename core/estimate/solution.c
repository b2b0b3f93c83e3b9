/* SPDX-License-Identifier: MIT */
#include "estimate/solution.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "estimate/acceptance.h"
#include "estimate/frozen.h"
#include "estimate/lost_modes.h"
#include "estimate/overlap.h"
#include "estimate/solution_inside.h"

static const bgen_found unknown = {
    {NAN, INFINITY},
    NAN,
    0,
    {.independent = NAN, .inefficiency = NAN, .between = NAN, .variance = NAN}};

/* ---- how it is made ---- */

static void free_basin(bgen_basin_solution *b)
{
  bgen_rows_free(&b->rows);
  free(b->u);
  free(b->free_energy);
  free(b->log_mixture);
  free(b->influence);
  free(b->found);
  free(b->in);
  free(b->sub_state);
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
  b->log_mixture = calloc(n, sizeof *b->log_mixture);
  b->influence = calloc(n_states * n, sizeof *b->influence);
  b->found = malloc(e->n_temperatures * sizeof *b->found);
  if (!b->u || !b->free_energy || !b->log_mixture || !b->influence || !b->found)
    return no_memory(n);
  for (size_t t = 0; t < e->n_temperatures; t++) b->found[t] = unknown;
  b->mbar = (bgen_mbar){n_states,      n, 1, b->rows.count, b->u, b->rows.runs, b->free_energy,
                        b->log_mixture};
  return BGEN_OK;
}

/* what contribution[n] to an F tells of it, where it rests on so much information */
static bgen_found judged(const bgen_basin_solution *b, size_t state, double value,
                         double information, const double *contribution)
{
  const bgen_mbar *m = &b->mbar;
  bgen_mbar independent = *m;
  independent.runs = NULL;
  const double error = sqrt(bgen_mbar_variance(m, contribution)),
               overlap = bgen_overlap(information, error);
  return (bgen_found){{value, bgen_error_by_overlap(error, overlap)},
                      sqrt(bgen_mbar_variance(&independent, contribution)),
                      overlap,
                      bgen_spread_of_sum(b->rows.count[state],
                                         contribution + bgen_rows_first(&b->rows, state),
                                         &b->rows.runs[state])};
}

static bgen_works works_of(const bgen_rows *rows, size_t state)
{
  return (bgen_works){rows->count[state], rows->work + bgen_rows_first(rows, state),
                      rows->runs[state]};
}

/* All flows are normalised.  That of the same temperature overlaps best, so F relative to it is
   known best. */
static bgen_status find(const bgen_ensemble *e, size_t t, bgen_basin_solution *b,
                        double *contribution)
{
  const bgen_mbar *m = &b->mbar;
  const size_t state = bgen_ensemble_state(e, t, BGEN_FIELD_FIRST);
  const double *of_state = b->influence + state * m->n, *of_flow = b->influence + t * m->n;
  double information;
  const bgen_status status = bgen_mbar_information(m, t, state, &information);
  if (status) return status;
  for (size_t i = 0; i < m->n; i++) contribution[i] = of_state[i] - of_flow[i];
  bgen_found *found = &b->found[t];
  *found = judged(b, state, m->free_energy[state] - m->free_energy[t], information, contribution);
  const bgen_works samples = works_of(&b->rows, t), frames = works_of(&b->rows, state);
  if (bgen_works_are_frozen(&frames, &samples)) {
    found->free_energy.error = INFINITY;
    found->overlap = 0;
  }
  const double effective = bgen_mbar_effective(m, state);
  if (!m->count[state] &&
      !bgen_weights_suffice(bgen_overlap(effective, found->free_energy.error), m->n))
    found->free_energy.error = INFINITY;
  return BGEN_OK;
}

/* Frames that have no density in their own distribution are not of it, and tell nothing. */
static bool are_of(const bgen_ensemble *e, size_t k, const bgen_rows *rows, size_t state)
{
  const size_t first = bgen_rows_first(rows, state);
  for (size_t row = first; row < first + rows->count[state]; row++)
    if (!bgen_ensemble_has_weight(e, k, rows->point[row])) return false;
  return true;
}

/* by the points of one temperature alone, where MBAR of all has no solution */
static bgen_found find_by_bar(const bgen_ensemble *e, size_t k, size_t t,
                              const bgen_basin_solution *b)
{
  const size_t state = bgen_ensemble_state(e, t, BGEN_FIELD_FIRST);
  const bgen_works samples = works_of(&b->rows, t), frames = works_of(&b->rows, state);
  bgen_found found = unknown;
  if (are_of(e, k, &b->rows, state) && !bgen_estimate_bar(&samples, &frames, &found.free_energy))
    found.overlap = bgen_bar_overlap(&samples, &frames, found.free_energy.value);
  return found;
}

static bgen_status find_all(const bgen_ensemble *e, bgen_basin_solution *b)
{
  double *contribution = malloc(b->rows.n * sizeof *contribution);
  bgen_status status = contribution ? BGEN_OK : no_memory(b->rows.n);
  for (size_t t = 0; t < e->n_temperatures && !status; t++) status = find(e, t, b, contribution);
  free(contribution);
  return status;
}

static bool any_finite(const bgen_works *w)
{
  for (size_t i = 0; i < w->n; i++)
    if (isfinite(w->work[i])) return true;
  return false;
}

/* what MBAR said, or for a flow and frames of one temperature the same without its numbers of
   states and samples */
static void note(const bgen_ensemble *e, size_t k, bgen_basin_solution *b)
{
  const bgen_works samples = works_of(&b->rows, 0),
                   frames = works_of(&b->rows, bgen_ensemble_state(e, 0, BGEN_FIELD_FIRST));
  const char *name = e->points[k].name;
  if (b->mbar.n_states > 2)
    snprintf(b->sentence, sizeof b->sentence,
             "basin %s, flows at %zu temperatures before MD at %zu: %s", name, e->n_temperatures,
             e->n_levels, bgen_last_error());
  else if (!any_finite(&samples))
    snprintf(b->sentence, sizeof b->sentence,
             "basin %s: none of the %zu samples of its flow lies in the basin with a finite energy",
             name, samples.n);
  else if (frames.n && !any_finite(&frames))
    snprintf(b->sentence, sizeof b->sentence,
             "basin %s: none of the %zu test frames has a finite energy in the domain of the flow",
             name, frames.n);
  else
    snprintf(b->sentence, sizeof b->sentence, "basin %s: %s", name,
             b->status == BGEN_NO_CONVERGENCE
                 ? "the samples of its flow and the test frames do not overlap"
                 : bgen_last_error());
}

/* values are given all the same, without errors */
static void doubt(const bgen_ensemble *e, size_t k, bgen_basin_solution *b)
{
  b->status = BGEN_NOT_FINITE;
  snprintf(b->sentence, sizeof b->sentence, "basin %s: %s", e->points[k].name, e->points[k].doubt);
  for (size_t t = 0; t < e->n_temperatures; t++) {
    b->found[t].free_energy.error = INFINITY;
    b->found[t].overlap = 0;
  }
}

static bgen_status solve_basin(const bgen_ensemble *e, size_t k, bgen_basin_solution *b)
{
  bgen_rows_energies(e, k, &b->rows, b->u);
  b->status = bgen_mbar_solve(&b->mbar);
  if (!b->status) b->status = bgen_mbar_influence(&b->mbar, b->influence);
  if (!b->status) b->status = find_all(e, b);
  if (b->status == BGEN_NO_MEMORY) return b->status;
  if (b->status) {
    note(e, k, b);
    for (size_t t = 0; t < e->n_temperatures; t++) b->found[t] = find_by_bar(e, k, t, b);
  }
  const bgen_status status = e->n_sub_states ? bgen_solution_split_basin(e, k, b) : BGEN_OK;
  if (e->points[k].doubt) doubt(e, k, b);
  return status;
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
  for (size_t k = 0; k < e->n_basins && !status; k++) status = solve_basin(e, k, &s->basin[k]);
  if (status)
    bgen_solution_destroy(s);
  else
    *solution = s;
  return status;
}

bgen_status bgen_solution_status(const bgen_solution *s, size_t k)
{
  const bgen_basin_solution *b = &s->basin[k];
  return b->status ? bgen_fail(b->status, "%s", b->sentence) : BGEN_OK;
}

/* ---- free energies ---- */

static const bgen_found *found(const bgen_solution *s, size_t t, size_t k)
{
  return &s->basin[k].found[t];
}

bgen_estimate bgen_solution_free_energy(const bgen_solution *s, size_t t, size_t k)
{
  return found(s, t, k)->free_energy;
}

double bgen_solution_overlap(const bgen_solution *s, size_t t, size_t k)
{
  return found(s, t, k)->overlap;
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
  return bgen_estimate_fep(&samples, &f) ? unknown.free_energy : f;
}

bgen_estimate bgen_solution_by_frames(const bgen_solution *s, size_t t, size_t k)
{
  const bgen_works samples = bgen_solution_sample_works(s, t, k),
                   frames = bgen_solution_frame_works(s, t, k);
  bgen_estimate f;
  if (frames.n == 0 || bgen_estimate_one_sided(&frames, &samples, &f)) return unknown.free_energy;
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
  const bgen_estimate f_from = found(s, t, from)->free_energy, f_to = found(s, t, to)->free_energy;
  if (!isfinite(f_from.error) || !isfinite(f_to.error))
    return bgen_fail(BGEN_NOT_FINITE, "the free energies of basins %s and %s are not known",
                     s->ensemble->points[from].name, s->ensemble->points[to].name);
  return bgen_balanced_acceptance(&back, f_from.value, &there, f_to.value, mean);
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
  all.overlap = all.reverse.n ? found(s, t, k)->overlap : NAN;
  if (half) all.half = found(half, t, k)->free_energy;
  all.lost = bgen_solution_lost(s, t, k);
  all.split = bgen_solution_split(s, k) != NULL;
  return all;
}
