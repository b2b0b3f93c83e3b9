/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_ensemble.h"

#include "bgen_model.h"
#include "bgen_observables.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

BgenEnsemble::BgenEnsemble(LAMMPS *lmp, FixBgen &_fix, const std::vector<double> &_temperatures,
                           BgenObservables *observables)
    : Pointers(lmp), fix(_fix), model(*_fix.model), temperatures(_temperatures),
      n_flows(_temperatures.size()), groups(_fix.model->n_basins),
      solved(_fix.model->n_basins), pool_{}
{
  for (int k = 0; k < model.n_basins; k++) {
    points.push_back(std::make_unique<BgenPoints>(lmp, fix));
    points[k]->temperatures = temperatures;
    if (observables) points[k]->observe(observables);
  }
}

BgenEnsemble::~BgenEnsemble() = default;

/* ---- points ---- */

/* Frames at a temperature that is not wanted help all the same, as long as flows at several are asked: through a single flow
   they would be reweighted from afar. */
void BgenEnsemble::add_levels()
{
  levels = temperatures;
  for (int set = 0; n_flows > 1 && set < model.n_test_sets(); set++)
    if (level(model.test_temperature(set)) == levels.size())
      levels.push_back(model.test_temperature(set));
}

/* its number; that of them all if it is none */
size_t BgenEnsemble::level(double temperature) const
{
  return std::find(levels.begin(), levels.end(), temperature) - levels.begin();
}

void BgenEnsemble::visit(size_t n_samples, bool keep_x)
{
  add_levels();
  for (int k = 0; k < n_basins(); k++) {
    BgenPoints &all = *points[k];
    all.keep_x = keep_x;
    for (const double temperature : temperatures) {
      groups[k].push_back({true, temperature, all.n(), n_samples, {}});
      all.add_samples_at(temperature, k, n_samples);
    }
    for (const double temperature : levels) {
      const int set = model.test_set(temperature);
      if (set < 0 || model.n_test_frames(set, k) == 0) continue;
      groups[k].push_back({false, temperature, all.n(), (size_t) model.n_test_frames(set, k),
                           model.test_ends(set, k)});
      all.add_test_frames(set, k);
    }
  }
}

/* whether e^-u has a density at a point: samples outside the domain of the flow or the basin, or without an energy, are
   none of the Boltzmann distribution */
bool BgenEnsemble::reached(int k, size_t i) const
{
  const BgenPoints &all = *points[k];
  return all.in_domain[i] && all.basin[i] == k && std::isfinite(all.u[i]);
}

double BgenEnsemble::u_at(size_t t, int k, size_t i) const
{
  return points[k]->u[i] * fix.temperature() / temperatures[t];
}

double BgenEnsemble::log_q_at(size_t t, int k, size_t i) const
{
  return points[k]->log_q_at[i * n_flows + t];
}

std::string BgenEnsemble::row(size_t t, int k, size_t i) const
{
  return points[k]->row(i, u_at(t, k, i), log_q_at(t, k, i));
}

/* u + log q at temperature t */
double BgenEnsemble::work(size_t t, int k, size_t i) const
{
  const double value = u_at(t, k, i) + log_q_at(t, k, i);
  return reached(k, i) && !std::isnan(value) ? value : INFINITY;
}

BgenEnsemble::Works BgenEnsemble::works_of_samples(size_t t, int k, double fraction) const
{
  Works works;
  for (const size_t i : rows_of(groups[k][t], fraction, 1.0).point)
    works.work.push_back(work(t, k, i));
  return works;
}

size_t BgenEnsemble::n_failed(size_t t, int k) const
{
  const Group &group = groups[k][t];
  const BgenPoints &all = *points[k];
  size_t n = 0;
  for (size_t i = group.first; i < group.first + group.n; i++)
    n += all.in_domain[i] && all.basin[i] == k && std::isnan(all.u[i]);
  return n;
}

const BgenEnsemble::Group *BgenEnsemble::frames_at(double temperature, int k) const
{
  for (const Group &group : groups[k])
    if (!group.of_flow && group.temperature == temperature) return &group;
  return nullptr;
}

bool BgenEnsemble::has_frames(size_t t, int k) const
{
  return frames_at(temperatures[t], k) != nullptr;
}

bool BgenEnsemble::has_frames(size_t t) const
{
  for (int k = 0; k < n_basins(); k++)
    if (!has_frames(t, k)) return false;
  return true;
}

BgenEnsemble::Works BgenEnsemble::works_of_frames(size_t t, int k, double fraction) const
{
  Works works;
  const Group *group = frames_at(temperatures[t], k);
  if (!group) return works;
  const Rows rows = rows_of(*group, fraction, 1.0);
  works.ends = rows.ends;
  for (const size_t i : rows.point) {
    const double value = work(t, k, i);
    works.work.push_back(std::isfinite(value) ? -value : INFINITY);
  }
  return works;
}

