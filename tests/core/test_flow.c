/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "base/moments.h"
#include "fixture.h"

static const uint64_t seed = 41;

static void free_flow(bgen_flow *flow, bgen_passes *passes)
{
  bgen_flow_destroy(flow);
  bgen_passes_destroy(passes);
}

/* Flows of one particle in the plane up to the 76 coordinates of the dimer. */
static const struct {
  const char *spec;
  bgen_layout layout;
  double perturbed;
} flows[] = {
    {"whiten", {3, 1}, 0},
    {"whiten; realnvp blocks 3 width 12", {1, 2}, 0.4},
    {"realnvp blocks 3 width 12 depth 1; whiten", {4, 3}, 0.3},
    {"whiten; realnvp blocks 6 width 50", {38, 2}, 0.1},
    {"whiten; realnvp blocks 2 width 12; mixture modes 3", {1, 2}, 0.2},
    {"realnvp blocks 3 width 12; mixture modes 4", {6, 2}, 0.2},
};

enum { N_FLOWS = sizeof flows / sizeof flows[0], POINTS = 500, MOST = 76 };

static double x[POINTS * MOST], other[POINTS * MOST], log_q[POINTS], other_log_q[POINTS];

/* log q of a sample, found again from the sample alone */
static void test_log_q_is_what_was_sampled(void **state)
{
  (void) state;
  for (size_t k = 0; k < N_FLOWS; k++) {
    bgen_flow *flow = make_flow(flows[k].spec, flows[k].layout, seed, flows[k].perturbed);
    bgen_passes *passes = make_passes(flow, 1);
    bgen_flow_sample(flow, passes, 1, seed, BGEN_STREAM_SAMPLE, 0, POINTS, x, log_q);
    bgen_flow_log_q(flow, passes, 1, POINTS, x, other_log_q);
    for (size_t i = 0; i < POINTS; i++) CHECK_CLOSE(other_log_q[i], log_q[i], 1e-9);
    free_flow(flow, passes);
  }
}

/* a sample is the map of the prior's draw for its number, and log q its definition */
static void check_samples(size_t k)
{
  enum { N = 70, DIM = 12, FIRST = 1000 };
  bgen_flow *flow = make_flow(flows[k].spec, flows[k].layout, seed, flows[k].perturbed);
  bgen_passes *passes = make_passes(flow, 2);
  double z[N * DIM], log_det[N];
  bgen_prior_sample(&flow->prior, 1, seed, BGEN_STREAM_PROPOSAL, FIRST, N, z);
  bgen_flow_transform(flow, passes, BGEN_FORWARD, N, z, other, log_det);
  bgen_flow_sample(flow, passes, 1, seed, BGEN_STREAM_PROPOSAL, FIRST, N, x, log_q);
  CHECK_SAME(N * DIM, x, other);
  for (size_t i = 0; i < N; i++)
    CHECK_CLOSE(log_q[i], bgen_prior_log_p(&flow->prior, 1, z + i * DIM) - log_det[i], 1e-12);
  bgen_flow_transform(flow, passes, BGEN_INVERSE, N, x, other, log_q);
  for (size_t i = 0; i < N * DIM; i++) CHECK_RELATIVE(other[i], z[i], 1e-9);
  for (size_t i = 0; i < N; i++) CHECK_CLOSE(log_q[i], -log_det[i], 1e-9);
  free_flow(flow, passes);
}

static void test_sample_is_the_map_of_the_prior(void **state)
{
  (void) state;
  check_samples(2);
  check_samples(5);
}

/* of log q, at the POINTS in x: all at once on one thread, or some on several */
static void check_gradients_are_the_same(const bgen_flow *flow, bgen_passes *alone,
                                         bgen_passes *together)
{
  static const size_t batches[] = {0, 1, 9, 65, POINTS};
  static double grad[POINTS * MOST];
  const size_t dim = flow->map->dim;
  bgen_flow_log_q_gradient(flow, alone, 1, POINTS, x, other_log_q, grad);
  CHECK_SAME(POINTS, log_q, other_log_q);
  for (size_t b = 0; b < sizeof batches / sizeof batches[0]; b++) {
    const size_t n = batches[b], skip = POINTS - n;
    bgen_flow_log_q_gradient(flow, together, 1, n, x + skip * dim, other_log_q, other);
    CHECK_SAME(n, other_log_q, log_q + skip);
    CHECK_SAME(n * dim, other, grad + skip * dim);
  }
}

