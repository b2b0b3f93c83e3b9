/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_points.cpp - evaluated points and quantities: every number beside the function that it is
   of */

#include "double_well.h"
#include "input/error.h"
#include "input/text.h"
#include "state/points.h"
#include "state/quantities.h"

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

enum { N = 300 }; // more than one batch

/* flows that are fitted to frames, not trained */
static void fit(DoubleWell &d)
{
  d.add_frames(FrameUse::TRAIN, 200, 0);
  for (int k = 0; k < 2; k++) d.state.frames.prepare(k, Frames::KEEP);
}

static double log_q(DoubleWell &d, double temperature, int k, const double *x)
{
  double value;
  d.state.model.log_q(temperature, k, 1, x, &value);
  return value;
}

static void check_point(DoubleWell &d, const EvaluatedPoints &points, size_t i, int density)
{
  double grad[2];
  const double *x = &points.x[2 * i], T = d.world.temperature;
  const double u = d.wells.energy(x, grad) / T;
  expect_close("u", points.u[i], u, 0.0);
  /* a batch and a single point may round differently */
  expect_close("log q", points.log_q[i], log_q(d, T, density, x), 1e-12);
  expect_close("log w", points.log_w(i), -u - points.log_q[i], 0.0);
  expect_close("basin", points.basin[i], x[0] > 0.0 ? 0 : 1, 0.0);
  expect_close("cv", points.cvs[i], x[0], 0.0);
  assert_true(points.in_domain[i] == 1);
}

static void test_samples(void **)
{
  DoubleWell d;
  fit(d);
  EvaluatedPoints points(d.state);
  points.keep_x = true;
  const long long before = d.state.engine.n_energy_calls();
  {
    const Session session(d.state.engine);
    points.add_samples(-1, N);
    points.add_samples(1, N);
  }
  assert_true(points.n() == 2 * N && points.x.size() == 4 * N && points.cvs.size() == 2 * N);
  assert_true(d.state.engine.n_energy_calls() == before + 2 * N);
  assert_true(d.state.chain.count(BGEN_COUNT_SAMPLES) == 2 * N);
  size_t n_left = 0;
  for (size_t i = 0; i < 2 * N; i++) {
    check_point(d, points, i, i < N ? -1 : 1);
    n_left += i < N && points.component[i] == 1;
    assert_true(i < N || points.component[i] == 1);
  }
  assert_true(n_left > N / 3 && n_left < 2 * N / 3); // of two flows with equal weights
}

/* the stream goes on, however the samples are asked for */
static void test_stream(void **)
{
  std::vector<double> found[2];
  for (int parts = 0; parts < 2; parts++) {
    DoubleWell d;
    fit(d);
    EvaluatedPoints points(d.state);
    points.keep_x = true;
    const Session session(d.state.engine);
    points.add_samples(-1, parts ? 100 : N);
    if (parts) points.add_samples(-1, N - 100);
    found[parts] = points.x;
    found[parts].insert(found[parts].end(), points.log_q.begin(), points.log_q.end());
  }
  assert_true(found[0] == found[1]);
}

/* of the flow at another temperature, with u and log q of that of the fix, and log q at more */
static void test_temperatures(void **)
{
  DoubleWell d;
  fit(d);
  d.world.temperature = 1.5;
  EvaluatedPoints points(d.state);
  points.keep_x = true;
  points.temperatures = {2.0, 1.5};
  const Session session(d.state.engine);
  points.add_samples(0, N);
  points.add_samples_at(4.0, 0, N);
  double spread[2] = {0.0, 0.0};
  for (size_t i = 0; i < 2 * N; i++) {
    check_point(d, points, i, 0);
    spread[i / N] += points.x[2 * i + 1] * points.x[2 * i + 1] / N;
    expect_close("log q at 2", points.log_q_at[2 * i], log_q(d, 2.0, 0, &points.x[2 * i]), 1e-12);
    expect_close("log q at 1.5", points.log_q_at[2 * i + 1], points.log_q[i], 0.0);
  }
  /* a variance of T/4, by 300 samples: 5 sigma are 40 % */
  expect_close("spread at 1.5", spread[0] / (1.5 * 0.25), 1.0, 0.4);
  expect_close("spread at 4", spread[1] / (4.0 * 0.25), 1.0, 0.4);
}

