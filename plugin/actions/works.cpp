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

static void works(State &state, Line &line, Surroundings &)
{
  const std::string path = line.file();
  line.end();
  const JumpNames names = {state.settings.move_names(), state.settings.basin_names()};
  const double temperature = bgen_markov_temperature(state.chain);
  Owned<bgen_work_lists, bgen_work_lists_destroy> all; // of all partitions
  create(all, bgen_markov_all_works, static_cast<const bgen_markov_chain *>(state.chain));
  File file(state.pool.to_write(path));
  file.print(works_file(all.get(), names, state.id));
  file.close();
  state.meeting.warn_left_out("works", state.meeting.n_left_out(),
                              "of another model or temperature");
  state.host.print(
      works_table(all.get(), names, state.id, temperature, state.engine.kT(temperature)) + "bgen " +
      state.id + ": works written to " + path + "\n");
}

ActionKind bgen::works_action()
{
  return {"works",
          "write the works of jumps, and free energies from them",
          {"bgen ID works FILE", {}},
          works};
}
