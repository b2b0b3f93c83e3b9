/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID dump": the training frames of all basins, as they are now */

#include "actions/actions.h"
#include "actions/point_dump.h"
#include "input/text.h"
#include "state/state.h"

using namespace bgen;

namespace {
class DumpFrames : public Action {
public:
  DumpFrames(State &state, Line &line);
  void run() override;

private:
  State &state_;
  const std::string path_;
};
} // namespace

DumpFrames::DumpFrames(State &state, Line &line) : state_(state), path_(line.text("a file name"))
{
  line.end();
  state.model.need_flows(line); // log q is written, too
  if (state.frames.n(FrameUse::TRAIN) == 0)
    line.fail("there are no frames to train on that could be written");
}

void DumpFrames::run()
{
  Dump dump = point_dump(path_, state_);
  EvaluatedPoints points(state_);
  points.keep_x = true;
  {
    const Session session(state_.engine);
    for (int k = 0; k < state_.variables.n_basins(); k++) {
      state_.frames.prepare(k, Frames::KEEP); // folds those that have come since it learned
      const bgen_frames &frames = state_.frames.train(k);
      if (frames.n) points.add_points(k, frames.n, frames.x);
    }
  }
  add_points(dump, points);
  dump.close();
  state_.host.print(
      text("bgen %s: %zu frames written to %s\n", state_.id.c_str(), points.n(), path_.c_str()));
}

CommandHelp bgen::dump_help()
{
  return {"bgen ID dump FILE", {}};
}

std::unique_ptr<Action> bgen::create_dump(State &state, Line &line, Surroundings &)
{
  return std::make_unique<DumpFrames>(state, line);
}
