/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_observables.h - quantities of a configuration that a user names: sampled, averaged, histogrammed

     NAME        a cv of the fix, in its own units
     pe          the potential energy of the whole system, energy units
     v_NAME      an equal-style variable
     c_ID        the global scalar of a compute, c_ID[n] the n-th element of its global vector

   Only what depends on nothing but positions has a value at any point: velocities are those of some other moment, no
   virial and no energies of single atoms are computed, and the step is none of a run. What changes though no atom has
   moved is found out at the first point, by begin(). */

#ifndef LMP_BGEN_OBSERVABLES_H
#define LMP_BGEN_OBSERVABLES_H

#include "pointers.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

class BgenObservables : protected Pointers {
public:
  BgenObservables(LAMMPS *lmp, class FixBgen &fix);

  bool
  is_one(const std::string &word) const; // reads like one, whether or not there is such a thing

  /* Reads the next word, and returns its number, for the same word the same; stops with one sentence if it cannot have
     a value. */
  int add(class BgenWords &words);
  int add(const BgenWords &words, const std::string &word); // which has been read
  int size() const { return static_cast<int>(all.size()); }
  const std::string &name(int i) const { return all[i].name; }

  /* All of these are collective, and stand between begin_command() and end_command() of the configuration. */

  /* Once, before the points. Stops with one sentence where a quantity depends on more than positions. */
  void begin();

  /* values[size()] at x[dim], to where energy(x), which gave this energy, has just moved the configuration. Whatever
     computes and variables remember of other points is of no effect; they remember nothing afterwards. NaN and
     infinities pass through. */
  void evaluate(const double *x, double energy, double *values);

private:
  struct Quantity {
    enum Kind { CV, ENERGY, VARIABLE, COMPUTE } kind;
    std::string name; // as the user wrote it
    std::string id;   // of the variable or compute
    int index;        // of a cv; of an element of a vector, -1: the scalar
  };
  FixBgen &fix;
  std::vector<Quantity> all;

  Quantity read(const BgenWords &words, const std::string &word) const;
  void check(const BgenWords &words, const Quantity &quantity) const;
  double value(const Quantity &quantity, const double *x, double energy);
  double value_of_variable(const Quantity &quantity);
  double value_of_compute(const Quantity &quantity);
};

} // namespace LAMMPS_NS

#endif
