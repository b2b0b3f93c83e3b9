/* SPDX-License-Identifier: GPL-2.0-or-later */
/* the points of an ensemble: where they come from, what each of them says by itself */

#include "bgen_ensemble.h"

#include "bgen_model.h"
#include "bgen_words.h"
#include "error.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

/* Frames at a temperature that is not wanted help all the same, as long as flows at several are asked: through a single flow
   they would be reweighted from afar. */
void BgenEnsemble::add_levels()
{
  levels = temperatures;
  for (int set = 0; n_flows > 1 && set < model.n_test_sets(); set++)
    if (std::count(levels.begin(), levels.end(), model.test_temperature(set)) == 0)
      levels.push_back(model.test_temperature(set));
}

void BgenEnsemble::visit(size_t n_samples, bool keep_x)
{
  add_levels();
  for (int k = 0; k < n_basins(); k++) {
    points[k]->keep_x = keep_x;
    for (const double temperature : temperatures) add_samples(k, temperature, n_samples);
    for (const double temperature : levels) add_frames(k, temperature);
  }
}

/* observables of a sample, and of its images, which the flow never makes */
void BgenEnsemble::add_samples(int k, double temperature, size_t n)
{
  BgenPoints &all = *points[k];
  groups[k].push_back({true, temperature, all.n(), n, {}});
  all.add_samples_at(temperature, k, n);
  if (reached(k, all.n() - 1)) all.need_symmetric(all.n() - 1);
}

void BgenEnsemble::add_frames(int k, double temperature)
{
  BgenPoints &all = *points[k];
  const int set = model.test_set(temperature);
  if (set < 0 || model.n_test_frames(set, k) == 0) return;
  groups[k].push_back(
      {false, temperature, all.n(), (size_t) model.n_test_frames(set, k), model.test_ends(set, k)});
  all.add_test_frames(set, k);
  check_frames(k, groups[k].back());
  all.need_symmetric(all.n() - 1);
}

/* a frame that the Boltzmann distribution cannot have made makes every estimate worthless */
void BgenEnsemble::check_frames(int k, const Group &group) const
{
  for (size_t i = group.first; i < group.first + group.n; i++)
    if (!reached(k, i))
      error->all(
          FLERR,
          bgen_text("bgen: test frame %zu of basin %s at T = %g has the energy %g kT: is the "
                    "force field that of its MD, or does the overlap of the fix refuse it?",
                    i - group.first + 1, model.basin_name(k).c_str(), group.temperature,
                    points[k]->u[i]));
}

void BgenEnsemble::visit_changed()
{
  for (auto &all : points) again.push_back(all->again());
  for (int k = 0; k < n_basins(); k++) {
    size_t n = 0;
    for (size_t i = 0; i < points[k]->n(); i++) n += reached(k, i) && std::isfinite(again[k].u[i]);
    if (n == 0)
      error->all(FLERR, "bgen: no sample or frame of basin " + model.basin_name(k) +
                            " has a finite energy in the changed force field");
  }
}

size_t BgenEnsemble::n_failed_changed() const
{
  size_t n = 0;
  for (int k = 0; k < n_basins(); k++)
    for (size_t i = 0; i < points[k]->n(); i++) n += reached(k, i) && std::isnan(again[k].u[i]);
  return n;
}

/* whether e^-u has a density at a point: samples outside the domain of the flow or the basin, or without an energy, are
   none of the Boltzmann distribution */
bool BgenEnsemble::reached(int k, size_t i) const
{
  const BgenPoints &all = *points[k];
  return all.in_domain[i] && all.basin[i] == k && std::isfinite(all.u[i]);
}

/* of an energy that is reduced by the temperature of the fix */
double BgenEnsemble::u_at(double temperature, double u) const
{
  return u * fix_temperature / temperature;
}

double BgenEnsemble::log_q_at(size_t t, int k, size_t i) const
{
  return points[k]->log_q_at[i * n_flows + t];
}

std::string BgenEnsemble::row(size_t t, int k, size_t i) const
{
  return points[k]->row(i, u_at(temperatures[t], points[k]->u[i]), log_q_at(t, k, i));
}

/* u + log q at temperature t */
double BgenEnsemble::work(size_t t, int k, size_t i) const
{
  const double value = u_at(temperatures[t], points[k]->u[i]) + log_q_at(t, k, i);
  return reached(k, i) && !std::isnan(value) ? value : INFINITY;
}

/* of the rows of one state, with the sign of one direction */
BgenEnsemble::Works BgenEnsemble::works_of(size_t state, size_t t, int k, double sign) const
{
  const Solved &s = solved[k];
  Works works;
  works.ends = s.ends[state];
  const size_t *row = s.point.data() + s.first_row(state);
  for (size_t i = 0; i < s.count[state]; i++) {
    const double value = work(t, k, row[i]);
    works.work.push_back(std::isfinite(value) ? sign * value : INFINITY);
  }
  return works;
}

BgenEnsemble::Works BgenEnsemble::works_of_samples(size_t t, int k) const
{
  return works_of(t, t, k, +1.0);
}

BgenEnsemble::Works BgenEnsemble::works_of_frames(size_t t, int k) const
{
  return works_of(n_flows + t, t, k, -1.0);
}

bgen_estimate BgenEnsemble::from_samples(const Works &samples)
{
  const bgen_works forward = samples.view();
  bgen_estimate f;
  return bgen_estimate_fep(&forward, &f) ? bgen_estimate{NAN, NAN} : f;
}

bgen_estimate BgenEnsemble::from_frames(const Works &frames, const Works &samples)
{
  const bgen_works forward = samples.view(), reverse = frames.view();
  bgen_estimate f;
  if (frames.work.empty() || bgen_estimate_one_sided(&reverse, &forward, &f)) return {NAN, NAN};
  return {-f.value, f.error};
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

bool BgenEnsemble::has_frames(size_t t) const
{
  for (int k = 0; k < n_basins(); k++)
    if (!frames_at(temperatures[t], k)) return false;
  return true;
}

size_t BgenEnsemble::first_frame(size_t t, int k) const
{
  const Group *group = frames_at(temperatures[t], k);
  return group ? group->first : points[k]->n();
}

size_t BgenEnsemble::n_frames(size_t t, int k) const
{
  const Group *group = frames_at(temperatures[t], k);
  return group ? group->n : 0;
}

const char *BgenEnsemble::method(size_t t) const
{
  if (n_flows > 1) return "MBAR";
  return has_frames(t) ? "BAR" : "samples alone";
}
