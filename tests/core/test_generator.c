/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/generator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "coords/relabel.h"
#include "fixture.h"
#include "model/line.h"

enum { POINTS = 300, MOST_DIM = 10, SEED = 91 };

static double x[POINTS * MOST_DIM], other[POINTS * MOST_DIM];
static double log_q[POINTS], other_log_q[POINTS];
static bgen_draw draw[POINTS];

/* Five particles in the plane of three species, three basins of unequal weight. */
static const int five[5] = {0, 1, 0, -1, 0};

static const bgen_layout plane = {5, 2};

static model make(int n_threads)
{
  return make_model(plane, (symmetry){.species = five}, 3,
                    "whiten; realnvp blocks 2 width 8; mixture modes 2", 0.3, n_threads);
}

static void test_what_it_is(void **state)
{
  model m = make(2);
  const bgen_layout layout = bgen_generator_layout(m.g);
  (void) state;
  assert_int_equal(layout.n_particles, 5);
  assert_int_equal(layout.n_space, 2);
  assert_int_equal(bgen_generator_dim(m.g), 10);
  assert_int_equal(bgen_generator_n_components(m.g), 3);
  assert_int_equal(bgen_workspace_threads(m.w), 2);
  free_model(&m);
}

static void test_density_is_the_sum_of_components(void **state)
{
  model m = make(1);
  (void) state;
  CHECK_OK(bgen_generator_sample(m.g, m.w, m.T, SEED, BGEN_STREAM_SAMPLE, 0, POINTS, x, draw));
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, POINTS, x, log_q));
  for (size_t i = 0; i < POINTS; i++) {
    double sum = 0;
    for (size_t k = 0; k < 3; k++) {
      double own;
      CHECK_OK(bgen_generator_log_q_component(m.g, m.w, k, m.T, 1, x + i * m.dim, &own));
      sum += bgen_generator_weight(m.g, k) * exp(own);
    }
    CHECK_CLOSE(log_q[i], log(sum), 1e-12 * (1 + fabs(log_q[i])));
  }
  free_model(&m);
}

/* log q of each component is that of its flow at the relabelled point */
static void test_density_of_a_component(void **state)
{
  model m = make(1);
  double out[10], expected;
  (void) state;
  fill_frames(3, 20, m.dim, x);
  for (size_t k = 0; k < 3; k++) {
    const bgen_flow *flow = bgen_generator_flow(m.g, k);
    bgen_passes *passes = make_passes(flow, 1);
    CHECK_OK(bgen_generator_log_q_component(m.g, m.w, k, m.T, 20, x, log_q));
    for (size_t i = 0; i < 20; i++) {
      bgen_generator_fold(m.g, m.w, k, x + i * m.dim, out);
      bgen_flow_log_q(flow, passes, 1, 1, out, &expected);
      CHECK_SAME(1, &log_q[i], &expected);
    }
    bgen_passes_destroy(passes);
  }
  free_model(&m);
}

/* latent points lead back to what was folded, and have the density of the component, at any
   temperature, here in units of which that of training is 2 */
static void test_latent_points(void **state)
{
  model m = make(2);
  double z[20 * 10], log_det[20], folded[10], back[10], there;
  (void) state;
  fill_frames(6, 20, m.dim, x);
  bgen_generator_set_temperature(m.g, 2);
  CHECK_CLOSE(bgen_generator_temperature(m.g), 2, 0);
  m.T = 3.4;
  for (size_t k = 0; k < 3; k++) {
    const bgen_prior *prior = &bgen_generator_flow(m.g, k)->prior;
    CHECK_OK(bgen_generator_latent(m.g, m.w, k, 20, x, z, log_det));
    CHECK_OK(bgen_generator_log_q_component(m.g, m.w, k, m.T, 20, x, log_q));
    for (size_t i = 0; i < 20; i++) {
      const double log_p = bgen_prior_log_p(prior, 1.7, z + i * m.dim);
      CHECK_CLOSE(log_q[i], log_p + log_det[i], 1e-12 * (1 + fabs(log_q[i])));
      bgen_generator_fold(m.g, m.w, k, x + i * m.dim, folded);
      bgen_generator_from_latent(m.g, m.w, k, 1, z + i * m.dim, back, &there);
      CHECK_CLOSE(there, -log_det[i], 1e-9 * (1 + fabs(there)));
      for (size_t j = 0; j < m.dim; j++)
        CHECK_CLOSE(back[j], folded[j], 1e-9 * (1 + fabs(folded[j])));
    }
  }
  free_model(&m);
}

