/* SPDX-License-Identifier: GPL-2.0-or-later */
/* configuration_box.h - the simulation box, as frames are compared with it */

#ifndef LMP_BGEN_CONFIGURATION_BOX_H
#define LMP_BGEN_CONFIGURATION_BOX_H

#include "pointers.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

class BgenBox : protected Pointers {
public:
  BgenBox(LAMMPS *lmp, int _n_space) : Pointers(lmp), n_space(_n_space) {}

  std::string text() const; // as it stands in a LAMMPS dump

  /* A difference of positions d[n_space] along the edges of the box, in parts of their lengths: s[3], 0 where the box is
     not periodic. */
  void parts(const double *d, double *s) const;

  /* Where it is periodic the box is to stay as it is at the first hold(); what has changed since, as "length in x 9, not 8",
     or "", which is also the answer before. */
  void hold();
  std::string change() const;
  bool is_sampled() const; // a fix may change it in a run

private:
  const int n_space;
  std::vector<double> held; // as periodic(); empty: none

  std::vector<double> periodic() const;
};

} // namespace LAMMPS_NS

#endif
