/* SPDX-License-Identifier: MIT */
#include "train/validation.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimate/acceptance.h"
#include "estimate/free_energy.h"
#include "estimate/lost_modes.h"
#include "train/loss.h"

/* 512 samples know an acceptance to 2 %, 64 to 6 %; of a mode that holds 3 % of all frames, 256
   have three in 98 of 100 cases */
enum { MOST_FRAMES = 1024, LEAST_FRAMES = 256, MOST_SAMPLES = 512, LEAST_SAMPLES = 64 };

/* of the points that a stage learns from, those that judge it are this at most, frames and samples
   each */
enum { SHARE = 4 };

/* What a line was judged by, kept to be compared with. */
typedef struct line {
  bool is_kept;
  bgen_verdict verdict;
  double *log_q, *kl; /* [n_frames], [n_samples] */
} line;

struct bgen_validation {
  bgen_validation_options options;
  size_t dim, n_frames, n_samples;
  bool frames_are_due, samples_are_due;
  double *x_frames, *u_frames;     /* [n_frames][dim], [n_frames] */
  size_t *ends;                    /* of the walkers of these frames */
  double *x, *u;                   /* [n_samples][dim], [n_samples] */
  bgen_draw *draw;                 /* [n_samples] */
  double *log_w_frames, *log_w;    /* [n_frames], [n_samples] */
  double *difference;              /* [n_frames] or [n_samples] */
  line now, kept[BGEN_KEPT_LINES]; /* kl: of each sample u (capped) + log q, NaN: no energy */
};

/* ---- how many ---- */

static size_t within(size_t least, size_t n, size_t most)
{
  return n < least ? least : n < most ? n : most;
}

bgen_validation_size bgen_validation_size_for(size_t n_points, size_t n_lines)
{
  return (bgen_validation_size){
      within(LEAST_FRAMES, n_points / SHARE, MOST_FRAMES),
      within(LEAST_SAMPLES, n_points / SHARE / (n_lines ? n_lines : 1), MOST_SAMPLES)};
}

/* ---- to make one ---- */

static bool allocate_line(const bgen_validation *v, line *l)
{
  l->log_q = malloc((v->n_frames + 1) * sizeof *l->log_q);
  l->kl = malloc((v->n_samples + 1) * sizeof *l->kl);
  return l->log_q && l->kl;
}

static bool allocate_lines(bgen_validation *v)
{
  bool full = allocate_line(v, &v->now);
  for (size_t k = 0; k < BGEN_KEPT_LINES; k++) full = allocate_line(v, &v->kept[k]) && full;
  return full;
}

static bool allocate(bgen_validation *v)
{
  const size_t n = v->n_frames ? v->n_frames : 1;
  const size_t most = n > v->n_samples ? n : v->n_samples;
  assert(v->n_samples > 0);
  v->x_frames = malloc(n * v->dim * sizeof *v->x_frames);
  v->u_frames = malloc(n * sizeof *v->u_frames);
  v->ends = malloc((v->options.walkers.n + 1) * sizeof *v->ends);
  v->difference = malloc(most * sizeof *v->difference);
  v->log_w_frames = malloc(n * sizeof *v->log_w_frames);
  v->x = malloc(v->n_samples * v->dim * sizeof *v->x);
  v->u = malloc(v->n_samples * sizeof *v->u);
  v->draw = malloc(v->n_samples * sizeof *v->draw);
  v->log_w = malloc(v->n_samples * sizeof *v->log_w);
  return allocate_lines(v) && v->x_frames && v->u_frames && v->ends && v->difference &&
         v->log_w_frames && v->x && v->u && v->draw && v->log_w;
}

/* evenly from all of them */
static void copy_frames(const bgen_frames *frames, bgen_validation *v)
{
  for (size_t i = 0; i < v->n_frames; i++)
    memcpy(v->x_frames + i * v->dim, frames->x + i * frames->n / v->n_frames * v->dim,
           v->dim * sizeof *v->x_frames);
  for (size_t r = 0, i = 0; r < v->options.walkers.n; v->ends[r++] = i)
    while (i < v->n_frames && i * frames->n / v->n_frames < v->options.walkers.end[r]) i++;
  v->options.walkers.end = v->ends;
}

