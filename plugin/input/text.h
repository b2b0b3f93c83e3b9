/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.h - printf into a string: LAMMPS' own fmt is not installed everywhere */

#ifndef BGEN_INPUT_TEXT_H
#define BGEN_INPUT_TEXT_H

#include <string>

namespace bgen {

#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
std::string
text(const char *format, ...);

} // namespace bgen

#endif
