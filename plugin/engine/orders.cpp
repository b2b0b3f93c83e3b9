/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/orders.h"

#include "input/error.h"

#include <algorithm>
#include <mpi.h>
#include <new>
#include <stdexcept>

using namespace LAMMPS_NS;

namespace bgen {

/* ---- one rank to all others ---- */

void Message::start(const Order &what)
{
  order = what;
  words_.clear();
  n_taken_ = 0;
}

double *Message::add(size_t n)
{
  words_.resize(words_.size() + n);
  return words_.data() + words_.size() - n;
}

const double *Message::next(size_t n)
{
  n_taken_ += n;
  return words_.data() + n_taken_ - n;
}

double *Message::room(size_t n)
{
  results_.resize(n);
  return results_.data();
}

/* What is short, as most orders are, goes in one piece. */
void Message::broadcast(MPI_Comm world)
{
  static constexpr size_t SHORT = 29;
  struct {
    Order order;
    size_t n;
    double words[SHORT];
  } piece = {order, words_.size(), {}};
  std::copy_n(words_.begin(), std::min(SHORT, piece.n), piece.words);
  MPI_Bcast(&piece, sizeof piece, MPI_BYTE, 0, world);
  order = piece.order;
  n_taken_ = 0;
  words_.resize(piece.n);
  if (piece.n > SHORT)
    MPI_Bcast(words_.data(), static_cast<int>(piece.n), MPI_DOUBLE, 0, world);
  else
    std::copy_n(piece.words, piece.n, words_.begin());
}

/* ---- who is on which rank ---- */

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
  MPI_Comm_size(lmp->world, &n_ranks_);
}

/* All ranks join in the same order. A number is never used again: where the leader keeps a follower
   longer than the others do, numbers stay the same. */
int Orders::join(Follower &follower)
{
  followers_[n_joined_] = &follower;
  return n_joined_++;
}

/* ---- leading ---- */

static constexpr char NO_MEMORY[] =
    "bgen: no memory is left: use fewer frames, shorter paths, smaller flows or another machine";

static std::string sentence_of_exception(const std::exception_ptr &thrown)
{
  try {
    std::rethrow_exception(thrown);
  } catch (const Error &e) {
    return e.what();
  } catch (const std::bad_alloc &) {
    return NO_MEMORY;
  } catch (const std::length_error &) { // more than any vector may hold
    return NO_MEMORY;
  } catch (const std::exception &e) {
    return std::string("bgen: ") + e.what();
  } catch (...) {
    return "bgen: an unknown exception";
  }
}

std::string Orders::lead(const std::function<void()> &work, size_t n, const double *results)
{
  if (depth_ == 0) broken_ = nullptr; // somebody has caught it
  depth_++;
  std::string sentence = sentence_of(work);
  depth_--;
  send(Order(), [&](Message &message) {
    message.put(results, n);
    const size_t length = sentence.size();
    message.put(&length, 1);
    message.put(sentence.data(), length);
  });
  return sentence;
}

/* It never throws: what LAMMPS has thrown within an order is thrown again by send(). */
std::string Orders::sentence_of(const std::function<void()> &work) const
{
  try {
    work();
  } catch (...) {
    if (!broken_) return sentence_of_exception(std::current_exception());
  }
  return "";
}

std::string Orders::follow(size_t n, double *results)
{
  Message message;
  for (message.broadcast(lmp_->world); message.order.lead != Order::END;
       message.broadcast(lmp_->world))
    followers_.at(message.order.lead)->obey(message);
  std::copy_n(message.take<double>(n), n, results);
  const size_t length = *message.take<size_t>(1);
  return std::string(message.take<char>(length), length);
}

} // namespace bgen
