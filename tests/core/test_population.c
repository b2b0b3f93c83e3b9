/* SPDX-License-Identifier: GPL-2.0-or-later
   Populations of a harmonic oscillator between temperatures, and between a flow and e^{-u}: free
   energies are known. */
#include "sample/population.h"

#include <math.h>

#include "estimate/free_energy.h"
#include "fixture.h"
#include "normal_target.h"

enum { DIM = 3, N = 100, STEPS = 3, STAGES = 8, REPEATS = 8, GROUPS = 200, CHAINS = 50000 };

static const double ones[DIM] = {1, 1, 1};
static const double log_two_pi = 1.8378770664093454836;

/* from one temperature to an eighth of it */
static bgen_stage cooling(size_t t)
{
  return (bgen_stage){0, pow(8, (double) t / STAGES)};
}

static bgen_stage from_flow(size_t t)
{
  const double lambda = (double) t / STAGES;
  return (bgen_stage){1 - lambda, lambda};
}

static void energies(const bgen_population *w, const double *x, double *u, double *grad)
{
  for (size_t i = 0; i < w->n; i++) u[i] = normal_energy(w->dim, x + i * w->dim);
  for (size_t c = 0; c < w->n * w->dim; c++) grad[c] = x[c];
}

static void begin(bgen_population *w, double temperature, bgen_stage first, size_t n,
                  const double *x, const char *within)
{
  static double u[N], grad[N * DIM];
  w->n = n;
  energies(w, x, u, grad);
  CHECK_OK(bgen_population_begin(w, 0, temperature, first, n, x, u, grad, within));
}

/* one move; forget: that of a time step which is said to cost nothing */
static size_t move(bgen_population *w, double dt, uint64_t *number, bool forget)
{
  static double u[N], grad[N * DIM];
  const bgen_dynamics dynamics = {dt, 0.5, w->latent ? NULL : ones, NULL};
  bgen_wanted wanted;
  size_t n_steps = 0;
  bgen_population_set_out(w, &dynamics, STEPS, 31, BGEN_STREAM_ANNEAL, *number);
  *number += w->n;
  CHECK_OK(bgen_population_next(w, &wanted));
  for (; wanted.n; n_steps++) {
    energies(w, wanted.x, u, grad);
    CHECK_OK(bgen_population_arrive(w, u, grad));
    CHECK_OK(bgen_population_next(w, &wanted));
  }
  assert_int_equal(n_steps, STEPS);
  for (size_t i = 0; forget && i < w->n; i++) w->path->work[i] = 0;
  return bgen_population_settle(w, NULL);
}

/* ---- a move leaves e^{-u} invariant at any time step ---- */

static double one_step(bool forget, double *acceptance)
{
  bgen_population *w;
  normal_moments moments = {0, {0}};
  uint64_t number = 0;
  double x[N * DIM];
  size_t n_accepted = 0;
  CHECK_OK(bgen_population_create(NULL, NULL, false, DIM, N, &w));
  for (uint64_t i = 0; i < CHAINS; i += N) {
    normal_draw(i, N, DIM, x);
    begin(w, NAN, cooling(0), N, x, NULL); /* no flow, no temperature of it */
    n_accepted += move(w, 1.2, &number, forget);
    for (size_t j = 0; j < N; j++) normal_moments_add(&moments, DIM, w->x + j * DIM);
  }
  bgen_population_destroy(w);
  *acceptance = (double) n_accepted / CHAINS;
  return normal_moments_worst(&moments);
}

static void test_move_is_exact(void **state)
{
  double acceptance;
  (void) state;
  const double right = one_step(false, &acceptance);
  print_message("worst moment %.2f sigma, acceptance %.3f\n", right, acceptance);
  CHECK_WITHIN(right, 0, NORMAL_LIMIT);
  CHECK_WITHIN(acceptance, 0.2, 0.95);
  const double wrong = one_step(true, &acceptance);
  print_message("without the test %.1f sigma\n", wrong);
  CHECK_WITHIN(wrong, NORMAL_LIMIT, 1e9);
}

/* ---- free energies ---- */

typedef struct run {
  bgen_stage (*stage)(size_t t);
  bool resample; /* at every other stage */
  bool backward;
} run;

