/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/group_atoms.h"

#include "atom.h"
#include "comm.h"
#include "domain.h"
#include "error.h"
#include "force.h"
#include "group.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

using namespace LAMMPS_NS;

namespace bgen {

GroupAtoms::GroupAtoms(LAMMPS *lmp, int igroup, int n_space)
    : Pointers(lmp), igroup_(igroup), groupbit_(group->bitmask[igroup])
{
  body_.n_space = n_space;
  if (n_space > domain->dimension)
    error->all(FLERR, std::string("fix bgen: coords xyz in a 2-d system; use xy or x"));
}

void GroupAtoms::init()
{
  if (body_.tags.empty())
    find();
  else
    check();
}

bool GroupAtoms::has(int i) const
{
  return atom->mask[i] & groupbit_;
}

double GroupAtoms::mass(int i) const
{
  return atom->rmass ? atom->rmass[i] : atom->mass[atom->type[i]];
}

double GroupAtoms::kT(double temperature) const
{
  return force->boltz * temperature;
}

/* ---- which atoms ---- */

std::vector<tagint> GroupAtoms::gather_ranks(const std::vector<tagint> &mine) const
{
  const int n = static_cast<int>(mine.size());
  std::vector<int> count(comm->nprocs), start(comm->nprocs);
  MPI_Allgather(&n, 1, MPI_INT, count.data(), 1, MPI_INT, world);
  std::partial_sum(count.begin(), count.end() - 1, start.begin() + 1);
  std::vector<tagint> all(start.back() + count.back());
  MPI_Allgatherv(mine.data(), n, MPI_LMP_TAGINT, all.data(), count.data(), start.data(),
                 MPI_LMP_TAGINT, world);
  return all;
}

void GroupAtoms::find()
{
  std::vector<tagint> mine;
  for (int i = 0; i < atom->nlocal; i++)
    if (has(i)) mine.insert(mine.end(), {atom->tag[i], atom->type[i]});
  const std::vector<tagint> all = gather_ranks(mine);
  if (all.empty())
    error->all(FLERR, std::string("fix bgen: there is no atom in group ") + group->names[igroup_]);

  std::vector<std::pair<tagint, int>> atoms;
  for (size_t k = 0; k < all.size(); k += 2)
    atoms.emplace_back(all[k], static_cast<int>(all[k + 1]));
  std::sort(atoms.begin(), atoms.end());
  for (const auto &[tag, type] : atoms) {
    body_.tags.push_back(tag);
    body_.types.push_back(type);
  }
}

void GroupAtoms::check() const
{
  int count[2] = {0, 0}; // atoms in the group, and those that always were
  for (int i = 0; i < atom->nlocal; i++)
    if (has(i)) {
      const int k = particle(atom->tag[i]);
      count[0]++;
      count[1] += k >= 0 && body_.types[k] == atom->type[i];
    }
  MPI_Allreduce(MPI_IN_PLACE, count, 2, MPI_INT, MPI_SUM, world);
  if (count[0] != body_.n_particles() || count[1] != body_.n_particles())
    error->all(FLERR, std::string("fix bgen: group ") + group->names[igroup_] + " had " +
                          std::to_string(body_.n_particles()) + " atoms, now it has " +
                          std::to_string(count[0]) + ", of which " + std::to_string(count[1]) +
                          " are as they were; define the fix again for another group");
}

std::vector<int> GroupAtoms::bonds() const
{
  std::vector<tagint> mine;
  if (atom->molecular == Atom::MOLECULAR && atom->num_bond)
    for (int i = 0; i < atom->nlocal; i++)
      for (int m = 0; m < atom->num_bond[i]; m++)
        mine.insert(mine.end(), {atom->tag[i], atom->bond_atom[i][m]});
  const std::vector<tagint> all = gather_ranks(mine);
  std::vector<int> pairs;
  for (size_t k = 0; k < all.size(); k += 2) {
    const int i = particle(all[k]), j = particle(all[k + 1]);
    if (i >= 0 && j >= 0) pairs.insert(pairs.end(), {i, j});
  }
  return pairs;
}

/* ---- positions and velocities ---- */

/* Each particle is owned by one rank, so that the sum only ever adds zeros. */
void GroupAtoms::gather(double *x)
{
  const int n_space = body_.n_space;
  std::fill_n(x, body_.dim(), 0.0);
  for (int i = 0; i < atom->nlocal; i++)
    if (has(i)) {
      double u[3];
      domain->unmap(atom->x[i], atom->image[i], u);
      std::copy_n(u, n_space, x + n_space * particle(atom->tag[i]));
    }
  MPI_Allreduce(MPI_IN_PLACE, x, static_cast<int>(body_.dim()), MPI_DOUBLE, MPI_SUM, world);
}

bool GroupAtoms::all_there() const
{
  bigint n = atom->nlocal;
  MPI_Allreduce(MPI_IN_PLACE, &n, 1, MPI_LMP_BIGINT, MPI_SUM, world);
  return n == atom->natoms;
}

/* Every rank draws the numbers of all particles, so that they do not depend on who owns which. */
void GroupAtoms::resample_velocities(double temperature, bgen_rng rng)
{
  const int n_space = body_.n_space;
  normals_.resize(body_.dim());
  bgen_rng_normals(&rng, body_.dim(), normals_.data());
  for (int i = 0; i < atom->nlocal; i++)
    if (has(i)) {
      const double width = std::sqrt(kT(temperature) / (force->mvv2e * mass(i)));
      const double *normal = &normals_[n_space * particle(atom->tag[i])];
      for (int c = 0; c < n_space; c++) atom->v[i][c] = width * normal[c];
    }
}

void GroupAtoms::kick(double time, const double *grad)
{
  const int n_space = body_.n_space;
  for (int i = 0; i < atom->nlocal; i++)
    if (has(i)) {
      const double factor = time * force->ftm2v / mass(i);
      const double *g = grad + n_space * particle(atom->tag[i]);
      for (int c = 0; c < n_space; c++) atom->v[i][c] -= factor * g[c];
    }
}

void GroupAtoms::velocity_variance(double temperature, double *variance)
{
  const int n_space = body_.n_space;
  std::fill_n(variance, body_.dim(), 0.0);
  for (int i = 0; i < atom->nlocal; i++)
    if (has(i))
      std::fill_n(variance + n_space * particle(atom->tag[i]), n_space,
                  kT(temperature) / (force->mvv2e * mass(i)));
  MPI_Allreduce(MPI_IN_PLACE, variance, static_cast<int>(body_.dim()), MPI_DOUBLE, MPI_SUM, world);
}

void GroupAtoms::reverse_velocities(double time)
{
  for (int i = 0; i < atom->nlocal; i++) {
    double *v = atom->v[i];
    for (int c = 0; c < domain->dimension; c++)
      if (v[c] != 0.0) v[c] = -v[c] - time * force->ftm2v * atom->f[i][c] / mass(i);
  }
}

void GroupAtoms::disturb_velocities()
{
  for (int i = 0; i < atom->nlocal; i++)
    for (int d = 0; d < domain->dimension; d++) atom->v[i][d] = 1.0 - 2.0 * atom->v[i][d];
}

} // namespace bgen
