/* SPDX-License-Identifier: GPL-2.0-or-later
   The answers of averages.h, in the two basins of two_basins.h, against closed forms. */
#include "estimate/averages.h"

#include <math.h>

#include "base/rng.h"
#include "estimate/profile.h"
#include "fixture.h"
#include "two_basins.h"

enum { REPEATS = 1000 };

/* what is asked, and the answer; a[] and b[] at each point */
typedef enum quantity {
  TOTAL,
  BASIN,
  HALF,
  STATES,
  CHANGED,
  MEAN,
  MEAN_THERE,
  ENTROPY,
  N_QUANTITIES
} quantity;

static double share_of_first(void)
{
  return 1 / (1 + exp(exact(&basins[0]) - exact(&basins[1])));
}

static double truth(quantity q)
{
  const double f[] = {exact(&basins[0]), exact(&basins[1])}, p = share_of_first();
  switch (q) {
  case TOTAL:
    return f[0] + log(p);
  case BASIN:
    return f[0];
  case HALF: /* x above the middle of the second basin, against all of it */
    return log(2);
  case STATES:
    return f[0] - f[1];
  case CHANGED: /* u' = u + 0.3 x: F' - F = 0.3 m - 0.09/(2 k) in one basin */
    return 0.3 * basins[1].middle - 0.045 / basins[1].stiffness;
  case MEAN:
    return p * basins[0].middle + (1 - p) * basins[1].middle;
  case MEAN_THERE: /* of x^2 in the second basin */
    return 1 / basins[1].stiffness + basins[1].middle * basins[1].middle;
  default: /* <u> = offset + 1/2 of the second basin, the rarer one, minus F */
    return basins[1].offset + 0.5 - f[1];
  }
}

static bgen_estimate ask(const bgen_averages *pool, quantity q)
{
  static double first[ALL], second[ALL], half[ALL], changed[ALL], square[ALL];
  bgen_estimate e = {NAN, NAN};
  for (size_t i = 0; i < ALL; i++) {
    first[i] = i < ONE, second[i] = i >= ONE;
    half[i] = second[i] * (x[i] > basins[1].middle);
    changed[i] = second[i] * exp(-0.3 * x[i]);
    square[i] = x[i] * x[i];
  }
  switch (q) {
  case TOTAL:
    CHECK_OK(bgen_averages_free_energy(pool, NULL, &e));
    break;
  case BASIN:
    CHECK_OK(bgen_averages_free_energy(pool, first, &e));
    break;
  case HALF:
    CHECK_OK(bgen_averages_difference(pool, half, second, &e));
    break;
  case STATES:
    CHECK_OK(bgen_averages_difference(pool, first, second, &e));
    break;
  case CHANGED:
    CHECK_OK(bgen_averages_difference(pool, changed, second, &e));
    break;
  case MEAN:
    CHECK_OK(bgen_averages_mean(pool, x, NULL, &e));
    break;
  case MEAN_THERE:
    CHECK_OK(bgen_averages_mean(pool, square, second, &e));
    break;
  default:
    CHECK_OK(bgen_averages_entropy(pool, energy, second, &e));
  }
  return e;
}

/* the mean over repeats is the truth, and 68 +- 7 % of the error bars hold it */
static void test_answers(void **state)
{
  size_t n_covered[N_QUANTITIES] = {0};
  average found[N_QUANTITIES] = {{0}};
  (void) state;
  for (uint64_t r = 0; r < REPEATS; r++) {
    const bgen_averages pool = make(r);
    for (quantity q = 0; q < N_QUANTITIES; q++) {
      const bgen_estimate e = ask(&pool, q);
      n_covered[q] += fabs(e.value - truth(q)) <= e.error;
      average_add(&found[q], e.value);
    }
  }
  for (quantity q = 0; q < N_QUANTITIES; q++) {
    /* 0.004: bias of first order in 1/n, a tenth of the error bars */
    CHECK_CLOSE(found[q].value, truth(q), 5 * sqrt(average_variance(&found[q]) / REPEATS) + 0.004);
    CHECK_WITHIN((double) n_covered[q] / REPEATS, 0.61, 0.75);
  }
}

static void test_weights(void **state)
{
  static double log_weight[ALL];
  const bgen_averages pool = make(7001);
  double sum = 0, first = 0;
  bgen_estimate e;
  (void) state;
  bgen_averages_log_weights(&pool, log_weight);
  for (size_t i = 0; i < ALL; i++) {
    sum += exp(log_weight[i]);
    if (i < ONE) first += exp(log_weight[i]);
  }
  CHECK_CLOSE(sum, 1, 1e-9);
  e = ask(&pool, STATES);
  CHECK_CLOSE(log((1 - first) / first), e.value, 1e-9);
}

