/* SPDX-License-Identifier: GPL-2.0-or-later
   The conformance suite: what base/bijection.h promises, for every map of maps.c.
   Parameters are moved away from the identity first, so that every term counts. */
#include "base/bijection.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "base/product.h"
#include "fixture.h"
#include "maps.h"

/* one more than a row block and a bit, so that padding is there and is uneven */
enum { POINTS = 11, MOST = POINTS * 16 };

static const bgen_direction directions[] = {BGEN_FORWARD, BGEN_INVERSE};

/* How far parameters are moved: enough for log-scales of the order of 1; where kinks would spoil
   the large steps in float, less. */
static double strength(const map_row *row)
{
  return row->smoothness == SMOOTH || DOUBLE_NETWORKS ? 0.4 : 0.01;
}

static rig rig_of(void **state)
{
  const map_row *row = *state;
  return make_rig(row->make(), POINTS, 21, strength(row));
}

/* Both orders; a coupling copies what it conditions on, so only roundings in double are left. */
static void test_round_trip(void **state)
{
  rig r = rig_of(state);
  const size_t n = POINTS * r.map->dim;
  double start[MOST], middle[MOST], end[MOST], there[POINTS], back[POINTS];
  for (int d = 0; d < 2; d++) {
    fill_frames(22, POINTS, r.map->dim, start);
    rig_apply(&r, directions[d], POINTS, false, start, middle, there);
    rig_apply(&r, directions[1 - d], POINTS, false, middle, end, back);
    for (size_t i = 0; i < n; i++) CHECK_RELATIVE(end[i], start[i], 1e-12);
    for (size_t i = 0; i < POINTS; i++) CHECK_RELATIVE(back[i], -there[i], 1e-12);
    assert_true(memcmp(start, middle, n * sizeof *start) != 0);
  }
  free_rig(&r);
}

/* In float a network is a staircase whose differences say little: there only gross faults are
   looked for, slices and padding; the double build checks formulas.  Its errors at this step: 1e-10
   left out of the series, 1e-12 from rounding, both for gradients of the order of 1. */
static double difference_step(void)
{
  return DOUBLE_NETWORKS ? 3e-4 : 1e-2;
}

static double difference_tolerance(void)
{
  return DOUBLE_NETWORKS ? 1e-8 : 1e-2;
}

static void fill_jacobian(const rig *r, bgen_direction direction, const double *at,
                          double *jacobian)
{
  const size_t dim = r->map->dim;
  const double h = difference_step();
  double in[4 * 16], out[4 * 16], log_det[4];
  for (size_t j = 0; j < dim; j++) {
    for (size_t s = 0; s < 4; s++) {
      memcpy(in + s * dim, at, dim * sizeof *in);
      in[s * dim + j] += h * (s < 2 ? (double) s - 2 : (double) s - 1);
    }
    rig_apply(r, direction, 4, false, in, out, log_det);
    for (size_t i = 0; i < dim; i++) {
      const double f[4] = {out[i], out[dim + i], out[2 * dim + i], out[3 * dim + i]};
      jacobian[i * dim + j] = slope_of(f, h);
    }
  }
}

static void test_log_det(void **state)
{
  rig r = rig_of(state);
  const size_t dim = r.map->dim;
  double in[MOST], out[MOST], log_det[POINTS], jacobian[16 * 16];
  fill_frames(23, POINTS, dim, in);
  for (int d = 0; d < 2; d++) {
    rig_apply(&r, directions[d], POINTS, false, in, out, log_det);
    for (size_t i = 0; i < POINTS; i++) {
      fill_jacobian(&r, directions[d], in + i * dim, jacobian);
      CHECK_CLOSE(log_det[i], log_abs_det(dim, jacobian), difference_tolerance());
    }
  }
  free_rig(&r);
}

/* log_det is added to what stands there */
static void test_log_det_is_added(void **state)
{
  rig r = rig_of(state);
  double in[MOST], out[MOST], set[POINTS], added[POINTS];
  fill_frames(24, POINTS, r.map->dim, in);
  rig_apply(&r, BGEN_FORWARD, POINTS, false, in, out, set);
  for (size_t i = 0; i < POINTS; i++) added[i] = 10.0 + (double) i;
  const bgen_pass pass = {BGEN_FORWARD, POINTS, r.theta, r.fitted, NULL, r.scratch, false};
  r.map->type->apply(r.map, &pass, in, out, added);
  for (size_t i = 0; i < POINTS; i++) CHECK_CLOSE(added[i] - 10.0 - (double) i, set[i], 1e-13);
  free_rig(&r);
}

