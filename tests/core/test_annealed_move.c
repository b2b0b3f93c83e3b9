/* SPDX-License-Identifier: GPL-2.0-or-later
   One-step invariance of annealed moves, see normal_target.h.  Each move is also put together from
   its parts, as in core/sample/annealed_move.h: the same bits, and without a part no invariance. */
#include "sample/annealed_move.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "normal_target.h"
#include "sample/metropolis.h"
#include "sample/proposal.h"

enum { POINTS = 25000, SAME = 2000, MOST_DIM = 8, STEPS = 2, SEED = 21 };

/* what is forgotten, or wrong */
typedef enum fault { NONE, WORK, SHARES, SIGN, PRIORS } fault;

/* Makes moves. */
typedef struct mover {
  model m;
  bgen_annealed_start start;
  bgen_annealed_move *move;
  bgen_annealed *paths; /* for moves in parts */
  double lambda[STEPS + 1];
  bool noted;
} mover;

static const double ones[MOST_DIM] = {1, 1, 1, 1, 1, 1, 1, 1};
static bgen_dynamics dynamics = {0.2, 0.4, ones, NULL}; /* or in latent space */

/* The component whose basin x lies in, whatever its particles are called and however it is
   reflected. */
static size_t basin_of(const model *m, const double *x)
{
  double square = 0;
  for (size_t j = 0; j < m->dim; j++) square += x[j] * x[j];
  return m->n_components == 1 || square < 1.4 * (double) m->dim ? 0 : 1;
}

static double energy(size_t dim, const double *x, double *grad)
{
  for (size_t j = 0; j < dim; j++) grad[j] = x[j];
  return normal_energy(dim, x);
}

static mover make_mover(model m, bgen_annealed_start start)
{
  mover r = {.m = m, .start = start};
  CHECK_OK(bgen_annealed_move_create(m.g, m.w, &(bgen_annealed_way){start, STEPS, false, false},
                                     &r.move));
  CHECK_OK(bgen_annealed_create(m.g, m.w, 1, &r.paths));
  bgen_annealed_schedule(STEPS, 1.5, r.lambda);
  return r;
}

static void free_mover(mover *r)
{
  bgen_annealed_move_destroy(r->move), bgen_annealed_destroy(r->paths);
}

/* ---- the move ---- */

static bgen_annealed_result try_whole(const mover *r, uint64_t point, const double *x)
{
  double grad[MOST_DIM];
  bgen_wanted wanted;
  bgen_annealed_attempt attempt = {.from = basin_of(&r->m, x),
                                   .temperature = r->m.T,
                                   .dynamics = dynamics,
                                   .lambda = r->lambda,
                                   .noted = r->noted,
                                   .seed = SEED,
                                   .number = point,
                                   .x = x,
                                   .grad_u = grad,
                                   .u = energy(r->m.dim, x, grad)};
  const size_t to = bgen_annealed_move_begin(r->move, &attempt);
  CHECK_OK(bgen_annealed_move_next(r->move, &wanted));
  while (wanted.n) {
    double grad_there[MOST_DIM];
    const double u = energy(r->m.dim, wanted.x, grad_there);
    CHECK_OK(bgen_annealed_move_arrive(r->move, &u, grad_there));
    CHECK_OK(bgen_annealed_move_next(r->move, &wanted));
  }
  const bgen_annealed_result result = bgen_annealed_move_result(r->move);
  assert_int_equal(result.to, to);
  return result;
}

/* ---- the same in parts ---- */

/* works of the steps of all paths, in the order from the flow */
static struct {
  size_t n;
  double work[STEPS][2 * POINTS];
} noted;

/* the work of step `at` of the path */
static void note(const bgen_annealed *a, double of_step)
{
  const size_t t = a->to_flow ? STEPS - a->at : a->at - 1;
  noted.work[t][noted.n] = of_step;
}

/* the path that has been begun, to its end */
static double follow(bgen_annealed *a)
{
  double grad[MOST_DIM], before = 0;
  bgen_wanted wanted;
  for (size_t t = 0; t < STEPS; t++) {
    CHECK_OK(bgen_annealed_next(a, &wanted));
    if (wanted.n) {
      const double u = energy(bgen_generator_dim(a->generator), wanted.x, grad);
      CHECK_OK(bgen_annealed_arrive(a, &u, grad));
    }
    note(a, a->path->work[0] - before);
    before = a->path->work[0];
  }
  CHECK_OK(bgen_annealed_next(a, &wanted));
  assert_int_equal(wanted.n, 0);
  noted.n = (noted.n + 1) % (2 * POINTS);
  return a->path->work[0];
}

