/* SPDX-License-Identifier: GPL-2.0-or-later
   Frames of bodies that diffuse and turn are told from those of bodies that something holds. */
#include "train/wander.h"

#include <math.h>
#include <string.h>

#include "fixture.h"

enum { N = 4, MOST_DIM = 3 * N, LENGTH = 400, MOST_RUNS = 4, N_DRAWS = 40 };

static const double WIDTH = 0.05; /* of the shape */

/* How a coordinate of the placement goes: it rests, diffuses, is anything at once, or is held with
   a relaxation time of 1/40 of a run.  `far`: its width, of a diffusing one at the end of a run. */
typedef enum motion { RESTS, DIFFUSES, IS_ANYTHING, IS_HELD } motion;
typedef struct walker {
  motion centre, orientation;
  double far, turn;
  size_t n_axes; /* about which it turns, from the last one */
} walker;

static double normal(bgen_rng *rng)
{
  double value;
  bgen_rng_normals(rng, 1, &value);
  return value;
}

static double go(motion how, double far, double at, bgen_rng *rng)
{
  const double kept = exp(-40. / LENGTH);
  if (how == DIFFUSES) return at + far * normal(rng) / sqrt(LENGTH);
  if (how == IS_ANYTHING) return far * normal(rng);
  return how == IS_HELD ? kept * at + sqrt(1 - kept * kept) * far * normal(rng) : 0;
}

/* x turned by angle from axis a to axis b */
static void turn(size_t n_space, size_t a, size_t b, double angle, double *x)
{
  for (size_t i = 0; i < N; i++) {
    double *at = x + i * n_space;
    const double u = at[a], v = at[b];
    at[a] = cos(angle) * u - sin(angle) * v;
    at[b] = sin(angle) * u + cos(angle) * v;
  }
}

/* a tetrahedron, or what is left of it in the plane; rotations in turn diffuse well enough */
static void draw(size_t n_space, size_t n_runs, walker w, uint64_t key, double *x)
{
  static const double at[N][3] = {{1, 1, 1}, {1, -1, -1}, {-1, 1, -0.9}, {-1.1, -1, 1}};
  const size_t dim = N * n_space, n_planes = n_space == 3 ? 3 : 1;
  bgen_rng rng = bgen_rng_at(key, BGEN_STREAM_TEST, 0);
  for (size_t r = 0; r < n_runs; r++) {
    double centre[3] = {0}, angle[3] = {0};
    for (size_t t = 0; t < LENGTH; t++) {
      double *frame = x + (r * LENGTH + t) * dim;
      for (size_t c = 0; c < n_space; c++) centre[c] = go(w.centre, w.far, centre[c], &rng);
      for (size_t j = 0; j < dim; j++)
        frame[j] = at[j / n_space][j % n_space] + WIDTH * normal(&rng);
      for (size_t p = 0; p < n_planes; p++) {
        angle[p] = p < w.n_axes ? go(w.orientation, w.turn, angle[p], &rng) : 0;
        turn(n_space, p, (p + 1) % n_space, angle[p], frame);
      }
      for (size_t j = 0; j < dim; j++) frame[j] += centre[j % n_space];
    }
  }
}

typedef struct tally {
  size_t drifts, turns; /* of N_DRAWS */
  double centre, orientation;
} tally;

static tally look(size_t n_space, size_t n_runs, walker w)
{
  static double x[MOST_RUNS * LENGTH * MOST_DIM];
  const bgen_layout layout = {N, n_space};
  const size_t ends[] = {LENGTH, 2 * LENGTH, 3 * LENGTH, 4 * LENGTH};
  const bgen_runs runs = {n_runs, ends};
  tally all = {0, 0, 0, 0};
  for (uint64_t key = 0; key < N_DRAWS; key++) {
    bgen_wander found;
    draw(n_space, n_runs, w, 100 + key, x);
    CHECK_OK(bgen_wander_find(&layout, &runs, x, &found));
    all.drifts += found.drifts, all.turns += found.turns;
    all.centre += found.centre / N_DRAWS, all.orientation += found.orientation / N_DRAWS;
  }
  return all;
}

/* one run does not always tell, four do */
static void test_diffusion(void **state)
{
  const walker w = {DIFFUSES, DIFFUSES, 1, 0.5, 3};
  (void) state;
  for (size_t n_space = 2; n_space <= 3; n_space++) {
    const tally one = look(n_space, 1, w), four = look(n_space, 4, w);
    assert_true(one.drifts >= 0.7 * N_DRAWS && one.turns >= 0.6 * N_DRAWS);
    assert_int_equal(four.drifts, N_DRAWS);
    assert_int_equal(four.turns, N_DRAWS);
  }
}

