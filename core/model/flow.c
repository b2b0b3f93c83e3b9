/* SPDX-License-Identifier: MIT */
#include "model/flow.h"

#include <assert.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "base/memory.h"
#include "coords/whiten.h"
#include "layers/chain.h"
#include "layers/local.h"
#include "model/prior_fit.h"

/* One part for each thread. */
struct bgen_passes {
  int n_threads;
  size_t dim, scratch_size, tape_size; /* of the map */
  double *memory;
};

/* For one chunk; the last three are of gradients alone. */
typedef struct part {
  double *scratch, *z, *grad_z, *grad_log_det, *tape;
} part;

/* What all passes over a batch share; rows of in, out and the rest belong to the same point. */
typedef struct batch {
  const bgen_flow *flow;
  bgen_passes *passes;
  double tau;
  size_t n;
} batch;

size_t bgen_flow_n_fitted(const bgen_flow *flow)
{
  return flow->map->n_fitted + bgen_prior_n_fitted(&flow->prior);
}

bgen_status bgen_flow_create(bgen_bijection *map, size_t n_modes, const bool *circle, uint64_t seed,
                             bgen_flow **result)
{
  const bgen_prior prior = {map->dim, n_modes, NULL, NULL};
  const double n_bytes = (double) map->n_params * sizeof(bgen_real) +
                         (double) (map->n_fitted + bgen_prior_n_fitted(&prior)) * sizeof(double);
  const bgen_status fits = bgen_memory_check(n_bytes, "a flow of %zu parameters", map->n_params);
  if (fits) {
    bgen_bijection_destroy(map);
    return fits;
  }
  bgen_flow *flow = malloc(sizeof *flow);
  bgen_real *theta = calloc(map->n_params + 1, sizeof *theta);
  double *fitted = calloc(map->n_fitted + bgen_prior_n_fitted(&prior) + 1, sizeof *fitted);
  bool *copy = circle ? malloc(map->dim * sizeof *copy) : NULL;
  if (!flow || !theta || !fitted || (circle && !copy)) {
    const size_t n_params = map->n_params;
    free(flow), free(theta), free(fitted), free(copy);
    bgen_bijection_destroy(map);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for a flow of %zu parameters", n_params);
  }
  if (copy) memcpy(copy, circle, map->dim * sizeof *copy);
  *flow = (bgen_flow){map, prior, NULL, theta, fitted, copy};
  flow->prior.fitted = fitted + map->n_fitted, flow->prior.circle = copy;
  if (map->type->init) map->type->init(map, bgen_rng_at(seed, BGEN_STREAM_INIT, 0), theta);
  *result = flow;
  return BGEN_OK;
}

void bgen_flow_destroy(bgen_flow *flow)
{
  if (!flow) return;
  bgen_bijection_destroy(flow->map);
  free(flow->theta);
  free(flow->fitted);
  free(flow->circle);
  free(flow);
}

static size_t part_size(const bgen_passes *w)
{
  return BGEN_CHUNK * (w->scratch_size + 2 * w->dim + 1 + w->tape_size);
}

static part part_of_thread(const bgen_passes *w)
{
  part p = {.scratch = w->memory + (size_t) omp_get_thread_num() * part_size(w)};
  p.z = p.scratch + BGEN_CHUNK * w->scratch_size;
  p.grad_z = p.z + BGEN_CHUNK * w->dim;
  p.grad_log_det = p.grad_z + BGEN_CHUNK * w->dim;
  p.tape = p.grad_log_det + BGEN_CHUNK;
  return p;
}

bgen_status bgen_passes_create(const bgen_flow *flow, int n_threads, bgen_passes **result)
{
  const bgen_bijection *map = flow->map;
  const bgen_passes sizes = {n_threads, map->dim, map->scratch_size, map->tape_size, NULL};
  static const double STACK = 8.0 * 1024 * 1024; /* of a thread, without which none can begin */
  const bgen_status fits = bgen_memory_check(
      n_threads * ((double) part_size(&sizes) * sizeof(double) + (n_threads > 1 ? STACK : 0)),
      "passes through a flow of %zu parameters by %d threads", map->n_params, n_threads);
  if (fits) return fits;
  bgen_passes *passes = malloc(sizeof *passes);
  double *memory = malloc((size_t) n_threads * part_size(&sizes) * sizeof *memory);
  if (!passes || !memory) {
    free(passes), free(memory);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the passes of %d threads", n_threads);
  }
  *passes = sizes;
  passes->memory = memory;
  *result = passes;
  return BGEN_OK;
}

