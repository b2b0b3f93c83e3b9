/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID works FILE": the works of jumps, and what they say of free energies either way and
   both */

#include "report/works.h"
#include "actions/actions.h"
#include "report/file.h"
#include "report/reduced.h"
#include "state/owned.h"
#include "state/state.h"

using namespace bgen;

namespace {
struct WorksSettings {
  std::string reduced_path;
};
} // namespace

static const std::vector<Option<WorksSettings>> KEYWORDS = {
    {"u_nk", "name", "-",
     "beginning of the names of files of reduced potentials, one for each move and pair of basins",
     [](auto &line, auto &to) { to.reduced_path = line.file("the beginning of file names"); }}};

static void write_reduced(const State &state, const std::string &path, const WorksBothWays &works,
                          double temperature)
{
  const std::string move = one_word(works.move);
  File file(path + "." + move + "." + works.from + "." + works.to + ".u_nk.csv");
  file.print(reduced_works(
      {"works of " + move + " from " + works.from + " to " + works.to + " of fix " + state.id,
       temperature,
       state.engine.kT(temperature),
       state.host.units(),
       {},
       {},
       "",
       works.bar},
      works.there, works.back));
  file.close();
}

static void works(State &state, Line &line, Surroundings &)
{
  WorksSettings settings;
  const std::string path = line.file();
  read_options(line, KEYWORDS, {}, settings);
  const JumpNames names = {state.settings.move_names(), state.settings.basin_names()};
  const double temperature = bgen_markov_temperature(state.chain);
  Owned<bgen_work_lists, bgen_work_lists_destroy> all; // of all partitions
  create(all, bgen_markov_all_works, static_cast<const bgen_markov_chain *>(state.chain));
  const std::vector<WorksBothWays> both_ways = works_both_ways(all.get(), names);
  File file(state.pool.to_write(path));
  file.print(works_file(all.get(), names, state.id));
  file.close();
  const std::string reduced = state.pool.to_write(settings.reduced_path);
  for (const WorksBothWays &of : both_ways)
    if (!reduced.empty()) write_reduced(state, reduced, of, temperature);
  state.meeting.warn_left_out("works", state.meeting.n_left_out(),
                              "of another model or temperature");
  state.host.print(works_table(both_ways, state.id, temperature, state.engine.kT(temperature)) +
                   "bgen " + state.id + ": works written to " + path + "\n");
}

ActionKind bgen::works_action()
{
  return {"works",
          "write the works of jumps, and free energies from them",
          {"bgen ID works FILE", keywords_of(KEYWORDS)},
          works};
}
