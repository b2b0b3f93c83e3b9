/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/rods.h"

#include "atom.h"
#include "domain.h"
#include "engine/other_fixes.h"
#include "error.h"
#include "fix.h"
#include "group.h"
#include "modify.h"

#include <algorithm>
#include <array>
#include <string>

using namespace LAMMPS_NS;

namespace bgen {

/* What there is of an atom: the shape of its cluster, the IDs of the atoms of it, the central one
   first, and types. A shape is the number of atoms, which are bonded to the central one; or ANGLE:
   three, of which the other two are held as well. 0: it is in no cluster. */
static constexpr int ANGLE = 1, N_SHAPES = 5;
static constexpr int N_ATOMS[N_SHAPES] = {0, 3, 2, 3, 4}, N_TYPES[N_SHAPES] = {0, 3, 1, 2, 3};
static constexpr int MOST_KEPT = 64; // more than any LAMMPS keeps

struct Cluster {
  int shape;
  tagint atoms[4];
};

static Cluster cluster_of(LAMMPS *lmp, Fix *fix, int i)
{
  double kept[MOST_KEPT] = {};
  const int n = fix->pack_exchange(i, kept), shape = static_cast<int>(kept[0]);
  if (shape < 0 || shape >= N_SHAPES || n < 1 + N_ATOMS[shape] + N_TYPES[shape])
    lmp->error->one(FLERR, "fix bgen: " + name_of(fix) +
                               " of this LAMMPS does not tell which "
                               "atoms it constrains");
  Cluster cluster = {shape, {}};
  for (int k = 0; k < N_ATOMS[shape]; k++) cluster.atoms[k] = static_cast<tagint>(kept[1 + k]);
  return cluster;
}

/* of the clusters whose central atom is here */
static void add_pairs(LAMMPS *lmp, Fix *fix, std::vector<tagint> &pairs)
{
  for (int i = 0; i < lmp->atom->nlocal; i++) {
    const Cluster cluster = cluster_of(lmp, fix, i);
    const tagint *atoms = cluster.atoms;
    if (atoms[0] != lmp->atom->tag[i]) continue;
    for (int k = 1; k < N_ATOMS[cluster.shape]; k++)
      pairs.insert(pairs.end(), {atoms[0], atoms[k]});
    if (cluster.shape == ANGLE) pairs.insert(pairs.end(), {atoms[1], atoms[2]});
  }
}

/* whether they move along a path */
static bool moves(LAMMPS *lmp, const GroupAtoms &group, tagint a, tagint b)
{
  const bool has_a = group.particle(a) >= 0, has_b = group.particle(b) >= 0;
  const std::string of = std::string("group ") + lmp->group->names[group.igroup()];
  if (has_a != has_b)
    lmp->error->all(FLERR, group.owner().fix + ": fix shake or rattle holds atom " +
                               std::to_string(a) + " at a distance from atom " + std::to_string(b) +
                               ", but atom " + std::to_string(has_a ? b : a) +
                               " does not move along the path with " + of +
                               "; use a group with both or with none, or let MD move both");
  if (has_a && group.body().n_space < lmp->domain->dimension)
    lmp->error->all(FLERR, group.owner().fix + ": fix shake or rattle constrains atoms of " + of +
                               ", which coords lets move in some directions only; leave coords "
                               "out");
  return has_a;
}

std::vector<size_t> rods_of(LAMMPS *lmp, const GroupAtoms &group)
{
  std::vector<tagint> mine;
  for (int i = 0; i < lmp->modify->nfix; i++)
    if (known_fix(lmp->modify->fix[i]->style).verdict == Verdict::CONSTRAINT)
      add_pairs(lmp, lmp->modify->fix[i], mine);
  const std::vector<tagint> all = group.gather_ranks(mine);
  std::vector<std::array<size_t, 2>> rods; // sorted: all came in the order of ranks
  for (size_t k = 0; k < all.size(); k += 2)
    if (moves(lmp, group, all[k], all[k + 1]))
      rods.push_back({static_cast<size_t>(group.particle(all[k])),
                      static_cast<size_t>(group.particle(all[k + 1]))});
  std::sort(rods.begin(), rods.end());
  std::vector<size_t> ends;
  for (const std::array<size_t, 2> &rod : rods) ends.insert(ends.end(), rod.begin(), rod.end());
  return ends;
}

} // namespace bgen