static bgen_anneal path_of(const mover *r, size_t k)
{
  return (bgen_anneal){k, r->m.T, STEPS, r->lambda};
}

static double to_flow(const mover *r, size_t k, uint64_t point, const double *x)
{
  double grad[MOST_DIM];
  const double u = energy(r->m.dim, x, grad);
  const bgen_anneal of = path_of(r, k);
  CHECK_OK(bgen_annealed_to_flow(r->paths, &of, &dynamics, SEED, BGEN_STREAM_PATH, 2 * point, 1, x,
                                 &u, grad));
  return follow(r->paths);
}

/* x_0' from where the last path has ended; false outside the domain */
static bool start(const mover *r, size_t k, size_t l, uint64_t point, double *x, double *log_mapped)
{
  const model *m = &r->m;
  bgen_draw draw = {.in_domain = true};
  *log_mapped = 0;
  if (r->start == BGEN_START_TRANSFER)
    CHECK_OK(bgen_transfer_component(m->g, m->w, k, l, r->paths->x, x, log_mapped));
  else
    CHECK_OK(bgen_generator_sample_component(m->g, m->w, l, m->T, SEED, BGEN_STREAM_PROPOSAL, point,
                                             1, x, &draw));
  if (!draw.in_domain || !isfinite(*log_mapped)) return false;
  bgen_generator_reflect(m->g, SEED, BGEN_STREAM_MIRROR, point, x);
  return true;
}

static size_t choose(const mover *r, size_t k, uint64_t point)
{
  const size_t n = r->m.n_components;
  const bgen_generator *g = r->m.g;
  const double weights[] = {bgen_generator_weight(g, 0), bgen_generator_weight(g, n - 1)};
  bgen_rng rng = bgen_rng_at(SEED, BGEN_STREAM_COMPONENT, point);
  return r->start == BGEN_START_ANY ? bgen_rng_choose(&rng, n, weights) : 1 - k;
}

/* what it costs that flow l is chosen with another probability than flow k */
static double cost_of_choice(const mover *r, size_t k, size_t l)
{
  const double ratio = bgen_generator_weight(r->m.g, k) / bgen_generator_weight(r->m.g, l);
  return r->start == BGEN_START_ANY ? -log(ratio) : 0;
}

/* x is in r->paths->x then */
static bgen_annealed_result try_parts(const mover *r, fault f, uint64_t point, const double *x)
{
  const size_t k = basin_of(&r->m, x), l = choose(r, k, point);
  const bgen_path *path = r->paths->path;
  bgen_annealed_result result = {.outside = true, .to = l, .work = INFINITY, .x = r->paths->x};
  double x_0[MOST_DIM], log_mapped;
  double work = cost_of_choice(r, k, l) + to_flow(r, k, point, x);
  if (f == SHARES) work -= cost_of_choice(r, k, l);
  const double before = path->u[0];
  if (isnan(path->u[0]) || !start(r, k, l, point, x_0, &log_mapped)) return result;
  const bgen_anneal of = path_of(r, l);
  CHECK_OK(bgen_annealed_from_flow(r->paths, &of, &dynamics, SEED, BGEN_STREAM_PATH, 2 * point + 1,
                                   1, x_0));
  if (r->start == BGEN_START_TRANSFER && f != PRIORS)
    work += path->u[0] - before - (r->paths->latent ? 0 : log_mapped);
  work += follow(r->paths);
  if (isnan(path->u[0])) return result;
  if (f == WORK && isfinite(work)) work = 0;
  if (f == SIGN) work = -work;
  result.arrived = isfinite(work), result.outside = false, result.work = work;
  result.u = normal_energy(r->m.dim, r->paths->x), result.x = r->paths->x;
  return result;
}

