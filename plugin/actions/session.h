/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.h - owners of objects of the core, a session of the engine that begins with a look at the
   symmetries of the fix, and objects that wait for energies in it

     Owned<bgen_trainer, bgen_trainer_destroy> trainer;
     create(trainer, bgen_trainer_create, flow, &options); */

#ifndef BGEN_ACTIONS_SESSION_H
#define BGEN_ACTIONS_SESSION_H

#include "state/energies.h"
#include "state/state.h"

#include <memory>

namespace bgen {

template <auto destroy> struct Destroy {
  template <class Of> void operator()(Of *object) const { destroy(object); }
};

template <class Of, void (*destroy)(Of *)> using Owned = std::unique_ptr<Of, Destroy<destroy>>;

/* Throws if the core cannot make it. */
template <class Owner, class Create, class... Arguments>
void create(Owner &owner, Create core_create, Arguments... arguments)
{
  typename Owner::pointer made = nullptr;
  check(core_create(arguments..., &made));
  owner.reset(made);
}

class CheckedSession : public Session {
public:
  explicit CheckedSession(State &state) : Session(state.engine)
  {
    std::vector<double> x;
    state.symmetries.check(x);
  }
};

/* Evaluates all that it wants until it has ended (core/base/wanted.h). */
template <class Of, class Destroy>
void follow(Engine &engine, double temperature, const std::unique_ptr<Of, Destroy> &it,
            bgen_status (*next)(Of *, bgen_wanted *),
            bgen_status (*arrive)(Of *, const double *, const double *))
{
  Followed followed;
  follow(
      engine, temperature, [&](bgen_wanted *wanted) { return next(it.get(), wanted); },
      [&](const double *u, const double *grad_u) { return arrive(it.get(), u, grad_u); }, followed);
}

} // namespace bgen

#endif
