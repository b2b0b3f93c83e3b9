/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/free_energy_estimates.h"

#include "estimate/bootstrap.h"
#include "input/error.h"
#include "state/state.h"

#include <cmath>

using namespace bgen;

static constexpr uint64_t BOOTSTRAP_SEED = 1;

Solutions::Solutions(const Ensemble &ensemble, bool decorrelated)
    : half(ensemble, 0.5, decorrelated), whole(ensemble, 1.0, decorrelated)
{
  check(bgen_solution_status(whole));
}

/* ---- basins ---- */

static bgen_estimate bootstrap(const Solution &solution, size_t t, int k, size_t n)
{
  const bgen_works forward = bgen_solution_sample_works(solution, t, k),
                   reverse = bgen_solution_frame_works(solution, t, k);
  bgen_estimate f;
  if (n == 0 || reverse.n == 0 ||
      bgen_bootstrap_bar(&forward, &reverse, n, BOOTSTRAP_SEED, &f) != BGEN_OK)
    return {NAN, NAN};
  return f;
}

FreeEnergyTable bgen::table_of_basins(const Ensemble &ensemble, const Solutions &solutions,
                                      size_t t, size_t n_bootstrap)
{
  const State &state = ensemble.state;
  const double temperature = ensemble.temperatures[t];
  FreeEnergyTable table = {state.id,
                           temperature,
                           state.engine.kT(temperature),
                           ensemble.method(t),
                           ensemble.samples(t, 0).n,
                           n_bootstrap > 0,
                           {}};
  for (int k = 0; k < state.variables.n_basins(); k++)
    table.basins.push_back({state.variables.basin_name(k),
                            bgen_solution_evidence(solutions.whole, solutions.half, t, k),
                            bgen_solution_acceptance(solutions.whole, t, k),
                            bootstrap(solutions.whole, t, k, n_bootstrap)});
  return table;
}

static double balanced(const Solution &solution, int from, int to)
{
  double mean = NAN;
  check(bgen_solution_balanced_acceptance(solution, 0, from, to, &mean));
  return mean;
}

std::vector<BalancedAcceptance> bgen::balanced_acceptances(const Ensemble &ensemble,
                                                           const Solution &solution)
{
  const Variables &variables = ensemble.state.variables;
  std::vector<BalancedAcceptance> pairs;
  if (!bgen_ensemble_has_frames(&ensemble.data(), 0)) return pairs;
  for (int i = 0; i < variables.n_basins(); i++)
    for (int k = i + 1; k < variables.n_basins(); k++)
      pairs.push_back({variables.basin_name(i), variables.basin_name(k), balanced(solution, i, k),
                       balanced(solution, k, i)});
  return pairs;
}

ChangedForceField bgen::changed_force_field(const Ensemble &ensemble, const Solution &solution)
{
  const Distribution distribution(solution, 0);
  const bgen_averages *changed = distribution.in(BGEN_FIELD_CHANGED);
  std::vector<double> log_weight(changed->n);
  bgen_averages_log_weights(changed, log_weight.data());
  return {bgen_kish_ess(changed->n, log_weight.data()) / static_cast<double>(changed->n),
          bgen_ensemble_n_failed_changed(&ensemble.data())};
}

/* ---- of this force field ---- */

FreeEnergyEstimates::FreeEnergyEstimates(const FreeEnergySettings &settings,
                                         const Ensemble &ensemble, const Solution &solution)
    : settings_(settings), ensemble_(ensemble), solution_(solution)
{
  for (t_ = 0; t_ < settings.temperatures.size(); t_++) {
    const Distribution distribution(solution, t_);
    add_basins();
    if (settings.temperatures.size() > 1) add_thermodynamics(distribution.in());
    add_regions(distribution.in());
    add_means(distribution.in());
    if (bgen_ensemble_has_changed(&ensemble.data())) add_changes(distribution);
  }
}

double FreeEnergyEstimates::kT() const
{
  return ensemble_.state.engine.kT(settings_.temperatures[t_]);
}

std::string FreeEnergyEstimates::basin(int k) const
{
  return ensemble_.state.variables.basin_name(k);
}

int FreeEnergyEstimates::n_basins() const
{
  return ensemble_.state.variables.n_basins();
}

void FreeEnergyEstimates::add(const std::string &what, const bgen_estimate &of, Kind kind)
{
  results.push_back({settings_.temperatures[t_], kT(), what, ensemble_.method(t_), of, kind != MEAN,
                     kind != IN_TABLE});
}

/* an estimate, or NaN and a warning that says why there is none */
bgen_estimate FreeEnergyEstimates::checked(bgen_status status, const bgen_estimate &of,
                                           const std::string &what) const
{
  if (status == BGEN_OK) return of;
  ensemble_.state.host.warn("bgen: " + what + " is unknown: " + bgen_last_error());
  return {NAN, NAN};
}

static bgen_estimate difference(const bgen_estimate &a, const bgen_estimate &b)
{
  return bgen_estimate_difference(&a, &b);
}

static std::string named(const std::string &what, const std::string &of)
{
  return what + "(" + of + ")";
}

/* basins have no points in common: their errors are independent */
void FreeEnergyEstimates::add_basins()
{
  const bgen_estimate first = bgen_solution_free_energy(solution_, t_, 0);
  for (int k = 0; k < n_basins(); k++)
    add(named("F", basin(k)), bgen_solution_free_energy(solution_, t_, k), IN_TABLE);
  for (int k = 1; k < n_basins(); k++)
    add(named("F", basin(0)) + " - " + named("F", basin(k)),
        difference(first, bgen_solution_free_energy(solution_, t_, k)));
}

