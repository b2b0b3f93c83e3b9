/* SPDX-License-Identifier: GPL-2.0-or-later
   Generators of shapes: a density is the same wherever a body is and however it is turned. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bodies.h"
#include "fixture.h"
#include "model/model_file.h"
#include "model/shapes.h"

/* two particles of one species change places, if there are any */
static void exchange_alike(const world *v, double *x)
{
  const size_t n = v->of.layout.n_space;
  const int *species = v->of.species;
  size_t i = 0;
  while (species && species[i] != species[i + 1]) i++;
  for (size_t c = n * i; species && c < n * (i + 1); c++) {
    const double of_first = x[c];
    x[c] = x[n + c];
    x[n + c] = of_first;
  }
}

/* x turned about the z axis, and moved; two particles have changed places where they are identical,
   and the body is reflected where it may be */
static void take_elsewhere(const world *v, const double *x, double *out)
{
  const size_t n = v->of.layout.n_space;
  const bool turns = v->of.coords == BGEN_ALIGNED || v->of.coords == BGEN_INTERNAL;
  const double angle = turns ? 1.1 : 0;
  for (size_t i = 0; i < v->dim; i += n) {
    memcpy(out + i, x + i, n * sizeof *out);
    out[i] = cos(angle) * x[i] - sin(angle) * x[i + 1];
    out[i + 1] = sin(angle) * x[i] + cos(angle) * x[i + 1];
    if (v->of.mirrored) out[i + n - 1] = -out[i + n - 1];
    for (size_t c = 0; c < n; c++) out[i + c] += 0.7 * (double) (c + 1);
  }
  exchange_alike(v, out);
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

/* what the flow sees of x but for the widths of differences: where another order or orientation
   becomes the closest, log q jumps */
static bool sees_the_same(world *v, const double *x, const double *moved)
{
  double one[MOST_OF_BODY], other[MOST_OF_BODY];
  bool same = true;
  bgen_generator_fold(v->g, v->w, 0, x, one);
  bgen_generator_fold(v->g, v->w, 0, moved, other);
  for (size_t j = 0; j < v->dim; j++) same = same && fabs(one[j] - other[j]) < 0.1;
  return same;
}

static void test_gradient(void **state)
{
  const double h = DOUBLE_NETWORKS ? 1e-4 : 1e-2, tolerance = DOUBLE_NETWORKS ? 1e-6 : 2e-3;
  double x[MOST_OF_BODY], grad[MOST_OF_BODY], log_q;
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) {
    world v = make_world(s);
    size_t n_compared = 0;
    for (uint64_t i = 0; i < 10; i++) {
      fill_exact(&v, i, x);
      CHECK_OK(bgen_generator_log_q_component_gradient(v.g, v.w, 0, 1, 1, x, &log_q, grad));
      for (size_t j = 0; j < v.dim; j++) {
        double f[4], moved[MOST_OF_BODY];
        bool same = true;
        memcpy(moved, x, sizeof moved);
        for (int k = 0; k < 4; k++) {
          moved[j] = x[j] + h * (double) (k < 2 ? k - 2 : k - 1);
          same = same && sees_the_same(&v, x, moved);
          CHECK_OK(bgen_generator_log_q_component(v.g, v.w, 0, 1, 1, moved, &f[k]));
        }
        if (same) CHECK_RELATIVE(grad[j], slope_of(f, h), tolerance);
        n_compared += same;
      }
    }
    assert_true(n_compared > 9 * v.dim);
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

/* ---- the integral of a density ---- */

/* orders of identical particles times the volume of rotations */
static double volume_of_placements(const scene *s)
{
  const double pi = 3.14159265358979323846;
  size_t n_orders = 1;
  for (size_t i = 0; s->species && i < s->layout.n_particles; i++) {
    size_t n_before = 1;
    for (size_t j = 0; j < i; j++) n_before += s->species[j] == s->species[i];
    n_orders *= n_before;
  }
  return (double) n_orders * (s->layout.n_space == 3 ? 8 * pi * pi : 2 * pi) *
         (s->mirrored ? 2 : 1);
}

/* how much of q lies in the domain; *width becomes that of its samples about their centre */
static double share_in_domain(world *v, size_t n, double *width)
{
  average inside = {0}, square = {0};
  double x[MOST_OF_BODY];
  bgen_draw draw;
  for (uint64_t i = 0; i < n; i++) {
    CHECK_OK(
        bgen_generator_sample_component(v->g, v->w, 0, 1, 8, BGEN_STREAM_SAMPLE, i, 1, x, &draw));
    average_add(&inside, draw.in_domain);
    for (size_t j = 0; j < v->dim; j++) {
      double centre = 0;
      for (size_t l = j % v->of.layout.n_space; l < v->dim; l += v->of.layout.n_space)
        centre += x[l] / (double) v->of.layout.n_particles;
      average_add(&square, (x[j] - centre) * (x[j] - centre));
    }
  }
  *width = sqrt(square.value * (double) v->of.layout.n_particles /
                (double) (v->of.layout.n_particles - 1));
  return inside.value;
}

/* ln of the normal density of independent x, given where their centre is */
static double log_normal_about_centre(const world *v, const double *x, double width)
{
  const double n = (double) v->of.layout.n_particles, pi = 3.14159265358979323846;
  double log_p = 0;
  for (size_t c = 0; c < v->of.layout.n_space; c++) {
    double centre = 0;
    for (size_t j = c; j < v->dim; j += v->of.layout.n_space) centre += x[j] / n;
    for (size_t j = c; j < v->dim; j += v->of.layout.n_space)
      log_p -= x[j] * x[j] / (2 * width * width) + log(width) + 0.5 * log(2 * pi);
    log_p += n * centre * centre / (2 * width * width) + log(width) + 0.5 * log(2 * pi / n);
  }
  return log_p;
}

/* Over all configurations with their centre at one place, by particles strewn independently. */
static void test_normalisation(void **state)
{
  enum { MOST = 120000 };
  double x[MOST_OF_BODY], log_q, width;
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) {
    if (body_scenes[s].coords == BGEN_CRYSTAL) continue;
    world v = make_world(s);
    average integral = {0};
    const size_t n = v.tree ? MOST : MOST / 4; /* chains are far from a ball of particles */
    const double inside = share_in_domain(&v, n, &width);
    for (uint64_t i = 0; i < n; i++) {
      bgen_rng rng = bgen_rng_at(31, BGEN_STREAM_TEST, i);
      bgen_rng_normals(&rng, v.dim, x);
      for (size_t j = 0; j < v.dim; j++) x[j] *= width;
      CHECK_OK(bgen_generator_log_q_component(v.g, v.w, 0, 1, 1, x, &log_q));
      average_add(&integral,
                  exp(log_q - log_normal_about_centre(&v, x, width)) / volume_of_placements(&v.of) -
                      inside);
    }
    const double error = sqrt((average_variance(&integral) + inside) / (double) n);
    printf("scene %zu: %.4f of q in the domain; the integral is off by %.4f +- %.4f\n", s, inside,
           integral.value, error);
    CHECK_CLOSE(integral.value, 0, 5 * error);
    CHECK_WITHIN(error, 0, 0.05 * inside);
    free_world(&v);
  }
}

/* ---- files ---- */

static const char path[] = "test_generator_pose.bgen";

/* into a generator of four particles in space with these options; word: it is refused with it */
static void check_load(bgen_generator_options options, const char *word)
{
  static const char *const names[] = {"a", "b"};
  bgen_generator *g = NULL;
  options.layout = body_scenes[1].layout;
  options.spec = options.tree ? MOLECULES_SPEC : BODIES_SPEC;
  options.n_components = 2, options.names = names, options.seed = 3;
  CHECK_OK(bgen_generator_create(&options, &g));
  if (word) {
    CHECK_REFUSED(bgen_model_load(g, 0, NULL, path, NULL), BGEN_BAD_INPUT, word);
  } else
    CHECK_OK(bgen_model_load(g, 0, NULL, path, NULL));
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
    perturb(9, 0.5, bgen_generator_n_params(other.g, 0), bgen_generator_flow(other.g, 0)->theta);
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
  check_load((bgen_generator_options){.coords = BGEN_CRYSTAL}, "aligned");
  check_load((bgen_generator_options){.coords = BGEN_CARTESIAN}, "aligned");
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

/* those of scene 10 with other bonds, or with other circles */
static void test_other_molecules(void **state)
{
  static const size_t bond[3][2] = {{0, 2}, {2, 1}, {1, 3}};
  static const signed char lines[6] = {0}, free[6] = {-1, -1, -1, -1, -1, -1};
  const double mass[4] = {1, 1, 1, 1};
  world v = make_world(10);
  const bgen_molecules of = {4, 3, bond, mass, v.tether, NULL, 0, NULL};
  bgen_tree *other = NULL;
  (void) state;
  assert_true(bgen_generator_circles(v.g, 0)[5]);
  CHECK_OK(bgen_model_save(v.g, 0, NULL, path));
  CHECK_OK(bgen_tree_create(&of, &other));
  bgen_generator_options options = {.coords = BGEN_INTERNAL, .tree = v.tree, .circle = free};
  check_load(options, NULL);
  options.tree = other;
  check_load(options, "saved with other molecules");
  options.tree = v.tree, options.circle = lines;
  check_load(options, "coordinate 6 of basin a is a circle there");
  bgen_tree_destroy(other);
  free_world(&v);
  remove(path);
}

static void test_refused(void **state)
{
  const bgen_mirror mirror = {0, 0};
  (void) state;
  check_refused((bgen_generator_options){.layout = {1, 3}, .coords = BGEN_CRYSTAL}, "no shape");
  check_refused((bgen_generator_options){.layout = {2, 3}, .coords = BGEN_ALIGNED}, "no shape");
  check_refused(
      (bgen_generator_options){.layout = {4, 2}, .coords = BGEN_CRYSTAL, .mirrored = true},
      "aligned");
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
      cmocka_unit_test(test_normalisation),
      cmocka_unit_test(test_model_file),
      cmocka_unit_test(test_other_molecules),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
