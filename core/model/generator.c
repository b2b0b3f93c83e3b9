/* SPDX-License-Identifier: MIT */
#include "model/generator.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/spec.h"

/* ---- creation ---- */

bgen_status bgen_component_create(bgen_generator *g, size_t k, const char *name)
{
  bgen_component *component = &g->component[k];
  bgen_bijection *map = NULL;
  size_t n_modes;
  bgen_status status = bgen_spec_build(g->spec, &g->layout, g->mask_seed, &map, &n_modes);
  if (status) return status;
  status = bgen_flow_create(map, n_modes, g->seed + k, &component->flow);
  if (status) return status;
  snprintf(component->name, sizeof component->name, "%s", name);
  component->weight = 1.0 / (double) g->n_components;
  component->reference = calloc(g->dim, sizeof *component->reference);
  return component->reference ? BGEN_OK : bgen_fail(BGEN_NO_MEMORY, "no memory for a reference");
}

static bgen_status create_fold(bgen_generator *g, const bgen_generator_options *options)
{
  const bgen_status status = bgen_symmetry_create(&g->layout, options->species, options->n_mirrors,
                                                  options->mirrors, &g->fold);
  if (status) return status;
  g->fold_work = malloc(bgen_symmetry_work_size(g->fold) * sizeof *g->fold_work);
  g->folded = malloc(g->dim * sizeof *g->folded);
  if (g->fold_work && g->folded) return BGEN_OK;
  return bgen_fail(BGEN_NO_MEMORY, "no memory to fold configurations");
}

static bgen_status create_parts(bgen_generator *g, const bgen_generator_options *options)
{
  g->spec = strdup(options->spec);
  g->component = calloc(options->n_components, sizeof *g->component);
  if (!g->spec || !g->component) return bgen_fail(BGEN_NO_MEMORY, "no memory for a generator");
  g->n_components = options->n_components;
  bgen_status status = create_fold(g, options);
  for (size_t k = 0; !status && k < g->n_components; k++)
    status = bgen_component_create(g, k, options->names[k]);
  if (status) return status;
  return bgen_workspace_create(g->component[0].flow, options->n_threads, &g->workspace);
}

bgen_status bgen_generator_create(const bgen_generator_options *options, bgen_generator **result)
{
  assert(options->n_components > 0 && options->n_threads > 0);
  bgen_generator *g = calloc(1, sizeof *g);
  if (!g) return bgen_fail(BGEN_NO_MEMORY, "no memory for a generator");
  g->layout = options->layout;
  g->dim = g->layout.n_particles * g->layout.n_space;
  g->seed = g->mask_seed = options->seed;
  g->temperature = 1;
  const bgen_status status = create_parts(g, options);
  if (status)
    bgen_generator_destroy(g);
  else
    *result = g;
  return status;
}

static void free_batches(bgen_generator *g)
{
  for (size_t k = 0; k < 2; k++) {
    free(g->batch[k]), free(g->batch_log[k]);
    g->batch[k] = g->batch_log[k] = NULL;
  }
  free(g->batch_row), free(g->batch_image), free(g->batch_order);
  g->batch_row = g->batch_order = NULL;
  g->batch_image = NULL;
  g->capacity = 0;
}

void bgen_components_free(size_t n, bgen_component *component)
{
  for (size_t k = 0; k < n; k++) {
    bgen_flow_destroy(component[k].flow);
    free(component[k].reference);
  }
  free(component);
}

void bgen_generator_destroy(bgen_generator *g)
{
  if (!g) return;
  if (g->component) bgen_components_free(g->n_components, g->component);
  free(g->spec), free(g->fold_work), free(g->folded);
  free_batches(g);
  bgen_symmetry_destroy(g->fold);
  bgen_workspace_destroy(g->workspace);
  free(g);
}

void bgen_generator_set_temperature(bgen_generator *g, double temperature)
{
  for (size_t k = 0; k < g->n_components; k++)
    g->component[k].flow->tau = temperature / g->temperature;
}

bool bgen_generator_ready(const bgen_generator *g)
{
  for (size_t k = 0; k < g->n_components; k++)
    if (!g->component[k].fitted) return false;
  return true;
}

static bool has_batches(const bgen_generator *g)
{
  return g->batch_row && g->batch_image && g->batch_order && g->batch[0] && g->batch[1] &&
         g->batch_log[0] && g->batch_log[1];
}

bgen_status bgen_generator_reserve(bgen_generator *g, size_t n)
{
  if (has_batches(g) && n <= g->capacity) return BGEN_OK;
  const size_t capacity = n ? n : 1;
  free_batches(g);
  g->batch_row = malloc(capacity * sizeof *g->batch_row);
  g->batch_image = malloc(capacity * sizeof *g->batch_image);
  g->batch_order = malloc(capacity * g->layout.n_particles * sizeof *g->batch_order);
  for (size_t k = 0; k < 2; k++) {
    g->batch[k] = malloc(capacity * g->dim * sizeof *g->batch[k]);
    g->batch_log[k] = malloc(capacity * sizeof *g->batch_log[k]);
  }
  if (has_batches(g)) {
    g->capacity = capacity;
    return BGEN_OK;
  }
  free_batches(g);
  return bgen_fail(BGEN_NO_MEMORY, "no memory for a batch of %zu configurations", n);
}