/* L = weights . out + weights . log_det */
static double loss(const rig *r, bgen_direction direction, const double *in)
{
  double out[MOST], log_det[POINTS], sum = 0;
  rig_apply(r, direction, POINTS, false, in, out, log_det);
  for (size_t i = 0; i < POINTS * r->map->dim; i++) sum += varied(31, i) * out[i];
  for (size_t i = 0; i < POINTS; i++) sum += varied(32, i) * log_det[i];
  return sum;
}

/* dL/d(in) and dL/d(theta), the latter added to ones */
static void gradients(const rig *r, bgen_direction direction, const double *in, double *grad_in,
                      bgen_real *grad_theta)
{
  double out[MOST], log_det[POINTS], grad_out[MOST], grad_log_det[POINTS];
  fill_varied(31, POINTS * r->map->dim, grad_out);
  fill_varied(32, POINTS, grad_log_det);
  for (size_t i = 0; i < r->map->n_params; i++) grad_theta[i] = 1;
  for (size_t i = 0; i < POINTS * r->map->dim; i++) grad_in[i] = NAN;
  rig_apply(r, direction, POINTS, true, in, out, log_det);
  rig_vjp(r, direction, POINTS, grad_out, grad_log_det, grad_in, grad_theta);
}

/* Differences of a loss across a kink say nothing; then those over 2h and over 4h disagree.
   They are left out, as long as they are few: one in five at most. */
static bool crosses_kink(const map_row *row, const double f[4], double h)
{
  const double narrow = (f[2] - f[1]) / (2 * h), wide = (f[3] - f[0]) / (4 * h);
  const double limit = DOUBLE_NETWORKS ? 1e-6 : 5e-3;
  return row->smoothness == KINKED && fabs(narrow - wide) > limit * fmax(1, fabs(narrow));
}

static void check_gradient(const map_row *row, double value, const double f[4], double h,
                           size_t *n_kinks)
{
  if (crosses_kink(row, f, h))
    ++*n_kinks;
  else
    CHECK_RELATIVE(value, slope_of(f, h), difference_tolerance());
}

static void test_gradient_of_input(void **state)
{
  rig r = rig_of(state);
  size_t n_kinks = 0;
  const size_t n = POINTS * r.map->dim;
  const double h = difference_step();
  bgen_real *grad_theta = must_allocate(r.map->n_params * sizeof *grad_theta);
  double in[MOST], grad_in[MOST], f[4], total = 0;
  fill_frames(25, POINTS, r.map->dim, in);
  for (int d = 0; d < 2; d++) {
    gradients(&r, directions[d], in, grad_in, grad_theta);
    for (size_t i = 0; i < n; i++) {
      const double centre = in[i];
      for (int s = 0; s < 4; s++) {
        in[i] = centre + h * (s < 2 ? s - 2 : s - 1);
        f[s] = loss(&r, directions[d], in);
      }
      in[i] = centre;
      check_gradient(*state, grad_in[i], f, h, &n_kinks);
      total += fabs(grad_in[i]);
    }
  }
  CHECK_WITHIN(total, 0.01, 1e6);
  assert_true(n_kinks <= 2 * n / 5);
  free(grad_theta);
  free_rig(&r);
}

static void test_gradient_of_parameters(void **state)
{
  rig r = rig_of(state);
  size_t n_kinks = 0;
  const double h = difference_step();
  bgen_real *grad_theta = must_allocate(r.map->n_params * sizeof *grad_theta);
  double in[MOST], grad_in[MOST], f[4], total = 0;
  fill_frames(26, POINTS, r.map->dim, in);
  for (int d = 0; d < 2; d++) {
    gradients(&r, directions[d], in, grad_in, grad_theta);
    for (size_t i = 0; i < r.map->n_params; i++) {
      const bgen_real centre = r.theta[i];
      for (int s = 0; s < 4; s++) {
        r.theta[i] = centre + (bgen_real) (h * (s < 2 ? s - 2 : s - 1));
        f[s] = loss(&r, directions[d], in);
      }
      r.theta[i] = centre;
      check_gradient(*state, (double) grad_theta[i] - 1, f, h, &n_kinks);
      total += fabs((double) grad_theta[i] - 1);
    }
  }
  if (r.map->n_params > 0) CHECK_WITHIN(total, 0.01, 1e6);
  assert_true(n_kinks <= 2 * r.map->n_params / 5);
  free(grad_theta);
  free_rig(&r);
}

