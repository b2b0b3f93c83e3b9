/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch.h - values of cvs that the host computes, at any configuration

   The host computes them where the atoms are. Here they are asked for at x:

     within a trial or session   the atoms go to x, unless they are there; whoever has opened it
                                 finds them where his latest energy has put them. In a session the
                                 values at all energies are kept for a while: they are asked for
                                 later.
     while a jump is prepared    in a trial that begins here, and that the next one takes over
     in a run                    of the present configuration, at the end of a step
     between runs                in a session of its own

   State and moves look at an engine that tells this all that they do: watched_engine.h. */

#ifndef BGEN_STATE_WATCH_H
#define BGEN_STATE_WATCH_H

#include "engine/host.h"

#include <vector>

namespace bgen {

class Watch {
public:
  Watch(Host &host, Engine &engine, const std::vector<Observable> &observables);

  size_t n() const { return observables_.size(); }
  double value(size_t k, const double *x); // of observable k; NaN where x is refused

  /* All that the engine is told between begin_jump() and end_jump() is in pre_exchange(). */
  void begin_jump();
  void end_jump();
  void forget() { checked_ = false; } // a run begins

  /* For WatchedEngine. */
  Engine &engine() { return engine_; }
  Engine &closed();    // outside of a trial: the one that began here has ended
  Engine &at_latest(); // within a trial: the atoms are where its latest energy has put them
  void begin_trial();
  void begin_session();
  void end_trial() { phase_ = IDLE; }
  Energy energy(const double *x);
  Energy present_energy();

private:
  enum Phase { IDLE, OWN, TRIAL, SESSION };
  Host &host_;
  Engine &engine_;
  const std::vector<Observable> observables_;
  Phase phase_ = IDLE;
  bool jumping_ = false, checked_ = false, busy_ = false;
  std::vector<double> present_, at_, latest_; // [dim]; empty: not known
  double energy_ = 0.0;                       // at_
  std::vector<double> x_;
  std::vector<uint64_t> keys_;              // hashes of configurations, 0: none
  std::vector<std::vector<double>> values_; // of them

  void start(Phase phase, bool sets_up);
  void check();
  Energy move(const double *x);
  const std::vector<double> &known(const double *x);
  double in_session(size_t k, const double *x);
  double now(size_t k, const double *x);
};

} // namespace bgen

#endif
