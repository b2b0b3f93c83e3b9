/* SPDX-License-Identifier: MIT */
#include "train/explore.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sample/metropolis.h"
#include "sample/proposal.h"

enum { N_BINS = 50 };

static const double VISIT = 0.01; /* kT, what each visit costs the next */

typedef enum stage { ENDED, BEGUN, UNKNOWN_FRAMES, KNOWN_FRAMES, PROPOSALS } stage;

/* The move of one batch of frames. */
typedef struct batch {
  size_t n, capacity;
  uint64_t first;                    /* number of its first move */
  double *x_old, *x_new, *log_ratio; /* [n][dim], [n][dim], [n] */
  size_t n_wanted;
  size_t *row;      /* [n_wanted]: which of the n */
  double *x_wanted; /* [n_wanted][dim] */
  double *u_new;    /* [n]; +inf where the proposal lies outside */
} batch;

struct bgen_explore {
  bgen_explore_options options;
  size_t dim, n_frames;
  size_t next; /* frame to move */
  size_t n_moved, n_accepted;
  double *u, *s;       /* [n_frames]; NaN: not known yet */
  double bias[N_BINS]; /* kT, of the range of the cv */
  stage stage;
  batch batch;
};

/* ---- to make one ---- */

bgen_status bgen_explore_create(const bgen_explore_options *options, bgen_explore **explore)
{
  bgen_explore *e = calloc(1, sizeof *e);
  const size_t n = options->frames->n;
  if (e) {
    e->options = *options;
    e->dim = bgen_generator_dim(options->generator);
    e->n_frames = n;
    e->u = malloc((n + 1) * sizeof *e->u);
    e->s = malloc((n + 1) * sizeof *e->s);
  }
  if (!e || !e->u || !e->s) {
    bgen_explore_destroy(e);
    return bgen_fail(BGEN_NO_MEMORY, "no memory to explore from %zu frames", n);
  }
  for (size_t i = 0; i < n; i++) e->u[i] = e->s[i] = NAN;
  *explore = e;
  return BGEN_OK;
}

static void free_batch(batch *b)
{
  free(b->x_old);
  free(b->x_new);
  free(b->log_ratio);
  free(b->row);
  free(b->x_wanted);
  free(b->u_new);
  *b = (batch){0};
}

void bgen_explore_destroy(bgen_explore *e)
{
  if (!e) return;
  free_batch(&e->batch);
  free(e->u);
  free(e->s);
  free(e);
}

static bgen_status reserve(batch *b, size_t dim)
{
  if (b->n <= b->capacity) return BGEN_OK;
  const size_t n = b->n;
  const uint64_t first = b->first;
  free_batch(b);
  b->x_old = malloc(n * dim * sizeof *b->x_old);
  b->x_new = malloc(n * dim * sizeof *b->x_new);
  b->x_wanted = malloc(n * dim * sizeof *b->x_wanted);
  b->log_ratio = malloc(n * sizeof *b->log_ratio);
  b->row = malloc(n * sizeof *b->row);
  b->u_new = malloc(n * sizeof *b->u_new);
  if (!b->x_old || !b->x_new || !b->x_wanted || !b->log_ratio || !b->row || !b->u_new)
    return bgen_fail(BGEN_NO_MEMORY, "no memory to move %zu frames", n);
  b->n = b->capacity = n, b->first = first;
  return BGEN_OK;
}

/* ---- what is wanted ---- */

size_t bgen_explore_begin(bgen_explore *e, size_t n, uint64_t first)
{
  e->batch.n = n < e->n_frames ? n : e->n_frames;
  e->batch.first = first;
  e->stage = e->batch.n ? BEGUN : ENDED;
  return e->batch.n;
}

static size_t frame_of(const bgen_explore *e, size_t i)
{
  return (e->next + i) % e->n_frames;
}

static double cv_of(const bgen_explore *e, const double *x)
{
  return e->options.cv < 0 ? 0.0 : bgen_basins_cv(e->options.basins, (size_t) e->options.cv, x);
}

static void want(bgen_explore *e, size_t i, const double *x)
{
  batch *b = &e->batch;
  b->row[b->n_wanted] = i;
  memcpy(b->x_wanted + b->n_wanted++ * e->dim, x, e->dim * sizeof *x);
}

/* the frames whose turn it is; those that are looked at for the first time are wanted */
static bgen_status gather(bgen_explore *e)
{
  batch *b = &e->batch;
  const bgen_status status = reserve(b, e->dim);
  if (status) return status;
  b->n_wanted = 0;
  for (size_t i = 0; i < b->n; i++) {
    double *x = b->x_old + i * e->dim;
    memcpy(x, e->options.frames->x + frame_of(e, i) * e->dim, e->dim * sizeof *x);
    if (isnan(e->u[frame_of(e, i)])) want(e, i, x);
  }
  e->stage = b->n_wanted ? UNKNOWN_FRAMES : KNOWN_FRAMES;
  return BGEN_OK;
}