static void check_parts(const mover *r)
{
  size_t n_outside = 0, n_arrived = 0;
  for (uint64_t i = 0; i < SAME; i++) {
    double x[MOST_DIM];
    normal_draw(i, 1, r->m.dim, x);
    const bgen_annealed_result whole = try_whole(r, i, x), parts = try_parts(r, NONE, i, x);
    assert_int_equal(whole.arrived, parts.arrived);
    assert_int_equal(whole.outside, parts.outside);
    assert_int_equal(whole.to, parts.to);
    n_outside += whole.outside, n_arrived += whole.arrived;
    if (!whole.arrived) continue;
    CHECK_SAME(1, &whole.work, &parts.work);
    CHECK_SAME(1, &whole.u, &parts.u);
    CHECK_SAME(r->m.dim, whole.x, parts.x);
  }
  assert_int_equal(n_outside + n_arrived, SAME);
  assert_true(n_arrived > SAME / 20);
}

/* ---- invariance ---- */

/* in place; true if accepted */
static bool move(const mover *r, bool whole, fault f, uint64_t point, double *x)
{
  const bgen_annealed_result found = whole ? try_whole(r, point, x) : try_parts(r, f, point, x);
  bgen_rng rng = bgen_rng_at(23, BGEN_STREAM_ACCEPT, point);
  if (!found.arrived || basin_of(&r->m, found.x) != found.to) return false;
  if (!bgen_metropolis_accept(found.u, -found.work, bgen_rng_uniform(&rng))) return false;
  memcpy(x, found.x, r->m.dim * sizeof *x);
  return true;
}

static double one_step(const mover *r, bool whole, fault f, double *acceptance)
{
  double x[MOST_DIM];
  normal_moments moments = {0, {0}};
  size_t n_accepted = 0;
  for (uint64_t i = 0; i < POINTS; i++) {
    normal_draw(i, 1, r->m.dim, x);
    n_accepted += move(r, whole, f, i, x);
    normal_moments_add(&moments, r->m.dim, x);
  }
  *acceptance = (double) n_accepted / POINTS;
  return normal_moments_worst(&moments);
}

static void check(model m, bgen_annealed_start start, fault f, const char *name)
{
  mover r = make_mover(m, start);
  double acceptance;
  noted.n = 0;
  check_parts(&r);
  const double right = one_step(&r, true, NONE, &acceptance);
  print_message("%s: worst moment %.2f sigma, acceptance %.3f\n", name, right, acceptance);
  CHECK_WITHIN(right, 0, NORMAL_LIMIT);
  CHECK_WITHIN(acceptance, 0.005, 0.95);
  const double wrong = one_step(&r, false, f, &acceptance);
  print_message("%s: with fault %d %.1f sigma\n", name, (int) f, wrong);
  CHECK_WITHIN(wrong, NORMAL_LIMIT, 1e9);
  free_mover(&r);
  dynamics.variance = dynamics.variance ? NULL : ones; /* once more in latent space */
  if (!dynamics.variance) check(m, start, f, name);
}

static model make(bgen_layout layout, symmetry blind_to, size_t n_components)
{
  static const double weights[2] = {0.15, 0.85};
  model m = make_model(layout, blind_to, n_components, "whiten; realnvp blocks 2 width 8", 0.3, 1);
  if (n_components == 2) bgen_generator_set_weights(m.g, weights);
  return m;
}

static void test_one_particle_in_the_plane(void **state)
{
  model one = make((bgen_layout){1, 2}, no_symmetry, 1);
  model two = make((bgen_layout){1, 2}, no_symmetry, 2);
  (void) state;
  check(one, BGEN_START_ANY, WORK, "one flow");
  check(two, BGEN_START_ANY, SHARES, "any of two flows");
  check(two, BGEN_START_OTHER, WORK, "the other flow");
  check(two, BGEN_START_TRANSFER, WORK, "mapped to the other flow");
  two.T = 1.3;
  check(two, BGEN_START_ANY, SIGN, "any of two flows, at another temperature");
  free_model(&one), free_model(&two);
}

static void test_flows_with_priors_of_their_own(void **state)
{
  model two = make_model((bgen_layout){1, 2}, no_symmetry, 2,
                         "whiten; realnvp blocks 2 width 8; mixture modes 2", 0.3, 1);
  const bgen_prior *prior = &bgen_generator_flow(two.g, 1)->prior;
  (void) state;
  for (size_t i = 0; i < 2 * prior->dim; i++) /* its two means, far from those of the other prior */
    prior->fitted[2 * prior->n_modes + i] += 0.7;
  check(two, BGEN_START_TRANSFER, PRIORS, "mixtures, mapped to the other flow");
  free_model(&two);
}

