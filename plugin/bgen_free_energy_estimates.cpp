/* SPDX-License-Identifier: GPL-2.0-or-later */
/* the numbers that "bgen fix-ID free_energy" is asked for */

#include "bgen_free_energy.h"

#include "bgen_model.h"
#include "bgen_observables.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "error.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

void BgenFreeEnergy::estimate()
{
  ensemble->keep_half(decorrelated);
  ensemble->solve({1.0, decorrelated});
  for (size_t t = 0; t < temperatures.size(); t++) {
    add_basins(t);
    if (temperatures.size() > 1) add_thermodynamics(t);
    add_states(t);
    add_means(t);
    if (ensemble->has_changed()) add_changed(t);
  }
  if (other_ensemble) add_difference_to_other();
}

void BgenFreeEnergy::add(size_t t, const std::string &what, const bgen_estimate &of, Kind kind)
{
  results.push_back(
      {temperatures[t], what, ensemble->method(t), of, kind != MEAN, kind != IN_TABLE});
}

/* ---- of this force field ---- */

/* an estimate, or NaN and a warning that says why there is none */
bgen_estimate BgenFreeEnergy::checked(bgen_status status, const bgen_estimate &of,
                                      const std::string &what)
{
  if (!status) return of;
  if (comm->me == 0) error->warning(FLERR, "bgen: no " + what + ": " + bgen_last_error());
  return {NAN, NAN};
}

static bgen_estimate difference(const bgen_estimate &a, const bgen_estimate &b)
{
  return bgen_estimate_difference(&a, &b);
}

static std::string named(const char *what, const std::string &of)
{
  return std::string(what) + "(" + of + ")";
}

/* basins have no points in common: their errors are independent */
void BgenFreeEnergy::add_basins(size_t t)
{
  for (int k = 0; k < model.n_basins; k++)
    add(t, named("F", model.basin_name(k)), ensemble->free_energy(t, k), IN_TABLE);
  for (int k = 1; k < model.n_basins; k++)
    add(t, named("F", model.basin_name(0)) + " - " + named("F", model.basin_name(k)),
        difference(ensemble->free_energy(t, 0), ensemble->free_energy(t, k)));
}

/* F, U and TS of each basin, F = U - TS, and their differences to the first */
void BgenFreeEnergy::add_thermodynamics(size_t t)
{
  const bgen_averages &pool = ensemble->pool(t);
  const std::vector<double> u = ensemble->u(t);
  Thermodynamic first;
  for (int k = 0; k < model.n_basins; k++) {
    const std::vector<double> b = ensemble->inside(k);
    Thermodynamic one = {temperatures[t], model.basin_name(k), {ensemble->free_energy(t, k)}};
    bgen_status status = bgen_averages_mean(&pool, u.data(), b.data(), &one.energies[1]);
    one.energies[1] = checked(status, one.energies[1], "mean energy of " + one.of);
    status = bgen_averages_entropy(&pool, u.data(), b.data(), &one.energies[2]);
    one.energies[2] = checked(status, one.energies[2], "entropy of " + one.of);
    add(one, t);
    if (k == 0) {
      first = one;
      continue;
    }
    for (int i = 0; i < 3; i++) one.energies[i] = difference(first.energies[i], one.energies[i]);
    one.of = first.of + " - " + one.of;
    add(one, t);
  }
}

void BgenFreeEnergy::add(const Thermodynamic &one, size_t t)
{
  thermodynamic.push_back(one);
  add(t, named("U", one.of), one.energies[1], IN_TABLE);
  add(t, named("TS", one.of), one.energies[2], IN_TABLE);
}

/* 1 where a point lies in the state */
std::vector<double> BgenFreeEnergy::inside(const State &state) const
{
  std::vector<double> inside;
  for (size_t k = 0; k < state.observables.size(); k++) {
    const std::vector<double> values = ensemble->observable(state.observables[k]);
    inside.resize(values.size(), 1.0);
    for (size_t i = 0; i < values.size(); i++)
      if (!(values[i] >= state.low[k] && values[i] < state.high[k])) inside[i] = 0.0;
  }
  return inside;
}

/* within the basins of the fix: -ln Z of each state, and the differences between the first and the others */
void BgenFreeEnergy::add_states(size_t t)
{
  const bgen_averages &pool = ensemble->pool(t);
  std::vector<double> first;
  for (const State &state : states) {
    const std::vector<double> now = inside(state);
    const std::string what = named("F", state.name);
    bgen_estimate f;
    bgen_status status = bgen_averages_free_energy(&pool, now.data(), &f);
    add(t, what, checked(status, f, what));
    if (first.empty()) {
      first = now;
      continue;
    }
    const std::string change = named("F", states[0].name) + " - " + what;
    status = bgen_averages_difference(&pool, first.data(), now.data(), &f);
    add(t, change, checked(status, f, change));
  }
}

/* over all basins, and in each of several */
void BgenFreeEnergy::add_means(size_t t)
{
  const bgen_averages &pool = ensemble->pool(t);
  for (const int i : means) {
    const std::vector<double> a = ensemble->observable(i);
    const std::string what = "<" + observables->name(i) + ">";
    bgen_estimate mean;
    bgen_status status = bgen_averages_mean(&pool, a.data(), nullptr, &mean);
    add(t, what, checked(status, mean, what), MEAN);
    for (int k = 0; model.n_basins > 1 && k < model.n_basins; k++) {
      status = bgen_averages_mean(&pool, a.data(), ensemble->inside(k).data(), &mean);
      add(t, named(what.c_str(), model.basin_name(k)), checked(status, mean, what), MEAN);
    }
  }
}

/* ---- another force field, another generator ---- */

/* F of the changed force field minus F of the one before, over all basins and in each, and means in the changed one */
void BgenFreeEnergy::add_changed(size_t t)
{
  const bgen_averages &before = ensemble->pool(t);
  const bgen_averages &after = ensemble->pool(t, BgenEnsemble::CHANGED);
  for (int k = -1; k < model.n_basins; k++) {
    const std::vector<double> b = k < 0 ? std::vector<double>(before.n, 1.0) : ensemble->inside(k);
    const std::string what =
        k < 0 ? "F' - F"
              : named("F'", model.basin_name(k)) + " - " + named("F", model.basin_name(k));
    bgen_estimate change;
    const bgen_status status = bgen_averages_change(&before, &after, b.data(), &change);
    add(t, what, checked(status, change, what));
  }
  for (const int i : means) {
    bgen_estimate mean;
    const bgen_status status = bgen_averages_mean(
        &after, ensemble->observable(i, BgenEnsemble::CHANGED).data(), nullptr, &mean);
    const std::string what = "<" + observables->name(i) + ">'";
    add(t, what, checked(status, mean, what), MEAN);
  }
}

/* F of all that this generator knows minus that of the other, in kT of this one */
void BgenFreeEnergy::add_difference_to_other()
{
  bgen_estimate mine, others;
  other_ensemble->keep_half(decorrelated);
  other_ensemble->solve({1.0, decorrelated});
  bgen_check(lmp, bgen_averages_free_energy(&ensemble->pool(0), nullptr, &mine));
  bgen_check(lmp, bgen_averages_free_energy(&other_ensemble->pool(0), nullptr, &others));
  const double ratio =
      other->configuration->kT(other->temperature()) / fix.configuration->kT(temperatures[0]);
  others = {ratio * others.value, ratio * others.error};
  add(0, named("F", fix.id), mine);
  add(0, named("F", other->id), others);
  results.back().method = other_ensemble->method(0);
  add(0, named("F", fix.id) + " - " + named("F", other->id), difference(mine, others));
}
