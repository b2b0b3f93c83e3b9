// SPDX-License-Identifier: GPL-2.0-or-later
// test_lead.cpp - one rank leads: the same as all ranks together, within itself, of two groups, and
// how it ends when something is wrong
//
// usage: test_lead [SYSTEM ...]
//        test_lead --stop NAME      does what must end in one clear sentence

#include "base/rng.h"
#include "engine/lammps_compat.h"
#include "engine/lead.h"
#include "fixture.h"
#include "input/error.h"

#include "domain.h"
#include "input.h"
#include "update.h"
#include "variable.h"

#include <cmath>
#include <memory>

using namespace LAMMPS_NS;
using bgen::Lead;

// As a fix bgen of the group "moved" has it.
static std::unique_ptr<Lead> lead_of(Simulation &simulation, int n_space,
                                     const std::string &temperature = "1.0")
{
  return std::make_unique<Lead>(
      simulation.lmp,
      bgen::FixInLammps{"bg", simulation.moved_group(), n_space, temperature, bgen::Limits(), {}});
}

/* ---- the same numbers ---- */

struct Seen {
  Point x, energies, grad, variance;
  std::vector<int> bonds;
};

static Point normals(size_t n)
{
  Point numbers(n);
  bgen_rng rng = bgen_rng_at(6, BGEN_STREAM_TEST, 11);
  bgen_rng_normals(&rng, n, numbers.data());
  return numbers;
}

// What one configuration after the other has, by any engine.
static Seen look(bgen::Engine &engine, const std::vector<Point> &points)
{
  const size_t dim = engine.body().dim();
  Seen seen = {Point(dim), {}, Point(dim), Point(dim), {}};
  engine.velocity_variance(0.7, seen.variance.data());
  const bgen::Session session(engine);
  engine.gather(seen.x.data());
  seen.energies.push_back(engine.present_energy().value);
  for (const Point &x : points) seen.energies.push_back(engine.energy(x.data()).value);
  engine.gradient(seen.grad.data());
  return seen;
}

static std::vector<Point> points_near(const LAMMPS *lmp, bgen::Engine &engine)
{
  Point x(engine.body().dim());
  engine.gather(x.data());
  std::vector<Point> points;
  for (const double width : {1e-4, 2e-3, 5e-4}) points.push_back(moved(lmp, x, width));
  return points;
}

// On the leader alone: the others have been elsewhere.
static void check_seen(const Lead &lead, const Seen &led, const Seen &together)
{
  CHECK(!lead.leads() || same_bits(led.x, together.x));
  CHECK(!lead.leads() || same_bits(led.energies, together.energies));
  CHECK(!lead.leads() || same_bits(led.grad, together.grad));
  CHECK(!lead.leads() || same_bits(led.variance, together.variance));
  CHECK(!lead.leads() || led.energies.size() == 4);
}

static void test_same_numbers(void **)
{
  const int n_space = system_under_test->n_space;
  Simulation simulation(*system_under_test);
  simulation.langevin_dynamics();
  simulation.commands("run 5 post no");
  bgen::LammpsEngine engine(simulation.lmp, simulation.moved_group(), n_space);
  engine.init();
  const std::vector<Point> points = points_near(simulation.lmp, engine);
  const Seen together = look(engine, points);
  const std::unique_ptr<Lead> lead = lead_of(simulation, n_space);
  Seen led;
  lead->run([&] { led = look(lead->engine(), points); });
  check_seen(*lead, led, together);
  CHECK(lead->lammps().engine(0).n_energy_calls() == engine.n_energy_calls());
  const double last = lead->value([&] { return led.energies.back(); });
  CHECK(last == together.energies.back());
  Point grad(led.grad.size());
  if (!lead->leads()) grad.resize(together.grad.size());
  lead->values(together.grad.size(), grad.data(), [&] { grad = led.grad; });
  CHECK(same_bits(grad, together.grad));
}

/* ---- what it leaves behind ---- */