static void test_frames(void **)
{
  DoubleWell d;
  fit(d);
  d.add_frames(FrameUse::TEST, 2 * N, 1000);
  EvaluatedPoints points(d.state);
  points.keep_x = true;
  const Session session(d.state.engine);
  points.add_test_frames(d.state.frames.test_set(1.0), 1);
  const bgen_frames &frames = d.state.frames.test(1);
  assert_true(points.n() == N && frames.n == N);
  assert_true(std::equal(points.x.begin(), points.x.end(), frames.x));
  for (size_t i = 0; i < N; i++) check_point(d, points, i, 1);
  points.add_points(0, 2, frames.x); // with the density of the mixture
  check_point(d, points, N + 1, -1);
  assert_true(points.component[N + 1] == 0 && points.basin[N + 1] == 1);
  assert_true(d.state.chain.count(BGEN_COUNT_SAMPLES) == 0);
}

/* without keep_x only the last ones */
static void test_x_of_the_last(void **)
{
  DoubleWell d;
  fit(d);
  EvaluatedPoints points(d.state);
  const Session session(d.state.engine);
  points.add_samples(0, N);
  assert_true(points.x.size() == 2 * (N - 256) && points.n() == N);
  expect_close("cv of the last", points.cvs.back(), points.x[points.x.size() - 2], 0.0);
}

/* ---- quantities ---- */

static Line quantity_line(const std::string &words)
{
  return line_of("bgen sample", words);
}

static void test_quantities(void **)
{
  DoubleWell d;
  fit(d);
  d.world.temperature = 2.0;
  d.host.observables["v_y"] = [](const double *x) { return 10.0 * x[1]; };
  d.host.observables["c_rg[2]"] = [](const double *) { return NAN; };
  Quantities quantities(d.state);
  Line line = quantity_line("v_y s pe v_y c_rg[2] file");
  std::vector<int> numbers;
  do numbers.push_back(quantities.add(line));
  while (quantities.is_one(line.peek()));
  assert_true(numbers == std::vector<int>({0, 1, 2, 0, 3}) && quantities.size() == 4);
  assert_true(line.peek() == "file" && quantities.name(3) == "c_rg[2]");

  EvaluatedPoints points(d.state);
  points.keep_x = true;
  points.observe(&quantities);
  const Session session(d.state.engine);
  quantities.begin();
  points.add_samples(-1, N);
  expect_same("columns", points.columns(), "u log_q log_w s v_y pe c_rg[2]");
  for (size_t i = 0; i < N; i++) {
    const double *values = &points.values[4 * i], *x = &points.x[2 * i];
    expect_close("v_y", values[0], 10.0 * x[1], 0.0);
    expect_close("s", values[1], x[0], 0.0);
    expect_close("pe", values[2], 2.0 * points.u[i], 0.0); // u kT
    assert_true(std::isnan(values[3]));
    expect_same("row", points.row(i),
                text("%.10g %.10g %.10g %.10g %.10g %.10g nan", points.u[i], points.log_q[i],
                     points.log_w(i), x[0], 10.0 * x[1], 2.0 * points.u[i]));
  }
  assert_true(points.values.size() == 4 * N);
  expect_same("row of another", points.row(0, 2.0, 0.5).substr(0, 11), "2 0.5 -2.5 ");
}

static void test_quantities_refused(void **)
{
  DoubleWell d;
  const char *const mistakes[][2] = {{"t", "'t'|cv, pe, v_NAME"},
                                     {"c_rg[0]", "'c_rg[0]'|from 1 on"},
                                     {"c_rg[1", "'c_rg[1'"},
                                     {"c_rg[1][2]", "equal-style variable"},
                                     {"v_none", "there is no 'v_none'"},
                                     {"", "missing argument|c_ID[n]"}};
  for (const auto &mistake : mistakes) {
    Quantities quantities(d.state);
    Line line = quantity_line(mistake[0]);
    std::string found;
    try {
      quantities.add(line);
    } catch (const Error &error) {
      found = error.what();
    }
    expect_says(mistake[0], found, std::string("bgen sample: |") + mistake[1]);
  }
}

