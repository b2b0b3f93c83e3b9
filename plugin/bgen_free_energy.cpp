/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_free_energy.h"

#include "bgen_model.h"
#include "bgen_observables.h"
#include "bgen_words.h"
#include "configuration.h"
#include "error.h"
#include "fix_bgen.h"
#include "input.h"
#include "modify.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr char KEYWORDS[] =
    "samples, temperatures, state, mean, profile, bins, against, perturb, mixture, subsample, "
    "bootstrap, convergence, table, file";

/* ---- the line ---- */

BgenFreeEnergy::BgenFreeEnergy(LAMMPS *lmp, FixBgen &_fix, BgenWords &words)
    : Pointers(lmp), fix(_fix), model(*_fix.model), n_samples(10000), n_bins(100), n_bootstrap(0),
      decorrelated(false), to_populations(false), other(nullptr),
      observables(std::make_unique<BgenObservables>(lmp, _fix))
{
  while (words.more()) read_keyword(words.text("a keyword"), words);
  if (temperatures.empty()) temperatures.push_back(fix.temperature());
  for (double &temperature : temperatures) temperature = model.known_temperature(temperature);
  check(words);
  ensemble = std::make_unique<BgenEnsemble>(lmp, fix, temperatures, observables.get());
  if (other)
    other_ensemble = std::make_unique<BgenEnsemble>(
        lmp, *other, std::vector<double>(1, other->model->known_temperature(other->temperature())),
        nullptr);
}

BgenFreeEnergy::~BgenFreeEnergy() = default;

void BgenFreeEnergy::read_keyword(const std::string &keyword, BgenWords &words)
{
  if (keyword == "samples")
    n_samples = words.integer(2, "number of samples");
  else if (keyword == "temperatures")
    read_temperatures(words);
  else if (keyword == "state")
    read_state(words);
  else if (keyword == "mean")
    do means.push_back(observables->add(words));
    while (words.more() && observables->is_one(words.peek()));
  else if (keyword == "against")
    other = &FixBgen::read(words, modify);
  else if (keyword == "perturb")
    read_commands(words);
  else if (keyword == "subsample")
    decorrelated = words.choice({"no", "yes"}, "choice") == 1;
  else if (keyword == "bootstrap")
    n_bootstrap = words.integer(20, "number of resamplings");
  else if (keyword == "mixture")
    to_populations = words.choice({"keep", "populations"}, "weights of the flows") == 1;
  else
    read_outputs(keyword, words);
}

void BgenFreeEnergy::read_outputs(const std::string &keyword, BgenWords &words)
{
  if (keyword == "profile")
    read_profile(words);
  else if (keyword == "bins")
    n_bins = words.integer(1, "number of bins");
  else if (keyword == "convergence")
    convergence_path = words.text("a file name");
  else if (keyword == "table")
    table_path = words.text("a file name");
  else if (keyword == "file")
    path = words.text("a file name");
  else
    words.fail("unknown keyword '" + keyword + "' of free_energy: use one of " + KEYWORDS);
}

void BgenFreeEnergy::read_temperatures(BgenWords &words)
{
  do {
    temperatures.push_back(words.number_above(0.0, "temperature"));
    if (std::count(temperatures.begin(), temperatures.end(), temperatures.back()) > 1)
      words.fail(bgen_text("temperature %g stands twice", temperatures.back()));
  } while (words.number_follows());
}

/* name, then observable low high, once or more */
void BgenFreeEnergy::read_state(BgenWords &words)
{
  State state;
  state.name = words.text("the name of a state");
  do {
    state.observables.push_back(observables->add(words));
    state.low.push_back(words.number("the lower end of a range"));
    state.high.push_back(words.number("the upper end of a range"));
    if (!(state.low.back() < state.high.back()))
      words.fail(bgen_text("state %s is empty: %g to %g", state.name.c_str(), state.low.back(),
                           state.high.back()));
  } while (words.more() && observables->is_one(words.peek()));
  states.push_back(state);
}

