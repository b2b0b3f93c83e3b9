/* SPDX-License-Identifier: GPL-2.0-or-later */
/* led_probe.h - a Probe on the rank that leads; as led.h */

#ifndef BGEN_ENGINE_LED_PROBE_H
#define BGEN_ENGINE_LED_PROBE_H

#include "engine/led.h"

namespace bgen {

using CallsOfProbe =
    Functions<&LammpsProbe::forces, &LammpsProbe::mark, &LammpsProbe::forces_at_mark,
              &LammpsProbe::velocities, &LammpsProbe::rods, &LammpsProbe::in_group,
              &LammpsProbe::begin_watching, &LammpsProbe::watch, &LammpsProbe::watch_now>;
inline size_t array_length(const LammpsProbe &probe)
{
  return probe.dim();
}

class LedProbe : public Probe {
  using L = LammpsProbe;

public:
  explicit LedProbe(const Led<L, CallsOfProbe> &led) : led_(led) {}

  MdForces forces(const double *x, const double *direction, double *felt) override
  {
    return led_.all<&L::forces>(x, direction, felt);
  }
  void mark() override { led_.all<&L::mark>(); }
  bool has_mark() const override { return led_.own.has_mark(); }
  MdForces forces_at_mark() override { return led_.all<&L::forces_at_mark>(); }
  void velocities(double *v) override { led_.all<&L::velocities>(v); }
  std::vector<size_t> rods() override { return led_.all<&L::rods>(); }
  std::vector<int> in_group(const std::string &group) override
  {
    return led_.all<&L::in_group>(group);
  }
  std::string begin_watching(const std::vector<Observable> &all, bool sets_up) override
  {
    return led_.all<&L::begin_watching>(all, sets_up);
  }
  std::vector<double> watch(double energy) override { return led_.all<&L::watch>(energy); }
  std::vector<double> watch_now(const std::vector<Observable> &all) override
  {
    return led_.all<&L::watch_now>(all);
  }
  bool in_run() const override { return led_.own.in_run(); }

private:
  const Led<L, CallsOfProbe> led_;
};

} // namespace bgen

#endif
