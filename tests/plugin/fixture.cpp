// SPDX-License-Identifier: GPL-2.0-or-later
// fixture.cpp - simulations, trials and checks

#define LAMMPS_LIB_MPI // library.h has lammps_open()

#include "fixture.h"

#include "atom.h"
#include "base/rng.h"
#include "domain.h"
#include "engine/lammps_compat.h"
#include "group.h"
#include "library.h"
#include "update.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace LAMMPS_NS;

const System &system_named(const std::string &name)
{
  for (const System &system : all_systems())
    if (system.name == name) return system;
  fprintf(stderr, "there is no system %s\n", name.c_str());
  MPI_Abort(MPI_COMM_WORLD, 1);
  abort();
}

bool is_one_of(const System &system, std::initializer_list<const char *> names)
{
  return std::find(names.begin(), names.end(), std::string(system.name)) != names.end();
}

/* ---- simulations ---- */

// Rank 0 may have written a file for its commands.
static std::string commands_of(const System &system, MPI_Comm comm)
{
  int rank;
  MPI_Comm_rank(comm, &rank);
  std::string lines = rank == 0 ? system.commands() : std::string();
  int length = static_cast<int>(lines.size());
  MPI_Bcast(&length, 1, MPI_INT, 0, comm);
  lines.resize(length);
  MPI_Bcast(&lines[0], length, MPI_CHAR, 0, comm);
  return lines;
}

static Fix *new_fix_trial(LAMMPS *lmp, int narg, char **arg)
{
  return new FixTrial(lmp, narg, arg);
}

std::string switches_under_test()
{
  const char *switches = getenv("BGEN_TEST_SWITCHES");
  return switches ? switches : "";
}

Simulation::Simulation(const System &system, MPI_Comm comm, const std::string &switches)
{
  const char *screen = getenv("BGEN_TEST_SCREEN");
  std::string line =
      "test -log none -nocite -screen " + std::string(screen ? screen : "none") + " " + switches;
  std::vector<char *> args;
  for (char *word = strtok(&line[0], " "); word; word = strtok(nullptr, " ")) args.push_back(word);
  lmp =
      static_cast<LAMMPS *>(lammps_open(static_cast<int>(args.size()), args.data(), comm, nullptr));
  add_style(lmp, "fix", "trial", reinterpret_cast<void (*)()>(new_fix_trial));
  commands(commands_of(system, comm));
  commands("thermo_modify norm no");
  if (!scratch_file().empty()) remove(scratch_file().c_str());
  scratch_file().clear();
}

Simulation::~Simulation()
{
  lammps_close(lmp);
}

void Simulation::commands(const std::string &lines)
{
  lammps_commands_string(lmp, lines.c_str());
}

void Simulation::langevin_dynamics()
{
  commands("fix move all nve\nfix noise all langevin ${T} ${T} $(50*dt) 987");
}

double Simulation::thermo(const char *keyword)
{
  return lammps_get_thermo(lmp, keyword);
}

Point Simulation::atoms(const char *name)
{
  Point values(3 * lmp->atom->natoms);
  lammps_gather_atoms(lmp, const_cast<char *>(name), 1, 3, values.data());
  return values;
}

Point Simulation::unwrapped()
{
  Point all(3 * lmp->atom->natoms, 0.0);
  for (int i = 0; i < lmp->atom->nlocal; i++)
    lmp->domain->unmap(lmp->atom->x[i], lmp->atom->image[i], &all[3 * (lmp->atom->tag[i] - 1)]);
  MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE, MPI_SUM,
                lmp->world);
  return all;
}

void Simulation::put_atoms(const Point &all)
{
  for (int id = 1; id <= lmp->atom->natoms; id++) {
    const int i = lmp->atom->map(id);
    std::copy_n(&all[3 * (id - 1)], 3, lmp->atom->x[i]);
    lmp->atom->image[i] = (imageint) IMGMAX << IMG2BITS | (imageint) IMGMAX << IMGBITS | IMGMAX;
    lmp->domain->remap(lmp->atom->x[i], lmp->atom->image[i]);
  }
}

int Simulation::moved_group()
{
  return lmp->group->find("moved");
}

/* ---- trials ---- */

std::function<void(bgen::LammpsEngine &, const LAMMPS *)> FixTrial::during;

