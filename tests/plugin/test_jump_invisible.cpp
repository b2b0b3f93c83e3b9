// SPDX-License-Identifier: GPL-2.0-or-later
// test_jump_invisible.cpp - a refused jump at every step, after 1000 steps of Langevin dynamics:
// every bit is that of a run without jumps that rebuilds its neighbor lists at every step
//
// usage: test_jump_invisible [SYSTEM ...]

#include "fixture.h"

#include "atom.h"
#include "compute.h"
#include "domain.h"
#include "force.h"
#include "modify.h"
#include "neighbor.h"
#include "pair.h"
#include "update.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;
static int n_steps;

// This rank's state, in the order in which it stands in memory.
static Point state(const LAMMPS *lmp)
{
  const Atom *atom = lmp->atom;
  const Domain *domain = lmp->domain;
  const Compute *pe = lmp->modify->compute[lmp->modify->find_compute("thermo_pe")];
  Point s = {static_cast<double>(pe->invoked_scalar), static_cast<double>(atom->nlocal),
             static_cast<double>(lmp->neighbor->ncalls),
             static_cast<double>(lmp->neighbor->ndanger),
             static_cast<double>(lmp->update->eflag_global)};
  for (int i = 0; i < atom->nlocal; i++) {
    s.insert(s.end(), {static_cast<double>(atom->tag[i]), static_cast<double>(atom->image[i]),
                       static_cast<double>(atom->type[i]), static_cast<double>(atom->mask[i])});
    for (const double *c : {atom->x[i], atom->v[i], atom->f[i]}) s.insert(s.end(), c, c + 3);
    if (atom->q) s.push_back(atom->q[i]);
  }
  s.insert(s.end(), domain->boxlo, domain->boxlo + 3);
  s.insert(s.end(), domain->boxhi, domain->boxhi + 3);
  return s;
}

// Energies and virials as LAMMPS has them in memory, those of the last step that tallied them.
static Point tallies(const LAMMPS *lmp)
{
  const Pair *pair = lmp->force->pair;
  Point s = {pair->eng_vdwl, pair->eng_coul};
  s.insert(s.end(), pair->virial, pair->virial + 6);
  for (const char *id : {"thermo_pe", "thermo_press", "thermo_temp"})
    s.push_back(lmp->modify->compute[lmp->modify->find_compute(id)]->scalar);
  return s;
}

struct Trajectory {
  Point first, last, tallied;
};

// In the melt a barostat makes the pressure part of the trajectory. Thermo is printed, and so
// energies are tallied, at steps that are and at steps that are not its last.
static Trajectory run(const std::string &more_commands)
{
  Simulation simulation(*system_under_test);
  simulation.langevin_dynamics();
  simulation.commands("neigh_modify delay 0 every 1 check no\nthermo 7");
  if (is_one_of(*system_under_test, {"melt"}))
    simulation.commands("fix press all press/berendsen iso 1.0 1.0 0.5");
  simulation.commands(more_commands);
  Trajectory result;
  simulation.commands("run 1");
  result.first = state(simulation.lmp);
  simulation.commands("run " + std::to_string(n_steps - 1));
  result.last = state(simulation.lmp);
  result.tallied = tallies(simulation.lmp);
  return result;
}

/* ---- jumps ---- */

// Looks at near configurations, which keep the lists, at far ones, for which particles change their
// owners and the box, and at some that are refused unseen.
static void look_around(bgen::LammpsEngine &engine, const LAMMPS *lmp)
{
  Point x(engine.body().dim()), grad(engine.body().dim());
  engine.gather(x.data());
  engine.begin_trial();
  const double energy = engine.present_energy().value;
  Point rotated = moved(lmp, x, 1e-3);
  std::rotate(rotated.begin(), rotated.begin() + engine.body().n_space, rotated.end());
  bgen::Energy last = engine.energy(rotated.data());
  for (const double width : {1e-4, 0.02, 1.0, 1e4, static_cast<double>(NAN)})
    last = engine.energy(moved(lmp, x, width).data());
  CHECK(last.refused != nullptr);
  CHECK_CLOSE(engine.present_energy().value, energy, 1e-12 * std::fabs(energy));
  engine.gradient(grad.data());
  engine.restore();
}

static std::string with_trials()
{
  return "neigh_modify check yes\nfix jump moved trial " +
         std::to_string(system_under_test->n_space);
}

static void test_invisible(void **)
{
  int n_ranks;
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  n_steps = n_ranks > 2 ? 250 : 1000; // there may be fewer cores than ranks
  if (is_one_of(*system_under_test, {"chains"})) n_steps = 100; // they take their time
  FixTrial::during = nullptr;
  const Trajectory without = run("");
  int n_trials = 0;
  bigint n_evaluated = 0;
  FixTrial::during = [&](bgen::LammpsEngine &engine, const LAMMPS *lmp) {
    const Point before = state(lmp), tallied = tallies(lmp);
    look_around(engine, lmp);
    CHECK(same_bits(state(lmp), before));
    CHECK(same_bits(tallies(lmp), tallied));
    n_trials++;
    n_evaluated = engine.n_energy_calls();
  };
  const Trajectory with = run(with_trials());
  CHECK(n_trials == n_steps);
  CHECK(n_evaluated >= 4 * n_steps);
  CHECK(same_bits(with.first, without.first));
  CHECK(same_bits(with.last, without.last));
  CHECK(same_bits(with.tallied, without.tallied));
}

// The comparison would see a single atom that is not put back.
static void test_visible(void **)
{
  FixTrial::during = nullptr;
  const Trajectory without = run("");
  bool done = false;
  FixTrial::during = [&](bgen::LammpsEngine &engine, const LAMMPS *lmp) {
    Point x(engine.body().dim());
    engine.gather(x.data());
    x[0] += 1e-12 * lmp->domain->prd[0];
    engine.begin_trial();
    engine.energy(x.data());
    if (done)
      engine.restore();
    else
      engine.accept();
    done = true;
  };
  const Trajectory with = run(with_trials());
  const bool same =
      everywhere(same_bits(with.last, without.last)); // one rank may own nothing of it
  CHECK(!same);
}

int main(int argc, char **argv)
{
  return run_program(argc, argv,
                     {{cmocka_unit_test(test_invisible), cmocka_unit_test(test_visible)},
                      {"melt", "triclinic", "droplet", "walls", "chains", "dimer", "double_well"},
                      {}});
}
