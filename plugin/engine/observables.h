/* SPDX-License-Identifier: GPL-2.0-or-later */
/* observables.h - values that LAMMPS computes of a configuration: pe, v_NAME, c_ID, c_ID[n]

   Only what depends on nothing but positions has a value at any point: velocities are those of some
   other moment, no virial and no energies of single atoms are computed, and the step is none of a
   run. What changes though no atom has moved is found out at the first point, by begin(). */

#ifndef BGEN_ENGINE_OBSERVABLES_H
#define BGEN_ENGINE_OBSERVABLES_H

#include "engine/host.h"
#include "engine/lammps_engine.h"

namespace bgen {

class Observables : protected LAMMPS_NS::Pointers {
public:
  explicit Observables(LAMMPS_NS::LAMMPS *lmp) : Pointers(lmp) {}

  std::string trouble_with(const Observable &observable) const;

  /* Both are collective, within a session of the engine. Whatever computes and variables remember
     of other points is of no effect; they remember nothing afterwards. NaN and infinities pass
     through. begin() returns which one depends on more than positions, as this rank sees it, or
     "". */
  std::string begin(const std::vector<Observable> &all, LammpsEngine &engine, bool sets_up);
  void evaluate(double energy, double *values);
  size_t size() const { return all_.size(); }

  /* Values at the end of a step, as fixes and thermo output take them; so collective. */
  std::vector<double> evaluate_now(const std::vector<Observable> &all);

private:
  std::vector<Observable> all_;

  double value(const Observable &observable);
};

} // namespace bgen

#endif
