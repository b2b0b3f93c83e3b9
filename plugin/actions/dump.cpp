/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID dump": the training frames of all basins, as they are now */

#include "actions/actions.h"
#include "actions/point_dump.h"
#include "actions/session.h"
#include "input/text.h"
#include "state/state.h"

using namespace bgen;

static void add_frames(State &state, EvaluatedPoints &points)
{
  const ComparedSession session(state);
  for (int k = 0; k < state.variables.n_basins(); k++) {
    state.frames.prepare(k, Frames::KEEP); // folds those that have come since it learned
    const bgen_frames &frames = state.frames.train(k);
    if (frames.n) points.add_points(k, frames.n, frames.x);
  }
}

static void dump_frames(State &state, Line &line, Surroundings &)
{
  const std::string path = line.file();
  line.end();
  state.model.need_flows(line); // log q is written, too
  if (state.frames.n(FrameUse::TRAIN) == 0)
    line.fail("there are no frames to train on that could be written");
  Dump dump = point_dump(path, state);
  EvaluatedPoints points(state);
  points.keep_x = true;
  add_frames(state, points);
  write_points(dump, points);
  state.host.print(
      text("bgen %s: %zu frames written to %s\n", state.id.c_str(), points.n(), path.c_str()));
}

ActionKind bgen::dump_action()
{
  return {
      "dump", "write the training frames as a LAMMPS dump", {"bgen ID dump FILE", {}}, dump_frames};
}
