/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "check.h"
#include "coords/cv.h"

enum { N = 6, N_TRIALS = 20 };

static const bgen_layout line = {N, 1}, plane = {N, 2}, space = {N, 3};

/* particles 3, 1, 4 are of one kind, 0 and 5 of the other; 2 is nobody's */
static const bgen_cv_term one_set[] = {{3, 0, 2}, {1, 0, 2}, {4, 0, 2}, {0, 0, 0.5}, {5, 0, 0.5}};
static const bgen_cv_term alike[] = {{3, 0, 1}, {1, 0, 1}, {4, 0, 1}, {0, 0, 1}, {5, 0, 1}};
static const bgen_cv_term two_sets[] = {{3, 0, 2}, {1, 0, 2}, {4, 0, 2}, {0, 1, 0.5}, {5, 1, 0.5}};
static const double contact[] = {1.3, 6, 12}, sharp[] = {0.9, 8, 14};
static const double reference[] = {0.1, 2.0, -0.3, 1.1, 0.4, 0.2,  -1.0, 0.3,
                                   0.5, 0.2, -0.7, 1.3, 0.6, -0.4, -0.9};

/* A tilted cell of which two edges are periodic, large enough to hold the particles whole. */
static const bgen_cell cell = {20, 24, 0, 0, 0, 4, {true, true, false}};
/* so small that most pairs have another nearest image */
static const bgen_cell small = {2.5, 2.8, 3.1, 0.3, -0.4, 0.5, {true, true, true}};

static const struct {
  bgen_cv_type const *type;
  const bgen_cv_term *term;
  const double *number;
} kinds[] = {{&bgen_cv_rg, one_set, NULL},
             {&bgen_cv_rg, alike, NULL},
             {&bgen_cv_com_distance, two_sets, NULL},
             {&bgen_cv_coordination, one_set, contact},
             {&bgen_cv_coordination, two_sets, contact},
             {&bgen_cv_coordination, two_sets, sharp},
             {&bgen_cv_rmsd, alike, reference}};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static bgen_cv cv_of(size_t kind, const bgen_cell *of)
{
  return (bgen_cv){.type = kinds[kind].type,
                   .n_terms = 5,
                   .term = kinds[kind].term,
                   .number = kinds[kind].number,
                   .cell = of};
}

static void draw(uint64_t trial, size_t dim, double *x)
{
  bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_TEST, trial);
  bgen_rng_normals(&rng, dim, x);
}

/* ---- values in closed form ---- */

static bgen_cv of_first(const bgen_cv_type *type, size_t n, const double *number)
{
  static const bgen_cv_term first[] = {{0, 0, 1}, {1, 0, 1}, {2, 0, 1}, {3, 0, 1}};
  return (bgen_cv){.type = type, .n_terms = n, .term = first, .number = number};
}

/* a pair, and a triangle of equal sides */
static void test_rg(void **state)
{
  const double side = 1.7, x[] = {0, 0, side, 0, side / 2, side * sqrt(0.75), 9, 9};
  const bgen_layout four = {4, 2};
  const bgen_cv_term heavy[] = {{0, 0, 3}, {1, 0, 1}};
  (void) state;
  const bgen_cv two = of_first(&bgen_cv_rg, 2, NULL), three = of_first(&bgen_cv_rg, 3, NULL),
                unlike = {.type = &bgen_cv_rg, .n_terms = 2, .term = heavy};
  CHECK_CLOSE(bgen_cv_value(&two, &four, x), side / 2, 1e-15);
  CHECK_CLOSE(bgen_cv_value(&three, &four, x), side / sqrt(3), 1e-15);
  CHECK_CLOSE(bgen_cv_value(&unlike, &four, x), side * sqrt(3) / 4, 1e-15);
}

static double formula(double ratio, double n, double m)
{
  return (1 - pow(ratio, n)) / (1 - pow(ratio, m));
}

/* at, below, above and far beyond r_0; n/m and its slope where the formula is 0/0 */
static void test_switching(void **state)
{
  const bgen_layout two = {2, 1};
  const bgen_cv cv = of_first(&bgen_cv_coordination, 2, sharp);
  const double ratios[] = {1e-3, 0.3, 0.99, 1.01, 1.5, 4, 1e6};
  (void) state;
  for (size_t k = 0; k < sizeof ratios / sizeof *ratios; k++) {
    const double x[] = {0.2, 0.2 - 0.9 * ratios[k]};
    CHECK_RELATIVE(bgen_cv_value(&cv, &two, x), formula(ratios[k], 8, 14), 1e-11);
  }
  const double at[] = {0, 0.9}, same[] = {4, 4}, far[] = {0, 1e200};
  double grad[2] = {0};
  CHECK_CLOSE(bgen_cv_value(&cv, &two, at), 8.0 / 14, 1e-15);
  bgen_cv_gradient(&cv, &two, at, 1, grad);
  CHECK_CLOSE(grad[1], 8.0 / 14 * (8 - 14) / 2 / 0.9, 1e-14); /* n (n - m) / 2 m r_0 */
  CHECK_CLOSE(bgen_cv_value(&cv, &two, same), 1, 0);
  CHECK_CLOSE(bgen_cv_value(&cv, &two, far), 0, 0);
}