void bgen_passes_destroy(bgen_passes *passes)
{
  if (!passes) return;
  free(passes->memory);
  free(passes);
}

int bgen_passes_threads(const bgen_passes *passes)
{
  return passes->n_threads;
}

/* small batches are spread over the threads too */
static size_t chunk_of(const batch *b)
{
  const size_t share =
      bgen_padded_rows((b->n + (size_t) b->passes->n_threads - 1) / (size_t) b->passes->n_threads);
  return share < BGEN_CHUNK ? share : BGEN_CHUNK;
}

/* no thread is woken that would find no chunk */
static int threads_of(const batch *b, size_t chunk)
{
  const size_t n_chunks = (b->n + chunk - 1) / chunk;
  return n_chunks < (size_t) b->passes->n_threads ? (int) n_chunks : b->passes->n_threads;
}

/* log_det is set; returns the pass, which a vjp may follow if there is a tape */
static bgen_pass run_map(const bgen_flow *flow, bgen_direction direction, size_t n,
                         const double *in, double *tape, double *scratch, double *out,
                         double *log_det)
{
  const bgen_pass pass = {direction, n, flow->theta, flow->fitted, tape, scratch, false};
  memset(log_det, 0, n * sizeof *log_det);
  flow->map->type->apply(flow->map, &pass, in, out, log_det);
  return pass;
}

void bgen_flow_transform(const bgen_flow *flow, bgen_passes *passes, bgen_direction direction,
                         size_t n, const double *in, double *out, double *log_det)
{
  const batch b = {flow, passes, 1, n};
  if (n == 0) return;
  const size_t chunk = chunk_of(&b), dim = flow->map->dim;
#pragma omp parallel for schedule(static) num_threads(threads_of(&b, chunk))
  for (size_t i = 0; i < n; i += chunk)
    run_map(flow, direction, n - i < chunk ? n - i : chunk, in + i * dim, NULL,
            part_of_thread(passes).scratch, out + i * dim, log_det + i);
}

/* ---- what is taken from data ---- */

/* z[n][dim] and log_det[n] are memory */
static bgen_status fit_modes(const bgen_flow *flow, size_t n, const double *x, double *z,
                             double *log_det)
{
  bgen_passes *passes = NULL;
  const bgen_status status = bgen_passes_create(flow, 1, &passes);
  if (status) return status;
  assert(passes);
  bgen_flow_transform(flow, passes, BGEN_INVERSE, n, x, z, log_det);
  bgen_passes_destroy(passes);
  return bgen_prior_fit_fit(&flow->prior, n, z);
}

bgen_status bgen_flow_fit_prior(bgen_flow *flow, size_t n, const double *x)
{
  const size_t dim = flow->map->dim;
  if (!flow->prior.n_modes)
    return bgen_fail(BGEN_BAD_INPUT,
                     "there is no prior to fit: the flow does not end in a mixture");
  double *z = malloc((n * (dim + 1) + 1) * sizeof *z);
  if (!z) return bgen_fail(BGEN_NO_MEMORY, "no memory to fit a prior to %zu frames", n);
  const bgen_status status = fit_modes(flow, n, x, z, z + n * dim);
  free(z);
  return status;
}

bool bgen_flow_whitens(const bgen_flow *flow)
{
  size_t at;
  return bgen_is_whiten(bgen_chain_outermost(flow->map, &at));
}

bool bgen_flow_is_local(const bgen_flow *flow)
{
  size_t at;
  return bgen_chain_find(flow->map, bgen_is_local, &at) != NULL;
}

