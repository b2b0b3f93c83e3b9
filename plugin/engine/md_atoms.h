/* SPDX-License-Identifier: GPL-2.0-or-later */
/* md_atoms.h - which atoms a run moves by the forces of the energy: those in the group of a fix
   that integrates, unless another fix holds them, that is, sets their forces or moves them itself

   Groups are looked at, not single atoms: what the answer depends on must not change in a run, also
   where a fix acts in a region only. */

#ifndef BGEN_ENGINE_MD_ATOMS_H
#define BGEN_ENGINE_MD_ATOMS_H

#include "pointers.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {
class Fix;
}

namespace bgen {

class MdAtoms : protected LAMMPS_NS::Pointers {
public:
  explicit MdAtoms(LAMMPS_NS::LAMMPS *lmp) : Pointers(lmp) {}
  ~MdAtoms() noexcept override {} // as in LammpsBox

  /* Within a run, whose fixes are initialized: collective. n_space: see Body. Before, all atoms are
     taken as integrated and none as held. */
  void find(int n_space);

  /* Where no fix integrates at all, jumps are all that moves atoms: then all count as
     integrated. */
  bool any() const { return integrated_ != 0; }
  /* of an atom with this mask */
  bool integrates(int mask) const { return !any() || (mask & integrated_); }

  /* What hinders MD from moving an atom with this mask: -1: nothing, 0: no fix integrates it,
     k: holder(k) holds it. */
  int hindrance(int mask) const;
  const std::string &holder(size_t k) const { return holders_[k - 1].name; } // "fix ID (style)"
  /* Of the atoms in one group and not in another [hindrances from 0 on]; collective. */
  std::vector<LAMMPS_NS::bigint> count_hindered(int groupbit, int but_not) const;
  /* A fix that holds the atoms of a dynamic group, or "". */
  const std::string &changing_holder() const { return changing_; }

private:
  struct Holder {
    std::string name;
    int groupbit;
  };
  int integrated_ = 0; // bits of groups
  std::vector<Holder> holders_;
  std::string changing_;

  bool holds(LAMMPS_NS::Fix *fix, int n_space);
  bool sets_forces(LAMMPS_NS::Fix *fix, int n_space);
};

} // namespace bgen

#endif
