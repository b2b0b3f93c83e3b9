/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_ensemble.h"

#include "bgen_model.h"
#include "bgen_observables.h"
#include "bgen_words.h"
#include "error.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace LAMMPS_NS;

BgenEnsemble::BgenEnsemble(LAMMPS *lmp, FixBgen &_fix, const std::vector<double> &_temperatures,
                           BgenObservables *observables)
    : Pointers(lmp), fix(_fix), model(*_fix.model), fix_temperature(_fix.temperature()),
      temperatures(_temperatures), n_flows(_temperatures.size()), groups(_fix.model->n_basins),
      solved(_fix.model->n_basins), pools{}
{
  for (int k = 0; k < model.n_basins; k++) {
    points.push_back(std::make_unique<BgenPoints>(lmp, fix));
    points[k]->temperatures = temperatures;
    if (observables) points[k]->observe(observables);
  }
}

BgenEnsemble::~BgenEnsemble() = default;

size_t BgenEnsemble::Solved::first_row(size_t state) const
{
  return std::accumulate(count.begin(), count.begin() + (long) state, (size_t) 0);
}

/* ---- the part of the points that an estimate is of ---- */

/* of the works between frames and the flow nearest in temperature, which is the first where there is none of theirs */
double BgenEnsemble::inefficiency(int k, const Group &group) const
{
  const size_t t =
      std::find(temperatures.begin(), temperatures.end(), group.temperature) - temperatures.begin();
  std::vector<double> works;
  for (size_t i = 0; i < group.n; i++)
    works.push_back(work(t < n_flows ? t : 0, k, group.first + i));
  const bgen_runs runs = {group.ends.size(), group.ends.data()};
  return bgen_statistical_inefficiency(works.size(), works.data(), &runs);
}

/* the first of each walker; samples of a flow are those of one that never ends */
BgenEnsemble::Rows BgenEnsemble::rows_of(const Group &group, double fraction)
{
  Rows rows;
  size_t first = 0;
  const std::vector<size_t> whole(1, group.n);
  for (const size_t end : group.of_flow ? whole : group.ends) {
    const size_t n = (size_t) std::ceil(fraction * (double) (end - first));
    for (size_t i = 0; i < n; i++) rows.point.push_back(group.first + first + i);
    if (!group.of_flow) rows.ends.push_back(rows.point.size());
    first = end;
  }
  return rows;
}

BgenEnsemble::Rows BgenEnsemble::decorrelated(const Rows &all, double g)
{
  const size_t n = all.point.size();
  const bgen_runs runs = {all.ends.size(), all.ends.data()};
  std::vector<size_t> index(n);
  Rows kept = {{}, std::vector<size_t>(all.ends.size())};
  index.resize(bgen_subsample(&runs, g, index.data(), kept.ends.data()));
  for (const size_t i : index) kept.point.push_back(all.point[i]);
  return kept;
}

void BgenEnsemble::add_rows(Solved &s, const Rows &rows)
{
  s.point.insert(s.point.end(), rows.point.begin(), rows.point.end());
  s.count.push_back(rows.point.size());
  s.ends.push_back(rows.ends);
}

void BgenEnsemble::choose(int k, const Part &part)
{
  Solved &s = solved[k];
  s = Solved();
  for (size_t t = 0; t < n_flows; t++) add_rows(s, rows_of(groups[k][t], part.fraction));
  for (const double temperature : levels) {
    const Group *group = frames_at(temperature, k);
    const Rows rows = group ? rows_of(*group, part.fraction) : Rows();
    add_rows(s, group && part.decorrelated ? decorrelated(rows, inefficiency(k, *group)) : rows);
  }
  s.count.resize(n_states());
  s.ends.resize(n_states());
  for (const std::vector<size_t> &ends : s.ends) s.runs.push_back({ends.size(), ends.data()});
}

/* flows, then levels, then the changed force field at the temperatures that are wanted */
size_t BgenEnsemble::state_of(size_t t, Field field) const
{
  return n_flows + t + (field == CHANGED ? levels.size() : 0);
}

/* reduced energies of a row in all states. A sample outside the domain counts in its own flow only. */
void BgenEnsemble::fill_row(int k, size_t row, double *u) const
{
  const size_t i = solved[k].point[row], n = solved[k].point.size();
  const double here = reached(k, i) ? points[k]->u[i] : INFINITY;
  const double there = reached(k, i) && has_changed() ? again[k].u[i] : INFINITY;
  for (size_t t = 0; t < n_flows; t++) {
    const Group &group = groups[k][t];
    const bool own = i >= group.first && i < group.first + group.n;
    const double log_q = log_q_at(t, k, i);
    u[t * n] = std::isfinite(log_q) ? -log_q : own ? 0.0 : INFINITY;
  }
  for (size_t l = 0; l < levels.size(); l++) u[(n_flows + l) * n] = u_at(levels[l], here);
  for (size_t t = 0; has_changed() && t < n_flows; t++)
    u[state_of(t, CHANGED) * n] = std::isnan(there) ? INFINITY : u_at(temperatures[t], there);
}

void BgenEnsemble::fill(int k)
{
  Solved &s = solved[k];
  s.u.resize(n_states() * s.point.size());
  for (size_t row = 0; row < s.point.size(); row++) fill_row(k, row, &s.u[row]);
}

