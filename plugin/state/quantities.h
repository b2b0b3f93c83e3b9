/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quantities.h - quantities of a configuration that a user names: sampled, averaged, histogrammed

     NAME        a cv of the fix, in its own units
     pe          the potential energy of the whole system, energy units
     v_NAME      an equal-style variable
     c_ID        the global scalar of a compute, c_ID[n] the n-th element of its global vector

   Only what depends on nothing but positions has a value at any point: velocities are those of some
   other moment, no virial and no energies of single atoms are computed, and the step is none of a
   run. What changes though no atom has moved is found out at the first point, by begin(). */

#ifndef BGEN_STATE_QUANTITIES_H
#define BGEN_STATE_QUANTITIES_H

#include "engine/host.h"
#include "input/line.h"

#include <string>
#include <vector>

namespace bgen {

class State;

/* Of v_NAME, c_ID or c_ID[n]; throws. */
Observable observable_of(const Line &line, const std::string &word);

class Quantities {
public:
  explicit Quantities(State &state) : state_(state) {}

  bool is_one(const std::string &word) const; // reads like one, whether or not it exists

  /* Reads the next argument, and returns its number, for the same word the same; throws if it
     cannot have a value. */
  int add(Line &line);
  int add(const Line &line, const std::string &word); // which has been read
  int size() const { return static_cast<int>(names_.size()); }
  const std::string &name(int i) const { return names_[i]; }

  /* Within a session: begin() once, before the points; it throws where a quantity depends on more
     than positions. */
  void begin();

  /* values[size()] at x[dim], to where energy(x), which gave this energy, has just moved the atoms.
     NaN and infinities pass through. */
  void evaluate(const double *x, double energy, double *values);

private:
  State &state_;
  std::vector<std::string> names_;
  std::vector<int> cv_;                 // of each: its cv, or -1
  std::vector<Observable> observables_; // the others, in order
  std::vector<double> observed_;

  Observable read(const Line &line, const std::string &word) const;
};

} // namespace bgen

#endif
