/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/images.h"

#include "atom.h"
#include "base/hash.h"
#include "comm.h"
#include "domain.h"
#include "error.h"
#include "group.h"
#include "input/error.h"

#include <algorithm>
#include <string>
#include <unordered_map>

using namespace LAMMPS_NS;

namespace bgen {

Images::Images(LAMMPS *lmp, const GroupAtoms &group_atoms, const std::vector<int64_t> &pairs)
    : Pointers(lmp), group_(group_atoms), pairs_(pairs), images_(nullptr, bgen_images_destroy)
{
}

bgen_cell Images::cell() const
{
  const double *h = domain->h;
  return {h[0],
          h[1],
          h[2],
          h[3],
          h[4],
          h[5],
          {domain->xperiodic != 0, domain->yperiodic != 0,
           domain->zperiodic != 0 && domain->dimension == 3}};
}

/* ---- the rule ---- */

/* u_ as LAMMPS has it; each particle is owned by one rank, so that the sum only ever adds zeros */
void Images::unwrap()
{
  const int n = 3 * group_.body().n_particles();
  u_.assign(n + GroupAtoms::N_SAME, 0.0);
  group_.count_same(&u_[n]);
  for (int i = 0; i < atom->nlocal; i++) {
    const int k = group_.particle_here(i);
    if (k >= 0) domain->unmap(atom->x[i], atom->image[i], &u_[3 * k]);
  }
  sum_ranks(lmp, u_.data(), u_.size());
  group_.require_same(&u_[n]);
}

void Images::gather(double *x)
{
  const int n_space = group_.body().n_space, n = group_.body().n_particles();
  unwrap();
  shift_.resize(3 * n);
  shift(u_.data(), shift_.data());
  for (int k = 0; k < n; k++)
    for (int c = 0; c < n_space; c++) x[n_space * k + c] = u_[3 * k + c] + shift_[3 * k + c];
}

void Images::set_sites(const double *x)
{
  const int n_space = group_.body().n_space, n = group_.body().n_particles();
  unwrap();
  sites_.assign(u_.begin(), u_.begin() + 3 * n);
  for (int k = 0; k < n; k++) std::copy_n(x + n_space * k, n_space, &sites_[3 * k]);
  known_ = 0;
  find();
}

void Images::shift(const double *u, double *shift) const
{
  const bgen_cell box = cell();
  if (images_)
    bgen_images_shift(images_.get(), &box, u, shift);
  else
    std::fill_n(shift, 3 * group_.body().n_particles(), 0.0);
}

bool Images::hold(const double *x) const
{
  const bgen_cell box = cell();
  return !join() || bgen_images_hold(images_.get(), &box, x);
}

/* ---- what is bonded ---- */

/* a sum, whoever owns which atom */
uint64_t Images::topology() const
{
  uint64_t sum = 0;
  for (int i = 0; atom->molecular == Atom::MOLECULAR && atom->num_bond && i < atom->nlocal; i++)
    for (int m = 0; m < atom->num_bond[i]; m++) {
      const tagint ends[2] = {atom->tag[i], atom->bond_atom[i][m]};
      sum += bgen_hash_bytes(BGEN_HASH_START, ends, sizeof ends);
    }
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, world);
  return sum + group_.body().hash();
}

void Images::find()
{
  const bgen_cell box = cell();
  const bool wraps = box.periodic[0] || box.periodic[1] || box.periodic[2];
  const uint64_t now = wraps ? topology() : 0;
  if (now == known_) return;
  known_ = now;
  images_.reset();
  if (wraps) build();
}

/* those of the fix */
std::vector<tagint> Images::members() const
{
  const int igroup = group_.owner().follow() ? group_.owner().led_by : group_.igroup();
  std::vector<tagint> mine;
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->mask[i] & group->bitmask[igroup]) mine.push_back(atom->tag[i]);
  std::vector<tagint> all = group_.gather_ranks(mine);
  std::sort(all.begin(), all.end());
  return all;
}