static void test_trial_and_velocities(void **)
{
  Simulation simulation(system_named("melt")), other(system_named("melt"));
  const Point v = simulation.atoms("v"), x = simulation.atoms("x");
  const std::unique_ptr<Lead> lead = lead_of(simulation, 3);
  lead->run([&] {
    bgen::Session session(lead->engine());
    Point far(lead->engine().body().dim(), 0.3);
    lead->engine().energy(far.data());
  });
  CHECK(same_bits(simulation.atoms("x"), x) && same_bits(simulation.atoms("v"), v));
  const Point fast = normals(v.size());
  lead->run([&] { lead->engine().set_velocities(fast.data()); });
  bgen::LammpsEngine engine(other.lmp, other.moved_group(), 3);
  engine.init();
  engine.set_velocities(fast.data());
  CHECK(same_bits(simulation.atoms("v"), other.atoms("v")));
  Point grad(engine.body().dim());
  for (size_t c = 0; c < grad.size(); c++) grad[c] = std::sin(static_cast<double>(c));
  lead->run([&] { lead->engine().kick_half_step(grad.data()); });
  engine.kick_half_step(grad.data());
  CHECK(!same_bits(simulation.atoms("v"), v));
  CHECK(same_bits(simulation.atoms("v"), other.atoms("v")));
}

/* ---- within itself ---- */

// A step of LAMMPS within a step of the leader, in which the leader leads again.
static void test_nested(void **)
{
  Simulation simulation(system_named("melt"));
  const std::unique_ptr<Lead> lead = lead_of(simulation, 3, "v_now");
  simulation.commands("variable now equal 1.0+0.5*step");
  double inner = NAN;
  int n_inner = 0;
  FixTrial::during = [&](bgen::LammpsEngine &, const LAMMPS *) {
    inner = lead->value([&] {
      const bgen::Trial trial(lead->engine());
      return lead->engine().present_energy().value + lead->host().temperature();
    });
    n_inner++;
  };
  const double outer = lead->value([&] {
    lead->host().command("fix jump moved trial 3");
    lead->host().command("run 2 post no");
    return lead->host().temperature();
  });
  FixTrial::during = nullptr;
  CHECK(n_inner == 2);
  CHECK(outer == 2.0);
  CHECK(std::isfinite(inner));
}

// Of two leads each can be asked within the other, as "free_energy other" does.
static void test_two_leads(void **)
{
  Simulation simulation(system_named("melt"));
  const std::unique_ptr<Lead> one = lead_of(simulation, 3);
  std::unique_ptr<Lead> gone = lead_of(simulation, 3);
  const std::unique_ptr<Lead> two = lead_of(simulation, 2);
  gone.reset();
  Point x(126), flat(84), of_all;
  one->run([&] {
    one->engine().gather(x.data());
    two->engine().gather(flat.data());
    bgen::Engine &all = two->host().engine_of_group("all");
    of_all.resize(all.body().dim());
    all.gather(of_all.data());
  });
  CHECK(one->lammps().n_engines() == 1 && two->lammps().n_engines() == 2);
  CHECK(!one->leads() || of_all.size() == 2 * 256);
  CHECK(!one->leads() || (x[123] == flat[82] && x[124] == flat[83] && flat[83] == of_all[179]));
}

static void test_observables(void **)
{
  Simulation simulation(system_named("chains"));
  simulation.commands(
      "variable twice equal 2*pe\ncompute c moved com\nthermo_style custom step pe");
  const std::unique_ptr<Lead> lead = lead_of(simulation, 3);
  const std::vector<bgen::Observable> observables = {
      {bgen::Observable::ENERGY, "pe", "", -1},
      {bgen::Observable::VARIABLE, "v_twice", "twice", -1},
      {bgen::Observable::COMPUTE, "c_c[2]", "c", 1}};
  double values[3] = {NAN, NAN, NAN}, energy = NAN;
  lead->run([&] {
    bgen::Host &host = lead->host();
    for (const bgen::Observable &one : observables)
      assert_string_equal(host.trouble_with(one).c_str(), "");
    assert_true(host.trouble_with({bgen::Observable::VARIABLE, "v_no", "no", -1}) ==
                "there is no variable 'no'");
    bgen::Session session(lead->engine());
    host.begin_observing(observables);
    energy = lead->engine().present_energy().value;
    host.observe(energy, values);
  });
  CHECK(!lead->leads() || (values[0] == energy && values[1] == 2.0 * energy));
  CHECK(!lead->leads() || std::isfinite(values[2]));
}

