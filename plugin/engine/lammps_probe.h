/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lammps_probe.h - the forces that MD feels in LAMMPS; see probe.h. All that is not const is
   collective, as in lammps_engine.h */

#ifndef BGEN_ENGINE_LAMMPS_PROBE_H
#define BGEN_ENGINE_LAMMPS_PROBE_H

#include "engine/lammps_engine.h"
#include "engine/probe.h"

namespace bgen {

class LammpsProbe : public Probe, protected LAMMPS_NS::Pointers {
public:
  LammpsProbe(LAMMPS_NS::LAMMPS *lmp, LammpsEngine &engine) : Pointers(lmp), engine_(engine) {}
  ~LammpsProbe() noexcept override {} // as in LammpsBox

  MdForces forces(const double *x, const double *direction, double *felt) override;
  void mark() override;
  bool has_mark() const override;
  MdForces forces_at_mark() override;
  void velocities(double *v) override;

  size_t dim() const { return engine_.body().dim(); }

private:
  LammpsEngine &engine_;
  PackedAtoms mark_;
  LAMMPS_NS::bigint n_marked_ = -1; // atoms; -1: none
  std::vector<double> f_, before_;  // of the particles of this rank, [dim]
  std::vector<double> held_;        // so too, see MdForces

  template <class Of> void collect(Of of, std::vector<double> &values) const;
  MdForces evaluate(const double *direction, double *felt);
  void evaluate_fix(LAMMPS_NS::Fix *fix, const double *direction, MdForces &forces);
  bgen_slope slope(const double *direction);
  void find_held();
  std::string suspects();
};

} // namespace bgen

#endif
