/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cv_sets.h - the atoms of cvs that name sets of atoms: all, those of a type, those of a group */

#ifndef BGEN_STATE_CV_SETS_H
#define BGEN_STATE_CV_SETS_H

#include "engine/host.h"
#include "input/cv_options.h"

namespace bgen {

/* Fills in the terms of a cv with sets, as they are now, with the masses of the atoms; and the
   reference of an rmsd from its file, whose checksum becomes part of the text of the cv. Throws
   where a set has too few atoms, or an atom is in both sets. */
void find_sets(CvSettings &cv, Host &host, Engine &engine);

} // namespace bgen

#endif
