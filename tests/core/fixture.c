/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "model/spec.h"

enum { FRAMES = 200 };

void *must_allocate(size_t n_bytes)
{
  void *memory = malloc(n_bytes);
  assert_true(memory != NULL || n_bytes == 0);
  return memory;
}

double varied(uint64_t key, size_t i)
{
  bgen_rng rng = bgen_rng_at(key, BGEN_STREAM_TEST, i);
  return 2 * bgen_rng_uniform(&rng) - 1;
}

void fill_varied(uint64_t key, size_t n, double *values)
{
  for (size_t i = 0; i < n; i++) values[i] = varied(key, i);
}

void fill_varied_real(uint64_t key, size_t n, bgen_real *values)
{
  for (size_t i = 0; i < n; i++) values[i] = (bgen_real) varied(key, i);
}

void perturb(uint64_t key, double size, size_t n_params, bgen_real *theta)
{
  for (size_t i = 0; i < n_params; i++) theta[i] += (bgen_real) (size * varied(key, i));
}

void fill_frames(uint64_t key, size_t n, size_t dim, double *x)
{
  double *z = must_allocate(dim * sizeof *z);
  for (size_t i = 0; i < n; i++) {
    bgen_rng rng = bgen_rng_at(key, BGEN_STREAM_SAMPLE, i);
    bgen_rng_normals(&rng, dim, z);
    for (size_t j = 0; j < dim; j++) {
      double sum = varied(key, j) + (1 + 0.5 * varied(key + 1, j)) * z[j];
      for (size_t k = 0; k < j; k++) sum += 0.4 * varied(key + 2, j * dim + k) * z[k];
      x[i * dim + j] = sum;
    }
  }
  free(z);
}

bgen_flow *make_flow(const char *spec, bgen_layout layout, uint64_t key, double size)
{
  bgen_bijection *map = NULL;
  size_t n_modes;
  bgen_flow *flow = NULL;
  CHECK_OK(bgen_spec_build(spec, &layout, key, &map, &n_modes));
  CHECK_OK(bgen_flow_create(map, n_modes, NULL, key, &flow));
  double *x = must_allocate(FRAMES * map->dim * sizeof *x);
  fill_frames(key, FRAMES, map->dim, x);
  CHECK_OK(bgen_flow_fit(flow, FRAMES, x));
  perturb(key, size, map->n_params, flow->theta);
  free(x);
  return flow;
}

bgen_passes *make_passes(const bgen_flow *flow, int n_threads)
{
  bgen_passes *passes = NULL;
  CHECK_OK(bgen_passes_create(flow, n_threads, &passes));
  return passes;
}

bgen_workspace *make_workspace(const bgen_generator *g, int n_threads)
{
  bgen_workspace *workspace = NULL;
  CHECK_OK(bgen_workspace_create(g, n_threads, &workspace));
  return workspace;
}

/* frames about a reference, near enough that most keep their labels */
static void fit_component(bgen_generator *g, size_t k)
{
  const size_t dim = bgen_generator_dim(g);
  double *reference = must_allocate(dim * sizeof *reference);
  double *x = must_allocate(FRAMES * dim * sizeof *x);
  bgen_workspace *w = make_workspace(g, 1);
  fill_varied(100 + k, dim, reference);
  fill_frames(110 + k, FRAMES, dim, x);
  for (size_t i = 0; i < FRAMES * dim; i++) x[i] = 2 * reference[i % dim] + 0.5 * x[i];
  CHECK_OK(bgen_generator_fit(g, w, k, reference, FRAMES, x));
  bgen_workspace_destroy(w);
  free(reference), free(x);
}

bgen_generator *make_generator(bgen_layout layout, symmetry blind_to, size_t n_components,
                               const char *spec, double size)
{
  static const char *const names[] = {"a", "b", "c"};
  static const double weights[] = {1, 2, 3};
  const bgen_generator_options options = {.layout = layout,
                                          .spec = spec,
                                          .species = blind_to.species,
                                          .n_mirrors = blind_to.n_mirrors,
                                          .mirrors = blind_to.mirror,
                                          .n_components = n_components,
                                          .names = names,
                                          .seed = 91};
  bgen_generator *g = NULL;
  CHECK_OK(bgen_generator_create(&options, &g));
  for (size_t k = 0; k < n_components; k++) {
    CHECK_CLOSE(bgen_generator_weight(g, k), 1 / (double) n_components, 1e-15);
    fit_component(g, k);
    perturb(120 + k, size, bgen_generator_n_params(g, k), bgen_generator_flow(g, k)->theta);
  }
  bgen_generator_set_weights(g, weights);
  return g;
}

model make_model(bgen_layout layout, symmetry blind_to, size_t n_components, const char *spec,
                 double size, int n_threads)
{
  bgen_generator *g = make_generator(layout, blind_to, n_components, spec, size);
  return (model){g, make_workspace(g, n_threads), bgen_generator_dim(g), n_components, 1};
}

void free_model(model *m)
{
  bgen_workspace_destroy(m->w);
  bgen_generator_destroy(m->g);
}

