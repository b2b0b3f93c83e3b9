/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID free_energy": free energies, averages and profiles, from test frames and samples of the
   flows */

#include "actions/actions.h"
#include "actions/free_energy_estimates.h"
#include "actions/session.h"
#include "input/text.h"
#include "report/file.h"

#include <cmath>
#include <memory>

using namespace bgen;

/* of the points, from the first line of a convergence file to the last */
static constexpr int DOUBLINGS = 6;

namespace {
class FreeEnergy {
public:
  FreeEnergy(State &state, Line &line, Surroundings &surroundings);
  void run();

private:
  State &state_;
  Quantities quantities_;
  const FreeEnergySettings settings_;
  Ensemble ensemble_;
  std::unique_ptr<Ensemble> other_; // nullptr: nothing to compare with

  void change_force_field();
  std::string balanced(const Solution &solution) const;
  std::string changed(const Distribution &distribution) const;
  void report(const FreeEnergyEstimates &estimates, const Solutions &solutions,
              const Solutions *others) const;
  void publish(const Solution &solution);
  void write_convergence(File &file, const Solutions &solutions) const;
  void write_points(File &file, const Solution &solution, bool of_md) const;
  bgen_axis resolved(const ProfileAxis &axis, const std::vector<double> &s,
                     const bgen_averages *all) const;
  std::string profile(const Solutions &solutions) const;
};
} // namespace

FreeEnergy::FreeEnergy(State &state, Line &line, Surroundings &surroundings)
    : state_(state), quantities_(state),
      settings_(read_free_energy_settings(line, state, quantities_, surroundings)),
      ensemble_(state, settings_.temperatures, &quantities_)
{
  State *other = settings_.other;
  if (!other) return;
  const double temperature = other->frames.known_temperature(other->temperature());
  other_ = std::make_unique<Ensemble>(*other, std::vector<double>(1, temperature), nullptr);
}

/* Files are opened before the work begins. */
void FreeEnergy::run()
{
  const std::string points = settings_.points_path;
  File table(settings_.table_path), profile_file(settings_.profile_path),
      convergence(settings_.convergence_path), samples(points.empty() ? "" : points + ".flow.dat"),
      frames(points.empty() ? "" : points + ".md.dat");
  {
    const CheckedSession session(state_);
    quantities_.begin();
    ensemble_.evaluate(settings_.n_samples, !settings_.commands.empty());
  }
  if (!settings_.commands.empty()) change_force_field();
  if (other_) {
    const CheckedSession session(other_->state);
    other_->evaluate(settings_.n_samples, false);
  }
  const Solutions solutions(ensemble_, settings_.decorrelated);
  if (convergence) write_convergence(convergence, solutions);
  FreeEnergyEstimates estimates(settings_, ensemble_, solutions);
  std::unique_ptr<Solutions> others;
  if (other_) {
    others = std::make_unique<Solutions>(*other_, settings_.decorrelated);
    estimates.add_difference_to(*other_, *others);
  }
  report(estimates, solutions, others.get());
  publish(solutions.whole);
  table.print(results_file(state_.id, estimates.results));
  table.close();
  if (samples) write_points(samples, solutions.whole, false);
  if (frames) write_points(frames, solutions.whole, true);
  if (profile_file) profile_file.print(profile(solutions));
  profile_file.close();
}

/* the same points again, after the commands */
void FreeEnergy::change_force_field()
{
  for (const std::string &command : settings_.commands) {
    state_.host.command(command);
    state_.host.check_alive(command);
    if (settings_.other) settings_.other->host.check_alive(command);
  }
  if (state_.temperature() != ensemble_.temperature)
    throw Error(
        text("bgen: perturb has changed the temperature of fix %s from %g to %g: change the "
             "force field only, and use the keyword temperatures for others",
             state_.id.c_str(), ensemble_.temperature, state_.temperature()));
  state_.symmetries.forget();
  const CheckedSession session(state_);
  ensemble_.evaluate_changed();
}

/* ---- results ---- */

/* a line for each pair of basins, unless there are no frames at the first temperature */
std::string FreeEnergy::balanced(const Solution &solution) const
{
  const Variables &variables = state_.variables;
  std::string lines;
  if (!bgen_ensemble_has_frames(&ensemble_.data(), 0)) return lines;
  for (int i = 0; i < variables.n_basins(); i++)
    for (int k = i + 1; k < variables.n_basins(); k++) {
      double there = NAN, back = NAN;
      check(bgen_solution_balanced_acceptance(solution, 0, i, k, &there));
      check(bgen_solution_balanced_acceptance(solution, 0, k, i, &back));
      lines += balanced_line(variables.basin_name(i), variables.basin_name(k), there, back);
    }
  return lines;
}

std::string FreeEnergy::changed(const Distribution &distribution) const
{
  const bgen_averages *all = distribution.in(BGEN_FIELD_CHANGED);
  std::vector<double> log_weight(all->n);
  bgen_averages_log_weights(all, log_weight.data());
  return changed_lines(bgen_kish_ess(all->n, log_weight.data()) / static_cast<double>(all->n),
                       bgen_ensemble_n_failed_changed(&ensemble_.data()));
}