/* neighbours of a triangle, and of two particles with one */
static void test_contacts(void **state)
{
  const double side = 1.1, x[] = {0, 0, side, 0, side / 2, side * sqrt(0.75), 0, 1e3};
  const double r0[] = {1.4, 6, 12}, s = formula(side / 1.4, 6, 12);
  const bgen_layout four = {4, 2};
  const bgen_cv_term split[] = {{0, 0, 1}, {1, 1, 1}, {2, 1, 1}};
  (void) state;
  const bgen_cv all = of_first(&bgen_cv_coordination, 4, r0);
  const bgen_cv to_one = {.type = &bgen_cv_coordination, .n_terms = 3, .term = split, .number = r0};
  CHECK_CLOSE(bgen_cv_value(&all, &four, x), 3 * s, 1e-14);
  CHECK_CLOSE(bgen_cv_value(&to_one, &four, x), 2 * s, 1e-14);
}

static void test_com_distance(void **state)
{
  const double x[] = {1, 1, 4, 1, 0, 5, 2, 5};
  const bgen_cv_term sets[] = {{0, 0, 2}, {1, 0, 1}, {2, 1, 3}, {3, 1, 3}};
  const bgen_cv cv = {.type = &bgen_cv_com_distance, .n_terms = 4, .term = sets};
  (void) state;
  CHECK_CLOSE(bgen_cv_value(&cv, &(bgen_layout){4, 2}, x), sqrt(1 + 16), 1e-15);
}

/* 0 for the reference itself; a pair that is longer, a square that is sheared */
static void test_rmsd(void **state)
{
  const double square[] = {0, 0, 1, 0, 1, 1, 0, 1}, turned[] = {3, 3, 3, 4, 2, 4, 2, 3},
               longer[] = {0, 0, 0, 1.5, 7, 7, 7, 7}, large[] = {0, 0, 2, 0, 2, 2, 0, 2};
  const bgen_layout four = {4, 2};
  (void) state;
  const bgen_cv all = of_first(&bgen_cv_rmsd, 4, square), two = of_first(&bgen_cv_rmsd, 2, square);
  CHECK_CLOSE(bgen_cv_value(&all, &four, turned), 0, 1e-15);
  CHECK_CLOSE(bgen_cv_value(&two, &four, longer), 0.25, 1e-15);
  CHECK_CLOSE(bgen_cv_value(&all, &four, large), sqrt(0.5), 1e-15);
}

/* ---- what changes nothing ---- */

static void check_same_value(size_t kind, const bgen_cell *of, const bgen_layout *layout,
                             const double *x, const double *y)
{
  const bgen_cv cv = cv_of(kind, of);
  CHECK_CLOSE(bgen_cv_value(&cv, layout, y), bgen_cv_value(&cv, layout, x), 1e-12);
}

/* a turn about an axis that is none of the cell's, and a shift */
static void move(const double *x, double *y)
{
  const double turn[3][3] = {
      {2.0 / 3, -1.0 / 3, 2.0 / 3}, {2.0 / 3, 2.0 / 3, -1.0 / 3}, {-1.0 / 3, 2.0 / 3, 2.0 / 3}};
  for (size_t i = 0; i < N; i++)
    for (size_t c = 0; c < 3; c++) {
      y[3 * i + c] = 5 * (double) c - 3;
      for (size_t e = 0; e < 3; e++) y[3 * i + c] += turn[c][e] * x[3 * i + e];
    }
}

static void test_motions(void **state)
{
  (void) state;
  for (size_t kind = 0; kind < N_KINDS; kind++)
    for (uint64_t trial = 0; trial < N_TRIALS; trial++) {
      double x[3 * N], y[3 * N];
      draw(trial, 3 * N, x);
      move(x, y);
      check_same_value(kind, NULL, &space, x, y);
      check_same_value(kind, &cell, &space, x, y); /* whole, wherever it stands */
      const bgen_cv free_cv = cv_of(kind, NULL), periodic_cv = cv_of(kind, &cell);
      CHECK_CLOSE(bgen_cv_value(&periodic_cv, &space, x), bgen_cv_value(&free_cv, &space, x),
                  1e-12);
    }
}

/* Images of single particles, and a shift of all across the borders: in the large cell of all
   kinds, in the small one of all the same, whatever their value means there. */
static void test_periodic_shifts(void **state)
{
  const double drift[3] = {7.3, -11.9, 2.2};
  (void) state;
  for (size_t kind = 0; kind < N_KINDS; kind++)
    for (uint64_t trial = 0; trial < N_TRIALS; trial++) {
      double x[3 * N], y[3 * N];
      draw(trial, 3 * N, x);
      for (size_t i = 0; i < N; i++) {
        const double n[2] = {(double) (i * 5 % 3) - 1, (double) (i * 7 % 4) - 2};
        for (size_t c = 0; c < 3; c++) y[3 * i + c] = x[3 * i + c] + drift[c];
        y[3 * i] += n[0] * cell.xx + n[1] * cell.xy;
        y[3 * i + 1] += n[1] * cell.yy;
      }
      check_same_value(kind, &cell, &space, x, y);
      for (size_t i = 0; i < N; i++) y[3 * i] = x[3 * i] + (double) (i % 3) * small.xx;
      for (size_t i = 0; i < N; i++) y[3 * i + 1] = x[3 * i + 1], y[3 * i + 2] = x[3 * i + 2];
      check_same_value(kind, &small, &space, x, y);
    }
}

