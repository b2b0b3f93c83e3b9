/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_tally.h - what became of one attempted jump, and of many: one tally for each move from basin to basin */

#ifndef LMP_BGEN_TALLY_H
#define LMP_BGEN_TALLY_H

#include "lmptype.h"

#include <cmath>
#include <initializer_list>

namespace LAMMPS_NS {

struct BgenAttempt {
  int move = 0;           // its place in BgenSettings::moves
  int from = -1, to = -1; // basins of the present and of the proposed configuration; -1: none
  bool accepted = false;  // the atoms now are where it led
  int proposals = 1;      // that it has made, and of these
  int outside = 0;        // outside the domain of their flow
  int screened = 0;       // that LAMMPS must not see
  int not_finite = 0;     // without a finite energy
  double work =
      NAN; // reduced, without offsets: -ln of the unclipped acceptance ratio; +inf: refused for
           // certain; NaN: this move has none (see BgenMove::has_work)
  bigint energy_calls = 0; // of LAMMPS
  double seconds = 0.0;
};

struct BgenTally {
  bigint attempts = 0, accepted = 0;
  bigint outside = 0, screened = 0, not_finite = 0; // proposals
  bigint energy_calls = 0;
  double seconds = 0.0;

  void add(const BgenAttempt &attempt);
  BgenTally &operator+=(const BgenTally &other);
  BgenTally &operator-=(const BgenTally &before);

  /* All of it, in the order of a restart file: file.value(number) for each. */
  template <class File> void exchange(File &file)
  {
    for (bigint *count : {&attempts, &accepted, &outside, &screened, &not_finite, &energy_calls})
      file.value(*count);
    file.value(seconds);
  }
};

} // namespace LAMMPS_NS

#endif
