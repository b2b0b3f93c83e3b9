/* SPDX-License-Identifier: GPL-2.0-or-later
   One step of a move of a body in a field, from an exact configuration, must lead to another. */
#include <math.h>
#include <string.h>

#include "bodies.h"
#include "fixture.h"
#include "sample/annealed_move.h"
#include "sample/population.h"
#include "sample/proposal.h"

typedef struct moments {
  average first[MOST_OF_BODY], second[MOST_OF_BODY], product[MOST_OF_BODY], energy;
  size_t n_accepted;
} moments;

static void add_moments(const world *v, const double *x, moments *m)
{
  for (size_t j = 0; j < v->dim; j++) {
    const double a = (x[j] - v->tether[j]) / TETHER_WIDTH,
                 b = (x[(j + 1) % v->dim] - v->tether[(j + 1) % v->dim]) / TETHER_WIDTH;
    average_add(&m->first[j], a);
    average_add(&m->second[j], a * a);
    average_add(&m->product[j], a * b);
  }
  average_add(&m->energy, energy_of_body(v, x, NULL));
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
  return energy_of_body(v, x, NULL) - energy_of_body(v, x_new, NULL) + log_q_of_body(v, x) -
         draw.log_q;
}

static double try_near(world *v, uint64_t point, const double *x, double *x_new)
{
  double log_ratio = NAN;
  CHECK_OK(bgen_near(v->g, v->w, 1, 12, 0.7, point, x, x_new, &log_ratio));
  return energy_of_body(v, x, NULL) - energy_of_body(v, x_new, NULL) + log_ratio;
}

static double try_transfer(world *v, uint64_t point, const double *x, double *x_new)
{
  double log_ratio = NAN;
  size_t to;
  CHECK_OK(bgen_transfer(v->g, v->w, 1, 13, point, x, x_new, &log_ratio, &to));
  return energy_of_body(v, x, NULL) - energy_of_body(v, x_new, NULL) + log_ratio;
}

/* with an exact configuration of a higher temperature: what becomes of x */
static double try_exchange(world *v, uint64_t point, const double *x, double *x_new)
{
  static const double hot = 1.5;
  double y[MOST_OF_BODY], y_new[MOST_OF_BODY], log_ratio[2];
  fill_exact(v, 1000000 + point, y);
  for (size_t j = 0; j < v->dim; j++) y[j] = v->tether[j] + sqrt(hot) * (y[j] - v->tether[j]);
  CHECK_OK(bgen_exchange(v->g, v->w, 1, hot, 14, 2 * point, x, y_new, &log_ratio[0]));
  CHECK_OK(bgen_exchange(v->g, v->w, hot, 1, 14, 2 * point + 1, y, x_new, &log_ratio[1]));
  return energy_of_body(v, x, NULL) - energy_of_body(v, x_new, NULL) +
         (energy_of_body(v, y, NULL) - energy_of_body(v, y_new, NULL)) / hot + log_ratio[0] +
         log_ratio[1];
}

/* three steps of a walker in latent space, at the stage that has no flow; from a component drawn by
   nothing of x */
static double try_latent(world *v, uint64_t point, const double *x, double *x_new)
{
  double grad[MOST_OF_BODY], u = energy_of_body(v, x, grad);
  const bgen_dynamics dynamics = {.dt = 0.4, .friction = 0.5};
  const bgen_stage stage = {0, 1};
  bgen_population *one;
  bgen_wanted wanted;
  CHECK_OK(bgen_population_create(v->g, v->w, true, v->dim, 1, &one));
  CHECK_OK(bgen_population_begin(one, point % v->of.n_components, 1, stage, 1, x, &u, grad, NULL));
  bgen_population_set_out(one, &dynamics, 3, 22, BGEN_STREAM_ANNEAL, point);
  for (CHECK_OK(bgen_population_next(one, &wanted)); wanted.n;
       CHECK_OK(bgen_population_next(one, &wanted))) {
    u = energy_of_body(v, wanted.x, grad);
    CHECK_OK(bgen_population_arrive(one, &u, grad));
  }
  memcpy(x_new, one->there, v->dim * sizeof *x_new);
  const double work = one->path->work[0];
  bgen_population_destroy(one);
  return -work;
}

/* A chain of atoms that are strewn about points is no molecule: its angles are wide, and a flow
   that is only whitened has little of it. */
static double least_of(const world *v, double least)
{
  return v->tree ? least / 2 : least;
}