/* from fold to fold of its ends, and half way at the mean of their latent points */
static void test_line(void **state)
{
  model m = make(2);
  double z[3 * 10], line[3 * 10], latent[2 * 10], folded[10], middle[10], log_det[3], there[2];
  (void) state;
  fill_frames(6, 2, m.dim, x);
  for (size_t k = 0; k < 3; k++) {
    CHECK_OK(bgen_generator_line(m.g, m.w, k, x, 3, z, line, log_det));
    CHECK_OK(bgen_generator_latent(m.g, m.w, k, 2, x, latent, there));
    for (size_t j = 0; j < m.dim; j++)
      CHECK_CLOSE(z[m.dim + j], 0.5 * (latent[j] + latent[m.dim + j]), 1e-12); /* of order 1 */
    for (size_t end = 0; end < 2; end++) {
      bgen_generator_fold(m.g, m.w, k, x + end * m.dim, folded);
      CHECK_CLOSE(log_det[2 * end], -there[end], 1e-9 * (1 + fabs(there[end])));
      for (size_t j = 0; j < m.dim; j++)
        CHECK_CLOSE(line[2 * end * m.dim + j], folded[j], 1e-9 * (1 + fabs(folded[j])));
    }
    bgen_generator_from_latent(m.g, m.w, k, 1, z + m.dim, middle, there);
    CHECK_SAME(m.dim, line + m.dim, middle);
  }
  free_model(&m);
}

static void test_likeliest_component(void **state)
{
  model m = make(1);
  static const double weights[3] = {1, 1e-250, 3};
  bool seen[3] = {false};
  (void) state;
  CHECK_OK(bgen_generator_sample(m.g, m.w, m.T, SEED, BGEN_STREAM_SAMPLE, 0, POINTS, x, draw));
  for (size_t i = 0; i < POINTS; i++) {
    double share[3];
    size_t likeliest;
    if (i == POINTS / 2) bgen_generator_set_weights(m.g, weights); /* "b" comes last now */
    for (size_t k = 0; k < 3; k++) {
      CHECK_OK(bgen_generator_log_q_component(m.g, m.w, k, m.T, 1, x + i * m.dim, &share[k]));
      share[k] += log(bgen_generator_weight(m.g, k));
    }
    CHECK_OK(bgen_generator_likeliest(m.g, m.w, m.T, x + i * m.dim, &likeliest));
    for (size_t k = 0; k < 3; k++) assert_true(share[likeliest] >= share[k]);
    seen[likeliest] = true;
  }
  assert_true(seen[0] && seen[1] && seen[2]);
  free_model(&m);
}

/* whoever of equal particles is called what, the density has the same bits */
static void test_density_does_not_see_labels(void **state)
{
  static const size_t renamed[5] = {4, 1, 0, 3, 2};
  model m = make(2);
  (void) state;
  fill_frames(4, POINTS, m.dim, x);
  for (size_t i = 0; i < POINTS; i++)
    bgen_relabel_apply(&plane, renamed, x + i * m.dim, other + i * m.dim);
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, POINTS, x, log_q));
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, POINTS, other, other_log_q));
  CHECK_SAME(POINTS, log_q, other_log_q);
  assert_true(memcmp(x, other, sizeof *x * 10) != 0);
  free_model(&m);
}

/* the particles of unequal species are not exchanged */
static void test_density_sees_species(void **state)
{
  static const size_t renamed[5] = {1, 0, 2, 3, 4};
  model m = make(1);
  double renamed_x[10];
  (void) state;
  fill_frames(5, 1, m.dim, x);
  bgen_relabel_apply(&plane, renamed, x, renamed_x);
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, 1, x, log_q));
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, 1, renamed_x, other_log_q));
  assert_true(fabs(log_q[0] - other_log_q[0]) > 1e-6);
  free_model(&m);
}

/* one kind of particle */
static const int alike[2] = {0, 0};

