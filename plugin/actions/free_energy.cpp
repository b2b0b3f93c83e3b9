/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID free_energy": free energies, averages and profiles, from test frames and samples of the
   flows */

#include "actions/actions.h"
#include "actions/by_paths.h"
#include "actions/free_energy_estimates.h"
#include "actions/placement.h"
#include "actions/reduced.h"
#include "actions/session.h"
#include "input/text.h"
#include "report/file.h"
#include "report/split.h"
#include "report/volumes.h"

#include <cmath>
#include <memory>

using namespace bgen;

/* of the points, from the first line of a convergence file to the last */
static constexpr int DOUBLINGS = 6;

/* ---- points ---- */

static size_t n_test_frames(const State &state)
{
  size_t sum = 0;
  for (const auto &set : state.frames.test_sets()) sum += set->n();
  return sum;
}

/* the points know the walkers of the test frames as these were */
static void check_test_frames(const State &state, size_t before, const std::string &command)
{
  const size_t now = n_test_frames(state);
  if (now != before)
    throw Error(text("bgen: '%s' of perturb has added %zu test frames to fix %s: change the force "
                     "field only, and read frames before the line",
                     command.c_str(), now - before, state.id.c_str()));
}

/* the same points again, after the commands */
static void change_force_field(const FreeEnergySettings &settings, Ensemble &ensemble)
{
  State &state = ensemble.state;
  const State &other = settings.other ? *settings.other : state;
  const size_t n = n_test_frames(state), n_other = n_test_frames(other);
  for (const std::string &command : settings.commands) {
    state.host.command(command);
    state.host.check_alive(command);
    if (settings.other) settings.other->host.check_alive(command);
    check_test_frames(state, n, command);
    check_test_frames(other, n_other, command);
  }
  if (state.temperature() != ensemble.temperature)
    throw Error(
        text("bgen: perturb has changed the temperature of fix %s from %g to %g: change the "
             "force field only, and use the keyword temperatures for others",
             state.id.c_str(), ensemble.temperature, state.temperature()));
  state.symmetries.forget();
  const CheckedSession session(state);
  ensemble.evaluate_changed();
}

/* ---- what is printed ---- */

/* a line for each pair of basins, unless there are no frames at the first temperature */
static std::string balanced(const Ensemble &ensemble, const Solution &solution)
{
  const Variables &variables = ensemble.state.variables;
  std::string lines;
  if (!bgen_ensemble_has_frames(&ensemble.data(), 0)) return lines;
  for (int i = 0; i < variables.n_basins(); i++)
    for (int k = i + 1; k < variables.n_basins(); k++) {
      double there = NAN, back = NAN;
      if (bgen_solution_balanced_acceptance(solution, 0, i, k, &there) ||
          bgen_solution_balanced_acceptance(solution, 0, k, i, &back))
        continue; // a free energy is not known, which the table says
      lines += balanced_line(variables.basin_name(i), variables.basin_name(k), there, back);
    }
  return lines;
}

static std::string changed(const Ensemble &ensemble, const Distribution &distribution)
{
  const bgen_averages *all = distribution.in(BGEN_FIELD_CHANGED);
  std::vector<double> log_weight(all->n);
  bgen_averages_log_weights(all, log_weight.data());
  return changed_lines(bgen_kish_ess(all->n, log_weight.data()) / static_cast<double>(all->n),
                       bgen_ensemble_n_failed_changed(&ensemble.data()));
}

/* f_ID[k][...] of the fix, for thermo output and variables */
static void publish(State &state, const Solution &solution)
{
  const bgen_estimate first = bgen_solution_free_energy(solution, 0, 0);
  for (int k = 0; k < state.variables.n_basins(); k++) {
    const bgen_estimate f = bgen_solution_free_energy(solution, 0, k),
                        change = bgen_estimate_difference(&first, &f);
    state.free_energies[k] = {f.value, f.error, change.value, k ? change.error : 0.0};
  }
}

/* of basins whose points do not tell; the others are given all the same */
static void warn_of_basins(const Ensemble &ensemble, const Solution &solution)
{
  for (int k = 0; k < ensemble.state.variables.n_basins(); k++)
    if (bgen_solution_status(solution, k))
      ensemble.state.host.warn(
          text("bgen: %s: its free energy has an infinite error", bgen_last_error()));
}

/* ---- files ---- */

/* a growing fraction of all points, doubled from line to line */
static void write_convergence(File &file, const FreeEnergySettings &settings,
                              const Ensemble &ensemble, const Solutions &solutions)
{
  const std::vector<std::string> basins = ensemble.state.settings.basin_names();
  const auto write = [&](double fraction, const bgen_solution *part) {
    const double n_samples = std::ceil(fraction * static_cast<double>(settings.n_samples));
    file.print(convergence_line(n_samples, part, basins.size()));
  };
  file.print(convergence_head(ensemble.state.id, ensemble.temperatures[0], basins));
  for (int halved = DOUBLINGS; halved > 1; halved--) {
    const double fraction = std::pow(0.5, halved);
    write(fraction, Solution(ensemble, fraction, settings.decorrelated));
  }
  write(0.5, solutions.half);
  write(1.0, solutions.whole);
  file.close();
}

