/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/variables.h"

#include "input/error.h"
#include "input/text.h"

#include <algorithm>

namespace bgen {

Variables::Variables(const Settings &settings, const Body &body)
    : settings_(settings), cvs_(settings.cvs)
{
  find_cvs(body);
  for (const BasinSettings &basin : settings.basins)
    ranges_.insert(ranges_.end(), basin.ranges.begin(), basin.ranges.end());
  const bgen_layout layout = {static_cast<size_t>(body.n_particles()),
                              static_cast<size_t>(body.n_space)};
  basins_ = {settings.basins.size(), cvs_.size(), layout, cores_.data(), ranges_.data()};
  if (!settings.has_identical()) return;
  species_.assign(body.n_particles(), -1);
  find_types(body);
  find_atoms(body);
}

void Variables::find_cvs(const Body &body)
{
  for (CvSettings &cv : cvs_) {
    const int64_t missing = cv.resolve([&](int64_t tag) { return body.particle(tag); });
    if (missing)
      throw Error(text("fix bgen: atom %lld of cv %s is not in the group of the fix",
                       static_cast<long long>(missing), cv.name.c_str()));
    cores_.push_back(cv.of());
  }
}

/* ---- identical particles: a number for each type, then for each list of atoms ---- */

void Variables::find_types(const Body &body)
{
  int n_species = 0;
  for (const int type : settings_.identical_types) {
    for (size_t i = 0; i < species_.size(); i++)
      if (body.types[i] == type) species_[i] = n_species;
    if (std::find(species_.begin(), species_.end(), n_species++) == species_.end())
      throw Error(text(
          "fix bgen: identical types %d: no atom of the group of the fix has this type", type));
  }
}

void Variables::find_atoms(const Body &body)
{
  int n_species = static_cast<int>(settings_.identical_types.size());
  for (const std::vector<int64_t> &tags : settings_.identical_atoms) {
    for (const int64_t tag : tags) {
      const int particle = body.particle(tag);
      if (particle < 0 || species_[particle] >= 0)
        throw Error(text("fix bgen: atom %lld of identical atoms %s", static_cast<long long>(tag),
                         particle < 0 ? "is not in the group of the fix"
                                      : "is identical to other atoms already"));
      species_[particle] = n_species;
    }
    n_species++;
  }
}

/* ---- cvs ---- */

double Variables::cv(int k, const double *x) const
{
  return bgen_basins_cv(&basins_, k, x);
}

void Variables::cv_gradient(int k, const double *x, double *grad) const
{
  bgen_basins_cv_gradient(&basins_, k, x, grad);
}

int Variables::cv_named(const std::string &name) const
{
  for (int k = 0; k < n_cvs(); k++)
    if (cv_name(k) == name) return k;
  return -1;
}

int Variables::read_cv(Line &line) const
{
  const std::string name = line.text("the name of a cv");
  const int k = cv_named(name);
  if (k < 0) line.fail("there is no cv '" + name + "'");
  return k;
}

/* ---- basins ---- */

int Variables::basin_of(const double *x) const
{
  return bgen_basin_of(&basins_, x);
}

int Variables::read_basin(Line &line) const
{
  const std::string name = line.text("the name of a basin");
  for (int b = 0; b < n_basins(); b++)
    if (basin_name(b) == name) return b;
  line.fail("there is no basin '" + name + "'");
}

std::string Variables::numbered_basins() const
{
  std::string numbered;
  for (int b = 0; b < n_basins(); b++) numbered += text(" %d ", b + 1) + basin_name(b);
  return numbered;
}

} // namespace bgen
