/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine.h - the potential energy as a function of the positions of a group of atoms

   Knows no LAMMPS.  What stands above it (state, actions, moves) is serial code that runs on one
   rank. In LAMMPS it talks to a LedEngine (engine/lead.h), which makes all ranks do what is asked;
   in tests to an analytic energy of some lines.

     trial    begin_trial(), any number of energy(x), then restore() or accept(); Trial does it
     session  energies between two runs, where LAMMPS has to be made ready first: see Session; it is
              a trial, too
     units    LAMMPS' own; energies are totals */

#ifndef BGEN_ENGINE_ENGINE_H
#define BGEN_ENGINE_ENGINE_H

#include "engine/body.h"

#include <cmath>

namespace bgen {

/* Where it is refused, the configuration must not be evaluated (it would make LAMMPS stop): value
   is NaN and nothing has moved, so that no jump leads there nor, for detailed balance, away from
   there. Values may be infinite or NaN all the same. */
struct Energy {
  double value;
  const char *refused; // why; nullptr: it is not
};

/* Where the atoms are that are not of the body: a sum over their unwrapped positions, with weights
   by their IDs, and the root of the sum of its squared terms. */
struct OtherAtoms {
  double sum, size;
  /* but for what text files round */
  bool are_at(const OtherAtoms &other) const
  {
    static constexpr double ROUNDING = 1e-5;
    return std::fabs(sum - other.sum) <= ROUNDING * size;
  }
};

class Engine {
public:
  virtual ~Engine() = default;

  virtual const Body &body() const = 0;
  virtual double kT(double temperature) const = 0;

  /* Before all else: the atoms that follow those of the fix are found anew if they are others than
     before, which gives them another body; how often that was so. All functions below stop with an
     error where the atoms of the body are no longer the same. */
  virtual int renew() = 0;

  virtual void gather(double *x) = 0;   // the present configuration [dim], at any time
  virtual OtherAtoms other_atoms() = 0; // at any time; 0, 0: there are none
  /* From now on the atoms of x are the periodic images nearest to these sites, x[dim]. */
  virtual void set_sites(const double *x) = 0;

  /* a trial */
  virtual void begin_trial() = 0;
  virtual const char *refusal(const double *x) = 0; // as Energy::refused, but nothing is evaluated
  virtual Energy energy(const double *x) = 0;       // to where it moves the atoms
  virtual Energy present_energy() = 0;              // where the trial began
  virtual void gradient(double *grad) = 0; // dU/dx[dim] of the latest energy that was not refused
  virtual void restore() = 0;              // all as it was when the trial began, bit for bit
  virtual void accept() = 0; // the atoms stay at the latest energy's x, with their velocities

  /* a session */
  virtual void begin_session() = 0;
  virtual void end_session() = 0;

  /* keep() all atoms as they are at the end of a step; go_back() to them before the forces of a
     later one, time reversed. Between trials. has_kept() stops with an error where LAMMPS has other
     atoms by now, which cannot go back. */
  virtual void keep() = 0;
  virtual bool has_kept() = 0;
  virtual void go_back() = 0;
  virtual void forget() = 0;

  /* Velocities of the moved components: their variance kT/m [dim]; and, where MD moves the atom,
     new ones from the Maxwell-Boltzmann distribution, and the change by a force -grad[dim] in half
     a step, by which the integrator is behind. */
  virtual void velocity_variance(double temperature, double *variance) = 0;
  virtual void set_velocities(const double *v) = 0;
  virtual void kick_half_step(const double *grad) = 0;

  virtual long long n_energy_calls() const = 0; // evaluations that were made

  virtual const Engine &itself() const { return *this; } // where one stands before another
};

/* A trial that ends by itself: all is put back unless accept() was called. */
class Trial {
public:
  explicit Trial(Engine &engine) : engine_(engine) { engine.begin_trial(); }
  ~Trial()
  {
    if (open_) engine_.restore();
  }
  Trial(const Trial &) = delete;
  Trial &operator=(const Trial &) = delete;
  void accept()
  {
    open_ = false;
    engine_.accept();
  }

private:
  Engine &engine_;
  bool open_ = true;
};

class Session {
public:
  explicit Session(Engine &engine) : engine_(engine) { engine.begin_session(); }
  ~Session() { engine_.end_session(); }
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

private:
  Engine &engine_;
};

} // namespace bgen

#endif
