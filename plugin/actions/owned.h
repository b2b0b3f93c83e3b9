/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owned.h - an object of the core that ends with its owner

     Owned<bgen_trainer, bgen_trainer_destroy> trainer; */

#ifndef BGEN_ACTIONS_OWNED_H
#define BGEN_ACTIONS_OWNED_H

#include <memory>

namespace bgen {

template <auto destroy> struct Destroy {
  template <class Of> void operator()(Of *object) const { destroy(object); }
};

template <class Of, void (*destroy)(Of *)> using Owned = std::unique_ptr<Of, Destroy<destroy>>;

} // namespace bgen

#endif
