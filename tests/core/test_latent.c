/* SPDX-License-Identifier: GPL-2.0-or-later
   Bodies seen from latent space: there and back, and the gradient of their energies. */
#include "model/latent.h"

#include <math.h>
#include <string.h>

#include "bodies.h"
#include "fixture.h"

enum { N = 12 };

/* x[N][dim] as it may come: elsewhere, turned, in another order */
static void fill_bodies(const world *v, double *x)
{
  for (size_t i = 0; i < N; i++) fill_exact(v, i, x + i * v->dim);
}

static bgen_views *make_views(const world *v)
{
  bgen_views *views = NULL;
  CHECK_OK(bgen_views_create(v->g, N, &views));
  return views;
}

/* rounding of a superposition and of a flow there and back */
static void check_round_trip(world *v, size_t k)
{
  double x[N * MOST_OF_BODY], again[N * MOST_OF_BODY], z[N * MOST_OF_BODY], log_det[N], back[N];
  bgen_views *views = make_views(v);
  fill_bodies(v, x);
  CHECK_OK(bgen_latent_find(v->g, v->w, k, N, x, views, z, log_det));
  CHECK_OK(bgen_latent_bodies(v->g, v->w, k, N, views, z, again, back));
  for (size_t i = 0; i < N; i++) CHECK_CLOSE(back[i], log_det[i], 1e-9);
  for (size_t j = 0; j < N * v->dim; j++) CHECK_CLOSE(again[j], x[j], 1e-9);
  bgen_views_destroy(views);
}

/* log q_k(x) = log p(z) - log_det */
static void check_log_q(world *v, size_t k)
{
  double x[N * MOST_OF_BODY], z[N * MOST_OF_BODY], unused[N * MOST_OF_BODY], log_det[N], log_p[N],
      log_q[N];
  bgen_views *views = make_views(v);
  fill_bodies(v, x);
  CHECK_OK(bgen_latent_find(v->g, v->w, k, N, x, views, z, log_det));
  bgen_latent_log_p(v->g, k, 1.3, N, z, log_p, unused);
  CHECK_OK(bgen_generator_log_q_component(v->g, v->w, k, 1.3, N, x, log_q));
  for (size_t i = 0; i < N; i++) CHECK_CLOSE(log_p[i] - log_det[i], log_q[i], 1e-9);
  bgen_views_destroy(views);
}

/* w of z, all of them; NaN outside */
static void energies(world *v, size_t k, const bgen_views *views, const double *z, double *w,
                     double *grad_u)
{
  double x[N * MOST_OF_BODY], log_det[N];
  CHECK_OK(bgen_latent_bodies(v->g, v->w, k, N, views, z, x, log_det));
  for (size_t i = 0; i < N; i++)
    w[i] = energy_of_body(v, x + i * v->dim, grad_u + i * v->dim) - log_det[i];
}

/* by four values in each direction, which leave 1e-8 of a series out; float networks round */
static size_t check_gradient(world *v, size_t k)
{
  const size_t size = bgen_generator_n_shape(v->g);
  const double h = DOUBLE_NETWORKS ? 1e-3 : 1e-2, tolerance = DOUBLE_NETWORKS ? 1e-7 : 2e-2;
  const double at[4] = {-2 * h, -h, h, 2 * h};
  double x[N * MOST_OF_BODY], z[N * MOST_OF_BODY], grad_u[N * MOST_OF_BODY],
      unused[N * MOST_OF_BODY], grad[N * MOST_OF_BODY], w[4][N];
  size_t n_checked = 0;
  bgen_views *views = make_views(v);
  fill_bodies(v, x);
  CHECK_OK(bgen_latent_find(v->g, v->w, k, N, x, views, z, w[0]));
  energies(v, k, views, z, w[0], grad_u);
  CHECK_OK(bgen_latent_gradient(v->g, v->w, k, N, views, z, grad_u, grad));
  for (size_t j = 0; j < size; j++) {
    double moved[N * MOST_OF_BODY];
    for (size_t m = 0; m < 4; m++) {
      memcpy(moved, z, sizeof z);
      for (size_t i = 0; i < N; i++) moved[i * size + j] += at[m];
      energies(v, k, views, moved, w[m], unused);
    }
    for (size_t i = 0; i < N; i++) {
      const double f[4] = {w[0][i], w[1][i], w[2][i], w[3][i]}, slope = slope_of(f, h);
      if (isnan(slope)) continue; /* the border of the domain is near */
      CHECK_CLOSE(grad[i * size + j], slope, tolerance * (1 + fabs(slope)));
      n_checked++;
    }
  }
  bgen_views_destroy(views);
  return n_checked;
}

static void test_bodies(void **state)
{
  (void) state;
  for (size_t s = 0; s < N_BODY_SCENES; s++) {
    world v = make_world(s);
    size_t n_checked = 0;
    for (size_t k = 0; k < v.of.n_components; k++) {
      check_round_trip(&v, k);
      check_log_q(&v, k);
      n_checked += check_gradient(&v, k);
    }
    assert_true(n_checked > N * bgen_generator_n_shape(v.g) * v.of.n_components / 2);
    free_world(&v);
  }
}

static void test_views_follow(void **state)
{
  static const size_t order[N] = {5, 5, 0, 1, 2, 3, 4, 11, 10, 9, 8, 7};
  double x[N * MOST_OF_BODY], again[N * MOST_OF_BODY], z[N * MOST_OF_BODY], moved[N * MOST_OF_BODY],
      log_det[N];
  world v = make_world(7); /* identical, in space, two components */
  const size_t size = bgen_generator_n_shape(v.g);
  bgen_views *views = make_views(&v);
  (void) state;
  fill_bodies(&v, x);
  CHECK_OK(bgen_latent_find(v.g, v.w, 1, N, x, views, z, log_det));
  for (size_t i = 0; i < N; i++) memcpy(moved + i * size, z + order[i] * size, size * sizeof *z);
  bgen_views_follow(views, N, order);
  CHECK_OK(bgen_latent_bodies(v.g, v.w, 1, N, views, moved, again, log_det));
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < v.dim; j++)
      CHECK_CLOSE(again[i * v.dim + j], x[order[i] * v.dim + j], 1e-9);
  bgen_views_destroy(views);
  free_world(&v);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_bodies),
                                     cmocka_unit_test(test_views_follow)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
