// SPDX-License-Identifier: GPL-2.0-or-later
// test_trial.cpp - what a trial leaves behind, if a jump is kept and between runs; velocities;
// which atoms
//
// usage: test_trial [SYSTEM ...]

#include "fixture.h"

#include "atom.h"
#include "base/rng.h"
#include "domain.h"
#include "engine/lammps_compat.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace LAMMPS_NS;

static void test_kept_jump(void **)
{
  Point x;
  {
    const OpenSession planned(*system_under_test);
    x = moved(planned.simulation.lmp, boxes_away(planned), 2e-3);
  }
  Simulation simulation(*system_under_test);
  const Point v = simulation.atoms("v");
  Point after(x.size());
  double energy = NAN;
  int n_jumps = 0;
  FixTrial::during = [&](bgen::LammpsEngine &engine, const LAMMPS *) {
    if (n_jumps++) return;
    engine.begin_trial();
    engine.present_energy();
    energy = engine.energy(x.data()).value;
    engine.accept();
  };
  simulation.commands("fix jump moved trial " + std::to_string(system_under_test->n_space));
  simulation.commands("run 1"); // nothing else moves the atoms
  CHECK(n_jumps == 1);
  CHECK_CLOSE(simulation.thermo("pe"), energy, 1e-10 * std::fabs(energy));
  CHECK(simulation.atoms("v") == v);

  bgen::LammpsEngine look(simulation.lmp, simulation.moved_group(), system_under_test->n_space);
  look.init();
  look.gather(after.data());
  double off = 0.0;
  for (size_t c = 0; c < x.size(); c++) off = std::max(off, std::fabs(after[c] - x[c]));
  CHECK_CLOSE(off, 0.0, 1e-13 * IMGMAX * simulation.lmp->domain->prd[0]);

  FixTrial::during = nullptr;
  simulation.commands("fix move all nve\nrun 20");
  CHECK(std::isfinite(simulation.thermo("etotal")));
}

// The atoms of a rank in their order.
static Point everything(Simulation &simulation)
{
  Point all;
  const Atom *atom = simulation.lmp->atom;
  for (int i = 0; i < atom->nlocal; i++) {
    all.insert(all.end(), {static_cast<double>(atom->tag[i]), static_cast<double>(atom->image[i])});
    for (const double *c : {atom->x[i], atom->v[i], atom->f[i]}) all.insert(all.end(), c, c + 3);
  }
  return all;
}

static void test_command_between_runs(void **)
{
  std::vector<Point> ends;
  for (const bool session : {false, true}) {
    Simulation simulation(*system_under_test);
    simulation.langevin_dynamics();
    simulation.commands("run 10");
    const Point before = everything(simulation);
    if (session) {
      bgen::LammpsEngine engine(simulation.lmp, simulation.moved_group(),
                                system_under_test->n_space);
      engine.begin_session();
      Point x(engine.body().dim());
      engine.gather(x.data());
      for (int repeat = 0; repeat < 5; repeat++)
        engine.energy(moved(simulation.lmp, x, 0.05).data());
      engine.end_session();
      CHECK(same_bits(everything(simulation), before));
    }
    const bool respa = is_one_of(*system_under_test, {"levels"}); // knows no "pre no"
    simulation.commands(session && !respa ? "run 10 pre no" : "run 10");
    ends.push_back(everything(simulation));
  }
  CHECK(same_bits(ends[0], ends[1]));
}

/* ---- which fixes take part in an energy ---- */

// A fix with an energy of its own: 1 for each time that it was asked in the proper order, as fix
// cmap must be.
class Probe : public Fix {
public:
  Probe(LAMMPS *lmp, int narg, char **arg) : Fix(lmp, narg, arg), n_asked(0)
  {
    scalar_flag = extscalar = global_freq = energy_global_flag = 1;
    thermo_energy = narg > 3;
  }
  int setmask() override
  {
    return FixConst::PRE_FORCE | FixConst::PRE_REVERSE | FixConst::POST_FORCE;
  }
  void pre_force(int) override { seen = "force "; }
  void pre_reverse(int eflag, int) override { seen += eflag ? "reverse with energy" : "reverse"; }
  void post_force(int) override { n_asked += seen == "force reverse with energy"; }
  double compute_scalar() override { return n_asked; }
  int n_asked;

private:
  std::string seen;
};

static Fix *new_probe(LAMMPS *lmp, int narg, char **arg)
{
  return new Probe(lmp, narg, arg);
}

static void test_fixes_of_energy(void **)
{
  Simulation simulation(system_named("melt"));
  add_style(simulation.lmp, "fix", "probe", reinterpret_cast<void (*)()>(new_probe));
  bgen::LammpsEngine engine(simulation.lmp, simulation.moved_group(), 3);
  engine.begin_session();
  const double without = engine.present_energy().value;
  engine.end_session();

  simulation.commands("fix asked all probe energy\nfix silent all probe");
  Modify *modify = simulation.lmp->modify;
  const Probe *asked = dynamic_cast<Probe *>(modify->fix[modify->find_fix("asked")]);
  const Probe *silent = dynamic_cast<Probe *>(modify->fix[modify->find_fix("silent")]);
  engine.begin_session();
  for (int n = 1; n < 4; n++) CHECK_CLOSE(engine.present_energy().value, without + n, 1e-9);
  engine.end_session();
  CHECK(asked->n_asked == 3 && silent->n_asked == 0);
}

