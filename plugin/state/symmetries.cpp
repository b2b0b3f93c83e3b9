/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/symmetries.h"

#include "input/error.h"
#include "input/text.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

/* kT by which a symmetry may change the energy, besides rounding: no acceptance shows it. In two
   dimensions each run of fix langevin with gjf begins with a step that leaves the plane by some
   1e-3, which makes atoms differ by 1e-4 kT. */
static constexpr double SAME_ENERGY = 1e-3, SAME_ROUNDING = 1e-6;

std::vector<double> bgen::reflected(const bgen_mirror &mirror, size_t n_space,
                                    const std::vector<double> &x)
{
  std::vector<double> image(x);
  for (size_t c = mirror.axis; c < x.size(); c += n_space) image[c] = 2.0 * mirror.plane - image[c];
  return image;
}

Symmetries::Symmetries(const Settings &settings, const Variables &variables, Host &host,
                       Engine &engine)
    : settings_(settings), variables_(variables), host_(host), engine_(engine)
{
}

/* every atom takes the position of the next of its species */
std::vector<double> Symmetries::exchanged(const std::vector<double> &x) const
{
  std::vector<double> image(x);
  const std::vector<int> &species = variables_.species();
  const size_t n = species.size(), n_space = variables_.layout().n_space;
  for (size_t i = 0; i < n; i++) {
    if (species[i] < 0) continue;
    size_t next = (i + 1) % n;
    while (species[next] != species[i]) next = (next + 1) % n;
    std::copy_n(&x[next * n_space], n_space, &image[i * n_space]);
  }
  return image;
}

std::vector<Image> Symmetries::images(const std::vector<double> &x) const
{
  std::vector<Image> all;
  if (!variables_.species().empty())
    all.push_back({"exchanging the identical " + settings_.identical_as_typed(), exchanged(x)});
  for (const bgen_mirror &mirror : settings_.mirrors)
    all.push_back(
        {text("mirror %c", "xyz"[mirror.axis]), reflected(mirror, variables_.layout().n_space, x)});
  if (settings_.free_chirality)
    all.push_back({"chirality free", reflected({0, x[0]}, variables_.layout().n_space, x)});
  return all;
}

void Symmetries::check(std::vector<double> &x)
{
  const bool needed = !variables_.species().empty() || !settings_.mirrors.empty();
  if (checked_ || !(needed || settings_.free_chirality)) return;
  if (engine_.present_energy().refused) return; // the next configuration may tell
  checked_ = true;
  x.resize(variables_.dim());
  engine_.gather(x.data());
  for (const Image &image : images(x)) {
    if (variables_.basin_of(image.x.data()) != variables_.basin_of(x.data()))
      throw Error("fix bgen: " + image.name + " leads to another basin: its cv must not feel this");
    check_same_energy(image);
  }
}

void Symmetries::check_same_energy(const Image &image)
{
  const double kT = engine_.kT(host_.temperature());
  const double u = engine_.present_energy().value / kT;
  const Energy energy = engine_.energy(image.x.data());
  const double changed = energy.value / kT;
  const std::string no_symmetry = "it is not a symmetry of this system";
  if (energy.refused)
    throw Error("fix bgen: " + image.name + " leads to a configuration that is rejected (" +
                energy.refused + "): " + no_symmetry);
  if (!(std::fabs(u - changed) <= SAME_ENERGY + SAME_ROUNDING * std::fabs(u)))
    throw Error("fix bgen: " + image.name + text(" changes the energy by %g kT: ", changed - u) +
                no_symmetry);
}
