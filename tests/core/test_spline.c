/* SPDX-License-Identifier: GPL-2.0-or-later
   What the conformance suite cannot know: knots, ends and extremes of the spline. */
#include "layers/spline.h"

#include <math.h>

#include "fixture.h"
#include "model/spec.h"

static const bgen_spline spline = {6, 4.0, false}, circular = {6, 4.0, true};
enum { BINS = 6, N_WEIGHTS = 3 * BINS - 1, TRIALS = 200 };

/* of one spline */
static double apply(const bgen_spline *of, bgen_direction direction, const bgen_real *weight,
                    double in, double *out)
{
  double log_slope;
  bgen_spline_apply(&(bgen_splines){*of, 1, 1, 0}, direction, weight, &in, out, &log_slope);
  return log_slope;
}

static const bgen_real ones[N_WEIGHTS + 1] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static double vjp(const bgen_spline *of, bgen_direction direction, const bgen_real *weight,
                  double latent, double grad_out, double grad_log_det, bgen_real *grad_weight)
{
  double grad_in;
  bgen_spline_vjp(&(bgen_splines){*of, 1, 1, 0}, direction,
                  &(bgen_spline_gradient){weight, ones, &latent, &grad_out, &grad_log_det,
                                          grad_weight, &grad_in});
  return grad_in;
}

/* e^(size (-1..1)) */
static void fill_weights(uint64_t key, double size, bgen_real *weight)
{
  assert_int_equal(bgen_spline_n_weights(&spline), N_WEIGHTS);
  for (size_t i = 0; i < N_WEIGHTS; i++) weight[i] = (bgen_real) exp(size * varied(key, i));
}

static double value_of(const bgen_real *weight, double in, double *slope)
{
  double out;
  *slope = exp(apply(&spline, BGEN_FORWARD, weight, in, &out));
  return out;
}

/* where bin k begins, from the definition in the header */
static double knot(const bgen_real *weight, size_t k)
{
  double sum = 0, part = 0;
  for (size_t i = 0; i < BINS; i++) {
    sum += (double) weight[i];
    part += i < k ? (double) weight[i] : 0;
  }
  const double share = 1e-3 * (double) k + (1 - 1e-3 * BINS) * part / sum;
  return spline.bound * (2 * share - 1);
}

static void test_equal_weights_are_the_identity(void **state)
{
  (void) state;
  for (size_t i = 0; i < TRIALS; i++) {
    bgen_real weight[N_WEIGHTS];
    const double in = 6 * varied(1, i);
    double out;
    for (size_t k = 0; k < N_WEIGHTS; k++) weight[k] = k < 2 * BINS ? (bgen_real) 0.7 : 1;
    for (int direction = -1; direction <= 1; direction += 2) {
      CHECK_CLOSE(apply(&spline, (bgen_direction) direction, weight, in, &out), 0, 1e-14);
      CHECK_CLOSE(out, in, 1e-14);
    }
  }
}

/* from both sides: f(x_k) = y_k, and f' is the slope given for that knot, 1 at the ends */
static void test_knots(void **state)
{
  (void) state;
  for (size_t trial = 0; trial < TRIALS; trial++) {
    bgen_real weight[N_WEIGHTS];
    fill_weights(100 + trial, 1, weight);
    for (size_t k = 0; k <= BINS; k++)
      for (int side = -1; side <= 1; side += 2) {
        double slope;
        const double expected = k % BINS ? (double) weight[2 * BINS + k - 1] : 1;
        const double out = value_of(weight, knot(weight, k) + 1e-10 * side, &slope);
        CHECK_CLOSE(out, knot(weight + BINS, k), 1e-8);
        CHECK_RELATIVE(slope, expected, 1e-7);
      }
  }
}

static void test_outside_nothing_happens(void **state)
{
  static const double outside[] = {4, -4, 4.5, -1e300, INFINITY, -INFINITY};
  bgen_real weight[N_WEIGHTS], grad[N_WEIGHTS], none[N_WEIGHTS] = {0};
  double out = 0;
  (void) state;
  fill_weights(3, 2, weight);
  for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
    CHECK_CLOSE(apply(&spline, BGEN_INVERSE, weight, outside[i], &out), 0, 0);
    CHECK_SAME(1, &out, &outside[i]);
    CHECK_CLOSE(vjp(&spline, BGEN_INVERSE, weight, out, 0.75, 0.5, grad), 0.75, 0);
    CHECK_SAME(N_WEIGHTS, grad, none);
  }
}