/* only an error that is infinite is worth a word */
static std::string f_of_basin(const std::string &basin, const bgen_estimate &f)
{
  const char *error = std::isfinite(f.error) ? "" : " +- inf";
  return text("# F(%s) = %.6f%s kT\n", basin.c_str(), f.value, error);
}

/* those of the first temperature */
static void write_points(File &file, const Ensemble &ensemble, const Solution &solution, bool of_md)
{
  const Variables &basins = ensemble.state.variables;
  file.print(text("# %s of fix %s at T = %g; basins:%s\n", of_md ? "test frames" : "samples",
                  ensemble.state.id.c_str(), ensemble.temperatures[0],
                  basins.numbered_basins().c_str()));
  for (int k = 0; k < basins.n_basins(); k++)
    file.print(f_of_basin(basins.basin_name(k), bgen_solution_free_energy(solution, 0, k)));
  file.print("# flow basin in_domain " + ensemble.points(0).columns() + "\n");
  for (int k = 0; k < basins.n_basins(); k++) {
    const EvaluatedPoints &points = ensemble.points(k);
    const bgen_group &group = of_md ? ensemble.frames(0, k) : ensemble.samples(0, k);
    for (size_t i = group.first; i < group.first + group.n; i++)
      file.print(text("%d %d %d ", k + 1, points.basin[i] + 1, points.in_domain[i]) +
                 ensemble.row(0, k, i) + "\n");
  }
  file.close();
}

/* Ends that nobody gave are those of the points of weight, with as many bins as said. */
static bgen_axis resolved(const ProfileAxis &axis, const std::vector<double> &s,
                          const bgen_averages *all)
{
  if (!std::isnan(axis.low)) return {axis.n_bins, axis.low, axis.high};
  std::vector<double> log_weight(all->n);
  bgen_averages_log_weights(all, log_weight.data());
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < s.size(); i++)
    if (log_weight[i] > -INFINITY) low = std::fmin(low, s[i]), high = std::fmax(high, s[i]);
  const double margin = 1e-9 * (high - low);
  return {axis.n_bins, low - margin, high + margin};
}

static void write_profile(File &file, const FreeEnergySettings &settings, const Ensemble &ensemble,
                          const Solutions &solutions)
{
  const bgen_averages *all = solutions.first.in(BGEN_FIELD_FIRST);
  std::vector<std::vector<double>> s;
  std::vector<std::string> names;
  bgen_profile profile = {settings.axes.size(), {}};
  for (const ProfileAxis &axis : settings.axes) {
    s.push_back(solutions.whole.quantity(axis.quantity, BGEN_FIELD_FIRST));
    profile.axis[names.size()] = resolved(axis, s.back(), all);
    names.push_back(settings.quantities->name(axis.quantity));
  }
  const double *columns[] = {s[0].data(), s.back().data()};
  bgen_status status = bgen_profile_check(&profile);
  std::vector<bgen_estimate> bins(status ? 0 : bgen_profile_n_bins(&profile));
  if (!status) status = bgen_profile_estimate(&profile, all, columns, bins.data());
  if (status)
    ensemble.state.host.warn("bgen: " + settings.profile_path +
                             " stays empty: " + bgen_last_error());
  file.print(profile_head(ensemble.state.id, ensemble.temperatures[0],
                          bgen_ensemble_has_frames(&ensemble.data(), 0), names) +
             (status ? "" : profile_lines(profile, bins)));
  file.close();
}

/* ---- all of it ---- */

static std::unique_ptr<Ensemble> ensemble_of(State *other)
{
  if (!other) return nullptr;
  const double temperature = other->frames.known_temperature(other->temperature());
  return std::make_unique<Ensemble>(*other, std::vector<double>(1, temperature), nullptr);
}

/* The absolute free energy of what feels its place is not that of any place. */
static void check_surroundings(Ensemble &ensemble, bool absolute)
{
  State &state = ensemble.state;
  for (int k = 0; k < state.variables.n_basins(); k++) {
    const bool tests = !absolute || state.frames.n(FrameUse::TEST, k) > 1;
    need_held(state, k, tests ? FrameUse::TEST : FrameUse::TRAIN);
    const std::string doubt = doubt_of(state, tests ? state.frames.test(k) : state.frames.train(k));
    if (absolute && !doubt.empty())
      throw Error("bgen: basin " + state.variables.basin_name(k) +
                  " has no absolute free energy: " + doubt);
    ensemble.doubt(k, doubt);
  }
}

static void split(const FreeEnergySettings &settings, Ensemble &ensemble)
{
  std::vector<int> quantities;
  for (const SplitAxis &axis : settings.split) quantities.push_back(axis.quantity);
  ensemble.split(settings.cuts(), quantities);
}

static std::string sub_states(const FreeEnergySettings &settings, const Ensemble &ensemble,
                              const Solution &solution)
{
  std::vector<std::string> names;
  if (settings.split.empty()) return "";
  for (const SplitAxis &axis : settings.split)
    names.push_back(settings.quantities->name(axis.quantity));
  return split_table(ensemble.state.settings.basin_names(), names, settings.cuts(), solution);
}

