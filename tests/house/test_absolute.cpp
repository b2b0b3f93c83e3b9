/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_absolute.cpp - "bgen ID free_energy absolute" of a crystal, a free body and a confined one
   whose partition functions are known: exact frames, no LAMMPS.  Values may be off by 5 errors. */

#include "double_well.h"
#include "known_body.h"

#include <filesystem>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

static constexpr double PI = 3.14159265358979323846, SIDE = KnownBody::SIDE;

static void check(KnownBody &body, const std::string &words, const std::string &what, double exact)
{
  if (!body.act("table table.dat " + words))
    fail_msg("%s: %s", words.c_str(), body.sentence.c_str());
  const bgen_estimate of = result_in("table.dat", what);
  if (!(std::fabs(of.value - exact) <= 5 * of.error + 1e-5 && of.error > 0 && of.error < 0.05))
    fail_msg("%s is %.6f +- %.6f, expected %.6f", what.c_str(), of.value, of.error, exact);
}

static void refused(KnownBody &body, const std::string &words, const std::string &sentence)
{
  assert_false(body.act(words));
  if (body.sentence.find(sentence) == std::string::npos)
    fail_msg("'%s' says: %s", words.c_str(), body.sentence.c_str());
}

/* ---- a ring of three particles joined by springs: three equal translations ---- */

static constexpr double SPRING = 9.0;

static double ring_energy(const double *x, double *grad, double tether)
{
  double u = 0.0;
  for (int i = 0; i < 3; i++) grad[i] = tether * x[i], u += 0.5 * tether * x[i] * x[i];
  for (int i = 0; i < 3; i++) {
    const int k = (i + 1) % 3;
    const double apart = x[k] - x[i] + (k == 0 ? SIDE : 0.0) - SIDE / 3.0;
    u += 0.5 * SPRING * apart * apart;
    grad[k] += SPRING * apart;
    grad[i] -= SPRING * apart;
  }
  return u;
}

static void draw_ring(bgen_rng &rng, double *x)
{
  double n[4];
  bgen_rng_normals(&rng, 4, n);
  for (int i = 0; i < 3; i++)
    x[i] = 30 * n[3] + i * SIDE / 3 + (n[i] - (n[0] + n[1] + n[2]) / 3) / std::sqrt(3 * SPRING);
}

static KnownBody ring(const std::string &coords, double tether = 0.0)
{
  return KnownBody(3, coords, draw_ring, [tether](const double *x, double *grad) {
    return ring_energy(x, grad, tether);
  });
}

/* Z_shape = 2 pi / (3 k), the square root of N for the center in one dimension */
static void test_crystal(void **)
{
  KnownBody body(ring("crystal x"));
  const double at_placement = -std::log(std::sqrt(3.0) * 2 * PI / (3 * SPRING));
  const double F = at_placement - std::log(SIDE / 3) + 3 * std::log(0.7);
  check(body, "absolute length 0.7", "F_abs(all)", F);
  check(body, "absolute length 0.7", "F_abs/N(all)", F / 3);
  check(body, "absolute length 0.7", "F(all)", at_placement);
  for (const char *line :
       {"absolute F of basin all, crystal of 3 atoms, in kT, T = 1, kT = 1, by BAR",
        "F with the center of mass at one place", "V = 6", "n = 3 lattice translations",
        "3 ln L: unit of length L = 0.7", "F per atom = "})
    expect_says("it", body.host.printed, line);
  check(body, "absolute length 0.7 lattice 1", "F_abs(all)", F - std::log(3.0));
  check(body, "absolute length 0.7 volume 12 pressure 0.5", "G(all)", F - std::log(2.0) + 6.0);
  check(body, "absolute wavelength 2.5", "F_abs(all)",
        F + 3 * std::log(2.5 / std::sqrt(2 * PI) / 0.7));
  refused(body, "absolute wavelength", "units lj have no Planck constant");
  refused(body, "volume 3", "volume needs the keyword absolute");
  refused(body, "absolute length 1 symmetry 2", "need coords aligned");
  body.host.cube.length = 0.0;
  refused(body, "absolute length 1", "shrink-wrapped");
}