/* With an end among these atoms, or all bonds where any of them may connect a pair. */
Images::Pairs Images::bonds_of(const std::vector<tagint> &atoms) const
{
  const auto is_one = [&](tagint tag) {
    return std::binary_search(atoms.begin(), atoms.end(), tag);
  };
  std::vector<tagint> mine;
  for (int i = 0; atom->molecular == Atom::MOLECULAR && atom->num_bond && i < atom->nlocal; i++)
    for (int m = 0; m < atom->num_bond[i]; m++) {
      const tagint other = atom->bond_atom[i][m];
      if (!pairs_.empty() || (is_one(atom->tag[i]) && is_one(other)))
        mine.insert(mine.end(), {atom->tag[i], other});
    }
  const std::vector<tagint> all = group_.gather_ranks(mine);
  Pairs bonds;
  for (size_t k = 0; k < all.size(); k += 2)
    bonds.emplace_back(std::min(all[k], all[k + 1]), std::max(all[k], all[k + 1]));
  std::sort(bonds.begin(), bonds.end());
  return bonds;
}

std::vector<size_t> Images::particles(const Pairs &pairs) const
{
  std::vector<size_t> ends;
  for (const auto &[a, b] : pairs)
    for (const tagint tag : {a, b}) ends.push_back(group_.particle(tag));
  return ends;
}

/* The pairs of cvs whose atoms no bonds connect, by whatever atoms. */
Images::Pairs Images::unbonded(const Pairs &bonds) const
{
  std::unordered_map<tagint, tagint> next; // of a molecule, to its lowest ID
  const auto lowest = [&](tagint tag) {
    for (auto at = next.find(tag); at != next.end() && at->second != tag; at = next.find(tag))
      tag = at->second;
    return tag;
  };
  for (const auto &[a, b] : bonds) {
    const tagint of_a = lowest(a), of_b = lowest(b);
    next[a] = next[b] = next[std::max(of_a, of_b)] = std::min(of_a, of_b);
  }
  Pairs pairs;
  for (size_t k = 0; k + 1 < pairs_.size(); k += 2) {
    const tagint a = static_cast<tagint>(pairs_[k]), b = static_cast<tagint>(pairs_[k + 1]);
    if (group_.particle(a) < 0 || group_.particle(b) < 0 || lowest(a) == lowest(b)) continue;
    pairs.emplace_back(std::min(a, b), std::max(a, b));
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

void Images::build()
{
  bgen_images *images = nullptr;
  if (!sites_.empty()) {
    check(bgen_images_create_at_sites(sites_.size() / 3, sites_.data(), &images));
    images_.reset(images);
    return;
  }
  const std::vector<tagint> atoms = members();
  const auto is_other = [&](tagint tag) {
    return !std::binary_search(atoms.begin(), atoms.end(), tag) || group_.particle(tag) < 0;
  };
  const auto is_of_others = [&](const auto &bond) {
    return is_other(bond.first) || is_other(bond.second);
  };
  Pairs bonds = bonds_of(atoms);
  const Pairs pairs = unbonded(bonds);
  bonds.erase(std::remove_if(bonds.begin(), bonds.end(), is_of_others), bonds.end());
  const std::vector<size_t> bond = particles(bonds), pair = particles(pairs);
  check(bgen_images_create(group_.body().n_particles(), bonds.size(), bond.data(), pairs.size(),
                           pair.data(), &images));
  images_.reset(images);
  const bgen_cell box = cell();
  unwrap();
  bgen_images_leave_wrapped(images, &box, u_.data());
  warn_of_rings(pairs);
}

void Images::warn_of_rings(const Pairs &pairs) const
{
  const bool speaks = comm->me == 0 && !group_.owner().follow();
  for (size_t k = 0; speaks && k < pairs.size(); k++)
    if (bgen_images_closes_ring(images_.get(), k))
      error->warning(FLERR, "fix bgen: a cv looks at atoms " + std::to_string(pairs[k].first) +
                                " and " + std::to_string(pairs[k].second) +
                                ", whose images other cvs choose: it may not be that of the "
                                "nearest images");
}

} // namespace bgen
