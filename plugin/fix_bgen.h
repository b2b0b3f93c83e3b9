/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fix_bgen.h - one Boltzmann generator: its frames, and the jumps that it makes in the running MD */

#ifdef FIX_CLASS
// clang-format off
FixStyle(bgen,FixBgen);
// clang-format on
#else

#ifndef LMP_FIX_BGEN_H
#define LMP_FIX_BGEN_H

#include "bgen_model.h"
#include "fix.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace LAMMPS_NS {

class FixBgen : public Fix {
public:
  FixBgen(class LAMMPS *, int, char **);
  ~FixBgen() override;
  static FixBgen *find(class Modify *modify, const char *id);   // nullptr: there is none
  static FixBgen &read(class BgenWords &words, Modify *modify); // by its ID, or stops

  int setmask() override;
  void init() override;
  void setup(int) override;
  void initial_integrate(int) override;
  void initial_integrate_respa(int, int, int) override;
  void pre_exchange() override;
  void end_of_step() override;
  void post_run() override;
  void reset_target(double) override;
  void *extract(const char *, int &) override;
  double compute_scalar() override;
  double compute_vector(int) override;
  double compute_array(int, int) override;
  void write_restart(FILE *) override;
  void restart(char *) override;
  double memory_usage() override;

  /* for the command bgen; all of it is collective */
  std::unique_ptr<struct BgenSettings> settings;
  std::unique_ptr<class BgenConfiguration> configuration;
  std::unique_ptr<BgenModel> model;
  std::unique_ptr<struct BgenCounts> counts;

  bool takes_frames, frames_are_tests; // those that come from now on
  bool continued; // the chain goes on from a restart file, with the model it had

  /* of each basin F, its error, F(first) - F, its error, in kT, as bgen free_energy found them last; NaN before */
  enum { N_FREE_ENERGIES = 4 };
  std::vector<std::array<double, N_FREE_ENERGIES>> free_energies;

  double temperature();
  /* u[n] = U/kT at a temperature, and grad_u[n][dim] unless it is nullptr, of x[n][dim], which rank 0 has; +inf where
     refused */
  void reduced_energies(double temperature, int n, double *x, double *u, double *grad_u);
  void reduced_energies(BgenConfiguration &of, double temperature, int n, double *x, double *u,
                        double *grad_u);
  /* The test of a move whose atoms now are where it leads, with energy u_new (reduced) there, within a visit, which ends:
     accepted, the atoms stay, with velocities that belong there, refused, all is as it was. log_ratio is that of the
     distribution without offsets; grad_old [dim] of dU/dx where the atoms were. */
  bool settle(BgenConfiguration &of, const struct BgenAttempt &attempt, double u_new,
              double log_ratio, std::vector<double> &grad_old);
  /* x[dim] with all identical atoms exchanged in turn, and reflected, each with a name: same to the generator */
  std::vector<std::pair<std::string, std::vector<double>>>
  images(const std::vector<double> &x) const;
  const bigint serial; // no other fix bgen of this process ever had it

  /* stops if relabelling or a mirror changes the energy; within a visit of the configuration */
  void check_symmetries();
  void load(const char *path);
  bigint n_energy_calls() const; // of all runs, with those of a restarted one

private:
  std::unique_ptr<class BgenRerun> rerun;
  bool stepping; // in a run, not in a rerun or between
  bool symmetries_checked;
  double target;                                          // where extract() finds the temperature
  int moves;                                              // and whether it moves atoms
  int basin_kept;                                         // where the present piece of MD began
  bool needs_flow;                                        // a move does
  std::vector<std::unique_ptr<class BgenPathMove>> paths; // one a move; nullptr: it has none
  std::unique_ptr<struct BgenTotals> counts_before_run;
  std::vector<double> x_old, x_chosen, grad_old, grad_new;

  void resolve_cvs();
  void resolve_species();
  void create_paths();
  bigint own_energy_calls() const;
  std::vector<double> exchanged(const std::vector<double> &x) const;
  void check_same_energy(const std::vector<double> &x, const std::string &what);
  void first_step();
  void collect_frame();
  int choose_move() const;
  void jump();
  void tune(const BgenAttempt &attempt);
  bool jumps() const; // it may, and has what it needs
  void begin_piece();
  void test_border();
  void attempt_move(BgenAttempt &attempt);
  void attempt_one(BgenAttempt &attempt);
  bool try_proposal(const BgenModel::Proposal &proposal, BgenAttempt &attempt);
  void attempt_several(BgenAttempt &attempt);
  bool try_several(int n, BgenAttempt &attempt);
  double choose(int n, double kT, struct bgen_rng &rng, BgenAttempt &attempt);
  double log_ratio_of(const BgenModel::Proposal &proposal, double u_old, double u_new);
  void stay(BgenConfiguration &of, std::vector<double> &grad_old);
  void set_velocities(BgenConfiguration &of, std::vector<double> &grad_old);
};

} // namespace LAMMPS_NS

#endif
#endif
