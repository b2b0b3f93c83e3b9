/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID works FILE": the works of jumps, and what they say of free energies either way and
   both */

#include "report/works.h"
#include "actions/actions.h"
#include "report/file.h"
#include "state/state.h"

using namespace bgen;

static void works(State &state, Line &line, Surroundings &)
{
  const std::string path = line.file();
  line.end();
  const JumpNames names = {state.settings.move_names(), state.settings.basin_names()};
  const double kT = state.engine.kT(bgen_markov_temperature(state.chain));
  File file(state.pool.to_write(path));
  file.print(works_file(state.chain, names, state.id));
  file.close();
  state.host.print(works_table(state.chain, names, state.id, kT) + "bgen " + state.id +
                   ": works written to " + path + "\n");
}

ActionKind bgen::works_action()
{
  return {"works",
          "write the works of jumps, and free energies from them",
          {"bgen ID works FILE", {}},
          works};
}
