/* SPDX-License-Identifier: GPL-2.0-or-later
   Harmonic crystals and bodies, whose covariance is known: how far is what is fitted to a few
   frames from it?  KL(p|q) of two normal distributions is a closed form. */
#include "model/gaussian.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "coords/site_symmetry.h"
#include "crystals.h"
#include "fixture.h"
#include "model/hessian.h"
#include "model/shapes.h"

/* u = d H d / 2 of displacements d from the sites, in coordinates of some kind */
typedef struct solid {
  crystal of;
  bgen_coords coords;
  bgen_pose *pose; /* about the sites */
  bgen_generator *g;
  bgen_workspace *w;
  size_t dim, d;
  double *hessian;   /* [dim][dim] */
  double *vectors;   /* [d][d] of the Hessian of shapes, */
  double *curvature; /* [d], ascending */
} solid;

static void create_generator(solid *s)
{
  static const char *const names[] = {"a"};
  const bgen_generator_options options = {.layout = s->of.layout,
                                          .coords = s->coords,
                                          .spec = "whiten",
                                          .n_components = 1,
                                          .names = names,
                                          .seed = 3};
  CHECK_OK(bgen_generator_create(&options, &s->g));
  CHECK_OK(bgen_workspace_create(s->g, 1, &s->w));
}

/* vectors = B^T H B, then its eigenvectors */
static void diagonalize(solid *s)
{
  double *half = lend(s->dim * s->d * sizeof *half), *row = lend(s->dim * sizeof *row);
  for (size_t i = 0; i < s->dim; i++) {
    memcpy(row, s->hessian + i * s->dim, s->dim * sizeof *row);
    bgen_pose_project(s->pose, row, half + i * s->d);
  }
  for (size_t j = 0; j < s->d; j++) {
    for (size_t i = 0; i < s->dim; i++) row[i] = half[i * s->d + j];
    bgen_pose_project(s->pose, row, s->vectors + j * s->d);
  }
  CHECK_OK(bgen_symmetric_eigen(s->d, s->vectors, s->curvature));
  assert_true(s->curvature[0] > 0.01 * s->curvature[s->d - 1]);
}

static solid make_solid(const crystal *of, bgen_coords coords, double within, double k)
{
  solid s = {.of = *of, .coords = coords, .dim = 3 * of->layout.n_particles};
  s.d = bgen_shape_size(&of->layout, coords);
  CHECK_OK(bgen_pose_create(&of->layout, coords, of->site, &s.pose));
  s.hessian = lend(s.dim * s.dim * sizeof *s.hessian);
  s.vectors = lend(s.d * s.d * sizeof *s.vectors);
  s.curvature = lend(s.d * sizeof *s.curvature);
  spring_hessian(of, within, k, s.hessian);
  if (coords == BGEN_CARTESIAN) /* and tethers, so that there is a width */
    for (size_t j = 0; j < s.dim; j++) s.hessian[j * s.dim + j] += k / 4;
  if (coords == BGEN_CARTESIAN) {
    memcpy(s.vectors, s.hessian, s.dim * s.dim * sizeof *s.hessian);
    CHECK_OK(bgen_symmetric_eigen(s.d, s.vectors, s.curvature));
  } else
    diagonalize(&s);
  create_generator(&s);
  return s;
}

static void free_solid(solid *s)
{
  bgen_pose_destroy(s->pose);
  bgen_workspace_destroy(s->w);
  bgen_generator_destroy(s->g);
  give_back();
}

/* Exact frames first ... first + n - 1, placed where the sites are: x[n][dim]. The root of their
   covariance is symmetric, whichever eigenvectors of one curvature LAPACK chooses. */
