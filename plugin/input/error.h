/* SPDX-License-Identifier: GPL-2.0-or-later */
/* error.h - how bgen stops: one sentence, thrown wherever it is found out

   Only engine/ and styles/ can call LAMMPS' error->all().  What is thrown on the rank
   that leads reaches all ranks through engine/lead; what is thrown while an input line is read is
   thrown by all ranks alike. */

#ifndef BGEN_INPUT_ERROR_H
#define BGEN_INPUT_ERROR_H

#include "base/memory.h"
#include "base/status.h"

#include <new>
#include <stdexcept>
#include <string>

namespace bgen {

/* The whole sentence, as the user reads it: "bgen: ..." or "fix bgen: ...". */
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/* Throws "bgen: ", or another subject, and the sentence of the core unless all went well; the only
   place that turns a status into an Error. */
inline void check(bgen_status status, const char *subject = "bgen")
{
  if (status != BGEN_OK) throw Error(std::string(subject) + ": " + bgen_last_error());
}

/* Does the work; what the standard library has no memory for becomes an Error, with what to do. */
template <class Work>
void with_memory(const std::string &subject, const std::string &asked, Work work)
{
  static constexpr double GIB = 1024.0 * 1024.0 * 1024.0;
  const auto fail = [&] {
    throw Error(subject + ": no memory is left for '" + asked + "' (this process may have " +
                std::to_string(bgen_memory_limit() / GIB) + " GiB): use smaller numbers");
  };
  try {
    work();
  } catch (const std::bad_alloc &) {
    fail();
  } catch (const std::length_error &) { // more than any vector may hold
    fail();
  }
}

} // namespace bgen

#endif
