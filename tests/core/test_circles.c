/* SPDX-License-Identifier: GPL-2.0-or-later
   Moves of flows with coordinates on circles, by one-step invariance: points drawn exactly from the
   target make one move each, and the mean change of what depends on them is none.

     u = (x1 - sin x0)^2 / 2v - kappa cos(x2 - x0),  x0 and x2 on circles of period 2 pi

   Component b has x2 on the line, and its domain is -pi < x2 < pi. */
#include <math.h>

#include "check.h"
#include "estimate/free_energy.h"
#include "fixture.h"
#include "model/latent.h"
#include "model/line.h"
#include "model/spec.h"
#include "sample/annealed_move.h"
#include "sample/metropolis.h"
#include "sample/proposal.h"

enum { DIM = 3, FRAMES = 2000, POINTS = 20000, N_FUNCTIONS = 7, STEPS = 2, SEED = 21 };

#define LIMIT                                                                                      \
  5.0 /* standard errors of 7 functions: a false alarm in 2e5, and with fixed seeds
                     never or always */

static const double pi = 3.14159265358979323846, v = 0.5, kappa = 1;
static const bool circles[2][DIM] = {{true, false, true}, {true, false, false}};
static const bgen_dynamics dynamics = {.dt = 0.4, .friction = 0.5}; /* in latent space */

static double energy(const double *x, double *grad)
{
  const double off = x[1] - sin(x[0]), turn = x[2] - x[0];
  grad[0] = -off * cos(x[0]) / v - kappa * sin(turn);
  grad[1] = off / v;
  grad[2] = kappa * sin(turn);
  return 0.5 * off * off / v - kappa * cos(turn);
}

/* -ln of 2 pi sqrt(2 pi v) 2 pi I_0(1) */
static double free_energy(void)
{
  return -log(4 * pi * pi * sqrt(2 * pi * v) * 1.2660658777520084);
}

static void draw_at(double T, uint64_t point, double *x)
{
  bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_TEST, point);
  double turn;
  bgen_rng_normals(&rng, 1, &x[1]);
  x[0] = pi * (2 * bgen_rng_uniform(&rng) - 1);
  x[1] = sin(x[0]) + sqrt(T * v) * x[1];
  do turn = pi * (2 * bgen_rng_uniform(&rng) - 1);
  while (bgen_rng_uniform(&rng) > exp(kappa / T * (cos(turn) - 1)));
  x[2] = x[0] + turn - 2 * pi * floor((x[0] + turn + pi) / (2 * pi));
}

static void draw(uint64_t point, double *x)
{
  draw_at(1, point, x);
}

/* ---- models ---- */

/* flow k of the generator, of coordinates on lines, gives way to one of these circles */
static void put_on_circles(bgen_generator *g, size_t k)
{
  static double x[FRAMES * DIM];
  bgen_bijection *map = NULL;
  bgen_flow *flow = NULL, *old = bgen_generator_flow(g, k), former;
  size_t n_modes;
  CHECK_OK(bgen_spec_build_shape("whiten; circular blocks 2 width 8 bins 4", &(bgen_layout){1, DIM},
                                 DIM, circles[k], 11 + k, &map, &n_modes));
  CHECK_OK(bgen_flow_create(map, n_modes, circles[k], 12 + k, &flow));
  for (uint64_t i = 0; i < FRAMES; i++) draw(1000000 + i, x + i * DIM);
  CHECK_OK(bgen_flow_fit(flow, FRAMES, x));
  perturb(130 + k, 0.5, map->n_params, flow->theta);
  former = *old, *old = *flow, *flow = former;
  bgen_flow_destroy(flow);
}

static model make(size_t n_components)
{
  const symmetry none = {NULL, 0, {{0, 0}, {0, 0}, {0, 0}}};
  bgen_generator *g = make_generator((bgen_layout){1, DIM}, none, n_components, "whiten", 0);
  for (size_t k = 0; k < n_components; k++) put_on_circles(g, k);
  return (model){g, make_workspace(g, 1), DIM, n_components, 1};
}

