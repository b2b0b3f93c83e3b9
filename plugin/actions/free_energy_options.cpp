/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/free_energy_options.h"

#include "actions/actions.h"
#include "actions/reduced.h"
#include "estimate/profile.h"
#include "input/error.h"
#include "input/limits.h"
#include "input/text.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

/* ---- values of several words ---- */

static bool quantity_follows(const Line &line, const FreeEnergySettings &to)
{
  return line.more() && to.quantities->is_one(line.peek());
}

static void read_temperatures(Line &line, FreeEnergySettings &to)
{
  std::vector<double> &all = to.temperatures;
  do {
    all.push_back(line.number_above(0.0, "a temperature"));
    if (std::count(all.begin(), all.end(), all.back()) > 1)
      line.fail(text("temperature %g is given twice", all.back()));
  } while (line.number_follows());
}

static void read_region(Line &line, FreeEnergySettings &to)
{
  Region region;
  region.name = line.text("the name of a state");
  do {
    region.quantities.push_back(to.quantities->add(line));
    region.low.push_back(line.number("the lower end of a range"));
    region.high.push_back(line.number("the upper end of a range"));
    if (!(region.low.back() < region.high.back()))
      line.fail(text("state %s is empty: no value lies from %g to %g", region.name.c_str(),
                     region.low.back(), region.high.back()));
  } while (quantity_follows(line, to));
  to.regions.push_back(region);
}

static void read_means(Line &line, FreeEnergySettings &to)
{
  do to.means.push_back(to.quantities->add(line));
  while (quantity_follows(line, to));
}

static void check_axes(const Line &line, const std::vector<ProfileAxis> &axes)
{
  bgen_profile profile = {axes.size(), {}};
  for (size_t k = 0; k < axes.size(); k++)
    profile.axis[k] = {axes[k].n_bins, axes[k].low, axes[k].high};
  if (bgen_profile_check(&profile)) line.fail(bgen_last_error());
}

/* file, then nothing or quantity low high bins, once or twice */
static void read_profile(Line &line, FreeEnergySettings &to)
{
  to.profile_path = line.file();
  to.axes.clear();
  while (quantity_follows(line, to) && to.axes.size() < 2) {
    ProfileAxis axis;
    axis.quantity = to.quantities->add(line);
    axis.low = line.number_finite("the lower end of a profile");
    axis.high = line.number_finite("the upper end of a profile");
    axis.n_bins = line.integer(1, "a number of bins", BGEN_PROFILE_MOST_BINS);
    to.axes.push_back(axis);
    check_axes(line, to.axes);
  }
}

/* 0: it is not periodic */
static double period_of(const State &state, const std::string &quantity)
{
  const int cv = state.variables.cv_named(quantity);
  return cv < 0 ? 0.0 : state.variables.settings_of(cv).type->period;
}

static void check_circle(const Line &line, const std::vector<double> &edges, double period)
{
  if (edges.size() < 2)
    line.fail(text("a quantity with a period of %g needs two edges or more: one does not divide it",
                   period));
  for (const double edge : edges)
    if (!(std::fabs(edge) <= 0.5 * period))
      line.fail(
          text("edge %g lies outside the range from %g to %g", edge, -0.5 * period, 0.5 * period));
  if (edges.back() - edges[0] == period)
    line.fail(text("edges %g and %g are the same value", edges[0], edges.back()));
}

static void read_split(Line &line, FreeEnergySettings &to)
{
  SplitAxis axis;
  axis.quantity = to.quantities->add(line);
  do axis.edges.push_back(line.number_finite("an edge between sub-states"));
  while (line.number_follows());
  for (size_t i = 1; i < axis.edges.size(); i++)
    if (!(axis.edges[i - 1] < axis.edges[i]))
      line.fail(text("edge %g stands after %g: give edges in rising order", axis.edges[i],
                     axis.edges[i - 1]));
  const double period = period_of(*to.state, to.quantities->name(axis.quantity));
  axis.circle = period > 0.0;
  if (axis.circle) check_circle(line, axis.edges, period);
  to.split.push_back(axis);
}

static void read_other(Line &line, FreeEnergySettings &to)
{
  const std::string id = line.text("the ID of another fix bgen");
  to.other = to.surroundings->find(id);
  if (!to.other) line.fail("there is no fix bgen '" + id + "'");
}