/* energies whose Boltzmann factors are no numbers: F moves along, nothing else changes */
static void test_far(void **state)
{
  static const double shifts[] = {2000, -2000};
  bgen_estimate near[N_QUANTITIES];
  (void) state;
  for (size_t s = 0; s < 2; s++) {
    const bgen_averages pool = make(7004);
    for (quantity q = 0; q < N_QUANTITIES; q++) near[q] = ask(&pool, q);
    for (size_t k = 0; k < N_BASINS; k++)
      for (size_t i = 0; i < ONE; i++) energy[k * ONE + i] = u[k][ONE + i] += shifts[s];
    solve();
    for (quantity q = 0; q < N_QUANTITIES; q++) {
      const bgen_estimate far = ask(&pool, q);
      CHECK_CLOSE(far.value, near[q].value + (q == TOTAL || q == BASIN ? shifts[s] : 0), 1e-8);
      CHECK_CLOSE(far.error, near[q].error, 1e-8);
    }
  }
}

/* other signs of the two states, and a = b */
static void test_antisymmetric(void **state)
{
  static double first[ALL], second[ALL];
  const bgen_averages pool = make(7002);
  bgen_estimate there, back, same;
  (void) state;
  for (size_t i = 0; i < ALL; i++) first[i] = x[i] > 0, second[i] = x[i] < -4;
  CHECK_OK(bgen_averages_difference(&pool, first, second, &there));
  CHECK_OK(bgen_averages_difference(&pool, second, first, &back));
  CHECK_OK(bgen_averages_difference(&pool, first, first, &same));
  CHECK_CLOSE(there.value, -back.value, 1e-12);
  CHECK_CLOSE(there.error, back.error, 1e-12);
  CHECK_CLOSE(same.value, 0, 0);
  CHECK_CLOSE(same.error, 0, 1e-12);
}

static void test_refused(void **state)
{
  static double nowhere[ALL], a[ALL];
  const bgen_averages pool = make(7003);
  bgen_estimate e;
  (void) state;
  CHECK_REFUSED(bgen_averages_difference(&pool, nowhere, NULL, &e), BGEN_NOT_FINITE, "weight");
  CHECK_REFUSED(bgen_averages_mean(&pool, x, nowhere, &e), BGEN_NOT_FINITE, "weight");
  a[17] = NAN;
  CHECK_REFUSED(bgen_averages_mean(&pool, a, NULL, &e), BGEN_NOT_FINITE, "finite");
}

/* a quantity that is no number in the other basin is still one in this */
static void test_elsewhere(void **state)
{
  static double first[ALL], a[ALL];
  const bgen_averages pool = make(7004);
  bgen_estimate plain, e;
  (void) state;
  for (size_t i = 0; i < ALL; i++) first[i] = i < ONE, a[i] = x[i];
  CHECK_OK(bgen_averages_mean(&pool, a, first, &plain));
  for (size_t i = ONE; i < ALL; i++) a[i] = i % 2 ? NAN : INFINITY;
  CHECK_OK(bgen_averages_mean(&pool, a, first, &e));
  CHECK_CLOSE(e.value, plain.value, 0);
  CHECK_CLOSE(e.error, plain.error, 0);
}

/* u of the second basin rises by 2000 kT: what is asked of it alone is as before, whatever the
   other weighs */
static void test_far_apart(void **state)
{
  static double second[ALL], half[ALL];
  bgen_averages pool = make(7005);
  bgen_estimate before[3], after[3];
  (void) state;
  for (size_t i = 0; i < ALL; i++) {
    second[i] = i >= ONE;
    half[i] = second[i] * (x[i] > basins[1].middle);
  }
  for (size_t round = 0; round < 2; round++) {
    bgen_estimate *e = round ? after : before;
    CHECK_OK(bgen_averages_difference(&pool, half, second, &e[0]));
    CHECK_OK(bgen_averages_mean(&pool, x, second, &e[1]));
    CHECK_OK(bgen_averages_free_energy(&pool, second, &e[2]));
    for (size_t i = 0; i < ONE; i++) u[1][ONE + i] += 2000;
    CHECK_OK(bgen_mbar_solve(&mbar[1]));
    CHECK_OK(bgen_mbar_influence(&mbar[1], influence[1]));
  }
  after[2].value -= 2000;
  for (size_t k = 0; k < 3; k++) {
    CHECK_CLOSE(after[k].value, before[k].value, 1e-9);
    CHECK_CLOSE(after[k].error, before[k].error, 1e-9);
  }
}

