/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/population_options.h"

#include "input/error.h"
#include "input/limits.h"
#include "input/text.h"
#include "state/state.h"

#include <cmath>

using namespace bgen;

/* given: for each basin but the first a difference and its error */
static void read_start(Line &line, PopulationSettings &to)
{
  to.start = static_cast<PopulationSettings::Start>(
      line.choice({"none", "frames", "given"}, "the start of differences"));
  for (size_t k = 1; to.start == PopulationSettings::GIVEN && k < to.at_start.size(); k++) {
    const double value = line.number_finite("a free energy difference at the start");
    to.at_start[k] = {-value, line.number_from(0.0, "the error of a free energy difference")};
  }
}

static const std::vector<Option<PopulationSettings>> KEYWORDS = {
    {"from", "flow|frames", "-", "what the walkers are at first",
     [](auto &line, auto &to) {
       to.from = line.choice({"flow", "frames"}, "what the walkers are at first");
     }},
    {"to", "T", "that of the fix", "temperature to which frames are annealed",
     [](auto &line, auto &to) { to.to = line.number_above(0.0, "a temperature"); }},
    {"basin", "name", "all", "anneal this basin only",
     [](auto &line, auto &to) { to.basin = to.state->variables.read_basin(line); }},
    {"stages", "S", "20", "number of stages",
     [](auto &line, auto &to) {
       to.n_stages = line.integer(1, "a number of stages", MOST_STAGES);
     }},
    {"steps", "M", "10", "Langevin steps of the move at each stage",
     [](auto &line, auto &to) {
       to.langevin.n_steps =
           static_cast<int>(line.integer(1, "a number of steps", MOST_PATH_STEPS));
     }},
    {"dt", "D", "that of the run, 0.3 in latent space", "timestep of the move",
     [](auto &line, auto &to) { to.langevin.dt = line.number_above(0.0, "a timestep"); }},
    {"damp", "G", "100 timesteps", "damping time of the move",
     [](auto &line, auto &to) { to.langevin.damp = line.number_above(0.0, "a damping time"); }},
    {"power", "P", "1", "power of the schedule from a flow",
     [](auto &line, auto &to) { to.power = line.number_above(0.0, "the power of a schedule"); }},
    {"repeats", "R", "8", "independent populations of each basin",
     [](auto &line, auto &to) {
       to.n_repeats = line.integer(2, "a number of repeats", MOST_REPEATS);
     }},
    {"space", "x|latent", "x", "where the moves are made",
     [](auto &line, auto &to) {
       to.latent = line.choice({"x", "latent"}, "the space of the moves") == 1;
     }},
    {"resample", "no|yes", "yes", "copy and drop walkers by their weights",
     [](auto &line, auto &to) { to.resamples = line.yes("whether to resample"); }},
    {"start", "none|frames|given [F error ...]", "none",
     "differences between basins at the first stage, in kT", read_start},
    {"file", "name", "-", "file for the table",
     [](auto &line, auto &to) { to.path = line.file(); }},
    {"dump", "name", "-", "LAMMPS dump file for the last populations",
     [](auto &line, auto &to) { to.dump_path = line.file(); }}};

CommandHelp bgen::population_help()
{
  return {"bgen ID population N", keywords_of(KEYWORDS)};
}

/* ---- what goes together ---- */

static void check_words(const Line &line, const PopulationSettings &s)
{
  if (s.from < 0) line.fail("the start of the population is missing: add from flow or from frames");
  if (s.from_flow() && (s.to > 0.0 || s.start != PopulationSettings::NONE))
    line.fail("to and start need from frames: from flow, the population ends at the temperature "
              "of the fix and its free energies are absolute");
  if (!s.from_flow() && s.latent)
    line.fail("space latent needs from flow: frames at another temperature have no latent space");
  if (!s.from_flow() && s.power > 0.0)
    line.fail("power needs from flow: from frames, the temperatures are a geometric series");
  if (s.start != PopulationSettings::NONE && (s.basin >= 0 || s.at_start.size() < 2))
    line.fail("start needs differences between basins: remove it for one basin");
}

/* each repeat begins with frames of its own */
static void check_frames(const Line &line, const PopulationSettings &s)
{
  for (int k = 0; k < s.state->variables.n_basins(); k++) {
    const size_t n_frames = s.state->frames.n(FrameUse::TRAIN, k);
    if (s.has(k) && n_frames < s.n_repeats)
      line.fail(text("basin %s has %zu frames to train on, but %zu repeats need at least one each",
                     s.state->variables.basin_name(k).c_str(), n_frames, s.n_repeats));
  }
}

static void find_ladder(const Line &line, PopulationSettings &s)
{
  const double now = s.state->temperature();
  const double first = s.from_flow() ? now : s.state->model.training_temperature();
  const double last = s.to > 0.0 ? s.to : now;
  if (!s.from_flow() && last == first)
    line.fail(text("the training frames are at temperature %g already: choose another one with "
                   "to, or for the fix",
                   last));
  s.ladder = {s.from_flow(), s.n_stages, first, last, s.power > 0.0 ? s.power : 1.0};
}

/* where frames are of one run that has visited all basins */
static void find_start(const Line &line, PopulationSettings &s)
{
  if (s.start != PopulationSettings::FRAMES) return;
  if (bgen_markov_has_offsets(s.state->chain) || s.state->settings.tunes_offsets)
    line.fail("start frames counts how often the frames visit each basin, but offsets have "
              "changed that: use start given");
  for (size_t k = 1; k < s.at_start.size(); k++)
    if (bgen_visits_difference(1, &s.state->frames.visits(), 0, k, &s.at_start[k])) {
      s.state->host.warn("bgen: F of basin " + s.state->variables.basin_name(k) +
                         " at the start is unknown: " + bgen_last_error());
      s.at_start[k] = {NAN, INFINITY};
    }
}

PopulationSettings bgen::read_population_settings(Line &line, State &state)
{
  PopulationSettings settings = {};
  settings.state = &state;
  settings.n = line.integer(1, "a number of walkers");
  settings.langevin.n_steps = 10;
  settings.at_start.assign(state.variables.n_basins(), bgen_estimate{0.0, 0.0});
  read_options(line, KEYWORDS, {}, settings);
  check_words(line, settings);
  if (settings.from_flow())
    state.model.need_flows(line);
  else
    check_frames(line, settings);
  find_ladder(line, settings);
  find_start(line, settings);
  return settings;
}
