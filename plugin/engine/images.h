/* SPDX-License-Identifier: GPL-2.0-or-later */
/* images.h - which periodic image of each atom of a group belongs to the others

   The image flags of LAMMPS need not make a molecule whole: builders and create_bonds leave them 0,
   and two atoms without a bond drift apart by boxes. A configuration x must not depend on that. So
   x has the images of the rule of core/coords/images.h: atoms of the fix are whole along their
   bonds, from the lowest ID of each molecule on, and atoms that a cv looks at without a bond
   between them are the nearest images of each other.

     on the way to x      shift() is added to the unwrapped positions of LAMMPS
     on the way back      the same shift is subtracted (home.h), so that a move changes LAMMPS'
                          unwrapped positions by no more than it moves the atoms
     crystals             with coords crystal, atoms are the nearest images to their sites instead
     proposals            that do not hold the rule are rejected by screening (refusal.h), at the
                          end of a move and along its path: a chain of x is exact only so

   The atoms of a larger group, which follow a driven move, stay as LAMMPS has them, but for those
   of the fix. Where the box has no periodic side there is nothing to do. */

#ifndef BGEN_ENGINE_IMAGES_H
#define BGEN_ENGINE_IMAGES_H

#include "coords/images.h"
#include "engine/group_atoms.h"

#include <memory>
#include <utility>
#include <vector>

namespace bgen {

class Images : protected LAMMPS_NS::Pointers {
public:
  /* pairs: IDs of atoms that cvs look at, two by two */
  Images(LAMMPS_NS::LAMMPS *lmp, const GroupAtoms &group_atoms, const std::vector<int64_t> &pairs);

  /* Finds what is bonded, if that is not what it was. Collective, and cheap if nothing has
     changed. */
  void find();

  /* From now on atoms are at these sites, x[dim] in any images. */
  void set_sites(const double *x);

  void gather(double *x); // [dim] of the present configuration; collective
  /* From u[particles][3] as LAMMPS has it, unwrapped, to the images of the rule. */
  void shift(const double *u, double *shift) const;
  bool join() const { return images_ && bgen_images_n_joined(images_.get()) > 0; } // any at all
  bool hold(const double *x) const; // x[particles][3] is of the rule

private:
  using Pairs = std::vector<std::pair<LAMMPS_NS::tagint, LAMMPS_NS::tagint>>;
  const GroupAtoms &group_;
  const std::vector<int64_t> pairs_;
  std::unique_ptr<bgen_images, void (*)(bgen_images *)> images_;
  uint64_t known_ = 0;            // hash of bonds and atoms
  std::vector<double> u_, shift_; // u_: and what is counted
  std::vector<double> sites_;     // [particles][3], empty: they have none

  bgen_cell cell() const;
  uint64_t topology() const;
  std::vector<LAMMPS_NS::tagint> members() const;
  Pairs bonds_of(const std::vector<LAMMPS_NS::tagint> &atoms) const;
  std::vector<size_t> particles(const Pairs &pairs) const;
  Pairs unbonded(const Pairs &bonds) const;
  void build();
  void warn_of_rings(const Pairs &pairs) const;
  void unwrap();
};

} // namespace bgen

#endif