/* one slope where the ends meet, the same from both sides; a whole turn stays a whole turn */
static void test_a_circle(void **state)
{
  bgen_real weight[N_WEIGHTS + 1];
  (void) state;
  assert_int_equal(bgen_spline_n_weights(&circular), N_WEIGHTS + 1);
  for (size_t trial = 0; trial < TRIALS; trial++) {
    double out, turned, at_end;
    fill_weights(700 + trial, 1, weight);
    weight[N_WEIGHTS] = (bgen_real) exp(varied(9, trial));
    for (int side = -1; side <= 1; side += 2) {
      at_end = apply(&circular, BGEN_FORWARD, weight, 4 + 1e-10 * side, &out);
      CHECK_CLOSE(out, 4, 1e-8);
      CHECK_RELATIVE(exp(at_end), (double) weight[N_WEIGHTS], 1e-7);
    }
    const double in = 4 * varied(10, trial);
    for (int direction = -1; direction <= 1; direction += 2) {
      const bgen_direction way = (bgen_direction) direction;
      const double slope = apply(&circular, way, weight, in, &out);
      CHECK_CLOSE(apply(&circular, way, weight, in - 24, &turned), slope, 1e-12);
      CHECK_CLOSE(turned, out - 24, 1e-12);
    }
  }
}

/* Weights as far as a coupling can go: where f is all but flat, a rounding of f is many of its
   argument, and no more than that is lost. */
static void test_round_trip_of_extremes(void **state)
{
  (void) state;
  for (size_t trial = 0; trial < TRIALS; trial++)
    for (size_t i = 0; i < TRIALS; i++) {
      bgen_real weight[N_WEIGHTS];
      const double in = 4 * varied(4, i), rounding = 1e-14;
      double out = NAN, back = NAN;
      fill_weights(300 + trial, log(1e3), weight);
      const double there = apply(&spline, BGEN_FORWARD, weight, in, &out);
      apply(&spline, BGEN_INVERSE, weight, out, &back);
      CHECK_CLOSE(back, in, rounding * (1 + exp(-there)));
    }
}

/* within a factor of 20 of one another, far from the start of a training, 1e-9 is kept */
static void test_round_trip(void **state)
{
  (void) state;
  for (size_t trial = 0; trial < TRIALS; trial++)
    for (size_t i = 0; i < TRIALS; i++) {
      bgen_real weight[N_WEIGHTS];
      double out = NAN, back = NAN;
      fill_weights(500 + trial, log(20), weight);
      const double in = 4 * varied(8, i);
      const double there = apply(&spline, BGEN_FORWARD, weight, in, &out);
      CHECK_CLOSE(apply(&spline, BGEN_INVERSE, weight, out, &back), -there, 1e-9);
      CHECK_CLOSE(back, in, 1e-10);
    }
}

static void test_it_rises(void **state)
{
  bgen_real weight[N_WEIGHTS];
  double last = -4.1, slope;
  (void) state;
  fill_weights(5, log(1e3), weight);
  for (int i = -4000; i <= 4000; i++) {
    const double out = value_of(weight, 1e-3 * i, &slope);
    assert_true(out > last && slope > 0);
    last = out;
  }
}

/* the last layer of a new network is 0 */
static void test_a_new_flow_is_the_identity(void **state)
{
  const bgen_layout layout = {4, 2};
  bgen_bijection *map = NULL;
  size_t n_modes;
  double in[8], out[8], log_det;
  (void) state;
  CHECK_OK(bgen_spec_build("nsf blocks 3 width 8", &layout, 1, &map, &n_modes));
  rig r = make_rig(map, 1, 6, 0);
  fill_varied(7, 8, in);
  for (size_t j = 0; j < 8; j++) in[j] *= 6;
  rig_apply(&r, BGEN_FORWARD, 1, false, in, out, &log_det);
  for (size_t j = 0; j < 8; j++) CHECK_CLOSE(out[j], in[j], 1e-14);
  CHECK_CLOSE(log_det, 0, 1e-13);
  free_rig(&r);
}

