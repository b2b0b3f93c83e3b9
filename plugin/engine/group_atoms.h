/* SPDX-License-Identifier: GPL-2.0-or-later */
/* group_atoms.h - the atoms of a group: which ones they are, where they are, how fast they move

   What is not const is collective over the ranks of LAMMPS and gives the same bits on all of
   them. */

#ifndef BGEN_ENGINE_GROUP_ATOMS_H
#define BGEN_ENGINE_GROUP_ATOMS_H

#include "base/rng.h"
#include "engine/body.h"

#include "pointers.h"

#include <vector>

namespace bgen {

/* The memory that vectors take. */
template <class... T> double n_bytes(const std::vector<T> &...vectors)
{
  return static_cast<double>((... + (vectors.capacity() * sizeof(T))));
}

class GroupAtoms : protected LAMMPS_NS::Pointers {
public:
  GroupAtoms(LAMMPS_NS::LAMMPS *lmp, int igroup, int n_space);

  /* Finds the atoms, or, once found, makes sure that they are still the same. */
  void init();

  const Body &body() const { return body_; }
  bool has(int i) const; // local atom i
  int particle(LAMMPS_NS::tagint tag) const { return body_.particle(tag); }
  double mass(int i) const; // of local atom i
  double kT(double temperature) const;

  void gather(double *x);
  bool all_there() const;         // LAMMPS has lost no atom, of whatever group
  std::vector<int> bonds() const; // between particles, i then j of each; collective
  /* The values of all ranks, in the order of the ranks; collective. */
  std::vector<LAMMPS_NS::tagint> gather_ranks(const std::vector<LAMMPS_NS::tagint> &mine) const;

  /* Velocities of the moved components, see engine.h; kick: by the forces -grad[dim] in a time. */
  void resample_velocities(double temperature, bgen_rng rng);
  void kick(double time, const double *grad);
  void velocity_variance(double temperature, double *variance);
  /* Of all atoms that move: reversed, by the forces in memory halfway through a time; to any
     others. */
  void reverse_velocities(double time);
  void disturb_velocities();

  double memory_usage() const { return n_bytes(normals_, body_.tags, body_.types); }

private:
  const int igroup_, groupbit_;
  Body body_;
  std::vector<double> normals_;

  void find();
  void check() const;
};

} // namespace bgen

#endif
