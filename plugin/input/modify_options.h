/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modify_options.h - the keywords of "fix_modify ID keyword value ..." that are of fix bgen */

#ifndef BGEN_INPUT_MODIFY_OPTIONS_H
#define BGEN_INPUT_MODIFY_OPTIONS_H

#include "input/options.h"

namespace bgen {

/* What is to change; -1: stays as it is. */
struct ModifySettings {
  enum Frames { TRAIN, TEST, NONE };
  int frames = -1; // what becomes of those that come from now on
  int tune = -1;   // 0 no, 1 yes
};

/* One keyword with its value; false, and nothing is read, if the next argument is none of these. */
bool read_modify(Line &line, ModifySettings &to);

CommandHelp modify_help();

} // namespace bgen

#endif
