/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/absolute.h"

#include "coords/match.h"
#include "coords/rigid.h"
#include "input/error.h"
#include "input/limits.h"
#include "input/text.h"
#include "model/shapes.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

/* ---- the line ---- */

void bgen::read_absolute(Line &line, AbsoluteSettings &to)
{
  to.wanted = true;
  to.thermal = line.choice({"length", "wavelength"}, "the unit of length") == 1;
  if (!to.thermal)
    to.length = line.number_above(0.0, "a unit of length");
  else if (line.number_follows())
    to.planck = line.number_above(0.0, "Planck's constant h, energy x time");
}

void bgen::read_symmetry_numbers(Line &line, AbsoluteSettings &to)
{
  do to.symmetry.push_back(static_cast<size_t>(line.integer(1, "a symmetry number")));
  while (line.number_follows());
}

/* one|paths N S M|auto E */
void bgen::read_by(Line &line, AbsoluteSettings &to)
{
  to.by = static_cast<AbsoluteSettings::By>(
      line.choice({"one", "paths", "auto"}, "how absolute free energies are found"));
  if (to.by == AbsoluteSettings::AUTO) to.error = line.number_above(0.0, "an error in kT");
  if (to.by != AbsoluteSettings::PATHS) return;
  to.n_walkers = line.integer(2, "a number of walkers");
  to.n_stages = line.integer(1, "a number of stages", MOST_STAGES);
  to.n_steps = static_cast<int>(line.integer(1, "a number of steps", MOST_PATH_STEPS));
}

static double extent(const bgen_cell &cell, int n_space)
{
  return cell.xx * (n_space > 1 ? cell.yy : 1.0) * (n_space > 2 ? cell.zz : 1.0);
}

static void check_words(const Line &line, bgen_coords coords, const AbsoluteSettings &s)
{
  if (s.n_translations && coords != BGEN_CRYSTAL)
    line.fail("lattice needs coords crystal of the fix");
  if ((!s.symmetry.empty() || s.mirror_image) && coords < BGEN_ALIGNED)
    line.fail("symmetry and enantiomers need coords aligned or internal of the fix");
}

/* torsions that turn and are no rotors, whose orders are found: turns of the reference do not tell
   which orders of the atoms they give */
static bool turns_within(const bgen_generator *generator, int k, size_t n_shape)
{
  const bgen_conformer *conformer = bgen_generator_conformer(generator, k);
  const bool *circle = bgen_generator_circles(generator, k);
  ptrdiff_t n = std::count(circle, circle + n_shape, true);
  for (size_t r = 0; r < bgen_conformer_n_rotors(conformer); r++)
    n -= circle[bgen_conformer_rotors(conformer)[r].torsion[0]];
  return n > 0;
}

/* internal coordinates: one, whose symmetry is known */
static void check_molecule(const Line &line, const State &state, const AbsoluteSettings &s)
{
  const bgen_generator *generator = state.model.generator();
  if (bgen_generator_coords(generator) != BGEN_INTERNAL) return;
  const size_t n_molecules = state.variables.molecules.tree()->n_molecules;
  if (n_molecules > 1)
    line.fail(text("absolute free energies with coords internal are of one molecule, and the group "
                   "of the fix has %zu: use a fix for each molecule",
                   n_molecules));
  for (int k = 0; s.symmetry.empty() && k < state.variables.n_basins(); k++)
    if (turns_within(generator, k, state.variables.n_shape()))
      line.fail("torsions of basin " + state.variables.basin_name(k) +
                " turn around, so its symmetry number cannot be found: give 'symmetry s', the "
                "number of orders of its atoms that the molecule reaches within the basin, 1 for "
                "most molecules");
}

/* their frames are those of training */
static void check_paths(const Line &line, const State &state, const std::vector<double> &at,
                        const AbsoluteSettings &s)
{
  if (s.by == AbsoluteSettings::ONE) return;
  const double trained = state.model.training_temperature();
  if (at.size() > 1 || at[0] != trained ||
      state.frames.known_temperature(state.host.temperature()) != trained)
    line.fail(text("paths are at the temperature of training, %g: remove temperatures, or use "
                   "'by one'",
                   trained));
}

void bgen::check_absolute(const Line &line, const State &state,
                          const std::vector<double> &temperatures, AbsoluteSettings &s)
{
  if (!s.wanted && !s.alone.empty())
    line.fail(s.alone + " needs the keyword absolute: add 'absolute wavelength' or 'absolute "
                        "length L'");
  if (!s.wanted) return;
  const bgen_coords coords = bgen_generator_coords(state.model.generator());
  const bgen_unit_style *units = bgen_units(state.host.units().c_str());
  check_words(line, coords, s);
  check_molecule(line, state, s);
  check_paths(line, state, temperatures, s);
  if (s.symmetry.size() > 1 && s.symmetry.size() != state.settings.basin_names().size())
    line.fail(text("%zu symmetry numbers are given for %zu basins: give one for all, or one for "
                   "each",
                   s.symmetry.size(), state.settings.basin_names().size()));
  if (!s.volumes_path.empty() &&
      (temperatures.size() > 1 || state.settings.basin_names().size() > 1))
    line.fail(text("volumes is for one basin at one temperature, not for %zu basins at %zu: use a "
                   "fix for each basin, and a line for each temperature",
                   state.settings.basin_names().size(), temperatures.size()));
  if (units) s.pressure_volume = units->pressure_volume;
  if (s.planck == 0.0 && units) s.planck = units->planck;
  if (s.thermal && s.planck == 0.0)
    line.fail("units " + state.host.units() +
              " have no Planck constant: give it, 'absolute wavelength h', or use 'absolute "
              "length L'");
  if (s.volume == 0.0) s.volume = extent(state.host.box().cell(), state.settings.n_space);
  if (s.volume == 0.0 && (coords != BGEN_CARTESIAN || s.has_pressure || !s.volumes_path.empty()))
    line.fail("the box is shrink-wrapped, so it has no volume of its own: give volume V");
}