static void fill_exact(const solid *s, uint64_t first, size_t n, double *x)
{
  const bgen_placement home = bgen_pose_home(s->pose);
  double *normal = lend(3 * s->d * sizeof *normal), *mode = normal + s->d, *shape = mode + s->d,
         *work = lend(s->dim * sizeof *work);
  for (size_t i = 0; i < n; i++) {
    bgen_rng rng = bgen_rng_at(77, BGEN_STREAM_TEST, first + i);
    bgen_rng_normals(&rng, s->d, normal);
    for (size_t k = 0; k < s->d; k++) {
      mode[k] = 0;
      for (size_t j = 0; j < s->d; j++) mode[k] += s->vectors[j * s->d + k] * normal[j];
      mode[k] /= sqrt(s->curvature[k]);
    }
    for (size_t j = 0; j < s->d; j++) {
      shape[j] = 0;
      for (size_t k = 0; k < s->d; k++) shape[j] += s->vectors[j * s->d + k] * mode[k];
    }
    if (s->coords == BGEN_CARTESIAN)
      for (size_t j = 0; j < s->dim; j++) x[i * s->dim + j] = s->of.site[j] + shape[j];
    else
      bgen_pose_from_shape(s->pose, &home, shape, work, x + i * s->dim);
  }
}

/* KL(p|q) = (|S_p S_q^-1|^2 + |(m_p - m_q) S_q^-1|^2 - d) / 2 + ln det S_q - ln det S_p,
   p that of the solid and q the flow, whose S q stands in its fitted numbers.  Crystals alone:
   there the basis of shapes does not depend on the reference. */
static double divergence(const solid *s)
{
  const size_t d = s->d, rows = bgen_padded_rows(d);
  const double *fitted = bgen_generator_flow(s->g, 0)->fitted, *inverse = fitted + d + 1 + d * d;
  double *root = lend((rows + BGEN_ROW_BLOCK) * d * sizeof *root),
         *out = lend((rows + BGEN_ROW_BLOCK) * d * sizeof *out), sum = fitted[d];
  memset(root, 0, (rows + BGEN_ROW_BLOCK) * d * sizeof *root);
  for (size_t k = 0; k < d; k++) {
    for (size_t j = 0; j < d; j++) root[k * d + j] = s->vectors[j * d + k] / sqrt(s->curvature[k]);
    sum += 0.5 * log(s->curvature[k]) - 0.5;
  }
  double *mean = root + rows * d;
  bgen_generator_to_shapes(s->g, s->w, 0, 1, s->of.site, mean);
  for (size_t j = 0; j < d; j++) mean[j] -= fitted[j];
  bgen_rows_times_double(rows + BGEN_ROW_BLOCK, d, d, root, inverse, out);
  for (size_t j = 0; j < (rows + 1) * d; j++) sum += 0.5 * out[j] * out[j];
  return sum;
}

/* fits the generator's reference and flow as it is without this module, whose KL is *plain unless
   that is NULL, then with it */
static bgen_gaussian_report fit_and_compare(const solid *s, bgen_gaussian_kind kind,
                                            const double *hessian, uint64_t first, size_t n,
                                            double *plain)
{
  double *x = lend(n * s->dim * sizeof *x), *reference = lend(s->dim * sizeof *x);
  const bgen_gaussian_options options = {kind, s->of.kinds, s->of.lattice, hessian};
  bgen_gaussian_report report;
  fill_exact(s, first, n, x);
  CHECK_OK(bgen_generator_mean_reference(s->g, s->w, n, x, reference));
  CHECK_OK(bgen_generator_fit(s->g, s->w, 0, reference, n, x));
  if (plain) *plain = divergence(s);
  CHECK_OK(bgen_generator_fit_gaussian(s->g, s->w, 0, &options, n, x, &report));
  return report;
}

static bgen_gaussian_report fit(const solid *s, bgen_gaussian_kind kind, const double *hessian,
                                uint64_t first, size_t n)
{
  return fit_and_compare(s, kind, hessian, first, n, NULL);
}

/* ---- how far ---- */

/* The average of N(0, C) over its symmetry has as many free numbers as there are symmetric matrices
   with P A P^T = A: the mean of (chi^2 + chi(P^2)) / 2 over all P, chi its trace among shapes. */
