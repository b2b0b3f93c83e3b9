/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/guards.h"

#include "input/error.h"
#include "input/text.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

/* A thermostat at the temperature of the fix: what may differ by rounding, or by the number of
   digits that somebody typed. */
static constexpr double SAME_TEMPERATURE = 1e-3;
/* In one step MD moves an atom by its velocity times the timestep; integrators differ in when they
   take the velocity, so there is room for twice as much, and for a thermal velocity that no atom
   has. */
static constexpr double OF_VELOCITY = 2.0, OF_THERMAL = 8.0;
static constexpr double ROUNDING = 1e-9; // of positions, relative to the largest

static std::string sentence(const State &state, const std::string &says)
{
  return "fix bgen " + state.id + ": " + says;
}

/* ---- fixes and temperatures ---- */

void Guards::begin_run()
{
  n_attempts_ = 0;
  forces_checked_ = false;
  jumped_ = nullptr;
  if (state_.settings.nevery > 0) first_temperature_ = last_temperature_ = state_.temperature();
}

void Guards::first_step()
{
  if (state_.settings.nevery == 0) return;
  const bool with_offsets = bgen_markov_has_offsets(state_.chain) || state_.settings.tunes_offsets;
  check_box();
  check_thermostats(state_.host.check_fixes(with_offsets));
}

/* Jumps are exact in any box, but free energies are of one, and a flow is good in that of its
   frames. */
void Guards::check_box()
{
  Box &box = state_.host.box();
  if (box.is_sampled()) return; // a warning of its own, see check_fixes()
  const std::string change = box.change();
  if (!change.empty() && change != told_)
    state_.host.warn(sentence(state_, "the periodic box now has " + change +
                                          " as the frames: jumps are exact in either box, but few "
                                          "may be accepted; train in this box"));
  told_ = change;
  const double ones[3] = {1.0, 1.0, 1.0};
  double now[3];
  const bgen_cell cell = box.cell();
  bgen_cell_fractions(&cell, 3, ones, now);
  bool same = state_.chain.n_attempts() == 0;
  if (!same) same = std::equal(now, now + 3, box_);
  if (!same && box_known_)
    state_.host.warn(sentence(state_,
                              "the periodic box is not that of the jumps before: free energy "
                              "differences of the summary are of both; use a fix of its own "
                              "for each box"));
  std::copy_n(now, 3, box_);
  box_known_ = true;
}

/* Some thermostats know that of this step by now, others that of the setup or of a step before. */
void Guards::check_thermostats(const std::vector<Thermostat> &all)
{
  const double now = state_.temperature();
  const auto [least, most] = std::minmax({now, first_temperature_, last_temperature_});
  const double low = least * (1.0 - SAME_TEMPERATURE), high = most * (1.0 + SAME_TEMPERATURE);
  for (const Thermostat &one : all)
    if (!(one.temperature >= low && one.temperature <= high))
      throw Error(sentence(state_, text("jumps have the temperature %g, but ", now) + one.name +
                                       text(" keeps %g; give both the same, or the ID of the "
                                            "thermostat to fix bgen as its temperature",
                                            one.temperature)));
}

/* ---- forces and energy ---- */

static bool is_power_of_two(long long n)
{
  return (n & (n - 1)) == 0;
}

void Guards::before_attempt(const std::vector<Engine *> &engines)
{
  n_attempts_++;
  if (!forces_checked_) {
    forces_checked_ = true;
    for (Engine *engine : engines) forces_checked_ = check_forces(*engine) && forces_checked_;
  }
  /* at attempts 2, 4, 8 ...: what depends on time depends on it more and more */
  if (is_power_of_two(n_attempts_ + 1)) last_temperature_ = state_.temperature();
  if (n_attempts_ == 1 || !is_power_of_two(n_attempts_)) return;
  check_thermostats(state_.host.thermostats());
  check_energy();
}

static bool is_finite(const MdForces &forces)
{
  bool finite = std::isfinite(forces.at.energy) && std::isfinite(forces.at.scale);
  for (const FixForces &fix : forces.fixes)
    finite = finite && std::isfinite(fix.at.energy) && std::isfinite(fix.at.scale);
  return finite;
}

