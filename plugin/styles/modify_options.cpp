/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "styles/modify_options.h"

#include "report/jumps.h"
#include "state/state.h"

namespace bgen {

static void read_frames(Line &line, ModifySettings &to)
{
  static constexpr FrameUse USES[] = {FrameUse::TRAIN, FrameUse::TEST, FrameUse::NONE};
  to.use = USES[line.choice({"train", "test", "none"}, "the use of frames")];
  to.has_use = true;
}

static void read_tune(Line &line, ModifySettings &to)
{
  to.tunes = line.yes("the choice of tuning");
  to.has_tuning = true;
}

static const std::vector<Option<ModifySettings>> KEYWORDS = {
    {"frames", "train|test|none", "train", "use of the frames that follow", read_frames},
    {"tune", "no|yes", "yes", "whether offsets, steps and schedules are tuned", read_tune}};

CommandHelp modify_help()
{
  return {"fix_modify ID", keywords_of(KEYWORDS)};
}

ModifySettings read_modify_option(Line &line)
{
  ModifySettings change;
  if (line.next_is("help"))
    change.help = modify_help().text();
  else if (!read_option(line, KEYWORDS, change))
    fail_unknown(line, line.peek(), keywords_of(KEYWORDS), {});
  return change;
}

static void modify_tuning(State &state, bool tunes)
{
  const JumpNames names = {state.settings.move_names(), state.settings.basin_names()};
  state.set_tuning(tunes);
  state.host.print("bgen " + state.id + (tunes ? ": tunes" : ": tuned") +
                   tuned_text(state.chain, names) + "\n");
  if (tunes) return;
  for (const std::string &sentence : offsets_not_found(state.chain, names))
    state.host.warn("bgen: fix " + state.id + ": " + sentence);
}

void modify(State &state, const ModifySettings &change)
{
  if (!change.help.empty()) state.host.print(change.help);
  if (change.has_use) state.take_frames(change.use);
  if (!change.has_tuning) return;
  state.pool.together([&] {
    state.meeting.begin(change.tunes ? "tune yes" : "tune no"); // by the works of all partitions
    modify_tuning(state, change.tunes);
  });
}

} // namespace bgen
