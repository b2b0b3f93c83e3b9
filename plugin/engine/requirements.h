/* SPDX-License-Identifier: GPL-2.0-or-later */
/* requirements.h - what LAMMPS must be like: its build, and for proposals to move atoms */

#ifndef BGEN_ENGINE_REQUIREMENTS_H
#define BGEN_ENGINE_REQUIREMENTS_H

#include "engine/group_atoms.h"

#include "lammps.h"

#include <string>

namespace bgen {

/* Why this library does not fit the build of the LAMMPS that has loaded it, or nullptr.
   bgenplugin.c has seen to the version; a LAMMPS of that version may still have other integer sizes
   or another MPI. */
const char *build_mismatch(void *lammps);

/* Stops all ranks with one sentence where the atoms of a group cannot be moved. Collective, and
   cheap. */
void require_movable(LAMMPS_NS::LAMMPS *lmp, const GroupAtoms &group_atoms);
/* The same where a fix constrains them, of those that only paths may move, too. */
void require_unconstrained(LAMMPS_NS::LAMMPS *lmp, const GroupAtoms &group_atoms);

/* What is wrong where MD must be able to go backwards: a sentence, or "". */
std::string trouble_with_reversing(LAMMPS_NS::LAMMPS *lmp);

} // namespace bgen

#endif