static void evaluate(const FreeEnergySettings &settings, Ensemble &ensemble, Ensemble *other,
                     std::unique_ptr<Absolute> &absolute)
{
  const bool changes = !settings.commands.empty();
  check_surroundings(ensemble, settings.absolute.wanted);
  if (other) check_surroundings(*other, false);
  {
    const CheckedSession session(ensemble.state);
    if (settings.absolute.wanted)
      absolute = std::make_unique<Absolute>(ensemble.state, settings.absolute);
    if (!settings.absolute.volumes_path.empty())
      check_volumes(settings.absolute.volumes_path, ensemble.state.host.units(),
                    absolute->of(0, settings.temperatures[0], {NAN, INFINITY}));
    settings.quantities->begin();
    ensemble.evaluate(settings.n_samples, changes);
    if (!settings.split.empty()) split(settings, ensemble);
  }
  if (changes) change_force_field(settings, ensemble);
  if (!other) return;
  const CheckedSession session(other->state);
  other->evaluate(settings.n_samples, false);
}

/* of each basin, unless the points are enough */
static std::vector<FreeEnergyByPaths> by_paths(const FreeEnergySettings &settings, State &state,
                                               const Solution &solution)
{
  const AbsoluteSettings &of = settings.absolute;
  std::vector<FreeEnergyByPaths> all(state.variables.n_basins());
  if (of.by == AbsoluteSettings::ONE) return all;
  const CheckedSession session(state);
  for (int k = 0; k < state.variables.n_basins(); k++)
    if (of.needs_paths(bgen_solution_free_energy(solution, 0, k).error))
      all[k] = free_energy_by_paths(state, k, of);
  return all;
}

/* on the screen and in the table of results */
static void report(const FreeEnergySettings &settings, const Ensemble &ensemble,
                   const Solutions &solutions, const Ensemble *other, const Absolute *absolute,
                   File &file)
{
  FreeEnergyEstimates estimates(settings, ensemble, solutions);
  std::string lines;
  warn_of_basins(ensemble, solutions.whole);
  for (size_t t = 0; t < settings.temperatures.size(); t++)
    lines += lines_of_basins(ensemble, solutions, t, settings.n_bootstrap);
  lines += sub_states(settings, ensemble, solutions.whole);
  if (other) {
    const Solutions others(*other, settings.decorrelated);
    warn_of_basins(*other, others.whole);
    estimates.add_difference_to(*other, others);
    lines += lines_of_basins(*other, others, 0, settings.n_bootstrap);
  }
  const std::string absolute_lines =
      absolute
          ? estimates.add_absolute(*absolute, by_paths(settings, ensemble.state, solutions.whole))
          : "";
  lines += thermodynamics_table(estimates.thermodynamics) + result_lines(estimates.results);
  if (!settings.commands.empty()) lines += changed(ensemble, solutions.first);
  ensemble.state.host.print(lines + balanced(ensemble, solutions.whole) + absolute_lines);
  file.print(results_file(ensemble.state.id, estimates.results));
  file.close();
  if (!ensemble.state.pool.to_write(settings.absolute.volumes_path).empty())
    add_volume(settings.absolute.volumes_path, ensemble.state.host.units(), estimates.bodies[0]);
}

static void free_energy(State &state, Line &line, Surroundings &surroundings)
{
  Quantities quantities(state);
  const FreeEnergySettings settings =
      read_free_energy_settings(line, state, quantities, surroundings);
  Ensemble ensemble(state, settings.temperatures, &quantities);
  const std::unique_ptr<Ensemble> other = ensemble_of(settings.other);
  ensemble.check_memory(line, settings.n_samples, !settings.commands.empty());
  const std::string points =
      state.pool.to_write(settings.points_path); // files are opened before the work begins
  File table(state.pool.to_write(settings.table_path)),
      profile(state.pool.to_write(settings.profile_path)),
      convergence(state.pool.to_write(settings.convergence_path)),
      samples(points.empty() ? "" : points + FreeEnergySettings::POINTS_END[0]),
      frames(points.empty() ? "" : points + FreeEnergySettings::POINTS_END[1]);
  ReducedFiles reduced(state, state.pool.to_write(settings.reduced_path));
  std::unique_ptr<Absolute> absolute;
  evaluate(settings, ensemble, other.get(), absolute);
  const Solutions solutions(ensemble, settings.decorrelated);
  if (convergence) write_convergence(convergence, settings, ensemble, solutions);
  report(settings, ensemble, solutions, other.get(), absolute.get(), table);
  publish(state, solutions.whole);
  if (samples) write_points(samples, ensemble, solutions.whole, false);
  if (frames) write_points(frames, ensemble, solutions.whole, true);
  if (profile) write_profile(profile, settings, ensemble, solutions);
  reduced.write(ensemble, solutions.whole);
}

ActionKind bgen::free_energy_action()
{
  return {"free_energy", "free energies, averages and profiles from samples and test frames",
          free_energy_help(), free_energy};
}
