/* SPDX-License-Identifier: GPL-2.0-or-later
   The moving average beside its formula, of a trainer and alone. */
#include "train/ema.h"

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "train/recipe.h"
#include "train/trainer.h"

enum { N = 3, STEPS = 60 };

static const double tolerance = 1e-5; /* some ten roundings of float */

/* as the header has it; mean[n] begins as theta */
static void reference(double decay, size_t step, const bgen_real *theta, size_t n, double *mean)
{
  const double d = fmin(decay, (double) step / ((double) step + 9));
  for (size_t i = 0; i < n; i++) mean[i] = d * mean[i] + (1 - d) * (double) theta[i];
}

static void test_formula(void **state)
{
  bgen_real theta[N], before[N];
  double mean[N];
  bgen_ema *ema;
  (void) state;
  fill_varied_real(1, N, theta);
  for (size_t i = 0; i < N; i++) mean[i] = (double) theta[i];
  CHECK_OK(bgen_ema_create(N, 0.8, theta, &ema));
  for (size_t step = 1; step <= STEPS; step++) {
    fill_varied_real(1 + step, N, theta);
    bgen_ema_follow(ema, theta);
    reference(0.8, step, theta, N, mean);
  }
  memcpy(before, theta, sizeof theta);
  bgen_ema_swap(ema, theta);
  for (size_t i = 0; i < N; i++) CHECK_CLOSE((double) theta[i], mean[i], tolerance);
  bgen_ema_swap(ema, theta);
  CHECK_SAME(N, theta, before);
  bgen_ema_destroy(ema);
}

/* the parameters of each step go on as if there were no average, which follows them */
static void test_trainer(void **state)
{
  enum { DIM = 4, BATCH = 32 };
  bgen_flow *flow[2];
  bgen_trainer *trainer[2];
  bgen_train_options options = bgen_train_defaults();
  bgen_train_report report;
  double x[BATCH * DIM], mean[400];
  (void) state;
  options.batch_data = BATCH, options.lr = options.lr_end = 1e-2;
  for (int k = 0; k < 2; k++) {
    flow[k] = make_flow("realnvp blocks 1 width 4 depth 1", (bgen_layout){2, 2}, 3, 0.1);
    options.ema = k ? 0.9 : 0;
    CHECK_OK(bgen_trainer_create(flow[k], &options, &trainer[k]));
  }
  const size_t n = flow[0]->map->n_params;
  assert_true(n <= 400);
  for (size_t i = 0; i < n; i++) mean[i] = (double) flow[0]->theta[i];
  for (size_t step = 1; step <= 20; step++) {
    fill_frames(step, BATCH, DIM, x);
    for (int k = 0; k < 2; k++)
      CHECK_OK(bgen_trainer_step(trainer[k], &(bgen_train_batch){x, NULL, NULL}, &report));
    reference(0.9, step, flow[0]->theta, n, mean);
  }
  CHECK_SAME(n, flow[0]->theta, flow[1]->theta);
  for (int k = 0; k < 2; k++) bgen_trainer_swap_mean(trainer[k]);
  for (size_t i = 0; i < n; i++) CHECK_CLOSE((double) flow[1]->theta[i], mean[i], tolerance);
  bgen_trainer_swap_mean(trainer[1]);
  CHECK_SAME(n, flow[0]->theta, flow[1]->theta); /* that of the first had none to swap */
  for (int k = 0; k < 2; k++) bgen_trainer_destroy(trainer[k]), bgen_flow_destroy(flow[k]);
}

static void test_recipe(void **state)
{
  (void) state;
  CHECK_CLOSE(bgen_recipe_ml(2999), 0.03, 0);
  CHECK_CLOSE(bgen_recipe_ml(3000), 0.1, 0);
  assert_true(bgen_recipe_rate(2999) == 1e-3 && bgen_recipe_rate(3000) == 5e-4);
  CHECK_CLOSE(bgen_recipe_cap(4, (double[]){1, INFINITY, 4, NAN}, 10), 12.5, 0);
  assert_true(bgen_recipe_cap(1, (double[]){NAN}, 10) == INFINITY);
  assert_true(bgen_recipe_ml_steps(2999) == 100 && bgen_recipe_ml_steps(3000) == 250);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_formula), cmocka_unit_test(test_trainer),
                                     cmocka_unit_test(test_recipe)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
