/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guards.h - what must be true of LAMMPS for jumps to be exact, tested where it is used

     fixes       none is known to be wrong beside jumps, and all thermostats have the temperature
     forces      those that MD feels are minus the gradient of the energy that decides on jumps
     energy      that of a configuration is the same at any time of a run, as is what thermostats
                 keep if the temperature of the fix does not change
     arrival     after an accepted jump the atoms are where it has put them, with its energy

   What fails throws one sentence. Nothing of it changes a trajectory or is counted. */

#ifndef BGEN_STATE_GUARDS_H
#define BGEN_STATE_GUARDS_H

#include "engine/host.h"

#include <string>
#include <vector>

namespace bgen {

class State;

class Guards {
public:
  explicit Guards(State &state) : state_(state) {}

  void begin_run();  // in its setup
  void first_step(); // before jumps of the run

  /* Before each attempt, of all engines that moves use. */
  void before_attempt(const std::vector<Engine *> &engines);

  /* The last act of an attempt that was accepted: the atoms of its engine have this energy. */
  void jumped(Engine &engine, double energy);
  /* At the end of that step, with what LAMMPS has computed in it if has_energy; and in the next
     one, before they jump again. */
  void arrived(bool has_energy);
  void still_there();
  void forget() { jumped_ = nullptr; }               // atoms were moved by us
  long long n_arrived() const { return n_arrived_; } // jumps that were found in place, all runs

private:
  State &state_;
  /* in the setup of the run, and at the attempt before one at which they are checked */
  double first_temperature_ = 0.0, last_temperature_ = 0.0;
  long long n_attempts_ = 0; // in this run
  long long n_checked_ = 0;  // displacements, all runs
  long long n_arrived_ = 0;
  bool forces_checked_ = false; // in this run
  std::vector<double> x_, grad_, felt_, direction_, there_, v_;
  MdForces marked_; // energies where the mark is

  /* the jump that is to arrive */
  Engine *jumped_ = nullptr;
  double energy_ = 0.0;
  int n_renewed_ = 0; // of its atoms
  std::vector<double> arrival_;

  std::string told_; // of the box
  bool box_known_ = false;
  double box_[3] = {0.0, 0.0, 0.0}; // of the run before, by what a displacement is in it

  void check_box();
  void check_thermostats(const std::vector<Thermostat> &all);
  /* at three points along a displacement */
  struct Points {
    MdForces at[BGEN_FORCE_CHECK_POINTS];
    double step;
    bgen_slope slopes[BGEN_FORCE_CHECK_POINTS]; // of a fix, or of the rest
    const bgen_slope *of(int fix);              // -1: of the rest
  };
  bool check_forces(Engine &engine);
  bool begin_displacing(Engine &engine, MdForces &here);
  bool displace(Probe &probe, int attempt, Points &points);
  void require_energies(Points &points) const;
  std::string disagreement(Points &points, std::vector<int> &n_agree) const;
  void check_energy();
  void check_positions();
  void check_energy_of_step();
};

} // namespace bgen

#endif
