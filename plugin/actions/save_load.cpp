/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID save" and "bgen ID load": the model in a file */

#include "actions/actions.h"
#include "actions/session.h"
#include "actions/whitening.h"
#include "state/state.h"

using namespace bgen;

static std::string read_path(Line &line)
{
  std::string path = line.file();
  line.end();
  return path;
}

static void save(State &state, Line &line, Surroundings &)
{
  const std::string path = read_path(line);
  state.save(path);
  state.host.print("bgen " + state.id + ": saved to " + path + "\n");
}

/* of parameters alone is the file, the rest of the flows of the frames of this box */
static void fit_flows(State &state, const Line &line)
{
  const CheckedSession session(state);
  const bool is_local = bgen_flow_is_local(bgen_generator_flow(state.model.generator(), 0));
  for (int k = 0; is_local && k < state.variables.n_basins(); k++) {
    if (!state.model.fitted(k) && state.frames.n(FrameUse::TRAIN, k) == 0)
      line.fail("supercell: basin " + state.variables.basin_name(k) +
                " has no frames of this box to fit its flow to: collect or rerun some");
    prepare_flow(state, Frames::KEEP, WHITEN_AS_USUAL, k);
  }
}

static void load(State &state, Line &line, Surroundings &)
{
  const std::string path = line.file();
  const bool supercell = line.next_is("supercell");
  line.end();
  if (supercell) fit_flows(state, line);
  state.load(path, supercell);
  state.host.print("bgen " + state.id + ": loaded from " + path + "\n");
}

ActionKind bgen::save_action()
{
  return {"save", "write the model to a file", {"bgen ID save FILE", {}}, save};
}

ActionKind bgen::load_action()
{
  return {"load", "read the model from a file", {"bgen ID load FILE [supercell]", {}}, load};
}