static void test_relabelled_frames_are_fitted(void **state)
{
  static const char *const names[] = {"only"};
  const bgen_generator_options options = {
      .layout = {2, 1}, .species = alike, .spec = "whiten", .n_components = 1, .names = names};
  const double reference[2] = {-1, 1};
  double frames[8] = {1.2, -1, -0.8, 1.1, 0.9, -1.3, -1.1, 0.7};
  const double sorted[8] = {-1, 1.2, -0.8, 1.1, -1.3, 0.9, -1.1, 0.7};
  bgen_generator *g = NULL;
  (void) state;
  CHECK_OK(bgen_generator_create(&options, &g));
  bgen_workspace *w = make_workspace(g, 1);
  assert_false(bgen_generator_ready(g));
  assert_int_equal(bgen_generator_checksum(g), 0);
  CHECK_OK(bgen_generator_fit(g, w, 0, reference, 4, frames));
  CHECK_SAME(8, frames, sorted);
  assert_true(bgen_generator_ready(g) && bgen_generator_fitted(g, 0));
  assert_string_equal(bgen_generator_name(g, 0), "only");
  CHECK_SAME(2, bgen_generator_reference(g, 0), reference);
  bgen_workspace_destroy(w);
  bgen_generator_destroy(g);
}

/* Cages of two particles far from each other, frames with their labels exchanged and mirrored at
   random: the reference finds the cages again, up to symmetry, whichever frame comes first. */
static void test_mean_reference(void **state)
{
  enum { FRAMES = 4000 };
  static const double cage[4] = {0.6, 2, 3, -1};
  const bgen_layout layout = {2, 2};
  model m = make_model(layout, (symmetry){alike, 1, {{0, 0.5}}}, 1, "whiten", 0, 1);
  double *frames = must_allocate(FRAMES * 4 * sizeof *frames), noise[4], reference[4], error = 0;
  (void) state;
  for (size_t i = 0; i < FRAMES; i++) {
    static const size_t swapped[2] = {1, 0}, kept[2] = {0, 1};
    double frame[4];
    bgen_rng rng = bgen_rng_at(31, BGEN_STREAM_TEST, i);
    bgen_rng_normals(&rng, 4, noise);
    for (size_t j = 0; j < 4; j++) frame[j] = cage[j] + 0.2 * noise[j];
    for (size_t j = 0; i % 3 && j < 4; j += 2) frame[j] = 1 - frame[j]; /* about 0.5 along x */
    bgen_relabel_apply(&layout, i % 2 ? swapped : kept, frame, frames + 4 * i);
  }
  CHECK_OK(bgen_generator_mean_reference(m.g, m.w, FRAMES, frames, reference));
  CHECK_OK(bgen_generator_fit(m.g, m.w, 0, reference, FRAMES, frames));
  bgen_generator_fold(m.g, m.w, 0, cage, noise);
  for (size_t j = 0; j < 4; j++) error = fmax(error, fabs(noise[j] - reference[j]));
  CHECK_WITHIN(error, 0, 5 * 0.2 / sqrt(2000)); /* as many frames are looked at */
  free_model(&m);
  free(frames);
}

/* a fit that fails leaves the generator as it was: the flow goes with its own reference */
static void test_failed_fit_changes_nothing(void **state)
{
  model m = make(1);
  double elsewhere[10];
  (void) state;
  fill_frames(6, POINTS, m.dim, x);
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, POINTS, x, log_q));
  fill_varied(7, 10, elsewhere);
  CHECK_REFUSED(bgen_generator_fit(m.g, m.w, 1, elsewhere, 1, other), BGEN_BAD_INPUT, "2 frames");
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, POINTS, x, other_log_q));
  CHECK_SAME(POINTS, log_q, other_log_q);
  free_model(&m);
}

static void test_without_species_nothing_is_relabelled(void **state)
{
  model m = make_model((bgen_layout){3, 1}, no_symmetry, 1, "whiten", 0, 1);
  const double line[3] = {5, -7, 1};
  double out[3];
  (void) state;
  assert_true(bgen_generator_fold(m.g, m.w, 0, line, out));
  CHECK_SAME(3, out, line);
  CHECK_OK(bgen_generator_sample(m.g, m.w, m.T, SEED, BGEN_STREAM_SAMPLE, 0, 50, x, draw));
  for (size_t i = 0; i < 50; i++) assert_true(draw[i].in_domain);
  free_model(&m);
}

