/* SPDX-License-Identifier: GPL-2.0-or-later
   Exchanges of configurations between two temperatures, by one-step invariance: exact pairs make
   one exchange each, and are distributed as before.  The target is normal, so that it is known at
   every temperature, and far from what the flows have learned. */
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sample/metropolis.h"
#include "sample/proposal.h"

enum { PAIRS = 40000, DIM = 4, SEED = 17 };

static const double T[2] = {1, 2.5}, width = 0.8;

typedef struct scene {
  const char *name, *spec;
  size_t n_components;
  bool identical; /* two particles in the plane, whose y may be mirrored */
  double least;   /* acceptance */
} scene;

static const int same[2] = {1, 1};
static const scene scenes[] = {
    {"one flow", "whiten; realnvp blocks 1 width 8", 1, false, 0.2},
    {"two flows", "whiten; realnvp blocks 1 width 8", 2, false, 0.1},
    {"two mixtures", "whiten; realnvp blocks 1 width 8; mixture modes 3", 2, false, 0.05},
    {"identical particles", "whiten; realnvp blocks 1 width 8", 2, true, 0.02},
};

static model make(const scene *s)
{
  const symmetry blind_to = {same, 1, {{1, 0}, {0, 0}, {0, 0}}};
  const bgen_layout layout = {2, 2};
  return make_model(layout, s->identical ? blind_to : no_symmetry, s->n_components, s->spec, 0.8,
                    1);
}

/* ---- the target ---- */

static void draw(int at, uint64_t point, double *x)
{
  bgen_rng rng = bgen_rng_at(5 + (uint64_t) at, BGEN_STREAM_TEST, point);
  bgen_rng_normals(&rng, DIM, x);
  for (size_t j = 0; j < DIM; j++) x[j] *= width * sqrt(T[at]);
}

static double u(int at, const double *x)
{
  double sum = 0;
  for (size_t j = 0; j < DIM; j++) sum += x[j] * x[j];
  return 0.5 * sum / (width * width * T[at]);
}

/* ---- an exchange ---- */

/* what is left out of the ratio */
typedef enum fault { NONE, LOG_RATIO_OF_ONE } fault;

/* chains of identical particles are exact up to their order */
static void reorder(const scene *s, uint64_t point, double *x)
{
  bgen_rng rng = bgen_rng_at(8, BGEN_STREAM_TEST, point);
  if (!s->identical || bgen_rng_uniform(&rng) < 0.5) return;
  const double first[2] = {x[0], x[1]};
  memcpy(x, x + 2, sizeof first);
  memcpy(x + 2, first, sizeof first);
}

static bool try_exchange(model *m, uint64_t point, fault without, double x[2][DIM])
{
  double to[2][DIM], log_ratio[2];
  bgen_rng rng = bgen_rng_at(SEED, BGEN_STREAM_ACCEPT, point);
  for (int a = 0; a < 2; a++) {
    CHECK_OK(bgen_exchange(m->g, m->w, T[a], T[1 - a], SEED, 2 * point + (uint64_t) a, x[a],
                           to[1 - a], &log_ratio[a]));
    bgen_generator_reflect(m->g, SEED, BGEN_STREAM_MIRROR, 2 * point + (uint64_t) a, to[1 - a]);
  }
  const double log_chance = u(0, x[0]) + u(1, x[1]) - u(0, to[0]) - u(1, to[1]) + log_ratio[0] +
                            (without == NONE ? log_ratio[1] : 0 * log_ratio[1]);
  if (!bgen_metropolis_accept(0, log_chance, bgen_rng_uniform(&rng))) return false;
  memcpy(x, to, sizeof to);
  return true;
}

/* ---- what is the same before and after ---- */

enum { N_FUNCTIONS = 3 * DIM + 1 };

static void functions_of(int at, const double *x, double *f)
{
  const double unit = width * sqrt(T[at]);
  for (size_t j = 0; j < DIM; j++) {
    f[3 * j] = x[j] / unit;
    f[3 * j + 1] = x[j] * x[j] / (unit * unit);
    f[3 * j + 2] = x[j] * x[(j + 1) % DIM] / (unit * unit);
  }
  f[N_FUNCTIONS - 1] = u(at, x);
}