static void test_one_of_both(void **state)
{
  const walker drifts = {DIFFUSES, IS_HELD, 1, 0.2, 3}, turns = {IS_HELD, DIFFUSES, 1, 0.5, 3};
  (void) state;
  for (size_t n_space = 2; n_space <= 3; n_space++) {
    const tally one = look(n_space, 4, drifts), other = look(n_space, 4, turns);
    assert_int_equal(one.drifts, N_DRAWS);
    assert_int_equal(other.turns, N_DRAWS);
    assert_int_equal(one.turns + other.drifts, 0);
  }
}

/* by 20 times the width of the shape, in soft modes */
static void test_held(void **state)
{
  const walker w = {IS_HELD, IS_HELD, 20 * WIDTH, 0.3, 3};
  (void) state;
  for (size_t n_space = 2; n_space <= 3; n_space++)
    for (size_t n_runs = 1; n_runs <= 4; n_runs += 3) {
      const tally all = look(n_space, n_runs, w);
      assert_true(all.centre > 10 && all.orientation > 3);
      assert_true(all.drifts + all.turns <= (n_runs > 1 ? 0 : 0.05 * N_DRAWS));
    }
}

/* from frame to frame, so that means of blocks know nothing of it; also about one axis */
static void test_any_orientation(void **state)
{
  (void) state;
  for (size_t n_space = 2; n_space <= 3; n_space++)
    for (size_t n_axes = 1; n_axes <= 3; n_axes += 2) {
      const walker w = {RESTS, IS_ANYTHING, 0, 5, n_axes},
                   swings = {RESTS, IS_ANYTHING, 0, 0.6, n_axes};
      assert_int_equal(look(n_space, 1, w).turns, N_DRAWS);
      assert_int_equal(look(n_space, 1, swings).turns, 0);
    }
}

/* by less than the shape's width, which hardly matters */
static void test_near(void **state)
{
  const walker w = {DIFFUSES, DIFFUSES, WIDTH, 0.5 * WIDTH, 3};
  (void) state;
  const tally all = look(3, 4, w);
  assert_int_equal(all.drifts + all.turns, 0);
}

/* on a line that swings, whose turns about itself are not seen */
static void test_rod(void **state)
{
  static double x[LENGTH * MOST_DIM];
  const bgen_layout rod = {N, 3};
  const size_t end = LENGTH;
  const bgen_runs runs = {1, &end};
  bgen_wander found;
  (void) state;
  for (size_t j = 0; j < LENGTH * MOST_DIM; j++)
    x[j] = (j % 3 == 0 ? (double) (j % MOST_DIM) : 0) + WIDTH * varied(3, j);
  for (size_t t = 0; t < LENGTH; t++) turn(3, 0, 1, 0.2 * varied(4, t), x + t * MOST_DIM);
  CHECK_OK(bgen_wander_find(&rod, &runs, x, &found));
  assert_true(found.orientation > 0);
  assert_false(found.drifts || found.turns);
}

/* a single particle, and runs of a few frames, tell nothing */
static void test_too_little(void **state)
{
  double x[8 * 2 * MOST_DIM];
  const bgen_layout one = {1, 3}, body = {N, 3};
  const size_t ends[] = {8, 8, 16};
  const bgen_runs whole = {1, ends + 2}, halves = {3, ends};
  bgen_wander found;
  (void) state;
  for (size_t j = 0; j < 16 * MOST_DIM; j++)
    x[j] = floor((double) j / MOST_DIM) + 0.01 * varied(3, j);
  CHECK_OK(bgen_wander_find(&body, &whole, x, &found));
  assert_true(found.drifts && found.centre > 100);
  CHECK_OK(bgen_wander_find(&body, &halves, x, &found));
  assert_false(found.drifts || found.turns || found.centre != 0);
  CHECK_OK(bgen_wander_find(&one, &whole, x, &found));
  assert_false(found.drifts || found.turns || found.centre != 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_diffusion), cmocka_unit_test(test_one_of_both),
      cmocka_unit_test(test_held),      cmocka_unit_test(test_any_orientation),
      cmocka_unit_test(test_near),      cmocka_unit_test(test_rod),
      cmocka_unit_test(test_too_little)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