/* all that is left of the line */
static void read_commands(Line &line, FreeEnergySettings &to)
{
  do to.commands.push_back(line.text("a command in quotes"));
  while (line.more());
}

/* a keyword that says more of `absolute` */
static Reader<FreeEnergySettings> of_absolute(const char *word,
                                              const Reader<AbsoluteSettings> &read)
{
  return [=](Line &line, FreeEnergySettings &to) {
    if (to.absolute.alone.empty()) to.absolute.alone = word;
    read(line, to.absolute);
  };
}

static void read_pressure(Line &line, AbsoluteSettings &to)
{
  to.has_pressure = true;
  to.pressure = line.number_finite("a pressure");
}

/* ---- the table ---- */

static const std::vector<Option<FreeEnergySettings>> KEYWORDS = {
    {"samples", "N", "10000", "samples of each flow, at each temperature",
     [](auto &line, auto &to) { to.n_samples = line.integer(2, "a number of samples"); }},
    {"temperatures", "T ...", "that of the fix", "temperatures of the free energies",
     read_temperatures},
    {"state", "name quantity low high ...", "-", "a state besides the basins; may be repeated",
     read_region, Times::MANY},
    {"mean", "quantity ...", "-", "quantities to average", read_means, Times::MANY},
    {"profile", "name [quantity low high bins ...]", "-",
     "file for a profile along one or two quantities", read_profile},
    {"bins", "N", "100", "bins of a profile along the first cv, where no quantity is given",
     [](auto &line, auto &to) {
       to.n_bins = line.integer(1, "a number of bins", BGEN_PROFILE_MOST_BINS);
     }},
    {"split", "quantity edge ...", "-",
     "sub-states of each basin, by edges of a quantity; may be repeated", read_split, Times::MANY},
    {"against", "fix-ID", "-", "compare with another fix bgen", read_other},
    {"absolute", "length L|wavelength [h]", "-",
     "absolute free energies, per length L or per thermal wavelengths",
     [](auto &line, auto &to) { read_absolute(line, to.absolute); }},
    {"volume", "V", "that of the box", "volume in which a body moves, for absolute",
     of_absolute("volume", positive(&AbsoluteSettings::volume, "a volume"))},
    {"lattice", "n", "as found", "primitive cells of a crystal in the box, for absolute",
     of_absolute("lattice", from_one(&AbsoluteSettings::n_translations, "a number of cells"))},
    {"symmetry", "s ...", "as found",
     "symmetry number of a free body, or of each basin, for absolute",
     of_absolute("symmetry", read_symmetry_numbers)},
    {"enantiomers", "no|yes", "no", "count the mirror image of a free body too, for absolute",
     of_absolute("enantiomers",
                 [](auto &line, auto &to) { to.mirror_image = line.yes("the mirror image"); })},
    {"pressure", "p", "-", "Gibbs free energies at this pressure too, for absolute",
     of_absolute("pressure", read_pressure)},
    {"volumes", "name", "-", "file to which V and F are added for bgen gibbs, for absolute",
     of_absolute("volumes", [](auto &line, auto &to) { to.volumes_path = line.file(); })},
    {"by", "one|paths N S M|auto E", "one",
     "by the flow at once, by N paths of S stages of M steps, or to an error of E kT, for absolute",
     of_absolute("by", read_by)},
    {"subsample", "no|yes", "no", "use every g-th frame only",
     [](auto &line, auto &to) { to.decorrelated = line.yes("the choice of frames"); }},
    {"bootstrap", "N", "-", "resamplings for another error bar",
     [](auto &line, auto &to) {
       to.n_bootstrap = line.integer(20, "a number of resamplings", MOST_RESAMPLINGS);
     }},
    {"convergence", "name", "-", "file for F from growing parts of the data",
     [](auto &line, auto &to) { to.convergence_path = line.file(); }},
    {"table", "name", "-", "file for all results",
     [](auto &line, auto &to) { to.table_path = line.file(); }},
    {"points", "name", "-", "beginning of the names of two files for all samples and frames",
     [](auto &line, auto &to) {
       to.points_path = line.beginning_of_files();
       for (const char *end : FreeEnergySettings::POINTS_END) line.will_write(to.points_path + end);
     }},
    {"u_nk", "name", "-",
     "beginning of the names of files of reduced potentials, one for each basin",
     [](auto &line, auto &to) {
       to.reduced_path = line.beginning_of_files();
       for (int k = 0; k < to.state->variables.n_basins(); k++)
         line.will_write(reduced_path(*to.state, to.reduced_path, k));
     }},
    {"perturb", "command ...", "-",
     "commands in quotes that change the force field; rest of the line", read_commands}};

