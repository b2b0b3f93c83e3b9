/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lammps_probe.h - the forces that MD feels in LAMMPS; see probe.h. All that is not const is
   collective, as in lammps_engine.h */

#ifndef BGEN_ENGINE_LAMMPS_PROBE_H
#define BGEN_ENGINE_LAMMPS_PROBE_H

#include "engine/lammps_engine.h"
#include "engine/observables.h"
#include "engine/probe.h"
#include "engine/rods.h"

namespace bgen {

/* thermo's pe: it will be asked for in that step; it was computed in this one. Not collective. */
void expect_energy(const LAMMPS_NS::LAMMPS *lmp, LAMMPS_NS::bigint step);
bool has_energy(const LAMMPS_NS::LAMMPS *lmp);

class LammpsProbe : public Probe, protected LAMMPS_NS::Pointers {
public:
  LammpsProbe(LAMMPS_NS::LAMMPS *lmp, LammpsEngine &engine)
      : Pointers(lmp), engine_(engine), watched_(lmp)
  {
  }
  ~LammpsProbe() noexcept override {} // as in LammpsBox

  MdForces forces(const double *x, const double *direction, double *felt) override;
  void mark() override;
  bool has_mark() const override;
  MdForces forces_at_mark() override;
  void velocities(double *v) override;
  std::vector<size_t> rods() override { return rods_of(lmp, engine_.group_atoms); }
  std::vector<int> in_group(const std::string &group) override;
  std::string begin_watching(const std::vector<Observable> &all, bool sets_up) override;
  std::vector<double> watch(double energy) override;
  std::vector<double> watch_now(const std::vector<Observable> &all) override;
  bool in_run() const override;

  size_t dim() const { return engine_.body().dim(); }

private:
  LammpsEngine &engine_;
  Observables watched_;
  PackedAtoms mark_;
  LAMMPS_NS::bigint n_marked_ = -1;        // atoms; -1: none
  std::vector<double> f_;                  // of the particles of this rank, [dim]
  std::vector<std::vector<double>> added_; // so too: without fixes, then what each of them adds

  template <class Of> void collect(Of of, std::vector<double> &values) const;
  MdForces evaluate(const double *direction, double *felt);
  void add_fix(LAMMPS_NS::Fix *fix, MdForces &all);
  void find_slopes(const double *direction, MdForces &all) const;
  bgen_slope slope(const std::vector<double> &f, const double *direction, bool all) const;
  std::string suspects();
};

} // namespace bgen

#endif