size_t bgen_flow_n_classes(const bgen_flow *flow)
{
  size_t at;
  const bgen_bijection *map = bgen_chain_find(flow->map, bgen_is_local, &at);
  return map ? bgen_local_n_classes(map, flow->fitted + at) : 0;
}

/* A normal distribution in place of what frames have; mean NULL: it is that of the frames. */
typedef struct normal {
  const double *mean, *covariance;
} normal;

static bgen_status fit_map(const bgen_flow *flow, normal given, size_t n, const double *x)
{
  const bgen_bijection *map = flow->map;
  const bgen_examples to = {n, x, flow->neighbors};
  size_t at;
  if (!given.mean)
    return map->type->fit ? map->type->fit(map, flow->theta, &to, flow->fitted) : BGEN_OK;
  const bgen_bijection *outermost = bgen_chain_outermost(map, &at);
  const bgen_status status =
      bgen_whiten_to(outermost, given.mean, given.covariance, flow->fitted + at);
  return status ? status : bgen_chain_fit_within(map, flow->theta, &to, flow->fitted);
}

/* on a copy, which is taken when all is well */
static bgen_status fit_copy(bgen_flow *flow, normal given, size_t n, const double *x)
{
  const size_t n_fitted = bgen_flow_n_fitted(flow);
  bgen_flow copy = *flow;
  copy.fitted = calloc(n_fitted + 1, sizeof *copy.fitted);
  if (!copy.fitted) return bgen_fail(BGEN_NO_MEMORY, "no memory to fit a flow");
  copy.prior.fitted = copy.fitted + flow->map->n_fitted;
  bgen_status status = fit_map(&copy, given, n, x);
  if (!status && flow->prior.n_modes) status = bgen_flow_fit_prior(&copy, n, x);
  if (!status) memcpy(flow->fitted, copy.fitted, n_fitted * sizeof *flow->fitted);
  free(copy.fitted);
  return status;
}

bgen_status bgen_flow_fit(bgen_flow *flow, size_t n, const double *x)
{
  return fit_copy(flow, (normal){NULL, NULL}, n, x);
}

bgen_status bgen_flow_fit_normal(bgen_flow *flow, size_t n, const double *x, const double *mean,
                                 const double *covariance)
{
  if (!bgen_flow_whitens(flow))
    return bgen_fail(BGEN_BAD_INPUT, "the flow does not begin with whiten");
  return fit_copy(flow, (normal){mean, covariance}, n, x);
}

bgen_status bgen_flow_check(const bgen_flow *flow)
{
  const bgen_bijection *map = flow->map;
  const bgen_status status = map->type->check ? map->type->check(map, flow->fitted) : BGEN_OK;
  return status ? status : bgen_prior_check(&flow->prior);
}

/* ---- density ---- */

/* log q = log p(z) + log|det dz/dx| */
static void log_q_of_chunk(const batch *b, size_t n, const double *x, double *log_q)
{
  const size_t dim = b->flow->map->dim;
  const part p = part_of_thread(b->passes);
  run_map(b->flow, BGEN_INVERSE, n, x, NULL, p.scratch, p.z, log_q);
  for (size_t i = 0; i < n; i++)
    log_q[i] += bgen_prior_log_p(&b->flow->prior, b->tau, p.z + i * dim);
}

void bgen_flow_log_q(const bgen_flow *flow, bgen_passes *passes, double tau, size_t n,
                     const double *x, double *log_q)
{
  const batch b = {flow, passes, tau, n};
  if (n == 0) return;
  const size_t chunk = chunk_of(&b), dim = flow->map->dim;
#pragma omp parallel for schedule(static) num_threads(threads_of(&b, chunk))
  for (size_t i = 0; i < n; i += chunk)
    log_q_of_chunk(&b, n - i < chunk ? n - i : chunk, x + i * dim, log_q + i);
}