/* paths both ways; of a flow that is 30 times too wide the samples alone do not tell */
static void test_paths(void **)
{
  const double F = -std::log(2 * PI / (3 * SPRING) * std::sqrt(3.0) * SIDE / 3);
  KnownBody good(ring("crystal x"));
  check(good, "absolute length 1 by paths 400 10 5", "F_abs(all)", F);
  expect_says("it", good.host.printed, "by BAR of 400 and ");
  assert_true(good.act("absolute length 1 by auto 0.5"));
  expect_says("it", good.host.printed, "kT = 1, by BAR\n");
  refused(good, "temperatures 1 2 absolute length 1 by auto 0.5", "remove temperatures");

  int n_drawn = 0;
  KnownBody wide(
      3, "crystal x",
      [&](bgen_rng &rng, double *x) {
        draw_ring(rng, x);
        const double centre = (x[0] + x[1] + x[2]) / 3;
        for (int i = 0; n_drawn < KnownBody::N_TRAIN && i < 3; i++) {
          const double site = centre + (i - 1) * SIDE / 3;
          x[i] = site + 30 * (x[i] - site);
        }
        n_drawn++;
      },
      [](const double *x, double *grad) { return ring_energy(x, grad, 0.0); });
  wide.n_samples = "100";
  assert_true(wide.act("absolute length 1 lattice 3"));
  expect_says("it", wide.host.printed, "do not overlap, so F is not known: use 'by paths'");
  assert_true(wide.act("absolute length 1 lattice 3 by auto 0.1 table table.dat"));
  expect_says("it", wide.host.printed, "paths each way of ");
  const bgen_estimate of = result_in("table.dat", "F_abs(all)");
  assert_true(std::fabs(of.value - F) < 5 * of.error && of.error < 0.12);
}

/* what feels its place has no free energy by the volume of the box */
static void test_not_free(void **)
{
  KnownBody body(ring("crystal x", 0.3));
  for (const char *words : {"absolute length 1", "absolute length 1 by paths 50 5 2"})
    refused(body, words,
            "basin all has no absolute free energy: its energy changes if all atoms are moved as "
            "one body");
}

/* ---- a pair in the plane ---- */

static double pair_energy(const double *x, double *grad)
{
  const double d[] = {x[2] - x[0], x[3] - x[1]}, r = std::hypot(d[0], d[1]);
  for (int c = 0; c < 2; c++) {
    grad[2 + c] = 20 * (r - 1) * d[c] / r;
    grad[c] = -grad[2 + c];
  }
  return 10 * (r - 1) * (r - 1);
}

/* r e^-u, by rejection under normal numbers */
static void draw_pair(bgen_rng &rng, double *x)
{
  double n[2], r;
  do {
    bgen_rng_normals(&rng, 1, n);
    r = 1 + n[0] / std::sqrt(20.0);
  } while (2.5 * bgen_rng_uniform(&rng) > r);
  const double angle = 2 * PI * bgen_rng_uniform(&rng);
  bgen_rng_normals(&rng, 2, n);
  for (int c = 0; c < 2; c++) {
    x[c] = 10 * n[c];
    x[2 + c] = x[c] + r * (c ? std::sin(angle) : std::cos(angle));
  }
}

static void test_free_body(void **)
{
  KnownBody body(2, "aligned xy", draw_pair, pair_energy);
  double radial = 0.0;
  for (int i = 0; i < 4000; i++) {
    const double r = (i + 0.5) * 1e-3;
    radial += 1e-3 * r * std::exp(-10 * (r - 1) * (r - 1));
  }
  const double F = -std::log(SIDE * SIDE * 2 * PI * radial / 2); /* over 2! */
  check(body, "absolute length 1", "F_abs(all)", F);
  expect_says("it", body.host.printed, "-ln 2 pi: any orientation");
  expect_says("it", body.host.printed, "symmetry number s = 2");
  check(body, "absolute length 1 symmetry 1 enantiomers yes volume 5", "F_abs(all)",
        F - 2 * std::log(2.0) + std::log(SIDE * SIDE / 5));
  refused(body, "absolute length 1 symmetry 2 1", "2 symmetry numbers are given for 1 basins");
  refused(body, "absolute length 1 lattice 2", "needs coords crystal");
}

/* ---- a triangle of springs in the plane: one body, however its corners are called ---- */

static double triangle_energy(const double *x, double *grad)
{
  double u = 0.0;
  for (int j = 0; j < 6; j++) grad[j] = 0.0;
  for (int i = 0; i < 3; i++) {
    const int k = (i + 1) % 3;
    const double d[] = {x[2 * k] - x[2 * i], x[2 * k + 1] - x[2 * i + 1]},
                 r = std::hypot(d[0], d[1]);
    u += 150 * (r - 1) * (r - 1);
    for (int c = 0; c < 2; c++) {
      grad[2 * k + c] += 300 * (r - 1) * d[c] / r;
      grad[2 * i + c] -= 300 * (r - 1) * d[c] / r;
    }
  }
  return u;
}

