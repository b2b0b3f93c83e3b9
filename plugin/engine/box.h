/* SPDX-License-Identifier: GPL-2.0-or-later */
/* box.h - the simulation box, as frames are compared with it; knows no LAMMPS */

#ifndef BGEN_ENGINE_BOX_H
#define BGEN_ENGINE_BOX_H

#include "coords/images.h"

#include <string>

namespace bgen {

class Box {
public:
  virtual ~Box() = default;

  virtual std::string text() const = 0; // as it stands in a LAMMPS dump

  /* The present one; an edge is 0 where the box is shrink-wrapped. */
  virtual bgen_cell cell() const = 0;

  /* Where it is periodic the box is to stay as it is at the first hold(); what has changed since,
     as "length in x 9, not 8", or "", which is also the answer before. */
  virtual void hold() = 0;
  virtual std::string change() const = 0;
  /* Of the box that is held, or else of the present one, as a model file keeps them: lengths and
     tilts, 0 where it is not periodic. */
  virtual std::string lengths() const = 0;
  virtual bool is_sampled() const = 0; // a fix may change it in a run
};

} // namespace bgen

#endif