bgen_status bgen_validation_create(const bgen_validation_options *options,
                                   const bgen_frames *frames, bgen_validation **validation)
{
  bgen_validation *v = calloc(1, sizeof *v);
  if (v) {
    v->options = *options;
    v->dim = bgen_generator_dim(options->generator);
    v->n_frames = within(0, frames->n, options->size.n_frames);
    v->n_samples = options->size.n_samples;
    v->frames_are_due = v->n_frames > 0;
  }
  if (!v || !allocate(v)) {
    bgen_validation_destroy(v);
    return bgen_fail(BGEN_NO_MEMORY, "no memory to validate a flow by %zu frames", frames->n);
  }
  copy_frames(frames, v);
  *validation = v;
  return BGEN_OK;
}

static void free_line(line *l)
{
  free(l->log_q);
  free(l->kl);
}

void bgen_validation_destroy(bgen_validation *v)
{
  if (!v) return;
  free_line(&v->now);
  for (size_t k = 0; k < BGEN_KEPT_LINES; k++) free_line(&v->kept[k]);
  free(v->x_frames);
  free(v->u_frames);
  free(v->ends);
  free(v->difference);
  free(v->log_w_frames);
  free(v->x);
  free(v->u);
  free(v->draw);
  free(v->log_w);
  free(v);
}

/* ---- energies ---- */

static double temperature_of(const bgen_validation *v)
{
  return bgen_generator_temperature(v->options.generator);
}

bgen_status bgen_validation_begin(bgen_validation *v)
{
  const bgen_validation_options *o = &v->options;
  const bgen_status status =
      bgen_generator_sample_component(o->generator, o->workspace, o->k, temperature_of(v), o->seed,
                                      BGEN_STREAM_JUDGE, 0, v->n_samples, v->x, v->draw);
  v->samples_are_due = status == BGEN_OK;
  return status;
}

bgen_status bgen_validation_next(bgen_validation *v, bgen_wanted *wanted)
{
  *wanted = (bgen_wanted){0, NULL, false};
  if (v->frames_are_due)
    *wanted = (bgen_wanted){v->n_frames, v->x_frames, false};
  else if (v->samples_are_due)
    *wanted = (bgen_wanted){v->n_samples, v->x, false};
  return BGEN_OK;
}

bgen_status bgen_validation_arrive(bgen_validation *v, const double *u, const double *grad_u)
{
  (void) grad_u;
  if (v->frames_are_due) {
    memcpy(v->u_frames, u, v->n_frames * sizeof *u);
    v->frames_are_due = false;
  } else {
    memcpy(v->u, u, v->n_samples * sizeof *u);
    v->samples_are_due = false;
  }
  return BGEN_OK;
}

/* ---- the verdict ---- */

/* log w = -u - log q of the samples; -inf where one is none of this basin */
static void weigh_samples(bgen_validation *v, bgen_verdict *verdict)
{
  size_t n_outside = 0, n_rated = 0;
  double sum = 0.0, slope;
  for (size_t i = 0; i < v->n_samples; i++) {
    const double value = -v->u[i] - v->draw[i].log_q;
    const bool within = isfinite(value) &&
                        bgen_basin_of(v->options.basins, v->x + i * v->dim) == (int) v->options.k;
    v->log_w[i] = within ? value : -INFINITY;
    n_outside += !v->draw[i].in_domain;
    v->now.kl[i] = NAN;
    if (!isfinite(value)) continue;
    v->now.kl[i] = bgen_cap_energy(v->u[i], v->options.energy_high, &slope) + v->draw[i].log_q;
    sum += v->now.kl[i];
    n_rated++;
  }
  verdict->kl = sum / (double) n_rated - log((double) n_rated / (double) v->n_samples);
  verdict->outside = (double) n_outside / (double) v->n_samples;
}

