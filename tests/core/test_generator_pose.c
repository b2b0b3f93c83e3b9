/* SPDX-License-Identifier: GPL-2.0-or-later
   Generators of shapes: bodies whose particles are tethered to points in space, so that the energy
   feels place and orientation, and exact configurations are normal numbers.  One step of a move
   from such a configuration must lead to another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/pose.h"
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
  double x[N * MOST], moved[MOST], placed[MOST];
  bgen_draw draw[N];
  (void) state;
  for (size_t s = 0; s < N_SCENES; s++) {
    world v = make(s);
    size_t n_inside = 0;
    CHECK_OK(bgen_generator_sample(v.g, v.w, 1, 8, BGEN_STREAM_SAMPLE, 0, N, x, draw));
    for (size_t i = 0; i < N; i++) {
      if (!draw[i].in_domain) continue;
      take_elsewhere(&v, x + i * v.dim, moved);
      bgen_generator_place(v.g, v.w, draw[i].component, moved, draw[i].component, x + i * v.dim,
                           placed);
      for (size_t j = 0; j < v.dim; j++) CHECK_CLOSE(placed[j], moved[j], 1e-12);
      CHECK_CLOSE(log_q_of(&v, x + i * v.dim), draw[i].log_q, 1e-9);
      CHECK_CLOSE(log_q_of(&v, moved), draw[i].log_q, 1e-9);
      n_inside++;
    }
    assert_true(n_inside > N / 4);
    destroy(&v);
  }
}

static void test_latent_points(void **state)
{
  double x[MOST], z[MOST], again[MOST], folded[MOST], there, back;
  (void) state;
  for (size_t s = 0; s < N_SCENES; s++) {
    world v = make(s);
    for (uint64_t i = 0; i < 20; i++) {
      fill_exact(&v, i, x);
      CHECK_OK(bgen_generator_latent(v.g, v.w, 0, 1, x, z, &back));
      bgen_generator_from_latent(v.g, v.w, 0, 1, z, again, &there);
      bgen_generator_fold(v.g, v.w, 0, x, folded);
      CHECK_CLOSE(there, -back, 1e-9);
      for (size_t j = 0; j < v.dim; j++) CHECK_CLOSE(again[j], folded[j], 1e-9);
    }
    destroy(&v);
  }
}

static void test_gradient(void **state)
{
  const double h = DOUBLE_NETWORKS ? 1e-4 : 1e-2, tolerance = DOUBLE_NETWORKS ? 1e-6 : 2e-3;
  double x[MOST], grad[MOST], log_q;
  (void) state;
  for (size_t s = 0; s < N_SCENES; s++) {
    world v = make(s);
    for (uint64_t i = 0; i < 10; i++) {
      fill_exact(&v, i, x);
      CHECK_OK(bgen_generator_log_q_component_gradient(v.g, v.w, 0, 1, 1, x, &log_q, grad));
      for (size_t j = 0; j < v.dim; j++) {
        double f[4], moved[MOST];
        memcpy(moved, x, sizeof moved);
        for (int k = 0; k < 4; k++) {
          moved[j] = x[j] + h * (double) (k < 2 ? k - 2 : k - 1);
          CHECK_OK(bgen_generator_log_q_component(v.g, v.w, 0, 1, 1, moved, &f[k]));
        }
        CHECK_RELATIVE(grad[j], slope_of(f, h), tolerance);
      }
    }
    destroy(&v);
  }
}

static void test_shape_energies(void **state)
{
  const double h = 1e-3;
  double x[MOST], shape[MOST], grad_x[MOST], grad[MOST];
  (void) state;
  for (size_t s = 0; s < N_SCENES; s++) {
    world v = make(s);
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
        u = energy(&v, x, grad_x);
        bgen_generator_shape_energies(v.g, v.w, 0, 1, shape, &u, grad_x, grad);
        if (k < 4) f[k] = u;
        shape[j] -= step;
      }
      CHECK_RELATIVE(grad[j], slope_of(f, h), 1e-7);
    }
    destroy(&v);
  }
}

/* ---- one step of a move ---- */

typedef struct moments {
  average first[MOST], second[MOST], product[MOST], energy;
  size_t n_accepted;
} moments;

static void add_moments(const world *v, const double *x, moments *m)
{
  for (size_t j = 0; j < v->dim; j++) {
    const double a = (x[j] - v->tether[j]) / WIDTH,
                 b = (x[(j + 1) % v->dim] - v->tether[(j + 1) % v->dim]) / WIDTH;
    average_add(&m->first[j], a);
    average_add(&m->second[j], a * a);
    average_add(&m->product[j], a * b);
  }
  average_add(&m->energy, energy(v, x, NULL));
}

static void check_moments(const world *v, const moments *m)
{
  for (size_t j = 0; j < v->dim; j++) {
    CHECK_MEAN(&m->first[j], 0);
    CHECK_MEAN(&m->second[j], 1);
    CHECK_MEAN(&m->product[j], 0);
  }
  CHECK_MEAN(&m->energy, 0.5 * (double) v->dim);
}

/* x_new and the logarithm of the Metropolis ratio, NaN outside */
typedef double (*try_move)(world *v, uint64_t point, const double *x, double *x_new);

