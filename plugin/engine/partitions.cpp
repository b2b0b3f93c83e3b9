/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/partitions.h"

#include "input/text.h"
#include "universe.h"

#include <chrono>
#include <climits>
#include <cstdio>
#include <map>
#include <mpi.h>
#include <thread>

using namespace LAMMPS_NS;

namespace bgen {

static constexpr int TO_MAKE = 4711, TO_WAIT = 4712; // tags
static constexpr double PATIENCE = 5.0;              // seconds
static constexpr std::chrono::milliseconds PAUSE(1);

std::shared_ptr<Partitions> Partitions::of(LAMMPS *lmp, const std::string &fix_id)
{
  static std::map<LAMMPS *, std::weak_ptr<Partitions>> all;
  std::shared_ptr<Partitions> partitions = all[lmp].lock();
  if (!partitions) {
    partitions = std::make_shared<Partitions>(lmp, fix_id);
    all[lmp] = partitions;
  }
  return partitions;
}

static void print_to(FILE *file, const std::string &line)
{
  if (!file) return;
  fprintf(file, "%s\n", line.c_str());
  fflush(file);
}

/* partitions that have not come; "": the first one that has is not this one, and says it */
static std::string missing(const std::vector<MPI_Request> &from, int number)
{
  std::string all;
  for (int p = 0, here; p < static_cast<int>(from.size()); p++) {
    MPI_Request_get_status(from[p], &here, MPI_STATUS_IGNORE); // true of no request
    if (here && p < number) return "";
    if (!here) all += (all.empty() ? "" : ", ") + std::to_string(p);
  }
  return all;
}

/* Collective functions of MPI would wait in silence for who has no such fix. */
static void wait_for_others(const Universe &universe, const std::string &fix_id)
{
  const int n = universe.nworlds, number = universe.iworld;
  std::vector<MPI_Request> to(n, MPI_REQUEST_NULL), from(n, MPI_REQUEST_NULL);
  for (int p = 0; p < n; p++) {
    if (p == number) continue;
    const int rank = universe.root_proc[p];
    MPI_Irecv(nullptr, 0, MPI_BYTE, rank, TO_WAIT, universe.uworld, &from[p]);
    MPI_Isend(nullptr, 0, MPI_BYTE, rank, TO_WAIT, universe.uworld, &to[p]);
  }
  const double begin = MPI_Wtime();
  bool told = false;
  int done = 0;
  while (MPI_Testall(n, from.data(), &done, MPI_STATUSES_IGNORE), !done) {
    std::this_thread::sleep_for(PAUSE);
    if (told || MPI_Wtime() - begin < PATIENCE) continue;
    const std::string others = missing(from, number);
    if (!others.empty())
      print_to(universe.uscreen, text("WARNING: fix %s, pool yes, waits for partition %s: all "
                                      "partitions need the same fix",
                                      fix_id.c_str(), others.c_str()));
    told = true;
  }
  MPI_Waitall(n, to.data(), MPI_STATUSES_IGNORE);
}

Partitions::Partitions(LAMMPS *lmp, const std::string &fix_id) : Pointers(lmp)
{
  wait_for_others(*universe, fix_id);
  MPI_Group everybody, leading;
  MPI_Comm_group(universe->uworld, &everybody);
  MPI_Group_incl(everybody, universe->nworlds, universe->root_proc, &leading);
  MPI_Comm_create_group(universe->uworld, leading, TO_MAKE, &leaders_);
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
    const std::string sentence =
        "bgen: partitions of a pool have more than 2 GiB for each other: let them meet more often "
        "if these are frames, and use fewer partitions if these are works, all of which they share "
        "each time";
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
  if (is_first()) print_to(universe->uscreen, "ERROR: " + sentence);
  if (is_first()) print_to(universe->ulogfile, "ERROR: " + sentence);
  MPI_Barrier(leaders_);
}

void tell_universe(LAMMPS *lmp, const std::string &sentence)
{
  int rank;
  MPI_Comm_rank(lmp->world, &rank);
  if (rank > 0 || !lmp->universe->existflag) return;
  print_to(lmp->universe->uscreen,
           "ERROR on partition " + std::to_string(lmp->universe->iworld) + ": " + sentence);
}

} // namespace bgen