/* any number of threads and any cut of the batch: the same bits */
static void test_threads_and_batches_do_not_matter(void **state)
{
  static const size_t batches[] = {0, 1, 7, 63, 64, 65, 129, POINTS};
  (void) state;
  for (size_t k = 0; k < N_FLOWS; k++) {
    const size_t dim = flows[k].layout.n_particles * flows[k].layout.n_space;
    bgen_flow *flow = make_flow(flows[k].spec, flows[k].layout, seed, flows[k].perturbed);
    bgen_passes *alone = make_passes(flow, 1), *together = make_passes(flow, 4);
    assert_int_equal(bgen_passes_threads(together), 4);
    bgen_flow_sample(flow, alone, 1, seed, BGEN_STREAM_SAMPLE, 5, POINTS, x, log_q);
    for (size_t b = 0; b < sizeof batches / sizeof batches[0]; b++) {
      const size_t n = batches[b], skip = POINTS - n;
      bgen_flow_sample(flow, together, 1, seed, BGEN_STREAM_SAMPLE, 5 + skip, n, other,
                       other_log_q);
      CHECK_SAME(n * dim, other, x + skip * dim);
      CHECK_SAME(n, other_log_q, log_q + skip);
    }
    bgen_flow_log_q(flow, alone, 1, POINTS, x, log_q);
    bgen_flow_log_q(flow, together, 1, POINTS, x, other_log_q);
    CHECK_SAME(POINTS, log_q, other_log_q);
    bgen_flow_log_q(flow, together, 1, 33, x, other_log_q);
    CHECK_SAME(33, log_q, other_log_q);
    check_gradients_are_the_same(flow, alone, together);
    bgen_passes_destroy(alone);
    free_flow(flow, together);
  }
}

/* a flow that only whitens is the normal distribution of its frames */
static void test_whiten_is_a_gaussian(void **state)
{
  enum { N = 200 };
  bgen_flow *flow = make_flow("whiten", (bgen_layout){1, 1}, seed, 0);
  bgen_passes *passes = make_passes(flow, 1);
  average m = {0};
  (void) state;
  fill_frames(9, N, 1, x);
  for (size_t i = 0; i < N; i++) average_add(&m, x[i]);
  const double variance = m.squares / N;
  CHECK_OK(bgen_flow_fit(flow, N, x));
  bgen_flow_log_q(flow, passes, 1, N, x, log_q);
  for (size_t i = 0; i < N; i++) {
    const double d = x[i] - m.value;
    CHECK_CLOSE(log_q[i], -d * d / (2 * variance) - 0.5 * log(2 * acos(-1) * variance), 1e-12);
  }
  free_flow(flow, passes);
}

/* ---- one particle in the plane, where integrals can be done ---- */

enum { GRID = 241 };
static const double edge = 12;

typedef struct moments {
  double one, first, second, product;
} moments;

/* of q on a square grid; the sum of a smooth function that vanishes at the edge is its integral */
static moments integrate(const bgen_flow *flow, bgen_passes *passes, double tau)
{
  const double step = 2 * edge / (GRID - 1);
  moments sum = {0};
  for (size_t row = 0; row < GRID; row++) {
    double at[2 * GRID], density[GRID];
    for (size_t i = 0; i < GRID; i++) {
      at[2 * i] = -edge + step * (double) i;
      at[2 * i + 1] = -edge + step * (double) row;
    }
    bgen_flow_log_q(flow, passes, tau, GRID, at, density);
    for (size_t i = 0; i < GRID; i++) {
      const double mass = exp(density[i]) * step * step, a = at[2 * i], b = at[2 * i + 1];
      sum.one += mass, sum.first += mass * a, sum.second += mass * b * b,
          sum.product += mass * a * b;
    }
  }
  return sum;
}

/* the density is normalised, and it is the density of what is sampled */
static void check_integrals(const char *spec, double tau)
{
  enum { SAMPLES = 20000 };
  bgen_flow *flow = make_flow(spec, (bgen_layout){1, 2}, seed, 0.2);
  bgen_passes *passes = make_passes(flow, 2);
  const moments exact = integrate(flow, passes, tau);
  average first = {0}, second = {0}, product = {0};
  CHECK_CLOSE(exact.one, 1, 1e-6);
  double *sample = must_allocate(2 * SAMPLES * sizeof *sample);
  double *density = must_allocate(SAMPLES * sizeof *density);
  bgen_flow_sample(flow, passes, tau, seed, BGEN_STREAM_SAMPLE, 0, SAMPLES, sample, density);
  for (size_t i = 0; i < SAMPLES; i++) {
    const double a = sample[2 * i], b = sample[2 * i + 1];
    average_add(&first, a), average_add(&second, b * b), average_add(&product, a * b);
  }
  CHECK_MEAN(&first, exact.first);
  CHECK_MEAN(&second, exact.second);
  CHECK_MEAN(&product, exact.product);
  free(sample), free(density);
  free_flow(flow, passes);
}

static void test_integrals(void **state)
{
  (void) state;
  check_integrals(flows[1].spec, 1);
  check_integrals(flows[4].spec, 1);
  check_integrals(flows[4].spec, 1.6);
}

