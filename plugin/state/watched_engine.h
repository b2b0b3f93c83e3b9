/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watched_engine.h - the engine of a fix whose cvs the host computes: what it does is seen by a
   Watch, which moves atoms, too */

#ifndef BGEN_STATE_WATCHED_ENGINE_H
#define BGEN_STATE_WATCHED_ENGINE_H

#include "state/watch.h"

namespace bgen {

class WatchedEngine : public Engine {
public:
  explicit WatchedEngine(Watch &watch) : watch_(watch) {}

  const Body &body() const override { return watch_.engine().body(); }
  double kT(double temperature) const override { return watch_.engine().kT(temperature); }
  int renew() override { return watch_.closed().renew(); }
  void gather(double *x) override { watch_.closed().gather(x); }
  OtherAtoms other_atoms() override { return watch_.closed().other_atoms(); }
  void set_sites(const double *x) override { watch_.closed().set_sites(x); }

  void begin_trial() override { watch_.begin_trial(); }
  const char *refusal(const double *x) override { return watch_.engine().refusal(x); }
  Energy energy(const double *x) override { return watch_.energy(x); }
  Energy present_energy() override { return watch_.present_energy(); }
  void gradient(double *grad) override { watch_.at_latest().gradient(grad); }
  void restore() override
  {
    watch_.end_trial();
    watch_.engine().restore();
  }
  void accept() override
  {
    watch_.at_latest().accept();
    watch_.end_trial();
  }

  void begin_session() override { watch_.begin_session(); }
  void end_session() override
  {
    watch_.end_trial();
    watch_.engine().end_session();
  }

  void keep() override { watch_.closed().keep(); }
  bool has_kept() override { return watch_.closed().has_kept(); }
  void go_back() override { watch_.closed().go_back(); }
  void forget() override { watch_.closed().forget(); }

  void velocity_variance(double temperature, double *variance) override
  {
    watch_.engine().velocity_variance(temperature, variance);
  }
  void set_velocities(const double *v) override { watch_.closed().set_velocities(v); }
  void kick_half_step(const double *grad) override { watch_.closed().kick_half_step(grad); }

  long long n_energy_calls() const override { return watch_.engine().n_energy_calls(); }
  const Engine &itself() const override { return watch_.engine(); }

private:
  Watch &watch_;
};

} // namespace bgen

#endif
