/* SPDX-License-Identifier: GPL-2.0-or-later */
/* action.h - what a line "bgen ID action ..." does, once it has been read; serial code on the rank
   that leads

   The constructor of an action reads the whole line, and throws where it cannot; run() does it.
   Each is a file actions/NAME.cpp; actions/actions.h lists them, and declares for each of them

     CommandHelp NAME_help();
     std::unique_ptr<Action> create_NAME(State &, Line &, Surroundings &); */

#ifndef BGEN_ACTIONS_ACTION_H
#define BGEN_ACTIONS_ACTION_H

#include "input/line.h"
#include "input/options.h"

#include <memory>
#include <string>

namespace bgen {

class State;

class Action {
public:
  virtual ~Action() = default;
  virtual void run() = 0;
};

/* What an action may ask beyond the fix that it is of. */
class Surroundings {
public:
  virtual ~Surroundings() = default;
  virtual State *find(const std::string &fix_id) = 0; // nullptr: there is no such fix bgen
};

/* A word of the command bgen. */
struct ActionKind {
  const char *word, *what; // what it does, in one line
  CommandHelp (*help)();   // what may stand after it
  std::unique_ptr<Action> (*create)(State &state, Line &line, Surroundings &surroundings);
};

} // namespace bgen

#endif
