/* SPDX-License-Identifier: GPL-2.0-or-later */
/* point_dump.h - a dump of the atoms of a fix, and evaluated points as its frames */

#ifndef BGEN_ACTIONS_POINT_DUMP_H
#define BGEN_ACTIONS_POINT_DUMP_H

#include "report/dump.h"
#include "state/points.h"

namespace bgen {

DumpAtoms dump_atoms(State &state);

/* A dump of points, whose x are kept: in each line of a frame its u, log q and log w. */
Dump point_dump(const std::string &path, State &state);       // an empty path: none
void write_points(Dump &dump, const EvaluatedPoints &points); // all of them, and closes it

} // namespace bgen

#endif