/* before training a flow is the normal distribution of its frames, whatever its networks */
static void test_starts_as_the_identity(void **state)
{
  bgen_flow *full = make_flow("whiten; realnvp blocks 3 width 8", (bgen_layout){4, 2}, seed, 0);
  bgen_flow *bare = make_flow("whiten", (bgen_layout){4, 2}, seed, 0);
  bgen_passes *passes = make_passes(full, 1), *other_passes = make_passes(bare, 1);
  (void) state;
  bgen_flow_sample(full, passes, 1, seed, BGEN_STREAM_SAMPLE, 0, 20, x, log_q);
  bgen_flow_sample(bare, other_passes, 1, seed, BGEN_STREAM_SAMPLE, 0, 20, other, other_log_q);
  CHECK_SAME(20 * 8, x, other);
  CHECK_SAME(20, log_q, other_log_q);
  free_flow(full, passes);
  free_flow(bare, other_passes);
}

/* poisoned parameters give densities that are not finite, not crashes */
static void test_nan_network(void **state)
{
  bgen_flow *flow = make_flow(flows[1].spec, flows[1].layout, seed, 0.4);
  bgen_passes *passes = make_passes(flow, 2);
  (void) state;
  bgen_flow_sample(flow, passes, 1, seed, BGEN_STREAM_SAMPLE, 0, 100, x, log_q);
  flow->theta[3] = (bgen_real) NAN;
  bgen_flow_log_q(flow, passes, 1, 100, x, other_log_q);
  for (size_t i = 0; i < 100; i++) assert_true(isnan(other_log_q[i]));
  bgen_flow_sample(flow, passes, 1, seed, BGEN_STREAM_SAMPLE, 0, 100, x, log_q);
  for (size_t i = 0; i < 100; i++) assert_true(isnan(log_q[i]));
  free_flow(flow, passes);
}

static void test_seeds_make_networks(void **state)
{
  bgen_flow *a = make_flow(flows[1].spec, flows[1].layout, 1, 0);
  bgen_flow *b = make_flow(flows[1].spec, flows[1].layout, 1, 0);
  bgen_flow *c = make_flow(flows[1].spec, flows[1].layout, 2, 0);
  const size_t n = a->map->n_params;
  (void) state;
  CHECK_SAME(n, a->theta, b->theta);
  assert_true(memcmp(a->theta, c->theta, n * sizeof *a->theta) != 0);
  bgen_flow_destroy(a), bgen_flow_destroy(b), bgen_flow_destroy(c);
  bgen_flow_destroy(NULL);
  bgen_passes_destroy(NULL);
}

/* d(log q)/dx by differences, at another temperature too */
static void check_gradient_of_log_q(const char *spec)
{
  const double tau = 1.7;
  enum { N = 70, DIM = 4 };
  double grad[N * DIM], f[4], at[DIM];
  bgen_flow *flow = make_flow(spec, (bgen_layout){2, 2}, seed, 0.3);
  bgen_passes *passes = make_passes(flow, 1);
  fill_frames(12, N, DIM, x);
  bgen_flow_log_q_gradient(flow, passes, tau, N, x, log_q, grad);
  bgen_flow_log_q(flow, passes, tau, N, x, other_log_q);
  CHECK_SAME(N, log_q, other_log_q);
  for (size_t i = 0; DOUBLE_NETWORKS && i < N; i++)
    for (size_t j = 0; j < DIM; j++) {
      for (int k = 0; k < 4; k++) {
        memcpy(at, x + i * DIM, sizeof at);
        at[j] += 1e-3 * (k < 2 ? k - 2 : k - 1);
        bgen_flow_log_q(flow, passes, tau, 1, at, &f[k]);
      }
      CHECK_RELATIVE(grad[i * DIM + j], slope_of(f, 1e-3), 1e-8);
    }
  free_flow(flow, passes);
}

static void test_gradient_of_log_q(void **state)
{
  (void) state;
  check_gradient_of_log_q("whiten; realnvp blocks 2 width 8");
  check_gradient_of_log_q("whiten; realnvp blocks 2 width 8; mixture modes 3");
}

