/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/variables.h"

#include "input/error.h"
#include "input/text.h"
#include "state/cv_sets.h"

#include <algorithm>

using namespace bgen;

Variables::Variables(const Settings &settings, Host &host, Engine &engine, Watch *watch)
    : molecules(settings, host, engine), settings_(settings), box_(host.box()), cell_(box_.cell()),
      cvs_(settings.cvs)
{
  const Body &body = engine.body();
  find_cvs(host, engine);
  if (watch) find_computed(watch);
  for (const BasinSettings &basin : settings.basins)
    ranges_.insert(ranges_.end(), basin.ranges.begin(), basin.ranges.end());
  basins_ = {settings.basins.size(), cvs_.size(), layout_of(body), cores_.data(), ranges_.data()};
  for (const CvSettings &cv : cvs_)
    if (molecules.tree()) molecules.check_cv(cv);
  if (molecules.tree()) species_ = molecules.leaves();
  if (!settings.has_identical()) return;
  species_.assign(body.n_particles(), -1);
  find_types(body);
  find_atoms(body);
}

void Variables::find_cvs(Host &host, Engine &engine)
{
  const Body &body = engine.body();
  for (CvSettings &cv : cvs_) {
    if (!cv.sets.empty()) find_sets(cv, host, engine);
    const int64_t missing = cv.resolve([&](int64_t tag) { return body.particle(tag); });
    if (missing)
      throw Error(text("fix bgen: atom %lld of cv %s is not in the group of the fix",
                       static_cast<long long>(missing), cv.name.c_str()));
    cores_.push_back(cv.of());
    cores_.back().cell = &cell_;
  }
}

void Variables::find_computed(Watch *watch)
{
  const auto value = [](const bgen_cv_source *source, const double *x) {
    const auto *of = static_cast<const Computed *>(source);
    return of->watch->value(of->number, x);
  };
  computed_.reserve(cvs_.size()); // they are pointed to
  for (size_t k = 0; k < cvs_.size(); k++) {
    if (cvs_[k].quantity.empty()) continue;
    computed_.push_back({{value}, watch, computed_.size()});
    cores_[k].source = &computed_.back();
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
    std::vector<int> particles;
    for (const int64_t tag : tags) {
      const int particle = body.particle(tag);
      if (particle < 0 || species_[particle] >= 0)
        throw Error(text("fix bgen: atom %lld of identical atoms %s", static_cast<long long>(tag),
                         particle < 0 ? "is not in the group of the fix"
                                      : "is identical to other atoms already"));
      species_[particle] = n_species;
      particles.push_back(particle);
    }
    if (molecules.tree()) molecules.check_identical(particles);
    n_species++;
  }
}

/* ---- names ---- */

template <class Named>
static int read_name(Line &line, const std::vector<Named> &all, const std::string &what)
{
  const std::string name = line.text(("the name of a " + what).c_str());
  const int k = index_of(all, name);
  if (k < 0) line.fail("there is no " + what + " '" + name + "'");
  return k;
}

int Variables::read_cv(Line &line) const
{
  return read_name(line, cvs_, "cv");
}

int Variables::read_basin(Line &line) const
{
  return read_name(line, settings_.basins, "basin");
}

std::string Variables::numbered_basins() const
{
  std::string numbered;
  for (int b = 0; b < n_basins(); b++) numbered += text(" %d ", b + 1) + basin_name(b);
  return numbered;
}