/* ---- the same points again, and refused ones ---- */

static void test_again(void **)
{
  DoubleWell d;
  fit(d);
  Quantities quantities(d.state);
  Line line = quantity_line("pe");
  quantities.add(line);
  EvaluatedPoints points(d.state);
  points.keep_x = true;
  points.observe(&quantities);
  const Session session(d.state.engine);
  quantities.begin();
  d.world.refusal = [](const double *x) { return x[1] > 0.5 ? "too high" : nullptr; };
  points.add_samples(0, N);
  const std::vector<double> u = points.u;
  d.world.energy = [&](const double *x, double *grad) { return d.wells.energy(x, grad) + x[0]; };
  const EvaluatedPoints::Again again = points.again();
  size_t n_refused = 0;
  for (size_t i = 0; i < N; i++) {
    const bool refused = points.x[2 * i + 1] > 0.5;
    n_refused += refused;
    assert_true(std::isinf(u[i]) == refused && std::isinf(again.u[i]) == refused);
    assert_true(std::isnan(again.values[i]) == refused && std::isnan(points.values[i]) == refused);
    if (refused) continue;
    expect_close("u again", again.u[i], u[i] + points.x[2 * i], 1e-12); // of rounding
    expect_close("pe again", again.values[i], again.u[i], 1e-12);
  }
  assert_true(n_refused > 10 && n_refused < N / 2);
  assert_true(points.u == u);
}

/* of their flow's domain: no density at any temperature, and no energy */
static void test_outside(void **)
{
  TwoIdentical d;
  EvaluatedPoints points(d.state);
  points.keep_x = true;
  points.temperatures = {2.0};
  const Session session(d.state.engine);
  const long long before = d.state.engine.n_energy_calls();
  points.add_samples(-1, N);
  points.add_samples_at(1.5, 0, N);
  const long inside = std::count(points.in_domain.begin(), points.in_domain.end(), 1);
  assert_true(inside > N && inside < 2 * N);
  assert_true(d.state.engine.n_energy_calls() - before == inside);
  for (size_t i = 0; i < 2 * N; i++)
    for (const double value : {points.u[i], points.log_q[i], points.log_q_at[i]})
      assert_true(std::isnan(value) == !points.in_domain[i]);
  const EvaluatedPoints::Again again = points.again();
  for (size_t i = 0; i < 2 * N; i++) assert_true(std::isinf(again.u[i]) == !points.in_domain[i]);
}

/* what a mirror changes cannot be averaged over samples that are on one side of it */
static void test_symmetric(void **)
{
  DoubleWell d("mirror y 0");
  fit(d);
  d.host.observables["v_even"] = [](const double *x) { return x[1] * x[1]; };
  d.host.observables["v_odd"] = [](const double *x) { return x[1]; };
  for (const char *name : {"v_even", "v_odd"}) {
    Quantities quantities(d.state);
    Line line = quantity_line(name);
    quantities.add(line);
    EvaluatedPoints points(d.state);
    points.observe(&quantities);
    const Session session(d.state.engine);
    quantities.begin();
    points.add_samples(0, N);
    std::string found;
    try {
      points.need_symmetric(N - 1);
    } catch (const Error &error) {
      found = error.what();
    }
    if (std::string(name) == "v_even")
      expect_same(name, found, "");
    else
      expect_says(name, found, "bgen: mirror y changes v_odd from|symmetries");
  }
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_samples),
                              cmocka_unit_test(test_stream),
                              cmocka_unit_test(test_temperatures),
                              cmocka_unit_test(test_frames),
                              cmocka_unit_test(test_x_of_the_last),
                              cmocka_unit_test(test_quantities),
                              cmocka_unit_test(test_quantities_refused),
                              cmocka_unit_test(test_again),
                              cmocka_unit_test(test_outside),
                              cmocka_unit_test(test_symmetric)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
