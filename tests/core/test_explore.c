/* SPDX-License-Identifier: GPL-2.0-or-later
   Frames that are drawn exactly from a normal distribution make one near move each, and are then
   still distributed as it. */
#include "train/explore.h"

#include <math.h>
#include <stdlib.h>

#include "fixture.h"
#include "normal_target.h"
#include "sample/proposal.h"

enum { POINTS = 40000, BATCH = 1000, SEED = 12 };

#define STEP 1.2

static const bgen_cv_term first_x[1] = {{0, 0, 1.0}};
static const bgen_cv along_x = {.type = &bgen_cv_linear, .n_terms = 1, .term = first_x};

static model m;
static bgen_cv_range range;
static bgen_basins basins; /* one: x > border */
static bgen_frames frames;

static void set_up(bgen_layout layout, symmetry blind_to, double border, size_t n_frames)
{
  m = make_model(layout, blind_to, 1, "whiten; realnvp blocks 2 width 8", 0.3, 2);
  range = (bgen_cv_range){border, INFINITY};
  basins = (bgen_basins){1, 1, layout, &along_x, &range};
  frames = bgen_frames_empty(m.dim);
  double *x = must_allocate(n_frames * m.dim * sizeof *x);
  normal_draw(0, n_frames, m.dim, x);
  for (size_t i = 0; i < n_frames; i++) {
    if (border == 0) x[i * m.dim] = fabs(x[i * m.dim]);
    CHECK_OK(bgen_frames_append(&frames, x + i * m.dim));
  }
  free(x);
}

static void tear_down(void)
{
  bgen_frames_free(&frames);
  free_model(&m);
}

static bgen_explore *create(int cv, bool spread)
{
  const bgen_explore_options options = {m.g,  m.w, 0,      &basins, &frames, SEED,
                                        STEP, cv,  spread, -6,      6};
  bgen_explore *explore;
  CHECK_OK(bgen_explore_create(&options, &explore));
  return explore;
}

/* one move of n frames with the energy |x|^2 / 2 times scale; how many energies that took */
static size_t move(bgen_explore *explore, size_t n, uint64_t first, double scale)
{
  size_t n_energies = 0;
  bgen_wanted wanted;
  assert_int_equal(bgen_explore_begin(explore, n, first), n < frames.n ? n : frames.n);
  for (;;) {
    CHECK_OK(bgen_explore_next(explore, &wanted));
    assert_false(wanted.gradient);
    if (wanted.n == 0) return n_energies;
    n_energies += wanted.n;
    double *u = must_allocate(wanted.n * sizeof *u);
    for (size_t i = 0; i < wanted.n; i++) u[i] = scale * normal_energy(m.dim, wanted.x + i * m.dim);
    CHECK_OK(bgen_explore_arrive(explore, u, NULL));
    free(u);
  }
}

/* all frames once, in batches */
static void move_all(bgen_explore *explore, size_t n_batch, double scale)
{
  for (size_t first = 0; first < frames.n; first += n_batch) move(explore, n_batch, first, scale);
}

static double worst_moment(void)
{
  normal_moments moments = {0, {0}};
  normal_moments_add(&moments, frames.n * m.dim, frames.x);
  return normal_moments_worst(&moments);
}

/* ---- one step ---- */

static double one_step(bgen_layout layout, symmetry blind_to, double scale)
{
  set_up(layout, blind_to, -INFINITY, POINTS);
  bgen_explore *explore = create(-1, false);
  move_all(explore, BATCH, scale);
  const bgen_explore_report report = bgen_explore_take_report(explore);
  const double worst = worst_moment(),
               acceptance = (double) report.n_accepted / (double) report.n_moved;
  print_message("u times %g: worst moment %.2f sigma, acceptance %.3f\n", scale, worst, acceptance);
  assert_int_equal(report.n_moved, POINTS);
  CHECK_WITHIN(acceptance, 0.05, 0.95);
  bgen_explore_destroy(explore);
  tear_down();
  return worst;
}

/* and the moments see it when the energy is another one */
static void test_one_step(void **state)
{
  static const int alike[4] = {0, 0, 0, 0};
  const bgen_layout plane = {1, 2}, line = {4, 1};
  (void) state;
  CHECK_WITHIN(one_step(plane, no_symmetry, 1), 0, NORMAL_LIMIT);
  CHECK_WITHIN(one_step(plane, no_symmetry, 1.5), NORMAL_LIMIT, 1e9);
  CHECK_WITHIN(one_step(line, (symmetry){.species = alike}, 1), 0, NORMAL_LIMIT);
  CHECK_WITHIN(one_step(line, (symmetry){.species = alike}, 1.5), NORMAL_LIMIT, 1e9);
}

/* half a normal distribution stays one: what leaves the basin is rejected */
static void test_stays_in_basin(void **state)
{
  (void) state;
  set_up((bgen_layout){1, 2}, no_symmetry, 0.0, POINTS);
  bgen_explore *explore = create(0, false);
  move_all(explore, BATCH, 1);
  const bgen_explore_report report = bgen_explore_take_report(explore);
  CHECK_WITHIN(report.least, 0, 0.01);
  for (size_t i = 0; i < frames.n; i++) {
    double *x = frames.x + i * m.dim;
    assert_true(x[0] >= 0);
    if (i % 2) x[0] = -x[0];
  }
  CHECK_WITHIN(worst_moment(), 0, NORMAL_LIMIT);
  bgen_explore_destroy(explore);
  tear_down();
}