/* False: it was not possible where the atoms are. */
bool Guards::check_forces(Engine &engine)
{
  Probe &probe = state_.host.probe(engine);
  engine.renew();
  const Trial trial(engine);
  MdForces here;
  if (!begin_displacing(engine, here)) return false;
  std::vector<int> n_agree(here.fixes.size() + 1, 0);
  std::string trouble = "not tried";
  for (int attempt = 0; attempt < BGEN_FORCE_CHECK_TRIES && !trouble.empty(); attempt++) {
    Points points;
    points.step = bgen_force_check_step(attempt, grad_.size(), grad_.data(),
                                        engine.kT(state_.temperature()), here.longest);
    points.at[1] = here;
    if (!displace(probe, attempt, points)) return false;
    require_energies(points);
    trouble = disagreement(points, n_agree);
  }
  n_checked_++;
  if (!trouble.empty()) throw Error(sentence(state_, trouble));
  return true;
}

/* Where the atoms are: x_, and grad_ by what MD feels. */
bool Guards::begin_displacing(Engine &engine, MdForces &here)
{
  const size_t dim = engine.body().dim();
  for (std::vector<double> *values : {&x_, &grad_, &felt_, &direction_, &there_})
    values->assign(dim, 0.0);
  engine.gather(x_.data());
  here = state_.host.probe(engine).forces(x_.data(), direction_.data(), felt_.data());
  if (here.refused || !is_finite(here)) return false;
  if (&engine == &state_.engine && !state_.host.box().is_sampled()) {
    state_.host.probe(engine).mark();
    marked_ = here;
  }
  for (size_t c = 0; c < dim; c++) grad_[c] = -felt_[c];
  return true;
}

bool Guards::displace(Probe &probe, int attempt, Points &points)
{
  const size_t dim = x_.size();
  bgen_force_check_direction(state_.chain.seed(),
                             BGEN_FORCE_CHECK_TRIES * static_cast<uint64_t>(n_checked_) + attempt,
                             dim, grad_.data(), direction_.data());
  for (int i = 0; i < BGEN_FORCE_CHECK_POINTS; i++) {
    for (size_t c = 0; c < dim; c++) there_[c] = x_[c] + 0.5 * i * points.step * direction_[c];
    points.at[i] = probe.forces(there_.data(), direction_.data(), felt_.data());
    if (points.at[i].refused || !is_finite(points.at[i])) return false;
  }
  return true;
}

const bgen_slope *Guards::Points::of(int fix)
{
  for (int i = 0; i < BGEN_FORCE_CHECK_POINTS; i++)
    slopes[i] = fix < 0 ? at[i].at : at[i].fixes[fix].at;
  return slopes;
}

/* Forces, or an energy, that the potential energy lacks. */
void Guards::require_energies(Points &points) const
{
  const MdForces &here = points.at[1];
  for (const FixForces &fix : here.fixes) {
    if (fix.counted) continue;
    const bool acts = fix.at.scale > ROUNDING * here.at.scale;
    if (fix.has_energy && fix.shares && (acts || fix.elsewhere))
      throw Error(sentence(state_, fix.name +
                                       " acts on atoms that jumps move, but its energy is "
                                       "not part of the potential energy; use \"fix_modify " +
                                       fix.id + " energy yes\", or unfix it"));
    if (acts)
      throw Error(sentence(state_, fix.name + " exerts forces on atoms that jumps move, but has no "
                                              "energy, which jumps need to know; unfix it"));
  }
}

/* A fix must agree in two displacements, since one may be across its forces; for the rest the
   direction has been chosen so that it is not. */
std::string Guards::disagreement(Points &points, std::vector<int> &n_agree) const
{
  std::string trouble;
  const MdForces &here = points.at[1];
  double sum = std::fabs(here.at.energy);
  for (const FixForces &fix : here.fixes) sum += 2.0 * std::fabs(fix.at.energy);
  for (int fix = -1; fix < static_cast<int>(here.fixes.size()); fix++) {
    const bgen_force_check check =
        bgen_force_check_compare(points.of(fix), points.step, fix < 0 ? here.noise : 0.0, sum);
    n_agree[fix + 1] += check.agrees;
    if (n_agree[fix + 1] > (fix < 0 ? 0 : 1)) continue;
    trouble = text("along a small displacement of the atoms that jumps move, the energy of ") +
              (fix < 0 ? here.suspects : here.fixes[fix].name) +
              text(" changes by %g, but its forces give %g: ", check.change, check.work) +
              (fix < 0 ? "the forces are not those of the energy, so jumps and MD do not belong "
                         "together; use other styles"
                       : "give it the energy of its forces (fix addforce: keyword energy), or "
                         "unfix it");
  }
  return trouble;
}

