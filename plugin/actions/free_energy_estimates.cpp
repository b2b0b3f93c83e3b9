/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/free_energy_estimates.h"

#include "estimate/bootstrap.h"
#include "input/text.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static constexpr uint64_t BOOTSTRAP_SEED = 1;

Solutions::Solutions(const Ensemble &ensemble, bool decorrelated)
    : half(ensemble, 0.5, decorrelated), whole(ensemble, 1.0, decorrelated), first(whole, 0)
{
}

/* ---- the table of basins ---- */

static bgen_estimate bootstrap(const Solution &solution, size_t t, int k, size_t n)
{
  const bgen_works forward = bgen_solution_sample_works(solution, t, k),
                   reverse = bgen_solution_frame_works(solution, t, k);
  bgen_estimate f;
  if (reverse.n == 0) return {NAN, NAN};
  const bgen_split *split = bgen_solution_split(solution, k);
  const bgen_status status = split ? bgen_bootstrap_split(split, n, BOOTSTRAP_SEED, &f)
                                   : bgen_bootstrap_bar(&forward, &reverse, n, BOOTSTRAP_SEED, &f);
  return status ? bgen_estimate{NAN, INFINITY} : f;
}

std::string bgen::lines_of_basins(const Ensemble &ensemble, const Solutions &solutions, size_t t,
                                  size_t n_bootstrap)
{
  const State &state = ensemble.state;
  const double temperature = ensemble.temperatures[t];
  FreeEnergyTable table = {state.id,
                           temperature,
                           state.engine.kT(temperature),
                           ensemble.method(t),
                           ensemble.samples(t, 0).n,
                           state.settings.basin_names(),
                           {}};
  for (int k = 0; n_bootstrap > 0 && k < state.variables.n_basins(); k++)
    table.bootstrap.push_back(bootstrap(solutions.whole, t, k, n_bootstrap));
  return free_energy_table(table, t, solutions.whole, solutions.half);
}

/* ---- results ---- */

FreeEnergyEstimates::FreeEnergyEstimates(const FreeEnergySettings &settings,
                                         const Ensemble &ensemble, const Solutions &solutions)
    : settings_(settings), ensemble_(ensemble), solutions_(solutions),
      basins_(ensemble.state.settings.basin_names())
{
  for (size_t k = 0; k < basins_.size(); k++) inside_.push_back(solutions.whole.inside(k));
  add_all(solutions.first);
  for (t_ = 1; t_ < settings.temperatures.size(); t_++) add_all(Distribution(solutions.whole, t_));
}

void FreeEnergyEstimates::add_all(const Distribution &distribution)
{
  const bgen_averages *all = distribution.in(BGEN_FIELD_FIRST);
  add_basins();
  if (settings_.temperatures.size() > 1) add_thermodynamics(all);
  add_regions(all);
  add_means(all, BGEN_FIELD_FIRST);
  if (!bgen_ensemble_has_changed(&ensemble_.data())) return;
  add_changes(all, distribution.in(BGEN_FIELD_CHANGED));
  add_means(distribution.in(BGEN_FIELD_CHANGED), BGEN_FIELD_CHANGED);
}

double FreeEnergyEstimates::kT() const
{
  return ensemble_.state.engine.kT(settings_.temperatures[t_]);
}

void FreeEnergyEstimates::add(const std::string &what, const bgen_estimate &of, Kind kind)
{
  results.push_back({settings_.temperatures[t_], kT(), what, ensemble_.method(t_), of, kind != MEAN,
                     kind != IN_TABLE});
}

/* an estimate, or NaN and an infinite error; a warning says why it or its error is not known,
   unless that of a basin has said so */
template <class Find, class... Arguments>
bgen_estimate FreeEnergyEstimates::found(const std::string &what, Find find,
                                         const bgen_averages *pool, Arguments... arguments) const
{
  bgen_estimate estimate;
  if (find(pool, arguments..., &estimate)) {
    ensemble_.state.host.warn("bgen: " + what + " is unknown: " + bgen_last_error());
    return {NAN, INFINITY};
  }
  const bool known = !pool->known || !std::count(pool->known, pool->known + pool->n_basins, false);
  if (known && std::isinf(estimate.error))
    ensemble_.state.host.warn("bgen: the error of " + what +
                              " is infinite: too few samples and test "
                              "frames lie there" +
                              text(" (T = %g)", settings_.temperatures[t_]));
  return estimate;
}

template <class Find, class... Arguments>
void FreeEnergyEstimates::add_found(const std::string &what, Kind kind, Find find,
                                    Arguments... arguments)
{
  add(what, found(what, find, arguments...), kind);
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
  const bgen_estimate first = bgen_solution_free_energy(solutions_.whole, t_, 0);
  for (size_t k = 0; k < basins_.size(); k++)
    add(named("F", basins_[k]), bgen_solution_free_energy(solutions_.whole, t_, k), IN_TABLE);
  for (size_t k = 1; k < basins_.size(); k++)
    add(named("F", basins_[0]) + " - " + named("F", basins_[k]),
        difference(first, bgen_solution_free_energy(solutions_.whole, t_, k)));
}