/* ---- moves ---- */

/* What a move makes of x, and the logarithm of its chance; NaN: it is refused. */
typedef double (*move)(model *m, uint64_t point, const double *x, double *x_new);

static double near(model *m, uint64_t point, const double *x, double *x_new)
{
  double grad[DIM], log_ratio;
  CHECK_OK(bgen_near(m->g, m->w, m->T, SEED, 0.8, point, x, x_new, &log_ratio));
  return energy(x, grad) - energy(x_new, grad) + log_ratio;
}

static size_t basin_of(const double *x)
{
  return x[1] > 0.3;
}

/* whether x is what component k has of it, which is made so where it can be */
static bool belongs(size_t k, double *x)
{
  if (circles[k][2]) x[2] -= 2 * pi * floor((x[2] + pi) / (2 * pi));
  return basin_of(x) == k && fabs(x[2]) <= pi;
}

/* from the component of the basin to the other one */
static double transfer(model *m, uint64_t point, const double *x, double *x_new)
{
  double grad[DIM], log_ratio;
  const size_t from = basin_of(x);
  (void) point;
  CHECK_OK(bgen_transfer_component(m->g, m->w, from, 1 - from, x, x_new, &log_ratio));
  if (!belongs(1 - from, x_new)) return NAN;
  return energy(x, grad) - energy(x_new, grad) + log_ratio;
}

static double fresh(model *m, uint64_t point, const double *x, double *x_new)
{
  double grad[DIM], log_q;
  bgen_draw made;
  CHECK_OK(
      bgen_generator_sample(m->g, m->w, m->T, SEED, BGEN_STREAM_PROPOSAL, point, 1, x_new, &made));
  CHECK_OK(bgen_generator_log_q(m->g, m->w, m->T, 1, x, &log_q));
  return energy(x, grad) - energy(x_new, grad) + log_q - made.log_q;
}

/* as if volume factors were all 1 */
static double near_spoiled(model *m, uint64_t point, const double *x, double *x_new)
{
  double grad[DIM];
  near(m, point, x, x_new);
  return energy(x, grad) - energy(x_new, grad);
}

static double transfer_spoiled(model *m, uint64_t point, const double *x, double *x_new)
{
  double grad[DIM];
  const double log_chance = transfer(m, point, x, x_new);
  return isnan(log_chance) ? NAN : energy(x, grad) - energy(x_new, grad);
}

/* with another exact point, at a higher temperature: what becomes of the first */
static double exchange(model *m, uint64_t point, const double *x, double *x_new)
{
  static const double hot = 2.5;
  double grad[DIM], y[DIM], y_new[DIM], log_ratio[2];
  draw_at(hot, 3000000 + point, y);
  CHECK_OK(bgen_exchange(m->g, m->w, 1, hot, SEED, 2 * point, x, y_new, &log_ratio[0]));
  CHECK_OK(bgen_exchange(m->g, m->w, hot, 1, SEED, 2 * point + 1, y, x_new, &log_ratio[1]));
  return energy(x, grad) - energy(x_new, grad) + (energy(y, grad) - energy(y_new, grad)) / hot +
         log_ratio[0] + log_ratio[1];
}

static double exchange_spoiled(model *m, uint64_t point, const double *x, double *x_new)
{
  double x_there[DIM], log_ratio;
  CHECK_OK(bgen_exchange(m->g, m->w, 1, 2.5, SEED, 2 * point, x, x_there, &log_ratio));
  return exchange(m, point, x, x_new) - log_ratio;
}

