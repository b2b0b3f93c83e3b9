/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_whitening.cpp - "bgen ID train whiten ..." of a square crystal of nine atoms in a plane,
   each pair of which is joined by a spring, so that shapes are independent normal numbers of one
   width, and of a body that is free */

#include "actions/actions.h"
#include "analytic_engine.h"
#include "base/rng.h"
#include "checks.h"
#include "double_well.h"

#include <cmath>

using namespace bgen;

static constexpr int N = 9, DIM = 2 * N;
static constexpr double WIDTH = 0.1;

/* kT of the springs: sum |d_i - mean d|^2 / (2 WIDTH^2) of displacements d from the sites */
static double springs(const double *x, double *grad)
{
  double d[DIM], mean[2] = {0, 0}, sum = 0.0;
  for (int j = 0; j < DIM; j++) {
    const int site = j / 2;
    d[j] = x[j] - (j % 2 ? site / 3 : site % 3);
    mean[j % 2] += d[j] / N;
  }
  for (int j = 0; j < DIM; j++) {
    const double off = d[j] - mean[j % 2];
    grad[j] = off / (WIDTH * WIDTH);
    sum += 0.5 * off * grad[j];
  }
  return sum;
}

/* springs to the sites, as cartesian coordinates need them */
static double tethers(const double *x, double *grad)
{
  double sum = 0.0;
  for (int j = 0; j < DIM; j++) {
    const double d = x[j] - (j % 2 ? j / 2 / 3 : j / 2 % 3);
    grad[j] = d / (WIDTH * WIDTH);
    sum += 0.5 * d * grad[j];
  }
  return sum;
}

struct Crystal : Surroundings {
  World world;
  AnalyticHost host;
  State state;

  Crystal(const std::string &coords, int n_frames, const std::string &flow = "whiten")
      : world(N, 2), host(world),
        state("bg",
              settings_of("0 1.0 4711 threads 1 coords " + coords + " flow \"" + flow + "\"", 2),
              host, host.all())
  {
    world.energy = state.settings.coords == BGEN_CARTESIAN ? tethers : springs;
    host.cube.length = 3.0;
    for (int i = 0; i < n_frames; i++) {
      std::vector<double> x(DIM);
      bgen_rng rng = bgen_rng_at(9, BGEN_STREAM_TEST, i);
      bgen_rng_normals(&rng, DIM, x.data());
      for (int j = 0; j < DIM; j++) x[j] = WIDTH * x[j] + (j % 2 ? j / 2 / 3 : j / 2 % 3);
      state.frames.add(FrameUse::TRAIN, x.data(), 1.0);
    }
  }
  State *find(const std::string &) override { return nullptr; }
  void train(const std::string &words)
  {
    Line line = line_of("bgen", "train steps 1 lr 1e-30 keep last " + words);
    act(state, line, *this);
  }
  /* KL(p|q) of shapes, p exact and q the flow: both are normal, and q's roots stand in its fit */
  double divergence()
  {
    const size_t d = DIM - 2;
    const double *fitted = bgen_generator_flow(state.model.generator(), 0)->fitted;
    double sum = fitted[d] - d * (0.5 + std::log(WIDTH));
    for (size_t j = 0; j < d * d; j++) sum += 0.5 * std::pow(WIDTH * fitted[d + 1 + d * d + j], 2);
    return sum;
  }
};

/* auto is what is meant with crystals: 16 coordinates of 3 frames to a number of their covariance,
   which is 5 kT off without the symmetry, and 0.05 with it */
static void crystals_are_averaged(void **)
{
  Crystal a("crystal", 50), b("crystal", 50), c("crystal", 50);
  a.train("");
  expect_says("printed", a.host.printed,
              "bgen bg train: basin all, whiten s|the reference has 9 translations and 8 point "
              "operations|mean ln q of 10 held-out frames: frames |, symmetric |, shrunk ");
  expect_close("KL of auto", a.divergence(), 0.05, 0.05);
  b.train("whiten frames");
  assert_true(b.host.printed.find("whiten") == std::string::npos);
  assert_true(b.divergence() > 1.0);
  c.train("whiten symmetric");
  expect_says("printed", c.host.printed, "basin all, whiten symmetric\n");
  expect_close("KL", c.divergence(), 0.05, 0.05);
  /* fitted again, and only if that is asked for */
  CHECK_THROWS(c.train("whiten shrunk"), "whiten does nothing for basin all, whose flow is fitted "
                                         "already: add 'refit yes'");
  c.train("refit yes whiten shrunk");
  expect_says("printed", c.host.printed,
              "basin all, whiten shrunk, |% of it independent particles");
}

/* two energies for each coordinate of a shape; the flow is then exact whatever the frames are */
static void hessian(void **)
{
  Crystal c("crystal", 5);
  c.train("whiten hessian");
  expect_says("printed", c.host.printed,
              "basin all, whiten hessian, 100 % of it the inverse Hessian|32 energies for the "
              "Hessian");
  expect_close("KL", c.divergence(), 0.0, 1e-6);
}

/* nothing is printed, and nothing is another than before, unless the user asks */
static void cartesian_coordinates_are_whitened_by_the_frames(void **)
{
  Crystal a("cartesian xy", 50), b("cartesian xy", 50), c("cartesian xy", 50);
  a.train("");
  b.train("whiten frames");
  assert_true(a.state.model.checksum() == b.state.model.checksum());
  assert_true(a.host.printed.find("whiten") == std::string::npos);
  c.train("whiten auto");
  assert_true(a.state.model.checksum() != c.state.model.checksum());
  expect_says("printed", c.host.printed, "9 translations and 8 point operations");
}

/* its box does not count */
static void bodies_are_free(void **)
{
  Crystal c("aligned", 400);
  c.train("whiten symmetric");
  expect_says("printed", c.host.printed, "1 translation and 8 point operations");
}

static void flows_that_do_not_whiten(void **)
{
  Crystal c("crystal", 50, "actnorm");
  c.train("");
  assert_true(c.host.printed.find("whiten") == std::string::npos);
  CHECK_THROWS(c.train("refit yes whiten auto"), "the flow does not begin with whiten");
}

int main()
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(crystals_are_averaged),
      cmocka_unit_test(hessian),
      cmocka_unit_test(cartesian_coordinates_are_whitened_by_the_frames),
      cmocka_unit_test(bodies_are_free),
      cmocka_unit_test(flows_that_do_not_whiten),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
