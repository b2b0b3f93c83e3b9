/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irregular.h - atoms that move to any other rank, for a LAMMPS that is installed without this
   header; any LAMMPS that has its own is found first

   The constructor is LAMMPS' own and fills its own members, for which "members" has room to spare:
   in Feb 2025 they took 240 bytes. */

#ifndef LMP_IRREGULAR_H
#define LMP_IRREGULAR_H

#include "pointers.h"

namespace LAMMPS_NS {

class Irregular : protected Pointers {
public:
  Irregular(LAMMPS *lmp);
  ~Irregular() override;
  void migrate_atoms(int sortflag = 0, int preassign = 0, int *procassign = nullptr);
  int migrate_check();

private:
  double members[512];
};

} // namespace LAMMPS_NS

#endif