static bgen_status weigh_frames(bgen_validation *v, bgen_verdict *verdict)
{
  const bgen_validation_options *o = &v->options;
  const size_t n = v->n_frames;
  const bgen_status status = bgen_generator_log_q_component(
      o->generator, o->workspace, o->k, temperature_of(v), n, v->x_frames, v->now.log_q);
  verdict->ml = n && !status ? 0.0 : NAN;
  for (size_t i = 0; !status && i < n; i++) {
    v->log_w_frames[i] = -v->u_frames[i] - v->now.log_q[i];
    verdict->ml -= v->now.log_q[i] / (double) n;
  }
  return status;
}

/* by both weights; the log_w of samples become forward works */
static void compare(bgen_validation *v, bgen_verdict *verdict)
{
  if (bgen_mean_acceptance(v->n_frames, v->log_w_frames, v->n_samples, v->log_w,
                           &verdict->acceptance))
    verdict->acceptance = NAN; /* frames without a density */
  verdict->lost = bgen_lost_fraction(v->n_frames, v->log_w_frames, v->n_samples, v->log_w);
  for (size_t i = 0; i < v->n_samples; i++) v->log_w[i] = -v->log_w[i];
  const bgen_works forward = {v->n_samples, v->log_w, {0, NULL}},
                   reverse = {v->n_frames, v->log_w_frames, {1, &v->n_frames}};
  bgen_estimate bar;
  if (!bgen_estimate_bar(&forward, &reverse, &bar)) verdict->bar_error = bar.error;
}

bgen_status bgen_validation_verdict(bgen_validation *v, bgen_verdict *verdict)
{
  *verdict = (bgen_verdict){NAN, NAN, NAN, NAN, NAN, NAN};
  weigh_samples(v, verdict);
  const bgen_status status = weigh_frames(v, verdict);
  if (!status && v->n_frames) compare(v, verdict);
  v->now.verdict = *verdict;
  return status;
}

/* ---- from line to line ---- */

void bgen_validation_keep(bgen_validation *v, bgen_kept_line which)
{
  line *kept = &v->kept[which];
  kept->is_kept = true;
  kept->verdict = v->now.verdict;
  memcpy(kept->log_q, v->now.log_q, v->n_frames * sizeof *kept->log_q);
  memcpy(kept->kl, v->now.kl, v->n_samples * sizeof *kept->kl);
}

/* of the mean of -log q over the same frames, which are correlated */
static double variance_by_frames(bgen_validation *v, const line *kept)
{
  for (size_t i = 0; i < v->n_frames; i++)
    v->difference[i] = (kept->log_q[i] - v->now.log_q[i]) / (double) v->n_frames;
  return bgen_spread_of_sum(v->n_frames, v->difference, &v->options.walkers).variance;
}

/* of the mean over the same latent points, where both have an energy */
static double variance_by_samples(bgen_validation *v, const line *kept)
{
  size_t n = 0;
  for (size_t i = 0; i < v->n_samples; i++) {
    const double difference = v->now.kl[i] - kept->kl[i];
    if (isfinite(difference)) v->difference[n++] = difference;
  }
  if (n < 2) return NAN;
  return bgen_spread_of_sum(n, v->difference, NULL).variance / ((double) n * (double) n);
}

bgen_estimate bgen_validation_change(bgen_validation *v, bgen_kept_line which, double weight_ml,
                                     double weight_kl)
{
  const line *kept = &v->kept[which];
  const double sum = weight_ml + weight_kl, ml = weight_ml / sum, kl = weight_kl / sum;
  bgen_estimate change = {0, 0};
  if (!kept->is_kept) return (bgen_estimate){NAN, NAN};
  if (ml > 0) {
    change.value += ml * (v->now.verdict.ml - kept->verdict.ml);
    change.error += ml * ml * variance_by_frames(v, kept);
  }
  if (kl > 0) {
    change.value += kl * (v->now.verdict.kl - kept->verdict.kl);
    change.error += kl * kl * variance_by_samples(v, kept);
  }
  change.error = sqrt(change.error);
  return change;
}