/* ---- an energy that changes with time ---- */

void Guards::check_energy()
{
  Probe &probe = state_.host.probe(state_.engine);
  if (!probe.has_mark() || state_.host.box().is_sampled()) return;
  const Trial trial(state_.engine);
  const MdForces now = probe.forces_at_mark();
  if (now.refused || now.fixes.size() != marked_.fixes.size()) return;
  const double kT = state_.engine.kT(state_.temperature());
  for (int fix = -1; fix < static_cast<int>(now.fixes.size()); fix++) {
    const double before = fix < 0 ? marked_.at.energy : marked_.fixes[fix].at.energy,
                 after = fix < 0 ? now.at.energy : now.fixes[fix].at.energy;
    if (bgen_same_energy(before, after, kT)) continue;
    throw Error(sentence(state_, "the energy of " + (fix < 0 ? now.suspects : now.fixes[fix].name) +
                                     text(" was %g when the run began to jump, and is %g now for "
                                          "the same positions: jumps need an energy that does not "
                                          "depend on time or on the past; unfix what changes it",
                                          before, after)));
  }
}

/* ---- arrival ---- */

void Guards::jumped(Engine &engine, double energy)
{
  jumped_ = &engine;
  energy_ = energy;
  n_renewed_ = engine.renew();
  arrival_.resize(engine.body().dim());
  engine.gather(arrival_.data());
}

void Guards::arrived(bool has_energy)
{
  if (!jumped_) return;
  check_positions();
  if (has_energy) check_energy_of_step();
  n_arrived_++;
}

void Guards::still_there()
{
  if (jumped_) check_positions();
}

void Guards::check_energy_of_step()
{
  const double energy = state_.host.step_energy();
  if (bgen_same_energy(energy_, energy, jumped_->kT(state_.temperature()))) return;
  throw Error(sentence(
      state_,
      text("a jump was accepted with the energy %g, but in its step LAMMPS has %g: something "
           "changes the energy of these positions, or the atoms, in the same step",
           energy_, energy)));
}

/* Not where a barostat moves them as well, nor of atoms that follow if others do now. */
void Guards::check_positions()
{
  Engine &engine = *jumped_;
  if (engine.renew() != n_renewed_) return;
  const size_t dim = engine.body().dim(), n_space = engine.body().n_space;
  if (state_.host.box().is_sampled() || dim != arrival_.size()) return;
  for (std::vector<double> *values : {&x_, &v_, &direction_}) values->resize(dim);
  engine.gather(x_.data());
  state_.host.probe(engine).velocities(v_.data());
  engine.velocity_variance(state_.temperature(), direction_.data());
  double largest = 0.0;
  for (const double x : arrival_) largest = std::max(largest, std::fabs(x));
  for (size_t c = 0; c < dim; c++) {
    double square = 0.0;
    for (size_t k = c / n_space * n_space; k < (c / n_space + 1) * n_space; k++)
      square += v_[k] * v_[k];
    const double speed = OF_VELOCITY * std::sqrt(square) + OF_THERMAL * std::sqrt(direction_[c]);
    const double most = speed * state_.host.timestep() + ROUNDING * largest;
    if (std::fabs(x_[c] - arrival_[c]) <= most) continue;
    throw Error(sentence(
        state_, text("an accepted jump put atom %lld to %c = %g, but one step later it is at %g: "
                     "a fix or command moves it back or elsewhere (fix hmc, move, wall/reflect "
                     "...); unfix it while atoms jump",
                     static_cast<long long>(engine.body().tags[c / n_space]), "xyz"[c % n_space],
                     arrival_[c], x_[c])));
  }
}
