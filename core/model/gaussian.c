/* SPDX-License-Identifier: MIT */
#include "model/gaussian.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/moments.h"
#include "model/generator_private.h"
#include "model/normal.h"
#include "model/shapes.h"

enum { LEAST_FRAMES = 10 }; /* a fifth of which may be held out */

typedef struct fitting {
  const bgen_gaussian_options *options;
  const bgen_generator *g;
  size_t k, d, n, n_train;
  bgen_site_symmetry *symmetry; /* NULL: not asked for, there is none, or it is not believed */
  bgen_gaussian_report *report;
  double *memory;
  bgen_shape_space space;
  double *shape;                     /* [n][d] */
  bgen_normal test, plain, averaged; /* of held-out frames; of those that are fitted to */
  double *target, *trial;            /* [d][d] */
} fitting;

const char *bgen_gaussian_name(bgen_gaussian_kind kind)
{
  static const char *const names[] = {"frames", "symmetric", "shrunk", "hessian", "auto"};
  return names[kind];
}

/* ---- symmetry ---- */

static void drop_symmetry(fitting *f)
{
  bgen_site_symmetry_destroy(f->symmetry);
  f->symmetry = NULL;
}

static bgen_status find_symmetry(fitting *f)
{
  const bgen_generator *g = f->g;
  const bool is_free = g->coords == BGEN_ALIGNED;
  const bgen_lattice none = {0, {0}};
  const bgen_status status = bgen_site_symmetry_create(
      &g->layout, f->options->kinds, is_free ? &none : &f->options->lattice, f->space.reference,
      bgen_generator_site_tolerance(g, f->space.reference, f->n, f->d, f->shape, f->space.rows),
      &f->symmetry);
  if (status) return status;
  f->report->n_translations = bgen_site_symmetry_n_translations(f->symmetry);
  f->report->n_points = bgen_site_symmetry_n_points(f->symmetry);
  if (f->report->n_translations * f->report->n_points == 1) drop_symmetry(f);
  return BGEN_OK;
}

/* moments of the first n frames, and averaged if there is a symmetry */
static void look_at(fitting *f, size_t n)
{
  assert(f->averaged.mean && f->plain.mean);
  bgen_normal_of(&f->space, n, f->shape, &f->plain);
  memcpy(f->averaged.mean, f->plain.mean, f->d * sizeof(double));
  memcpy(f->averaged.covariance, f->plain.covariance, f->d * f->d * sizeof(double));
  if (!f->symmetry) return;
  bgen_shape_average_mean(&f->space, f->symmetry, f->averaged.mean);
  bgen_shape_average(&f->space, f->symmetry, f->averaged.covariance);
}

/* ---- targets ---- */

static bool alike(const fitting *f, size_t i, size_t j)
{
  return !f->options->kinds || f->options->kinds[i] == f->options->kinds[j];
}

/* the variance of a component of a particle: the mean of its kind */
static double variance_of_kind(const fitting *f, size_t particle)
{
  const size_t n_space = f->g->layout.n_space, dim = f->space.dim;
  double sum = 0, n = 0;
  for (size_t j = 0; j < dim; j++)
    if (alike(f, particle, j / n_space)) sum += f->space.whole[j * dim + j], n++;
  return sum / n;
}

static void set_independent(const fitting *f)
{
  const size_t dim = f->space.dim, n_space = f->g->layout.n_space;
  double *variance = f->space.displaced, *whole = f->space.whole;
  bgen_shape_embed(&f->space, f->averaged.covariance);
  for (size_t i = 0; i < dim; i += n_space) variance[i] = variance_of_kind(f, i / n_space);
  memset(whole, 0, dim * dim * sizeof *whole);
  for (size_t j = 0; j < dim; j++) whole[j * dim + j] = variance[j - j % n_space];
  bgen_shape_project(&f->space, f->target);
}

static bgen_status invert_hessian(const fitting *f)
{
  const size_t d = f->d;
  size_t n_negative;
  memcpy(f->trial, f->options->hessian, d * d * sizeof *f->trial);
  if (f->symmetry) bgen_shape_average(&f->space, f->symmetry, f->trial);
  const bgen_status status = bgen_shape_invert(&f->space, f->trial, f->target, &n_negative);
  if (status || !n_negative) return status;
  return bgen_fail(BGEN_BAD_INPUT,
                   "the energy has no minimum at the mean of the frames: it curves downwards in "
                   "%zu of %zu directions",
                   n_negative, d);
}

/* ---- held-out frames ---- */

/* f->trial = (1 - share) averaged + share target */
static void mix(const fitting *f, double share)
{
  for (size_t j = 0; j < f->d * f->d; j++)
    f->trial[j] = (1 - share) * f->averaged.covariance[j] + (share > 0 ? share * f->target[j] : 0);
}