/* d(log q) = d(log p(z)) + d(log|det dz/dx|) */
static void gradient_of_chunk(const batch *b, size_t n, const double *x, double *log_q,
                              double *grad)
{
  const bgen_flow *flow = b->flow;
  const bgen_bijection *map = flow->map;
  const part p = part_of_thread(b->passes);
  const bgen_pass pass = run_map(flow, BGEN_INVERSE, n, x, p.tape, p.scratch, p.z, log_q);
  for (size_t i = 0; i < n; i++) {
    const size_t at = i * map->dim;
    log_q[i] += bgen_prior_log_p_gradient(&flow->prior, b->tau, p.z + at, p.grad_z + at);
    p.grad_log_det[i] = 1;
  }
  map->type->vjp(map, &pass, p.grad_z, p.grad_log_det, grad, NULL);
}

void bgen_flow_log_q_gradient(const bgen_flow *flow, bgen_passes *passes, double tau, size_t n,
                              const double *x, double *log_q, double *grad)
{
  const batch b = {flow, passes, tau, n};
  if (n == 0) return;
  const size_t chunk = chunk_of(&b), dim = flow->map->dim;
#pragma omp parallel for schedule(static) num_threads(threads_of(&b, chunk))
  for (size_t i = 0; i < n; i += chunk)
    gradient_of_chunk(&b, n - i < chunk ? n - i : chunk, x + i * dim, log_q + i, grad + i * dim);
}

/* ---- latent space ---- */

/* a map without a tape needs no pass before its vjp */
static void latent_gradient_of_chunk(const batch *b, double scale, size_t n, const double *z,
                                     const double *grad_x, double *grad_z)
{
  const bgen_flow *flow = b->flow;
  const bgen_bijection *map = flow->map;
  const part p = part_of_thread(b->passes);
  bgen_pass pass = {BGEN_FORWARD, n, flow->theta, flow->fitted, p.tape, p.scratch, false};
  if (map->tape_size > 0)
    pass = run_map(flow, BGEN_FORWARD, n, z, p.tape, p.scratch, p.z, p.grad_log_det);
  for (size_t i = 0; i < n; i++) p.grad_log_det[i] = scale;
  map->type->vjp(map, &pass, grad_x, p.grad_log_det, grad_z, NULL);
}

void bgen_flow_latent_gradient(const bgen_flow *flow, bgen_passes *passes, double scale, size_t n,
                               const double *z, const double *grad_x, double *grad_z)
{
  const batch b = {flow, passes, 1, n};
  if (n == 0) return;
  const size_t chunk = chunk_of(&b), dim = flow->map->dim;
#pragma omp parallel for schedule(static) num_threads(threads_of(&b, chunk))
  for (size_t i = 0; i < n; i += chunk)
    latent_gradient_of_chunk(&b, scale, n - i < chunk ? n - i : chunk, z + i * dim,
                             grad_x + i * dim, grad_z + i * dim);
}

/* log q = log p(z) - log|det dx/dz| */
static void sample_chunk(const batch *b, uint64_t seed, bgen_stream stream, uint64_t first,
                         size_t n, double *x, double *log_q)
{
  const size_t dim = b->flow->map->dim;
  const part p = part_of_thread(b->passes);
  bgen_prior_sample(&b->flow->prior, b->tau, seed, stream, first, n, p.z);
  run_map(b->flow, BGEN_FORWARD, n, p.z, NULL, p.scratch, x, log_q);
  for (size_t i = 0; i < n; i++)
    log_q[i] = bgen_prior_log_p(&b->flow->prior, b->tau, p.z + i * dim) - log_q[i];
}

void bgen_flow_sample(const bgen_flow *flow, bgen_passes *passes, double tau, uint64_t seed,
                      bgen_stream stream, uint64_t first, size_t n, double *x, double *log_q)
{
  const batch b = {flow, passes, tau, n};
  if (n == 0) return;
  const size_t chunk = chunk_of(&b), dim = flow->map->dim;
#pragma omp parallel for schedule(static) num_threads(threads_of(&b, chunk))
  for (size_t i = 0; i < n; i += chunk)
    sample_chunk(&b, seed, stream, first + i, n - i < chunk ? n - i : chunk, x + i * dim,
                 log_q + i);
}
