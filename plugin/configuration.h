// SPDX-License-Identifier: GPL-2.0-or-later
// configuration.h - the atoms of a group as a point x, and the potential energy of any other point
//
// The only code of bgen that touches Atom, Domain, Comm, Neighbor, Force and the forces of fixes.
//   x         x[i * n_space() + c], component c of the unwrapped position of particle i; particles stand in the order of
//             their atom IDs, whichever rank owns them
//   ranks     everything that is not const is collective over world and gives the same bits on all ranks; x must be the
//             same on all ranks
//   a visit   remember(), then any number of energy(x), then restore() or accept(). In a fix it takes place in
//             pre_exchange(), where the integrator itself rebuilds everything afterwards; in a command it is
//             begin_command(), energy(x) ..., end_command()
//   units     LAMMPS' own; energies are totals, never divided by the number of atoms

#ifndef LMP_BGEN_CONFIGURATION_H
#define LMP_BGEN_CONFIGURATION_H

#include "base/rng.h"
#include "configuration_box.h"
#include "pointers.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace LAMMPS_NS {

class BgenConfiguration : protected Pointers {
public:
  // n_space: the first components of a position that are moved, 1 x, 2 xy, 3 xyz
  BgenConfiguration(class LAMMPS *lmp, int igroup, int n_space);
  ~BgenConfiguration() override;
  BgenConfiguration(const BgenConfiguration &) = delete;
  BgenConfiguration &operator=(const BgenConfiguration &) = delete;

  // Finds the atoms of the group, or, once found, makes sure that they are still the same; stops with an error where LAMMPS
  // as it is set up cannot be moved by proposals. Cheap: for every Fix::init().
  void init();

  // Valid from the first init() on.
  int n_particles() const { return static_cast<int>(tags_.size()); }
  int n_space() const { return n_space_; }
  int dim() const { return n_particles() * n_space_; }
  const tagint *tags() const { return tags_.data(); } // [n_particles], ascending
  const int *types() const { return types_.data(); }  // [n_particles]
  int particle(tagint tag) const;                     // -1: not an atom of the group
  uint64_t hash() const;                              // of n_space, atom IDs and types
  const char *unit_style() const;
  double kT(double temperature) const;
  BgenBox box;

  // Configurations are refused in which two atoms, not both outside the group, come closer than overlap (0, the default:
  // never), or atoms of one bond, angle, dihedral or improper are farther apart than bond_max (0, the default: LAMMPS'
  // ghost cutoff, beyond which it may stop).
  void set_screen(double overlap, double bond_max);

  // The present configuration, at any time.
  void gather(double *x);
  bool all_there() const;         // LAMMPS has lost no atom
  double step_energy();           // thermo's pe, where LAMMPS has just evaluated it for this step
  std::vector<int> bonds() const; // between particles, i then j of each

  // Opens a visit: keeps every bit of the present state, on each rank its own atoms.
  void remember();

  // Why LAMMPS must not see x, or nullptr. Within a visit only.
  const char *screen(const double *x);

  // The potential energy, thermo's pe, of x, to where it moves the atoms; without x, of the configuration that was
  // remembered. A configuration that is refused moves nothing and has the energy NaN, so that no jump can lead to it, nor,
  // for detailed balance, away from it; refused() then tells why, else it is nullptr. Energies of others may be NaN or
  // infinite as well.
  double energy(const double *x);
  double energy();
  const char *refused() const { return refused_; }

  // dU/dx[dim] of the latest energy() that was not refused.
  void gradient(double *grad);

  // Closes the visit: everything as remembered, bit for bit, or the atoms stay where the latest
  // energy(x) has put them, with their velocities.
  void restore();
  void accept();

  // keep() all atoms as they are at the end of a step; go_back() to them in pre_exchange(), time reversed. Between visits.
  void keep();
  bool has_kept() const { return !kept_.atoms.empty(); }
  void go_back();
  void check_reversible() const; // stops where a fix has a state that does not go back
  void forget() { kept_.atoms.clear(); }

  // Velocities of the group's moved components: new ones from the Maxwell-Boltzmann distribution,
  // and what the forces -grad[dim] change in them in a time.
  void resample_velocities(double temperature, bgen_rng rng);
  void kick(double time, const double *grad);
  void velocity_variance(double temperature, double *variance); // [dim], kT/m
  void disturb_velocities(); // of all atoms, to any others: within a visit that restore() ends

  // Open and close a visit between runs. The next run sets up anew, even with "pre no".
  void begin_command();
  void end_command();

  bigint n_energy_calls() const { return n_energy_calls_; } // evaluations that LAMMPS has made
  double memory_usage() const;

private:
  // This rank's atoms and the box.
  struct Atoms {
    std::vector<double> atoms; // in their order, as AtomVec::pack_exchange leaves them
    int nlocal, nfirst;
    double boxlo[3], boxhi[3];
  };
  // What a visit puts back.
  struct State : Atoms {
    std::vector<double> f, tallies; // [nlocal][3] and as tallies_
    bigint eflag_global, pe_step, list_calls, list_dangers, list_step;
    int list_age, whichflag;
  };
  // Atoms that LAMMPS wants within its ghost cutoff of each other.
  struct Bonded {
    int i, j; // particles, or n_particles() + index of a partner
    double longest;
  };

  const int igroup_, groupbit_, n_space_;
  double overlap_, bond_max_;
  std::vector<int> types_;
  std::vector<tagint> tags_;
  std::vector<tagint> partners_; // atoms outside that share a bond, angle ... with it
  std::vector<Bonded> bonded_;
  class Compute *pe_;
  std::vector<class Fix *> energy_fixes_; // whose forces and energies belong to pe
  std::vector<double *> tallies_; // where LAMMPS keeps the energies and virials of its styles
  std::unique_ptr<class Irregular> irregular_;

  State state_; // while visiting_
  Atoms kept_;
  bool visiting_, warned_;
  bool fresh_;  // styles, fixes and bonds may be others than in the last visit
  bool listed_; // ghosts and neighbor lists belong to the atoms as they are
  const char *refused_;
  bigint n_energy_calls_;
  std::vector<double> home_; // [n_particles + n_partners][3], unwrapped, as remembered
  std::vector<double> sum_;

  void check_system();
  void check_fixes();
  void find_atoms();
  void check_atoms();
  double mass(int i) const;
  std::vector<tagint> gather_ranks(const std::vector<tagint> &mine) const;
  void find_bonded();
  void set_bonded(const std::vector<tagint> &found);
  double bond_limit(int bond_type) const;
  int home_index(tagint tag) const;
  void position(int particle, const double *x, double *u) const;
  void difference(const double *a, const double *b, double *d) const;
  const char *outside(const double *x) const;
  bool too_many_bins(const double *lo, const double *hi) const;
  bool stretched(const double *x) const;
  bool overlapping(const double *x);
  void find_energies();
  void find_energy_fixes();
  void remember_home();
  void put_back_atoms();
  void pack(Atoms &state) const;
  void unpack(const Atoms &state);
  void put_back_box(const Atoms &state);
  void reverse_velocities(double time);
  void put_back_tallies();
  bool move(const double *x);
  void place(const double *x, bool wrap);
  imageint image_of(const double *u, imageint old) const;
  bool rebuild(bool setup);
  double evaluate();
  void clear_forces();
};
} // namespace LAMMPS_NS

#endif