/* ---- the terms ---- */

Absolute::Absolute(State &state, const AbsoluteSettings &settings)
    : state_(state), settings_(settings), coords_(bgen_generator_coords(state.model.generator())),
      layout_(bgen_generator_layout(state.model.generator())), cell_(state.host.box().cell())
{
  std::vector<double> variance(state.variables.dim());
  state.engine.velocity_variance(1.0, variance.data());
  for (size_t i = 0; i < layout_.n_particles; i++)
    variance_at_1_.push_back(variance[i * layout_.n_space]);
}

std::vector<double> Absolute::lengths(double temperature) const
{
  std::vector<double> all(layout_.n_particles, settings_.length);
  for (size_t i = 0; settings_.thermal && i < all.size(); i++)
    all[i] = bgen_thermal_wavelength(settings_.planck, state_.engine.kT(temperature),
                                     variance_at_1_[i] * temperature);
  return all;
}

/* of the body that basin k has as its reference; all_alike: every atom is as any other, if it has
   to be known */
size_t Absolute::n_translations(int k, bool *all_alike) const
{
  size_t n = settings_.n_translations;
  if (n == 0 || all_alike)
    check(bgen_count_translations(&layout_, &cell_, state_.engine.body().types.data(),
                                  bgen_generator_reference(state_.model.generator(), k), &n,
                                  all_alike));
  return n;
}

/* of the body that basin k has as its reference */
size_t Absolute::symmetry_number(int k) const
{
  const std::vector<size_t> &given = settings_.symmetry;
  const std::vector<int> &species = state_.variables.species();
  size_t n = 1;
  if (!given.empty()) return given[given.size() > 1 ? k : 0];
  if (coords_ >= BGEN_ALIGNED)
    check(bgen_symmetry_number(&layout_, state_.engine.body().types.data(),
                               species.empty() ? nullptr : species.data(), has_one_hand(),
                               bgen_generator_reference(state_.model.generator(), k), &n));
  return n;
}

/* of a shape and its mirror image the generator has one */
bool Absolute::has_one_hand() const
{
  return state_.settings.free_chirality && bgen_body_has_hands(&layout_);
}

bgen_absolute Absolute::body(int k, const std::vector<double> &length) const
{
  bgen_absolute body = {};
  body.n_space = layout_.n_space;
  body.n_particles = layout_.n_particles;
  body.centre = coords_ != BGEN_CARTESIAN;
  body.orientation = coords_ >= BGEN_ALIGNED;
  body.volume = settings_.volume;
  body.n_translations = coords_ == BGEN_CRYSTAL ? n_translations(k) : 0;
  body.symmetry_number = symmetry_number(k);
  body.mirror_image = settings_.mirror_image || has_one_hand();
  body.n_mirrors = state_.settings.mirrors.size();
  body.thermal = settings_.thermal;
  body.length = length.data();
  return body;
}

AbsoluteFreeEnergy Absolute::of(int k, double temperature, const bgen_estimate &at_placement) const
{
  const std::vector<double> length = lengths(temperature);
  const bgen_absolute of = body(k, length);
  AbsoluteFreeEnergy all = {};
  all.basin = state_.variables.basin_name(k);
  all.temperature = temperature;
  all.kT = state_.engine.kT(temperature);
  all.coords = coords_;
  all.n_particles = layout_.n_particles;
  all.at_placement = at_placement;
  all.terms.resize(BGEN_MOST_TERMS);
  all.terms.resize(bgen_absolute_terms(&of, all.terms.data()));
  all.F = {at_placement.value + bgen_sum_of_terms(all.terms.size(), all.terms.data()),
           at_placement.error};
  bool all_alike = false;
  if (of.n_translations && !settings_.n_translations && of.n_translations != of.n_particles)
    n_translations(k, &all_alike);
  all.by_atoms = all_alike ? all.F.value + std::log(static_cast<double>(of.n_particles) /
                                                    static_cast<double>(of.n_translations))
                           : NAN;
  all.volume = settings_.volume;
  all.pressure = settings_.has_pressure ? settings_.pressure : NAN;
  all.pV = settings_.pressure * settings_.volume * settings_.pressure_volume / all.kT;
  return all;
}
