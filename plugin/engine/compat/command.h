/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.h - for a LAMMPS installed without it (Debian 12); one that has its own is found first */

#ifndef LMP_COMMAND_H
#define LMP_COMMAND_H

#include "pointers.h"

namespace LAMMPS_NS {

class Command : protected Pointers {
public:
  explicit Command(LAMMPS *lmp) : Pointers(lmp) {}
  virtual void command(int narg, char **arg) = 0;
};

} // namespace LAMMPS_NS

#endif
