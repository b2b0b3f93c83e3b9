/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusal.h - configurations that LAMMPS must not see, since it would stop or lose atoms

   Every rank looks at every particle, so all of them find the same reason. */

#ifndef BGEN_ENGINE_REFUSAL_H
#define BGEN_ENGINE_REFUSAL_H

#include "engine/home.h"

namespace bgen {

/* Configurations are refused in which two atoms, not both outside the group, are closer than
   overlap (0: never), or atoms of one bond, angle, dihedral or improper are farther apart than
   bond_max (0: LAMMPS' ghost cutoff, beyond which it may stop). */
struct Limits {
  double overlap = 0.0, bond_max = 0.0;
};

class Refusal : protected LAMMPS_NS::Pointers {
public:
  Refusal(LAMMPS_NS::LAMMPS *lmp, const GroupAtoms &group_atoms, Home &home, const Limits &limits);

  /* Which atoms need each other, and so the partners; collective. Before home is remembered. */
  void find_bonded();

  /* Why x must not be evaluated; nullptr: it may. Collective; home then goes to x. */
  const char *reason(const double *x);

  double memory_usage() const { return n_bytes(bonded_, line_); }

private:
  /* Atoms that LAMMPS wants within its ghost cutoff of each other, by their index at home. */
  struct Bonded {
    int i, j;
    double longest;
  };
  const GroupAtoms &group_;
  Home &home_;
  const Limits limits_;
  std::vector<Bonded> bonded_; // each pair once
  double shortest_ = 0.0;      // of their longest distances
  /* Particles in the order of their places along the last edge of the box. */
  struct InLine {
    double along;
    const double *u;
  };
  std::vector<InLine> line_;

  void find_partners(const std::vector<LAMMPS_NS::tagint> &found);
  double bond_limit(int bond_type) const;
  void difference(const double *a, const double *b, double *d) const;
  Extent reach_along_edges() const;
  const char *outside(const Extent &reach) const;
  bool too_many_bins(const Extent &reach, const double *boxlo, const double *boxhi) const;
  bool stretched(const Extent &particles) const;
  bool compact(Extent all) const;
  bool overlapping();
  double reach() const;
  double along(const double *u) const;
  void line_up();
  bool overlaps(const double *u, size_t first, size_t n_most, double from, double span) const;
  bool overlaps_other(const double *u) const;
};

} // namespace bgen

#endif