Thermodynamics FreeEnergyEstimates::of_basin(const bgen_averages *all, const std::vector<double> &u,
                                             int k) const
{
  const double *in_basin = inside_[k].data();
  return {settings_.temperatures[t_],
          kT(),
          basins_[k],
          {bgen_solution_free_energy(solutions_.whole, t_, k),
           found(named("U", basins_[k]), bgen_averages_mean, all, u.data(), in_basin),
           found(named("TS", basins_[k]), bgen_averages_entropy, all, u.data(), in_basin)}};
}

/* F, U and TS of each basin, F = U - TS, and their differences to the first */
void FreeEnergyEstimates::add_thermodynamics(const bgen_averages *all)
{
  const std::vector<double> u = solutions_.whole.u(t_);
  const Thermodynamics first = of_basin(all, u, 0);
  add(first);
  for (size_t k = 1; k < basins_.size(); k++) {
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
  std::vector<double> inside(bgen_solution_n_points(solutions_.whole), 1.0);
  for (size_t k = 0; k < region.quantities.size(); k++) {
    const std::vector<double> values =
        solutions_.whole.quantity(region.quantities[k], BGEN_FIELD_FIRST);
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
    add_found(what, LINE, bgen_averages_free_energy, all, now.data());
    if (first.empty())
      first = now;
    else
      add_found(named("F", settings_.regions[0].name) + " - " + what, LINE,
                bgen_averages_difference, all, first.data(), now.data());
  }
}

/* over all basins, and in each of several */
void FreeEnergyEstimates::add_means(const bgen_averages *all, bgen_field field)
{
  const bool changed = field == BGEN_FIELD_CHANGED, each = !changed && basins_.size() > 1;
  for (const int i : settings_.means) {
    const std::vector<double> a = solutions_.whole.quantity(i, field);
    const std::string what = "<" + settings_.quantities->name(i) + (changed ? ">'" : ">");
    add_found(what, MEAN, bgen_averages_mean, all, a.data(), nullptr);
    for (size_t k = 0; each && k < basins_.size(); k++)
      add_found(named(what, basins_[k]), MEAN, bgen_averages_mean, all, a.data(),
                inside_[k].data());
  }
}

/* F of the changed force field minus F of the one before, over all basins and in each */
void FreeEnergyEstimates::add_changes(const bgen_averages *before, const bgen_averages *after)
{
  const std::vector<double> everywhere(before->n, 1.0);
  add_found("F' - F", LINE, bgen_averages_change, before, after, everywhere.data());
  for (size_t k = 0; k < basins_.size(); k++)
    add_found(named("F'", basins_[k]) + " - " + named("F", basins_[k]), LINE, bgen_averages_change,
              before, after, inside_[k].data());
}

/* ---- absolute ---- */

static bgen_estimate per_atom(const bgen_estimate &of, size_t n)
{
  return {of.value / static_cast<double>(n), of.error / static_cast<double>(n)};
}

std::string FreeEnergyEstimates::add_absolute(const Absolute &absolute,
                                              const std::vector<FreeEnergyByPaths> &by_paths)
{
  std::string lines;
  for (t_ = 0; t_ < settings_.temperatures.size(); t_++)
    for (size_t k = 0; k < basins_.size(); k++) {
      const bool is_by_paths = !std::isnan(by_paths[k].F.error);
      const bgen_estimate F =
          is_by_paths ? by_paths[k].F : bgen_solution_free_energy(solutions_.whole, t_, k);
      const AbsoluteFreeEnergy one =
          absolute.of(static_cast<int>(k), settings_.temperatures[t_], F);
      lines += absolute_lines(one, ensemble_.state.id,
                              is_by_paths ? by_paths[k].method : ensemble_.method(t_));
      add(one);
      bodies.push_back(one);
    }
  return lines;
}

void FreeEnergyEstimates::add(const AbsoluteFreeEnergy &one)
{
  add(named("F_abs", one.basin), one.F, IN_TABLE);
  add(named("F_abs/N", one.basin), per_atom(one.F, one.n_particles), IN_TABLE);
  if (std::isnan(one.pressure)) return;
  add(named("G", one.basin), gibbs(one), IN_TABLE);
  add(named("G/N", one.basin), per_atom(gibbs(one), one.n_particles), IN_TABLE);
}

/* ---- another generator ---- */

void FreeEnergyEstimates::add_difference_to(const Ensemble &other, const Solutions &of_other)
{
  t_ = 0;
  const std::string mine = named("F", ensemble_.state.id), others = named("F", other.state.id);
  const auto of_all = [&](const std::string &what, const Solutions &solutions) {
    return found(what, bgen_averages_free_energy, solutions.first.in(BGEN_FIELD_FIRST), nullptr);
  };
  const bgen_estimate f = of_all(mine, solutions_), of_others = of_all(others, of_other);
  const double ratio = other.state.engine.kT(other.temperature) / kT();
  const bgen_estimate in_kT = {ratio * of_others.value, ratio * of_others.error};
  add(mine, f);
  add(others, in_kT);
  results.back().method = other.method(0);
  add(mine + " - " + others, difference(f, in_kT));
}
