/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_words.h - the words of an input line, read one after the other; what cannot be read ends in one sentence */

#ifndef LMP_BGEN_WORDS_H
#define LMP_BGEN_WORDS_H

#include "pointers.h"

#include <initializer_list>
#include <string>

namespace LAMMPS_NS {

/* printf into a string: LAMMPS' own fmt is not installed everywhere */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
std::string
bgen_text(const char *format, ...);

class BgenWords : protected Pointers {
public:
  /* subject begins every sentence, as in "fix bgen" */
  BgenWords(LAMMPS *lmp, const char *subject, int narg, char **arg);

  bool more() const { return iarg < narg; }
  bool number_follows() const;
  std::string peek() const { return more() ? arg[iarg] : ""; }
  bool next_is(const char *keyword); // and if so it has been read

  /* The next word; meaning says what it must be, as in "a batch size". Numbers above or from a least value on. */
  std::string text(const char *meaning);
  double number(const char *meaning);
  double number_finite(const char *meaning);
  double number_above(double least, const char *meaning);
  double number_from(double least, const char *meaning);
  bigint integer(bigint least, const char *meaning);
  int choice(std::initializer_list<const char *> choices,
             const char *meaning); // its place among them
  void end() const;                // no word may be left

  [[noreturn]] void fail(const std::string &sentence) const;

private:
  std::string subject;
  int narg, iarg;
  char **arg;
};

} // namespace LAMMPS_NS

#endif
