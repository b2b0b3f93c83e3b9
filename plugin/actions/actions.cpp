/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/actions.h"

#include "input/error.h"
#include "state/state.h"

using namespace bgen;

static const std::vector<OldWord> OLD = {
    {"frames", "use 'fix_modify ID frames train|test|none', or 'bgen ID dump FILE'"},
    {"tune", "use 'fix_modify ID tune no|yes'"},
    {"anneal", "use 'bgen ID population'"}};

const std::vector<ActionKind> &bgen::actions()
{
  static const std::vector<ActionKind> ALL = {
      train_action(),   sample_action(),     free_energy_action(), gibbs_action(),
      mixture_action(), population_action(), works_action(),       interpolate_action(),
      save_action(),    load_action(),       dump_action(),        info_action()};
  return ALL;
}

static CommandHelp all_help()
{
  CommandHelp help = {"bgen ID action ...", {}};
  for (const ActionKind &kind : actions()) help.keywords.push_back({kind.word, "", "-", kind.what});
  help.keywords.push_back({"ACTION help", "", "-", "print the arguments of an action"});
  return help;
}

static const ActionKind &read_kind(Line &line)
{
  const std::string word = line.text("an action");
  std::string all;
  for (const ActionKind &kind : actions()) {
    if (word == kind.word) return kind;
    all += (all.empty() ? "" : ", ") + std::string(kind.word);
  }
  for (const OldWord &old : OLD)
    if (word == old.word) line.fail("action '" + word + "' no longer exists: " + old.instead);
  line.fail("unknown action '" + word + "': expected one of " + all);
}

namespace {
/* Other fixes that an action names meet as well, if they have a pool. */
class MeetingFixes : public Surroundings {
public:
  MeetingFixes(Surroundings &all, const std::string &line) : all_(all), line_(line) {}
  State *find(const std::string &fix_id) override
  {
    State *found = all_.find(fix_id);
    if (found) found->meeting.begin(line_);
    return found;
  }

private:
  Surroundings &all_;
  const std::string line_;
};
} // namespace

void bgen::act(State &state, Line &line, Surroundings &surroundings)
{
  if (line.next_is("help")) return state.host.print(all_help().text());
  state.pool.together([&] {
    const ActionKind &kind = read_kind(line);
    if (line.next_is("help")) return state.host.print(kind.help.text());
    line.set_subject("bgen " + std::string(kind.word));
    const std::string whole = line.text_of_all();
    state.meeting.begin(whole);
    MeetingFixes others(surroundings, whole);
    with_memory(line.subject(), whole, [&] { kind.act(state, line, others); });
    state.meeting.end();
  });
}
