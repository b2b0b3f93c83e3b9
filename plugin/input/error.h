/* SPDX-License-Identifier: GPL-2.0-or-later */
/* error.h - how bgen stops: one sentence, thrown wherever it is found out

   Only engine/ and styles/ can call LAMMPS' error->all().  What is thrown on the rank
   that leads reaches all ranks through engine/lead; what is thrown while an input line is read is
   thrown by all ranks alike. */

#ifndef BGEN_INPUT_ERROR_H
#define BGEN_INPUT_ERROR_H

#include "base/status.h"

#include <stdexcept>
#include <string>

namespace bgen {

/* The whole sentence, as the user reads it: "bgen: ..." or "fix bgen: ...". */
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/* Throws "bgen: " and the sentence of the core unless all went well; the only place that turns a
   status into an Error. */
inline void check(bgen_status status)
{
  if (status != BGEN_OK) throw Error(std::string("bgen: ") + bgen_last_error());
}

} // namespace bgen

#endif
