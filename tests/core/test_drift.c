/* SPDX-License-Identifier: GPL-2.0-or-later
   Bodies that drift and turn are told from those that something holds. */
#include "coords/drift.h"

#include <math.h>
#include <string.h>

#include "fixture.h"

enum { N_FRAMES = 200, N = 4, MOST_DIM = 3 * N };

typedef enum holder { NOTHING, A_FIELD, A_SPRING, A_SOFT_SPRING, A_WALL, A_GRATING, A_WIND } holder;

/* A body of springs, and what holds it: a field on all particles, a spring on the centroid, a soft
   one, a box of hard walls, a periodic field, one that feels the orientation alone. */
static double energy(size_t n_space, holder by, const double *x)
{
  double sum = 0, centroid[3] = {0};
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < i; j++) {
      double square = 0;
      for (size_t c = 0; c < n_space; c++)
        square += pow(x[i * n_space + c] - x[j * n_space + c], 2);
      sum += 40 * pow(sqrt(square) - 1 - 0.2 * (double) (i + j), 2);
    }
  for (size_t j = 0; j < N * n_space; j++) {
    centroid[j % n_space] += x[j] / N;
    if (by == A_FIELD) sum += 0.5 * x[j] * x[j];
    if (by == A_WALL && fabs(x[j]) > 6) sum = INFINITY;
    if (by == A_GRATING && j % n_space == 0) sum += cos(2 * 3.14159265358979 * x[j]);
  }
  for (size_t c = 0; by == A_SPRING && c < n_space; c++) sum += 0.5 * centroid[c] * centroid[c];
  for (size_t c = 0; by == A_SOFT_SPRING && c < n_space; c++)
    sum += 0.0005 * centroid[c] * centroid[c];
  if (by == A_WIND) sum += 3 * (x[0] - x[n_space]);
  return sum;
}

/* frames by plain Monte Carlo, of particles and of the whole body, which moves along all axes if
   it drifts, else but for its centroid */
static void draw_frames(size_t n_space, holder by, bool drifts, double *frames)
{
  const size_t dim = N * n_space;
  double x[MOST_DIM], now;
  for (size_t j = 0; j < dim; j++) x[j] = varied(1, j);
  now = energy(n_space, by, x);
  for (size_t step = 0; step < 60 * N_FRAMES; step++) {
    bgen_rng rng = bgen_rng_at(8, BGEN_STREAM_TEST, step);
    double to[MOST_DIM], by_c[3] = {0};
    for (size_t j = 0; j < dim; j++) {
      to[j] = x[j] + 0.2 * (2 * bgen_rng_uniform(&rng) - 1);
      by_c[j % n_space] += (to[j] - x[j]) / N;
    }
    for (size_t j = 0; j < dim; j++) to[j] += (drifts ? 3 : -1) * by_c[j % n_space];
    const double then = energy(n_space, by, to);
    if (bgen_rng_uniform(&rng) < exp(now - then)) memcpy(x, to, dim * sizeof *x), now = then;
    if (step % 60 == 0) memcpy(frames + step / 60 * dim, x, dim * sizeof *x);
  }
}

/* what a body is moved among, as it is now */
typedef struct world {
  holder by;
  double box; /* beyond it energies are infinite; 0: it has no end */
} world;

static double energy_in(const world *w, size_t n_space, const double *x)
{
  double farthest = 0;
  for (size_t j = 0; j < N * n_space; j++) farthest = fmax(farthest, fabs(x[j]));
  return w->box > 0 && farthest > w->box ? INFINITY : energy(n_space, w->by, x);
}

static bgen_drift_found look(size_t n_space, size_t n, const double *frames, const world *w)
{
  const bgen_layout layout = {N, n_space};
  double u[200];
  bgen_drift *drift;
  bgen_wanted wanted;
  CHECK_OK(bgen_drift_create(&layout, n, frames, &drift));
  for (;;) {
    CHECK_OK(bgen_drift_next(drift, &wanted));
    if (wanted.n == 0) break;
    assert_true(wanted.n < 200 && !wanted.gradient);
    for (size_t i = 0; i < wanted.n; i++) u[i] = energy_in(w, n_space, wanted.x + i * N * n_space);
    CHECK_OK(bgen_drift_arrive(drift, u, NULL));
  }
  const bgen_drift_found found = bgen_drift_find(drift);
  bgen_drift_destroy(drift);
  return found;
}

static bgen_drift_found find(size_t n_space, holder by, bool drifts)
{
  const world still = {by, 0};
  double frames[N_FRAMES * MOST_DIM];
  draw_frames(n_space, by, drifts, frames);
  return look(n_space, N_FRAMES, frames, &still);
}

/* also where the centroid was held by hand, as by removing its momentum */
static void test_free_body(void **state)
{
  (void) state;
  for (size_t n_space = 2; n_space <= 3; n_space++)
    for (int drifts = 0; drifts < 2; drifts++) {
      const bgen_drift_found found = find(n_space, NOTHING, drifts);
      assert_int_equal(found.axis, 0);
      assert_true(found.shift > 0.1);
      assert_true(found.drifts && found.turns);
    }
}

static void test_held(void **state)
{
  (void) state;
  for (size_t n_space = 2; n_space <= 3; n_space++) {
    assert_int_equal(find(n_space, A_FIELD, true).axis, -1);
    assert_int_equal(find(n_space, A_SPRING, true).axis, -1);
    assert_int_equal(find(n_space, A_WALL, true).axis, -1);
  }
}

static void test_held_in_part(void **state)
{
  (void) state;
  for (size_t n_space = 2; n_space <= 3; n_space++) {
    const bgen_drift_found along = find(n_space, A_GRATING, true),
                           turned = find(n_space, A_WIND, true);
    assert_int_equal(along.axis, 1);
    assert_int_equal(turned.axis, 0);
    assert_false(along.turns || turned.turns || along.drifts);
    assert_true(turned.drifts);
  }
}

/* Few frames one after the other, of a centroid that goes some 30 widths of them, about which the
   shift of two widths says nothing. */
static void test_soft_spring(void **state)
{
  (void) state;
  for (size_t n_space = 2; n_space <= 3; n_space++)
    for (size_t n = 2; n <= 8; n += 3) {
      const world soft = {A_SOFT_SPRING, 0}, nothing = {NOTHING, 30};
      double frames[N_FRAMES * MOST_DIM];
      draw_frames(n_space, A_SOFT_SPRING, false, frames);
      assert_int_equal(look(n_space, n, frames, &soft).axis, -1);
      draw_frames(n_space, NOTHING, false, frames);
      assert_int_equal(look(n_space, n, frames, &nothing).axis, 0); /* at the end of a box */
    }
}

/* which has no shape */
static void test_single_particle(void **state)
{
  const bgen_layout layout = {1, 3};
  const double x[6] = {0, 1, 2, 3, 4, 5};
  bgen_drift *drift;
  bgen_wanted wanted;
  (void) state;
  CHECK_OK(bgen_drift_create(&layout, 2, x, &drift));
  CHECK_OK(bgen_drift_next(drift, &wanted));
  assert_int_equal(wanted.n, 0);
  assert_int_equal(bgen_drift_find(drift).axis, -1);
  bgen_drift_destroy(drift);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_free_body), cmocka_unit_test(test_held),
                                     cmocka_unit_test(test_held_in_part),
                                     cmocka_unit_test(test_soft_spring),
                                     cmocka_unit_test(test_single_particle)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
