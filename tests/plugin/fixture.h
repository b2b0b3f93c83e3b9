// SPDX-License-Identifier: GPL-2.0-or-later
// fixture.h - LAMMPS simulations for tests of engine/, on all ranks or on each rank its own
//
// The environment variable BGEN_TEST_SCREEN names a file that shows what LAMMPS prints,
// BGEN_TEST_SWITCHES has more switches for LAMMPS: "-k on t 2 -sf kk".

#ifndef BGEN_TESTS_FIXTURE_H
#define BGEN_TESTS_FIXTURE_H

#include "engine/lammps_engine.h"
#include "fix.h"

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

extern "C" {
#include <cmocka.h>
}

using Point = std::vector<double>;

/* ---- what to simulate ---- */

// A system has a group "moved", a variable T for its temperature, velocities, and forces that are
// not zero.
struct System {
  const char *name;
  int n_space;
  std::string (*commands)(); // called on rank 0
};

const std::vector<System> &all_systems();
std::string &scratch_file(); // that the latest commands read, "" if none
const System &system_named(const std::string &name);
bool is_one_of(const System &system, std::initializer_list<const char *> names);

/* ---- simulations ---- */

std::string switches_under_test();

class Simulation {
public:
  explicit Simulation(const System &system, MPI_Comm comm = MPI_COMM_WORLD,
                      const std::string &switches = switches_under_test());
  ~Simulation();
  Simulation(const Simulation &) = delete;
  Simulation &operator=(const Simulation &) = delete;

  void commands(const std::string &lines);
  void langevin_dynamics();
  double thermo(const char *keyword);
  Point atoms(const char *name);    // "x", "v" or "f" of all atoms by ID, [natoms][3]
  Point unwrapped();                // positions of all atoms by ID
  void put_atoms(const Point &all); // the inverse, on one rank only
  int moved_group();

  LAMMPS_NS::LAMMPS *lmp;
};

// fix ID group trial n_space: calls FixTrial::during in each pre_exchange(), which it makes happen
// at every step
class FixTrial : public LAMMPS_NS::Fix {
public:
  static std::function<void(bgen::LammpsEngine &, const LAMMPS_NS::LAMMPS *)> during;

  FixTrial(LAMMPS_NS::LAMMPS *lmp, int narg, char **arg);
  int setmask() override;
  void init() override;
  void pre_exchange() override;

private:
  bgen::LammpsEngine engine;
};

// A session, in a simulation with a thermostat, whose noise must not get into forces.
struct OpenSession {
  explicit OpenSession(const System &system, const bgen::Limits &limits = {});
  ~OpenSession();
  Point gradient();

  Simulation simulation;
  bgen::LammpsEngine engine;
  Point all, x; // of all atoms, unwrapped; of the moved coordinates
};

// x with every coordinate moved by up to width box lengths; the same on all ranks, and other at
// each call
Point moved(const LAMMPS_NS::LAMMPS *lmp, const Point &x, double width);

// x with each particle some other number of boxes away, along the edges in which the box is
// periodic
Point boxes_away(const OpenSession &session);

/* ---- checks: they fail on all ranks or on none, so that none waits for one that has left ---- */

bool everywhere(bool good);
bool same_bits(const Point &a, const Point &b);
#define CHECK(condition) _assert_true(everywhere(condition), #condition, __FILE__, __LINE__)
#define CHECK_CLOSE(value, expected, tolerance)                                                    \
  check_close(#value, value, expected, tolerance, __FILE__, __LINE__)
void check_close(const char *what, double value, double expected, double tolerance,
                 const char *file, int line);

/* ---- programs ---- */

extern const System *system_under_test;

struct TestProgram {
  std::vector<CMUnitTest> of_each_system;
  std::vector<const char *> systems; // empty: all
  std::vector<CMUnitTest> others;
  void (*stop)(const std::string &name) = nullptr; // what must end LAMMPS, and the program
};

// Runs all tests, or those of the systems that the arguments name; "--stop NAME": stop(NAME) alone.
int run_program(int argc, char **argv, const TestProgram &program);

#endif
