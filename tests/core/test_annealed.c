/* SPDX-License-Identifier: GPL-2.0-or-later
   One-step invariance of annealed moves, see normal_target.h, and the free energy that their works give. */
#include "sample/annealed.h"

#include <math.h>

#include "estimate/free_energy.h"
#include "fixture.h"
#include "normal_target.h"
#include "sample/metropolis.h"
#include "sample/proposal.h"

enum { POINTS = 25000, MOST_DIM = 8, STEPS = 2 };

typedef enum start { ANY, OTHER, MAPPED } start;               /* of the path down */
typedef enum fault { NONE, WORK, SHARES, SIGN, PRIORS } fault; /* what is forgotten, or wrong */

static const double ones[MOST_DIM] = {1, 1, 1, 1, 1, 1, 1, 1};
static const bgen_dynamics dynamics = {0.2, 0.4, ones};

/* The component whose basin x lies in, whatever its particles are called and however it is reflected. */
static size_t basin_of(const bgen_generator *g, const double *x)
{
  double square = 0;
  for (size_t j = 0; j < g->dim; j++) square += x[j] * x[j];
  return g->n_components == 1 || square < 1.4 * (double) g->dim ? 0 : 1;
}

static double energy(size_t dim, const double *x, double *grad)
{
  for (size_t j = 0; j < dim; j++) grad[j] = x[j];
  return normal_energy(dim, x);
}

/* the path that has been begun, to its end */
static double follow(bgen_annealed *a)
{
  double grad[MOST_DIM];
  bool wanted;
  CHECK_OK(bgen_annealed_next(a, &wanted));
  while (wanted) {
    const double u = energy(a->generator->dim, a->path->x, grad);
    CHECK_OK(bgen_annealed_arrive(a, &u, grad));
    CHECK_OK(bgen_annealed_next(a, &wanted));
  }
  return a->path->work[0];
}

static double to_flow(bgen_annealed *a, size_t k, uint64_t point, const double *x)
{
  double grad[MOST_DIM];
  const double u = energy(a->generator->dim, x, grad);
  a->k = k;
  bgen_annealed_to_flow(a, &dynamics, 21, BGEN_STREAM_PATH, 2 * point, 1, x, &u, grad);
  return follow(a);
}

/* from x_0, where the last path has ended; NaN outside the domain; *of_map is the work of a map from flow to flow */
static double from_flow(bgen_annealed *a, start how, size_t k, size_t l, uint64_t point,
                        double *of_map)
{
  bgen_generator *g = a->generator;
  double x[MOST_DIM], log_ratio = 0;
  const double before = a->path->u[0];
  bgen_draw draw = {.in_domain = true};
  if (how == MAPPED)
    CHECK_OK(bgen_transfer_component(g, k, l, a->path->x, x, &log_ratio));
  else
    CHECK_OK(bgen_generator_sample_component(g, l, BGEN_STREAM_PROPOSAL, point, 1, x, &draw));
  if (!draw.in_domain || !isfinite(log_ratio)) return NAN;
  bgen_generator_reflect(g, BGEN_STREAM_MIRROR, point, x);
  a->k = l;
  CHECK_OK(bgen_annealed_from_flow(a, &dynamics, 21, BGEN_STREAM_PATH, 2 * point + 1, 1, x));
  *of_map = how == MAPPED ? a->path->u[0] - before - log_ratio : 0;
  return follow(a);
}

static size_t choose(const bgen_generator *g, start how, size_t k, uint64_t point)
{
  const double weights[2] = {g->component[0].weight, g->component[g->n_components - 1].weight};
  bgen_rng rng = bgen_rng_at(22, BGEN_STREAM_COMPONENT, point);
  return how == ANY ? bgen_rng_choose(&rng, g->n_components, weights) : 1 - k;
}

/* in place; true if accepted */
static bool move(bgen_annealed *a, start how, fault f, uint64_t point, double *x)
{
  bgen_generator *g = a->generator;
  const size_t k = basin_of(g, x), l = choose(g, how, k, point);
  double of_map = 0;
  const double there = to_flow(a, k, point, x);
  const double back = from_flow(a, how, k, l, point, &of_map);
  double log_ratio = f == WORK && isfinite(back) ? 0 : -there - back - (f == PRIORS ? 0 : of_map);
  if (f == SIGN) log_ratio = -log_ratio;
  bgen_rng rng = bgen_rng_at(23, BGEN_STREAM_ACCEPT, point);
  if (how == ANY && f != SHARES) log_ratio += log(g->component[k].weight / g->component[l].weight);
  if (basin_of(g, a->path->x) != l) return false;
  if (!bgen_metropolis_accept(a->path->u[0], log_ratio, bgen_rng_uniform(&rng))) return false;
  for (size_t j = 0; j < g->dim; j++) x[j] = a->path->x[j];
  return true;
}

static bgen_annealed *make_anneal(bgen_generator *g, double *lambda)
{
  bgen_annealed *a;
  CHECK_OK(bgen_annealed_create(g, 1, &a));
  bgen_annealed_schedule(STEPS, 1.5, lambda);
  a->lambda = lambda;
  a->n_steps = STEPS;
  return a;
}

static double one_step(bgen_generator *g, start how, fault f, double *acceptance)
{
  double x[MOST_DIM], lambda[STEPS + 1];
  bgen_annealed *a = make_anneal(g, lambda);
  normal_moments moments = {0, {0}};
  size_t n_accepted = 0;
  for (uint64_t i = 0; i < POINTS; i++) {
    normal_draw(i, 1, g->dim, x);
    n_accepted += move(a, how, f, i, x);
    normal_moments_add(&moments, g->dim, x);
  }
  bgen_annealed_destroy(a);
  *acceptance = (double) n_accepted / POINTS;
  return normal_moments_worst(&moments);
}