/* as the pass says: set, whatever stood there, or added to it */
static void test_gradient_of_parameters_is_set(void **state)
{
  rig r = rig_of(state);
  const size_t n_params = r.map->n_params, dim = r.map->dim;
  bgen_real *added = must_allocate(n_params * sizeof *added),
            *set = must_allocate(n_params * sizeof *set);
  double in[MOST], grad_in[MOST], out[MOST], log_det[POINTS], grad_out[MOST], grad_log_det[POINTS];
  fill_frames(34, POINTS, dim, in);
  fill_varied(31, POINTS * dim, grad_out);
  fill_varied(32, POINTS, grad_log_det);
  for (int d = 0; d < 2; d++) {
    bgen_pass pass = {directions[d], POINTS, r.theta, r.fitted, r.tape, r.scratch, false};
    for (size_t i = 0; i < n_params; i++) added[i] = 0, set[i] = (bgen_real) NAN;
    rig_apply(&r, directions[d], POINTS, true, in, out, log_det);
    rig_vjp(&r, directions[d], POINTS, grad_out, grad_log_det, grad_in, added);
    pass.sets = true;
    r.map->type->vjp(r.map, &pass, grad_out, grad_log_det, grad_in, set);
    for (size_t i = 0; i < n_params; i++) CHECK_CLOSE(set[i], added[i], 0);
  }
  free(added), free(set);
  free_rig(&r);
}

/* Without the gradient of parameters that of the input is the same, and no point sees the
   others. */
static void test_gradient_of_input_alone(void **state)
{
  rig r = rig_of(state);
  const size_t dim = r.map->dim;
  bgen_real *grad_theta = must_allocate(r.map->n_params * sizeof *grad_theta);
  double in[MOST], with[MOST], alone[MOST], single[MOST], out[MOST], log_det[POINTS];
  double grad_out[MOST], grad_log_det[POINTS];
  fill_frames(33, POINTS, dim, in);
  fill_varied(31, POINTS * dim, grad_out);
  fill_varied(32, POINTS, grad_log_det);
  for (int d = 0; d < 2; d++) {
    gradients(&r, directions[d], in, with, grad_theta);
    rig_apply(&r, directions[d], POINTS, true, in, out, log_det);
    rig_vjp(&r, directions[d], POINTS, grad_out, grad_log_det, alone, NULL);
    CHECK_SAME(POINTS * dim, alone, with);
    for (size_t i = 0; i < POINTS; i++) {
      rig_apply(&r, directions[d], 1, true, in + i * dim, out, log_det);
      rig_vjp(&r, directions[d], 1, grad_out + i * dim, grad_log_det + i, single, NULL);
      CHECK_SAME(dim, single, alone + i * dim);
    }
  }
  free(grad_theta);
  free_rig(&r);
}

/* A point alone, and a batch cut at any place, give the bits of the whole batch. */
static void test_batch_is_single_points(void **state)
{
  rig r = rig_of(state);
  const size_t dim = r.map->dim;
  double in[MOST], whole[MOST], parts[MOST], log_det[POINTS], part_log_det[POINTS];
  fill_frames(27, POINTS, dim, in);
  for (int d = 0; d < 2; d++) {
    rig_apply(&r, directions[d], POINTS, false, in, whole, log_det);
    for (size_t cut = 0; cut <= POINTS; cut++) {
      const size_t rest = POINTS - cut;
      rig_apply(&r, directions[d], cut, false, in, parts, part_log_det);
      rig_apply(&r, directions[d], rest, false, in + cut * dim, parts + cut * dim,
                part_log_det + cut);
      CHECK_SAME(POINTS * dim, parts, whole);
      CHECK_SAME(POINTS, part_log_det, log_det);
    }
    for (size_t i = 0; i < POINTS; i++) {
      rig_apply(&r, directions[d], 1, false, in + i * dim, parts, part_log_det);
      CHECK_SAME(dim, parts, whole + i * dim);
      CHECK_SAME(1, part_log_det, log_det + i);
    }
  }
  free_rig(&r);
}

/* One point that is not finite is the trouble of that point alone. */
static void test_nan_stays_in_its_row(void **state)
{
  rig r = rig_of(state);
  const size_t dim = r.map->dim, bad = 4;
  double in[MOST], good[MOST], out[MOST], good_log_det[POINTS], log_det[POINTS];
  fill_frames(28, POINTS, dim, in);
  for (int d = 0; d < 2; d++) {
    rig_apply(&r, directions[d], POINTS, false, in, good, good_log_det);
    double poisoned[MOST];
    memcpy(poisoned, in, sizeof poisoned);
    for (size_t j = 0; j < dim; j++) poisoned[bad * dim + j] = NAN;
    rig_apply(&r, directions[d], POINTS, false, poisoned, out, log_det);
    CHECK_SAME(bad * dim, out, good);
    CHECK_SAME((POINTS - bad - 1) * dim, out + (bad + 1) * dim, good + (bad + 1) * dim);
    log_det[bad] = good_log_det[bad];
    CHECK_SAME(POINTS, log_det, good_log_det);
    for (size_t j = 0; j < dim; j++) assert_true(isnan(out[bad * dim + j]));
  }
  free_rig(&r);
}

