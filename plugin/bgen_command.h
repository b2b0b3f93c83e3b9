/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_command.h - the input command "bgen fix-ID action ...": what is done to a generator between runs */

#ifdef COMMAND_CLASS
// clang-format off
CommandStyle(bgen,BgenCommand);
// clang-format on
#else

#ifndef LMP_BGEN_COMMAND_H
#define LMP_BGEN_COMMAND_H

#include "command.h"

namespace LAMMPS_NS {

class BgenCommand : public Command {
public:
  explicit BgenCommand(class LAMMPS *lmp) : Command(lmp) {}
  void command(int, char **) override;

private:
  void dump_frames(class FixBgen &fix, class BgenWords &words);
  void frames(class FixBgen &fix, class BgenWords &words);
  void info(FixBgen &fix, BgenWords &words);
  void tune(FixBgen &fix, BgenWords &words);
  void save(FixBgen &fix, BgenWords &words);
  void load(FixBgen &fix, BgenWords &words);
};

} // namespace LAMMPS_NS

#endif
#endif