static double log_q_of_share(const fitting *f, double share)
{
  mix(f, share);
  return bgen_normal_log_q(&f->space, f->averaged.mean, f->trial, &f->test);
}

/* the share is a logistic function of what is searched: both ends matter */
static double share_at(double t)
{
  return 1 / (1 + exp(-t));
}

/* in steps between -9 and 9, then by halving them around the best; and both ends, 0 and 1 */
static double find_share(const fitting *f, double *best)
{
  double at = 0, step = 1.5, share = 1;
  *best = log_q_of_share(f, 1);
  const double of_none = log_q_of_share(f, 0);
  if (of_none > *best) *best = of_none, share = 0;
  for (int t = -6; t <= 6; t++) {
    const double found = log_q_of_share(f, share_at(t * step));
    if (found > *best) *best = found, at = t * step, share = share_at(at);
  }
  while (share > 0 && share < 1 && (step /= 2) > 0.1)
    for (int side = -1; side <= 1; side += 2) {
      const double found = log_q_of_share(f, share_at(at + side * step));
      if (!(found > *best)) continue;
      *best = found, at += side * step, share = share_at(at);
      break;
    }
  return share;
}

static bool tries(const fitting *f, bgen_gaussian_kind kind)
{
  const bgen_gaussian_kind wanted = f->options->kind;
  if (kind == BGEN_GAUSSIAN_SYMMETRIC && wanted != kind && !f->symmetry) return false;
  return wanted == kind || (wanted == BGEN_GAUSSIAN_AUTO && kind != BGEN_GAUSSIAN_HESSIAN);
}

/* of one kind, with what the training frames tell */
static bgen_status try_one(fitting *f, bgen_gaussian_kind kind, double *found)
{
  bgen_status status = BGEN_OK;
  if (kind == BGEN_GAUSSIAN_FRAMES) {
    memcpy(f->trial, f->plain.covariance, f->d * f->d * sizeof *f->trial);
    *found = bgen_normal_log_q(&f->space, f->plain.mean, f->trial, &f->test);
  } else if (kind == BGEN_GAUSSIAN_SYMMETRIC)
    *found = log_q_of_share(f, 0);
  else {
    if (kind == BGEN_GAUSSIAN_SHRUNK) set_independent(f);
    if (kind == BGEN_GAUSSIAN_HESSIAN) status = invert_hessian(f);
    if (!status) f->report->share = find_share(f, found);
  }
  return status;
}

/* The symmetry has fewer free numbers, so that frames without it must be better by more than
   chance: by a factor of e^2 in the likelihood of all that is held out.  Then it is dropped. */
static void decide(fitting *f)
{
  const double *found = f->report->log_q,
               gain = found[BGEN_GAUSSIAN_FRAMES] - found[BGEN_GAUSSIAN_SYMMETRIC];
  f->report->taken = f->symmetry ? BGEN_GAUSSIAN_SYMMETRIC : BGEN_GAUSSIAN_FRAMES;
  if (!f->symmetry || !(gain * (double) f->report->n_held_out > 2)) return;
  f->report->taken = BGEN_GAUSSIAN_FRAMES;
  drop_symmetry(f);
  look_at(f, f->n_train);
}

/* what the user asks for, or what auto takes */
static bgen_status compare(fitting *f)
{
  const bool is_auto = f->options->kind == BGEN_GAUSSIAN_AUTO;
  double *found = f->report->log_q;
  bgen_status status = BGEN_OK;
  look_at(f, f->n_train);
  bgen_normal_of(&f->space, f->n - f->n_train, f->shape + f->n_train * f->d, &f->test);
  f->report->n_held_out = f->n - f->n_train;
  for (int kind = 0; !status && kind < BGEN_N_GAUSSIANS; kind++) {
    if (tries(f, (bgen_gaussian_kind) kind))
      status = try_one(f, (bgen_gaussian_kind) kind, found + kind);
    if (is_auto && kind == BGEN_GAUSSIAN_SYMMETRIC) decide(f);
  }
  if (is_auto && found[BGEN_GAUSSIAN_SHRUNK] > found[f->report->taken])
    f->report->taken = BGEN_GAUSSIAN_SHRUNK;
  return status;
}

/* ---- what is taken ---- */

/* f->trial and the mean of what is taken, of all frames */
static bgen_status take(fitting *f, const double **mean)
{
  const bgen_gaussian_kind taken = f->report->taken;
  bgen_status status = BGEN_OK;
  look_at(f, f->n);
  *mean = f->averaged.mean;
  if (taken == BGEN_GAUSSIAN_SHRUNK) set_independent(f);
  if (taken == BGEN_GAUSSIAN_HESSIAN) status = invert_hessian(f);
  if (!status) mix(f, taken < BGEN_GAUSSIAN_SHRUNK ? 0 : f->report->share);
  return status;
}

