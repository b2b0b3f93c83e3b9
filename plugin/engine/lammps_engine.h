/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lammps_engine.h - the potential energy of LAMMPS as a function of the positions of a group of
   atoms

   All functions that are not const are collective over the ranks of LAMMPS: they are called by all
   of them with the same arguments, x too, and give the same bits. On one rank that leads the
   others: engine/lead.h.

     trial    In a fix it takes place in pre_exchange(), where the integrator itself rebuilds
              everything afterwards.
     session  Between two runs. The next run sets up anew, even with "pre no". */

#ifndef BGEN_ENGINE_LAMMPS_ENGINE_H
#define BGEN_ENGINE_LAMMPS_ENGINE_H

#include "engine/engine.h"
#include "engine/evaluation.h"
#include "engine/lammps_snapshot.h"
#include "engine/refusal.h"

namespace bgen {

class LammpsEngine : public Engine, protected LAMMPS_NS::Pointers {
public:
  LammpsEngine(LAMMPS_NS::LAMMPS *lmp, int igroup, int n_space, const Limits &limits = {},
               const Owner &owner = {}, const std::vector<int64_t> &pairs = {});
  ~LammpsEngine() noexcept override {} // as in LammpsBox

  GroupAtoms group_atoms; // what Engine does not have

  /* Finds the atoms of the group, or makes sure that they are still the same, see GroupAtoms; stops
     with an error where LAMMPS as it is set up cannot be moved by proposals. Cheap: for every
     Fix::init(). */
  void init();

  const Body &body() const override { return group_atoms.body(); }
  double kT(double temperature) const override { return group_atoms.kT(temperature); }
  int renew() override;
  void gather(double *x) override { images_.gather(x); }
  OtherAtoms other_atoms() override;
  void set_sites(const double *x) override { images_.set_sites(x); }

  void begin_trial() override;
  const char *refusal(const double *x) override;
  Energy energy(const double *x) override;
  Energy present_energy() override;
  void gradient(double *grad) override { evaluation_.gradient(grad); }
  void restore() override;
  void accept() override;

  void begin_session() override;
  void end_session() override;

  void keep() override;
  bool has_kept() override;
  void go_back() override;
  void forget() override { kept_.atoms.clear(); }

  void velocity_variance(double temperature, double *variance) override
  {
    group_atoms.velocity_variance(temperature, variance);
  }
  void set_velocities(const double *v) override { group_atoms.set_velocities(v); }
  void kick_half_step(const double *grad) override;

  long long n_energy_calls() const override { return evaluation_.n_energy_calls(); }

private:
  friend double memory_of(const LammpsEngine &engine);
  friend class LammpsProbe; // looks at the same atoms
  Images images_;
  Home home_;
  Refusal refusal_;
  Evaluation evaluation_;
  LammpsSnapshot snapshot_;
  PackedAtoms kept_;
  uint64_t kept_hash_ = 0; // of all atoms of LAMMPS
  std::vector<double> x_home_;
  std::vector<double> screened_; // the latest x of refusal() that was not refused, of this trial
  bool trying_ = false;
  bool fresh_ = true; // styles, fixes and bonds may be others than in the last trial
  int whichflag_ = 0; // before the session
};

} // namespace bgen

#endif