static void check(bgen_generator *g, start how, fault f, const char *name)
{
  double acceptance;
  const double right = one_step(g, how, NONE, &acceptance);
  print_message("%s: worst moment %.2f sigma, acceptance %.3f\n", name, right, acceptance);
  CHECK_WITHIN(right, 0, NORMAL_LIMIT);
  CHECK_WITHIN(acceptance, 0.005, 0.95);
  const double wrong = one_step(g, how, f, &acceptance);
  print_message("%s: with fault %d %.1f sigma\n", name, (int) f, wrong);
  CHECK_WITHIN(wrong, NORMAL_LIMIT, 1e9);
}

static bgen_generator *make(bgen_layout layout, symmetry blind_to, size_t n_components)
{
  bgen_generator *g =
      make_generator(layout, blind_to, n_components, "whiten; realnvp blocks 2 width 8", 0.3, 1);
  if (n_components == 2) g->component[0].weight = 0.15, g->component[1].weight = 0.85;
  return g;
}

static void test_one_particle_in_the_plane(void **state)
{
  bgen_generator *one = make((bgen_layout){1, 2}, no_symmetry, 1);
  bgen_generator *two = make((bgen_layout){1, 2}, no_symmetry, 2);
  (void) state;
  check(one, ANY, WORK, "one flow");
  check(two, ANY, SHARES, "any of two flows");
  check(two, OTHER, WORK, "the other flow");
  check(two, MAPPED, WORK, "mapped to the other flow");
  bgen_generator_destroy(one);
  bgen_generator_destroy(two);
}

static void test_flows_with_priors_of_their_own(void **state)
{
  bgen_generator *two = make_generator((bgen_layout){1, 2}, no_symmetry, 2,
                                       "whiten; realnvp blocks 2 width 8; mixture modes 2", 0.3, 1);
  const bgen_prior *prior = &two->component[1].flow->prior;
  (void) state;
  for (size_t i = 0; i < 2 * prior->dim; i++) /* its two means, far from those of the other prior */
    prior->fitted[2 * prior->n_modes + i] += 0.7;
  check(two, MAPPED, PRIORS, "mixtures, mapped to the other flow");
  bgen_generator_destroy(two);
}

static void test_gas_of_identical_particles(void **state)
{
  static const int alike[4] = {0, 0, 0, 0};
  bgen_generator *two =
      make((bgen_layout){4, 1}, (symmetry){alike, 1, {{0, 0}, {0, 0}, {0, 0}}}, 2);
  (void) state;
  check(two, ANY, SIGN, "gas, any of two flows");
  check(two, MAPPED, SIGN, "gas, mapped to the other flow");
  bgen_generator_destroy(two);
}

/* u = |x|^2 / 2 in two dimensions: F = -ln Z = -ln 2 pi */
static void test_works_give_the_free_energy(void **state)
{
  enum { N = 4000 };
  static double forward[N], reverse[N];
  double x[MOST_DIM], lambda[STEPS + 1];
  bgen_generator *g = make_generator((bgen_layout){1, 2}, no_symmetry, 1,
                                     "whiten; realnvp blocks 2 width 8", 0.3, 1);
  bgen_annealed *a = make_anneal(g, lambda);
  bgen_estimate bar, fep;
  double of_map;
  (void) state;
  for (uint64_t i = 0; i < N; i++) {
    forward[i] = from_flow(a, ANY, 0, 0, i, &of_map);
    normal_draw(i, 1, 2, x);
    reverse[i] = to_flow(a, 0, i, x);
  }
  const bgen_works there = {N, forward, {0, NULL}}, back = {N, reverse, {0, NULL}};
  CHECK_OK(bgen_estimate_bar(&there, &back, &bar));
  CHECK_OK(bgen_estimate_fep(&there, &fep));
  print_message("BAR %.4f +- %.4f, Jarzynski %.4f +- %.4f, exact %.4f\n", bar.value, bar.error,
                fep.value, fep.error, -log(2 * 3.14159265358979));
  CHECK_CLOSE(bar.value, -log(2 * 3.14159265358979), 5 * bar.error);
  CHECK_CLOSE(fep.value, -log(2 * 3.14159265358979), 5 * fep.error);
  CHECK_WITHIN(bar.error, 0, 0.05);
  bgen_annealed_destroy(a);
  bgen_generator_destroy(g);
}

static void test_schedule(void **state)
{
  double lambda[5];
  (void) state;
  bgen_annealed_schedule(4, 2, lambda);
  for (int t = 0; t < 5; t++) CHECK_CLOSE(lambda[t], t * t / 16.0, 1e-15);
}

static void test_adapted_schedule(void **state)
{
  static const double lambda[5] = {0, 0.1, 0.4, 0.5, 1}, spread[4] = {4, 1, 1, 2};
  static const double expected[5] = {0, 0.05, 0.1, 0.5, 1}, alike[4] = {2, 2, 2, 2};
  double adapted[5], again[5];
  (void) state;
  bgen_annealed_adapt(4, lambda, spread, adapted);
  for (int t = 0; t < 5; t++) CHECK_CLOSE(adapted[t], expected[t], 1e-15);
  bgen_annealed_adapt(4, adapted, alike, again);
  for (int t = 0; t < 5; t++) CHECK_CLOSE(again[t], adapted[t], 1e-15);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_schedule),
                                     cmocka_unit_test(test_adapted_schedule),
                                     cmocka_unit_test(test_one_particle_in_the_plane),
                                     cmocka_unit_test(test_gas_of_identical_particles),
                                     cmocka_unit_test(test_flows_with_priors_of_their_own),
                                     cmocka_unit_test(test_works_give_the_free_energy)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