/* ROWS x COLUMNS splines, of which one comes after the other in rows with a gap between: weights,
   factors and gradients are [ROWS][STRIDE]. */
enum { ROWS = 5, COLUMNS = 4, STRIDE = COLUMNS * (N_WEIGHTS + 1) + 3, MOST = ROWS * COLUMNS };

typedef struct batch {
  bgen_splines of;
  bgen_real weight[ROWS * STRIDE], factor[ROWS * STRIDE], grad_weight[ROWS * STRIDE];
  double in[MOST], out[MOST], log_slope[MOST], grad_out[MOST], grad_log_det[ROWS], grad_in[MOST];
} batch;

/* some values lie outside; a number that nobody sets stands in gradients */
static void run_batch(batch *b, bgen_direction direction)
{
  const size_t n = b->of.n_rows * b->of.n_columns;
  for (size_t i = 0; i < ROWS * STRIDE; i++) {
    b->weight[i] = (bgen_real) exp(2 * varied(21, i));
    b->factor[i] = (bgen_real) varied(22, i);
    b->grad_weight[i] = (bgen_real) 7.25;
  }
  for (size_t i = 0; i < n; i++) b->in[i] = 6 * varied(23, i);
  fill_varied(24, n, b->grad_out);
  fill_varied(25, b->of.n_rows, b->grad_log_det);
  bgen_spline_apply(&b->of, direction, b->weight, b->in, b->out, b->log_slope);
  bgen_spline_vjp(&b->of, direction,
                  &(bgen_spline_gradient){b->weight, b->factor, b->in, b->grad_out, b->grad_log_det,
                                          b->grad_weight, b->grad_in});
}

/* the spline of one row and column alone gives the same bits */
static void check_alone(const batch *b, bgen_direction direction, size_t row, size_t column)
{
  const bgen_spline *of = &b->of.spline;
  const size_t n_weights = bgen_spline_n_weights(of), i = row * b->of.n_columns + column;
  const size_t at = row * b->of.stride + column * n_weights;
  double out, log_slope = apply(of, direction, b->weight + at, b->in[i], &out);
  bgen_real grad[N_WEIGHTS + 1];
  const double grad_in =
      vjp(of, direction, b->weight + at, b->in[i], b->grad_out[i], b->grad_log_det[row], grad);
  for (size_t k = 0; k < n_weights; k++) grad[k] *= b->factor[at + k];
  CHECK_SAME(1, &b->out[i], &out);
  CHECK_SAME(1, &b->log_slope[i], &log_slope);
  CHECK_SAME(1, &b->grad_in[i], &grad_in);
  CHECK_SAME(n_weights, b->grad_weight + at, grad);
}

/* between the rows nothing is written */
static void check_gaps(const batch *b)
{
  const size_t used = b->of.n_columns * bgen_spline_n_weights(&b->of.spline);
  for (size_t row = 0; row < ROWS; row++)
    for (size_t k = row < b->of.n_rows ? used : 0; k < STRIDE; k++)
      CHECK_CLOSE(b->grad_weight[row * STRIDE + k], 7.25, 0);
}

/* however many there are, in whatever rows: groups that are full, and those that are not */
static void test_side_by_side(void **state)
{
  (void) state;
  for (size_t n = 0; n < 2 * 2 * ROWS * COLUMNS; n++) {
    const bgen_direction direction = n % 2 ? BGEN_FORWARD : BGEN_INVERSE;
    const size_t rows = n / 4 / COLUMNS + 1, columns = n / 4 % COLUMNS + 1;
    batch b = {.of = {n / 2 % 2 ? spline : circular, rows, columns, STRIDE}};
    run_batch(&b, direction);
    for (size_t row = 0; row < rows; row++)
      for (size_t column = 0; column < columns; column++) check_alone(&b, direction, row, column);
    check_gaps(&b);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_side_by_side),
      cmocka_unit_test(test_equal_weights_are_the_identity),
      cmocka_unit_test(test_knots),
      cmocka_unit_test(test_outside_nothing_happens),
      cmocka_unit_test(test_a_circle),
      cmocka_unit_test(test_round_trip_of_extremes),
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_it_rises),
      cmocka_unit_test(test_a_new_flow_is_the_identity),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