size_t BgenEnsemble::first_frame(size_t t, int k) const
{
  const Group *group = frames_at(temperatures[t], k);
  return group ? group->first : points[k]->n();
}

const char *BgenEnsemble::method(size_t t) const
{
  if (n_flows > 1) return "MBAR";
  return has_frames(t) ? "BAR" : "samples alone";
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

/* the first of each walker, every ceil(g)-th of them; samples of flows count as one walker that has no end */
BgenEnsemble::Rows BgenEnsemble::rows_of(const Group &group, double fraction, double g) const
{
  Rows rows;
  const size_t stride = (size_t) std::ceil(g);
  size_t first = 0;
  const std::vector<size_t> whole(1, group.n);
  for (const size_t end : group.of_flow ? whole : group.ends) {
    const size_t n = (size_t) std::ceil(fraction * (double) (end - first));
    for (size_t i = 0; i < n; i += stride) rows.point.push_back(group.first + first + i);
    if (!group.of_flow) rows.ends.push_back(rows.point.size());
    first = end;
  }
  return rows;
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
  for (size_t t = 0; t < n_flows; t++) add_rows(s, rows_of(groups[k][t], part.fraction, 1.0));
  for (const double temperature : levels) {
    const Group *group = frames_at(temperature, k);
    const double g = group && part.decorrelated ? inefficiency(k, *group) : 1.0;
    add_rows(s, group ? rows_of(*group, part.fraction, g) : Rows());
  }
  for (const std::vector<size_t> &ends : s.ends) s.runs.push_back({ends.size(), ends.data()});
}

/* reduced energies of all rows in all states. A sample outside the domain counts in its own flow only. */
void BgenEnsemble::fill(int k)
{
  Solved &s = solved[k];
  const BgenPoints &all = *points[k];
  const size_t n = s.point.size();
  s.u.resize((n_flows + levels.size()) * n);
  for (size_t row = 0; row < n; row++) {
    const size_t i = s.point[row];
    for (size_t t = 0; t < n_flows; t++) {
      const bool own = i >= groups[k][t].first && i < groups[k][t].first + groups[k][t].n;
      const double log_q = log_q_at(t, k, i);
      s.u[t * n + row] = std::isfinite(log_q) ? -log_q : own ? 0.0 : INFINITY;
    }
    for (size_t l = 0; l < levels.size(); l++)
      s.u[(n_flows + l) * n + row] =
          reached(k, i) ? all.u[i] * fix.temperature() / levels[l] : INFINITY;
  }
}

/* ---- free energies ---- */

bgen_status BgenEnsemble::solve(Solved &s) const
{
  const size_t n = s.point.size(), n_states = s.count.size();
  s.free_energy.assign(n_states, 0.0);
  s.log_mixture.resize(n);
  s.influence.resize(n_states * n);
  s.mbar = {n_states,
            n,
            1,
            s.count.data(),
            s.u.data(),
            s.runs.data(),
            s.free_energy.data(),
            s.log_mixture.data()};
  const bgen_status status = bgen_mbar_solve(&s.mbar);
  return status ? status : bgen_mbar_influence(&s.mbar, s.influence.data());
}

bgen_status BgenEnsemble::try_solve(const Part &part)
{
  for (int k = 0; k < n_basins(); k++) {
    choose(k, part);
    fill(k);
    const bgen_status status = solve(solved[k]);
    if (status) return status;
  }
  return BGEN_OK;
}

void BgenEnsemble::solve(const Part &part)
{
  bgen_check(lmp, try_solve(part));
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
  size_t first = 0;
  for (size_t state = 0; state < n_flows + t; state++) first += s.count[state];
  return bgen_spread_of_sum(s.count[n_flows + t],
                            s.influence.data() + (n_flows + t) * s.mbar.n + first,
                            &s.runs[n_flows + t]);
}

/* ---- the pool ---- */

const bgen_pool &BgenEnsemble::pool(size_t t)
{
  size_t n = 0;
  pool_basins.clear(), pool_influences.clear();
  for (int k = 0; k < n_basins(); k++) {
    const Solved &s = relative_to(t, k);
    pool_basins.push_back(s.mbar);
    pool_influences.push_back(s.influence.data());
    n += s.mbar.n;
  }
  pool_states.assign(solved.size(), n_flows + t);
  pool_work.resize(3 * n);
  pool_ = {solved.size(),   n, pool_basins.data(), pool_influences.data(), pool_states.data(),
           pool_work.data()};
  return pool_;
}

std::vector<double> BgenEnsemble::log_weights(size_t t)
{
  std::vector<double> values(pool(t).n);
  bgen_pool_log_weights(&pool_, values.data());
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
  for (double &value : values) value *= fix.temperature() / temperatures[t];
  return values;
}

std::vector<double> BgenEnsemble::observable(int i) const
{
  std::vector<std::vector<double>> of_basins;
  for (const auto &all : points) of_basins.push_back(all->value(i));
  return pooled(of_basins);
}
