/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.h - printf into a string: LAMMPS' own fmt is not installed everywhere */

#ifndef BGEN_INPUT_TEXT_H
#define BGEN_INPUT_TEXT_H

#include <iterator>
#include <string>

namespace bgen {

#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
std::string
text(const char *format, ...);

/* text_of(one) of each, with `between` between them */
template <class All, class Text>
std::string joined(const All &all, const char *between, Text text_of)
{
  std::string text;
  for (const auto &one : all) text.append(&one == &*std::begin(all) ? "" : between) += text_of(one);
  return text;
}

} // namespace bgen

#endif
