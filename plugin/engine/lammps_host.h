/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lammps_host.h - what bgen asks of LAMMPS besides energies, on all ranks; see host.h

   What is not const is collective, as in lammps_engine.h, but for the box, which is one rank's own.
   An Error is thrown by all ranks alike. */

#ifndef BGEN_ENGINE_LAMMPS_HOST_H
#define BGEN_ENGINE_LAMMPS_HOST_H

#include "engine/lammps_box.h"
#include "engine/lammps_probe.h"
#include "engine/observables.h"

#include <memory>
#include <string>
#include <vector>

namespace bgen {

/* What of the line of a fix bgen LAMMPS must know. */
struct FixInLammps {
  std::string id;
  int igroup;
  int n_space;             // see Body
  std::string temperature; // a number, v_NAME, or the ID of a fix that sets a temperature
  Limits limits;
  std::vector<int64_t> pairs; // IDs of atoms that cvs look at, two by two
  bool pools = false;         // with the other partitions
  bool drives = false;        // all moves are driven
};

bool has_fixed_temperature(const FixInLammps &fix); // a number: asking for it is not collective

class LammpsHost : protected LAMMPS_NS::Pointers {
public:
  LammpsHost(LAMMPS_NS::LAMMPS *lmp, const FixInLammps &fix);

  const FixInLammps &fix() const { return fix_; }
  LammpsBox box;

  double temperature();
  void check_temperature() const; // throws if it is a variable that there is not
  void set_temperature(double temperature);

  /* Engines, that of the fix first. */
  void add_engine(const std::string &group); // throws: there is no such group
  int n_engines() const { return static_cast<int>(engines_.size()); }
  LammpsEngine &engine(int i) { return *engines_[i]; }
  LammpsProbe &probe(int i) { return *probes_[i]; } // of an engine
  void init();                                      // of all engines, see LammpsEngine
  std::string begin_jumps();                        // see Host; what is to be printed, if it is new
  OtherFixes check_fixes(bool with_offsets);        // or throws
  std::vector<Thermostat> thermostats();

  void command(const std::string &line);
  double step_energy(); // thermo's pe, where LAMMPS has just evaluated it for this step
  bool all_atoms_there() { return engines_[0]->group_atoms.all_there(); }
  Topology topology() { return engines_[0]->group_atoms.topology(); }

  std::string trouble_with(const Observable &observable) const
  {
    return observables_.trouble_with(observable);
  }
  std::string begin_observing(const std::vector<Observable> &all); // as Observables::begin()
  void observe(double energy, double *values) { observables_.evaluate(energy, values); }
  int n_observed = 0; // quantities of begin_observing()

  int n_cores() const { return n_cores_; }
  double memory_usage() const;

private:
  FixInLammps fix_;
  MdAtoms md_;
  std::string jumping_; // what was printed last
  std::vector<std::unique_ptr<LammpsEngine>> engines_;
  std::vector<std::unique_ptr<LammpsProbe>> probes_;
  Observables observables_;
  int n_cores_;

  void make_engine(int igroup);
  std::string about_own(const std::string &fix);
  std::string about_others(const std::string &fix, LammpsEngine &engine);
};

} // namespace bgen

#endif