static void check_refused_fit(const bgen_bijection *map, size_t n, const double *x,
                              bgen_status status, const char *word)
{
  double *fitted = must_allocate(2 * map->n_fitted * sizeof *fitted);
  double *before = fitted + map->n_fitted;
  fill_varied(10, map->n_fitted, fitted);
  memcpy(before, fitted, map->n_fitted * sizeof *fitted);
  CHECK_REFUSED(map->type->fit(map, NULL, &(bgen_examples){n, x, NULL}, fitted), status, word);
  CHECK_SAME(map->n_fitted, fitted, before);
  free(fitted);
}

void check_refused_frames(bgen_bijection *map, const char *word)
{
  enum { N = 7 };
  double *x = must_allocate(N * map->dim * sizeof *x), *one = x + 3 * map->dim + 1;
  fill_frames(11, N, map->dim, x);
  check_refused_fit(map, 0, x, BGEN_BAD_INPUT, "0");
  check_refused_fit(map, 1, x, BGEN_BAD_INPUT, "1");
  *one = NAN;
  check_refused_fit(map, N, x, BGEN_NOT_FINITE, word);
  *one = INFINITY;
  check_refused_fit(map, N, x, BGEN_NOT_FINITE, word);
  free(x);
  bgen_bijection_destroy(map);
}

/* Sites on a ring, of two classes in turn where they are even in number; a map of sites has one
   more of them than dim has in as many dimensions as divide it, three or two. */
static bgen_neighbors make_ring(size_t dim)
{
  enum { NEIGHBORS = 6 };
  const size_t n = dim % 3 ? dim / 2 + 1 : dim / 3 + 1;
  bgen_neighbors ring = {.n_sites = n, .n_classes = n % 2 ? 1 : 2, .n_neighbors = NEIGHBORS};
  ring.site_class = must_allocate(n * sizeof *ring.site_class);
  ring.neighbor = must_allocate(n * NEIGHBORS * sizeof *ring.neighbor);
  for (size_t i = 0; i < n; i++) {
    ring.site_class[i] = i % ring.n_classes;
    for (size_t j = 0; j < NEIGHBORS; j++) ring.neighbor[i * NEIGHBORS + j] = (i + 1 + j) % n;
  }
  return ring;
}

rig make_rig(bgen_bijection *map, size_t n, uint64_t key, double size)
{
  const size_t rows = bgen_padded_rows(n);
  rig r = {.map = map};
  r.theta = must_allocate(map->n_params * sizeof *r.theta);
  r.fitted = must_allocate(map->n_fitted * sizeof *r.fitted);
  r.tape = must_allocate(rows * map->tape_size * sizeof *r.tape);
  r.scratch = must_allocate(rows * map->scratch_size * sizeof *r.scratch);
  if (map->type->init) map->type->init(map, bgen_rng_at(key, BGEN_STREAM_INIT, 0), r.theta);
  double *x = must_allocate(FRAMES * map->dim * sizeof *x);
  fill_frames(key, FRAMES, map->dim, x);
  const bgen_neighbors ring = make_ring(map->dim);
  const bgen_examples to = {FRAMES, x, &ring};
  if (map->type->fit) CHECK_OK(map->type->fit(map, r.theta, &to, r.fitted));
  perturb(key, size, map->n_params, r.theta);
  free(x), free(ring.site_class), free(ring.neighbor);
  return r;
}

void free_rig(rig *r)
{
  bgen_bijection_destroy(r->map);
  free(r->theta), free(r->fitted), free(r->tape), free(r->scratch);
}

static bgen_pass pass_of(const rig *r, bgen_direction direction, size_t n, bool taped)
{
  return (bgen_pass){direction, n, r->theta, r->fitted, taped ? r->tape : NULL, r->scratch, false};
}

void rig_apply(const rig *r, bgen_direction direction, size_t n, bool taped, const double *in,
               double *out, double *log_det)
{
  const bgen_pass pass = pass_of(r, direction, n, taped);
  for (size_t i = 0; i < n; i++) log_det[i] = 0;
  r->map->type->apply(r->map, &pass, in, out, log_det);
}

void rig_vjp(const rig *r, bgen_direction direction, size_t n, const double *grad_out,
             const double *grad_log_det, double *grad_in, bgen_real *grad_theta)
{
  const bgen_pass pass = pass_of(r, direction, n, true);
  r->map->type->vjp(r->map, &pass, grad_out, grad_log_det, grad_in, grad_theta);
}

double slope_of(const double f[4], double h)
{
  return ((f[0] - f[3]) - 8 * (f[1] - f[2])) / (12 * h);
}

/* by elimination with the largest pivot of each column; a is overwritten */
double log_abs_det(size_t dim, double *a)
{
  double sum = 0;
  for (size_t k = 0; k < dim; k++) {
    size_t best = k;
    for (size_t i = k; i < dim; i++)
      if (fabs(a[i * dim + k]) > fabs(a[best * dim + k])) best = i;
    for (size_t j = k; j < dim; j++) {
      const double kept = a[k * dim + j];
      a[k * dim + j] = a[best * dim + j], a[best * dim + j] = kept;
    }
    for (size_t i = k + 1; i < dim; i++)
      for (size_t j = dim; j-- > k;)
        a[i * dim + j] -= a[i * dim + k] / a[k * dim + k] * a[k * dim + j];
    sum += log(fabs(a[k * dim + k]));
  }
  return sum;
}
