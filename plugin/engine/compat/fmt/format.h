/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format.h - for a LAMMPS installed without it (Debian 12); one that has its own is found first

   LAMMPS' headers name these types of the fmt library it carries. They are declared and not
   defined, so code that would format through them does not compile: use the functions that take a
   finished std::string. */

#ifndef BGEN_COMPAT_FMT_FORMAT_H
#define BGEN_COMPAT_FMT_FORMAT_H

namespace fmt {
inline namespace v7_lmp {

template <typename Char> class basic_string_view;
using string_view = basic_string_view<char>;
class format_args;
template <typename... Args, typename Format>
format_args make_args_checked(const Format &format, const Args &...args);

} // namespace v7_lmp
} // namespace fmt

#endif