/* -ln Z_t/Z_0 of one population at all stages */
static void follow(bgen_population *w, const run *of, uint64_t *number, double *free_energy)
{
  for (size_t t = 1; t <= STAGES; t++) {
    bgen_population_enter(w, of->stage(of->backward ? STAGES - t : t));
    free_energy[t] = -bgen_weights_log_z(w->weights);
    bgen_rng rng = bgen_rng_at(32, BGEN_STREAM_ANNEAL, (*number)++);
    if (of->resample && t % 2 == 0)
      assert_true(bgen_population_resample(w, bgen_rng_uniform(&rng)));
    if (t < STAGES) move(w, 0.4, number, false);
  }
}

/* within 5 errors of the truth at each stage, and errors of 8 repeats that mean what they say: of
   200, with Student's distribution, 130 within one error are expected, with a standard deviation of
   6.8 */
static void check_cooling(bool resample)
{
  static double found[GROUPS][STAGES + 1][REPEATS];
  const run of = {cooling, resample, false};
  double x[N * DIM], one[STAGES + 1];
  uint64_t number = 0, first = 0;
  bgen_population *w;
  CHECK_OK(bgen_population_create(NULL, NULL, false, DIM, N, &w));
  for (size_t g = 0; g < GROUPS; g++)
    for (size_t r = 0; r < REPEATS; r++, first += N) {
      normal_draw(first, N, DIM, x);
      begin(w, NAN, cooling(0), N, x, NULL);
      follow(w, &of, &number, one);
      for (size_t t = 1; t <= STAGES; t++) found[g][t][r] = one[t];
    }
  bgen_population_destroy(w);
  for (size_t t = 1; t <= STAGES; t++) {
    const double exact = 0.5 * DIM * log(cooling(t).energy);
    double all[GROUPS];
    size_t inside = 0;
    bgen_estimate estimate;
    for (size_t g = 0; g < GROUPS; g++) {
      CHECK_OK(bgen_estimate_repeats(REPEATS, found[g][t], &estimate));
      inside += fabs(estimate.value - exact) < estimate.error;
      all[g] = estimate.value;
    }
    CHECK_OK(bgen_estimate_repeats(GROUPS, all, &estimate));
    print_message("stage %zu: F %.4f +- %.4f, exact %.4f; %zu of %d errors cover\n", t,
                  estimate.value, estimate.error, exact, inside, GROUPS);
    CHECK_CLOSE(estimate.value, exact, 5 * estimate.error);
    CHECK_WITHIN((double) inside, 130 - 4 * 6.8, 130 + 4 * 6.8);
    CHECK_WITHIN(estimate.error, 0, 0.02);
  }
}

static void test_cooling(void **state)
{
  (void) state;
  check_cooling(true);
}

static void test_cooling_without_resampling(void **state)
{
  (void) state;
  check_cooling(false);
}

/* works there and back: BAR, and both sides alone, but no mean over all frames where samples may be
   outside the domain: it lacks what they weigh */
static void check_both_ways(const model *m, bool latent, double temperature,
                            bgen_stage (*stage)(size_t t), double exact)
{
  enum { BATCHES = 40 };
  static double work[2][BATCHES * N];
  const size_t dim = m ? 2 : DIM;
  const double width = 1 / sqrt(stage(STAGES).energy);
  double x[N * DIM], unused[STAGES + 1];
  char within[N];
  uint64_t number = 0;
  bgen_population *w;
  bgen_draw draws[N];
  bgen_estimate bar, side;
  bool all_inside = true;
  CHECK_OK(bgen_population_create(m ? m->g : NULL, m ? m->w : NULL, latent, dim, N, &w));
  for (size_t way = 0; way < 2; way++)
    for (size_t b = 0; b < BATCHES; b++) {
      const run of = {stage, false, way == 1};
      normal_draw((way * BATCHES + b) * N, N, dim, x);
      for (size_t c = 0; way == 1 && c < N * dim; c++) x[c] *= width;
      if (m && way == 0)
        CHECK_OK(bgen_generator_sample_component(m->g, m->w, 0, temperature, 91, BGEN_STREAM_SAMPLE,
                                                 b * N, N, x, draws));
      for (size_t i = 0; i < N; i++) all_inside &= within[i] = !m || way == 1 || draws[i].in_domain;
      begin(w, temperature, stage(way ? STAGES : 0), N, x, within);
      follow(w, &of, &number, unused);
      for (size_t i = 0; i < N; i++) work[way][b * N + i] = -w->weights->log_w[i];
    }
  bgen_population_destroy(w);
  const bgen_works there = {BATCHES * N, work[0], {0, NULL}},
                   again = {BATCHES * N, work[1], {0, NULL}};
  CHECK_OK(bgen_estimate_bar(&there, &again, &bar));
  print_message("BAR %.4f +- %.4f, exact %.4f\n", bar.value, bar.error, exact);
  CHECK_CLOSE(bar.value, exact, 5 * bar.error);
  CHECK_WITHIN(bar.error, 0, 0.02);
  for (int way = 0; way < (all_inside ? 2 : 1); way++) {
    CHECK_OK(bgen_estimate_fep(way ? &again : &there, &side));
    CHECK_CLOSE(way ? -side.value : side.value, exact, 5 * side.error);
  }
}

