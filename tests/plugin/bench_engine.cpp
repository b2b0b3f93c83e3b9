// SPDX-License-Identifier: GPL-2.0-or-later
// bench_engine.cpp - energies per second of the engine, beside what LAMMPS needs for its forces
//
// usage: bench_engine [dimer | molecule | melt | few ...]
//
//   bare      only the styles compute, positions and lists as they are
//   run 0     LAMMPS' command, in a simulation of its own
//   same      the engine where the atoms are
//   near      the engine at positions for which the neighbor lists hold
//   +grad     the same with the gradient
//   far       the engine at positions that need new lists
//   step      what a step of LAMMPS does that builds new lists, and the forces, without a fix
//   trial     a trial that begins and is undone, with no energy
//
// All take turns, so that a machine that grows slower slows all; each figure is the best of them.

#include "fixture.h"

#include "angle.h"
#include "atom.h"
#include "bond.h"
#include "comm.h"
#include "dihedral.h"
#include "domain.h"
#include "force.h"
#include "improper.h"
#include "kspace.h"
#include "modify.h"
#include "neighbor.h"
#include "pair.h"
#include "update.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

using namespace LAMMPS_NS;

static constexpr int N_TURNS = 15;
static constexpr double TURN = 0.03; // seconds
static constexpr size_t N_POINTS = 64;

/* ---- systems, all of whose atoms are moved but of the last, where it is 8 of 6912 ---- */

static std::string melt()
{
  return system_named("melt").commands() + "group moved union all\n";
}

static std::string molecule()
{
  return "variable potentials index " BGEN_POTENTIALS "\n"
         "include " BGEN_POTENTIALS
         "/alanine_dipeptide.lmp\ngroup moved union all\nvariable T index 300.0\n"
         "velocity all create 300.0 4711 loop all\ntimestep 0.5\n";
}

static std::string dimer()
{
  return system_named("dimer").commands();
}

static std::string few()
{
  return system_named("melt").commands() +
         "replicate 3 3 3\ngroup moved clear\ngroup moved id 1:8\n";
}

static const System systems[] = {
    {"dimer", 2, dimer}, {"molecule", 3, molecule}, {"melt", 3, melt}, {"few", 3, few}};

/* ---- LAMMPS alone ---- */

static void bare_forces(const LAMMPS *lmp)
{
  static constexpr int eflag = 1, vflag = 0; // global energy, no virial, as in evaluation.cpp
  const Atom *atom = lmp->atom;
  const Force *force = lmp->force;
  lmp->update->eflag_global = lmp->update->ntimestep;
  std::fill_n(atom->f[0], 3 * (atom->nlocal + atom->nghost), 0.0);
  if (force->pair) force->pair->compute(eflag, vflag);
  if (force->bond) force->bond->compute(eflag, vflag);
  if (force->angle) force->angle->compute(eflag, vflag);
  if (force->dihedral) force->dihedral->compute(eflag, vflag);
  if (force->improper) force->improper->compute(eflag, vflag);
  if (force->kspace) force->kspace->compute(eflag, vflag);
}

// as in Verlet::run()
static void new_lists(const LAMMPS *lmp)
{
  Domain *domain = lmp->domain;
  if (domain->triclinic) domain->x2lamda(lmp->atom->nlocal);
  domain->pbc();
  lmp->comm->exchange();
  lmp->comm->borders();
  if (domain->triclinic) domain->lamda2x(lmp->atom->nlocal + lmp->atom->nghost);
  lmp->neighbor->build(1);
}

/* ---- points ---- */

// Each is that far from the one before it, and the molecules stay as they are but for some noise.
static std::vector<Point> points_at(const OpenSession &session, double distance)
{
  const LAMMPS *lmp = session.simulation.lmp;
  std::vector<Point> points;
  for (size_t i = 0; i < N_POINTS; i++) {
    points.push_back(moved(lmp, session.x, 0.02 * lmp->neighbor->skin / lmp->domain->prd[0]));
    for (double &c : points.back()) c += i % 2 ? distance : 0.0;
  }
  return points;
}

/* ---- measuring ---- */

struct Measured {
  const char *name;
  std::function<void(size_t)> once; // number i of N_POINTS
  double best;                      // seconds
};

static double seconds_of(const std::function<void(size_t)> &once)
{
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  int n = 0;
  for (; everywhere(passed() < TURN); n += N_POINTS)
    for (size_t i = 0; i < N_POINTS; i++) once(i);
  return passed() / n;
}

static void check(const bgen::Energy &energy)
{
  if (!energy.refused) return;
  fprintf(stderr, "refused: %s\n", energy.refused);
  MPI_Abort(MPI_COMM_WORLD, 1);
}

static void take_turns(OpenSession &session, std::vector<Measured> &all)
{
  for (int turn = 0; turn < N_TURNS; turn++)
    for (Measured &one : all) {
      check(session.engine.energy(session.x.data())); // lists and ghosts are right
      const double seconds = seconds_of(one.once);
      if (turn == 0 || seconds < one.best) one.best = seconds;
    }
}

static void print(const OpenSession &session, const char *name, const std::vector<Measured> &all)
{
  printf("%s, %d atoms, %d of them moved\n  what      per second         us   %% of bare\n", name,
         static_cast<int>(session.simulation.lmp->atom->natoms),
         session.engine.body().n_particles());
  for (const Measured &one : all)
    printf("  %-8s %11.0f %10.2f %11.1f\n", one.name, 1.0 / one.best, 1e6 * one.best,
           100.0 * all[0].best / one.best);
}

static void measure(const System &system)
{
  OpenSession session(system);
  Simulation another(system);
  bgen::LammpsEngine &engine = session.engine;
  const LAMMPS *lmp = session.simulation.lmp;
  const std::vector<Point> near = points_at(session, 0.0),
                           far = points_at(session, 0.6 * lmp->neighbor->skin);
  Point grad(session.x.size());
  std::vector<Measured> all = {
      {"bare", [&](size_t) { bare_forces(lmp); }, 0.0},
      {"same", [&](size_t) { check(engine.energy(session.x.data())); }, 0.0},
      {"near", [&](size_t i) { check(engine.energy(near[i].data())); }, 0.0},
      {"+grad",
       [&](size_t i) {
         check(engine.energy(near[i].data()));
         engine.gradient(grad.data());
       },
       0.0},
      {"far", [&](size_t i) { check(engine.energy(far[i].data())); }, 0.0},
      {"step",
       [&](size_t) {
         new_lists(lmp);
         bare_forces(lmp);
       },
       0.0},
      {"trial",
       [&](size_t) {
         engine.restore();
         engine.begin_trial();
       },
       0.0},
      {"run 0", [&](size_t) { another.commands("run 0 post no"); }, 0.0},
  };
  take_turns(session, all);
  if (lmp->comm->me > 0) return;
  print(session, system.name, all);
}

int main(int argc, char **argv)
{
  MPI_Init(&argc, &argv);
  for (const System &system : systems)
    if (argc == 1 || std::find(argv + 1, argv + argc, std::string(system.name)) != argv + argc)
      measure(system);
  return MPI_Finalize();
}
