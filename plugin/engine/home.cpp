/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/home.h"

#include "atom.h"
#include "domain.h"

#include <algorithm>
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
  MPI_Allreduce(MPI_IN_PLACE, home_.data(), static_cast<int>(home_.size()), MPI_DOUBLE, MPI_SUM,
                world);
  group_.require_same(&home_[n]);
  shift_.resize(3 * group_.body().tags.size());
  images_.shift(home_.data(), shift_.data());
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

void Home::position(int index, const double *x, double *u) const
{
  const int n_space = group_.body().n_space;
  std::copy_n(&home_[3 * index], 3, u);
  if (index >= group_.body().n_particles()) return;
  for (int c = 0; c < n_space; c++) u[c] = x[n_space * index + c] - shift_[3 * index + c];
}

bool Home::holds_images(const double *x) const
{
  std::vector<double> at(shift_.size());
  for (int k = 0; k < group_.body().n_particles(); k++) {
    position(k, x, &at[3 * k]);
    for (int c = 0; c < 3; c++) at[3 * k + c] += shift_[3 * k + c];
  }
  return images_.hold(at.data());
}

} // namespace bgen
