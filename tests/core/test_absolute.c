/* SPDX-License-Identifier: GPL-2.0-or-later
   Absolute free energies from shapes and terms, beside integrals over all configurations that know
   nothing of either: crystals on a ring, with every order of their particles; bodies in internal
   coordinates; the Einstein crystal by Frenkel and Ladd's way.

   Smooth functions that vanish at the ends of a grid are integrated to rounding by equal steps. */
#include "estimate/absolute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/pose.h"
#include "coords/rigid.h"
#include "fixture.h"

enum { MOST = 9 };
static const double PI = 3.14159265358979323846;

typedef double energy(const double *x);

/* integral of J e^-u over shapes whose components lie within +-width, at home */
typedef struct shapes {
  bgen_pose *pose;
  size_t n_shape, n_steps;
  double width;
  energy *u;
} shapes;

static double over_shapes(const shapes *s, size_t j, double *shape)
{
  const double step = 2 * s->width / (double) s->n_steps;
  double sum = 0, work[2 * MOST], x[MOST];
  if (j == s->n_shape) {
    const bgen_placement home = bgen_pose_home(s->pose);
    bgen_pose_from_shape(s->pose, &home, shape, work, x);
    return exp(bgen_pose_log_jacobian(s->pose, shape, work) - s->u(x));
  }
  for (size_t i = 0; i < s->n_steps; i++) {
    shape[j] = -s->width + ((double) i + 0.5) * step;
    sum += step * over_shapes(s, j + 1, shape);
  }
  return sum;
}

/* F at one placement */
static double of_shapes(bgen_layout layout, bgen_coords coords, const double *reference, energy *u,
                        double width, size_t n_steps)
{
  shapes s = {NULL, bgen_shape_size(&layout, coords), n_steps, width, u};
  double shape[MOST];
  CHECK_OK(bgen_pose_create(&layout, coords, reference, &s.pose));
  const double F = -log(over_shapes(&s, 0, shape));
  bgen_pose_destroy(s.pose);
  return F;
}

static double sum_of(const bgen_absolute *body)
{
  bgen_term terms[BGEN_MOST_TERMS];
  return bgen_sum_of_terms(bgen_absolute_terms(body, terms), terms);
}

/* ---- crystals on a ring ---- */

enum { RING = 3, RING_STEPS = 600 };
static const bgen_cell ring = {RING, 1, 1, 0, 0, 0, {true, false, false}};

/* three particles repel each other: equally spaced, 0 1 2 or 0 2 1 */
static double u_even(const double *x)
{
  double u = 0;
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < i; k++) u += 60 * cos(2 * PI * (x[i] - x[k]) / RING);
  return u;
}

/* two particles at a distance of 0.8, the one or the other first */
static double u_pair(const double *x)
{
  const double off = cos(2 * PI * (x[1] - x[0]) / RING) - cos(2 * PI * 0.8 / RING);
  return 100 * off * off;
}

/* -ln of the integral over the whole ring, for each particle, over N! */
static double over_ring(size_t n, energy *u)
{
  double x[3] = {0, 0, 0}, sum = 0;
  const double step = (double) RING / RING_STEPS;
  for (size_t i = 0; i < RING_STEPS; i++)
    for (size_t k = 0; k < (n == 3 ? RING_STEPS : 1); k++) {
      x[1] = (double) i * step;
      x[2] = (double) k * step;
      sum += exp(-u(x)) * (n == 3 ? step * step : step);
    }
  return -log(RING * sum / (n == 3 ? 6 : 2));
}

static void check_ring(size_t n, const double *sites, energy *u, size_t n_translations)
{
  const bgen_layout layout = {n, 1};
  const double length[] = {1, 1, 1};
  bgen_absolute crystal = {1, n, true, false, RING, 0, 1, false, 0, false, length};
  CHECK_OK(bgen_count_translations(&layout, &ring, NULL, sites, &crystal.n_translations, NULL));
  assert_int_equal(crystal.n_translations, n_translations);
  const double F = of_shapes(layout, BGEN_CRYSTAL, sites, u, 0.5, 300) + sum_of(&crystal);
  CHECK_CLOSE(F, over_ring(n, u), 1e-9); /* other wells overlap by e^-25 */
}

static void test_rings(void **state)
{
  (void) state;
  check_ring(3, (const double[]){0, 1, 2}, u_even, 3);
  check_ring(2, (const double[]){0, 0.8}, u_pair, 1); /* two particles a primitive cell */
}

/* ---- bodies ---- */

/* a stiff pair, and a bent body 1-0-2 */
static double u_diatomic(const double *x)
{
  const double r = hypot(x[2] - x[0], x[3] - x[1]);
  return 40 * (r - 1.1) * (r - 1.1);
}

static double distance(const double *a, const double *b)
{
  return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
              (a[2] - b[2]) * (a[2] - b[2]));
}

static double u_bent_in(double r, double s, double theta)
{
  return 60 * (r - 1) * (r - 1) + 60 * (s - 1) * (s - 1) + 50 * (theta - 1.9) * (theta - 1.9) +
         30 * (r - 1) * (s - 1);
}

static double u_bent(const double *x)
{
  const double r = distance(x, x + 3), s = distance(x, x + 6), t = distance(x + 3, x + 6);
  return u_bent_in(r, s, acos((r * r + s * s - t * t) / (2 * r * s)));
}

