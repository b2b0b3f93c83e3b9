/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/md_atoms.h"

#include "atom.h"
#include "engine/other_fixes.h"
#include "fix.h"
#include "group.h"
#include "modify.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <mpi.h>

using namespace LAMMPS_NS;

namespace bgen {

static bool starts_with(const char *style, std::initializer_list<const char *> names)
{
  return std::any_of(names.begin(), names.end(),
                     [style](const char *name) { return strncmp(style, name, strlen(name)) == 0; });
}

void MdAtoms::find(int n_space)
{
  integrated_ = 0;
  holders_.clear();
  changing_.clear();
  for (int i = 0; i < modify->nfix; i++) {
    Fix *fix = modify->fix[i];
    if (holds(fix, n_space)) {
      holders_.push_back({name_of(fix), fix->groupbit});
      if (group->dynamic[fix->igroup]) changing_ = holders_.back().name;
    } else if (fix->time_integrate)
      integrated_ |= fix->groupbit;
  }
}

int MdAtoms::hindrance(int mask) const
{
  for (size_t k = 0; k < holders_.size(); k++)
    if (mask & holders_[k].groupbit) return static_cast<int>(k) + 1;
  return integrates(mask) ? -1 : 0;
}

std::vector<bigint> MdAtoms::count_hindered(int groupbit, int but_not) const
{
  std::vector<bigint> n(1 + holders_.size(), 0);
  for (int i = 0; i < atom->nlocal; i++) {
    const int mask = atom->mask[i], k = hindrance(mask);
    if (k >= 0 && (mask & groupbit) && !(mask & but_not)) n[k]++;
  }
  MPI_Allreduce(MPI_IN_PLACE, n.data(), static_cast<int>(n.size()), MPI_LMP_BIGINT, MPI_SUM, world);
  return n;
}

/* Averaged forces are those of no energy, either; freeze knows no components. */
bool MdAtoms::holds(Fix *fix, int n_space)
{
  if (fix->time_integrate)
    return starts_with(fix->style, {"move", "meso/move", "nve/noforce", "smd/move_tri_surf"}) ||
           strcmp(fix->style, "nve/asphere/noforce") == 0;
  if (starts_with(fix->style, {"freeze", "aveforce"})) return true;
  return starts_with(fix->style, {"setforce", "lineforce", "planeforce"}) &&
         sets_forces(fix, n_space);
}

/* Whether a component that bgen moves is among those that it sets, which is tried out: LAMMPS does
   not tell. At a level of run_style respa that is not its own, fix setforce sets them to 0 and
   evaluates no variable; the other two always project what they find. */
bool MdAtoms::sets_forces(Fix *fix, int n_space)
{
  static constexpr int NO_LEVEL = 1 << 20;
  static constexpr double tried[3] = {0.31, 1.7, -2.3}; // along no line or plane of anybody
  const size_t n = 3 * static_cast<size_t>(atom->nlocal);
  const std::vector<double> forces =
      n ? std::vector<double>(atom->f[0], atom->f[0] + n) : std::vector<double>();
  for (int i = 0; i < atom->nlocal; i++) std::copy_n(tried, 3, atom->f[i]);
  fix->post_force_respa(0, NO_LEVEL, 0);
  int sets = 0;
  for (int i = 0; i < atom->nlocal; i++)
    if (!std::equal(tried, tried + n_space, atom->f[i])) sets = 1;
  if (n) std::copy(forces.begin(), forces.end(), atom->f[0]);
  MPI_Allreduce(MPI_IN_PLACE, &sets, 1, MPI_INT, MPI_MAX, world);
  return sets != 0;
}

} // namespace bgen
