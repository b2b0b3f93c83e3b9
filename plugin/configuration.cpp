// SPDX-License-Identifier: GPL-2.0-or-later
// configuration.cpp - which atoms they are, where they are, and what LAMMPS must be like

#include "configuration.h"

#include "atom.h"
#include "comm.h"
#include "domain.h"
#include "error.h"
#include "fix.h"
#include "force.h"
#include "group.h"
#include "irregular.h"
#include "lammps_compat.h"
#include "modify.h"
#include "update.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <numeric>

using namespace LAMMPS_NS;

BgenConfiguration::BgenConfiguration(LAMMPS *lmp, int igroup, int n_space)
    : Pointers(lmp), box(lmp, n_space), igroup_(igroup), groupbit_(group->bitmask[igroup]),
      n_space_(n_space), overlap_(0.0), bond_max_(0.0), pe_(nullptr), state_(), visiting_(false),
      warned_(false), fresh_(true), listed_(false), refused_(nullptr), n_energy_calls_(0)
{
  if (n_space > domain->dimension)
    error->all(FLERR, std::string("fix bgen: coords xyz in a 2-d system; use xy or x"));
}

BgenConfiguration::~BgenConfiguration() = default;

void BgenConfiguration::init()
{
  check_system();
  check_fixes();
  if (tags_.empty())
    find_atoms();
  else
    check_atoms();
  fresh_ = true;
}

void BgenConfiguration::check_system()
{
  const char *trouble = nullptr;
  if (lmp->kokkos)
    trouble = "the KOKKOS package does not see atoms that a fix moves; run without -k on";
  else if (fix_named(modify, "package_intel"))
    trouble = "the INTEL package does not see atoms that a fix moves; run without package intel";
  else if (atom->tag_enable == 0)
    trouble = "atoms need IDs; leave out \"atom_modify id no\"";
  else if (atom->molecular == Atom::TEMPLATE)
    trouble = "atom style template is not supported; use bond, angle, molecular or full";
  else if (atom->ellipsoid_flag || atom->line_flag || atom->tri_flag || atom->body_flag)
    trouble = "atom styles ellipsoid, line, tri and body are not supported";
  else if (domain->deform_vremap)
    trouble = "fix deform with remap v keeps the system out of equilibrium";
  else if (group->dynamic[igroup_])
    trouble = "a dynamic group cannot be moved, the atoms of a flow must stay the same";
  if (trouble) error->all(FLERR, std::string("fix bgen: ") + trouble);
}

/* ----------------------------------------------------------------------
   fixes: rigid bodies and SHAKE hold atoms where proposals would not, and
   a bias with a memory has no energy that depends on positions alone
------------------------------------------------------------------------- */

static bool starts_with(const char *style, std::initializer_list<const char *> names)
{
  return std::any_of(names.begin(), names.end(),
                     [style](const char *name) { return strncmp(style, name, strlen(name)) == 0; });
}

static int any_in_both(const Atom *atom, int bit, int other_bit, MPI_Comm world)
{
  int any = 0;
  for (int i = 0; i < atom->nlocal; i++)
    if ((atom->mask[i] & bit) && (atom->mask[i] & other_bit)) any = 1;
  MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, world);
  return any;
}

static bool constrains(const Fix *fix)
{
  return starts_with(fix->style, {"rigid", "shake", "rattle", "poems"});
}

void BgenConfiguration::check_reversible() const
{
  for (int i = 0; i < modify->nfix; i++)
    if (constrains(modify->fix[i]))
      error->all(FLERR, std::string("fix bgen: with offsets MD must be reversible, but fix ") +
                            modify->fix[i]->id + " (" + modify->fix[i]->style +
                            ") constrains atoms; leave the offsets out, or the constraint");
}

void BgenConfiguration::check_fixes()
{
  for (int i = 0; i < modify->nfix; i++) {
    const Fix *fix = modify->fix[i];
    if (!fix) continue; // the fix bgen of this line, if it is defined anew
    const std::string name = std::string("fix ") + fix->id + " (" + fix->style + ")";
    if (constrains(fix) && any_in_both(atom, groupbit_, fix->groupbit, world))
      error->all(FLERR,
                 "fix bgen: " + name + " constrains atoms of group " + group->names[igroup_] +
                     ", but a flow moves each of them freely; use groups without common atoms");
    if (starts_with(fix->style, {"colvars", "plumed"}) && fix->thermo_energy)
      error->all(FLERR, "fix bgen: the energy of " + name + " depends on the past; unfix it");
  }
}

// The fixes whose forces belong to the potential energy.
void BgenConfiguration::find_energy_fixes()
{
  energy_fixes_.clear();
  for (int i = 0; i < modify->nfix; i++) {
    Fix *fix = modify->fix[i];
    if (!(modify->fmask[i] & FixConst::POST_FORCE)) continue;
    if ((fix->energy_global_flag && fix->thermo_energy) || starts_with(fix->style, {"GPU"}))
      energy_fixes_.push_back(fix);
    else if (fix->energy_global_flag && !warned_ && comm->me == 0)
      error->warning(FLERR, std::string("fix bgen: energies are without those of fix ") + fix->id +
                                " (" + fix->style + "); \"fix_modify " + fix->id +
                                " energy yes\" adds them");
  }
  warned_ = true;
}

/* ----------------------------------------------------------------------
   atoms
------------------------------------------------------------------------- */

// The values of all ranks, in the order of the ranks, on all ranks.
std::vector<tagint> BgenConfiguration::gather_ranks(const std::vector<tagint> &mine) const
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

