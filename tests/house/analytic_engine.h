/* SPDX-License-Identifier: GPL-2.0-or-later */
/* analytic_engine.h - an engine and a host of some lines: everything above plugin/engine runs
   without LAMMPS

     World world(particles, n_space);          atoms 1, 2, ... of type 1 and mass 1
     world.energy = ...;
     AnalyticHost host(world);
     State state("bg", settings_of("100 1.0 7 move fresh 1", 2), host, host.all());

   Units: kT is the temperature.  Nothing moves but by trials: who tests MD moves world.x. */

#ifndef BGEN_TESTS_ANALYTIC_ENGINE_H
#define BGEN_TESTS_ANALYTIC_ENGINE_H

#include "analytic_box.h"
#include "engine/engine.h"
#include "engine/host.h"
#include "input/fix_options.h"
#include "wells.h"
#include "world.h"

#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bgen {

class AnalyticEngine : public Engine, public Probe {
public:
  AnalyticEngine(World &world, const std::vector<int64_t> &tags); // which may change

  const Body &body() const override { return body_; }
  double kT(double temperature) const override { return temperature; }
  int renew() override;
  void gather(double *x) override;
  OtherAtoms other_atoms() override { return world_.other_atoms; }
  std::vector<size_t> rods() override { return world_.rods; }
  void set_sites(const double *) override {}
  void begin_trial() override;
  const char *refusal(const double *x) override;
  Energy energy(const double *x) override;
  Energy present_energy() override;
  void gradient(double *grad) override;
  void restore() override;
  void accept() override;
  void begin_session() override { begin_trial(); }
  void end_session() override { restore(); }
  void keep() override { kept_ = {world_.x, world_.v}; }
  bool has_kept() override { return !kept_.x.empty(); }
  void go_back() override;
  void forget() override { kept_ = {}; }
  void velocity_variance(double temperature, double *variance) override;
  void set_velocities(const double *v) override;
  void kick_half_step(const double *grad) override;
  long long n_energy_calls() const override { return n_calls_; }

  MdForces forces(const double *x, const double *direction, double *felt) override;
  void mark() override { mark_ = world_.x; }
  bool has_mark() const override { return !mark_.empty(); }
  MdForces forces_at_mark() override;
  void velocities(double *v) override;
  std::vector<int> in_group(const std::string &group) override;
  std::string begin_watching(const std::vector<Observable> &all, bool) override;
  std::vector<double> watch(double energy) override;
  std::vector<double> watch_now(const std::vector<Observable> &all) override;
  bool in_run() const override { return world_.runs; }

private:
  struct Moment {
    std::vector<double> x, v;
  };
  World &world_;
  const std::vector<int64_t> &tags_;
  Body body_;
  std::vector<size_t> place_; // of each coordinate in world.x
  std::vector<Observable> watched_;
  Moment before_, kept_;
  bool trying_ = false;
  std::vector<double> grad_, mark_;
  long long n_calls_ = 0;
  int n_changes_ = 0;

  void find();
  Energy evaluate();
  bgen_slope slope(const std::vector<double> &grad, const double *direction) const;
  std::vector<double> with(const double *x) const;
};

class AnalyticHost : public Host {
public:
  explicit AnalyticHost(World &world, Pool *pool = nullptr); // a pool of one
  Engine &all() { return engine_of_group("all"); }
  std::string printed, warned; // all of it, one after the other
  std::vector<std::string> commands;
  Topology bonded; // topology()
  AnalyticBox cube;
  bool reversible = true;
  std::string bad_fix; // with offsets
  std::vector<Thermostat> kept;
  std::map<std::string, std::vector<int64_t>> &groups; // those of the world
  std::map<std::string, std::function<double(const double *x)>> &observables;

  void print(const std::string &text) override { printed += text; }
  void warn(const std::string &sentence) override { warned += sentence + "\n"; }
  double temperature() override { return world_.temperature; }
  double timestep() const override { return world_.timestep; }
  long long step() const override { return world_.step; }
  std::string units() const override { return unit_style; }
  std::string unit_style = "lj";
  int n_cores() const override { return 1; }
  Box &box() override { return cube; }
  Engine &engine_of_group(const std::string &group) override;
  Probe &probe(const Engine &engine) override
  {
    return const_cast<AnalyticEngine &>(dynamic_cast<const AnalyticEngine &>(engine.itself()));
  }
  void begin_jumps() override {}
  void check_reversible() override;
  std::vector<Thermostat> check_fixes(bool with_offsets) override;
  std::vector<Thermostat> thermostats() override { return kept; }
  void command(const std::string &line) override { commands.push_back(line); }
  void check_alive(const std::string &) override {}
  bool all_atoms_there() override { return true; }
  double step_energy() override;
  Topology topology() override { return bonded; }
  std::string trouble_with(const Observable &observable) const override;
  void begin_observing(const std::vector<Observable> &list) override { observed_ = list; }
  void observe(double energy, double *values) override;

private:
  World &world_;
  std::map<std::string, std::unique_ptr<AnalyticEngine>> engines_;
  std::vector<Observable> observed_;
};

/* "fix ID group bgen " + line */
Settings settings_of(const std::string &line, int dimension);
Line line_of(const std::string &subject, const std::string &words); // quotes respected

} // namespace bgen

#endif
