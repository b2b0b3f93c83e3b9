/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID interpolate": the straight line between two frames, in the latent space of a flow */

#include "actions/actions.h"
#include "actions/point_dump.h"
#include "input/error.h"
#include "input/text.h"
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

class Interpolate : public Action {
public:
  Interpolate(State &state, Line &line);
  void run() override;

private:
  State &state_;
  const size_t n_points_;
  InterpolateSettings settings_;

  std::vector<double> latent_ends() const;
  std::vector<double> points() const;
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
     [](Line &line, InterpolateSettings &to) { to.ends[0] = read_frame(line, *to.state); }},
    {"to", "basin frame", "-", "basin and number of the last training frame",
     [](Line &line, InterpolateSettings &to) { to.ends[1] = read_frame(line, *to.state); }},
    {"flow", "basin", "that of from", "flow whose latent space is used",
     [](Line &line, InterpolateSettings &to) { to.flow = to.state->variables.read_basin(line); }},
    {"file", "name", "-", "LAMMPS dump file for the points",
     [](Line &line, InterpolateSettings &to) { to.path = line.text("a file name"); }}};

CommandHelp bgen::interpolate_help()
{
  return {"bgen ID interpolate N", keywords_of(KEYWORDS)};
}

Interpolate::Interpolate(State &state, Line &line)
    : state_(state), n_points_(line.integer(2, "a number of points")), settings_{&state, {}, -1, ""}
{
  read_options(line, KEYWORDS, {}, settings_);
  if (settings_.ends[0].basin < 0 || settings_.ends[1].basin < 0 || settings_.path.empty())
    line.fail("from, to and file must be given");
  if (settings_.flow < 0) settings_.flow = settings_.ends[0].basin;
  state.model.need_flows(line); // log q is that of the mixture
}

/* both ends folded to the flow's reference and taken to its latent space */
std::vector<double> Interpolate::latent_ends() const
{
  const size_t dim = state_.variables.dim();
  std::vector<double> x, z(2 * dim);
  double log_det[2];
  for (const FrameName &end : settings_.ends) {
    const double *frame = state_.frames.train(end.basin).x + (end.frame - 1) * dim;
    x.insert(x.end(), frame, frame + dim);
  }
  check(bgen_generator_latent(state_.model.generator(), state_.model.workspace(), settings_.flow, 2,
                              x.data(), z.data(), log_det));
  return z;
}

std::vector<double> Interpolate::points() const
{
  const size_t dim = state_.variables.dim(), n = n_points_;
  const std::vector<double> ends = latent_ends();
  std::vector<double> x(n * dim), z(n * dim), log_det(n);
  for (size_t i = 0; i < n; i++) {
    const double t = static_cast<double>(i) / static_cast<double>(n - 1);
    for (size_t j = 0; j < dim; j++) z[i * dim + j] = (1.0 - t) * ends[j] + t * ends[dim + j];
  }
  bgen_generator_from_latent(state_.model.generator(), state_.model.workspace(), settings_.flow, n,
                             z.data(), x.data(), log_det.data());
  return x;
}

void Interpolate::run()
{
  Dump dump = point_dump(settings_.path, state_);
  EvaluatedPoints evaluated(state_);
  evaluated.keep_x = true;
  {
    const Session session(state_.engine);
    evaluated.add_points(settings_.flow, n_points_, points().data());
  }
  add_points(dump, evaluated);
  dump.close();
  const std::vector<double> &u = evaluated.u;
  const auto highest = std::max_element(u.begin(), u.end());
  state_.host.print(text("bgen %s interpolate: u = %.4g kT at the first end, %.4g at the last, "
                         "%.4g at most, at point %d of %zu\n",
                         state_.id.c_str(), u.front(), u.back(), *highest,
                         static_cast<int>(highest - u.begin()) + 1, n_points_));
}

std::unique_ptr<Action> bgen::create_interpolate(State &state, Line &line, Surroundings &)
{
  return std::make_unique<Interpolate>(state, line);
}