/* Of the same points two states: from u to u + 0.3 x, a state without samples, in both basins. */
static void test_change(void **state)
{
  enum { N = 3 };
  static double more[N_BASINS][N * ONE], f[N_BASINS][N], mix[N_BASINS][ONE], phi[N_BASINS][N * ONE],
      more_work[3 * ALL];
  static const size_t counts[N] = {SAMPLES, FRAMES, 0}, states_after[] = {2, 2};
  static const bgen_runs all_runs[N] = {{0, NULL}, {2, frames_end}, {0, NULL}};
  static const double *const influences[] = {phi[0], phi[1]};
  size_t n_covered = 0;
  average found = {0};
  double z[2] = {0};
  (void) state;
  for (size_t k = 0; k < N_BASINS; k++) {
    const double rise = 0.3 * basins[k].middle - 0.045 / basins[k].stiffness;
    z[0] += exp(-exact(&basins[k])), z[1] += exp(-exact(&basins[k]) - rise);
  }
  const double expected = log(z[0] / z[1]);
  for (uint64_t r = 0; r < REPEATS / 2; r++) {
    bgen_mbar of[N_BASINS];
    (void) make(9000 + r);
    for (size_t k = 0; k < N_BASINS; k++) {
      for (size_t i = 0; i < ONE; i++) {
        more[k][i] = u[k][i], more[k][ONE + i] = u[k][ONE + i];
        more[k][2 * ONE + i] = u[k][ONE + i] + 0.3 * x[k * ONE + i];
      }
      of[k] = (bgen_mbar){N, ONE, 1, counts, more[k], all_runs, f[k], mix[k]};
      f[k][0] = 0;
      CHECK_OK(bgen_mbar_solve(&of[k]));
      CHECK_OK(bgen_mbar_influence(&of[k], phi[k]));
    }
    const bgen_averages before = {N_BASINS, ALL, of, influences, states, work, NULL, NULL},
                        after = {N_BASINS,     ALL,       of,   influences,
                                 states_after, more_work, NULL, NULL};
    bgen_estimate e;
    CHECK_OK(bgen_averages_change(&before, &after, NULL, &e));
    n_covered += fabs(e.value - expected) <= e.error;
    average_add(&found, e.value);
  }
  CHECK_CLOSE(found.value, expected, 5 * sqrt(average_variance(&found) * 2 / REPEATS) + 0.004);
  CHECK_WITHIN((double) n_covered / (REPEATS / 2), 0.61, 0.75);
}

/* F along x and along x and a second variable that is x again: bins in the upper half of the first
   basin */
static void test_profile(void **state)
{
  enum { BINS = 4 };
  const bgen_profile one = {1, {{BINS, 0.4, 1.4}, {0}}};
  const bgen_profile two = {2, {{BINS, 0.4, 1.4}, {2, -0.6, 1.4}}};
  const double *const s[] = {x, x};
  bgen_estimate bins[2 * BINS];
  size_t n_covered[BINS] = {0};
  (void) state;
  for (uint64_t r = 0; r < REPEATS / 4; r++) {
    const bgen_averages pool = make(8000 + r);
    CHECK_OK(bgen_profile_estimate(&one, &pool, s, bins));
    for (size_t b = 0; b < BINS; b++) {
      const double k = sqrt(0.5 * basins[0].stiffness), width = 0.25,
                   low = 0.25 * (double) b; /* from the middle */
      const double p = share_of_first() * 0.5 * (erf(k * (low + width)) - erf(k * low)) / width;
      n_covered[b] += fabs(bins[b].value + log(p)) <= bins[b].error;
    }
  }
  for (size_t b = 0; b < BINS; b++)
    CHECK_WITHIN((double) n_covered[b] / (REPEATS / 4), 0.59, 0.77); /* 250 repeats: 3 % */

  const bgen_averages pool = make(8999);
  bgen_estimate squares[2 * BINS];
  CHECK_OK(bgen_profile_estimate(&one, &pool, s, bins));
  CHECK_OK(bgen_profile_estimate(&two, &pool, s, squares));
  for (size_t b = 0; b < BINS;
       b++) { /* the second axis only divides by its width, 1, and is empty below */
    CHECK_CLOSE(squares[BINS + b].value, bins[b].value, 1e-12);
    assert_true(isinf(squares[b].value) && isinf(squares[b].error));
  }
  CHECK_CLOSE(bgen_profile_centre(&two, 0, BINS + 1), 0.775, 1e-12);
  CHECK_CLOSE(bgen_profile_centre(&two, 1, BINS + 1), 0.9, 1e-12);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_answers),   cmocka_unit_test(test_weights),
      cmocka_unit_test(test_far),       cmocka_unit_test(test_antisymmetric),
      cmocka_unit_test(test_refused),   cmocka_unit_test(test_elsewhere),
      cmocka_unit_test(test_far_apart), cmocka_unit_test(test_change),
      cmocka_unit_test(test_profile)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