static void test_gas_of_identical_particles(void **state)
{
  static const int alike[4] = {0, 0, 0, 0};
  model two = make((bgen_layout){4, 1}, (symmetry){alike, 1, {{0, 0}, {0, 0}, {0, 0}}}, 2);
  (void) state;
  check(two, BGEN_START_ANY, SIGN, "gas, any of two flows");
  check(two, BGEN_START_TRANSFER, SIGN, "gas, mapped to the other flow");
  free_model(&two);
}

/* ---- what does not arrive ---- */

/* where there is no energy on the way up, or on the way down */
static void test_paths_that_break_off(void **state)
{
  static const double x[2] = {0.3, -0.2}, none[2] = {0};
  model m = make((bgen_layout){1, 2}, no_symmetry, 2);
  mover r = make_mover(m, BGEN_START_ANY);
  (void) state;
  for (size_t bad = 0; bad < 3; bad++) { /* the energy that is none: 1 on the way up, 2 down */
    double grad[2];
    bgen_wanted wanted;
    size_t n = 0;
    const bgen_annealed_attempt attempt = {.temperature = 1,
                                           .dynamics = dynamics,
                                           .lambda = r.lambda,
                                           .seed = SEED,
                                           .number = 4,
                                           .x = x,
                                           .grad_u = grad,
                                           .u = energy(2, x, grad)};
    bgen_annealed_move_begin(r.move, &attempt);
    for (;; n++) {
      double grad_there[2];
      CHECK_OK(bgen_annealed_move_next(r.move, &wanted));
      if (wanted.n == 0) break;
      const double u = n == bad ? INFINITY : energy(2, wanted.x, grad_there);
      CHECK_OK(bgen_annealed_move_arrive(r.move, &u, n == bad ? none : grad_there));
    }
    const bgen_annealed_result found = bgen_annealed_move_result(r.move);
    assert_false(found.arrived || found.outside || isfinite(found.work));
    assert_int_equal(n, bad + 1); /* nothing more is asked */
  }
  free_mover(&r);
  free_model(&m);
}

/* ---- tuning ---- */

static int compare(const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* by the distance between the quartiles of the works that were noted here */
static void expect_schedule(const double *lambda, double *adapted)
{
  const size_t n = noted.n;
  double spread[STEPS];
  for (size_t t = 0; t < STEPS; t++) {
    qsort(noted.work[t], n, sizeof(double), compare);
    spread[t] = noted.work[t][3 * n / 4] - noted.work[t][n / 4];
  }
  bgen_annealed_adapt(STEPS, lambda, spread, adapted);
}

/* Each move has two paths.  The first schedule is made of 40 of them, the second one of 80, and so
   on; what is not to be noted does not count. */
static void test_schedule_is_tuned(void **state)
{
  model m = make((bgen_layout){1, 2}, no_symmetry, 1);
  mover r = make_mover(m, BGEN_START_ANY);
  double x[MOST_DIM], adapted[STEPS + 1];
  (void) state;
  r.lambda[1] = 0.98;
  noted.n = 0;
  for (uint64_t i = 0; i < 100; i++) {
    normal_draw(i, 1, r.m.dim, x);
    r.noted = i >= 40;
    assert_true(try_whole(&r, i, x).arrived);
    if (r.noted) try_parts(&r, NONE, i, x);
    if (i == 59 || i == 99) expect_schedule(r.lambda, adapted);
    assert_int_equal(bgen_annealed_move_adapt(r.move, r.lambda), i == 59 || i == 99);
    if (i != 59 && i != 99) continue;
    print_message("schedule 0 %.3f 1\n", r.lambda[1]);
    CHECK_SAME(STEPS + 1, r.lambda, adapted);
    CHECK_WITHIN(r.lambda[1], 0.1, 0.8);
    noted.n = 0;
  }
  free_mover(&r);
  free_model(&m);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_particle_in_the_plane),
                                     cmocka_unit_test(test_gas_of_identical_particles),
                                     cmocka_unit_test(test_flows_with_priors_of_their_own),
                                     cmocka_unit_test(test_paths_that_break_off),
                                     cmocka_unit_test(test_schedule_is_tuned)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
