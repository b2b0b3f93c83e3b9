/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host.h - what else bgen asks of the program that it lives in; knows no LAMMPS (see engine.h) */

#ifndef BGEN_ENGINE_HOST_H
#define BGEN_ENGINE_HOST_H

#include "engine/box.h"
#include "engine/engine.h"
#include "engine/pool.h"
#include "engine/probe.h"
#include "engine/terminal.h"

#include <memory>
#include <string>
#include <vector>

namespace bgen {

class Host {
public:
  virtual ~Host() = default;

  virtual void print(const std::string &text) = 0; // to screen and log
  virtual void warn(const std::string &sentence) = 0;
  Terminal terminal{nullptr}; // what is printed takes the place of its line

  virtual double temperature() = 0; // that of the fix now: a number, a variable or a thermostat's
  virtual double timestep() const = 0;
  virtual long long step() const = 0;
  virtual std::string units() const = 0;
  virtual int n_cores() const = 0; // that this rank may use, or OMP_NUM_THREADS

  virtual Box &box() = 0;
  Pool &pool() { return pool_ ? *pool_ : alone_; } // that the fix is in

  /* The atoms of another group, which must contain those of the fix, for moves that take more with
     them. It lives as long as the host. */
  virtual Engine &engine_of_group(const std::string &group) = 0;

  virtual Probe &probe(const Engine &engine) = 0; // of one of the engines of this host

  /* At the first step of a run that may jump: finds out which atoms MD moves.  Throws where it does
     not move those of the fix as it must, and prints which others do not follow. */
  virtual void begin_jumps() = 0;

  /* Throws where a fix of LAMMPS has a state that cannot go back in time (SHAKE). */
  virtual void check_reversible() = 0;
  /* Throws where jumps would be wrong beside a fix of LAMMPS; what else is to be said, it warns of.
     The thermostats of atoms that jumps move, but for the one that the temperature is taken
     from. */
  virtual std::vector<Thermostat> check_fixes(bool with_offsets) = 0;
  virtual std::vector<Thermostat> thermostats() = 0; // the same ones, with what they keep now

  /* Any command of LAMMPS, between sessions. */
  virtual void command(const std::string &line) = 0;
  /* Throws if a command has removed the fix, or defined it anew. */
  virtual void check_alive(const std::string &command) = 0;

  /* Frames that LAMMPS has just evaluated. */
  virtual bool all_atoms_there() = 0;
  virtual double step_energy() = 0;
  virtual Topology topology() = 0; // of the atoms of the fix

  /* Why an observable has no value at any point; "": it has. */
  virtual std::string trouble_with(const Observable &observable) const = 0;
  /* Within a session. begin: once before the points; throws where a quantity depends on more than
     positions. observe: values of all of them where the latest energy, which was this one, has put
     the atoms; NaN and infinities pass through. */
  virtual void begin_observing(const std::vector<Observable> &observables) = 0;
  virtual void observe(double energy, double *values) = 0;

protected:
  std::shared_ptr<Pool> pool_; // nullptr: the fix is alone

private:
  Pool alone_;
};

} // namespace bgen

#endif
