/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/copies.h"

#include "atom.h"
#include "atom_vec.h"

using namespace LAMMPS_NS;

namespace LAMMPS_NS {

/* Two functions of a class that a LAMMPS without KOKKOS lacks. Its own header would need those of
   Kokkos; the rest of the class is nothing to us. */
class AtomKokkos : public Atom {
public:
  [[gnu::weak]] void sync(ExecutionSpace space, bgen::DataMask mask);
  [[gnu::weak]] void modified(ExecutionSpace space, bgen::DataMask mask);
};

} // namespace LAMMPS_NS

namespace bgen {

#ifdef BGEN_NO_ATOM_VEC_H
static constexpr bool HAS_ATOM_VEC = false;
#else
static constexpr bool HAS_ATOM_VEC = true;
#endif

static bool is_there(void (AtomKokkos::*function)(ExecutionSpace, DataMask))
{
  return function != nullptr;
}

bool copies_are_known(const LAMMPS *lmp)
{
  return !lmp->kokkos ||
         (HAS_ATOM_VEC && is_there(&AtomKokkos::sync) && is_there(&AtomKokkos::modified));
}

void copy_to(const LAMMPS *lmp, ExecutionSpace space, DataMask read)
{
  if (lmp->kokkos) static_cast<AtomKokkos *>(lmp->atom)->sync(space, read);
}

void copy_from(const LAMMPS *lmp, ExecutionSpace space, DataMask written)
{
  if (lmp->kokkos) static_cast<AtomKokkos *>(lmp->atom)->modified(space, written);
}

} // namespace bgen
