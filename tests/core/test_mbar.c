/* SPDX-License-Identifier: GPL-2.0-or-later
   MBAR against wells whose free energies are known, BAR, and its own equations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "wells.h"

enum { REPEATS = 1000 };

/* sum_n W_ni = 1 is what is solved, to rounding of energies of hundreds */
static void check_sums(const bgen_mbar *m)
{
  for (size_t k = m->n_known; k < m->n_states; k++) {
    double sum = 0;
    for (size_t i = 0; i < m->n; i++) sum += exp(f[k] - u[k * m->n + i] - log_mixture[i]);
    CHECK_CLOSE(sum, 1, 1e-11);
  }
}

static void test_closed_form(void **state)
{
  (void) state;
  bgen_mbar m = problem(STATES, 1, (const size_t[]){2000, 1500, 1000, 3000, 2500});
  draw(&m, 1);
  solve(&m);
  for (size_t i = 0; i < STATES; i++)
    for (size_t j = 0; j < i; j++) {
      const double error = difference_error(&m, i, j);
      CHECK_CLOSE(f[j] - f[i], truth(j) - truth(i), 5 * error);
      CHECK_WITHIN(error, 0.005, 0.1);
      CHECK_CLOSE(error, independent_error(&m, i, j), 0.05 * error);
      CHECK_CLOSE(error, independent_error(&m, j, i), 0.05 * error);
    }
  CHECK_CLOSE(independent_error(&m, 2, 2), 0, 0);
  CHECK_CLOSE(f[0], 0, 0); /* was known */
  check_sums(&m);
}

/* works of two states from the energies of a problem, forward first */
static void fill_works(const bgen_mbar *m, double *work)
{
  for (size_t i = 0; i < m->n; i++)
    work[i] = i < m->count[0] ? u[m->n + i] - u[i] : u[i] - u[m->n + i];
}

static void check_is_bar(bgen_mbar *m, double tolerance)
{
  static double work[MOST];
  bgen_estimate bar;
  solve(m);
  fill_works(m, work);
  const bgen_works forward = {m->count[0], work, {0, NULL}},
                   reverse = {m->count[1], work + m->count[0], {0, NULL}};
  CHECK_OK(bgen_estimate_bar(&forward, &reverse, &bar));
  CHECK_CLOSE(f[1] - f[0], bar.value, tolerance);
  CHECK_RELATIVE(difference_error(m, 0, 1) / bar.error, 1, 0.01); /* n or n - 1 */
}

static void test_two_states_are_bar(void **state)
{
  (void) state;
  bgen_mbar m = problem(2, 1, (const size_t[]){700, 300});
  draw(&m, 11);
  check_is_bar(&m, 1e-10);
  for (size_t i = 0; i < 350; i++)
    u[m.n + i] = INFINITY; /* of the first state, half do not reach the other */
  check_is_bar(&m, 1e-10);
}

/* all works within 1 of 600 in either direction: p of all other states are e^-600 */
static void test_hardly_any_overlap(void **state)
{
  (void) state;
  bgen_mbar m = problem(2, 1, (const size_t[]){30, 50});
  draw(&m, 13);
  for (size_t i = 0; i < m.n; i++) u[i] = 0, u[m.n + i] = (i < 30 ? 620 : -580) + varied(3, i);
  CHECK_OK(bgen_mbar_solve(&m));
  double into = 0,
         back = 0; /* e^2f = (30/50)^2 sum e^u over samples of state 2 / sum e^-u over others */
  for (size_t i = 0; i < 30; i++) into += exp(620 - u[m.n + i]);
  for (size_t i = 30; i < m.n; i++) back += exp(580 + u[m.n + i]);
  CHECK_CLOSE(f[1], 20 + log(0.6) + 0.5 * log(back / into), 1e-10);
  for (size_t i = 0; i < m.n; i++) u[m.n + i] *= 5;
  f[1] = 7.7;
  CHECK_REFUSED(bgen_mbar_solve(&m), BGEN_NO_CONVERGENCE, "overlap");
  CHECK_WITHIN(f[1], -3100, 3100); /* somewhere between the two */
  double overlap = NAN;
  CHECK_OK(bgen_mbar_information(&m, 0, 1, &overlap));
  CHECK_CLOSE(overlap, 0, 1e-300);
}

