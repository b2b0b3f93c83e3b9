/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modify_options.h - what "fix_modify ID keyword value" changes in a fix bgen */

#ifndef BGEN_STYLES_MODIFY_OPTIONS_H
#define BGEN_STYLES_MODIFY_OPTIONS_H

#include "input/options.h"
#include "state/frames.h"

namespace bgen {

class State;

struct ModifySettings {
  bool has_use = false, has_tuning = false; // which of the two is said
  FrameUse use = FrameUse::TRAIN;           // of frames that come from now on
  bool tunes = true;
  std::string help; // what is to be printed
};

/* One keyword and its value. Throws: there is no such keyword. */
ModifySettings read_modify_option(Line &line);
CommandHelp modify_help();

/* On the rank that leads. */
void modify(State &state, const ModifySettings &change);

} // namespace bgen

#endif
