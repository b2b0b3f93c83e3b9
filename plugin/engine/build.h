/* SPDX-License-Identifier: GPL-2.0-or-later */
/* build.h - whether this library fits the build of the LAMMPS that has loaded it */

#ifndef BGEN_ENGINE_BUILD_H
#define BGEN_ENGINE_BUILD_H

namespace bgen {

/* Why it does not, or nullptr.  bgenplugin.c has seen to the version; a LAMMPS of that version may
   still have other integer sizes or another MPI. */
const char *build_mismatch(void *lammps);

} // namespace bgen

#endif