/* the modes follow the map, and nothing else does; without modes there is nothing to fit */
static void test_prior_is_fitted_anew(void **state)
{
  enum { N = 200, DIM = 12 };
  bgen_flow *flow = make_flow(flows[5].spec, flows[5].layout, seed, 0);
  bgen_flow *normal = make_flow(flows[2].spec, flows[2].layout, seed, 0);
  bgen_passes *passes = make_passes(flow, 1);
  average before = {0}, after = {0};
  (void) state;
  fill_frames(seed, N, DIM, x);
  perturb(5, 0.2, flow->map->n_params, flow->theta);
  bgen_flow_log_q(flow, passes, 1, N, x, log_q);
  for (size_t i = 0; i < N; i++) average_add(&before, log_q[i]);
  CHECK_OK(bgen_flow_fit_prior(flow, N, x));
  bgen_flow_log_q(flow, passes, 1, N, x, log_q);
  for (size_t i = 0; i < N; i++) average_add(&after, log_q[i]);
  CHECK_WITHIN(after.value - before.value, 0.3, 100);
  CHECK_REFUSED(bgen_flow_fit_prior(normal, N, x), BGEN_BAD_INPUT, "mixture");
  bgen_flow_destroy(normal);
  free_flow(flow, passes);
}

/* a fit that fails leaves map and prior as they were */
static void test_failed_fit(void **state)
{
  bgen_flow *flow = make_flow("whiten; mixture modes 3", (bgen_layout){1, 2}, seed, 0);
  const size_t n_fitted = bgen_flow_n_fitted(flow);
  double *before = must_allocate(n_fitted * sizeof *before);
  (void) state;
  assert_int_equal(n_fitted, 2 + 1 + 4 * 2 * 2 + 3 * (2 + 2 * 2));
  memcpy(before, flow->fitted, n_fitted * sizeof *before);
  fill_frames(8, 2, 2, x);
  CHECK_REFUSED(bgen_flow_fit(flow, 2, x), BGEN_BAD_INPUT, "3 modes");
  CHECK_SAME(n_fitted, before, flow->fitted);
  free(before);
  bgen_flow_destroy(flow);
}

/* With the moments of the frames themselves all is as with a fit to them, also what comes after the
   map that whitens; with others it is the normal distribution of these. */
static void test_given_moments(void **state)
{
  enum { N = 300, D = 4 };
  double frame[N * D], mean[D], covariance[D * D] = {0}, found[2];
  bgen_flow *flow = make_flow("whiten; actnorm; mixture modes 2", (bgen_layout){2, 2}, 6, 0.1),
            *normal = make_flow("whiten", (bgen_layout){2, 2}, 6, 0),
            *late = make_flow("actnorm; whiten", (bgen_layout){2, 2}, 6, 0);
  const size_t n_fitted = bgen_flow_n_fitted(flow);
  double *before = must_allocate(n_fitted * sizeof *before);
  bgen_passes *passes = make_passes(normal, 1);
  (void) state;
  fill_frames(12, N, D, frame);
  bgen_means(N, D, frame, mean);
  for (size_t i = 0; i < N * D; i++)
    for (size_t k = 0; k < D; k++)
      covariance[i % D * D + k] += (frame[i] - mean[i % D]) * (frame[i / D * D + k] - mean[k]) / N;
  CHECK_OK(bgen_flow_fit(flow, N, frame));
  memcpy(before, flow->fitted, n_fitted * sizeof *before);
  memset(flow->fitted, 0, n_fitted * sizeof *before);
  CHECK_OK(bgen_flow_fit_normal(flow, N, frame, mean, covariance));
  for (size_t j = 0; j < n_fitted; j++) CHECK_CLOSE(flow->fitted[j], before[j], 1e-9);
  CHECK_OK(bgen_flow_check(flow));
  for (size_t j = 0; j < D * D; j++) covariance[j] = j % (D + 1) ? 0 : 4;
  CHECK_OK(bgen_flow_fit_normal(normal, N, frame, frame, covariance)); /* about the first frame */
  bgen_flow_log_q(normal, passes, 1, 2, frame, found);
  for (size_t j = 0; j < D; j++)
    found[1] += (frame[D + j] - frame[j]) * (frame[D + j] - frame[j]) / 8;
  for (size_t i = 0; i < 2; i++) CHECK_CLOSE(found[i], -D * log(4 * acos(-1) * 2) / 2, 1e-12);
  CHECK_REFUSED(bgen_flow_fit_normal(late, N, frame, mean, covariance), BGEN_BAD_INPUT, "begin");
  free(before);
  bgen_flow_destroy(flow);
  bgen_flow_destroy(late);
  free_flow(normal, passes);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_gradient_of_log_q),
      cmocka_unit_test(test_prior_is_fitted_anew),
      cmocka_unit_test(test_failed_fit),
      cmocka_unit_test(test_given_moments),
      cmocka_unit_test(test_log_q_is_what_was_sampled),
      cmocka_unit_test(test_sample_is_the_map_of_the_prior),
      cmocka_unit_test(test_threads_and_batches_do_not_matter),
      cmocka_unit_test(test_whiten_is_a_gaussian),
      cmocka_unit_test(test_integrals),
      cmocka_unit_test(test_starts_as_the_identity),
      cmocka_unit_test(test_nan_network),
      cmocka_unit_test(test_seeds_make_networks),
  };
  bgen_blas_threads(1);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
