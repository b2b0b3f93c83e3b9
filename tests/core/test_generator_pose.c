/* SPDX-License-Identifier: GPL-2.0-or-later
   Generators of shapes: a density is the same wherever a body is and however it is turned. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bodies.h"
#include "fixture.h"
#include "model/model_file.h"
#include "model/shapes.h"

/* x turned about the z axis, and moved */
static void take_elsewhere(const world *v, const double *x, double *out)
{
  const size_t n = v->of.layout.n_space;
  const double angle = v->of.coords == BGEN_ALIGNED ? 1.1 : 0;
  for (size_t i = 0; i < v->dim; i += n) {
    memcpy(out + i, x + i, n * sizeof *out);
    out[i] = cos(angle) * x[i] - sin(angle) * x[i + 1];
    out[i + 1] = sin(angle) * x[i] + cos(angle) * x[i + 1];
    for (size_t c = 0; c < n; c++) out[i + c] += 0.7 * (double) (c + 1);
  }
}

static void test_density_is_of_the_shape(void **state)
{
  enum { N = 50 };
  double x[N * MOST_OF_BODY], moved[MOST_OF_BODY], placed[MOST_OF_BODY];
  bgen_draw draw[N];
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) {
    world v = make_world(s);
    size_t n_inside = 0;
    CHECK_OK(bgen_generator_sample(v.g, v.w, 1, 8, BGEN_STREAM_SAMPLE, 0, N, x, draw));
    for (size_t i = 0; i < N; i++) {
      if (!draw[i].in_domain) continue;
      take_elsewhere(&v, x + i * v.dim, moved);
      bgen_generator_place(v.g, v.w, draw[i].component, moved, draw[i].component, x + i * v.dim,
                           placed);
      for (size_t j = 0; j < v.dim; j++) CHECK_CLOSE(placed[j], moved[j], 1e-12);
      CHECK_CLOSE(log_q_of_body(&v, x + i * v.dim), draw[i].log_q, 1e-9);
      CHECK_CLOSE(log_q_of_body(&v, moved), draw[i].log_q, 1e-9);
      n_inside++;
    }
    assert_true(n_inside > N / 4);
    free_world(&v);
  }
}

static void test_latent_points(void **state)
{
  double x[MOST_OF_BODY], z[MOST_OF_BODY], again[MOST_OF_BODY], folded[MOST_OF_BODY], there, back;
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) {
    world v = make_world(s);
    for (uint64_t i = 0; i < 20; i++) {
      fill_exact(&v, i, x);
      CHECK_OK(bgen_generator_latent(v.g, v.w, 0, 1, x, z, &back));
      bgen_generator_from_latent(v.g, v.w, 0, 1, z, again, &there);
      bgen_generator_fold(v.g, v.w, 0, x, folded);
      CHECK_CLOSE(there, -back, 1e-9);
      for (size_t j = 0; j < v.dim; j++) CHECK_CLOSE(again[j], folded[j], 1e-9);
    }
    free_world(&v);
  }
}

static void test_gradient(void **state)
{
  const double h = DOUBLE_NETWORKS ? 1e-4 : 1e-2, tolerance = DOUBLE_NETWORKS ? 1e-6 : 2e-3;
  double x[MOST_OF_BODY], grad[MOST_OF_BODY], log_q;
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) {
    world v = make_world(s);
    for (uint64_t i = 0; i < 10; i++) {
      fill_exact(&v, i, x);
      CHECK_OK(bgen_generator_log_q_component_gradient(v.g, v.w, 0, 1, 1, x, &log_q, grad));
      for (size_t j = 0; j < v.dim; j++) {
        double f[4], moved[MOST_OF_BODY];
        memcpy(moved, x, sizeof moved);
        for (int k = 0; k < 4; k++) {
          moved[j] = x[j] + h * (double) (k < 2 ? k - 2 : k - 1);
          CHECK_OK(bgen_generator_log_q_component(v.g, v.w, 0, 1, 1, moved, &f[k]));
        }
        CHECK_RELATIVE(grad[j], slope_of(f, h), tolerance);
      }
    }
    free_world(&v);
  }
}