static void test_both_ways(void **state)
{
  (void) state;
  check_both_ways(NULL, false, NAN, cooling, 0.5 * DIM * log(8));
}

static void test_both_ways_with_a_flow(void **state)
{
  model m =
      make_model((bgen_layout){1, 2}, no_symmetry, 1, "whiten; realnvp blocks 2 width 8", 0.3, 1);
  (void) state;
  for (int latent = 0; latent < 2; latent++) {
    check_both_ways(&m, latent, 1, from_flow, -log_two_pi);
    check_both_ways(&m, latent, 1.4, from_flow, -log_two_pi);
  }
  free_model(&m);
}

/* two particles on a line: the domain is half of all configurations */
static void test_both_ways_of_identical(void **state)
{
  const int species[] = {0, 0};
  const symmetry alike = {species, 0, {{0, 0}, {0, 0}, {0, 0}}};
  model m = make_model((bgen_layout){2, 1}, alike, 1, "whiten; realnvp blocks 2 width 8", 0.1, 1);
  (void) state;
  for (int latent = 0; latent < 2; latent++)
    check_both_ways(&m, latent, 1, from_flow, log(2) - log_two_pi);
  free_model(&m);
}

/* ---- a region, and energies that are none ---- */

static void test_population_stay_within(void **state)
{
  enum { FEW = 4 };
  const char within[FEW] = {1, 0, 1, 1}, after[FEW] = {0, 0, 0, 0};
  double x[FEW * DIM], u[FEW], grad[FEW * DIM] = {0};
  uint64_t number = 0;
  bgen_population *w;
  (void) state;
  CHECK_OK(bgen_population_create(NULL, NULL, false, DIM, FEW, &w));
  normal_draw(0, FEW, DIM, x);
  for (size_t i = 0; i < FEW; i++) u[i] = i == 3 ? INFINITY : 0.5;
  CHECK_OK(bgen_population_begin(w, 0, NAN, cooling(0), FEW, x, u, grad, within));
  CHECK_CLOSE(bgen_weights_log_z(w->weights), log(0.5), 1e-14);
  const bgen_dynamics dynamics = {0.1, 0.5, ones, NULL};
  bgen_wanted wanted;
  bgen_population_set_out(w, &dynamics, 1, 31, BGEN_STREAM_ANNEAL, number);
  CHECK_OK(bgen_population_next(w, &wanted));
  assert_int_equal(wanted.n, FEW);
  CHECK_OK(bgen_population_arrive(w, u, grad));
  assert_int_equal(bgen_population_settle(w, after), 0);
  CHECK_SAME(FEW * DIM, w->x, x);
  assert_true(bgen_population_resample(w, 0.25));
  CHECK_SAME(DIM, w->x + DIM, x);
  CHECK_SAME(DIM, w->x + 3 * DIM, x + 2 * DIM);
  bgen_population_destroy(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_move_is_exact),
                                     cmocka_unit_test(test_cooling),
                                     cmocka_unit_test(test_cooling_without_resampling),
                                     cmocka_unit_test(test_both_ways),
                                     cmocka_unit_test(test_both_ways_with_a_flow),
                                     cmocka_unit_test(test_both_ways_of_identical),
                                     cmocka_unit_test(test_population_stay_within)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
