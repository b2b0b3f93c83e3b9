/* SPDX-License-Identifier: GPL-2.0-or-later
   Two threads, each with a workspace, use one generator at once, under the thread sanitizer:
   nothing that they write is shared, and each gets the bits that it would get alone.

     test_threads          must end well
     test_threads shared   the control: one workspace for both, which the sanitizer must see */
#include <pthread.h>
#include <string.h>

#include "base/linalg.h"
#include "fixture.h"
#include "sample/annealed_move.h"
#include "sample/proposal.h"

enum { POINTS = 70, DIM = 6, ROUNDS = 3, SEED = 91, STEPS = 2 };

/* All that a thread finds, of sizes that do not depend on it. */
typedef struct findings {
  double x[POINTS * DIM], log_q[POINTS], of_one[POINTS], grad[POINTS * DIM];
  double z[POINTS * DIM], log_det[POINTS], near[DIM], log_ratio[2], transferred[DIM], work;
  size_t likeliest, to;
} findings;

typedef struct worker {
  const bgen_generator *g;
  bgen_workspace *w;
  double temperature;
  bgen_status status; /* the worst of all */
  findings found;
} worker;

static double energy(const double *x, double *grad)
{
  double u = 0;
  for (size_t j = 0; j < DIM; j++) {
    u += 0.5 * x[j] * x[j];
    grad[j] = x[j];
  }
  return u;
}

static void expect(worker *k, bgen_status status)
{
  if (status) k->status = status;
}

static void ask_densities(worker *k)
{
  const bgen_generator *g = k->g;
  const double T = k->temperature;
  findings *f = &k->found;
  bgen_draw draw[POINTS];
  expect(k, bgen_generator_sample(g, k->w, T, SEED, BGEN_STREAM_SAMPLE, 0, POINTS, f->x, draw));
  bgen_generator_reflect(g, SEED, BGEN_STREAM_MIRROR, 1, f->x);
  expect(k, bgen_generator_log_q(g, k->w, T, POINTS, f->x, f->log_q));
  expect(k,
         bgen_generator_log_q_component_gradient(g, k->w, 1, T, POINTS, f->x, f->of_one, f->grad));
  expect(k, bgen_generator_likeliest(g, k->w, T, f->x, &f->likeliest));
  expect(k, bgen_generator_latent(g, k->w, 0, POINTS, f->x, f->z, f->log_det));
}

static void ask_proposals(worker *k)
{
  findings *f = &k->found;
  expect(k, bgen_near(k->g, k->w, k->temperature, SEED, 0.3, 5, f->x, f->near, &f->log_ratio[0]));
  expect(k, bgen_transfer(k->g, k->w, k->temperature, SEED, 6, f->x, f->transferred,
                          &f->log_ratio[1], &f->to));
}

static void ask_a_path(worker *k)
{
  static const double variance[DIM] = {1, 1, 1, 1, 1, 1}, lambda[STEPS + 1] = {0, 0.5, 1};
  double grad[DIM], grad_there[DIM];
  const bgen_annealed_way way = {BGEN_START_ANY, STEPS, false, false};
  bgen_annealed_move *move = NULL;
  bgen_wanted wanted = {0, NULL, false};
  expect(k, bgen_annealed_move_create(k->g, k->w, &way, &move));
  if (k->status) return;
  const bgen_annealed_attempt attempt = {.temperature = k->temperature,
                                         .dynamics = {0.1, 0.4, variance},
                                         .lambda = lambda,
                                         .seed = SEED,
                                         .number = 7,
                                         .x = k->found.x,
                                         .grad_u = grad,
                                         .u = energy(k->found.x, grad)};
  bgen_annealed_move_begin(move, &attempt);
  expect(k, bgen_annealed_move_next(move, &wanted));
  while (wanted.n && !k->status) {
    const double u = energy(wanted.x, grad_there);
    expect(k, bgen_annealed_move_arrive(move, &u, grad_there));
    expect(k, bgen_annealed_move_next(move, &wanted));
  }
  k->found.work = bgen_annealed_move_result(move).work;
  bgen_annealed_move_destroy(move);
}

static void *work(void *of)
{
  worker *k = of;
  for (size_t round = 0; round < ROUNDS; round++) {
    ask_densities(k);
    ask_proposals(k);
    ask_a_path(k);
  }
  return NULL;
}

static bgen_generator *make(void)
{
  static const int species[3] = {0, 0, -1};
  return make_generator((bgen_layout){3, 2}, (symmetry){species, 1, {{0, 0}}}, 2,
                        "whiten; realnvp blocks 2 width 8; nsf blocks 1 width 8; mixture modes 2",
                        0.2);
}

static void run_together(worker *a, worker *b)
{
  pthread_t thread[2];
  assert_int_equal(pthread_create(&thread[0], NULL, work, a), 0);
  assert_int_equal(pthread_create(&thread[1], NULL, work, b), 0);
  for (size_t i = 0; i < 2; i++) assert_int_equal(pthread_join(thread[i], NULL), 0);
}

static void test_two_threads(void **state)
{
  static worker of[4]; /* two together, at two temperatures, then each alone */
  bgen_generator *g = make();
  (void) state;
  for (size_t i = 0; i < 4; i++)
    of[i] = (worker){.g = g, .w = make_workspace(g, 1), .temperature = i % 2 ? 1.5 : 1};
  run_together(&of[0], &of[1]);
  work(&of[2]), work(&of[3]);
  for (size_t i = 0; i < 4; i++) {
    CHECK_OK(of[i].status);
    bgen_workspace_destroy(of[i].w);
  }
  CHECK_SAME(1, &of[0].found, &of[2].found);
  CHECK_SAME(1, &of[1].found, &of[3].found);
  assert_true(memcmp(&of[0].found, &of[1].found, sizeof of[0].found) != 0);
  bgen_generator_destroy(g);
}

/* what must not be done */
static void share_a_workspace(void)
{
  static worker of[2];
  bgen_generator *g = make();
  bgen_workspace *w = make_workspace(g, 1);
  for (size_t i = 0; i < 2; i++) of[i] = (worker){.g = g, .w = w, .temperature = 1};
  run_together(&of[0], &of[1]);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_threads)};
  bgen_blas_threads(1);
  if (argc > 1 && !strcmp(argv[1], "shared")) share_a_workspace();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