static void test_diatomic(void **state)
{
  const bgen_layout layout = {2, 2};
  const double reference[] = {0, 0, 1.1, 0}, length[] = {0.3, 0.3};
  const bgen_absolute body = {2, 2, true, true, 50, 0, 2, false, 0, true, length};
  double sum = 0;
  (void) state;
  for (int i = 0; i < 4000; i++) {
    const double x[] = {0, 0, (i + 0.5) * 5e-4, 0};
    sum += 5e-4 * x[2] * exp(-u_diatomic(x));
  }
  const double F = -log(50 * 2 * PI * sum / 2 / pow(0.3, 4)); /* over 2! */
  CHECK_CLOSE(of_shapes(layout, BGEN_ALIGNED, reference, u_diatomic, 0.75, 2000) + sum_of(&body), F,
              1e-9);
}

/* closed form but for three integrals: 8 pi^2 r^2 s^2 sin(theta) */
static double bent_free_energy(double V, double L)
{
  double sum = 0;
  enum { STEPS = 80 };
  const double h = 1.2 / STEPS;
  for (int i = 0; i < STEPS; i++)
    for (int j = 0; j < STEPS; j++)
      for (int k = 0; k < STEPS; k++) {
        const double r = 0.4 + (i + 0.5) * h, s = 0.4 + (j + 0.5) * h, t = 1.3 + (k + 0.5) * h;
        sum += h * h * h * r * r * s * s * sin(t) * exp(-u_bent_in(r, s, t));
      }
  return -log(V * 8 * PI * PI * sum / 2 / pow(L, 9)); /* over 2! */
}

static void test_bent(void **state)
{
  const bgen_layout layout = {3, 3};
  const double reference[] = {0, 0, 0, 1, 0, 0, cos(1.9), sin(1.9), 0}, length[] = {2, 2, 2};
  bgen_absolute body = {3, 3, true, true, 700, 0, 2, false, 0, false, length};
  const double F = bent_free_energy(700, 2);
  (void) state;
  CHECK_CLOSE(of_shapes(layout, BGEN_ALIGNED, reference, u_bent, 0.75, 100) + sum_of(&body), F,
              1e-8);
  body.symmetry_number = 1; /* were the two not identical */
  body.mirror_image = true; /* and both hands of equal weight */
  body.n_mirrors = 2;
  CHECK_CLOSE(of_shapes(layout, BGEN_ALIGNED, reference, u_bent, 0.75, 100) + sum_of(&body),
              F - 4 * log(2.0), 1e-8);
}

/* ---- the Einstein crystal, by releasing its centre of mass ---- */

static void test_einstein(void **state)
{
  enum { N = 27 };
  const double kappa = 35, V = 40, n = N;
  double length[N];
  (void) state;
  for (size_t i = 0; i < N; i++) length[i] = i % 2 ? 0.5 : 0.25;
  /* springs to sites that stand in space; the density of the centre at that of the sites */
  const double fixed = -1.5 * n * log(2 * PI / kappa) + 3 * (14 * log(0.25) + 13 * log(0.5)),
               at_sites = 1.5 * log(n * kappa / (2 * PI));
  const double F = fixed - log(V / n) - at_sites;
  const bgen_absolute crystal = {3, N, true, false, V, N, 1, false, 0, true, length};
  const double shape = -1.5 * (n - 1) * log(2 * PI / kappa) - 1.5 * log(n);
  CHECK_CLOSE(shape + sum_of(&crystal), F, 1e-11);
}

/* a confined body has its lengths alone */
static void test_confined(void **state)
{
  const double length[] = {2, 3};
  const bgen_absolute body = {2, 2, false, false, 0, 0, 1, false, 0, false, length};
  bgen_term terms[BGEN_MOST_TERMS];
  (void) state;
  assert_int_equal(bgen_absolute_terms(&body, terms), 1);
  CHECK_CLOSE(terms[0].value, 2 * log(6.0), 1e-15);
  assert_non_null(strstr(terms[0].meaning, "4 ln L"));
}

/* ---- units: argon at 87.3 K, and the work of one atmosphere on a cubic meter ---- */

typedef struct scale {
  const char *name;
  double length, time, energy, pressure; /* SI */
} scale;

static void test_units(void **state)
{
  const double mass = 39.948 * 1.66053906660e-27, kT = 1.380649e-23 * 87.3;
  const double lambda = 6.62607015e-34 / sqrt(2 * PI * mass * kT);
  const scale scales[] = {{"real", 1e-10, 1e-15, 4184 / 6.02214076e23, 101325},
                          {"metal", 1e-10, 1e-12, 1.602176634e-19, 1e5},
                          {"si", 1, 1, 1, 1},
                          {"cgs", 1e-2, 1, 1e-7, 0.1},
                          {"electron", 5.29177210903e-11, 1e-15, 4.3597447222071e-18, 1},
                          {"micro", 1e-6, 1e-6, 1e-15, 1e-15 / (1e-6 * 1e-12)},
                          {"nano", 1e-9, 1e-9, 1e-21, 1e-21 / (1e-9 * 1e-18)}};
  (void) state;
  for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
    const scale *s = &scales[i];
    const bgen_unit_style *units = bgen_units(s->name);
    assert_non_null(units);
    const double speed = s->length / s->time, variance = kT / mass / (speed * speed);
    CHECK_RELATIVE(bgen_thermal_wavelength(units->planck, kT / s->energy, variance) * s->length /
                       lambda,
                   1, 1e-9);
    const double volume = pow(s->length, 3);
    CHECK_RELATIVE(101325 / s->pressure / volume * units->pressure_volume * s->energy / 101325, 1,
                   1e-9);
  }
  assert_true(bgen_units("lj")->planck == 0 && bgen_units("lj")->pressure_volume == 1);
  assert_null(bgen_units("furlong"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rings),    cmocka_unit_test(test_diatomic),
      cmocka_unit_test(test_bent),     cmocka_unit_test(test_einstein),
      cmocka_unit_test(test_confined), cmocka_unit_test(test_units),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
