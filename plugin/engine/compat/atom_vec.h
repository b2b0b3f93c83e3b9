/* SPDX-License-Identifier: GPL-2.0-or-later */
/* atom_vec.h - the two functions of AtomVec that bgen calls, for a LAMMPS that is installed without
   this header; any LAMMPS that has its own is found first

   They are virtual there and not here, which calls the ones of the base class. Only KOKKOS has
   others, and is refused by a bgen that was built with this file (copies.h). */

#ifndef LMP_ATOM_VEC_H
#define LMP_ATOM_VEC_H
#define BGEN_NO_ATOM_VEC_H

namespace LAMMPS_NS {

class AtomVec {
public:
  int pack_exchange(int i, double *buf);
  int unpack_exchange(double *buf);
};

} // namespace LAMMPS_NS

#endif
