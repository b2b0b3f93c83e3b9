/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/orders.h"

#include "input/error.h"

#include <algorithm>
#include <mpi.h>
#include <new>

using namespace LAMMPS_NS;

namespace bgen {

double *Received::room(size_t n)
{
  results.resize(n);
  return results.data();
}

std::shared_ptr<Orders> Orders::of(LAMMPS *lmp)
{
  static std::map<LAMMPS *, std::weak_ptr<Orders>> all;
  std::shared_ptr<Orders> orders = all[lmp].lock();
  if (!orders) {
    orders = std::make_shared<Orders>(lmp);
    all[lmp] = orders;
  }
  return orders;
}

Orders::Orders(LAMMPS *lmp) : lmp_(lmp)
{
  MPI_Comm_rank(lmp->world, &rank_);
}

/* All ranks join in the same order. A number is never used again: where the leader keeps a follower
   longer than the others do, numbers stay the same. */
int Orders::join(Follower &follower)
{
  followers_[n_joined_] = &follower;
  return n_joined_++;
}

/* ---- one rank to all others ---- */

static void broadcast(const LAMMPS *lmp, void *bytes, size_t n_bytes)
{
  if (n_bytes) MPI_Bcast(bytes, static_cast<int>(n_bytes), MPI_BYTE, 0, lmp->world);
}

static int n_ranks(const LAMMPS *lmp)
{
  int n;
  MPI_Comm_size(lmp->world, &n);
  return n;
}

void Orders::give(Order order, const double *numbers, const std::string &letters)
{
  if (broken_) std::rethrow_exception(broken_);
  if (n_ranks(lmp_) == 1) return;
  order.n_letters = letters.size();
  broadcast(lmp_, &order, sizeof order);
  broadcast(lmp_, const_cast<double *>(numbers), order.n_numbers * sizeof(double));
  broadcast(lmp_, const_cast<char *>(letters.data()), order.n_letters);
}

void Orders::receive(Received &received) const
{
  broadcast(lmp_, &received.order, sizeof received.order);
  received.numbers.resize(received.order.n_numbers);
  received.letters.resize(received.order.n_letters);
  broadcast(lmp_, received.numbers.data(), received.order.n_numbers * sizeof(double));
  broadcast(lmp_, &received.letters[0], received.order.n_letters);
}

/* ---- leading ---- */

static std::string sentence_of_exception(const std::exception_ptr &thrown)
{
  try {
    std::rethrow_exception(thrown);
  } catch (const Error &e) {
    return e.what();
  } catch (const std::bad_alloc &) {
    return "bgen: out of memory";
  } catch (const std::exception &e) {
    return std::string("bgen: ") + e.what();
  } catch (...) {
    return "bgen: an unknown exception";
  }
}

namespace {
/* how many lead() there are within each other, as long as it exists */
class Deeper {
public:
  explicit Deeper(int &_depth) : depth(_depth) { depth++; }
  ~Deeper() { depth--; }
  Deeper(const Deeper &) = delete;
  Deeper &operator=(const Deeper &) = delete;

private:
  int &depth;
};
} // namespace

std::string Orders::lead(const std::function<void()> &work, size_t n, const double *results)
{
  if (depth_ == 0) broken_ = nullptr; // somebody has caught it
  const Deeper deeper(depth_);
  std::string sentence = sentence_of(work);
  Order order = {Order::END};
  order.n_numbers = n;
  give(order, results, sentence);
  return sentence;
}

std::string Orders::sentence_of(const std::function<void()> &work) const
{
  std::string sentence;
  try {
    work();
  } catch (...) {
    if (!broken_) sentence = sentence_of_exception(std::current_exception());
  }
  if (broken_) std::rethrow_exception(broken_);
  return sentence;
}

std::string Orders::follow(size_t n, double *results)
{
  Received received;
  for (receive(received); received.order.what != Order::END; receive(received))
    followers_.at(received.order.lead)->obey(received);
  std::copy_n(received.numbers.begin(), n, results);
  return received.letters;
}

} // namespace bgen