/* two flows, whose normalisation is known, about one state; the constant of all is free */
static void test_known_normalisations(void **state)
{
  size_t n_covered = 0, n_one = 0;
  average known = {0}, one = {0};
  (void) state;
  for (uint64_t r = 0; r < REPEATS; r++) {
    bgen_mbar m = problem(3, 2, (const size_t[]){150, 60, 100});
    draw(&m, 9000 + r);
    solve(&m);
    CHECK_CLOSE(f[1], truth(1), 0);
    n_covered += covers(&(bgen_estimate){f[2], difference_error(&m, 0, 2)}, truth(2));
    average_add(&known, f[2]);
    m.n_known = 1;
    solve(&m);
    n_one += covers(&(bgen_estimate){f[2], difference_error(&m, 0, 2)}, truth(2));
    average_add(&one, f[2]);
  }
  CHECK_COVERS(n_covered, REPEATS);
  CHECK_COVERS(n_one, REPEATS);
  CHECK_WITHIN(average_variance(&known) / average_variance(&one), 0.05,
               0.95); /* what is known helps */
}

static void test_shift_of_what_is_known(void **state)
{
  (void) state;
  bgen_mbar m = problem(4, 2, (const size_t[]){150, 60, 100, 0});
  draw(&m, 17);
  solve(&m);
  const double before[] = {f[2], f[3]};
  f[0] += 3.7, f[1] += 3.7;
  solve(&m);
  CHECK_CLOSE(f[2], before[0] + 3.7, 1e-11);
  CHECK_CLOSE(f[3], before[1] + 3.7, 1e-11);
}

/* from a flow alone: -ln <e^-w>, and its error */
static void test_only_the_known_is_sampled(void **state)
{
  static double work[MOST];
  bgen_estimate fep;
  (void) state;
  bgen_mbar m = problem(2, 1, (const size_t[]){1000, 0});
  draw(&m, 19);
  solve(&m);
  fill_works(&m, work);
  CHECK_OK(bgen_estimate_fep(&(bgen_works){1000, work, {0, NULL}}, &fep));
  CHECK_CLOSE(f[1], fep.value, 1e-10);
  CHECK_CLOSE(difference_error(&m, 0, 1), fep.error, 1e-3 * fep.error);
}

/* states 1, 2 and 3 in another order, and their samples */
static void test_permutation(void **state)
{
  static const size_t before[] = {200, 100, 150, 0}, order[] = {0, 3, 1, 2};
  double kept[4], error = 0;
  size_t counts[4], n = 0;
  (void) state;
  bgen_mbar m = problem(4, 1, before);
  draw(&m, 23);
  solve(&m);
  memcpy(kept, f, sizeof kept);
  error = difference_error(&m, 1, 3);
  double *energy = must_allocate(4 * m.n * sizeof *energy);
  memcpy(energy, u, 4 * m.n * sizeof *energy);
  for (size_t k = 0; k < 4; k++) {
    static const size_t begin[] = {0, 200, 300, 450};
    const size_t from = order[k];
    counts[k] = before[from];
    for (size_t i = 0; i < before[from]; i++, n++)
      for (size_t j = 0; j < 4; j++) u[j * m.n + n] = energy[order[j] * m.n + begin[from] + i];
  }
  m = problem(4, 1, counts);
  solve(&m);
  for (size_t k = 0; k < 4; k++) CHECK_CLOSE(f[k], kept[order[k]], 1e-11);
  CHECK_CLOSE(difference_error(&m, 2, 1), error, 1e-10);
  CHECK_CLOSE(independent_error(&m, 2, 1), independent_error(&m, 1, 2), 1e-12);
  free(energy);
}