// What only one rank sees changing: the one that leads judges for all, so that none waits in vain.
static void observe_on(Lead &lead, Simulation &simulation, int rank)
{
  int me;
  MPI_Comm_rank(simulation.lmp->world, &me);
  simulation.commands("variable mine internal 0.0\nvariable seen equal v_mine*step\n"
                      "thermo_style custom step pe");
  Variable *variable = simulation.lmp->input->variable;
  const std::string name = "mine";
  variable->internal_set(variable->find(name.c_str()), me == rank);
  lead.run([&] {
    const bgen::Session session(lead.engine());
    lead.host().begin_observing({{bgen::Observable::VARIABLE, "v_seen", "seen", -1}});
  });
}

static void test_observing_of_others(void **)
{
  Simulation simulation(system_named("melt"));
  const std::unique_ptr<Lead> lead = lead_of(simulation, 3);
  observe_on(*lead, simulation, 1);
}

/* ---- after an error, where LAMMPS can go on ---- */

static bool run_fails(Lead &lead, const std::function<void()> &work)
{
  try {
    lead.run(work);
  } catch (const LAMMPSException &) {
    return true;
  }
  return false;
}

static void test_after_errors(void **)
{
  if (!lammps_config_has_exceptions()) skip();
  Simulation simulation(system_named("melt"));
  const std::unique_ptr<Lead> lead = lead_of(simulation, 3);
  bgen::Engine *engine = lead->leads() ? &lead->engine() : nullptr;
  const Point x = simulation.unwrapped();
  const bool by_leader = run_fails(*lead, [&] {
    const bgen::Session session(*engine);
    throw bgen::Error("bgen: no");
  });
  const bool by_all = run_fails(*lead, [&] { lead->host().engine_of_group("nothing"); });
  const bool by_lammps = run_fails(*lead, [&] {
    engine->keep();
    lead->host().command("no_such_command");
  });
  const bool in_trial = run_fails(*lead, [&] {
    const bgen::Trial trial(*engine);
    lead->host().command("no_such_command");
  });
  CHECK(by_leader && by_all && by_lammps && in_trial);
  const double energy = lead->value([&] {
    const bgen::Session session(*engine);
    return engine->present_energy().value;
  });
  CHECK(std::isfinite(energy));
  CHECK(same_bits(simulation.unwrapped(), x));
}

/* ---- what must end in one sentence, which is in engine.cmake ---- */

static void stop(const std::string &name)
{
  Simulation simulation(system_named("melt"));
  const std::unique_ptr<Lead> lead = lead_of(simulation, 3);
  FixTrial::during = [&](bgen::LammpsEngine &, const LAMMPS *) {
    lead->run([&] { throw bgen::Error("bgen: the inner work says so"); });
  };
  if (name == "inner") simulation.commands("fix jump moved trial 3");
  if (name == "observing") observe_on(*lead, simulation, 0);
  lead->run([&] {
    const bgen::Session session(lead->engine());
    lead->engine().present_energy();
    if (name == "leader") throw bgen::Error("bgen: the leader says so");
    if (name == "group") lead->host().engine_of_group("nothing");
    if (name == "lammps") lead->host().command("no_such_command");
    if (name == "memory") throw std::bad_alloc();
  });
  lead->run([&] {
    if (name == "inner") lead->host().command("run 1");
    if (name == "gone") {
      lead->fix_is_gone();
      lead->host().check_alive("unfix bg");
    }
  });
}

int main(int argc, char **argv)
{
  return run_program(
      argc, argv,
      {{cmocka_unit_test(test_same_numbers)},
       {"melt", "triclinic", "droplet", "walls", "chains", "dimer", "double_well"},
       {cmocka_unit_test(test_trial_and_velocities), cmocka_unit_test(test_nested),
        cmocka_unit_test(test_two_leads), cmocka_unit_test(test_observables),
        cmocka_unit_test(test_observing_of_others), cmocka_unit_test(test_after_errors)},
       stop});
}
