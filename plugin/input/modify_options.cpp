/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/modify_options.h"

using namespace bgen;

static const std::vector<Option<ModifySettings>> KEYWORDS = {
    {"frames", "train|test|none", "train", "use of the frames that follow",
     [](Line &line, ModifySettings &to) {
       to.frames = line.choice({"train", "test", "none"}, "the use of frames");
     }},
    {"tune", "no|yes", "yes", "whether offsets, steps and schedules are tuned",
     [](Line &line, ModifySettings &to) { to.tune = line.yes("the choice of tuning"); }},
};

CommandHelp bgen::modify_help()
{
  return {"fix_modify ID", keywords_of(KEYWORDS)};
}

bool bgen::read_modify(Line &line, ModifySettings &to)
{
  return read_option(line, KEYWORDS, to);
}
