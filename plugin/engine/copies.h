/* SPDX-License-Identifier: GPL-2.0-or-later */
/* copies.h - the two copies of all atoms that LAMMPS' KOKKOS package keeps: one for the processor,
   which bgen reads and writes, and one for the device

   A style works on one of them (execution_space), and says what it reads and writes there
   (datamask_read, datamask_modify; LAMMPS' atom_masks.h). LAMMPS brings the copies together around
   every style that it calls; so must who calls a style himself. Without -k on nothing is done, and
   with the backends Serial and OpenMP both copies are the same memory.

   While bgen is called the processor's copy counts: LAMMPS then marks it as the newer one before
   the device reads, and brings back what the device writes (KokkosLMP::auto_sync, which is on
   between runs and around each fix that has no /kk version). */

#ifndef BGEN_ENGINE_COPIES_H
#define BGEN_ENGINE_COPIES_H

#include "fix.h"

namespace bgen {

using DataMask = decltype(LAMMPS_NS::Fix::datamask_read); // wider since 2026

/* Whether lmp runs without KOKKOS, or is one whose copies can be reached. */
bool copies_are_known(const LAMMPS_NS::LAMMPS *lmp);

void copy_to(const LAMMPS_NS::LAMMPS *lmp, LAMMPS_NS::ExecutionSpace space, DataMask read);
void copy_from(const LAMMPS_NS::LAMMPS *lmp, LAMMPS_NS::ExecutionSpace space, DataMask written);

/* call() is where style, a pair, bond, ..., kspace style or a fix, reads and writes atoms. */
template <class Style, class Call>
void with_copies(const LAMMPS_NS::LAMMPS *lmp, const Style *style, const Call &call)
{
  copy_to(lmp, style->execution_space, style->datamask_read);
  call();
  copy_from(lmp, style->execution_space, style->datamask_modify);
}

} // namespace bgen

#endif
