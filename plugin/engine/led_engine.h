/* SPDX-License-Identifier: GPL-2.0-or-later */
/* led_engine.h - an Engine on the rank that leads: each function makes all ranks call the one of
   their LammpsEngine */

#ifndef BGEN_ENGINE_LED_ENGINE_H
#define BGEN_ENGINE_LED_ENGINE_H

#include "engine/box.h"
#include "engine/lammps_engine.h"
#include "engine/orders.h"

namespace bgen {

class LedEngine : public Engine {
public:
  /* box: with which a session must agree, nullptr: any. Nothing is owned. */
  LedEngine(Orders &orders, int lead, int number, LammpsEngine &engine, const Box *box);

  const Body &body() const override { return engine_.body(); }
  double kT(double temperature) const override { return engine_.kT(temperature); }
  void gather(double *x) override;

  void begin_trial() override;
  const char *refusal(const double *x) override;
  Energy energy(const double *x) override;
  Energy present_energy() override;
  void gradient(double *grad) override;
  void restore() override;
  void accept() override;

  void begin_session() override;
  void end_session() override;

  void keep() override;
  bool has_kept() const override { return engine_.has_kept(); }
  void go_back() override;
  void forget() override;

  void velocity_variance(double temperature, double *variance) override;
  void resample_velocities(double temperature, bgen_rng rng) override;
  void kick_half_step(const double *grad) override;

  long long n_energy_calls() const override { return engine_.n_energy_calls(); }

private:
  Orders &orders_;
  const int lead_, number_;
  LammpsEngine &engine_;
  const Box *const box_;

  Order order(Order::What what, double value = 0.0) const;
  Order order_with_x(Order::What what) const;
};

/* What the other ranks do. */
void obey(LammpsEngine &engine, Received &received);

} // namespace bgen

#endif