static const std::vector<OldWord> OLD = {
    {"mixture", "use 'bgen ID mixture populations' after free_energy"},
    {"file", "use 'points NAME'"}};

CommandHelp bgen::free_energy_help()
{
  return {"bgen ID free_energy", keywords_of(KEYWORDS)};
}

/* ---- what goes together ---- */

static void check_other(const Line &line, const FreeEnergySettings &settings)
{
  if (settings.other == settings.state)
    line.fail("against needs another fix bgen than " + settings.state->id);
  if (settings.other) settings.other->model.need_flows(line);
}

/* without a quantity the axis is the first cv of the fix */
static void complete_axes(const Line &line, FreeEnergySettings &to)
{
  if (to.profile_path.empty() || !to.axes.empty()) return;
  if (to.state->variables.n_cvs() == 0)
    line.fail("profile needs a quantity: name one, or give fix " + to.state->id + " a cv");
  const int cv = to.quantities->add(line, to.state->variables.cv_name(0));
  to.axes.push_back({cv, NAN, NAN, to.n_bins});
}

/* each of them takes a pass over all points */
static constexpr double MOST_SUB_STATES = 1000;

static void check_number(const Line &line, const std::vector<bgen_cut> &cuts)
{
  double n = 1.0; // no overflow
  for (const bgen_cut &cut : cuts) n *= static_cast<double>(bgen_cuts_n_sub_states(1, &cut));
  if (n > MOST_SUB_STATES)
    line.fail(text("invalid number of sub-states %.10g: at most %g, so use fewer edges", n,
                   MOST_SUB_STATES));
}

/* Only free energies of basins are put together from sub-states. */
static void check_split(const Line &line, const FreeEnergySettings &settings)
{
  if (settings.split.empty()) return;
  check_number(line, settings.cuts());
  if (settings.temperatures.size() > 1)
    line.fail(
        text("split is for one temperature at a time, not for %zu", settings.temperatures.size()));
  const std::pair<bool, const char *> others[] = {{!settings.regions.empty(), "state"},
                                                  {!settings.means.empty(), "mean"},
                                                  {!settings.axes.empty(), "profile"},
                                                  {settings.other != nullptr, "against"},
                                                  {!settings.commands.empty(), "perturb"}};
  for (const auto &[is_there, word] : others)
    if (is_there)
      line.fail(text("split is for free energies of basins: use another line for %s", word));
}

/* At the temperature of training there are frames to be had. */
static void check_frames(const Line &line, const FreeEnergySettings &settings)
{
  const State &state = *settings.state;
  if (settings.temperatures.size() > 1 ||
      !Frames::same_temperature(settings.temperatures[0], state.model.training_temperature()))
    return;
  for (int k = 0; k < state.variables.n_basins(); k++)
    if (state.frames.n(FrameUse::TEST, k) == 0)
      line.fail("basin " + state.variables.basin_name(k) + " has no test frames: use 'fix_modify " +
                state.id + " frames test', then rerun dump files that were not used for training");
}

std::vector<bgen_cut> FreeEnergySettings::cuts() const
{
  std::vector<bgen_cut> all;
  for (const SplitAxis &axis : split)
    all.push_back({axis.edges.size(), axis.edges.data(), axis.circle});
  return all;
}

FreeEnergySettings bgen::read_free_energy_settings(Line &line, State &state, Quantities &quantities,
                                                   Surroundings &surroundings)
{
  FreeEnergySettings settings;
  settings.state = &state;
  settings.quantities = &quantities;
  settings.surroundings = &surroundings;
  read_options(line, KEYWORDS, OLD, settings);
  if (settings.temperatures.empty()) settings.temperatures.push_back(state.temperature());
  for (double &temperature : settings.temperatures)
    temperature = state.frames.known_temperature(temperature);
  state.model.need_flows(line);
  check_other(line, settings);
  check_absolute(line, state, settings.temperatures, settings.absolute);
  complete_axes(line, settings);
  if (settings.n_bootstrap && settings.temperatures.size() > 1)
    line.fail(text("bootstrap is for one temperature at a time, not for %zu",
                   settings.temperatures.size()));
  check_split(line, settings);
  check_frames(line, settings);
  return settings;
}
