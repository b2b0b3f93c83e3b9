/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_watch.cpp - a cv that the host computes: of the present configuration in a run, of any other
   between runs */

#include "rig.h"

#include <cmath>

#include "checks.h"

using namespace bgen;

static const char COMPUTED[] = "cv q compute c_d[2] basin near q 0 1.6 basin far q 1.6 inf ";

static double exact(const std::vector<double> &x)
{
  return std::hypot(x[0] - x[2], x[1] - x[3]);
}

/* without a trial, in which the engine of the test refuses to tell it */
static void in_a_run(void **)
{
  Rig rig(distant_wells(), COMPUTED);
  rig.state.initialize();
  rig.world.runs = true;
  for (int i = 0; i < 20; i++) {
    const std::vector<double> there = rig.world.x;
    const double q = exact(there);
    assert_true(rig.state.value(State::N_COUNTS) == q);
    assert_int_equal(rig.state.variables.basin_of(there.data()), q < 1.6 ? 0 : 1);
    std::vector<double> elsewhere = there;
    elsewhere[0] += 0.1;
    assert_true(std::isnan(rig.state.variables.cv(0, elsewhere.data())));
    assert_true(rig.world.x == there);
    rig.draw();
  }
  assert_int_equal(rig.state.engine.n_energy_calls(), 0);
}

static void between_runs(void **)
{
  Rig rig(distant_wells(), COMPUTED);
  rig.state.initialize();
  const std::vector<double> there = rig.world.x;
  for (const double by : {0.0, 0.1, 0.7}) {
    std::vector<double> x = there;
    x[0] += by;
    assert_true(rig.state.variables.cv(0, x.data()) == exact(x));
    assert_true(rig.world.x == there);
  }
}

static void of_itself(void **)
{
  Rig rig(distant_wells(), COMPUTED);
  rig.state.initialize();
  rig.world.runs = true;
  rig.world.observables["c_d[2]"] = [&rig](const double *) {
    return rig.state.value(State::N_COUNTS);
  };
  CHECK_THROWS(rig.state.value(State::N_COUNTS), "cv c_d[2] depends on itself");
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(in_a_run), cmocka_unit_test(between_runs),
                              cmocka_unit_test(of_itself)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
