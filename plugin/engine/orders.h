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
       Destructors that the exception runs through need not know: see put_back().
     - Within an order LAMMPS may call bgen again (fix hooks, thermo, an input command): that is
       lead() and follow() within together(), again on all ranks.
   What one rank alone suffers (no memory, error->one) LAMMPS ends by MPI_Abort. */

#ifndef BGEN_ENGINE_ORDERS_H
#define BGEN_ENGINE_ORDERS_H

#include "base/rng.h"

#include "lammps.h"

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bgen {

struct Order {
  enum What {
    END, // numbers: results; letters: the sentence in which all ranks stop, or none
    GATHER,
    BEGIN_TRIAL,
    REFUSAL,
    ENERGY,
    PRESENT_ENERGY,
    GRADIENT,
    RESTORE,
    ACCEPT,
    BEGIN_SESSION,
    END_SESSION,
    KEEP,
    GO_BACK,
    FORGET,
    VELOCITY_VARIANCE,
    RESAMPLE_VELOCITIES,
    KICK_HALF_STEP,
    LAST_OF_ENGINE = KICK_HALF_STEP,
    ENGINE_OF_GROUP,
    TEMPERATURE,
    COMMAND,
    ALL_ATOMS_THERE,
    STEP_ENERGY,
    BONDS,
    BEGIN_OBSERVING,
    OBSERVE
  } what;
  int lead = 0;   // whose: all fixes bgen of a LAMMPS share its orders
  int engine = 0; // of this lead
  double value = 0.0;
  bgen_rng rng = {};
  size_t n_numbers = 0, n_letters = 0; // that follow
};

/* An order as the others have it. */
struct Received {
  Order order;
  std::vector<double> numbers;
  std::string letters;
  std::vector<double> results; // which the leader alone looks at

  double *room(size_t n); // for them
};

class Follower {
public:
  virtual ~Follower() = default;
  virtual void obey(Received &received) = 0;
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

  /* The leader, within lead(). */
  template <class Work> auto together(Order order, Work work)
  {
    return together(order, nullptr, "", work);
  }
  template <class Work>
  auto together(Order order, const double *numbers, const std::string &letters, Work work)
  {
    give(order, numbers, letters);
    try {
      return work();
    } catch (...) {
      broken_ = std::current_exception();
      throw;
    }
  }
  /* The same for a destructor, which must not throw: lead() will, as orders are broken then. */
  template <class Work> void put_back(Order order, Work work)
  {
    try {
      together(order, work);
    } catch (...) { // broken_ has it
    }
  }

private:
  LAMMPS_NS::LAMMPS *const lmp_;
  int rank_;
  int n_joined_ = 0, depth_ = 0;
  std::map<int, Follower *> followers_;
  std::exception_ptr broken_; // what was thrown within an order

  void give(Order order, const double *numbers, const std::string &letters);
  void receive(Received &received) const;
  std::string sentence_of(const std::function<void()> &work) const;
};

} // namespace bgen

#endif