static double free_numbers(const solid *s)
{
  const size_t n = s->of.layout.n_particles;
  bgen_site_symmetry *sites = NULL;
  size_t order[MOST_SITES];
  double m[9], sum = 0;
  CHECK_OK(bgen_site_symmetry_create(&s->of.layout, s->of.kinds, &s->of.lattice, s->of.site, 1e-6,
                                     &sites));
  const size_t n_all =
      bgen_site_symmetry_n_translations(sites) * bgen_site_symmetry_n_points(sites);
  for (size_t i = 0; i < n_all; i++) {
    double still = -1, again = -1, trace, of_square = 0; /* less the centre */
    bgen_site_symmetry_motion(sites, i, order, m);
    trace = m[0] + m[4] + m[8];
    for (size_t a = 0; a < 9; a++) of_square += m[a] * m[a % 3 * 3 + a / 3];
    for (size_t j = 0; j < n; j++) still += order[j] == j, again += order[order[j]] == j;
    sum += 0.5 * (trace * trace * still * still + of_square * again) / (double) n_all;
  }
  bgen_site_symmetry_destroy(sites);
  return sum;
}

/* The noise of P free numbers costs P / (2 n): 2 n KL is a chi square of P.  Fourth orders add some
   P / n of it, hence 5 standard errors of 10 fits and a tenth. */
static void test_cost_of_noise(void **state)
{
  enum { N = 400, FITS = 10 };
  crystal c;
  average plain = {0}, symmetric = {0};
  (void) state;
  make_fcc(2, &c);
  solid s = make_solid(&c, BGEN_CRYSTAL, 0.8, 50);
  const double d = (double) s.d, free = free_numbers(&s);
  for (uint64_t i = 0; i < FITS; i++) {
    double kl;
    bgen_gaussian_report report = fit_and_compare(&s, BGEN_GAUSSIAN_SYMMETRIC, NULL, i * N, N, &kl);
    assert_int_equal(report.n_translations, 32);
    assert_int_equal(report.n_points, 48);
    average_add(&symmetric, 2 * N * divergence(&s));
    average_add(&plain, kl);
  }
  const double wishart = d * (d + 1) / 4 / N;
  printf("fcc 32, %d frames: KL %.2f of frames (first order %.2f); symmetric %.5f (%.0f numbers: "
         "%.5f)\n",
         N, plain.value, wishart, symmetric.value / 2 / N, free, free / 2 / N);
  assert_true(plain.value > wishart);
  CHECK_CLOSE(symmetric.value, free, 0.1 * free + 5 * sqrt(2 * free / FITS));
  free_solid(&s);
}

/* what the Hessian of an exact crystal gives is exact but for where the mean is */
static const double *find_hessian(const solid *s, const double *x, size_t n, bgen_hessian **h,
                                  size_t *n_calls)
{
  bgen_wanted wanted;
  CHECK_OK(bgen_hessian_create(s->g, s->w, 0, n, x, h));
  double *grad = lend(2 * s->dim * sizeof *grad), u[2];
  for (*n_calls = 0;; *n_calls += wanted.n) {
    CHECK_OK(bgen_hessian_next(*h, &wanted));
    if (!wanted.n) return bgen_hessian_matrix(*h);
    for (size_t i = 0; i < wanted.n; i++) {
      const double *at = wanted.x + i * s->dim;
      u[i] = 0;
      for (size_t j = 0; j < s->dim; j++) {
        double *g = &grad[i * s->dim + j];
        *g = 0;
        for (size_t k = 0; k < s->dim; k++)
          *g += s->hessian[j * s->dim + k] * (at[k] - s->of.site[k]);
        u[i] += 0.5 * *g * (at[j] - s->of.site[j]);
      }
    }
    CHECK_OK(bgen_hessian_arrive(*h, u, grad));
  }
}

