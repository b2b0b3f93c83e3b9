/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID interpolate": the straight line between two frames, in the latent space of a flow */

#include "actions/actions.h"
#include "actions/point_dump.h"
#include "actions/session.h"
#include "input/error.h"
#include "input/text.h"
#include "model/line.h"
#include "state/state.h"

#include <algorithm>

using namespace bgen;

namespace {
struct FrameName {
  int basin = -1;
  size_t frame = 0; // of the training frames, from 1 on
};

struct InterpolateSettings {
  State *state;
  FrameName ends[2];
  int flow = -1; // whose latent space
  std::string path;
};
} // namespace

static FrameName read_frame(Line &line, const State &state)
{
  FrameName name;
  name.basin = state.variables.read_basin(line);
  name.frame = line.integer(1, "the number of a frame");
  const size_t n_frames = state.frames.n(FrameUse::TRAIN, name.basin);
  if (name.frame > n_frames)
    line.fail(text("basin %s has %zu frames to train on, but no frame %zu",
                   state.variables.basin_name(name.basin).c_str(), n_frames, name.frame));
  return name;
}

static const std::vector<Option<InterpolateSettings>> KEYWORDS = {
    {"from", "basin frame", "-", "basin and number of the first training frame",
     [](auto &line, auto &to) { to.ends[0] = read_frame(line, *to.state); }},
    {"to", "basin frame", "-", "basin and number of the last training frame",
     [](auto &line, auto &to) { to.ends[1] = read_frame(line, *to.state); }},
    {"flow", "basin", "that of from", "flow whose latent space is used",
     [](auto &line, auto &to) { to.flow = to.state->variables.read_basin(line); }},
    {"file", "name", "-", "LAMMPS dump file for the points",
     [](auto &line, auto &to) { to.path = line.file(); }}};

static InterpolateSettings read(Line &line, State &state)
{
  InterpolateSettings settings = {&state, {}, -1, ""};
  read_options(line, KEYWORDS, {}, settings);
  if (settings.ends[0].basin < 0 || settings.ends[1].basin < 0 || settings.path.empty())
    line.fail("from, to and file must be given");
  if (settings.flow < 0) settings.flow = settings.ends[0].basin;
  state.model.need_flows(line); // log q is that of the mixture
  return settings;
}

/* x[n][dim] on the line */
static std::vector<double> line_of(State &state, const InterpolateSettings &settings, size_t n)
{
  const size_t dim = state.variables.dim();
  std::vector<double> ends, x(n * dim), z(n * dim), log_det(n);
  for (const FrameName &end : settings.ends) {
    const double *frame = state.frames.train(end.basin).x + (end.frame - 1) * dim;
    ends.insert(ends.end(), frame, frame + dim);
  }
  check(bgen_generator_line(state.model.generator(), state.model.workspace(), settings.flow,
                            ends.data(), n, z.data(), x.data(), log_det.data()));
  return x;
}

static void interpolate(State &state, Line &line, Surroundings &)
{
  const size_t n = line.integer(2, "a number of points");
  const InterpolateSettings settings = read(line, state);
  Dump dump = point_dump(settings.path, state);
  EvaluatedPoints points(state);
  points.keep_x = true;
  const double n_bytes_on_line = static_cast<double>((2 * state.variables.dim() + 1) * sizeof n);
  line.need_memory(static_cast<double>(n) * (points.n_bytes_each() + n_bytes_on_line),
                   text("%zu points", n));
  {
    const ComparedSession session(state);
    points.add_points(settings.flow, n, line_of(state, settings, n).data());
  }
  write_points(dump, points);
  const std::vector<double> &u = points.u;
  const auto highest = std::max_element(u.begin(), u.end());
  state.host.print(text("bgen %s interpolate: u = %.4g kT at the first end, %.4g at the last, "
                        "%.4g at most, at point %d of %zu\n",
                        state.id.c_str(), u.front(), u.back(), *highest,
                        static_cast<int>(highest - u.begin()) + 1, n));
}

ActionKind bgen::interpolate_action()
{
  return {"interpolate",
          "a line between two frames in the latent space of a flow",
          {"bgen ID interpolate N", keywords_of(KEYWORDS)},
          interpolate};
}
