/* SPDX-License-Identifier: GPL-2.0-or-later */
/* home.h - where the particles were when a trial began, with their components that are not moved,
   and the atoms outside the group that share a bond, angle ... with one of them: its partners; and
   where the particles are to go

   A particle of x is at an image of the rule of images.h; its shift from where LAMMPS has it,
   unwrapped, stays that of the beginning. */

#ifndef BGEN_ENGINE_HOME_H
#define BGEN_ENGINE_HOME_H

#include "engine/images.h"

#include <cmath>

namespace bgen {

/* The box around points. */
struct Extent {
  double lo[3] = {HUGE_VAL, HUGE_VAL, HUGE_VAL}, hi[3] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL};

  void add(const double *point)
  {
    for (int d = 0; d < 3; d++) {
      lo[d] = point[d] < lo[d] ? point[d] : lo[d];
      hi[d] = point[d] > hi[d] ? point[d] : hi[d];
    }
  }
  double length(int d) const { return hi[d] - lo[d]; }
  /* No two of the points are farther apart, rounding included. */
  double diagonal_squared() const
  {
    return length(0) * length(0) + length(1) * length(1) + length(2) * length(2);
  }
};

class Home : protected LAMMPS_NS::Pointers {
public:
  Home(LAMMPS_NS::LAMMPS *lmp, const GroupAtoms &group_atoms, const Images &images);

  void set_partners(std::vector<LAMMPS_NS::tagint> tags); // in any order, several times each

  /* Collective, with the same bits on all ranks; makes sure that the particles are the same as
     ever. */
  void remember();
  void present(double *x) const; // [dim] of the particles, as remembered

  /* An index, from 0 on, of a particle or a partner; -1: any other atom. */
  int index(LAMMPS_NS::tagint tag) const;
  int n_indices() const { return group_.body().n_particles() + static_cast<int>(partners_.size()); }

  /* The particles are to go to x[dim]. */
  void go(const double *x);
  /* The unwrapped position [3] of one of them, as LAMMPS has it: the moved components of a particle
     where it is to go, the others as remembered. */
  const double *position(int index) const { return &there_[3 * index]; }
  bool holds_images(); // where they are to go is of the rule of images.h

  double memory_usage() const { return n_bytes(home_, shift_, there_, images_there_, partners_); }

private:
  const GroupAtoms &group_;
  const Images &images_;
  std::vector<LAMMPS_NS::tagint> partners_; // ascending
  std::vector<double> home_;  // [particles, then partners][3], unwrapped; and what is counted
  std::vector<double> shift_; // [particles][3] from there to x
  std::vector<double> there_; // as home_, where the particles are to go
  std::vector<double> images_there_; // memory: [particles][3] with shift_
};

} // namespace bgen

#endif