static void check_one_step(size_t s, size_t n, try_move attempt, double least_accepted)
{
  world v = make_world(s);
  moments m = {0};
  for (uint64_t i = 0; i < n; i++) {
    double x[MOST_OF_BODY], x_new[MOST_OF_BODY];
    bgen_rng rng = bgen_rng_at(77, BGEN_STREAM_ACCEPT, i);
    fill_exact(&v, i, x);
    const double log_ratio = attempt(&v, i, x, x_new), uniform = bgen_rng_uniform(&rng);
    const bool accepted = isfinite(log_ratio) && uniform < exp(log_ratio);
    m.n_accepted += accepted;
    add_moments(&v, accepted ? x_new : x, &m);
  }
  check_moments(&v, &m);
  CHECK_WITHIN((double) m.n_accepted / (double) n, least_of(&v, least_accepted), 1);
  free_world(&v);
}

enum { N_STEPS = 20000 };

static void test_fresh(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) check_one_step(s, N_STEPS, try_fresh, 0.02);
}

static void test_near(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) check_one_step(s, N_STEPS, try_near, 0.05);
}

static void test_transfer(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++)
    if (body_scenes[s].n_components > 1) check_one_step(s, N_STEPS, try_transfer, 0.05);
}

static void test_exchange(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) check_one_step(s, N_STEPS, try_exchange, 0.01);
}

static void test_latent(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) check_one_step(s, N_STEPS / 4, try_latent, 0.05);
}

/* up to a flow, a fresh or mapped start there, and down from a flow; from a component drawn as the
   basins of this test are: by nothing of x */
static double go_annealed(world *v, bgen_annealed_move *move, bool latent, uint64_t point,
                          const double *x, double *x_new)
{
  static const double variance[MOST_OF_BODY] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  double grad_u[MOST_OF_BODY], lambda[6];
  bgen_annealed_schedule(5, 1, lambda);
  const size_t from = point % v->of.n_components;
  const bgen_annealed_attempt attempt = {
      .from = from,
      .temperature = 1,
      .lambda = lambda,
      .seed = 21,
      .number = point,
      .x = x,
      .u = energy_of_body(v, x, grad_u),
      .grad_u = grad_u,
      .dynamics = {latent ? 0.4 : 0.1, 0.5, latent ? NULL : variance}};
  bgen_wanted wanted;
  bgen_annealed_move_begin(move, &attempt);
  for (;;) {
    double u, grad[MOST_OF_BODY];
    CHECK_OK(bgen_annealed_move_next(move, &wanted));
    if (!wanted.n) break;
    u = energy_of_body(v, wanted.x, grad);
    CHECK_OK(bgen_annealed_move_arrive(move, &u, grad));
  }
  const bgen_annealed_result result = bgen_annealed_move_result(move);
  if (!result.arrived) return NAN;
  memcpy(x_new, result.x, v->dim * sizeof *x_new);
  return -result.work;
}

static void check_annealed(size_t s, bgen_annealed_start start, bool latent)
{
  const size_t N = latent ? 4000 : 8000;
  world v = make_world(s);
  moments m = {0};
  bgen_annealed_move *move = NULL;
  CHECK_OK(
      bgen_annealed_move_create(v.g, v.w, &(bgen_annealed_way){start, 5, false, false}, &move));
  for (uint64_t i = 0; i < N; i++) {
    double x[MOST_OF_BODY], x_new[MOST_OF_BODY];
    bgen_rng rng = bgen_rng_at(78, BGEN_STREAM_ACCEPT, i);
    fill_exact(&v, i, x);
    const double log_ratio = go_annealed(&v, move, latent, i, x, x_new),
                 uniform = bgen_rng_uniform(&rng);
    const bool accepted = isfinite(log_ratio) && uniform < exp(log_ratio);
    m.n_accepted += accepted;
    add_moments(&v, accepted ? x_new : x, &m);
  }
  check_moments(&v, &m);
  CHECK_WITHIN((double) m.n_accepted / (double) N, least_of(&v, 0.02), 1);
  bgen_annealed_move_destroy(move);
  free_world(&v);
}

/* with one component the path comes back to the flow that it left; with two it ends in the other,
   and half of the attempts begin in each: as invariant, since the way back is as likely */
static void check_all_annealed(bool latent)
{
  for (size_t s = 0; s < N_BODY_SCENES; s++)
    if (body_scenes[s].n_components == 1)
      check_annealed(s, BGEN_START_ANY, latent);
    else {
      check_annealed(s, BGEN_START_OTHER, latent);
      check_annealed(s, BGEN_START_TRANSFER, latent);
    }
}

static void test_annealed(void **state)
{
  (void) state;
  check_all_annealed(false);
}

static void test_annealed_in_latent_space(void **state)
{
  (void) state;
  check_all_annealed(true);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_fresh),
      cmocka_unit_test(test_near),
      cmocka_unit_test(test_transfer),
      cmocka_unit_test(test_latent),
      cmocka_unit_test(test_exchange),
      cmocka_unit_test(test_annealed),
      cmocka_unit_test(test_annealed_in_latent_space),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