static void test_refused(void **state)
{
  static const char *const names[] = {"a", "b"};
  bgen_generator_options options = {
      .layout = {2, 1}, .n_components = 2, .names = names, .spec = "whiten; splines 4"};
  bgen_generator *const untouched = (bgen_generator *) &options, *g = untouched;
  (void) state;
  CHECK_REFUSED(bgen_generator_create(&options, &g), BGEN_BAD_INPUT, "splines");
  assert_ptr_equal(g, untouched);
  bgen_generator_destroy(NULL);
  bgen_workspace_destroy(NULL);
}

/* a configuration with NaN has no density, whatever the other components say */
static void test_nan_configuration(void **state)
{
  model m = make(1);
  (void) state;
  fill_frames(8, 3, m.dim, x);
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, 3, x, other_log_q));
  x[m.dim + 2] = NAN;
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, 3, x, log_q));
  assert_true(isnan(log_q[1]));
  CHECK_SAME(1, &log_q[0], &other_log_q[0]);
  CHECK_SAME(1, &log_q[2], &other_log_q[2]);
  /* and one poisoned flow poisons the mixture */
  bgen_generator_flow(m.g, 2)->theta[0] = (bgen_real) NAN;
  CHECK_OK(bgen_generator_log_q(m.g, m.w, m.T, 1, x, log_q));
  assert_true(isnan(log_q[0]));
  free_model(&m);
}

static uint64_t fnv(uint64_t sum, const void *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    sum = (sum ^ ((const unsigned char *) bytes)[i]) * UINT64_C(0x100000001b3);
  return sum;
}

/* Its bits stand in restart files: of parameters, fitted numbers, reference and weight of each
   component, then of the temperature. */
static void test_bits_of_the_checksum(void **state)
{
  model m = make(1);
  uint64_t sum = UINT64_C(0xcbf29ce484222325);
  const double temperature = 300;
  (void) state;
  bgen_generator_set_temperature(m.g, temperature);
  for (size_t k = 0; k < 3; k++) {
    const bgen_flow *flow = bgen_generator_flow(m.g, k);
    const double weight = bgen_generator_weight(m.g, k);
    sum = fnv(sum, flow->theta, flow->map->n_params * sizeof *flow->theta);
    sum = fnv(sum, flow->fitted, bgen_flow_n_fitted(flow) * sizeof *flow->fitted);
    sum = fnv(sum, bgen_generator_reference(m.g, k), m.dim * sizeof(double));
    sum = fnv(sum, &weight, sizeof weight);
  }
  sum = fnv(sum, &temperature, sizeof temperature);
  assert_true(bgen_generator_checksum(m.g) == sum);
  free_model(&m);
}

/* the same on any number of threads, and after anything was asked */
static void test_asking_changes_nothing(void **state)
{
  model m = make(1), same = make(4);
  const uint64_t first = bgen_generator_checksum(m.g);
  size_t k;
  (void) state;
  CHECK_OK(bgen_generator_sample(m.g, m.w, 1.5, SEED, BGEN_STREAM_SAMPLE, 0, POINTS, x, draw));
  CHECK_OK(bgen_generator_log_q_component_gradient(m.g, m.w, 1, 2, POINTS, x, log_q, other));
  CHECK_OK(bgen_generator_likeliest(m.g, m.w, 0.5, x, &k));
  assert_true(bgen_generator_checksum(m.g) == first);
  assert_true(bgen_generator_checksum(same.g) == first);
  free_model(&m);
  free_model(&same);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_it_is),
      cmocka_unit_test(test_density_is_the_sum_of_components),
      cmocka_unit_test(test_density_of_a_component),
      cmocka_unit_test(test_latent_points),
      cmocka_unit_test(test_line),
      cmocka_unit_test(test_likeliest_component),
      cmocka_unit_test(test_density_does_not_see_labels),
      cmocka_unit_test(test_density_sees_species),
      cmocka_unit_test(test_relabelled_frames_are_fitted),
      cmocka_unit_test(test_mean_reference),
      cmocka_unit_test(test_failed_fit_changes_nothing),
      cmocka_unit_test(test_without_species_nothing_is_relabelled),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_nan_configuration),
      cmocka_unit_test(test_bits_of_the_checksum),
      cmocka_unit_test(test_asking_changes_nothing),
  };
  bgen_blas_threads(1);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
