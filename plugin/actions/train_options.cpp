/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/train_options.h"

#include "input/text.h"
#include "model/gaussian.h"
#include "state/state.h"
#include "train/recipe.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static constexpr bgen_train_options DEFAULTS = BGEN_TRAIN_DEFAULTS;
static constexpr int LINES = 20;                       // of the table, unless the user says
static constexpr size_t WARMUP = 100, WARMUP_PART = 4; // steps of `more`, at most this part of all

/* ---- values of several words ---- */

static void read_batch(Line &line, TrainSettings &to)
{
  bgen_train_options &options = to.of_trainer;
  options.batch_data = options.batch_flow = line.integer(1, "a batch size");
  if (line.number_follows()) options.batch_flow = line.integer(1, "a batch size");
}

/* a constant rate, or where it begins and where it ends */
static void read_rates(Line &line, TrainSettings &to)
{
  bgen_train_options &options = to.of_trainer;
  to.rate_auto = false;
  options.lr = options.lr_end = line.number_above(0.0, "a learning rate");
  if (line.number_follows()) options.lr_end = line.number_from(0.0, "a learning rate");
}

/* a weight of 0 needs no cv */
static void read_spread(Line &line, TrainSettings &to)
{
  bgen_train_options &options = to.of_trainer;
  to.cv = -1;
  options.weight_rc = line.number_from(0.0, "a weight");
  if (options.weight_rc == 0.0 && to.state->variables.cv_named(line.peek()) < 0) return;
  const int cv = to.state->variables.read_cv(line);
  if (options.weight_rc > 0.0 && !to.state->variables.settings_of(cv).has_gradient())
    line.fail("rc cannot use cv " + to.state->variables.cv_name(cv) +
              ", because a compute or a variable has no gradient: use a cv of another kind");
  const double low = line.number("the lower end of a range"),
               high = line.number("the upper end of a range");
  if (!(low < high) || std::isinf(high - low))
    line.fail(text("invalid range %g to %g of rc: expected a finite range", low, high));
  if (options.weight_rc == 0.0) return;
  to.cv = cv;
  options.rc_low = low;
  options.rc_high = high;
}

static void read_temperatures(Line &line, TrainSettings &to)
{
  do {
    const double T = line.number_above(0.0, "a temperature");
    if (std::find(to.temperatures.begin(), to.temperatures.end(), T) != to.temperatures.end())
      line.fail(text("temperature %g is given twice", T));
    to.temperatures.push_back(T);
  } while (line.number_follows());
  if (to.temperatures.size() > BGEN_MOST_TAU)
    line.fail(text("%zu temperatures: at most %d can be learned at once", to.temperatures.size(),
                   static_cast<int>(BGEN_MOST_TAU)));
}

static void read_whitening(Line &line, TrainSettings &to)
{
  static const int KINDS[] = {BGEN_GAUSSIAN_AUTO, BGEN_GAUSSIAN_FRAMES, BGEN_GAUSSIAN_SYMMETRIC,
                              BGEN_GAUSSIAN_SHRUNK, BGEN_GAUSSIAN_HESSIAN};
  to.whiten = KINDS[line.choice({"auto", "frames", "symmetric", "shrunk", "hessian"},
                                "the choice of a normal distribution")];
}

static void read_ml(Line &line, TrainSettings &to)
{
  to.ml_auto = line.next_is("auto");
  to.of_trainer.weight_ml = to.ml_auto ? 1.0 : line.number_from(0.0, "a weight");
}

static void read_cap(Line &line, TrainSettings &to)
{
  to.cap_auto = line.next_is("auto");
  if (!to.cap_auto) to.of_trainer.energy_high = line.number_above(0.0, "an energy in kT");
}

static void read_ema(Line &line, TrainSettings &to)
{
  to.of_trainer.ema = line.number_from(0.0, "the decay of an average");
  if (!(to.of_trainer.ema < 1.0))
    line.fail(text("invalid decay %g of ema: expected a number below 1", to.of_trainer.ema));
}

static void read_steps(Line &line, TrainSettings &to)
{
  to.of_trainer.n_steps = line.integer(1, "a number of steps");
  if (to.recipe)
    line.fail("train auto chooses the number of steps: leave out 'steps', or leave out 'auto'");
}

static void read_hold(Line &line, TrainSettings &to)
{
  to.hold = line.number_from(0.0, "a fraction");
  if (!(to.hold <= 0.5)) line.fail(text("invalid fraction %g of hold: expected 0 to 0.5", to.hold));
}

