/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_works.h - "bgen fix-ID works FILE": the works of jumps, and what they say of free energies either way and both */

#ifndef LMP_BGEN_WORKS_H
#define LMP_BGEN_WORKS_H

#include "estimate/free_energy.h"
#include "pointers.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

class BgenWorks : protected Pointers {
public:
  BgenWorks(LAMMPS *lmp, class FixBgen &fix, class BgenWords &words);
  void run();

private:
  FixBgen &fix;
  const struct BgenCounts &counts;
  std::string path;

  void write() const;
  void write(FILE *file, int move, int from, int to) const;
  std::string table() const;
  std::string row(int move, int a, int b) const;
};

} // namespace LAMMPS_NS

#endif
