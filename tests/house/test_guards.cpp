/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_guards.cpp - what must be true of a program in which atoms jump: worlds that lie in one
   thing each */

#include "rig.h"

#include <cmath>
#include <functional>

#include "checks.h"
#include "double_well.h"

using namespace bgen;

static const std::string LINE = std::string(TWO_BASINS) + SMALL_FLOW + "move near 1 0.1 ";

/* a run of n attempts; between two of them, and after each: lies(i) */
static void run(Rig &rig, int n, const std::function<void(int)> &lies = nullptr,
                bool has_energy = true)
{
  rig.state.initialize();
  rig.state.begin_run();
  rig.state.first_step();
  for (int i = 0; i < n; i++) {
    rig.state.attempt_jump();
    if (lies) lies(i);
    rig.state.guards.arrived(has_energy);
    rig.state.guards.still_there();
    rig.state.guards.forget();
  }
}

static void test_honest(void **)
{
  Rig rig(two_wells(), LINE);
  rig.train();
  run(rig, 100);
  assert_true(rig.state.guards.n_arrived() > 10);
  assert_int_equal(rig.state.guards.n_arrived(), rig.state.value(1));
}

/* what is tested leaves no trace */
static void test_invisible(void **)
{
  std::vector<std::vector<double>> ends;
  for (const bool twice : {false, true}) {
    Rig rig(two_wells(), LINE);
    rig.train();
    run(rig, 20);
    if (twice) rig.state.begin_run(); // the forces are tested once more
    run(rig, 20);
    ends.push_back(rig.world.x);
    ends.push_back({static_cast<double>(rig.state.n_energy_calls())});
  }
  assert_true(ends[0] == ends[2] && ends[1] == ends[3]);
}

/* ---- forces ---- */

static void test_gradient(void **)
{
  for (const double factor : {0.0, -1.0, 0.5, 2.0}) {
    Rig rig(two_wells(), LINE);
    rig.train();
    const auto honest = rig.world.energy;
    rig.world.energy = [=](const double *x, double *grad) {
      const double energy = honest(x, grad);
      for (int c = 0; c < 4; c++) grad[c] *= factor;
      return energy;
    };
    CHECK_THROWS(run(rig, 1), "the energy of the world changes by");
  }
}

/* a spring on x of atom 1 */
static World::Fix spring(bool counted, double of_energy, double of_force)
{
  return {{"fix tie (spring)", "tie", counted, counted, true, true, {0.0, 0.0, 0.0}},
          [=](const double *x, double *grad) {
            std::fill_n(grad, 4, 0.0);
            grad[0] = of_force * 3.0 * x[0];
            return of_energy * 1.5 * x[0] * x[0];
          }};
}

static void check_fix(const World::Fix &fix, const char *sentence)
{
  Rig rig(two_wells(), LINE);
  rig.train();
  rig.world.fixes.push_back(fix);
  if (sentence)
    CHECK_THROWS(run(rig, 1), sentence);
  else
    run(rig, 50);
}

static void test_fixes(void **)
{
  check_fix(spring(true, 1.0, 1.0), nullptr);
  check_fix(spring(true, 0.0, 1.0), "the energy of fix tie (spring) changes by 0, but");
  check_fix(spring(true, 1.0, 0.0), "the energy of fix tie (spring) changes by");
  check_fix(spring(true, 1.0, 1.3), "the energy of fix tie (spring) changes by");
  check_fix(spring(false, 0.0, 1.0), "fix tie (spring) exerts forces");
  check_fix(spring(false, 0.0, 0.0), nullptr);
  World::Fix silent = spring(false, 1.0, 0.0); /* beyond its range, where the atom is */
  silent.named.has_energy = true;
  check_fix(silent, "use \"fix_modify tie energy yes\"");
  silent.named.elsewhere = false;
  check_fix(silent, nullptr);
  silent.named.elsewhere = true;
  silent.named.shares = false;
  check_fix(silent, nullptr);
}

/* Atom 1 feels nothing, and so is not displaced. */
static void test_held(void **)
{
  Rig rig(two_wells(), LINE);
  rig.train();
  World::Fix hold = spring(false, 0.0, 0.0);
  const auto honest = rig.world.energy;
  hold.energy = [=](const double *x, double *grad) {
    honest(x, grad);
    for (int c = 0; c < 4; c++) grad[c] = c < 2 ? -grad[c] : 0.0;
    return 0.0;
  };
  rig.world.fixes.push_back(hold);
  run(rig, 50);
}

/* found again where it is possible */
static void test_not_finite(void **)
{
  Rig rig(two_wells(), LINE);
  rig.train();
  const auto honest = rig.world.energy;
  bool finite = false;
  rig.world.energy = [&, honest](const double *x, double *grad) {
    const double energy = honest(x, grad);
    for (int c = 0; c < 4; c++) grad[c] *= 2.0;
    return finite ? energy : INFINITY;
  };
  run(rig, 5);
  finite = true;
  CHECK_THROWS(rig.state.attempt_jump(), "the energy of the world changes by");
}

/* ---- time ---- */