/* file, then nothing or observable low high bins, once or twice */
void BgenFreeEnergy::read_profile(BgenWords &words)
{
  profile_path = words.text("a file name");
  axes.clear();
  while (words.more() && observables->is_one(words.peek()) && axes.size() < 2) {
    Axis axis;
    axis.observable = observables->add(words);
    axis.low = words.number_finite("the lower end of a profile");
    axis.high = words.number_finite("the upper end of a profile");
    axis.n_bins = words.integer(1, "number of bins");
    const bgen_profile one = {1, {{axis.n_bins, axis.low, axis.high}, {}}};
    if (bgen_profile_check(&one)) words.fail(bgen_last_error());
    axes.push_back(axis);
  }
}

/* all that is left of the line */
void BgenFreeEnergy::read_commands(BgenWords &words)
{
  do commands.push_back(words.text("a command in quotes"));
  while (words.more());
}

void BgenFreeEnergy::check(BgenWords &words)
{
  model.need_flows(words);
  if (other == &fix) words.fail("against wants another fix than " + std::string(fix.id));
  if (other) other->model->need_flows(words);
  if (!profile_path.empty() && axes.empty()) {
    if (fix.settings->cvs.empty())
      words.fail("a profile needs a variable: name one, or give fix " + std::string(fix.id) +
                 " a cv");
    axes.push_back({observables->add(words, fix.settings->cvs[0].name), NAN, NAN, n_bins});
  }
  if (n_bootstrap && temperatures.size() > 1)
    words.fail("bootstrap is for one temperature at a time");
  const bool needs_frames =
      temperatures.size() == 1 &&
      BgenModel::same_temperature(temperatures[0], model.training_temperature());
  for (int k = 0; needs_frames && k < model.n_basins; k++)
    if (model.n_frames(BgenModel::TEST, k) == 0)
      words.fail("basin " + model.basin_name(k) + " has no test frames: give bgen " + fix.id +
                 " frames test, then rerun dump files that were not trained on");
}

/* ---- what is done ---- */

void BgenFreeEnergy::run()
{
  check_files();
  visit(*ensemble);
  if (!commands.empty()) change_force_field();
  if (other_ensemble) visit(*other_ensemble);
  write_convergence();
  estimate();
  report();
  publish();
  if (to_populations) set_mixture();
  write_table();
  write_points(false);
  write_points(true);
  write_profile();
}

/* before the work begins, not after it */
void BgenFreeEnergy::check_files() const
{
  for (const std::string &one :
       {table_path, profile_path, convergence_path, path.empty() ? path : path + ".flow.dat"})
    BgenFile(lmp, one, "a");
}

void BgenFreeEnergy::visit(BgenEnsemble &of)
{
  BgenConfiguration &configuration = *of.fix.configuration;
  configuration.begin_command();
  of.fix.check_symmetries();
  if (&of == ensemble.get()) observables->begin();
  of.visit(n_samples, !commands.empty());
  configuration.end_command();
}

/* the same points again, after the commands */
void BgenFreeEnergy::change_force_field()
{
  const std::string ids[] = {fix.id, other ? other->id : ""};
  const bigint serials[] = {fix.serial, other ? other->serial : -1};
  for (const std::string &command : commands) {
    input->one(command);
    for (int i = 0; i < (other ? 2 : 1); i++) {
      const FixBgen *now = FixBgen::find(modify, ids[i].c_str());
      if (!now || now->serial != serials[i])
        error->all(FLERR, "bgen: '" + command + "' of perturb has removed fix " + ids[i]);
    }
  }
  if (fix.temperature() != ensemble->fix_temperature)
    error->all(FLERR, bgen_text("bgen: perturb has changed the temperature of fix %s from %g to "
                                "%g: change the force field alone, and see temperatures",
                                fix.id, ensemble->fix_temperature, fix.temperature()));
  fix.configuration->begin_command();
  fix.check_symmetries();
  ensemble->visit_changed();
  fix.configuration->end_command();
}
