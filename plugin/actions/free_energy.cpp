/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID free_energy": free energies, averages and profiles, from test frames and samples of the
   flows */

#include "actions/actions.h"
#include "actions/free_energy_estimates.h"
#include "input/error.h"
#include "input/text.h"
#include "report/file.h"
#include "report/free_energy_files.h"
#include "state/state.h"

#include <cmath>

using namespace bgen;

/* of the points, from the first line of a convergence file to the last */
static constexpr int DOUBLINGS = 6;

namespace {
class FreeEnergy : public Action {
public:
  FreeEnergy(State &state, Line &line, Surroundings &surroundings);
  void run() override;

private:
  State &state_;
  Quantities quantities_;
  const FreeEnergySettings settings_;
  Ensemble ensemble_;
  std::unique_ptr<Ensemble> other_; // nullptr: nothing to compare with

  void evaluate(Ensemble &ensemble);
  void change_force_field();
  PartOfPoints part(const Solution &solution, double fraction) const;
  void write_convergence(File &file, const Solutions &solutions) const;
  void report(const FreeEnergyEstimates &estimates, const Solutions &solutions,
              const Solutions *others) const;
  void publish(const Solution &solution);
  void write_points(File &file, const Solution &solution, bool of_md) const;
  bgen_axis resolved(const ProfileAxis &axis, const std::vector<double> &s,
                     const bgen_averages *all) const;
  std::string profile(const Solution &solution) const;
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
  evaluate(ensemble_);
  if (!settings_.commands.empty()) change_force_field();
  if (other_) evaluate(*other_);
  const Solutions solutions(ensemble_, settings_.decorrelated);
  if (convergence) write_convergence(convergence, solutions);
  FreeEnergyEstimates estimates(settings_, ensemble_, solutions.whole);
  std::unique_ptr<Solutions> others;
  if (other_) {
    others = std::make_unique<Solutions>(*other_, settings_.decorrelated);
    estimates.add_difference_to(*other_, others->whole);
  }
  report(estimates, solutions, others.get());
  publish(solutions.whole);
  table.print(results_file(state_.id, estimates.results));
  table.close();
  if (samples) write_points(samples, solutions.whole, false);
  if (frames) write_points(frames, solutions.whole, true);
  if (profile_file) profile_file.print(profile(solutions.whole));
  profile_file.close();
}

/* ---- points ---- */

void FreeEnergy::evaluate(Ensemble &ensemble)
{
  State &of = ensemble.state;
  const Session session(of.engine);
  std::vector<double> x(of.variables.dim());
  of.symmetries.check(x);
  if (&ensemble == &ensemble_) quantities_.begin();
  ensemble.evaluate(settings_.n_samples, !settings_.commands.empty());
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
  const Session session(state_.engine);
  std::vector<double> x(state_.variables.dim());
  state_.symmetries.forget();
  state_.symmetries.check(x);
  ensemble_.evaluate_changed();
}

/* ---- results ---- */

void FreeEnergy::report(const FreeEnergyEstimates &estimates, const Solutions &solutions,
                        const Solutions *others) const
{
  std::string lines;
  for (size_t t = 0; t < settings_.temperatures.size(); t++)
    lines += free_energy_table(table_of_basins(ensemble_, solutions, t, settings_.n_bootstrap));
  if (others)
    lines += free_energy_table(table_of_basins(*other_, *others, 0, settings_.n_bootstrap));
  lines += thermodynamics_table(estimates.thermodynamics) + result_lines(estimates.results);
  if (!settings_.commands.empty())
    lines += changed_lines(changed_force_field(ensemble_, solutions.whole));
  state_.host.print(lines + balanced_lines(balanced_acceptances(ensemble_, solutions.whole)));
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

/* by both sides and by either one */
PartOfPoints FreeEnergy::part(const Solution &solution, double fraction) const
{
  PartOfPoints part = {std::ceil(fraction * static_cast<double>(settings_.n_samples)), {}};
  for (int k = 0; k < state_.variables.n_basins(); k++)
    part.basins.push_back(
        {bgen_solution_frame_works(solution, 0, k).n, bgen_solution_free_energy(solution, 0, k),
         bgen_solution_by_samples(solution, 0, k), bgen_solution_by_frames(solution, 0, k)});
  return part;
}

/* a growing fraction of all points, doubled from line to line */
void FreeEnergy::write_convergence(File &file, const Solutions &solutions) const
{
  std::vector<PartOfPoints> parts;
  for (int halved = DOUBLINGS; halved > 1; halved--) {
    const double fraction = std::pow(0.5, halved);
    parts.push_back(part(Solution(ensemble_, fraction, settings_.decorrelated), fraction));
  }
  parts.push_back(part(solutions.half, 0.5));
  parts.push_back(part(solutions.whole, 1.0));
  file.print(
      convergence_file(state_.id, settings_.temperatures[0], state_.settings.basin_names(), parts));
  file.close();
}

/* those of the first temperature */
void FreeEnergy::write_points(File &file, const Solution &solution, bool of_md) const
{
  PointsHead head = {state_.id,
                     of_md,
                     settings_.temperatures[0],
                     state_.variables.numbered_basins(),
                     state_.settings.basin_names(),
                     {},
                     ensemble_.points(0).columns()};
  for (int k = 0; k < state_.variables.n_basins(); k++)
    head.free_energies.push_back(bgen_solution_free_energy(solution, 0, k).value);
  file.print(points_head(head));
  for (int k = 0; k < state_.variables.n_basins(); k++) {
    const EvaluatedPoints &points = ensemble_.points(k);
    const bgen_group &group = of_md ? ensemble_.frames(0, k) : ensemble_.samples(0, k);
    for (size_t i = group.first; i < group.first + group.n; i++)
      file.print(points_line(k, points.basin[i], points.in_domain[i], ensemble_.row(0, k, i)));
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

std::string FreeEnergy::profile(const Solution &solution) const
{
  const Distribution distribution(solution, 0);
  const std::vector<ProfileAxis> &axes = settings_.axes;
  std::vector<std::vector<double>> s;
  bgen_profile profile = {axes.size(), {}};
  ProfileHead head = {
      state_.id, settings_.temperatures[0], bgen_ensemble_has_frames(&ensemble_.data(), 0), {}};
  for (size_t k = 0; k < axes.size(); k++) {
    s.push_back(solution.quantity(axes[k].quantity));
    profile.axis[k] = resolved(axes[k], s[k], distribution.in());
    head.axes.push_back(quantities_.name(axes[k].quantity));
  }
  const double *columns[] = {s[0].data(), s.back().data()};
  bgen_status status = bgen_profile_check(&profile);
  std::vector<bgen_estimate> bins(status ? 0 : bgen_profile_n_bins(&profile));
  if (!status) status = bgen_profile_estimate(&profile, distribution.in(), columns, bins.data());
  if (!status) return profile_head(head) + profile_lines(profile, bins);
  state_.host.warn("bgen: " + settings_.profile_path + " stays empty: " + bgen_last_error());
  return profile_head(head);
}

std::unique_ptr<Action> bgen::create_free_energy(State &state, Line &line,
                                                 Surroundings &surroundings)
{
  return std::make_unique<FreeEnergy>(state, line, surroundings);
}
