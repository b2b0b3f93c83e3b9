/* SPDX-License-Identifier: GPL-2.0-or-later
   Paths of a particle in a harmonic trap that is dragged, or that stiffens: the work is known. */
#include "sample/path.h"

#include <math.h>

#include "estimate/free_energy.h"
#include "fixture.h"

enum { WALKERS = 20000, BATCH = 1000 };

#define LIMIT 5.0 /* standard errors: a false alarm in 2e6, and with fixed seeds never or always */

/* u_t = stiffness/2 (x - centre)^2, both linear in t between begin and end */
typedef struct trap {
  double stiffness[2], centre[2];
  size_t n_steps;
  double dt, friction;
  bool latent;
} trap;

static double linear(const double ends[2], double lambda)
{
  return (1 - lambda) * ends[0] + lambda * ends[1];
}

static double trap_energy(const trap *of, double lambda, double x, double *grad)
{
  const double apart = x - linear(of->centre, lambda), stiffness = linear(of->stiffness, lambda);
  *grad = stiffness * apart;
  return 0.5 * stiffness * apart * apart;
}

static trap backward(const trap *of)
{
  return (trap){{of->stiffness[1], of->stiffness[0]},
                {of->centre[1], of->centre[0]},
                of->n_steps,
                of->dt,
                of->friction,
                of->latent};
}

/* what the change of the trap alone costs where the walkers are */
static void add_protocol_work(const trap *of, const bgen_path *path, size_t t, double *work)
{
  double grad;
  for (size_t i = 0; i < path->n; i++)
    work[i] += trap_energy(of, (double) t / (double) of->n_steps, path->x[i], &grad) - path->u[i];
}

/* work[BATCH] of paths from equilibrium; protocol[BATCH] without that of the finite time step */
static void run_batch(const trap *of, bgen_path *path, uint64_t first, double *work,
                      double *protocol)
{
  static const double variance = 1;
  static double x[BATCH], u[BATCH], grad[BATCH];
  const bgen_dynamics dynamics = {of->dt, of->friction, of->latent ? NULL : &variance, NULL};
  for (size_t i = 0; i < BATCH; i++) {
    bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, first + i);
    bgen_rng_normals(&rng, 1, &x[i]);
    x[i] = of->centre[0] + x[i] / sqrt(of->stiffness[0]);
    u[i] = trap_energy(of, 0, x[i], &grad[i]);
    protocol[i] = 0;
  }
  bgen_path_begin(path, &dynamics, 4, BGEN_STREAM_PATH, first, BATCH, x, u, grad);
  for (size_t t = 1; t <= of->n_steps; t++) {
    add_protocol_work(of, path, t, protocol);
    bgen_path_depart(path);
    bgen_path_approach(path);
    for (size_t i = 0; i < BATCH; i++)
      u[i] = trap_energy(of, (double) t / (double) of->n_steps, path->x[i], &grad[i]);
    bgen_path_arrive(path, u, grad);
  }
  for (size_t i = 0; i < BATCH; i++) work[i] = path->work[i];
}

static void run(const trap *of, uint64_t first, double *work, double *protocol)
{
  bgen_path *path;
  CHECK_OK(bgen_path_create(1, BATCH, &path));
  for (uint64_t i = 0; i < WALKERS; i += BATCH)
    run_batch(of, path, first + i, work + i, protocol + i);
  bgen_path_destroy(path);
}

static average average_of(const double *values)
{
  average m = {0, 0, 0};
  for (size_t i = 0; i < WALKERS; i++) average_add(&m, values[i]);
  return m;
}

/* mean of e^{F - W}, which is 1, minus 1, in its standard errors */
static double jarzynski(const double *work, double free_energy)
{
  static double weight[WALKERS];
  for (size_t i = 0; i < WALKERS; i++) weight[i] = exp(free_energy - work[i]);
  const average m = average_of(weight);
  return (m.value - 1) / sqrt(average_variance(&m) / WALKERS);
}

static double work[WALKERS], back[WALKERS], protocol[WALKERS];

/* The trap moves with constant speed.  How far x lags behind on average, y'' + friction y' + k y =
   friction speed, y(0) = 0, y'(0) = speed, gives the work k speed times the integral of y; it is
   normal, so that its variance is twice its mean. */
static double mean_work_of_dragging(double k, double friction, double speed, double time)
{
  const double omega = sqrt(k - friction * friction / 4), last = friction * speed / k;
  const double a = -last, b = (speed + friction * a / 2) / omega;
  const double decay = exp(-friction * time / 2), c = cos(omega * time), s = sin(omega * time);
  const double y = last + decay * (a * c + b * s);
  const double dy = decay * (omega * (b * c - a * s) - friction / 2 * (a * c + b * s));
  return speed * (friction * speed * time - (dy - speed) - friction * y);
}

static void test_drivenged_trap(void **state)
{
  const trap dragged = {{2, 2}, {0, 2}, 200, 0.02, 0.8, false};
  const double expected = mean_work_of_dragging(2, 0.8, 0.5, 4);
  (void) state;
  run(&dragged, 0, work, protocol);
  const average m = average_of(work);
  print_message("dragged: mean work %.4f, closed form %.4f; variance %.4f\n", m.value, expected,
                average_variance(&m));
  CHECK_CLOSE(m.value, expected, LIMIT * sqrt(2 * expected / WALKERS));
  CHECK_CLOSE(average_variance(&m), 2 * expected, LIMIT * 2 * expected * sqrt(2.0 / WALKERS));
  CHECK_CLOSE(jarzynski(work, 0), 0, LIMIT);
}

