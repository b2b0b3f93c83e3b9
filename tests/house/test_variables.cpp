/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_variables.cpp - cvs of sets of atoms, and cvs that the host computes, as the line of a fix
   defines them */

#include "analytic_engine.h"
#include "state/state.h"

#include <cstdio>
#include <fstream>
#include <memory>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

namespace {

/* Five atoms in a plane, of types 1 1 1 2 2 and masses 1 1 1 4 4, without an energy. */
struct Five {
  World world;
  AnalyticHost host;
  std::unique_ptr<State> state;

  explicit Five(const std::string &line, double box = 0.0) : world(5, 2), host(world)
  {
    world.body.types = {1, 1, 1, 2, 2};
    world.masses = {1.0, 1.0, 1.0, 4.0, 4.0};
    world.x = {0.1, 0.2, 1.3, 0.4, -0.5, 1.1, 2.0, 2.2, 1.8, -0.7};
    world.energy = [](const double *, double *grad) {
      std::fill_n(grad, 10, 0.0);
      return 0.0;
    };
    host.cube.length = box;
    host.groups["ends"] = {1, 5};
    host.groups["none"] = {};
    Engine &all = host.all();
    state = std::make_unique<State>("bg", settings_of("0 1.0 7 " + line, 2), host, all);
  }
  double cv(int k) { return state->value(State::N_COUNTS + k); }
  double square(int i, int j) const
  {
    const double dx = world.x[2 * i] - world.x[2 * j], dy = world.x[2 * i + 1] - world.x[2 * j + 1];
    return dx * dx + dy * dy;
  }
};

void test_sets(void **)
{
  Five five("cv all rg all cv ones rg type 1 cv ends rg group ends "
            "cv d com_distance type 1 type 2 cv c coordination group ends r0 1.5 "
            "cv m coordination type 1 type 2 r0 1.5 exponents 8 14");
  const double masses[] = {1, 1, 1, 4, 4};
  double sum = 0.0, ones = 0.0, contacts = 0.0;
  for (int i = 0; i < 5; i++)
    for (int j = 0; j < i; j++) sum += masses[i] * masses[j] * five.square(i, j);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < i; j++) ones += five.square(i, j);
  CHECK_CLOSE(five.cv(0), std::sqrt(sum) / 11, 1e-14);
  CHECK_CLOSE(five.cv(1), std::sqrt(ones) / 3, 1e-14);
  CHECK_CLOSE(five.cv(2), std::sqrt(4 * five.square(0, 4)) / 5, 1e-14);
  CHECK_CLOSE(five.cv(3), std::hypot(1.9 - 0.3, 0.75 - 1.7 / 3), 1e-14);
  CHECK_CLOSE(five.cv(4), 1 / (1 + std::pow(five.square(0, 4) / 2.25, 3)), 1e-14);
  for (int i = 0; i < 3; i++)
    for (int j = 3; j < 5; j++) {
      const double y = five.square(i, j) / 2.25;
      contacts += (1 - std::pow(y, 4)) / (1 - std::pow(y, 7));
    }
  CHECK_CLOSE(five.cv(5), contacts, 1e-12);
}

/* centers of mass; atoms may be in several */
void test_plane(void **)
{
  World world(4, 3);
  AnalyticHost host(world);
  world.body.types = {1, 1, 2, 3};
  world.masses = {1.0, 3.0, 2.0, 5.0};
  world.x = {0, 0, 0, 2, 0, 0, 1, 3, 0, 7, -5, 1.5};
  world.energy = [](const double *, double *grad) {
    std::fill_n(grad, 12, 0.0);
    return 0.0;
  };
  host.groups["first"] = {1};
  host.groups["ends"] = {2, 4};
  const auto value = [&](const std::string &vectors) {
    const State state("bg", settings_of("0 1.0 7 cv h plane_distance " + vectors, 3), host,
                      host.all());
    assert_string_equal(state.variables.cvs_text().c_str(),
                        ("h plane_distance " + vectors).c_str());
    return state.variables.cv(0, world.x.data());
  };
  const std::string plane = " u 1 type 1 -1 group first v 1 type 2 -1 group first";
  CHECK_CLOSE(value("of 1 type 3 -1 group first" + plane), 1.5, 1e-14);
  CHECK_CLOSE(value("of 2 group ends -2 type 1" + plane), 2 * 5.0 / 8.0 * 1.5, 1e-14);
}

/* atoms that leave the box on one side are there on the other, also after the box has changed */
void test_box(void **)
{
  const std::string line =
      "cv r rg all cv c coordination all r0 1.5 cv d com_distance type 1 type 2";
  Five free(line), periodic(line, 9.0);
  for (const double length : {9.0, 11.0}) {
    periodic.world.x = free.world.x;
    periodic.host.cube.length = length;
    for (const int c : {0, 3, 8}) periodic.world.x[c] += c == 3 ? -length : 2 * length;
    for (int k = 0; k < 3; k++) CHECK_CLOSE(periodic.cv(k), free.cv(k), 1e-13);
  }
}

void test_rmsd(void **)
{
  const char *const file = "house_variables.xyz";
  std::ofstream(file) << "3\na comment\n1 0.1 0.2 7\n1 1.3 0.4 0\n1 -0.5 1.1 0\n";
  Five five(std::string("cv r rmsd type 1 file ") + file);
  CHECK_CLOSE(five.cv(0), 0, 1e-15);
  for (const int i : {0, 1, 2}) { // a turn by a right angle, and a shift
    const double x = five.world.x[2 * i], y = five.world.x[2 * i + 1];
    five.world.x[2 * i] = 3 - y, five.world.x[2 * i + 1] = x - 2;
  }
  CHECK_CLOSE(five.cv(0), 0, 1e-14);
  const std::string known = five.state->variables.cvs_text();
  std::ofstream(file) << "3\na comment\n1 0.1 0.2 7\n1 1.3 0.4 0\n1 -0.5 1.2 0\n";
  assert_true(Five(std::string("cv r rmsd type 1 file ") + file).state->variables.cvs_text() !=
              known);
  CHECK_THROWS(Five(std::string("cv r rmsd all file ") + file), "5 atoms, but the first line of");
  std::ofstream(file) << "3\na comment\n1 0.1 0.2 7\n1 1.3 nan 0\n1 -0.5 1.1 0\n";
  CHECK_THROWS(Five(std::string("cv r rmsd type 1 file ") + file), "cannot read line 4");
  remove(file);
  CHECK_THROWS(Five(std::string("cv r rmsd type 1 file ") + file), "cannot read the file");
}

void test_mistakes_of_sets(void **)
{
  CHECK_THROWS(Five("cv r rg group others"), "no group 'others'");
  CHECK_THROWS(Five("cv r rg group none"),
               "finds 0 atoms of the group of the fix in its set 'group "
               "none', but needs 2");
  CHECK_THROWS(Five("cv r rg type 7"), "cv r (rg) finds 0 atoms");
  CHECK_THROWS(Five("cv d com_distance all type 7"), "needs 1 or more");
  CHECK_THROWS(Five("cv d com_distance type 1 group ends"), "atom 1 in both of its sets");
}

} // namespace

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_sets),
      cmocka_unit_test(test_plane),
      cmocka_unit_test(test_box),
      cmocka_unit_test(test_rmsd),
      cmocka_unit_test(test_mistakes_of_sets),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
