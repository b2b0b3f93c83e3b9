/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lead.h - one rank leads: serial code on the first rank of LAMMPS, which makes the others do what
   LAMMPS must do on all ranks

     Lead lead(lmp, fix);                                // on all ranks
     lead.run([&] { state->jump(); });                   // on all: one runs it, the others obey
     n = lead.value([&] { return state->n(); });         // the same, and the value on all ranks

   How they obey: orders.h.

   An Error that the work throws ends in LAMMPS' error->all() on all ranks, with its sentence. */

#ifndef BGEN_ENGINE_LEAD_H
#define BGEN_ENGINE_LEAD_H

#include "engine/led.h"

#include <functional>
#include <memory>

namespace bgen {

class Lead : public Follower, protected LAMMPS_NS::Pointers {
public:
  Lead(LAMMPS_NS::LAMMPS *lmp, const FixInLammps &fix);
  ~Lead() noexcept override;

  /* Collective. It may be called again within such work, by what that makes LAMMPS do. */
  void run(const std::function<void()> &work);
  double value(const std::function<double()> &work);
  /* The same for work that fills in values[n], of which n is known to all ranks. */
  void values(size_t n, double *values, const std::function<void()> &work);

  /* On the rank that leads, for work. */
  bool leads() const { return orders_->leads(); }
  Engine &engine() { return led_->engine(); } // of the atoms of the fix
  Host &host() { return *led_; }

  /* On all ranks alike, outside of any work. */
  LammpsHost &lammps() { return host_; }
  void fix_is_gone() { alive_ = false; } // who still has this Lead must not use it for long

  void obey(Message &message) override;

private:
  const std::shared_ptr<Orders> orders_;
  LammpsHost host_;
  const int number_; // among those who obey
  bool alive_ = true;
  std::unique_ptr<LedHost> led_; // nullptr: this rank does not lead
};

/* Runs what all ranks do alike, where an Error is thrown by all of them: it ends in
   error->all(). */
void or_stop(LAMMPS_NS::LAMMPS *lmp, const std::function<void()> &work);

} // namespace bgen

#endif
