/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID works FILE": the works of jumps, and what they say of free energies either way and
   both */

#include "report/works.h"
#include "actions/actions.h"
#include "report/file.h"
#include "report/reduced.h"
#include "state/owned.h"
#include "state/state.h"

#include <deque>

using namespace bgen;

namespace {
struct WorksSettings {
  const std::vector<WorksBothWays> *works;
  std::vector<std::string> reduced_paths; // of each of them, or none
};
} // namespace

static const std::vector<Option<WorksSettings>> KEYWORDS = {
    {"u_nk", "name", "-",
     "beginning of the names of files of reduced potentials, one for each move and pair of basins",
     [](auto &line, auto &to) {
       const std::string path = line.beginning_of_files();
       for (const WorksBothWays &of : *to.works) {
         to.reduced_paths.push_back(path + "." + one_word(of.move) + "." + of.from + "." + of.to +
                                    ".u_nk.csv");
         line.will_write(to.reduced_paths.back());
       }
     }}};

static void write_reduced(File &file, const State &state, const WorksBothWays &works,
                          double temperature)
{
  file.print(reduced_works({"works of " + one_word(works.move) + " from " + works.from + " to " +
                                works.to + " of fix " + state.id,
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
  const JumpNames names = {state.settings.move_names(), state.settings.basin_names()};
  const double temperature = bgen_markov_temperature(state.chain);
  Owned<bgen_work_lists, bgen_work_lists_destroy> all; // of all partitions
  create(all, bgen_markov_all_works, static_cast<const bgen_markov_chain *>(state.chain));
  const std::vector<WorksBothWays> both_ways = works_both_ways(all.get(), names);
  WorksSettings settings = {&both_ways, {}};
  const std::string path = line.file();
  read_options(line, KEYWORDS, {}, settings);
  File file(state.pool.to_write(path));
  std::deque<File> reduced; // opened before the first file is there
  for (const std::string &name : settings.reduced_paths)
    reduced.emplace_back(state.pool.to_write(name));
  file.print(works_file(all.get(), names, state.id));
  file.close();
  for (size_t k = 0; k < reduced.size(); k++)
    write_reduced(reduced[k], state, both_ways[k], temperature);
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