/* r s e^-u of two sides and the angle between them, one hand */
static double triangle_weight(double r, double s, double theta)
{
  const double x[] = {0, 0, r, 0, s * std::cos(theta), s * std::sin(theta)};
  double grad[6];
  return r * s * std::exp(-triangle_energy(x, grad));
}

static void draw_triangle(bgen_rng &rng, double *x)
{
  double r, s, theta, n[2];
  do {
    r = 0.7 + 0.6 * bgen_rng_uniform(&rng);
    s = 0.7 + 0.6 * bgen_rng_uniform(&rng);
    theta = PI / 3 + 0.8 * (bgen_rng_uniform(&rng) - 0.5);
  } while (1.2 * bgen_rng_uniform(&rng) > triangle_weight(r, s, theta));
  const double turn = 2 * PI * bgen_rng_uniform(&rng);
  bgen_rng_normals(&rng, 2, n);
  for (int i = 0; i < 3; i++) {
    const double far[] = {0, r, s}, angle = turn + (i == 2 ? theta : 0);
    x[2 * i] = n[0] + far[i] * std::cos(angle);
    x[2 * i + 1] = n[1] + far[i] * std::sin(angle);
  }
}

static double triangle_free_energy()
{
  constexpr int N = 100;
  double sum = 0.0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      for (int k = 0; k < N; k++)
        sum += triangle_weight(0.4 + 1.2 * (i + 0.5) / N, 0.4 + 1.2 * (j + 0.5) / N,
                               PI * (k + 0.5) / N);
  const double both_hands = 2 * sum * 1.2 * 1.2 * PI / (N * N * N);
  return -std::log(SIDE * SIDE * 2 * PI * both_hands / 6); // over 3!
}

static void test_identical(void **)
{
  const double F = triangle_free_energy();
  for (const std::string more :
       {"", "chirality free", "identical types 1", "identical types 1 chirality free"}) {
    KnownBody body(3, "aligned xy", draw_triangle, triangle_energy, more);
    check(body, "absolute length 1", "F_abs(all)", F);
    const bool free = more.find("chirality") != std::string::npos;
    const char *number = more[0] == 'i' ? "number s = 1" : free ? "number s = 6" : "number s = 3";
    expect_says("it", body.host.printed, number);
    assert_true((body.host.printed.find("-ln 2: the mirror image") != std::string::npos) == free);
  }
}

/* ---- confined ---- */

static void draw_trap(bgen_rng &rng, double *x)
{
  double n[4];
  bgen_rng_normals(&rng, 4, n);
  for (int j = 0; j < 4; j++) x[j] = (j < 2 ? -1 : 1) + n[j] / std::sqrt(j % 2 ? 4.0 : 9.0);
}

static double trap_energy(const double *x, double *grad)
{
  double u = 0.0;
  for (int j = 0; j < 4; j++) {
    const double k = j % 2 ? 4.0 : 9.0, d = x[j] - (j < 2 ? -1 : 1);
    u += 0.5 * k * d * d;
    grad[j] = k * d;
  }
  return u;
}

static void test_confined(void **)
{
  const double F = -2 * std::log(2 * PI / 6) + 4 * std::log(0.2);
  KnownBody body(2, "cartesian xy", draw_trap, trap_energy);
  check(body, "absolute length 0.2", "F_abs(all)", F);
  expect_says("it", body.host.printed, "confined body of 2 atoms");
  assert_true(body.host.printed.find("-ln V") == std::string::npos);
}

/* a free pair: its center has no bounds, whatever the flow says */
static void test_not_confined(void **)
{
  KnownBody body(2, "cartesian xy", draw_pair, pair_energy);
  refused(body, "absolute length 1", "coords aligned");
  body.world.energy = [](const double *x, double *grad) {
    double u = pair_energy(x, grad);
    for (int j = 0; j < 4; j++) u += 0.5 * x[j] * x[j], grad[j] += x[j];
    return u;
  };
  refused(body, "absolute length 1", "nothing holds the orientation"); // in a round trap
}

int main()
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_crystal),      cmocka_unit_test(test_not_free),
      cmocka_unit_test(test_paths),        cmocka_unit_test(test_free_body),
      cmocka_unit_test(test_identical),    cmocka_unit_test(test_confined),
      cmocka_unit_test(test_not_confined),
  };
  const Folder folder;
  std::filesystem::current_path(folder / "");
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
