/* SPDX-License-Identifier: GPL-2.0-or-later */
/* led_host.h - the Host on the rank that leads: what needs all ranks it makes them do */

#ifndef BGEN_ENGINE_LED_HOST_H
#define BGEN_ENGINE_LED_HOST_H

#include "engine/lammps_host.h"
#include "engine/led_engine.h"

namespace bgen {

class LedHost : public Host, protected LAMMPS_NS::Pointers {
public:
  /* Nothing is owned; alive: whether the fix is still there. */
  LedHost(LAMMPS_NS::LAMMPS *lmp, Orders &orders, int lead, LammpsHost &host, const bool &alive);
  ~LedHost() noexcept override {} // as in LammpsBox

  void print(const std::string &text) override;
  void warn(const std::string &sentence) override;

  double temperature() override;
  double timestep() const override;
  long long step() const override;
  std::string units() const override;
  int n_cores() const override { return host_.n_cores(); }

  Box &box() override { return host_.box; }
  Engine &engine() { return *engines_[0]; } // of the atoms of the fix
  Engine &engine_of_group(const std::string &group) override;

  void check_reversible() override;
  void command(const std::string &line) override;
  void check_alive(const std::string &command) override;

  bool all_atoms_there() override;
  double step_energy() override;
  std::vector<int> bonds() override;

  std::string trouble_with(const Observable &observable) const override;
  void begin_observing(const std::vector<Observable> &observables) override;
  void observe(double energy, double *values) override;

private:
  Orders &orders_;
  const int lead_;
  LammpsHost &host_;
  const bool &alive_;
  std::vector<std::unique_ptr<LedEngine>> engines_;

  Order order(Order::What what) const;
  Engine &lead_last_engine();
};

/* What the other ranks do. */
void obey(LammpsHost &host, Received &received);

} // namespace bgen

#endif