static void test_tape_changes_nothing(void **state)
{
  rig r = rig_of(state);
  double in[MOST], with[MOST], without[MOST], log_det_with[POINTS], log_det_without[POINTS];
  fill_frames(29, POINTS, r.map->dim, in);
  for (int d = 0; d < 2; d++) {
    rig_apply(&r, directions[d], POINTS, true, in, with, log_det_with);
    rig_apply(&r, directions[d], POINTS, false, in, without, log_det_without);
    CHECK_SAME(POINTS * r.map->dim, with, without);
    CHECK_SAME(POINTS, log_det_with, log_det_without);
  }
  free_rig(&r);
}

/* two batches of BGEN_SUM_ROWS points, the second not full: what their gradients sum up to */
static void test_sums_of_parts(void **state)
{
  enum { FIRST = BGEN_SUM_ROWS, SECOND = 37, ALL = FIRST + SECOND };
  static double in[ALL * 16], out[ALL * 16], grad_out[ALL * 16], grad_in[ALL * 16];
  double log_det[ALL], grad_log_det[ALL];
  rig r = make_rig(((const map_row *) *state)->make(), ALL, 21, 0.1);
  const size_t n_params = r.map->n_params, dim = r.map->dim;
  bgen_real *at_once = calloc(3 * n_params + 1, sizeof *at_once), *first = at_once + n_params,
            *second = first + n_params;
  fill_frames(35, ALL, dim, in);
  fill_varied(31, ALL * dim, grad_out);
  fill_varied(32, ALL, grad_log_det);
  for (int d = 0; d < 2 && !r.map->adds_often; d++) {
    memset(at_once, 0, 3 * n_params * sizeof *at_once);
    rig_apply(&r, directions[d], ALL, true, in, out, log_det);
    rig_vjp(&r, directions[d], ALL, grad_out, grad_log_det, grad_in, at_once);
    rig_apply(&r, directions[d], FIRST, true, in, out, log_det);
    rig_vjp(&r, directions[d], FIRST, grad_out, grad_log_det, grad_in, first);
    rig_apply(&r, directions[d], SECOND, true, in + FIRST * dim, out, log_det);
    rig_vjp(&r, directions[d], SECOND, grad_out + FIRST * dim, grad_log_det + FIRST, grad_in,
            second);
    for (size_t i = 0; i < n_params; i++) first[i] += second[i];
    CHECK_SAME(n_params, at_once, first);
  }
  free(at_once);
  free_rig(&r);
}

/* ---- every map with every demand ---- */

static const struct {
  const char *name;
  CMUnitTestFunction run;
} demands[] = {
    {"round trip", test_round_trip},
    {"log-determinant", test_log_det},
    {"log-determinant is added", test_log_det_is_added},
    {"gradient of input", test_gradient_of_input},
    {"gradient of parameters", test_gradient_of_parameters},
    {"gradient of parameters is set", test_gradient_of_parameters_is_set},
    {"gradient of input alone", test_gradient_of_input_alone},
    {"batch is single points", test_batch_is_single_points},
    {"NaN stays in its row", test_nan_stays_in_its_row},
    {"tape changes nothing", test_tape_changes_nothing},
    {"sums of parts", test_sums_of_parts},
};

enum { N_DEMANDS = sizeof demands / sizeof demands[0], MOST_TESTS = 100 * N_DEMANDS };

int main(void)
{
  static char names[MOST_TESTS][80];
  static struct CMUnitTest tests[MOST_TESTS];
  const size_t n_tests = n_maps_under_test * N_DEMANDS;
  bgen_blas_threads(1);
  if (n_tests > MOST_TESTS) return 1;
  for (size_t k = 0; k < n_tests; k++) {
    const map_row *row = &maps_under_test[k / N_DEMANDS];
    snprintf(names[k], sizeof names[k], "%s: %s", row->name, demands[k % N_DEMANDS].name);
    tests[k] = (struct CMUnitTest){names[k], demands[k % N_DEMANDS].run, NULL, NULL, (void *) row};
  }
  return _cmocka_run_group_tests("bijections", tests, n_tests, NULL, NULL);
}
