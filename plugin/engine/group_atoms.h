/* SPDX-License-Identifier: GPL-2.0-or-later */
/* group_atoms.h - the atoms of a group: which ones they are, where they are, how fast they move

   What is not const is collective over the ranks of LAMMPS and gives the same bits on all of
   them. */

#ifndef BGEN_ENGINE_GROUP_ATOMS_H
#define BGEN_ENGINE_GROUP_ATOMS_H

#include "engine/body.h"
#include "engine/md_atoms.h"

#include "pointers.h"

#include <string>
#include <vector>

namespace bgen {

/* The memory that vectors take. */
template <class... T> double n_bytes(const std::vector<T> &...vectors)
{
  return static_cast<double>((... + (vectors.capacity() * sizeof(T))));
}

/* Whose atoms they are. */
struct Owner {
  std::string fix = "fix bgen"; // as sentences name it
  const MdAtoms *md = nullptr;  // the caller's; nullptr: MD moves all atoms
  /* The group of the fix, whose atoms the others follow where MD moves them; -1: these are its
     own. */
  int led_by = -1;
  bool drives = false; // they move along paths alone, which keep what fix shake constrains

  bool follow() const { return led_by >= 0; }
};

/* Each value becomes its sum over the ranks; collective. */
void sum_ranks(LAMMPS_NS::LAMMPS *lmp, double *values, size_t n);

class GroupAtoms : protected LAMMPS_NS::Pointers {
public:
  GroupAtoms(LAMMPS_NS::LAMMPS *lmp, int igroup, int n_space, const Owner &owner);

  /* Finds the atoms, or, once found, makes sure that they are still the same: if not, those that
     follow are found anew, and for those of the fix it stops all ranks with one sentence. */
  void renew();
  int n_changes() const { return n_changes_; } // how often they were found anew

  const Body &body() const { return body_; }
  int igroup() const { return igroup_; }
  const Owner &owner() const { return owner_; }
  bool has(int i) const; // local atom i
  int particle(LAMMPS_NS::tagint tag) const { return body_.particle(tag); }
  int particle_here(int i) const; // of local atom i, -1: it is none
  double mass(int i) const;       // of local atom i
  double kT(double temperature) const;

  /* That the atoms are still the same, for a sum over the ranks that is made anyway: each rank adds
     what it finds to N_SAME numbers, and whoever has the sum looks at it. */
  enum { N_SAME = 2 };
  void count_same(double *same) const;
  void require_same(const double *same) const; // stops all ranks with one sentence
  bool all_there() const;                      // LAMMPS has lost no atom, of whatever group
  Topology topology() const;                   // collective
  std::vector<int> in_group(int igroup) const; // of each particle 1 or 0; collective
  /* The values of all ranks, in the order of the ranks; collective. */
  std::vector<LAMMPS_NS::tagint> gather_ranks(const std::vector<LAMMPS_NS::tagint> &mine) const;

  /* Velocities of the moved components, see engine.h, of atoms that are integrated; kick: by the
     forces -grad[dim] in a time. */
  void set_velocities(const double *v);
  void kick(double time, const double *grad);
  void velocity_variance(double temperature, double *variance);
  /* Of all atoms that MD moves: reversed, by the forces in memory halfway through a time; to any
     others. */
  void reverse_velocities(double time);
  void disturb_velocities();

  double memory_usage() const { return n_bytes(body_.tags, body_.types); }

private:
  const int igroup_, groupbit_;
  const Owner owner_;
  Body body_;
  int n_changes_ = 0;

  bool is_integrated(int i) const;
  void find();
};

} // namespace bgen

#endif