static void read_file(Line &line, TrainSettings &to, bool append)
{
  to.path = line.file();
  to.append = append;
}

/* ---- the table ---- */

static const std::vector<Option<TrainSettings>> KEYWORDS = {
    {"steps", "N", "1000", "number of training steps", read_steps},
    {"batch", "N [M]", "256", "frames and samples of a step", read_batch},
    {"lr", "R [S]", "1e-3", "learning rate, and the rate at which it ends", read_rates},
    {"warmup", "N", "0, more: 100", "steps in which the learning rate rises from 0",
     [](auto &line, auto &to) { to.warmup = line.integer(0, "a number of steps"); }},
    {"ml", "W|auto", "1", "weight of the loss by example", read_ml},
    {"kl", "W", "0", "weight of the loss by energy",
     [](auto &line, auto &to) { to.of_trainer.weight_kl = line.number_from(0.0, "a weight"); }},
    {"rc", "W [cv low high]", "0", "weight of the loss along a cv, and the range of the cv",
     read_spread},
    {"temperatures", "T ...", "that of the fix", "temperatures to learn at once by energy",
     read_temperatures},
    {"ecap", "E|auto", "1e3", "energy in kT above which energies count by their logarithm",
     read_cap},
    {"clip", "G", "100", "largest norm of the gradient, 0 = none",
     [](auto &line, auto &to) {
       to.of_trainer.clip = line.number_from(0.0, "the largest norm of a gradient");
     }},
    {"ema", "D", "0", "decay of the moving average of the parameters, 0 = none", read_ema},
    {"explore", "S", "-", "step of near moves of the frames while the flow learns",
     [](auto &line, auto &to) {
       to.explore_step = line.number_above(0.0, "a step in latent space");
     }},
    {"basin", "name", "all", "train the flow of this basin only",
     [](auto &line, auto &to) { to.basin = to.state->variables.read_basin(line); }},
    {"every", "N", "steps/20", "steps from line to line of the table",
     [](auto &line, auto &to) {
       to.every = line.integer(1, "a number of steps between lines of the table");
     }},
    {"refit", "no|yes|prior", "no", "fit whiten, actnorm and mixture to the frames again",
     [](auto &line, auto &to) {
       to.refit = static_cast<Frames::Refit>(
           line.choice({"no", "yes", "prior"}, "the choice of what to fit again"));
     }},
    {"whiten", "auto|frames|symmetric|shrunk|hessian", "auto, cartesian: frames",
     "normal distribution that a flow with whiten is fitted to", read_whitening},
    {"drift", "error|warn", "error", "answer to a group that drifts among other atoms that move",
     [](auto &line, auto &to) {
       to.may_drift = line.choice({"error", "warn"}, "the answer to a group that drifts") == 1;
     }},
    {"keep", "best|last", "best", "parameters that the stage ends with",
     [](auto &line, auto &to) {
       to.keep_best = line.choice({"best", "last"}, "the parameters to keep") == 0;
     }},
    {"stop", "N", "0", "end after N lines in a row that are worse than the best one, 0 = never",
     [](auto &line, auto &to) { to.patience = line.integer(0, "a number of lines of the table"); }},
    {"hold", "F", "0", "fraction of the new training frames that become test frames, 0 = none",
     read_hold},
    {"file", "name", "-", "file for the table",
     [](auto &line, auto &to) { read_file(line, to, false); }},
    {"append", "name", "-", "file to which the table is appended",
     [](auto &line, auto &to) { read_file(line, to, true); }}};

static const std::vector<OldWord> OLD = {{"iter", "use 'steps N'"},
                                         {"weights", "use 'ml W', 'kl W' and 'rc W cv low high'"},
                                         {"ehigh", "use 'ecap E'"}};

CommandHelp bgen::train_help()
{
  return {"bgen ID train [auto|more]", keywords_of(KEYWORDS)};
}

/* ---- what goes together ---- */

static void check_weights(const Line &line, const TrainSettings &settings)
{
  if (!settings.by_example() && !settings.by_energy())
    line.fail("the weights ml, kl and rc are all 0: nothing is left to train by");
  if (settings.of_trainer.weight_kl == 0.0 && !settings.temperatures.empty())
    line.fail("temperatures are learned by energy: give kl a weight above 0");
  if (settings.of_trainer.batch_flow < settings.temperatures.size())
    line.fail(text("a batch of %zu samples is too small for %zu temperatures: each needs a sample",
                   settings.of_trainer.batch_flow, settings.temperatures.size()));
}