/* ---- free energies ---- */

bgen_status BgenEnsemble::solve(Solved &s) const
{
  const size_t n = s.point.size();
  s.free_energy.assign(n_states(), 0.0);
  s.log_mixture.resize(n);
  s.influence.resize(n_states() * n);
  s.mbar = {
      n_states(),          n, 1, s.count.data(), s.u.data(), s.runs.data(), s.free_energy.data(),
      s.log_mixture.data()};
  const bgen_status status = bgen_mbar_solve(&s.mbar);
  return status ? status : bgen_mbar_influence(&s.mbar, s.influence.data());
}

bgen_status BgenEnsemble::try_solve(const Part &part)
{
  for (int k = 0; k < n_basins(); k++) choose(k, part);
  for (int k = 0; k < n_basins(); k++) {
    fill(k);
    const bgen_status status = solve(solved[k]);
    if (!status) continue;
    const std::string sentence = bgen_last_error();
    return bgen_fail(status, "basin %s, flows at %zu temperatures before MD at %zu: %s",
                     model.basin_name(k).c_str(), n_flows, levels.size(), sentence.c_str());
  }
  return BGEN_OK;
}

void BgenEnsemble::solve(const Part &part)
{
  bgen_check(lmp, try_solve(part));
}

/* does F stay where the points double? */
void BgenEnsemble::keep_half(bool decorrelated)
{
  const bool solved_half = try_solve({0.5, decorrelated}) == BGEN_OK;
  for (size_t t = 0; t < n_flows; t++)
    for (int k = 0; k < n_basins(); k++)
      half_.push_back(solved_half ? free_energy(t, k) : bgen_estimate{NAN, NAN});
}

/* All flows are normalised. That of the same temperature overlaps best, so F relative to it is known best. */
BgenEnsemble::Solved &BgenEnsemble::relative_to(size_t t, int k)
{
  Solved &s = solved[k];
  if (s.zero != t) bgen_mbar_set_zero(&s.mbar, s.influence.data(), t);
  s.zero = t;
  return s;
}

bgen_estimate BgenEnsemble::free_energy(size_t t, int k)
{
  const Solved &s = relative_to(t, k);
  const double *influence = s.influence.data() + (n_flows + t) * s.mbar.n;
  return {s.free_energy[n_flows + t], std::sqrt(bgen_mbar_variance(&s.mbar, influence))};
}

double BgenEnsemble::independent_error(size_t t, int k)
{
  bgen_mbar independent = relative_to(t, k).mbar;
  independent.runs = nullptr;
  const double *influence = solved[k].influence.data() + (n_flows + t) * independent.n;
  return std::sqrt(bgen_mbar_variance(&independent, influence));
}

bgen_spread BgenEnsemble::spread_of_frames(size_t t, int k)
{
  const Solved &s = relative_to(t, k);
  const size_t state = n_flows + t;
  return bgen_spread_of_sum(
      s.count[state], s.influence.data() + state * s.mbar.n + s.first_row(state), &s.runs[state]);
}

/* ---- the pool ---- */

const bgen_averages &BgenEnsemble::pool(size_t t, Field field)
{
  Pool &p = pools[field];
  size_t n = 0;
  p.basins.clear(), p.influences.clear();
  for (int k = 0; k < n_basins(); k++) {
    const Solved &s = relative_to(t, k);
    p.basins.push_back(s.mbar);
    p.influences.push_back(s.influence.data());
    n += s.mbar.n;
  }
  p.states.assign(solved.size(), state_of(t, field));
  p.work.resize(3 * n);
  p.all = {solved.size(), n, p.basins.data(), p.influences.data(), p.states.data(), p.work.data()};
  return p.all;
}

std::vector<double> BgenEnsemble::log_weights(size_t t, Field field)
{
  const bgen_averages &all = pool(t, field);
  std::vector<double> values(all.n);
  bgen_averages_log_weights(&all, values.data());
  return values;
}

/* values of all points of each basin, as the pool has them: 0 where a point has no weight */
std::vector<double> BgenEnsemble::pooled(const std::vector<std::vector<double>> &of_basins) const
{
  std::vector<double> values;
  for (int k = 0; k < n_basins(); k++)
    for (const size_t i : solved[k].point) values.push_back(reached(k, i) ? of_basins[k][i] : 0.0);
  return values;
}

std::vector<double> BgenEnsemble::inside(int k) const
{
  std::vector<double> values;
  for (int basin = 0; basin < n_basins(); basin++)
    values.insert(values.end(), solved[basin].point.size(), basin == k ? 1.0 : 0.0);
  return values;
}

std::vector<double> BgenEnsemble::u(size_t t) const
{
  std::vector<std::vector<double>> of_basins;
  for (const auto &all : points) of_basins.push_back(all->u);
  std::vector<double> values = pooled(of_basins);
  for (double &value : values) value = u_at(temperatures[t], value);
  return values;
}

std::vector<double> BgenEnsemble::observable(int i, Field field) const
{
  std::vector<std::vector<double>> of_basins(n_basins());
  for (int k = 0; k < n_basins(); k++)
    of_basins[k] = points[k]->value(i, field == CHANGED ? again[k].values : points[k]->values);
  return pooled(of_basins);
}
