/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_bgen.h - the input command "bgen fix-ID action ...": what is done to a generator between
   runs */

#ifdef COMMAND_CLASS
// clang-format off
CommandStyle(bgen,CommandBgen);
// clang-format on
#else

#ifndef LMP_COMMAND_BGEN_H
#define LMP_COMMAND_BGEN_H

#include "command.h"

namespace LAMMPS_NS {

class CommandBgen : public Command {
public:
  explicit CommandBgen(class LAMMPS *lmp) : Command(lmp) {}
  void command(int, char **) override;
};

} // namespace LAMMPS_NS

#endif
#endif