static void test_time(void **)
{
  for (const bool in_fix : {false, true}) {
    Rig rig(two_wells(), LINE);
    rig.train();
    double time = 0.0;
    const auto honest = rig.world.energy;
    World::Fix moving = spring(true, 1.0, 1.0);
    moving.energy = [&time](const double *x, double *grad) {
      const double d = x[0] - time;
      std::fill_n(grad, 4, 0.0);
      grad[0] = 3.0 * d;
      return 1.5 * d * d;
    };
    if (in_fix)
      rig.world.fixes.push_back(moving);
    else
      rig.world.energy = [&time, honest](const double *x, double *grad) {
        return honest(x, grad) + time;
      };
    const auto goes_on = [&](int) { time += 1e-2; };
    CHECK_THROWS(run(rig, 100, goes_on, false),
                 in_fix ? "the energy of fix tie (spring) was" : "the energy of the world was");
  }
}

/* ---- arrival ---- */

static void test_put_back(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW + "move fresh 1 ");
  rig.train();
  const std::vector<double> before = rig.world.x;
  CHECK_THROWS(run(rig, 100, [&](int) { rig.world.x = before; }), "an accepted jump put atom");
}

/* within what MD does in a step, and beyond */
static void test_moved(void **)
{
  for (const double far : {0.1, 30.0}) {
    Rig rig(two_wells(), LINE);
    rig.train();
    const double step = rig.world.timestep * std::sqrt(KT);
    const auto drift = [&](int) { rig.world.x[3] += far * step; };
    rig.world.step_energy = NAN;
    if (far < 1.0) {
      rig.state.initialize();
      rig.state.begin_run();
      for (int i = 0; i < 50; i++) {
        rig.state.attempt_jump();
        rig.state.guards.arrived(false);
        drift(i);
        rig.state.guards.still_there();
        rig.state.guards.forget();
        rig.draw();
      }
    } else
      CHECK_THROWS(run(rig, 100, drift), "to y = ");
  }
}

static void test_other_energy(void **)
{
  Rig rig(two_wells(), LINE);
  rig.train();
  rig.world.step_energy = 1e3;
  CHECK_THROWS(run(rig, 100), "in its step LAMMPS has 1000");
}

/* ---- fixes and temperatures ---- */

static void test_thermostats(void **)
{
  Rig rig(two_wells(), LINE);
  rig.train();
  rig.host.kept = {{"fix warm (langevin)", KT}};
  run(rig, 5);
  rig.host.kept[0].temperature = 1.01 * KT;
  CHECK_THROWS(run(rig, 5), "jumps have the temperature 2, but fix warm (langevin) keeps 2.02");

  /* both rise: the thermostat may know the temperature of the setup or that of this step */
  for (const double of_thermostat : {KT, 1.1 * KT}) {
    rig.host.kept[0].temperature = of_thermostat;
    rig.world.temperature = KT;
    rig.state.begin_run();
    rig.world.temperature = 1.1 * KT;
    rig.state.first_step();
  }
}

/* frames of one box, jumps in two others */
static void test_boxes(void **)
{
  Rig rig(two_wells(), LINE);
  rig.host.cube.length = 10.0;
  rig.host.cube.hold();
  rig.train();
  run(rig, 2);
  assert_string_equal(rig.host.warned.c_str(), "");
  rig.host.cube.length = 11.0;
  run(rig, 2);
  assert_true(rig.host.warned.find("length in x 11, not 10 as the frames") != std::string::npos);
  assert_true(rig.host.warned.find("not that of the jumps before") != std::string::npos);
  rig.host.warned = "";
  run(rig, 2);
  assert_true(rig.host.warned.find("not that of the jumps before") == std::string::npos);
}

static void test_box_of_file(void **)
{
  const Folder folder;
  const std::string path = folder / "m.bgen";
  Rig rig(two_wells(), LINE), same(two_wells(), LINE), other(two_wells(), LINE);
  rig.host.cube.length = same.host.cube.length = 10.0;
  other.host.cube.length = 11.0;
  rig.train();
  rig.state.save(path);
  for (Rig *each : {&same, &other}) each->state.load(path);
  assert_string_equal(same.host.warned.c_str(), "");
  assert_true(other.host.warned.find("a periodic box of 10, but here it is 11: jumps are exact") !=
              std::string::npos);
  other.state.save(path); /* it is still a model of the other box */
  same.state.load(path);
  assert_string_equal(same.host.warned.c_str(), "");
}

static void test_known_fixes(void **)
{
  Rig with(two_wells(), LINE + "offset right 1 "), without(two_wells(), LINE);
  for (Rig *rig : {&with, &without}) {
    rig->train();
    rig->host.bad_fix = "fix warm (nvt)";
  }
  run(without, 1);
  CHECK_THROWS(run(with, 1), "fix warm (nvt)");
}

int main()
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_honest),      cmocka_unit_test(test_invisible),
      cmocka_unit_test(test_gradient),    cmocka_unit_test(test_fixes),
      cmocka_unit_test(test_held),        cmocka_unit_test(test_not_finite),
      cmocka_unit_test(test_time),        cmocka_unit_test(test_put_back),
      cmocka_unit_test(test_moved),       cmocka_unit_test(test_other_energy),
      cmocka_unit_test(test_thermostats), cmocka_unit_test(test_known_fixes),
      cmocka_unit_test(test_boxes),       cmocka_unit_test(test_box_of_file)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