void BgenConfiguration::find_atoms()
{
  std::vector<tagint> mine;
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->mask[i] & groupbit_) mine.insert(mine.end(), {atom->tag[i], atom->type[i]});
  const std::vector<tagint> all = gather_ranks(mine);
  if (all.empty())
    error->all(FLERR, std::string("fix bgen: there is no atom in group ") + group->names[igroup_]);

  std::vector<std::pair<tagint, int>> atoms;
  for (size_t k = 0; k < all.size(); k += 2)
    atoms.emplace_back(all[k], static_cast<int>(all[k + 1]));
  std::sort(atoms.begin(), atoms.end());
  for (const auto &[tag, type] : atoms) {
    tags_.push_back(tag);
    types_.push_back(type);
  }
}

void BgenConfiguration::check_atoms()
{
  int count[2] = {0, 0}; // atoms in the group, and those that always were
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->mask[i] & groupbit_) {
      const int k = particle(atom->tag[i]);
      count[0]++;
      count[1] += k >= 0 && types_[k] == atom->type[i];
    }
  MPI_Allreduce(MPI_IN_PLACE, count, 2, MPI_INT, MPI_SUM, world);
  if (count[0] != n_particles() || count[1] != n_particles())
    error->all(FLERR, std::string("fix bgen: group ") + group->names[igroup_] + " had " +
                          std::to_string(n_particles()) + " atoms, now it has " +
                          std::to_string(count[0]) + ", of which " + std::to_string(count[1]) +
                          " are as they were; define the fix again for another group");
}

int BgenConfiguration::particle(tagint tag) const
{
  const tagint guess = tag - tags_.front(); // right if IDs are consecutive
  if (guess >= 0 && guess < n_particles() && tags_[guess] == tag) return static_cast<int>(guess);
  const auto found = std::lower_bound(tags_.begin(), tags_.end(), tag);
  return found == tags_.end() || *found != tag ? -1 : static_cast<int>(found - tags_.begin());
}

// FNV-1a
uint64_t BgenConfiguration::hash() const
{
  uint64_t hash = 14695981039346656037u;
  const auto add = [&hash](int64_t number) {
    for (int byte = 0; byte < 8; byte++)
      hash = (hash ^ ((static_cast<uint64_t>(number) >> 8 * byte) & 255)) * 1099511628211u;
  };
  add(n_space_);
  for (const tagint tag : tags_) add(tag);
  for (const int type : types_) add(type);
  return hash;
}

const char *BgenConfiguration::unit_style() const
{
  return update->unit_style;
}

double BgenConfiguration::kT(double temperature) const
{
  return force->boltz * temperature;
}

double BgenConfiguration::memory_usage() const
{
  const size_t n_doubles =
      state_.atoms.capacity() + state_.f.capacity() + home_.capacity() + sum_.capacity();
  const size_t n_bytes = n_doubles * sizeof(double) + bonded_.capacity() * sizeof(Bonded) +
                         tags_.capacity() * (sizeof(tagint) + sizeof(int));
  return static_cast<double>(n_bytes);
}

/* ----------------------------------------------------------------------
   positions and velocities
------------------------------------------------------------------------- */

// Each particle is owned by one rank, so that the sum only ever adds zeros.
void BgenConfiguration::gather(double *x)
{
  std::fill_n(x, dim(), 0.0);
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->mask[i] & groupbit_) {
      double u[3];
      domain->unmap(atom->x[i], atom->image[i], u);
      std::copy_n(u, n_space_, x + n_space_ * particle(atom->tag[i]));
    }
  MPI_Allreduce(MPI_IN_PLACE, x, dim(), MPI_DOUBLE, MPI_SUM, world);
}

// Every rank draws the numbers of all particles, so that they do not depend on who owns which.
void BgenConfiguration::resample_velocities(double temperature, bgen_rng rng)
{
  sum_.resize(dim());
  bgen_rng_normals(&rng, dim(), sum_.data());
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->mask[i] & groupbit_) {
      const double width = std::sqrt(kT(temperature) / (force->mvv2e * mass(i)));
      const double *normal = &sum_[n_space_ * particle(atom->tag[i])];
      for (int c = 0; c < n_space_; c++) atom->v[i][c] = width * normal[c];
    }
}

void BgenConfiguration::kick(double time, const double *grad)
{
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->mask[i] & groupbit_) {
      const double factor = time * force->ftm2v / mass(i);
      const double *g = grad + n_space_ * particle(atom->tag[i]);
      for (int c = 0; c < n_space_; c++) atom->v[i][c] -= factor * g[c];
    }
}

// Of all atoms that move, by the forces of the latest evaluation.
void BgenConfiguration::reverse_velocities(double time)
{
  for (int i = 0; i < atom->nlocal; i++) {
    double *v = atom->v[i];
    for (int c = 0; c < domain->dimension; c++)
      if (v[c] != 0.0) v[c] = -v[c] - time * force->ftm2v * atom->f[i][c] / mass(i);
  }
}

void BgenConfiguration::velocity_variance(double temperature, double *variance)
{
  std::fill_n(variance, dim(), 0.0);
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->mask[i] & groupbit_)
      std::fill_n(variance + n_space_ * particle(atom->tag[i]), n_space_,
                  kT(temperature) / (force->mvv2e * mass(i)));
  MPI_Allreduce(MPI_IN_PLACE, variance, dim(), MPI_DOUBLE, MPI_SUM, world);
}

void BgenConfiguration::disturb_velocities()
{
  for (int i = 0; i < atom->nlocal; i++)
    for (int d = 0; d < domain->dimension; d++) atom->v[i][d] = 1.0 - 2.0 * atom->v[i][d];
}

double BgenConfiguration::mass(int i) const
{
  return atom->rmass ? atom->rmass[i] : atom->mass[atom->type[i]];
}