/* adds the changes by one exchange of an exact pair */
static bool change(const scene *s, model *m, uint64_t i, fault without, average of[2][N_FUNCTIONS])
{
  double x[2][DIM], before[2][N_FUNCTIONS], after[N_FUNCTIONS];
  for (int a = 0; a < 2; a++) {
    draw(a, i, x[a]);
    functions_of(a, x[a], before[a]);
  }
  const bool accepted = try_exchange(m, i, without, x);
  for (int a = 0; a < 2; a++) {
    if (accepted) reorder(s, 2 * i + (uint64_t) a, x[a]);
    functions_of(a, x[a], after);
    for (size_t f = 0; f < N_FUNCTIONS; f++) average_add(&of[a][f], after[f] - before[a][f]);
  }
  return accepted;
}

static void check(const scene *s, fault without)
{
  model m = make(s);
  average of[2][N_FUNCTIONS] = {0};
  size_t n_accepted = 0;
  double worst = 0;
  for (uint64_t i = 0; i < PAIRS; i++) n_accepted += change(s, &m, i, without, of);
  for (int a = 0; a < 2; a++)
    for (size_t f = 0; f < N_FUNCTIONS; f++)
      worst = fmax(worst, fabs(average_sigmas(&of[a][f], 0)));
  const double acceptance = (double) n_accepted / PAIRS;
  print_message("%s: %.2f sigma, acceptance %.3f\n", s->name, worst, acceptance);
  CHECK_WITHIN(worst, without == NONE ? 0 : 5, without == NONE ? 5 : 1e9);
  CHECK_WITHIN(acceptance, without == NONE ? s->least : 0, 1);
  free_model(&m);
}

static void test_invariance(void **state)
{
  (void) state;
  for (size_t s = 0; s < sizeof scenes / sizeof *scenes; s++) check(&scenes[s], NONE);
}

static void test_fault_is_seen(void **state)
{
  (void) state;
  for (size_t s = 0; s < sizeof scenes / sizeof *scenes; s++) check(&scenes[s], LOG_RATIO_OF_ONE);
}

/* ---- the ratio itself ---- */

/* Flow and mode being drawn by their shares, one density is carried into the other. */
static void test_densities(void **state)
{
  (void) state;
  for (size_t s = 0; s < sizeof scenes / sizeof *scenes; s++) {
    model m = make(&scenes[s]);
    size_t n_inside = 0;
    for (uint64_t i = 0; i < 200; i++) {
      double x[DIM], there[DIM], log_ratio, log_q[2];
      draw((int) (i % 2), i, x);
      CHECK_OK(bgen_exchange(m.g, m.w, T[i % 2], T[1 - i % 2], SEED, i, x, there, &log_ratio));
      CHECK_OK(bgen_generator_log_q(m.g, m.w, T[i % 2], 1, x, &log_q[0]));
      CHECK_OK(bgen_generator_log_q(m.g, m.w, T[1 - i % 2], 1, there, &log_q[1]));
      if (isnan(log_ratio)) continue;
      CHECK_CLOSE(log_ratio, log_q[0] - log_q[1], 1e-8); /* logarithms of some 10 */
      n_inside++;
    }
    CHECK_WITHIN((double) n_inside, 80, 200);
    free_model(&m);
  }
}

/* of one normal flow, from where x' has come */
static void test_way_back(void **state)
{
  model m = make(&scenes[0]);
  (void) state;
  for (uint64_t i = 0; i < 100; i++) {
    double x[DIM], there[DIM], back[DIM], log_ratio[2];
    draw(0, i, x);
    CHECK_OK(bgen_exchange(m.g, m.w, T[0], T[1], SEED, i, x, there, &log_ratio[0]));
    CHECK_OK(bgen_exchange(m.g, m.w, T[1], T[0], SEED, i, there, back, &log_ratio[1]));
    for (size_t j = 0; j < DIM; j++) CHECK_CLOSE(back[j], x[j], 1e-9);
    CHECK_CLOSE(log_ratio[0] + log_ratio[1], 0, 1e-9);
  }
  free_model(&m);
}

/* A flow that is whitened alone stretches what it has been fitted to. */
static void test_harmonic(void **state)
{
  model m = make_model((bgen_layout){2, 2}, no_symmetry, 1, "whiten", 0, 1);
  double x[DIM], there[DIM], log_ratio;
  (void) state;
  draw(0, 3, x);
  CHECK_OK(bgen_exchange(m.g, m.w, 1, 4, SEED, 0, x, there, &log_ratio));
  CHECK_CLOSE(log_ratio, DIM * log(2), 1e-12); /* each direction is twice as long */
  free_model(&m);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_invariance), cmocka_unit_test(test_fault_is_seen),
      cmocka_unit_test(test_densities),  cmocka_unit_test(test_way_back),
      cmocka_unit_test(test_harmonic),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
