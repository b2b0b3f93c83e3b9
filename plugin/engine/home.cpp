/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/home.h"

#include "atom.h"
#include "domain.h"

#include <algorithm>
#include <cstddef>
#include <utility>

using namespace LAMMPS_NS;

namespace bgen {

Home::Home(LAMMPS *lmp, const GroupAtoms &group_atoms, const Images &images)
    : Pointers(lmp), group_(group_atoms), images_(images)
{
}

void Home::set_partners(std::vector<tagint> tags)
{
  partners_ = std::move(tags);
  std::sort(partners_.begin(), partners_.end());
  partners_.erase(std::unique(partners_.begin(), partners_.end()), partners_.end());
}

void Home::remember()
{
  const size_t n = 3 * (group_.body().tags.size() + partners_.size());
  home_.assign(n + GroupAtoms::N_SAME, 0.0);
  group_.count_same(&home_[n]);
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = index(atom->tag[i]);
    if (k >= 0) domain->unmap(atom->x[i], atom->image[i], &home_[3 * k]);
  }
  sum_ranks(lmp, home_.data(), home_.size());
  group_.require_same(&home_[n]);
  shift_.resize(3 * group_.body().tags.size());
  images_.shift(home_.data(), shift_.data());
  there_.assign(home_.begin(), home_.begin() + static_cast<std::ptrdiff_t>(n));
}

void Home::present(double *x) const
{
  const int n_space = group_.body().n_space;
  for (int k = 0; k < group_.body().n_particles(); k++)
    for (int c = 0; c < n_space; c++) x[n_space * k + c] = home_[3 * k + c] + shift_[3 * k + c];
}

int Home::index(tagint tag) const
{
  const int k = group_.particle(tag);
  if (k >= 0) return k;
  const auto found = std::lower_bound(partners_.begin(), partners_.end(), tag);
  if (found == partners_.end() || *found != tag) return -1;
  return group_.body().n_particles() + static_cast<int>(found - partners_.begin());
}

void Home::go(const double *x)
{
  const int n_space = group_.body().n_space, n = group_.body().n_particles();
  for (int k = 0; k < n; k++)
    for (int c = 0; c < n_space; c++) there_[3 * k + c] = x[n_space * k + c] - shift_[3 * k + c];
}

bool Home::holds_images()
{
  if (!images_.join()) return true;
  images_there_.resize(shift_.size());
  for (size_t c = 0; c < shift_.size(); c++) images_there_[c] = there_[c] + shift_[c];
  return images_.hold(images_there_.data());
}

} // namespace bgen