static double try_fresh(world *v, uint64_t point, const double *x, double *x_new)
{
  bgen_draw draw;
  CHECK_OK(bgen_generator_sample(v->g, v->w, 1, 11, BGEN_STREAM_PROPOSAL, point, 1, x_new, &draw));
  if (!draw.in_domain) return NAN;
  CHECK_OK(bgen_place_sample(v->g, v->w, 1, 11, point, x, draw.component, x_new));
  return energy(v, x, NULL) - energy(v, x_new, NULL) + log_q_of(v, x) - draw.log_q;
}

static double try_near(world *v, uint64_t point, const double *x, double *x_new)
{
  double log_ratio = NAN;
  CHECK_OK(bgen_near(v->g, v->w, 1, 12, 0.7, point, x, x_new, &log_ratio));
  return energy(v, x, NULL) - energy(v, x_new, NULL) + log_ratio;
}

static double try_transfer(world *v, uint64_t point, const double *x, double *x_new)
{
  double log_ratio = NAN;
  size_t to;
  CHECK_OK(bgen_transfer(v->g, v->w, 1, 13, point, x, x_new, &log_ratio, &to));
  return energy(v, x, NULL) - energy(v, x_new, NULL) + log_ratio;
}

static void check_one_step(size_t s, size_t n, try_move attempt, double least_accepted)
{
  world v = make(s);
  moments m = {0};
  for (uint64_t i = 0; i < n; i++) {
    double x[MOST], x_new[MOST];
    bgen_rng rng = bgen_rng_at(77, BGEN_STREAM_ACCEPT, i);
    fill_exact(&v, i, x);
    const double log_ratio = attempt(&v, i, x, x_new), uniform = bgen_rng_uniform(&rng);
    const bool accepted = isfinite(log_ratio) && uniform < exp(log_ratio);
    m.n_accepted += accepted;
    add_moments(&v, accepted ? x_new : x, &m);
  }
  check_moments(&v, &m);
  CHECK_WITHIN((double) m.n_accepted / (double) n, least_accepted, 1);
  destroy(&v);
}

enum { N_STEPS = 40000 };

static void test_fresh(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_SCENES; s++) check_one_step(s, N_STEPS, try_fresh, 0.05);
}

static void test_near(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_SCENES; s++) check_one_step(s, N_STEPS, try_near, 0.05);
}

static void test_transfer(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_SCENES; s++)
    if (scenes[s].n_components > 1) check_one_step(s, N_STEPS, try_transfer, 0.05);
}

/* up to a flow, a fresh or mapped start there, and down from a flow; from a component drawn as the
   basins of this test are: by nothing of x */
static double go_annealed(world *v, bgen_annealed_move *move, uint64_t point, const double *x,
                          double *x_new)
{
  static const double variance[MOST] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  double grad_u[MOST], lambda[6];
  bgen_annealed_schedule(5, 1, lambda);
  const size_t from = point % v->of.n_components;
  const bgen_annealed_attempt attempt = {
      .from = from,
      .temperature = 1,
      .lambda = lambda,
      .seed = 21,
      .number = point,
      .x = x,
      .u = energy(v, x, grad_u),
      .grad_u = grad_u,
      .dynamics = {.dt = 0.1, .friction = 0.5, .variance = variance}};
  bgen_wanted wanted;
  bgen_annealed_move_begin(move, &attempt);
  for (;;) {
    double u, grad[MOST];
    CHECK_OK(bgen_annealed_move_next(move, &wanted));
    if (!wanted.n) break;
    u = energy(v, wanted.x, grad);
    CHECK_OK(bgen_annealed_move_arrive(move, &u, grad));
  }
  const bgen_annealed_result result = bgen_annealed_move_result(move);
  if (!result.arrived) return NAN;
  memcpy(x_new, result.x, v->dim * sizeof *x_new);
  return -result.work;
}

static void check_annealed(size_t s, bgen_annealed_start start)
{
  enum { N = 8000 };
  world v = make(s);
  moments m = {0};
  bgen_annealed_move *move = NULL;
  CHECK_OK(bgen_annealed_move_create(v.g, v.w, start, 5, &move));
  for (uint64_t i = 0; i < N; i++) {
    double x[MOST], x_new[MOST];
    bgen_rng rng = bgen_rng_at(78, BGEN_STREAM_ACCEPT, i);
    fill_exact(&v, i, x);
    const double log_ratio = go_annealed(&v, move, i, x, x_new), uniform = bgen_rng_uniform(&rng);
    const bool accepted = isfinite(log_ratio) && uniform < exp(log_ratio);
    m.n_accepted += accepted;
    add_moments(&v, accepted ? x_new : x, &m);
  }
  check_moments(&v, &m);
  CHECK_WITHIN((double) m.n_accepted / N, 0.05, 1);
  bgen_annealed_move_destroy(move);
  destroy(&v);
}

/* with one component the path comes back to the flow that it left; with two it ends in the other,
   and half of the attempts begin in each: as invariant, since the way back is as likely */
static void test_annealed(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_SCENES; s++)
    if (scenes[s].n_components == 1)
      check_annealed(s, BGEN_START_ANY);
    else {
      check_annealed(s, BGEN_START_OTHER);
      check_annealed(s, BGEN_START_TRANSFER);
    }
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
      cmocka_unit_test(test_fresh),
      cmocka_unit_test(test_near),
      cmocka_unit_test(test_transfer),
      cmocka_unit_test(test_annealed),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
