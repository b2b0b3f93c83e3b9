/* SPDX-License-Identifier: GPL-2.0-or-later */
/* restart.h - the state of a fix bgen in a restart file: numbers are drawn by counting, so the
   counts are the state of the chain */

#ifndef BGEN_STATE_RESTART_H
#define BGEN_STATE_RESTART_H

#include <cstdint>
#include <vector>

namespace bgen {

class State;

/* Words of 8 bytes.  Throws if they are too many for LAMMPS. */
std::vector<uint64_t> pack_restart(const State &state);
/* What pack_restart() has given.  Throws, and changes nothing, if it is of another version of bgen
   or of other settings. */
void unpack_restart(State &state, const void *bytes);

} // namespace bgen

#endif
