/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/requirements.h"

#include "atom.h"
#include "domain.h"
#include "engine/copies.h"
#include "engine/lammps_compat.h"
#include "engine/other_fixes.h"
#include "error.h"
#include "fix.h"
#include "group.h"
#include "modify.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <mpi.h>

using namespace LAMMPS_NS;

namespace bgen {

const char *build_mismatch(void *lammps)
{
  if (lammps_extract_setting(lammps, "tagint") != sizeof(tagint) ||
      lammps_extract_setting(lammps, "bigint") != sizeof(bigint))
    return "bgen was built with other integer sizes than this LAMMPS: set LAMMPS_SIZES to the "
           "value of LAMMPS' build";

  return nullptr;
}

/* ---- the system ---- */

/* NPairKokkos of then copies a stencil once a step only */
static bool keeps_old_stencil(const LAMMPS *lmp)
{
  static constexpr int SHRINK_WRAPPED = 2;
  return LAMMPS_VERSION_NUMBER < 20250204 && lmp->kokkos &&
         lmp->domain->nonperiodic == SHRINK_WRAPPED;
}

static const char *trouble_with_system(const LAMMPS *lmp, int igroup)
{
  const Atom *atom = lmp->atom;
  if (!copies_are_known(lmp))
    return "this bgen does not know the KOKKOS package of this LAMMPS; build it with "
           "LAMMPS_SOURCE_DIR, or run without -k on";
  if (keeps_old_stencil(lmp))
    return "the KOKKOS package of LAMMPS before 4 Feb 2025 keeps neighbors of another box if a "
           "shrink-wrapped box changes twice in a step; use boundary p or f, or run without -k on";
  if (fix_named(lmp->modify, "package_intel"))
    return "the INTEL package does not see atoms that a fix moves; run without package intel";
  if (atom->tag_enable == 0) return "atoms need IDs; leave out \"atom_modify id no\"";
  if (atom->molecular == Atom::TEMPLATE)
    return "atom style template is not supported; use bond, angle, molecular or full";
  if (atom->ellipsoid_flag || atom->line_flag || atom->tri_flag || atom->body_flag)
    return "atom styles ellipsoid, line, tri and body are not supported";
  if (lmp->domain->deform_vremap)
    return "fix deform with remap v keeps the system out of equilibrium";
  if (lmp->group->dynamic[igroup])
    return "a dynamic group cannot be moved, the atoms of a flow must stay the same";
  return nullptr;
}

/* ---- fixes: rigid bodies and SHAKE hold atoms where proposals would not; of others see
   other_fixes.h ---- */

static bool starts_with(const char *style, std::initializer_list<const char *> names)
{
  return std::any_of(names.begin(), names.end(),
                     [style](const char *name) { return strncmp(style, name, strlen(name)) == 0; });
}

static bool holds_distances(const Fix *fix)
{
  return known_fix(fix->style).verdict == Verdict::CONSTRAINT;
}

static bool constrains(const Fix *fix)
{
  return holds_distances(fix) || starts_with(fix->style, {"rigid", "poems"});
}

static int any_in_both(const Atom *atom, int bit, int other_bit, MPI_Comm world)
{
  int any = 0;
  for (int i = 0; i < atom->nlocal; i++)
    if ((atom->mask[i] & bit) && (atom->mask[i] & other_bit)) any = 1;
  MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, world);
  return any;
}

/* a driven move would break rigid bodies of what follows, too */
static std::string constrained(const GroupAtoms &group_atoms, const std::string &name,
                               const std::string &group)
{
  const std::string &fix = group_atoms.owner().fix;
  if (group_atoms.owner().follow())
    return fix + ": a driven move integrates all atoms of group " + group + ", of which " + name +
           " constrains some; add \"atoms GROUP\" to the move, with a group of atoms that are free";
  return fix + ": " + name + " constrains atoms of group " + group +
         ", but a flow moves each of them freely; use groups without common atoms";
}

static void require_free_atoms(const LAMMPS *lmp, const GroupAtoms &group_atoms, bool of_rods)
{
  const char *group = lmp->group->names[group_atoms.igroup()];
  const int groupbit = lmp->group->bitmask[group_atoms.igroup()];
  for (int i = 0; i < lmp->modify->nfix; i++) {
    const Fix *fix = lmp->modify->fix[i];
    if (!fix) continue; // the fix bgen of this line, if it is defined anew
    if (!of_rods && holds_distances(fix)) continue;
    if (constrains(fix) && any_in_both(lmp->atom, groupbit, fix->groupbit, lmp->world))
      lmp->error->all(FLERR, constrained(group_atoms, name_of(fix), group));
  }
}

void require_movable(LAMMPS *lmp, const GroupAtoms &group_atoms)
{
  const char *trouble = trouble_with_system(lmp, group_atoms.igroup());
  if (trouble) lmp->error->all(FLERR, std::string("fix bgen: ") + trouble);
  require_free_atoms(lmp, group_atoms, !group_atoms.owner().drives);
}

void require_unconstrained(LAMMPS *lmp, const GroupAtoms &group_atoms)
{
  require_free_atoms(lmp, group_atoms, true);
}

std::string trouble_with_reversing(LAMMPS *lmp)
{
  for (int i = 0; i < lmp->modify->nfix; i++) {
    const Fix *fix = lmp->modify->fix[i];
    if (constrains(fix))
      return "fix bgen: with offsets MD must be reversible, but " + name_of(fix) +
             " constrains atoms; leave the offsets out, or the constraint";
  }
  return "";
}

} // namespace bgen