static double annealed(model *m, bgen_annealed_start start, bool tested, uint64_t point,
                       const double *x, double *x_new)
{
  static const double lambda[STEPS + 1] = {0, 0.4, 1};
  double grad[DIM], grad_there[DIM];
  bgen_annealed_move *it;
  bgen_wanted wanted;
  const bgen_annealed_attempt attempt = {.from = basin_of(x),
                                         .temperature = m->T,
                                         .dynamics = dynamics,
                                         .lambda = lambda,
                                         .seed = SEED,
                                         .number = point,
                                         .x = x,
                                         .grad_u = grad,
                                         .u = energy(x, grad)};
  CHECK_OK(
      bgen_annealed_move_create(m->g, m->w, &(bgen_annealed_way){start, STEPS, tested, true}, &it));
  const size_t to = bgen_annealed_move_begin(it, &attempt);
  CHECK_OK(bgen_annealed_move_next(it, &wanted));
  while (wanted.n) {
    const double u = energy(wanted.x, grad_there);
    CHECK_OK(bgen_annealed_move_arrive(it, &u, grad_there));
    CHECK_OK(bgen_annealed_move_next(it, &wanted));
  }
  const bgen_annealed_result result = bgen_annealed_move_result(it);
  for (size_t j = 0; j < DIM; j++) x_new[j] = result.x[j];
  const bool arrived = result.arrived && belongs(to, x_new);
  const double work = result.work;
  bgen_annealed_move_destroy(it);
  return arrived ? -work : NAN;
}

static double annealed_transfer(model *m, uint64_t point, const double *x, double *x_new)
{
  return annealed(m, BGEN_START_TRANSFER, false, point, x, x_new);
}

static double annealed_other(model *m, uint64_t point, const double *x, double *x_new)
{
  return annealed(m, BGEN_START_OTHER, false, point, x, x_new);
}

static double tested_transfer(model *m, uint64_t point, const double *x, double *x_new)
{
  return annealed(m, BGEN_START_TRANSFER, true, point, x, x_new);
}

static double tested_other(model *m, uint64_t point, const double *x, double *x_new)
{
  return annealed(m, BGEN_START_OTHER, true, point, x, x_new);
}

/* ---- invariance ---- */

static void functions_of(const double *x, double *f)
{
  f[0] = cos(x[0]), f[1] = sin(x[0]);
  f[2] = x[1], f[3] = x[1] * x[1];
  f[4] = cos(x[2] - x[0]), f[5] = cos(x[2]), f[6] = x[1] * sin(x[2]);
}

/* the largest mean change in its standard errors; *acceptance is a fraction */
static double one_step(model *m, move try, double *acceptance)
{
  average change[N_FUNCTIONS] = {{0}};
  double worst = 0, x[DIM], x_new[DIM], before[N_FUNCTIONS], after[N_FUNCTIONS];
  size_t n_accepted = 0;
  for (uint64_t i = 0; i < POINTS; i++) {
    bgen_rng rng = bgen_rng_at(9, BGEN_STREAM_ACCEPT, i);
    draw(i, x);
    const double log_chance = try(m, i, x, x_new);
    const bool accepted = bgen_metropolis_accept(0, log_chance, bgen_rng_uniform(&rng));
    functions_of(x, before);
    functions_of(accepted ? x_new : x, after);
    for (size_t f = 0; f < N_FUNCTIONS; f++) average_add(&change[f], after[f] - before[f]);
    n_accepted += accepted;
  }
  for (size_t f = 0; f < N_FUNCTIONS; f++)
    worst = fmax(worst, fabs(change[f].value) / sqrt(average_variance(&change[f]) / POINTS));
  *acceptance = (double) n_accepted / POINTS;
  return worst;
}

static void check_move(model *m, const char *name, move try, bool right)
{
  double acceptance;
  const double worst = one_step(m, try, &acceptance);
  print_message("%s: %.2f sigma, acceptance %.3f\n", name, worst, acceptance);
  CHECK_WITHIN(worst, right ? 0 : LIMIT, right ? LIMIT : 1e9);
  CHECK_WITHIN(acceptance, 0.02, 0.98);
}

static void test_one_component(void **state)
{
  model m = make(1);
  (void) state;
  check_move(&m, "fresh", fresh, true);
  check_move(&m, "near", near, true);
  check_move(&m, "near without log-determinants", near_spoiled, false);
  check_move(&m, "exchange", exchange, true);
  check_move(&m, "exchange without log-determinants", exchange_spoiled, false);
  free_model(&m);
}

