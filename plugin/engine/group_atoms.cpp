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

void sum_ranks(LAMMPS *lmp, double *values, size_t n)
{
  if (lmp->comm->nprocs > 1)
    MPI_Allreduce(MPI_IN_PLACE, values, static_cast<int>(n), MPI_DOUBLE, MPI_SUM, lmp->world);
}

GroupAtoms::GroupAtoms(LAMMPS *lmp, int igroup, int n_space, const Owner &owner)
    : Pointers(lmp), igroup_(igroup), groupbit_(group->bitmask[igroup]), owner_(owner)
{
  body_.n_space = n_space;
  if (n_space > domain->dimension)
    error->all(FLERR, std::string("fix bgen: coords xyz in a 2-d system; use xy or x"));
}

bool GroupAtoms::has(int i) const
{
  const int mask = atom->mask[i];
  if (!(mask & groupbit_)) return false;
  if (!owner_.follow() || (mask & group->bitmask[owner_.led_by])) return true;
  return !owner_.md || owner_.md->hindrance(mask) < 0;
}

int GroupAtoms::particle_here(int i) const
{
  return has(i) ? particle(atom->tag[i]) : -1;
}

bool GroupAtoms::is_integrated(int i) const
{
  return !owner_.md || owner_.md->integrates(atom->mask[i]);
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
    error->all(FLERR, owner_.fix + ": there is no atom in group " + group->names[igroup_]);

  std::vector<std::pair<tagint, int>> atoms;
  for (size_t k = 0; k < all.size(); k += 2)
    atoms.emplace_back(all[k], static_cast<int>(all[k + 1]));
  std::sort(atoms.begin(), atoms.end());
  body_.tags.clear();
  body_.types.clear();
  for (const auto &[tag, type] : atoms) {
    body_.tags.push_back(tag);
    body_.types.push_back(type);
  }
}

static bool is_same(const Body &body, const double *same)
{
  return same[0] == body.n_particles() && same[1] == body.n_particles();
}

void GroupAtoms::renew()
{
  if (body_.tags.empty()) return find();
  double same[N_SAME] = {};
  count_same(same);
  sum_ranks(lmp, same, N_SAME);
  if (!owner_.follow()) return require_same(same);
  if (is_same(body_, same)) return;
  find();
  n_changes_++;
}

/* Atoms in the group, and those that always were: IDs being different from each other, so are the
   atoms if there are as many of both as there were. */
void GroupAtoms::count_same(double *same) const
{
  for (int i = 0; i < atom->nlocal; i++)
    if (has(i)) {
      const int k = particle(atom->tag[i]);
      same[0]++;
      same[1] += k >= 0 && body_.types[k] == atom->type[i];
    }
}

void GroupAtoms::require_same(const double *same) const
{
  if (is_same(body_, same)) return;
  const char *what_to_do =
      all_there()
          ? "use a group to which no fix or command adds atoms, and none deletes or changes "
            "them, or define the fix again"
          : "atoms outside the box, or whose positions are no numbers, are lost: use a "
            "smaller timestep, or a wall or a box that holds them";
  const auto number = [](double n) { return std::to_string(static_cast<long long>(n)); };
  error->all(FLERR, owner_.fix + ": group " + group->names[igroup_] + " had " +
                        number(body_.n_particles()) + " atoms, now it has " + number(same[0]) +
                        ", of which " + number(same[1]) + " have the ID and type they had; " +
                        what_to_do);
}

Topology GroupAtoms::topology() const
{
  std::vector<tagint> mine;
  if (atom->molecular == Atom::MOLECULAR && atom->num_bond)
    for (int i = 0; i < atom->nlocal; i++)
      for (int m = 0; m < atom->num_bond[i]; m++)
        mine.insert(mine.end(), {atom->tag[i], atom->bond_atom[i][m]});
  const std::vector<tagint> all = gather_ranks(mine);
  const int n = body_.n_particles();
  Topology found = {{}, std::vector<int64_t>(n, 0), std::vector<double>(n, 0.0)};
  for (size_t k = 0; k < all.size(); k += 2) {
    const int i = particle(all[k]), j = particle(all[k + 1]);
    if (i >= 0 && j >= 0) found.bonds.insert(found.bonds.end(), {i, j});
  }
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = particle_here(i);
    if (k >= 0 && atom->molecule) found.molecules[k] = atom->molecule[i];
    if (k >= 0 && atom->q) found.charges[k] = atom->q[i];
  }
  MPI_Allreduce(MPI_IN_PLACE, found.molecules.data(), n, MPI_INT64_T, MPI_SUM, world);
  sum_ranks(lmp, found.charges.data(), n);
  return found;
}

std::vector<int> GroupAtoms::in_group(int igroup) const
{
  std::vector<int> is_in(body_.n_particles(), 0);
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = particle_here(i);
    if (k >= 0 && (atom->mask[i] & group->bitmask[igroup])) is_in[k] = 1;
  }
  MPI_Allreduce(MPI_IN_PLACE, is_in.data(), body_.n_particles(), MPI_INT, MPI_MAX, world);
  return is_in;
}

/* ---- velocities ---- */

bool GroupAtoms::all_there() const
{
  bigint n = atom->nlocal;
  MPI_Allreduce(MPI_IN_PLACE, &n, 1, MPI_LMP_BIGINT, MPI_SUM, world);
  return n == atom->natoms;
}

void GroupAtoms::set_velocities(const double *v)
{
  const int n_space = body_.n_space;
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = particle_here(i);
    if (k >= 0 && is_integrated(i)) std::copy_n(v + n_space * k, n_space, atom->v[i]);
  }
}

void GroupAtoms::kick(double time, const double *grad)
{
  const int n_space = body_.n_space;
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = particle_here(i);
    if (k < 0 || !is_integrated(i)) continue;
    const double factor = time * force->ftm2v / mass(i);
    for (int c = 0; c < n_space; c++) atom->v[i][c] -= factor * grad[n_space * k + c];
  }
}

void GroupAtoms::velocity_variance(double temperature, double *variance)
{
  const int n_space = body_.n_space;
  std::fill_n(variance, body_.dim(), 0.0);
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = particle_here(i);
    if (k >= 0)
      std::fill_n(variance + n_space * k, n_space, kT(temperature) / (force->mvv2e * mass(i)));
  }
  sum_ranks(lmp, variance, body_.dim());
}

/* What is held has the velocity that it is given, and no force of the energy. */
void GroupAtoms::reverse_velocities(double time)
{
  for (int i = 0; i < atom->nlocal; i++) {
    if (!is_integrated(i)) continue;
    const bool held = owner_.md && owner_.md->hindrance(atom->mask[i]) > 0;
    const double kick = held ? 0.0 : time;
    double *v = atom->v[i];
    for (int c = 0; c < domain->dimension; c++)
      if (v[c] != 0.0) v[c] = -v[c] - kick * force->ftm2v * atom->f[i][c] / mass(i);
  }
}

void GroupAtoms::disturb_velocities()
{
  for (int i = 0; i < atom->nlocal; i++)
    for (int d = 0; d < domain->dimension; d++) atom->v[i][d] = 1.0 - 2.0 * atom->v[i][d];
}

} // namespace bgen