static void check_frames(const Line &line, const TrainSettings &settings)
{
  const State &state = *settings.state;
  for (int k = 0; k < state.variables.n_basins(); k++) {
    if (!settings.trains(k) || state.frames.n(FrameUse::TRAIN, k)) continue;
    if (settings.by_example() || settings.explore_step > 0.0 || settings.refit ||
        !state.model.fitted(k))
      line.fail("basin " + state.variables.basin_name(k) +
                " has no frames to train on: rerun a dump file of it, or run with the keyword "
                "collect");
  }
}

/* it is fitted when the flow is, and not before */
static void check_whitening(const Line &line, const TrainSettings &settings)
{
  const State &state = *settings.state;
  for (int k = 0; k < state.variables.n_basins(); k++)
    if (settings.whiten != WHITEN_AS_USUAL && settings.trains(k) && state.model.fitted(k) &&
        settings.refit != Frames::ALL)
      line.fail("whiten does nothing for basin " + state.variables.basin_name(k) +
                ", whose flow is fitted already: add 'refit yes'");
}

/* `more` keeps all that was fitted; what a flow from elsewhere has learned nobody knows */
static void check_earlier(const Line &line, const TrainSettings &settings)
{
  const State &state = *settings.state;
  if (settings.more && settings.refit) line.fail("train more keeps what was fitted: no refit");
  for (int k = 0; k < state.variables.n_basins(); k++) {
    if (!settings.trains(k)) continue;
    if (settings.more && !state.model.fitted(k))
      line.fail("train more continues a flow, and basin " + state.variables.basin_name(k) +
                " has none yet: use 'train'");
    if (settings.hold > 0.0 && state.model.fitted(k) &&
        state.frames.set(FrameUse::TRAIN).n_learned[k] == 0)
      line.fail("the flow of basin " + state.variables.basin_name(k) +
                " was not trained here, so that it may have seen any of the frames: read test "
                "frames by 'fix_modify " +
                state.id + " frames test' instead of hold");
  }
}

/* ---- what follows from the number of frames ---- */

void TrainSettings::set_rate(double rate)
{
  of_trainer.lr = rate;
  of_trainer.lr_end = rate / 100.0;
}

TrainSettings TrainSettings::for_basin(size_t n_frames) const
{
  TrainSettings of = *this;
  if (ml_auto) of.of_trainer.weight_ml = bgen_recipe_ml(n_frames);
  if (rate_auto) of.set_rate(bgen_recipe_rate(n_frames));
  return of;
}

TrainSettings TrainSettings::first_stage(size_t n_frames) const
{
  TrainSettings of = *this;
  of.of_trainer.n_steps = bgen_recipe_ml_steps(n_frames);
  of.of_trainer.weight_ml = 1.0;
  of.of_trainer.weight_kl = of.of_trainer.weight_rc = 0.0;
  if (rate_auto) of.set_rate(2e-3); // energies of samples are noisier than frames
  of.explore_step = 0.0;
  of.temperatures.clear();
  of.every = std::max<long long>(1, std::min<long long>(every, of.of_trainer.n_steps / LINES));
  return of;
}

/* what "auto" stands for; keywords after it change that */
static void begin_recipe(TrainSettings &settings)
{
  bgen_train_options &options = settings.of_trainer;
  settings.recipe = settings.ml_auto = settings.cap_auto = settings.rate_auto = true;
  options.n_steps = BGEN_RECIPE_KL_STEPS;
  options.weight_kl = 1.0;
  options.clip = 5.0;
  options.ema = 0.99;
}

TrainSettings bgen::read_train_settings(Line &line, const State &state)
{
  TrainSettings settings;
  settings.state = &state;
  settings.of_trainer = DEFAULTS;
  if (line.next_is("auto"))
    begin_recipe(settings);
  else
    settings.more = line.next_is("more");
  read_options(line, KEYWORDS, OLD, settings);
  check_weights(line, settings);
  check_frames(line, settings);
  check_whitening(line, settings);
  check_earlier(line, settings);
  const size_t n_steps = settings.of_trainer.n_steps;
  settings.of_trainer.n_warmup = settings.warmup >= 0 ? settings.warmup
                                 : settings.more      ? std::min(WARMUP, n_steps / WARMUP_PART)
                                                      : 0;
  if (settings.every == 0)
    settings.every = std::max<long long>(1, settings.of_trainer.n_steps / LINES);
  return settings;
}