/* e^{-W} of the way forth weighs its works as the way back has them */
static double crooks(const double *forth, const double *reverse, double free_energy)
{
  static double a[WALKERS], b[WALKERS];
  for (size_t i = 0; i < WALKERS; i++) {
    a[i] = tanh(forth[i]) * exp(free_energy - forth[i]);
    b[i] = tanh(-reverse[i]);
  }
  const average forward = average_of(a), reversed = average_of(b);
  const double variance = average_variance(&forward) + average_variance(&reversed);
  return (forward.value - reversed.value) / sqrt(variance / WALKERS);
}

static void check_works(const trap *of, double free_energy)
{
  const trap reverse = backward(of);
  bgen_estimate bar;
  run(&reverse, WALKERS, back, protocol);
  run(of, 0, work, protocol);
  CHECK_OK(bgen_estimate_bar(&(bgen_works){WALKERS, work, {0, NULL}},
                             &(bgen_works){WALKERS, back, {0, NULL}}, &bar));
  print_message(
      "dt %.2f: BAR %.4f +- %.4f, exact %.4f; Jarzynski %.1f sigma, Crooks %.1f sigma; without "
      "the work of the time step %.1f sigma\n",
      of->dt, bar.value, bar.error, free_energy, jarzynski(work, free_energy),
      crooks(work, back, free_energy), jarzynski(protocol, free_energy));
  CHECK_CLOSE(bar.value, free_energy, LIMIT * bar.error);
  CHECK_CLOSE(jarzynski(work, free_energy), 0, LIMIT);
  CHECK_CLOSE(crooks(work, back, free_energy), 0, LIMIT);
}

static void test_coarse_steps_are_exact(void **state)
{
  const trap stiffening = {{1, 4}, {0, 0.5}, 10, 0.7, 0.5, false};
  (void) state;
  check_works(&stiffening, 0.5 * log(4));
  CHECK_WITHIN(fabs(jarzynski(protocol, 0.5 * log(4))), LIMIT, 1e9); /* without it, wrong */
}

static void test_strong_friction(void **state)
{
  const trap stiffening = {{1, 4}, {0, 0.5}, 10, 0.2, 1e9, false};
  (void) state;
  check_works(&stiffening, 0.5 * log(4));
}

/* steps of an eighth of a period */
static void test_latent_steps_are_exact(void **state)
{
  const trap stiffening = {{1, 4}, {0, 0.5}, 10, 0.7, 0.5, true};
  (void) state;
  check_works(&stiffening, 0.5 * log(4));
  CHECK_WITHIN(fabs(jarzynski(protocol, 0.5 * log(4))), LIMIT, 1e9);
}

/* ... and in the standard normal itself no step costs work; sums of some ten terms */
static void test_latent_steps_are_free(void **state)
{
  const trap normal = {{1, 1}, {0, 0}, 10, 1.3, 0.5, true},
             in_x = {{1, 1}, {0, 0}, 10, 1.3, 0.5, false};
  (void) state;
  run(&normal, 0, work, protocol);
  for (size_t i = 0; i < WALKERS; i++) CHECK_CLOSE(work[i], 0, 1e-12);
  run(&in_x, 0, work, protocol);
  CHECK_WITHIN(fabs(work[0]), 1e-3, 1e9);
}

static void test_switch_is_work(void **state)
{
  const double variance = 1, x = 0.3, u[2] = {1.5, 4}, grad[2] = {0.1, 0.2};
  const bgen_dynamics dynamics = {0.1, 1, &variance, NULL};
  bgen_path *path;
  (void) state;
  CHECK_OK(bgen_path_create(1, 1, &path));
  bgen_path_begin(path, &dynamics, 1, BGEN_STREAM_PATH, 0, 1, &x, &u[0], &grad[0]);
  bgen_path_switch(path, &u[1], &grad[1]);
  CHECK_CLOSE(path->work[0], 2.5, 0);
  CHECK_CLOSE(path->grad[0], 0.2, 0);
  bgen_path_destroy(path);
}

static void test_no_energy_is_no_work(void **state)
{
  const double variance = 1, x[2] = {0.3, 0.4}, u[2] = {0, 0}, grad[2] = {0, 0}, bad[2] = {NAN, 1};
  const bgen_dynamics dynamics = {0.1, 1, &variance, NULL};
  bgen_path *path;
  (void) state;
  CHECK_OK(bgen_path_create(1, 2, &path));
  bgen_path_begin(path, &dynamics, 1, BGEN_STREAM_PATH, 0, 2, x, u, grad);
  for (int t = 0; t < 2; t++) {
    bgen_path_depart(path);
    bgen_path_approach(path);
    bgen_path_arrive(path, t == 0 ? bad : u, grad);
  }
  assert_true(isnan(path->work[0]));
  assert_true(isfinite(path->work[1]));
  bgen_path_destroy(path);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_drivenged_trap),        cmocka_unit_test(test_coarse_steps_are_exact),
      cmocka_unit_test(test_strong_friction),       cmocka_unit_test(test_latent_steps_are_exact),
      cmocka_unit_test(test_latent_steps_are_free), cmocka_unit_test(test_switch_is_work),
      cmocka_unit_test(test_no_energy_is_no_work)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
