/* SPDX-License-Identifier: GPL-2.0-or-later */
/* orders.h - what the rank that leads tells the others to do; the only broadcasts of bgen

   One rank of a LAMMPS, its first, leads: it runs serial code. The others stand in follow() and do
   what they are told, until they are told that it is over. Whatever needs all ranks is an order:
   together() sends it, and then does the same work as the others do who have received it.

   Why no rank can wait for another in vain. lead() and follow() are called by all ranks, as any
   collective function.
     - follow() leaves by the order END alone, and lead() never returns without having sent it.
     - Between, each order is work that LAMMPS does collectively, with the same arguments on all
       ranks.
     - An exception of the leader's own work becomes the sentence of END.
     - An exception within an order is thrown by all ranks, for LAMMPS and Error end work on all
       ranks alike. It leaves follow() on the others; so nothing may be sent any more: the orders
       are broken, together() throws the same again, and lead() throws it too, without END.
       Destructors that the exception runs through need not know: see put_back() in led.h.
     - Within an order LAMMPS may call bgen again (fix hooks, thermo, an input command): that is
       lead() and follow() within together(), again on all ranks.
   What one rank alone suffers (no memory, error->one) LAMMPS ends by MPI_Abort. */

#ifndef BGEN_ENGINE_ORDERS_H
#define BGEN_ENGINE_ORDERS_H

#include "lammps.h"

#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bgen {

struct Order {
  static constexpr int END = -1, HOST = -1;
  static constexpr int PROBE = -2; // that of engine 0, -3 of engine 1, ...
  int lead = END;                  // whose: all fixes bgen of a LAMMPS share its orders
  int engine = HOST;               // of this lead
  int function = 0;                // its number among those that are called together, see calls.h
};

/* An order and its arguments, which are taken as they were put. */
class Message {
public:
  Order order;

  void start(const Order &what);
  template <class T> void put(const T *values, size_t n)
  {
    if (n) std::memcpy(add(n_words(n * sizeof(T))), values, n * sizeof(T));
  }
  template <class T> const T *take(size_t n) // valid until the next start()
  {
    return reinterpret_cast<const T *>(next(n_words(n * sizeof(T))));
  }
  double *room(size_t n); // for results, which the leader alone looks at

  void broadcast(MPI_Comm world); // from the first rank

private:
  std::vector<double> words_, results_;
  size_t n_taken_ = 0;

  static size_t n_words(size_t n_bytes) { return (n_bytes + sizeof(double) - 1) / sizeof(double); }
  double *add(size_t n);
  const double *next(size_t n);
};

class Follower {
public:
  virtual ~Follower() = default;
  virtual void obey(Message &message) = 0;
};

class Orders {
public:
  /* Those of a LAMMPS, as long as somebody has them. */
  static std::shared_ptr<Orders> of(LAMMPS_NS::LAMMPS *lmp);
  explicit Orders(LAMMPS_NS::LAMMPS *lmp);

  /* Who obeys orders; returns its number, which is the same on all ranks. */
  int join(Follower &follower);
  void leave(int number) { followers_.erase(number); }

  bool leads() const { return rank_ == 0; }

  /* The work of the leader, which fills in results[n]; then the others have them too. Both return
     the sentence in which all ranks must stop, or "". */
  std::string lead(const std::function<void()> &work, size_t n, const double *results);
  std::string follow(size_t n, double *results);

  /* The leader, within lead(): put(message) adds the arguments. */
  template <class Put, class Work> auto together(const Order &order, Put put, Work work)
  {
    send(order, put);
    try {
      return work();
    } catch (...) {
      broken_ = std::current_exception();
      throw;
    }
  }

private:
  LAMMPS_NS::LAMMPS *const lmp_;
  int rank_, n_ranks_;
  int n_joined_ = 0, depth_ = 0;
  std::map<int, Follower *> followers_;
  Message sent_;
  std::exception_ptr broken_; // what was thrown within an order

  template <class Put> void send(const Order &order, Put put)
  {
    if (broken_) std::rethrow_exception(broken_);
    if (n_ranks_ == 1) return;
    sent_.start(order);
    put(sent_);
    sent_.broadcast(lmp_->world);
  }
  std::string sentence_of(const std::function<void()> &work) const;
};

} // namespace bgen

#endif
