/* SPDX-License-Identifier: GPL-2.0-or-later */
/* other_fixes.h - what bgen knows of the other fixes of LAMMPS: which of them belong to the
   potential energy, and beside which of them jumps are wrong

   One table, in other_fixes.cpp. What it does not know is tested when jumps begin: that forces are
   those of the energy (core/sample/force_check.h), that the energy of a configuration stays what it
   was, and that atoms stay where a jump has put them (state/guards.h). */

#ifndef BGEN_ENGINE_OTHER_FIXES_H
#define BGEN_ENGINE_OTHER_FIXES_H

#include "engine/group_atoms.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {
class Fix;
}

namespace bgen {

enum class Verdict {
  UNKNOWN,        // it is tested
  FINE,           // it exerts no forces, or none that matter
  FORCE,          // its forces depend on positions: their work is compared with its energy
  SHORT_RANGED,   // so too, but only in a part of space
  CONSTRAINT,     // it holds distances, by forces without energy: see rods.h
  NOISE,          // a thermostat: its forces have no energy, as it must be
  MOVER,          // Monte Carlo moves of its own, which may follow a jump
  NOT_CANONICAL,  // a warning: it does not sample the Boltzmann distribution
  NOT_REVERSIBLE, // not with offsets: it has a state that cannot go back in time
  REFUSED         // wrong beside jumps of common atoms
};

struct KnownFix {
  const char *style; // one that begins with it is known, too, if it ends with '*'
  Verdict verdict;
  const char *reason; // "fix ID (style) " + reason
};

const KnownFix &known_fix(const char *style);

std::string name_of(const LAMMPS_NS::Fix *fix); // fix ID (style)

/* Whether a fix acts on an atom of those; collective. */
bool shares_atoms(const LAMMPS_NS::LAMMPS *lmp, const LAMMPS_NS::Fix *fix, const GroupAtoms &atoms);

/* Beside which fixes the atoms may not jump: a sentence, or "". Warnings are added. Collective,
   with the same result on all ranks. */
struct JumpConditions {
  std::string fix;   // the ID of ours
  bool with_offsets; // or what tunes them
};
std::string trouble_with_fixes(LAMMPS_NS::LAMMPS *lmp, const GroupAtoms &atoms,
                               const JumpConditions &jumps, std::vector<std::string> &warnings);

} // namespace bgen

#endif
