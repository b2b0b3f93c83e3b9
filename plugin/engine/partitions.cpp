/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/partitions.h"

#include "universe.h"

#include <climits>
#include <cstdio>
#include <map>
#include <mpi.h>

using namespace LAMMPS_NS;

namespace bgen {

std::shared_ptr<Partitions> Partitions::of(LAMMPS *lmp)
{
  static std::map<LAMMPS *, std::weak_ptr<Partitions>> all;
  std::shared_ptr<Partitions> partitions = all[lmp].lock();
  if (!partitions) {
    partitions = std::make_shared<Partitions>(lmp);
    all[lmp] = partitions;
  }
  return partitions;
}

Partitions::Partitions(LAMMPS *lmp) : Pointers(lmp)
{
  static constexpr int TAG = 4711;
  MPI_Group everybody, leading;
  MPI_Comm_group(universe->uworld, &everybody);
  MPI_Group_incl(everybody, universe->nworlds, universe->root_proc, &leading);
  MPI_Comm_create_group(universe->uworld, leading, TAG, &leaders_);
  MPI_Group_free(&everybody);
  MPI_Group_free(&leading);
}

Partitions::~Partitions() noexcept
{
  leave();
  MPI_Comm_free(&leaders_);
}

int Partitions::n() const
{
  return universe->nworlds;
}

int Partitions::number() const
{
  return universe->iworld;
}

std::vector<std::string> Partitions::exchange(const std::string &own)
{
  const int n_own = own.size() > INT_MAX ? -1 : static_cast<int>(own.size());
  std::vector<int> lengths(n()), begins(n());
  MPI_Allgather(&n_own, 1, MPI_INT, lengths.data(), 1, MPI_INT, leaders_);
  long long sum = 0;
  for (int p = 0; p < n() && sum <= INT_MAX; sum += lengths[p++]) {
    if (lengths[p] < 0) sum = INT_MAX;
    begins[p] = static_cast<int>(sum);
  }
  if (sum > INT_MAX) {
    const std::string sentence = "bgen: partitions of a pool have more than 2 GiB of frames or "
                                 "works for each other: let them meet more often";
    say(sentence);
    throw AgreedError(sentence);
  }
  std::string bytes(sum, '\0');
  MPI_Allgatherv(own.data(), n_own, MPI_BYTE, &bytes[0], lengths.data(), begins.data(), MPI_BYTE,
                 leaders_);
  std::vector<std::string> all;
  all.reserve(n());
  for (int p = 0; p < n(); p++) all.push_back(bytes.substr(begins[p], lengths[p]));
  return all;
}

/* Each partition sums one piece, in the order of the partitions, and all get it from there. */
void Partitions::add_up(size_t n_values, bgen_real *values)
{
  const MPI_Datatype real = sizeof(bgen_real) == sizeof(float) ? MPI_FLOAT : MPI_DOUBLE;
  const int n_own = static_cast<int>(part_end(n_values) - part_begin(n_values));
  std::vector<int> lengths(n()), begins(n()), own(n(), n_own), at(n());
  for (int p = 0; p < n(); p++) {
    begins[p] = static_cast<int>(part_begin(n_values, p));
    lengths[p] = static_cast<int>(part_begin(n_values, p + 1)) - begins[p];
    at[p] = p * n_own;
  }
  pieces_.resize(static_cast<size_t>(n()) * n_own);
  MPI_Alltoallv(values, lengths.data(), begins.data(), real, pieces_.data(), own.data(), at.data(),
                real, leaders_);
  for (int p = 1; p < n(); p++)
    for (int i = 0; i < n_own; i++) pieces_[i] += pieces_[at[p] + i];
  MPI_Allgatherv(pieces_.data(), n_own, real, values, lengths.data(), begins.data(), real,
                 leaders_);
}

/* Once; and nobody may end the program, as error->all() does, before it is said. */
void Partitions::say(const std::string &sentence)
{
  if (is_first() && universe->uscreen) {
    fprintf(universe->uscreen, "ERROR: %s\n", sentence.c_str());
    fflush(universe->uscreen);
  }
  if (is_first() && universe->ulogfile) {
    fprintf(universe->ulogfile, "ERROR: %s\n", sentence.c_str());
    fflush(universe->ulogfile);
  }
  MPI_Barrier(leaders_);
}

void tell_universe(LAMMPS *lmp, const std::string &sentence)
{
  int rank;
  MPI_Comm_rank(lmp->world, &rank);
  if (rank > 0 || !lmp->universe->existflag || !lmp->universe->uscreen) return;
  fprintf(lmp->universe->uscreen, "ERROR on partition %d: %s\n", lmp->universe->iworld,
          sentence.c_str());
  fflush(lmp->universe->uscreen);
}

} // namespace bgen