Thermodynamics FreeEnergyEstimates::of_basin(const bgen_averages *all, const std::vector<double> &u,
                                             int k) const
{
  const std::vector<double> b = solution_.inside(k);
  bgen_estimate mean, entropy;
  bgen_status status = bgen_averages_mean(all, u.data(), b.data(), &mean);
  mean = checked(status, mean, named("U", basin(k)));
  status = bgen_averages_entropy(all, u.data(), b.data(), &entropy);
  entropy = checked(status, entropy, named("TS", basin(k)));
  return {settings_.temperatures[t_],
          kT(),
          basin(k),
          {bgen_solution_free_energy(solution_, t_, k), mean, entropy}};
}

/* F, U and TS of each basin, F = U - TS, and their differences to the first */
void FreeEnergyEstimates::add_thermodynamics(const bgen_averages *all)
{
  const std::vector<double> u = solution_.u(t_);
  const Thermodynamics first = of_basin(all, u, 0);
  add(first);
  for (int k = 1; k < n_basins(); k++) {
    Thermodynamics one = of_basin(all, u, k);
    add(one);
    for (int i = 0; i < 3; i++) one.energies[i] = difference(first.energies[i], one.energies[i]);
    one.of = first.of + " - " + one.of;
    add(one);
  }
}

void FreeEnergyEstimates::add(const Thermodynamics &one)
{
  thermodynamics.push_back(one);
  add(named("U", one.of), one.energies[1], IN_TABLE);
  add(named("TS", one.of), one.energies[2], IN_TABLE);
}

/* 1 where a point lies in it */
std::vector<double> FreeEnergyEstimates::inside(const Region &region) const
{
  std::vector<double> inside(bgen_solution_n_points(solution_), 1.0);
  for (size_t k = 0; k < region.quantities.size(); k++) {
    const std::vector<double> values = solution_.quantity(region.quantities[k]);
    for (size_t i = 0; i < values.size(); i++)
      if (!(values[i] >= region.low[k] && values[i] < region.high[k])) inside[i] = 0.0;
  }
  return inside;
}

/* within the basins of the fix: -ln Z of each state, and differences between the first and the
   others */
void FreeEnergyEstimates::add_regions(const bgen_averages *all)
{
  std::vector<double> first;
  for (const Region &region : settings_.regions) {
    const std::vector<double> now = inside(region);
    const std::string what = named("F", region.name);
    bgen_estimate f;
    bgen_status status = bgen_averages_free_energy(all, now.data(), &f);
    add(what, checked(status, f, what));
    if (first.empty()) {
      first = now;
      continue;
    }
    const std::string change = named("F", settings_.regions[0].name) + " - " + what;
    status = bgen_averages_difference(all, first.data(), now.data(), &f);
    add(change, checked(status, f, change));
  }
}

/* over all basins, and in each of several */
void FreeEnergyEstimates::add_means(const bgen_averages *all)
{
  for (const int i : settings_.means) {
    const std::vector<double> a = solution_.quantity(i);
    const std::string what = "<" + settings_.quantities->name(i) + ">";
    bgen_estimate mean;
    bgen_status status = bgen_averages_mean(all, a.data(), nullptr, &mean);
    add(what, checked(status, mean, what), MEAN);
    for (int k = 0; n_basins() > 1 && k < n_basins(); k++) {
      const std::string of_basin = named(what, basin(k));
      status = bgen_averages_mean(all, a.data(), solution_.inside(k).data(), &mean);
      add(of_basin, checked(status, mean, of_basin), MEAN);
    }
  }
}

/* ---- another force field, another generator ---- */

/* F of the changed force field minus F of the one before, over all basins and in each */
void FreeEnergyEstimates::add_changes(const Distribution &distribution)
{
  const bgen_averages *before = distribution.in(), *after = distribution.in(BGEN_FIELD_CHANGED);
  for (int k = -1; k < n_basins(); k++) {
    const std::vector<double> b = k < 0 ? std::vector<double>(before->n, 1.0) : solution_.inside(k);
    const std::string what =
        k < 0 ? "F' - F" : named("F'", basin(k)) + " - " + named("F", basin(k));
    bgen_estimate change;
    const bgen_status status = bgen_averages_change(before, after, b.data(), &change);
    add(what, checked(status, change, what));
  }
  add_changed_means(after);
}

void FreeEnergyEstimates::add_changed_means(const bgen_averages *after)
{
  for (const int i : settings_.means) {
    const std::vector<double> a = solution_.quantity(i, BGEN_FIELD_CHANGED);
    const std::string what = "<" + settings_.quantities->name(i) + ">'";
    bgen_estimate mean;
    const bgen_status status = bgen_averages_mean(after, a.data(), nullptr, &mean);
    add(what, checked(status, mean, what), MEAN);
  }
}

static bgen_estimate of_all_basins(const Solution &solution)
{
  const Distribution distribution(solution, 0);
  bgen_estimate f;
  check(bgen_averages_free_energy(distribution.in(), nullptr, &f));
  return f;
}

void FreeEnergyEstimates::add_difference_to(const Ensemble &other, const Solution &of_other)
{
  t_ = 0;
  const std::string mine = named("F", ensemble_.state.id), others = named("F", other.state.id);
  const bgen_estimate f = of_all_basins(solution_), of_others = of_all_basins(of_other);
  const double ratio = other.state.engine.kT(other.temperature) / kT();
  const bgen_estimate in_kT = {ratio * of_others.value, ratio * of_others.error};
  add(mine, f);
  add(others, in_kT);
  results.back().method = other.method(0);
  add(mine + " - " + others, difference(f, in_kT));
}