static void test_hessian_is_exact(void **state)
{
  enum { N = 50, FITS = 9 };
  static double x[N * 96];
  (void) state;
  for (int coords = BGEN_CARTESIAN; coords <= BGEN_CRYSTAL; coords++) {
    crystal c;
    bgen_hessian *h = NULL;
    size_t n_calls;
    make_fcc(2, &c);
    solid s = make_solid(&c, (bgen_coords) coords, 0.8, 50);
    fit(&s, BGEN_GAUSSIAN_FRAMES, NULL, 0, N);
    fill_exact(&s, 0, N, x);
    const double *found = find_hessian(&s, x, N, &h, &n_calls);
    assert_int_equal(n_calls, 2 * s.d);
    for (size_t i = 0; i < s.d; i++)
      for (size_t j = 0; j < s.d; j++) {
        double exact = 0;
        for (size_t k = 0; k < s.d; k++)
          exact += s.vectors[i * s.d + k] * s.curvature[k] * s.vectors[j * s.d + k];
        CHECK_CLOSE(found[i * s.d + j], exact, 1e-9 * s.curvature[s.d - 1]);
      }
    /* fewer frames than coordinates, and still all but exact; also too few to compare anything */
    size_t n_high = 0; /* ten held-out frames alone can err */
    for (size_t i = 0; i < FITS; i++) {
      const double share = fit(&s, BGEN_GAUSSIAN_HESSIAN, found, i * N, N).share;
      n_high += share >= 0.9 && share <= 1;
    }
    bgen_gaussian_report report = fit(&s, BGEN_GAUSSIAN_HESSIAN, found, 0, N);
    printf(
        "fcc 32, %d frames, %zu energies: KL %.4f, share of the Hessian from 0.9 on in %zu of %d\n",
        N, n_calls, divergence(&s), n_high, FITS);
    assert_true(2 * n_high > FITS);
    /* a centre adds tethers, whose mean has noise */
    CHECK_WITHIN(divergence(&s), -1e-9, coords == BGEN_CRYSTAL ? 0.02 : 0.1);
    report = fit(&s, BGEN_GAUSSIAN_HESSIAN, found, 0, 5);
    assert_true(report.share == 1 && report.n_held_out == 0);
    bgen_hessian_destroy(h);
    free_solid(&s);
  }
}

/* second differences of ln J and of the energy, for a body that turns */
static double energy_of_shape(const solid *s, const double *shape)
{
  double x[12], u = 0, work[24];
  bgen_generator_from_shapes(s->g, s->w, 0, 1, shape, x);
  for (size_t i = 0; i < s->dim; i++)
    for (size_t j = 0; j < s->dim; j++)
      u += 0.5 * s->hessian[i * s->dim + j] * (x[i] - s->of.site[i]) * (x[j] - s->of.site[j]);
  bgen_pose *pose = NULL;
  CHECK_OK(bgen_pose_create(&s->of.layout, s->coords, bgen_generator_reference(s->g, 0), &pose));
  u -= bgen_pose_log_jacobian(pose, shape, work);
  bgen_pose_destroy(pose);
  return u;
}

static crystal tetrahedron(void)
{
  crystal c = {.layout = {4, 3}};
  for (size_t i = 0; i < 4; i++)
    for (size_t a = 0; a < 3; a++) c.site[3 * i + a] = i == 0 || i == a + 1 ? 0.7 : -0.7;
  return c;
}

