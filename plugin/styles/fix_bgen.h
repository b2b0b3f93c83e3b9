/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fix_bgen.h - one Boltzmann generator in LAMMPS: when a frame is collected and a jump attempted

   What is decided and computed is the State's, on the rank that leads (engine/lead.h). All ranks
   know the line of the fix, and whether a run goes on. */

#ifdef FIX_CLASS
// clang-format off
FixStyle(bgen,FixBgen);
// clang-format on
#else

#ifndef LMP_FIX_BGEN_H
#define LMP_FIX_BGEN_H

#include "fix.h"
#include "input/fix_options.h"

#include <memory>
#include <string>

namespace bgen {
class Lead;
class State;
} // namespace bgen

namespace LAMMPS_NS {

class FixBgen : public Fix {
public:
  FixBgen(class LAMMPS *, int, char **);
  ~FixBgen() override;
  static FixBgen *find(const class Modify *modify, const std::string &id); // nullptr: none
  static FixBgen &read(bgen::Line &line, const Modify *modify);            // by its ID, or throws

  int setmask() override;
  void init() override;
  void setup(int) override;
  void initial_integrate(int) override;
  void initial_integrate_respa(int, int, int) override;
  void pre_exchange() override;
  void post_integrate() override;
  void end_of_step() override;
  void post_run() override;
  void reset_target(double) override;
  void *extract(const char *, int &) override;
  double compute_scalar() override;
  double compute_vector(int) override;
  double compute_array(int, int) override;
  int modify_param(int, char **) override;
  void write_restart(FILE *) override;
  void restart(char *) override;
  double memory_usage() override;

  const bgen::Settings &settings() const { return settings_; }
  size_t n_shape() const { return n_shape_; } // coordinates that flows see

  /* A command that may remove the fix holds both of them as long as it uses one. */
  std::shared_ptr<bgen::Lead> lead;
  std::shared_ptr<bgen::State> state; // nullptr: this rank does not lead

  /* What has jumped must arrive, see state/guards.h: in which step, -1: nothing to be found; and
     whether LAMMPS computes its energy at the next attempt. */
  struct {
    bigint jumped = -1;
    bool expects_energy = false;
  } arrival;

private:
  bgen::Settings settings_;
  std::string line_;              // as it was typed
  int moves_atoms_, has_offsets_; // and how extract() gives them away
  bool stepping_ = false;         // in a run, not in a rerun or between
  size_t n_shape_ = 0;
  double target_ = 0.0; // where extract() finds the temperature

  void create_state();
  void set_flags();
};

} // namespace LAMMPS_NS

#endif
#endif