/* ---- symmetry ---- */

bool bgen_generator_fold(bgen_generator *g, size_t k, const double *x, double *out)
{
  return bgen_symmetry_apply(g->fold, g->component[k].reference, x, g->fold_work, out);
}

static bool in_domain(bgen_generator *g, size_t k, const double *x)
{
  return bgen_generator_fold(g, k, x, g->folded);
}

void bgen_generator_reflect(const bgen_generator *g, bgen_stream stream, uint64_t point, double *x)
{
  bgen_rng rng = bgen_rng_at(g->seed, stream, point);
  const size_t r = (size_t) bgen_rng_below(&rng, bgen_symmetry_n_reflections(g->fold));
  bgen_symmetry_reflect(g->fold, r, x, x);
}

/* Each round folds to the mean of the round before, which brings the frames closer to it or leaves
   all as it was. */
bgen_status bgen_generator_mean_reference(bgen_generator *g, size_t n, const double *x,
                                          double *reference)
{
  enum { MOST_FRAMES = 2000, MOST_ROUNDS = 50 };
  const size_t n_used = n < MOST_FRAMES ? n : MOST_FRAMES, size = g->dim * sizeof *reference;
  const bgen_status status = bgen_generator_reserve(g, 1);
  if (status) return status;
  double *mean = g->batch[0];
  bool changes = true;
  assert(n > 0 && mean);
  memcpy(reference, x, size);
  for (size_t round = 0; changes && round < MOST_ROUNDS; round++) {
    memset(mean, 0, size);
    for (size_t i = 0; i < n_used; i++) {
      bgen_symmetry_apply(g->fold, reference, x + i * n / n_used * g->dim, g->fold_work, g->folded);
      for (size_t j = 0; j < g->dim; j++) mean[j] += g->folded[j] / (double) n_used;
    }
    changes = memcmp(reference, mean, size) != 0;
    memcpy(reference, mean, size);
  }
  return BGEN_OK;
}

bgen_status bgen_generator_fit(bgen_generator *g, size_t k, const double *reference, size_t n,
                               double *x)
{
  bgen_status status = bgen_generator_reserve(g, 1);
  if (status) return status;
  bgen_component *component = &g->component[k];
  double *folded = g->batch[0], *old_reference = g->batch[1];
  assert(folded && old_reference);
  memcpy(old_reference, component->reference, g->dim * sizeof *old_reference);
  memcpy(component->reference, reference, g->dim * sizeof *reference);
  for (size_t i = 0; i < n; i++) {
    bgen_generator_fold(g, k, x + i * g->dim, folded);
    memcpy(x + i * g->dim, folded, g->dim * sizeof *x);
  }
  status = bgen_flow_fit(component->flow, n, x);
  if (status) memcpy(component->reference, old_reference, g->dim * sizeof *old_reference);
  component->fitted = component->fitted || status == BGEN_OK;
  return status;
}

/* ---- density ---- */

/* into batch[0] */
static bgen_status fold_batch(bgen_generator *g, size_t k, size_t n, const double *x)
{
  const bgen_status status = bgen_generator_reserve(g, n);
  if (status) return status;
  for (size_t i = 0; i < n; i++)
    bgen_generator_fold(g, k, x + i * g->dim, g->batch[0] + i * g->dim);
  return BGEN_OK;
}

bgen_status bgen_generator_log_q_component(bgen_generator *g, size_t k, size_t n, const double *x,
                                           double *log_q)
{
  const bgen_status status = fold_batch(g, k, n, x);
  if (!status) bgen_flow_log_q(g->component[k].flow, g->workspace, n, g->batch[0], log_q);
  return status;
}

bgen_status bgen_generator_latent(bgen_generator *g, size_t k, size_t n, const double *x, double *z,
                                  double *log_det)
{
  const bgen_status status = fold_batch(g, k, n, x);
  if (!status)
    bgen_flow_transform(g->component[k].flow, g->workspace, BGEN_INVERSE, n, g->batch[0], z,
                        log_det);
  return status;
}

bgen_status bgen_generator_likeliest(bgen_generator *g, const double *x, size_t *likeliest)
{
  double most = -INFINITY, log_q;
  *likeliest = 0;
  for (size_t k = 0; k < g->n_components; k++) {
    const bgen_status status = bgen_generator_log_q_component(g, k, 1, x, &log_q);
    if (status) return status;
    log_q += log(g->component[k].weight);
    if (log_q > most) {
      most = log_q;
      *likeliest = k;
    }
  }
  return BGEN_OK;
}