static void test_hessian_of_a_body(void **state)
{
  enum { N = 200, D = 6 };
  double x[N * 12], shape[N * D], mean[D] = {0}, at[D];
  bgen_hessian *h = NULL;
  size_t n_calls;
  const crystal c = tetrahedron();
  solid s = make_solid(&c, BGEN_ALIGNED, 3, 30);
  (void) state;
  fit(&s, BGEN_GAUSSIAN_FRAMES, NULL, 0, N);
  fill_exact(&s, 0, N, x);
  for (size_t i = 0; i < N; i++) {
    double folded[12];
    bgen_generator_fold(s.g, s.w, 0, x + 12 * i, folded);
    memcpy(x + 12 * i, folded, sizeof folded);
  }
  const double *found = find_hessian(&s, x, N, &h, &n_calls);
  bgen_generator_to_shapes(s.g, s.w, 0, N, x, shape);
  for (size_t j = 0; j < N * D; j++) mean[j % D] += shape[j] / N;
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < D; j++) {
      const double step = 1e-3;
      double sum = 0;
      for (int corner = 0; corner < 4; corner++) {
        memcpy(at, mean, sizeof at);
        at[i] += corner & 1 ? step : -step;
        at[j] += corner & 2 ? step : -step;
        sum += (corner == 0 || corner == 3 ? 1 : -1) * energy_of_shape(&s, at);
      }
      /* 1e-15 of a sum of 1 over step^2, and step^2 of fourth derivatives */
      CHECK_CLOSE(found[i * D + j], sum / (4 * step * step), 1e-3 * s.curvature[D - 1]);
    }
  bgen_hessian_destroy(h);
  free_solid(&s);
}

/* ---- what is taken ---- */

/* 1000 frames of 765 coordinates */
static void test_few_frames_of_many_coordinates(void **state)
{
  enum { N = 1000 };
  crystal c;
  (void) state;
  make_fcc(4, &c);
  solid s = make_solid(&c, BGEN_CRYSTAL, 0.8, 50);
  double plain;
  bgen_gaussian_report report = fit_and_compare(&s, BGEN_GAUSSIAN_AUTO, NULL, 0, N, &plain);
  const double found = divergence(&s), free = free_numbers(&s);
  printf("fcc 256, %d frames: KL %.1f of frames; %s %.4f (%.0f numbers: %.4f); held-out log q %.2f "
         "%.2f %.2f\n",
         N, plain, bgen_gaussian_name(report.taken), found, free, free / 2 / N, report.log_q[0],
         report.log_q[1], report.log_q[2]);
  assert_int_equal(report.n_translations, 256);
  assert_int_equal(report.n_points, 48);
  assert_true(report.taken != BGEN_GAUSSIAN_FRAMES && plain > 300);
  CHECK_WITHIN(found, 0, 0.2);
  free_solid(&s);
}

static void test_choice(void **state)
{
  (void) state;
  crystal c = tetrahedron();
  for (size_t i = 0; i < 12; i++) c.site[i] += 0.4 * varied(4, i); /* no symmetry */
  solid s = make_solid(&c, BGEN_ALIGNED, 3, 2000);
  bgen_gaussian_report report = fit(&s, BGEN_GAUSSIAN_AUTO, NULL, 0, 20000);
  assert_int_equal(report.n_points, 1);
  assert_int_equal(report.n_held_out, 4000);
  assert_true(report.taken == BGEN_GAUSSIAN_FRAMES ||
              report.log_q[BGEN_GAUSSIAN_SHRUNK] - report.log_q[0] < 1e-3);
  report = fit(&s, BGEN_GAUSSIAN_AUTO, NULL, 0, 12); /* 10 to fit 27 numbers to */
  assert_int_equal(report.taken, BGEN_GAUSSIAN_SHRUNK);
  CHECK_WITHIN(report.share, 0.01, 1);
  report = fit(&s, BGEN_GAUSSIAN_AUTO, NULL, 0, 9);
  assert_int_equal(report.taken, BGEN_GAUSSIAN_FRAMES);
  assert_int_equal(report.n_held_out, 0);
  free_solid(&s);
  c = tetrahedron();
  s = make_solid(&c, BGEN_ALIGNED, 3, 2000);
  report = fit(&s, BGEN_GAUSSIAN_AUTO, NULL, 0, 50);
  assert_int_equal(report.n_points, 24);
  assert_true(report.taken != BGEN_GAUSSIAN_FRAMES);
  free_solid(&s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cost_of_noise),
      cmocka_unit_test(test_hessian_is_exact),
      cmocka_unit_test(test_hessian_of_a_body),
      cmocka_unit_test(test_few_frames_of_many_coordinates),
      cmocka_unit_test(test_choice),
  };
  bgen_blas_threads(1);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