/* x_new and log_ratio; what lies outside has no energy, and costs none */
static bgen_status propose(bgen_explore *e)
{
  const bgen_explore_options *o = &e->options;
  batch *b = &e->batch;
  const bgen_status status =
      bgen_near_component(o->generator, o->workspace, o->k, o->seed, o->step, BGEN_STREAM_EXPLORE,
                          b->first, b->n, b->x_old, b->x_new, b->log_ratio);
  if (status) return status;
  b->n_wanted = 0;
  for (size_t i = 0; i < b->n; i++) {
    b->u_new[i] = INFINITY;
    if (isfinite(b->log_ratio[i])) want(e, i, b->x_new + i * e->dim);
  }
  e->stage = PROPOSALS;
  return BGEN_OK;
}

/* ---- the test ---- */

/* what lies outside the range counts as its end */
static double *bias_at(bgen_explore *e, double value)
{
  const double low = e->options.low, high = e->options.high;
  const double bin = floor((value - low) / (high - low) * N_BINS);
  return &e->bias[(size_t) fmax(0.0, fmin(bin, N_BINS - 1.0))];
}

static bool accepts(bgen_explore *e, size_t i, double s_new)
{
  const batch *b = &e->batch;
  const size_t frame = frame_of(e, i);
  bgen_rng rng = bgen_rng_at(e->options.seed, BGEN_STREAM_EXPLORE_ACCEPT, b->first + i);
  double ratio = e->u[frame] - b->u_new[i] + b->log_ratio[i];
  if (e->options.spread) {
    ratio += *bias_at(e, e->s[frame]) - *bias_at(e, s_new);
    *bias_at(e, e->s[frame]) += VISIT;
  }
  return bgen_metropolis_accept(b->u_new[i], ratio, bgen_rng_uniform(&rng));
}

/* a frame stays in its basin */
static void settle(bgen_explore *e, size_t i)
{
  const double *x = e->batch.x_new + i * e->dim;
  const size_t frame = frame_of(e, i);
  const double s_new = isfinite(e->batch.u_new[i]) ? cv_of(e, x) : NAN;
  if (!accepts(e, i, s_new) || bgen_basin_of(e->options.basins, x) != (int) e->options.k) return;
  memcpy(e->options.frames->x + frame * e->dim, x, e->dim * sizeof *x);
  e->u[frame] = e->batch.u_new[i];
  e->s[frame] = s_new;
  e->n_accepted++;
}

static void settle_all(bgen_explore *e)
{
  const size_t n = e->batch.n;
  for (size_t i = 0; i < n; i++) settle(e, i);
  e->n_moved += n;
  e->next = (e->next + n) % e->n_frames;
  e->stage = ENDED;
}

/* ---- the protocol ---- */

bgen_status bgen_explore_next(bgen_explore *e, bgen_wanted *wanted)
{
  bgen_status status = BGEN_OK;
  *wanted = (bgen_wanted){0, NULL, false};
  if (e->stage == BEGUN) status = gather(e);
  if (!status && e->stage == KNOWN_FRAMES) status = propose(e);
  if (status) return status;
  if (e->stage == PROPOSALS && e->batch.n_wanted == 0) settle_all(e); /* all lie outside */
  if (e->stage != ENDED) *wanted = (bgen_wanted){e->batch.n_wanted, e->batch.x_wanted, false};
  return BGEN_OK;
}

bgen_status bgen_explore_arrive(bgen_explore *e, const double *u, const double *grad_u)
{
  batch *b = &e->batch;
  (void) grad_u;
  if (e->stage == UNKNOWN_FRAMES) {
    for (size_t j = 0; j < b->n_wanted; j++) {
      const size_t frame = frame_of(e, b->row[j]);
      e->u[frame] = u[j];
      if (e->options.cv >= 0) e->s[frame] = cv_of(e, b->x_wanted + j * e->dim);
    }
    e->stage = KNOWN_FRAMES;
  } else if (e->stage == PROPOSALS) {
    for (size_t j = 0; j < b->n_wanted; j++) b->u_new[b->row[j]] = u[j];
    settle_all(e);
  }
  return BGEN_OK;
}

/* ---- the report ---- */

bgen_explore_report bgen_explore_take_report(bgen_explore *e)
{
  bgen_explore_report report = {e->n_moved, e->n_accepted, NAN, INFINITY, -INFINITY};
  size_t n_known = 0;
  double sum = 0.0;
  for (size_t i = 0; i < e->n_frames; i++) {
    if (!isfinite(e->u[i])) continue;
    sum += e->u[i];
    n_known++;
    if (e->options.cv < 0) continue;
    report.least = fmin(report.least, e->s[i]);
    report.most = fmax(report.most, e->s[i]);
  }
  report.mean_energy = sum / (double) n_known;
  e->n_moved = e->n_accepted = 0;
  return report;
}