/* ---- velocities, and what does not need LAMMPS to compute ---- */

static double temperature_of(Simulation &simulation, int n_space)
{
  simulation.commands(std::string("compute t moved temp/partial 1 1 ") + (n_space > 2 ? "1" : "0") +
                      "\ncompute_modify t extra/dof 0\nrun 0 post no");
  return *static_cast<double *>(
      lammps_extract_compute(simulation.lmp, "t", LMP_STYLE_GLOBAL, LMP_TYPE_SCALAR));
}

static void test_new_velocities(void **)
{
  Simulation simulation(*system_under_test);
  const int n_space = system_under_test->n_space;
  bgen::LammpsEngine engine(simulation.lmp, simulation.moved_group(), n_space);
  engine.init();
  const Point before = simulation.atoms("v");
  const double temperature = 77.0;
  Point normal(engine.body().dim()), v(normal.size());
  bgen_rng rng = bgen_rng_at(6, BGEN_STREAM_TEST, 11);
  bgen_rng_normals(&rng, normal.size(), normal.data());
  engine.velocity_variance(temperature, v.data());
  for (size_t c = 0; c < v.size(); c++) v[c] = std::sqrt(v[c]) * normal[c];
  engine.set_velocities(v.data());
  const Point after = simulation.atoms("v");

  double scale = NAN; // v = scale normal / sqrt(mass)
  for (size_t i = 0; i < after.size(); i++) {
    const int k = engine.body().particle(static_cast<tagint>(i / 3 + 1)),
              c = static_cast<int>(i % 3);
    if (k < 0 || c >= n_space) {
      CHECK(after[i] == before[i]);
      continue;
    }
    const double mass = simulation.lmp->atom->mass[engine.body().types[k]];
    const double one = after[i] * std::sqrt(mass) / normal[n_space * k + c];
    if (std::isnan(scale)) scale = one;
    CHECK_CLOSE(one, scale, 1e-14 * scale);
  }
  double squares = 0.0;
  for (const double g : normal) squares += g * g;
  const double expected = temperature * squares / static_cast<double>(normal.size());
  CHECK_CLOSE(temperature_of(simulation, n_space), expected, 1e-6 * expected);
}

// What a short step of LAMMPS' own integrator does to velocities.
static void test_kick(void **)
{
  Simulation simulation(*system_under_test);
  const int n_space = system_under_test->n_space;
  bgen::LammpsEngine engine(simulation.lmp, simulation.moved_group(), n_space);
  simulation.commands(
      "velocity all set 0 0 0\nfix move all nve\ntimestep $(1e-4*dt)\nrun 0 post no");
  engine.init();
  Point grad(engine.body().dim());
  engine.gradient(grad.data());
  engine.group_atoms.kick(simulation.thermo("dt"), grad.data());
  const Point kicked = simulation.atoms("v");
  simulation.commands("velocity all set 0 0 0\nrun 1 post no");
  const Point stepped = simulation.atoms("v");
  double largest = 0.0;
  for (const double v : stepped) largest = std::max(largest, std::fabs(v));
  CHECK(largest > 0.0);
  for (size_t i = 0; i < kicked.size(); i++)
    if (engine.body().particle(static_cast<tagint>(i / 3 + 1)) >= 0 &&
        static_cast<int>(i % 3) < n_space)
      CHECK_CLOSE(kicked[i], stepped[i], 1e-4 * largest);
}

static void test_particles(void **)
{
  Simulation simulation(system_named("melt"));
  bgen::LammpsEngine moved(simulation.lmp, simulation.moved_group(), 3);
  moved.init();
  const bgen::Body &body = moved.body();
  CHECK(body.n_particles() == 42 && body.dim() == 126);
  CHECK(body.tags[0] == 1 && body.tags[40] == 57 && body.tags[41] == 90);
  CHECK(body.particle(1) == 0 && body.particle(57) == 40 && body.particle(90) == 41);
  CHECK(body.particle(41) == -1 && body.particle(91) == -1 && body.particle(1000000) == -1);
  CHECK(moved.kT(0.7) == 0.7);

  bgen::LammpsEngine all(simulation.lmp, 0, 3);
  bgen::LammpsEngine flat(simulation.lmp, simulation.moved_group(), 2);
  all.init();
  flat.init();
  CHECK(body.hash() == UINT64_C(0x1483b15307573e4d)); // as in all model files
  CHECK(body.hash() != all.body().hash() && body.hash() != flat.body().hash());
  moved.init();
  CHECK(body.n_particles() == 42);
}

int main(int argc, char **argv)
{
  return run_program(
      argc, argv,
      {{cmocka_unit_test(test_kept_jump), cmocka_unit_test(test_command_between_runs),
        cmocka_unit_test(test_new_velocities), cmocka_unit_test(test_kick)},
       {},
       {cmocka_unit_test(test_fixes_of_energy), cmocka_unit_test(test_particles)}});
}
