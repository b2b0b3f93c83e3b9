/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_dump.h - configurations as a LAMMPS dump, which rerun and any viewer read */

#ifndef LMP_BGEN_DUMP_H
#define LMP_BGEN_DUMP_H

#include "pointers.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

/* One frame for each point, whose x are kept, with the steps 1, 2 ...: the atoms of the group, moved components as they are
   unwrapped, and in each line of a frame its u, log q and log w = -u - log q. */
void bgen_write_dump(LAMMPS *lmp, const std::string &path, const class FixBgen &fix,
                     const class BgenPoints &points);

/* The same of x[n][dim], with columns of another kind: values[n][n_columns]. */
void bgen_write_dump(LAMMPS *lmp, const std::string &path, const FixBgen &fix,
                     const std::vector<double> &x, const std::string &columns,
                     const std::vector<double> &values);

} // namespace LAMMPS_NS

#endif
