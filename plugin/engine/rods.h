/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rods.h - the distances that fix shake and fix rattle hold

   They are asked of the fix itself: what it keeps with an atom is what it gives away by
   Fix::pack_exchange(), as it does where the atom goes to another rank.  So they are those that
   LAMMPS constrains, whatever the words of the fix were, and no header of the fix is needed, which
   an installed LAMMPS may lack. */

#ifndef BGEN_ENGINE_RODS_H
#define BGEN_ENGINE_RODS_H

#include "engine/group_atoms.h"

namespace bgen {

/* Pairs of particles, i then j of each, sorted. Stops all ranks with one sentence where only one of
   two is a particle, or moves in some directions only. Collective, with the same result on all. */
std::vector<size_t> rods_of(LAMMPS_NS::LAMMPS *lmp, const GroupAtoms &group);

} // namespace bgen

#endif