static bgen_status choose(fitting *f)
{
  const bool is_auto = f->options->kind == BGEN_GAUSSIAN_AUTO;
  f->report->taken = is_auto ? BGEN_GAUSSIAN_FRAMES : f->options->kind;
  if (f->n >= LEAST_FRAMES) return compare(f);
  f->report->share = 1; /* nothing else is known with so few */
  return BGEN_OK;
}

static bgen_status reserve(fitting *f)
{
  bgen_shape_space *space = &f->space;
  const size_t d = f->d, dim = space->dim, n_rows = d > 256 ? d : 256;
  const double n_numbers = (double) f->n * (double) d + 5 * (double) d * (double) d +
                           (double) n_rows * (double) d + 2 * (double) dim * (double) dim +
                           4 * (double) dim;
  const bgen_status fits =
      bgen_memory_check(n_numbers * sizeof(double), "the covariance of %zu coordinates", d);
  if (fits) return fits;
  double *at = f->memory = malloc((size_t) n_numbers * sizeof *at);
  if (!at) return bgen_fail(BGEN_NO_MEMORY, "no memory for the covariance of %zu coordinates", d);
  double **const square[] = {&f->test.covariance, &f->plain.covariance, &f->averaged.covariance,
                             &f->target, &f->trial};
  double **const row[] = {&f->test.mean, &f->plain.mean, &f->averaged.mean, &space->displaced};
  for (size_t i = 0; i < sizeof square / sizeof *square; i++, at += d * d) *square[i] = at;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++, at += dim) *row[i] = at;
  space->rows = at, at += n_rows * d;
  space->whole = at, at += dim * dim;
  space->work = at, at += dim * dim;
  f->shape = at;
  return BGEN_OK;
}

static bgen_status fit_flow(const fitting *f, bgen_flow *flow, const double *mean)
{
  bgen_neighbors table;
  bgen_status status = bgen_component_show_sites(f->g, f->k, f->n, f->shape, &table);
  if (!status) status = bgen_flow_fit_normal(flow, f->n, f->shape, mean, f->trial);
  bgen_component_hide_sites(f->g, f->k, &table);
  return status;
}

static bgen_status fit(fitting *f, bgen_workspace *w, bgen_flow *flow, const double *x)
{
  const double *mean = NULL;
  bgen_status status = reserve(f);
  if (status) return status;
  bgen_generator_to_shapes(f->g, w, f->k, f->n, x, f->shape);
  if (f->options->kind != BGEN_GAUSSIAN_FRAMES) status = find_symmetry(f);
  if (!status) status = choose(f);
  if (f->report->taken < BGEN_GAUSSIAN_SHRUNK) f->report->share = NAN;
  if (status || f->report->taken == BGEN_GAUSSIAN_FRAMES) return status;
  status = take(f, &mean);
  return status ? status : fit_flow(f, flow, mean);
}

/* bonds, angles and torsions have no sites whose symmetry could be known, and no common width */
static bgen_status keep_frames(const bgen_gaussian_options *options, bgen_gaussian_report *report)
{
  report->taken = BGEN_GAUSSIAN_FRAMES;
  if (options->kind == BGEN_GAUSSIAN_FRAMES || options->kind == BGEN_GAUSSIAN_AUTO) return BGEN_OK;
  return bgen_fail(BGEN_BAD_INPUT, "whiten %s is not for coords internal: use whiten frames",
                   bgen_gaussian_name(options->kind));
}

bgen_status bgen_generator_fit_gaussian(bgen_generator *g, bgen_workspace *w, size_t k,
                                        const bgen_gaussian_options *options, size_t n,
                                        const double *x, bgen_gaussian_report *report)
{
  const bgen_component *of = &g->component[k];
  fitting f = {
      .options = options,
      .g = g,
      .k = k,
      .d = g->n_shape,
      .n = n,
      .n_train = n - n / 5,
      .report = report,
      .space = {.dim = g->dim, .d = g->n_shape, .pose = of->from.pose, .reference = of->reference}};
  *report = (bgen_gaussian_report){options->kind, 0, 0, 0, {NAN, NAN, NAN, NAN}, NAN};
  if (!bgen_flow_whitens(of->flow))
    return bgen_fail(BGEN_BAD_INPUT, "the flow does not begin with whiten");
  if (g->tree) return keep_frames(options, report);
  const bgen_status status = fit(&f, w, of->flow, x);
  bgen_site_symmetry_destroy(f.symmetry);
  free(f.memory);
  return status;
}
