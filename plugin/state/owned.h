/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owned.h - an object of the core that ends with its owner

     Owned<bgen_trainer, bgen_trainer_destroy> trainer;
     create(trainer, bgen_trainer_create, flow, &options); */

#ifndef BGEN_STATE_OWNED_H
#define BGEN_STATE_OWNED_H

#include "input/error.h"

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

} // namespace bgen

#endif
