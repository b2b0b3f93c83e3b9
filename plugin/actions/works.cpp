/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID works FILE": the works of jumps, and what they say of free energies either way and
   both */

#include "report/works.h"
#include "actions/actions.h"
#include "input/text.h"
#include "report/file.h"
#include "state/owned.h"
#include "state/state.h"

using namespace bgen;

static void warn_of_others(State &state)
{
  const size_t n = state.meeting.n_left_out();
  if (n > 0)
    state.host.warn(
        text("bgen %s: works of %zu partition%s are left out, which are of another model "
             "or temperature than those of partition %d",
             state.id.c_str(), n, n == 1 ? "" : "s", state.pool.number()));
}

static void works(State &state, Line &line, Surroundings &)
{
  const std::string path = line.file();
  line.end();
  const JumpNames names = {state.settings.move_names(), state.settings.basin_names()};
  const double temperature = bgen_markov_temperature(state.chain);
  Owned<bgen_work_lists, bgen_work_lists_destroy> all; // of all partitions
  bgen_work_lists *made = nullptr;
  check(bgen_markov_all_works(state.chain, &made));
  all.reset(made);
  File file(state.pool.to_write(path));
  file.print(works_file(made, names, state.id));
  file.close();
  warn_of_others(state);
  state.host.print(works_table(made, names, state.id, temperature, state.engine.kT(temperature)) +
                   "bgen " + state.id + ": works written to " + path + "\n");
}

ActionKind bgen::works_action()
{
  return {"works",
          "write the works of jumps, and free energies from them",
          {"bgen ID works FILE", {}},
          works};
}
