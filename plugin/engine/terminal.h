/* SPDX-License-Identifier: GPL-2.0-or-later */
/* terminal.h - a line on a terminal that the next one takes the place of; knows no LAMMPS */

#ifndef BGEN_ENGINE_TERMINAL_H
#define BGEN_ENGINE_TERMINAL_H

#include <cstdio>
#include <string>
#include <unistd.h>

namespace bgen {

class Terminal {
public:
  /* The screen of LAMMPS, which is not owned; nullptr: there is none, and nothing is shown. */
  explicit Terminal(FILE *screen) : screen_(screen) {}

  /* A short line without a line feed, on a terminal alone; "": it goes, for others to print. */
  void show(const std::string &line)
  {
    if ((line.empty() && n_shown_ == 0) || !is_in_foreground()) return;
    fprintf(screen_, "\r%-*s%s", n_shown_, line.c_str(), line.empty() ? "\r" : "");
    fflush(screen_);
    n_shown_ = static_cast<int>(line.size());
  }

private:
  FILE *screen_;
  int n_shown_ = 0; // characters

  /* isatty() is true of the terminal that mpirun makes to read from, and copies to a file */
  bool is_in_foreground() const { return screen_ && tcgetpgrp(fileno(screen_)) == getpgrp(); }
};

} // namespace bgen

#endif