bgen_status bgen_generator_log_q_component_gradient(bgen_generator *g, size_t k, size_t n,
                                                    const double *x, double *log_q, double *grad)
{
  const bgen_status status = bgen_generator_reserve(g, n);
  if (status) return status;
  assert(g->batch_image);
  const bgen_component *component = &g->component[k];
  const size_t dim = g->dim;
  for (size_t i = 0; i < n; i++) {
    bgen_image *image = &g->batch_image[i];
    image->order = g->batch_order + i * g->layout.n_particles;
    bgen_symmetry_find(g->fold, component->reference, x + i * dim, g->fold_work, image);
    bgen_symmetry_image(g->fold, image, x + i * dim, g->batch[0] + i * dim);
  }
  bgen_flow_log_q_gradient(component->flow, g->workspace, n, g->batch[0], log_q, g->batch[1]);
  for (size_t i = 0; i < n; i++)
    bgen_symmetry_gradient(g->fold, &g->batch_image[i], g->batch[1] + i * dim, grad + i * dim);
  return BGEN_OK;
}

/* ln(e^a + e^b); NaN where either is */
static double log_add(double a, double b)
{
  if (a == -INFINITY || b == -INFINITY) return a == -INFINITY ? b : a;
  const double larger = a > b ? a : b, smaller = a > b ? b : a;
  return larger + log1p(exp(smaller - larger));
}

bgen_status bgen_generator_log_q(bgen_generator *g, size_t n, const double *x, double *log_q)
{
  bgen_status status = bgen_generator_reserve(g, n);
  for (size_t i = 0; i < n; i++) log_q[i] = -INFINITY;
  for (size_t k = 0; !status && k < g->n_components; k++) {
    const double log_weight = log(g->component[k].weight);
    status = bgen_generator_log_q_component(g, k, n, x, g->batch_log[0]);
    for (size_t i = 0; i < n; i++) log_q[i] = log_add(log_q[i], log_weight + g->batch_log[0][i]);
  }
  return status;
}

/* ---- samples ---- */

bgen_status bgen_generator_sample_component(bgen_generator *g, size_t k, bgen_stream stream,
                                            uint64_t first, size_t n, double *x, bgen_draw *draw)
{
  const bgen_status status = bgen_generator_reserve(g, n);
  if (status) return status;
  assert(g->batch_log[0]);
  bgen_flow_sample(g->component[k].flow, g->workspace, g->seed, stream, first, n, x,
                   g->batch_log[0]);
  for (size_t i = 0; i < n; i++) {
    const bool inside = in_domain(g, k, x + i * g->dim);
    draw[i] = (bgen_draw){k, inside ? g->batch_log[0][i] : NAN, inside};
  }
  return BGEN_OK;
}

/* the component whose share of (0,1) holds a uniform number of this point */
static size_t component_of(const bgen_generator *g, uint64_t point)
{
  bgen_rng rng = bgen_rng_at(g->seed, BGEN_STREAM_COMPONENT, point);
  double rest = bgen_rng_uniform(&rng);
  size_t k = 0;
  while (k + 1 < g->n_components && rest >= g->component[k].weight)
    rest -= g->component[k++].weight;
  return k;
}

/* the latent points of component k alone, gathered; returns how many */
static size_t gather_latent(bgen_generator *g, size_t k, bgen_stream stream, uint64_t first,
                            size_t n, const bgen_draw *draw)
{
  const bgen_flow *flow = g->component[k].flow;
  size_t m = 0;
  assert(g->batch_row);
  for (size_t i = 0; i < n; i++) {
    if (draw[i].component != k) continue;
    bgen_prior_sample(&flow->prior, flow->tau, g->seed, stream, first + i, 1,
                      g->batch[0] + m * g->dim);
    g->batch_row[m++] = i;
  }
  return m;
}

static void sample_share(bgen_generator *g, size_t k, bgen_stream stream, uint64_t first, size_t n,
                         double *x, bgen_draw *draw)
{
  const size_t m = gather_latent(g, k, stream, first, n, draw);
  bgen_flow_transform(g->component[k].flow, g->workspace, BGEN_FORWARD, m, g->batch[0], g->batch[1],
                      g->batch_log[0]);
  for (size_t j = 0; j < m; j++) {
    const size_t i = g->batch_row[j];
    memcpy(x + i * g->dim, g->batch[1] + j * g->dim, g->dim * sizeof *x);
    draw[i].in_domain = in_domain(g, k, x + i * g->dim);
  }
}

/* log q of the whole mixture at all samples */
static bgen_status rate_samples(bgen_generator *g, size_t n, const double *x, bgen_draw *draw)
{
  double *log_q = g->batch_log[1];
  assert(log_q);
  const bgen_status status = bgen_generator_log_q(g, n, x, log_q);
  for (size_t i = 0; i < n; i++) draw[i].log_q = draw[i].in_domain ? log_q[i] : NAN;
  return status;
}

bgen_status bgen_generator_sample(bgen_generator *g, bgen_stream stream, uint64_t first, size_t n,
                                  double *x, bgen_draw *draw)
{
  const bgen_status status = bgen_generator_reserve(g, n);
  if (status) return status;
  for (size_t i = 0; i < n; i++) draw[i].component = component_of(g, first + i);
  for (size_t k = 0; k < g->n_components; k++) sample_share(g, k, stream, first, n, x, draw);
  return rate_samples(g, n, x, draw);
}
