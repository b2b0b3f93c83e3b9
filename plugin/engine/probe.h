/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe.h - what is asked of LAMMPS to make sure that jumps and MD belong together: the forces that
   MD feels, and where they come from; knows no LAMMPS (see engine.h, host.h)

   A probe belongs to an engine. Its energies are not counted. */

#ifndef BGEN_ENGINE_PROBE_H
#define BGEN_ENGINE_PROBE_H

#include "sample/force_check.h"

#include <string>
#include <vector>

namespace bgen {

/* Of one fix of LAMMPS; slopes are those of its forces, along a direction. Where what does not
   count takes a force to exactly 0, as fix setforce may, MD moves nothing: that is left out. */
struct FixForces {
  std::string name, id;
  bool counted;    // its energy is part of the potential energy; else the energy here is 0
  bool has_energy; // which fix_modify could make count
  bool shares;     // its group has atoms of the engine
  bool elsewhere;  // it may act on them where they are not now, as a wall does
  bgen_slope at;
};

struct MdForces {
  const char *refused = nullptr;   // why nothing was evaluated; see Energy
  bgen_slope at = {0.0, 0.0, 0.0}; // without those of the fixes
  std::vector<FixForces> fixes;    // that exert forces, but for thermostats
  double noise = 0.0;              // by which forces along the direction may be wrong
  double longest = 0.0;            // a displacement that is small in any case
  std::string suspects;            // what else makes the energy: styles, and fixes that change them
};

/* A fix of LAMMPS that keeps a temperature. */
struct Thermostat {
  std::string name;
  double temperature;
};

/* Those beside a fix bgen. */
struct OtherFixes {
  std::vector<std::string> warnings;
  std::vector<Thermostat> thermostats;
};

/* A quantity of a configuration that LAMMPS computes: it must depend on nothing but positions. */
struct Observable {
  enum Kind { ENERGY, VARIABLE, COMPUTE } kind;
  std::string name; // as the user wrote it: pe, v_NAME, c_ID, c_ID[n]
  std::string id;   // of the variable or compute
  int index;        // of an element of a vector, from 0 on; -1: the scalar
};

class Probe {
public:
  virtual ~Probe() = default;

  /* Within a trial: the atoms go to x, as for Engine::energy(). felt[dim]: the forces in MD, but
     for thermostats. */
  virtual MdForces forces(const double *x, const double *direction, double *felt) = 0;

  /* Keeps all atoms as they are; within a later trial, as its last act, what the energies are there
     now. There is nothing to come back to (false) where atoms were added or deleted since. */
  virtual void mark() = 0;
  virtual bool has_mark() const = 0;
  virtual MdForces forces_at_mark() = 0;

  virtual void velocities(double *v) = 0; // [dim]

  /* Pairs of particles, i then j of each, whose distances MD holds as they are; throws or stops: a
     path of the particles cannot. */
  virtual std::vector<size_t> rods() = 0;

  /* Of each particle whether it is in a group of the program, now; throws: there is no such one. */
  virtual std::vector<int> in_group(const std::string &group) = 0;

  /* Quantities that are cvs. begin_watching: within a trial that will be restored, or a session,
     which sets_up what LAMMPS sets up when a run begins; which of them depends on more than
     positions, or "". watch: their values where the latest energy, which was this one, has put the
     atoms; watch_now: at the end of a step, or of its setup, without a trial. */
  virtual std::string begin_watching(const std::vector<Observable> &all, bool sets_up) = 0;
  virtual std::vector<double> watch(double energy) = 0;
  virtual std::vector<double> watch_now(const std::vector<Observable> &all) = 0;
  virtual bool in_run() const = 0; // or in a rerun, or its setup
};

} // namespace bgen

#endif
