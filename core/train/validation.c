/* SPDX-License-Identifier: MIT */
#include "train/validation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimate/acceptance.h"
#include "estimate/free_energy.h"
#include "train/loss.h"

enum { MOST_FRAMES = 1024, N_SAMPLES = 512 };

struct bgen_validation {
  bgen_validation_options options;
  size_t dim, n_frames;
  bool frames_are_due, samples_are_due;
  double *x_frames, *u_frames;  /* [n_frames][dim], [n_frames] */
  double *x, *u;                /* [N_SAMPLES][dim], [N_SAMPLES] */
  bgen_draw *draw;              /* [N_SAMPLES] */
  double *log_q, *log_w_frames; /* [n_frames] */
  double *log_w;                /* [N_SAMPLES] */
};

/* ---- to make one ---- */

static bool allocate(bgen_validation *v)
{
  const size_t n = v->n_frames ? v->n_frames : 1;
  v->x_frames = malloc(n * v->dim * sizeof *v->x_frames);
  v->u_frames = malloc(n * sizeof *v->u_frames);
  v->log_q = malloc(n * sizeof *v->log_q);
  v->log_w_frames = malloc(n * sizeof *v->log_w_frames);
  v->x = malloc(N_SAMPLES * v->dim * sizeof *v->x);
  v->u = malloc(N_SAMPLES * sizeof *v->u);
  v->draw = malloc(N_SAMPLES * sizeof *v->draw);
  v->log_w = malloc(N_SAMPLES * sizeof *v->log_w);
  return v->x_frames && v->u_frames && v->log_q && v->log_w_frames && v->x && v->u && v->draw &&
         v->log_w;
}

/* evenly from all of them */
static void copy_frames(const bgen_frames *frames, bgen_validation *v)
{
  for (size_t i = 0; i < v->n_frames; i++)
    memcpy(v->x_frames + i * v->dim, frames->x + i * frames->n / v->n_frames * v->dim,
           v->dim * sizeof *v->x_frames);
}

bgen_status bgen_validation_create(const bgen_validation_options *options,
                                   const bgen_frames *frames, bgen_validation **validation)
{
  bgen_validation *v = calloc(1, sizeof *v);
  if (v) {
    v->options = *options;
    v->dim = bgen_generator_dim(options->generator);
    v->n_frames = frames->n < MOST_FRAMES ? frames->n : MOST_FRAMES;
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

void bgen_validation_destroy(bgen_validation *v)
{
  if (!v) return;
  free(v->x_frames);
  free(v->u_frames);
  free(v->log_q);
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
                                      BGEN_STREAM_JUDGE, 0, N_SAMPLES, v->x, v->draw);
  v->samples_are_due = status == BGEN_OK;
  return status;
}

bgen_status bgen_validation_next(bgen_validation *v, bgen_wanted *wanted)
{
  *wanted = (bgen_wanted){0, NULL, false};
  if (v->frames_are_due)
    *wanted = (bgen_wanted){v->n_frames, v->x_frames, false};
  else if (v->samples_are_due)
    *wanted = (bgen_wanted){N_SAMPLES, v->x, false};
  return BGEN_OK;
}

bgen_status bgen_validation_arrive(bgen_validation *v, const double *u, const double *grad_u)
{
  (void) grad_u;
  if (v->frames_are_due) {
    memcpy(v->u_frames, u, v->n_frames * sizeof *u);
    v->frames_are_due = false;
  } else {
    memcpy(v->u, u, N_SAMPLES * sizeof *u);
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
  for (size_t i = 0; i < N_SAMPLES; i++) {
    const double value = -v->u[i] - v->draw[i].log_q;
    const bool within = isfinite(value) &&
                        bgen_basin_of(v->options.basins, v->x + i * v->dim) == (int) v->options.k;
    v->log_w[i] = within ? value : -INFINITY;
    n_outside += !v->draw[i].in_domain;
    if (!isfinite(value)) continue;
    sum += bgen_cap_energy(v->u[i], v->options.energy_high, &slope) + v->draw[i].log_q;
    n_rated++;
  }
  verdict->kl = sum / (double) n_rated - log((double) n_rated / N_SAMPLES);
  verdict->outside = (double) n_outside / N_SAMPLES;
}

static bgen_status weigh_frames(bgen_validation *v, bgen_verdict *verdict)
{
  const bgen_validation_options *o = &v->options;
  const size_t n = v->n_frames;
  const bgen_status status = bgen_generator_log_q_component(
      o->generator, o->workspace, o->k, temperature_of(v), n, v->x_frames, v->log_q);
  verdict->ml = n && !status ? 0.0 : NAN;
  for (size_t i = 0; !status && i < n; i++) {
    v->log_w_frames[i] = -v->u_frames[i] - v->log_q[i];
    verdict->ml -= v->log_q[i] / (double) n;
  }
  return status;
}

/* by both weights; the log_w of samples become forward works */
static void compare(bgen_validation *v, bgen_verdict *verdict)
{
  if (bgen_mean_acceptance(v->n_frames, v->log_w_frames, N_SAMPLES, v->log_w, &verdict->acceptance))
    verdict->acceptance = NAN; /* frames without a density */
  for (size_t i = 0; i < N_SAMPLES; i++) v->log_w[i] = -v->log_w[i];
  const bgen_works forward = {N_SAMPLES, v->log_w, {0, NULL}},
                   reverse = {v->n_frames, v->log_w_frames, {1, &v->n_frames}};
  bgen_estimate bar;
  if (!bgen_estimate_bar(&forward, &reverse, &bar)) verdict->bar_error = bar.error;
}

bgen_status bgen_validation_verdict(bgen_validation *v, bgen_verdict *verdict)
{
  *verdict = (bgen_verdict){NAN, NAN, NAN, NAN, NAN};
  weigh_samples(v, verdict);
  const bgen_status status = weigh_frames(v, verdict);
  if (!status && v->n_frames) compare(v, verdict);
  return status;
}