static void test_refused(void **state)
{
  (void) state;
  bgen_mbar m = problem(3, 1, (const size_t[]){20, 30, 10});
  draw(&m, 31);
  f[1] = 5.5;
  u[2 * m.n + 41] = NAN;
  CHECK_REFUSED(bgen_mbar_solve(&m), BGEN_NOT_FINITE, "sample 22 of state 2");
  CHECK_REFUSED(bgen_mbar_solve(&m), BGEN_NOT_FINITE, "nan in state 3");
  u[2 * m.n + 41] = -INFINITY;
  CHECK_REFUSED(bgen_mbar_solve(&m), BGEN_NOT_FINITE, "-inf in state 3");
  u[2 * m.n + 41] = INFINITY;
  CHECK_OK(bgen_mbar_solve(&m));
  u[2 * m.n + 55] = INFINITY;
  f[1] = 5.5;
  CHECK_REFUSED(bgen_mbar_solve(&m), BGEN_NOT_FINITE, "sample 6 of state 3");
  CHECK_CLOSE(f[1], 5.5, 0);
}

/* state 3 is joined to the others by nothing; by its own samples alone; by those of others alone;
   by both */
static void test_states_apart(void **state)
{
  (void) state;
  bgen_mbar m = problem(3, 1, (const size_t[]){20, 30, 10});
  draw(&m, 37);
  for (size_t i = 0; i < m.n; i++)
    if (i < 50)
      u[2 * m.n + i] = INFINITY;
    else
      u[i] = u[m.n + i] = INFINITY;
  CHECK_REFUSED(bgen_mbar_solve(&m), BGEN_NOT_FINITE, "state 3");
  u[m.n + 53] = 1.3;
  CHECK_REFUSED(bgen_mbar_solve(&m), BGEN_NOT_FINITE, "leads to it from state 1");
  u[m.n + 53] = INFINITY, u[2 * m.n + 33] = -240.2;
  CHECK_REFUSED(bgen_mbar_solve(&m), BGEN_NOT_FINITE, "leads from it to state 1");
  u[m.n + 53] = 1.3;
  CHECK_OK(bgen_mbar_solve(&m));
  assert_true(isfinite(f[2]));
  m = problem(3, 1, (const size_t[]){20, 40, 0}); /* and without samples, reached by none */
  for (size_t i = 0; i < m.n; i++) u[2 * m.n + i] = INFINITY, u[m.n + i] = u[i] = varied(9, i);
  CHECK_REFUSED(bgen_mbar_solve(&m), BGEN_NOT_FINITE, "leads to it");
}

/* Samples of each state reach it and the next, those of the last the first: no two states are
   joined both ways.  If all energies are those of their states, f is too. */
static void test_ring(void **state)
{
  enum { N = 25 };
  static const double offset[] = {0, -301.5, 77.7, 12.1};
  (void) state;
  for (uint64_t width = 0; width < 20; width++) {
    bgen_mbar m = problem(4, 1, (const size_t[]){N, N, N, N});
    f[0] = 0;
    for (size_t i = 0; i < m.n; i++)
      for (size_t k = 0; k < 4; k++) {
        const bool reached = k == i / N || k == (i / N + 1) % 4;
        u[k * m.n + i] =
            reached ? offset[k] + (double) width * varied(width, k * m.n + i) : INFINITY;
      }
    CHECK_OK(bgen_mbar_solve(&m));
    check_sums(&m);
    if (width == 0)
      for (size_t k = 0; k < 4; k++) CHECK_CLOSE(f[k], offset[k], 1e-11);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_closed_form),
      cmocka_unit_test(test_two_states_are_bar),
      cmocka_unit_test(test_hardly_any_overlap),
      cmocka_unit_test(test_known_normalisations),
      cmocka_unit_test(test_shift_of_what_is_known),
      cmocka_unit_test(test_only_the_known_is_sampled),
      cmocka_unit_test(test_permutation),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_states_apart),
      cmocka_unit_test(test_ring),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
