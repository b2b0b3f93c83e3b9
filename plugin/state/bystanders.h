/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bystanders.h - whether the atoms that are not of the fix stayed where they were

   A frame has the energy of its own surroundings. Estimates evaluate all frames, and samples, in
   those of now. */

#ifndef BGEN_STATE_BYSTANDERS_H
#define BGEN_STATE_BYSTANDERS_H

#include "engine/engine.h"

namespace bgen {

class Bystanders {
public:
  /* a frame comes while they are there */
  void note(const OtherAtoms &now)
  {
    if (!known_) first_ = now;
    moved_ = moved_ || !first_.are_at(now);
    known_ = true;
  }
  bool move() const { return moved_; } // from frame to frame
  /* a frame came while they were elsewhere than now */
  bool have_moved(const OtherAtoms &now) const { return known_ && (moved_ || !first_.are_at(now)); }

private:
  OtherAtoms first_ = {};
  bool known_ = false, moved_ = false;
};

} // namespace bgen

#endif