static void test_shape_energies(void **state)
{
  const double h = 1e-3;
  double x[MOST_OF_BODY], shape[MOST_OF_BODY], grad_x[MOST_OF_BODY], grad[MOST_OF_BODY];
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) {
    world v = make_world(s);
    const size_t n_shape = bgen_generator_n_shape(v.g);
    fill_exact(&v, 1, grad_x);
    bgen_generator_fold(v.g, v.w, 0, grad_x, x);
    bgen_generator_to_shapes(v.g, v.w, 0, 1, x, shape);
    for (size_t j = 0; j < n_shape; j++) {
      double f[4], u;
      for (int k = 0; k < 5; k++) { /* the last one where it is */
        const double step = k == 4 ? 0 : h * (double) (k < 2 ? k - 2 : k - 1);
        shape[j] += step;
        bgen_generator_from_shapes(v.g, v.w, 0, 1, shape, x);
        u = energy_of_body(&v, x, grad_x);
        bgen_generator_shape_energies(v.g, v.w, 0, 1, shape, &u, grad_x, grad);
        if (k < 4) f[k] = u;
        shape[j] -= step;
      }
      CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-7);
    }
    free_world(&v);
  }
}

/* ---- files ---- */

static const char path[] = "test_generator_pose.bgen";

/* by a generator of these coordinates, with a word */
static void refuse_file(bgen_coords coords, const char *word)
{
  static const char *const names[] = {"a", "b"};
  const bgen_generator_options options = {.layout = body_scenes[1].layout,
                                          .coords = coords,
                                          .spec = BODIES_SPEC,
                                          .n_components = 2,
                                          .names = names,
                                          .seed = 3};
  bgen_generator *g = NULL;
  CHECK_OK(bgen_generator_create(&options, &g));
  CHECK_REFUSED(bgen_model_load(g, 0, NULL, path, NULL), BGEN_BAD_INPUT, word);
  bgen_generator_destroy(g);
}

static void test_model_file(void **state)
{
  double x[MOST_OF_BODY];
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) {
    world v = make_world(s), other = make_world(s);
    fill_exact(&v, 3, x);
    CHECK_OK(bgen_model_save(v.g, 0, NULL, path));
    perturb(9, 0.5, bgen_generator_n_params(other.g), bgen_generator_flow(other.g, 0)->theta);
    assert_true(fabs(log_q_of_body(&other, x) - log_q_of_body(&v, x)) > 1e-6);
    CHECK_OK(bgen_model_load(other.g, 0, NULL, path, NULL));
    const double here = log_q_of_body(&v, x), there = log_q_of_body(&other, x);
    CHECK_SAME(1, &here, &there);
    assert_true(bgen_generator_checksum(v.g) == bgen_generator_checksum(other.g));
    free_world(&v);
    free_world(&other);
  }
  world aligned = make_world(1);
  CHECK_OK(bgen_model_save(aligned.g, 0, NULL, path));
  refuse_file(BGEN_CRYSTAL, "aligned");
  refuse_file(BGEN_CARTESIAN, "aligned");
  free_world(&aligned);
  remove(path);
}

/* ---- what is refused ---- */

static void check_refused(bgen_generator_options options, const char *word)
{
  static const char *const names[] = {"a"};
  bgen_generator *g = NULL;
  options.spec = "whiten";
  options.n_components = 1;
  options.names = names;
  CHECK_REFUSED(bgen_generator_create(&options, &g), BGEN_BAD_INPUT, word);
  assert_null(g);
}

static void test_refused(void **state)
{
  const bgen_mirror mirror = {0, 0};
  (void) state;
  check_refused((bgen_generator_options){.layout = {1, 3}, .coords = BGEN_CRYSTAL}, "no shape");
  check_refused((bgen_generator_options){.layout = {2, 3}, .coords = BGEN_ALIGNED}, "no shape");
  check_refused(
      (bgen_generator_options){
          .layout = {4, 2}, .coords = BGEN_CRYSTAL, .n_mirrors = 1, .mirrors = &mirror},
      "mirrors");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_density_is_of_the_shape),
      cmocka_unit_test(test_latent_points),
      cmocka_unit_test(test_gradient),
      cmocka_unit_test(test_shape_energies),
      cmocka_unit_test(test_model_file),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