FixTrial::FixTrial(LAMMPS *lmp, int narg, char **arg)
    : Fix(lmp, narg, arg), engine(lmp, igroup, static_cast<int>(strtol(arg[3], nullptr, 10)))
{
  force_reneighbor = 1;
  next_reneighbor = update->ntimestep + 1;
  pre_exchange_migrate = 1;
}

int FixTrial::setmask()
{
  return FixConst::PRE_EXCHANGE;
}

void FixTrial::init()
{
  engine.init();
  next_reneighbor = update->ntimestep + 1;
}

void FixTrial::pre_exchange()
{
  next_reneighbor = update->ntimestep + 1;
  if (during) during(engine, lmp);
}

OpenSession::OpenSession(const System &system, const bgen::Limits &limits)
    : simulation(system), engine(simulation.lmp, simulation.moved_group(), system.n_space, limits)
{
  simulation.langevin_dynamics();
  simulation.commands("run 5 post no");
  all = simulation.unwrapped();
  engine.begin_session();
  x.resize(engine.body().dim());
  engine.gather(x.data());
}

OpenSession::~OpenSession()
{
  engine.end_session();
}

Point OpenSession::gradient()
{
  Point grad(x.size());
  engine.gradient(grad.data());
  return grad;
}

Point moved(const LAMMPS *lmp, const Point &x, double width)
{
  static uint64_t n_moved = 0;
  bgen_rng rng = bgen_rng_at(2385, BGEN_STREAM_TEST, n_moved++);
  Point moved = x;
  for (double &c : moved) c += width * lmp->domain->prd[0] * (2.0 * bgen_rng_uniform(&rng) - 1.0);
  return moved;
}

Point boxes_away(const OpenSession &session)
{
  Point x = session.x;
  const Domain *domain = session.simulation.lmp->domain;
  const double *h = domain->h, edge[3][3] = {{h[0], 0, 0}, {h[5], h[1], 0}, {h[4], h[3], h[2]}};
  const int n_space = session.engine.body().n_space;
  const bool bonded = session.simulation.lmp->atom->molecular != Atom::ATOMIC; // four by four
  for (int k = 0; k < session.engine.body().n_particles(); k++) {
    const auto group = static_cast<int>(bonded ? (session.engine.body().tags[k] - 1) / 4 : k);
    for (int e = 0; e < 3; e++)
      for (int c = 0; c < 3; c++)
        if (domain->periodicity[e] && e < n_space && c < n_space)
          x[n_space * k + c] += (group % 9 - 4 + e) * edge[e][c];
  }
  return x;
}

/* ---- checks ---- */

bool everywhere(bool good)
{
  int all = good;
  MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  return all;
}

bool same_bits(const Point &a, const Point &b)
{
  return a.size() == b.size() && memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

void check_close(const char *what, double value, double expected, double tolerance,
                 const char *file, int line)
{
  const bool good = std::fabs(value - expected) <= tolerance;
  if (!good)
    print_error("%s = %.17g, not %.17g: off by %g, allowed is %g\n", what, value, expected,
                std::fabs(value - expected), tolerance);
  _assert_true(everywhere(good), what, file, line);
}

/* ---- programs ---- */

const System *system_under_test;

int run_program(int argc, char **argv, const TestProgram &program)
{
  const bool stops = program.stop && argc == 3 && !strcmp(argv[1], "--stop");
  if (stops) setenv("BGEN_TEST_SCREEN", "/dev/stdout", 0);
  MPI_Init(&argc, &argv);
  if (stops) {
    program.stop(argv[2]);
    printf("went on\n");
    return MPI_Finalize();
  }
  int n_failed = 0;
  const auto listed = [](auto begin, auto end, const char *name) {
    return begin == end || std::find(begin, end, std::string(name)) != end;
  };
  for (const System &system : all_systems()) {
    if (!listed(program.systems.begin(), program.systems.end(), system.name)) continue;
    if (!listed(argv + 1, argv + argc, system.name)) continue;
    system_under_test = &system;
    n_failed += _cmocka_run_group_tests(system.name, program.of_each_system.data(),
                                        program.of_each_system.size(), nullptr, nullptr);
  }
  if (argc == 1 && !program.others.empty())
    n_failed += _cmocka_run_group_tests("others", program.others.data(), program.others.size(),
                                        nullptr, nullptr);
  MPI_Finalize();
  return n_failed;
}