static void test_two_components(void **state)
{
  model m = make(2);
  (void) state;
  check_move(&m, "transfer", transfer, true);
  check_move(&m, "transfer without log-determinants", transfer_spoiled, false);
  check_move(&m, "annealed, start other", annealed_other, true);
  check_move(&m, "annealed, start transfer", annealed_transfer, true);
  check_move(&m, "annealed by tested steps, start other", tested_other, true);
  check_move(&m, "annealed by tested steps, start transfer", tested_transfer, true);
  free_model(&m);
}

/* Paths in latent space to the flow and back give F, whatever their step. */
static void test_works_give_the_free_energy(void **state)
{
  enum { N = 4000 };
  static double forward[N], reverse[N];
  const double lambda[STEPS + 1] = {0, 0.4, 1};
  model m = make(1);
  const bgen_anneal of = {0, 1, STEPS, lambda};
  bgen_annealed *a;
  bgen_estimate bar;
  (void) state;
  CHECK_OK(bgen_annealed_create(m.g, m.w, 1, &a));
  for (uint64_t i = 0; i < 2 * N; i++) {
    double x[DIM], grad[DIM], u;
    bgen_draw made;
    bgen_wanted wanted;
    if (i < N) {
      CHECK_OK(bgen_generator_sample(m.g, m.w, 1, 91, BGEN_STREAM_PROPOSAL, i, 1, x, &made));
      CHECK_OK(bgen_annealed_from_flow(a, &of, &dynamics, SEED, BGEN_STREAM_PATH, i, 1, x));
    } else {
      draw(i, x);
      u = energy(x, grad);
      CHECK_OK(bgen_annealed_to_flow(a, &of, &dynamics, SEED, BGEN_STREAM_PATH, i, 1, x, &u, grad));
    }
    for (CHECK_OK(bgen_annealed_next(a, &wanted)); wanted.n;
         CHECK_OK(bgen_annealed_next(a, &wanted))) {
      u = energy(wanted.x, grad);
      CHECK_OK(bgen_annealed_arrive(a, &u, grad));
    }
    *(i < N ? &forward[i] : &reverse[i - N]) = a->path->work[0];
  }
  const bgen_works there = {N, forward, {0, NULL}}, back = {N, reverse, {0, NULL}};
  CHECK_OK(bgen_estimate_bar(&there, &back, &bar));
  print_message("BAR %.4f +- %.4f, exact %.4f\n", bar.value, bar.error, free_energy());
  CHECK_CLOSE(bar.value, free_energy(), 5 * bar.error);
  CHECK_WITHIN(bar.error, 0, 0.05);
  bgen_annealed_destroy(a);
  free_model(&m);
}

/* between the ends no circle turns by more than half a turn, wherever the ends are lifted to */
static void test_line(void **state)
{
  enum { N = 5 };
  model m = make(1);
  double ends[2 * DIM], z[N * DIM], x[N * DIM], log_det[N];
  (void) state;
  for (uint64_t i = 0; i < 50; i++) {
    draw(2 * i, ends), draw(2 * i + 1, ends + DIM);
    ends[2] += 4 * pi;
    CHECK_OK(bgen_generator_line(m.g, m.w, 0, ends, N, z, x, log_det));
    for (size_t j = 0; j < DIM; j++) {
      const double turns = (x[(N - 1) * DIM + j] - ends[DIM + j]) / (2 * pi);
      CHECK_CLOSE(turns, circles[0][j] ? round(turns) : 0, 1e-9);
      if (circles[0][j]) CHECK_WITHIN(fabs(z[(N - 1) * DIM + j] - z[j]), 0, pi);
    }
  }
  bgen_latent_wrap(m.g, 0, N, z);
  for (size_t i = 0; i < N * DIM; i++)
    if (circles[0][i % DIM]) CHECK_WITHIN(fabs(z[i]), 0, pi);
  free_model(&m);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_one_component),
      cmocka_unit_test(test_two_components),
      cmocka_unit_test(test_works_give_the_free_energy),
      cmocka_unit_test(test_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
