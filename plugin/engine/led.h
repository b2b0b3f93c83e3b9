/* SPDX-License-Identifier: GPL-2.0-or-later */
/* led.h - Engine and Host on the rank that leads: what needs all ranks it makes them all do, each
   with its own LammpsEngine or LammpsHost */

#ifndef BGEN_ENGINE_LED_H
#define BGEN_ENGINE_LED_H

#include "engine/calls.h"
#include "engine/lammps_host.h"

#include "error.h"
#include "update.h"

namespace bgen {

/* What is called on all ranks together, and the length of the arrays in its arguments. */
using CallsOfEngine =
    Functions<&LammpsEngine::renew, &LammpsEngine::gather, &LammpsEngine::other_atoms,
              &LammpsEngine::set_sites, &LammpsEngine::begin_trial, &LammpsEngine::refusal,
              &LammpsEngine::energy, &LammpsEngine::present_energy, &LammpsEngine::gradient,
              &LammpsEngine::restore, &LammpsEngine::accept, &LammpsEngine::begin_session,
              &LammpsEngine::end_session, &LammpsEngine::keep, &LammpsEngine::has_kept,
              &LammpsEngine::go_back, &LammpsEngine::forget, &LammpsEngine::velocity_variance,
              &LammpsEngine::set_velocities, &LammpsEngine::kick_half_step>;
using CallsOfHost =
    Functions<&LammpsHost::add_engine, &LammpsHost::begin_jumps, &LammpsHost::temperature,
              &LammpsHost::command, &LammpsHost::all_atoms_there, &LammpsHost::step_energy,
              &LammpsHost::topology, &LammpsHost::begin_observing, &LammpsHost::observe,
              &LammpsHost::check_fixes, &LammpsHost::thermostats>;
inline size_t array_length(const LammpsEngine &engine)
{
  return engine.body().dim();
}
inline size_t array_length(const LammpsHost &host)
{
  return host.n_observed;
}

/* Lead, see there, number engine or the host of it, and this rank's own. */
template <class Object, class Calls> struct Led {
  Orders &orders;
  const int lead, engine;
  Object &own;

  template <auto F, class... T> auto all(const T &...arguments) const
  {
    static_assert(Calls::template number<F>() < Calls::n, "this is not called together");
    return orders.together(
        {lead, engine, Calls::template number<F>()},
        [&](Message &to) { Call<F>::put(to, array_length(own), arguments...); },
        [&] { return (own.*F)(arguments...); });
  }
  /* For destructors, which must not throw: Orders::lead() will, as orders are broken then. */
  template <auto F> void put_back() const
  {
    try {
      all<F>();
    } catch (...) { // the orders have it
    }
  }
};

class LedEngine : public Engine {
  using L = LammpsEngine;

public:
  /* box: with which a session must agree, nullptr: any. */
  LedEngine(const Led<L, CallsOfEngine> &led, const Box *box) : led_(led), box_(box) {}

  const Body &body() const override { return led_.own.body(); }
  double kT(double temperature) const override { return led_.own.kT(temperature); }
  int renew() override { return led_.all<&L::renew>(); }
  void gather(double *x) override { led_.all<&L::gather>(x); }
  OtherAtoms other_atoms() override { return led_.all<&L::other_atoms>(); }
  void set_sites(const double *x) override { led_.all<&L::set_sites>(x); }

  void begin_trial() override { led_.all<&L::begin_trial>(); }
  const char *refusal(const double *x) override { return led_.all<&L::refusal>(x); }
  Energy energy(const double *x) override { return led_.all<&L::energy>(x); }
  Energy present_energy() override { return led_.all<&L::present_energy>(); }
  void gradient(double *grad) override { led_.all<&L::gradient>(grad); }
  void restore() override { led_.put_back<&L::restore>(); }
  void accept() override { led_.all<&L::accept>(); }

  void begin_session() override;
  void end_session() override { led_.put_back<&L::end_session>(); }

  void keep() override { led_.all<&L::keep>(); }
  bool has_kept() override { return led_.all<&L::has_kept>(); }
  void go_back() override { led_.all<&L::go_back>(); }
  void forget() override { led_.all<&L::forget>(); }

  void velocity_variance(double t, double *v) override { led_.all<&L::velocity_variance>(t, v); }
  void set_velocities(const double *v) override { led_.all<&L::set_velocities>(v); }
  void kick_half_step(const double *grad) override { led_.all<&L::kick_half_step>(grad); }

  long long n_energy_calls() const override { return led_.own.n_energy_calls(); }

private:
  const Led<L, CallsOfEngine> led_;
  const Box *const box_;
};

class LedHost : public Host, protected LAMMPS_NS::Pointers {
  using L = LammpsHost;

public:
  /* lead: its number. alive: whether its fix still exists. Nothing is owned. */
  LedHost(LAMMPS_NS::LAMMPS *lmp, Orders &orders, int lead, LammpsHost &host, const bool &alive);
  ~LedHost() noexcept override {} // as in LammpsBox

  void print(const std::string &text) override;
  void warn(const std::string &sentence) override;

  double temperature() override;
  double timestep() const override { return update->dt; }
  long long step() const override { return update->ntimestep; }
  std::string units() const override { return update->unit_style; }
  int n_cores() const override { return led_.own.n_cores(); }
  Box &box() override { return led_.own.box; }
  Engine &engine() { return *engines_[0]; } // of the atoms of the fix
  Engine &engine_of_group(const std::string &group) override;
  Probe &probe(const Engine &engine) override;

  void begin_jumps() override;
  void check_reversible() override;
  std::vector<Thermostat> check_fixes(bool with_offsets) override;
  std::vector<Thermostat> thermostats() override { return led_.all<&L::thermostats>(); }
  void command(const std::string &line) override { led_.all<&L::command>(line); }
  void check_alive(const std::string &command) override;

  bool all_atoms_there() override { return led_.all<&L::all_atoms_there>(); }
  double step_energy() override { return led_.all<&L::step_energy>(); }
  Topology topology() override { return led_.all<&L::topology>(); }

  std::string trouble_with(const Observable &observable) const override
  {
    return led_.own.trouble_with(observable);
  }
  void begin_observing(const std::vector<Observable> &observables) override;
  void observe(double energy, double *values) override { led_.all<&L::observe>(energy, values); }

private:
  const Led<L, CallsOfHost> led_;
  const bool &alive_;
  std::vector<std::unique_ptr<LedEngine>> engines_;
  std::vector<std::unique_ptr<Probe>> probes_; // one an engine

  Engine &lead_last_engine();
};

} // namespace bgen

#endif