/* ---- what it asks for ---- */

/* a frame's energy once, and those of proposals inside the domain */
static void test_energies(void **state)
{
  static const int alike[2] = {0, 0};
  const size_t n = 200;
  (void) state;
  set_up((bgen_layout){2, 1}, (symmetry){.species = alike}, -INFINITY, n);
  bgen_explore *explore = create(-1, false);
  double *x = must_allocate(n * m.dim * sizeof *x), *ratio = must_allocate(n * sizeof *ratio);
  for (uint64_t round = 0; round < 3; round++) {
    size_t n_inside = 0;
    CHECK_OK(bgen_near_component(m.g, m.w, 0, SEED, STEP, BGEN_STREAM_EXPLORE, round * n, n,
                                 frames.x, x, ratio));
    for (size_t i = 0; i < n; i++) n_inside += isfinite(ratio[i]) != 0;
    assert_true(n_inside < n);
    assert_int_equal(move(explore, 2 * n, round * n, 1), n_inside + (round == 0 ? n : 0));
  }
  free(x);
  free(ratio);
  bgen_explore_destroy(explore);
  tear_down();
}

static double *copy_of_frames(void)
{
  double *x = must_allocate(frames.n * m.dim * sizeof *x);
  for (size_t i = 0; i < frames.n * m.dim; i++) x[i] = frames.x[i];
  return x;
}

/* whatever the size of its batches: the numbers are those of the moves */
static void test_batches(void **state)
{
  const size_t n = 600;
  double *result[2];
  (void) state;
  for (int i = 0; i < 2; i++) {
    set_up((bgen_layout){1, 2}, no_symmetry, -INFINITY, n);
    bgen_explore *explore = create(0, true);
    for (uint64_t round = 0; round < 2; round++)
      for (size_t first = 0; first < n; first += i ? 40 : 600)
        move(explore, i ? 40 : 600, round * n + first, 1);
    result[i] = copy_of_frames();
    bgen_explore_destroy(explore);
    tear_down();
  }
  for (size_t i = 0; i < n * 2; i++) CHECK_CLOSE(result[0][i], result[1][i], 0);
  free(result[0]);
  free(result[1]);
}

static void test_without_frames(void **state)
{
  bgen_wanted wanted;
  (void) state;
  set_up((bgen_layout){1, 2}, no_symmetry, -INFINITY, 0);
  bgen_explore *explore = create(0, false);
  assert_int_equal(bgen_explore_begin(explore, 10, 0), 0);
  CHECK_OK(bgen_explore_next(explore, &wanted));
  assert_int_equal(wanted.n, 0);
  const bgen_explore_report report = bgen_explore_take_report(explore);
  assert_true(isnan(report.mean_energy) && report.n_moved == 0);
  bgen_explore_destroy(explore);
  tear_down();
}

/* ---- the bias ---- */

/* where the frames are along x after many moves, as the report says it, which is right */
static bgen_explore_report range_of(bool spread)
{
  const size_t n = 100;
  uint64_t first = 0;
  set_up((bgen_layout){1, 2}, no_symmetry, -INFINITY, n);
  bgen_explore *explore = create(0, spread);
  for (; first < 250 * n; first += n) move(explore, n, first, 1);
  const bgen_explore_report report = bgen_explore_take_report(explore);
  double least = INFINITY, most = -INFINITY, sum = 0;
  for (size_t i = 0; i < n; i++) {
    const double *x = frames.x + i * m.dim;
    least = fmin(least, x[0]), most = fmax(most, x[0]);
    sum += normal_energy(m.dim, x);
  }
  CHECK_CLOSE(report.least, least, 0);
  CHECK_CLOSE(report.most, most, 0);
  CHECK_CLOSE(report.mean_energy, sum / (double) n, 1e-12);
  assert_int_equal(report.n_moved, first);
  assert_int_equal(bgen_explore_take_report(explore).n_moved, 0);
  bgen_explore_destroy(explore);
  tear_down();
  return report;
}

/* -6 to 6 is 18 kT high at its ends; without a bias 100 frames hardly come beyond 4 */
static void test_spread(void **state)
{
  (void) state;
  const bgen_explore_report narrow = range_of(false), wide = range_of(true);
  print_message("%.2f to %.2f, spread %.2f to %.2f\n", narrow.least, narrow.most, wide.least,
                wide.most);
  CHECK_WITHIN(narrow.most - narrow.least, 3, 7);
  CHECK_WITHIN(wide.most - wide.least, 8, 20);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_one_step),       cmocka_unit_test(test_stays_in_basin),
      cmocka_unit_test(test_energies),       cmocka_unit_test(test_batches),
      cmocka_unit_test(test_without_frames), cmocka_unit_test(test_spread)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