/* of particles of one kind, but where each has a reference of its own */
static void test_exchange(void **state)
{
  (void) state;
  for (size_t kind = 0; kind < N_KINDS; kind++)
    for (uint64_t trial = 0; trial < N_TRIALS; trial++) {
      double x[3 * N], y[3 * N];
      if (kinds[kind].type == &bgen_cv_rmsd) continue;
      draw(trial, 3 * N, x);
      memcpy(y, x, sizeof y);
      memcpy(y + 3 * 3, x + 3 * 1, 3 * sizeof *y), memcpy(y + 3 * 1, x + 3 * 4, 3 * sizeof *y);
      memcpy(y + 3 * 4, x + 3 * 3, 3 * sizeof *y), memcpy(y + 3 * 0, x + 3 * 5, 3 * sizeof *y);
      memcpy(y + 3 * 5, x + 3 * 0, 3 * sizeof *y);
      check_same_value(kind, NULL, &space, x, y);
      check_same_value(kind, &small, &space, x, y);
    }
}

/* ---- gradients ---- */

/* of fourth order, with an error of about 1e-12 of the fifth derivative */
static double derivative(const bgen_cv *cv, const bgen_layout *layout, double *x, size_t c)
{
  const double h = 1e-3, at = x[c];
  double side[2];
  for (int k = 1; k <= 2; k++) {
    x[c] = at + k * h;
    const double above = bgen_cv_value(cv, layout, x);
    x[c] = at - k * h;
    side[k - 1] = above - bgen_cv_value(cv, layout, x);
  }
  x[c] = at;
  return (8 * side[0] - side[1]) / (12 * h);
}

/* what was in grad stays there; particle 2 is in no set */
static void check_gradient(const bgen_cv *cv, const bgen_layout *layout, double *x)
{
  const size_t dim = layout->n_particles * layout->n_space;
  const double factor = -0.37;
  double before[3 * N], grad[3 * N];
  draw(1234567, dim, before);
  memcpy(grad, before, sizeof grad);
  bgen_cv_gradient(cv, layout, x, factor, grad);
  for (size_t c = 0; c < dim; c++)
    if (c / layout->n_space != 2)
      CHECK_RELATIVE((grad[c] - before[c]) / factor, derivative(cv, layout, x, c), 1e-8);
    else
      CHECK_SAME(1, grad + c, before + c);
}

/* in a large cell, across its borders, where it is smooth all around */
static void test_gradients(void **state)
{
  const bgen_layout *layouts[] = {&line, &plane, &space};
  (void) state;
  for (size_t kind = 0; kind < N_KINDS; kind++)
    for (size_t of = 0; of < 3; of++)
      for (uint64_t trial = 0; trial < N_TRIALS; trial++) {
        double x[3 * N];
        const bgen_cv free_cv = cv_of(kind, NULL), periodic_cv = cv_of(kind, &cell);
        draw(trial, layouts[of]->n_particles * layouts[of]->n_space, x);
        if (bgen_cv_value(&free_cv, layouts[of], x) < 0.3 && kind != 4) continue; /* of 1/value */
        if (kinds[kind].type == &bgen_cv_rmsd && of == 0) continue; /* its rotation is none */
        check_gradient(&free_cv, layouts[of], x);
        x[0] += cell.xx;
        check_gradient(&periodic_cv, layouts[of], x);
      }
}

/* no gradient where all particles are in one place, but of contacts, which is 0 there */
static void test_degenerate(void **state)
{
  double x[3 * N] = {0}, total;
  (void) state;
  for (size_t kind = 0; kind < N_KINDS - 1; kind++) {
    double grad[3 * N] = {0};
    const bgen_cv cv = cv_of(kind, NULL);
    bgen_cv_gradient(&cv, &space, x, 1, grad);
    total = 0;
    for (size_t c = 0; c < 3 * N; c++) total += fabs(grad[c]);
    if (cv.type == &bgen_cv_coordination)
      CHECK_CLOSE(total, 0, 0);
    else
      assert_true(isnan(total));
    x[0] = NAN;
    assert_true(isnan(bgen_cv_value(&cv, &space, x)));
    x[0] = 0;
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rg),        cmocka_unit_test(test_switching),
      cmocka_unit_test(test_contacts),  cmocka_unit_test(test_com_distance),
      cmocka_unit_test(test_rmsd),      cmocka_unit_test(test_motions),
      cmocka_unit_test(test_exchange),  cmocka_unit_test(test_periodic_shifts),
      cmocka_unit_test(test_gradients), cmocka_unit_test(test_degenerate)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