void FreeEnergy::report(const FreeEnergyEstimates &estimates, const Solutions &solutions,
                        const Solutions *others) const
{
  std::string lines;
  for (size_t t = 0; t < settings_.temperatures.size(); t++)
    lines += free_energy_table(table_of_basins(ensemble_, solutions, t, settings_.n_bootstrap));
  if (others)
    lines += free_energy_table(table_of_basins(*other_, *others, 0, settings_.n_bootstrap));
  lines += thermodynamics_table(estimates.thermodynamics) + result_lines(estimates.results);
  if (!settings_.commands.empty()) lines += changed(solutions.first);
  state_.host.print(lines + balanced(solutions.whole));
}

/* f_ID[k][...] of the fix, for thermo output and variables */
void FreeEnergy::publish(const Solution &solution)
{
  const bgen_estimate first = bgen_solution_free_energy(solution, 0, 0);
  for (int k = 0; k < state_.variables.n_basins(); k++) {
    const bgen_estimate f = bgen_solution_free_energy(solution, 0, k),
                        change = bgen_estimate_difference(&first, &f);
    state_.free_energies[k] = {f.value, f.error, change.value, k ? change.error : 0.0};
  }
}

/* ---- files ---- */

/* a growing fraction of all points, doubled from line to line */
void FreeEnergy::write_convergence(File &file, const Solutions &solutions) const
{
  const std::vector<std::string> basins = state_.settings.basin_names();
  const auto write = [&](double fraction, const bgen_solution *part) {
    const double n_samples = std::ceil(fraction * static_cast<double>(settings_.n_samples));
    file.print(convergence_line(n_samples, part, basins.size()));
  };
  file.print(convergence_head(state_.id, settings_.temperatures[0], basins));
  for (int halved = DOUBLINGS; halved > 1; halved--) {
    const double fraction = std::pow(0.5, halved);
    write(fraction, Solution(ensemble_, fraction, settings_.decorrelated));
  }
  write(0.5, solutions.half);
  write(1.0, solutions.whole);
  file.close();
}

/* those of the first temperature */
void FreeEnergy::write_points(File &file, const Solution &solution, bool of_md) const
{
  const Variables &basins = state_.variables;
  file.print(text("# %s of fix %s at T = %g; basins:%s\n", of_md ? "test frames" : "samples",
                  state_.id.c_str(), settings_.temperatures[0], basins.numbered_basins().c_str()));
  for (int k = 0; k < basins.n_basins(); k++)
    file.print(text("# F(%s) = %.6f kT\n", basins.basin_name(k).c_str(),
                    bgen_solution_free_energy(solution, 0, k).value));
  file.print("# flow basin in_domain " + ensemble_.points(0).columns() + "\n");
  for (int k = 0; k < basins.n_basins(); k++) {
    const EvaluatedPoints &points = ensemble_.points(k);
    const bgen_group &group = of_md ? ensemble_.frames(0, k) : ensemble_.samples(0, k);
    for (size_t i = group.first; i < group.first + group.n; i++)
      file.print(text("%d %d %d ", k + 1, points.basin[i] + 1, points.in_domain[i]) +
                 ensemble_.row(0, k, i) + "\n");
  }
  file.close();
}

/* Ends that nobody gave are those of the points of weight, with as many bins as said. */
bgen_axis FreeEnergy::resolved(const ProfileAxis &axis, const std::vector<double> &s,
                               const bgen_averages *all) const
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

std::string FreeEnergy::profile(const Solutions &solutions) const
{
  const bgen_averages *all = solutions.first.in(BGEN_FIELD_FIRST);
  const std::vector<ProfileAxis> &axes = settings_.axes;
  std::vector<std::vector<double>> s;
  std::vector<std::string> names;
  bgen_profile profile = {axes.size(), {}};
  for (size_t k = 0; k < axes.size(); k++) {
    s.push_back(solutions.whole.quantity(axes[k].quantity, BGEN_FIELD_FIRST));
    profile.axis[k] = resolved(axes[k], s[k], all);
    names.push_back(quantities_.name(axes[k].quantity));
  }
  const double *columns[] = {s[0].data(), s.back().data()};
  bgen_status status = bgen_profile_check(&profile);
  std::vector<bgen_estimate> bins(status ? 0 : bgen_profile_n_bins(&profile));
  if (!status) status = bgen_profile_estimate(&profile, all, columns, bins.data());
  if (status)
    state_.host.warn("bgen: " + settings_.profile_path + " stays empty: " + bgen_last_error());
  return profile_head(state_.id, settings_.temperatures[0],
                      bgen_ensemble_has_frames(&ensemble_.data(), 0), names) +
         (status ? "" : profile_lines(profile, bins));
}

static void free_energy(State &state, Line &line, Surroundings &surroundings)
{
  FreeEnergy(state, line, surroundings).run();
}

ActionKind bgen::free_energy_action()
{
  return {"free_energy", "free energies, averages and profiles from samples and test frames",
          free_energy_help(), free_energy};
}
