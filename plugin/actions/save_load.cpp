/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID save" and "bgen ID load": the model in a file */

#include "actions/actions.h"
#include "state/state.h"

using namespace bgen;

static std::string read_path(Line &line)
{
  std::string path = line.file();
  line.end();
  return path;
}

static void save(State &state, Line &line, Surroundings &)
{
  const std::string path = read_path(line);
  state.save(path);
  state.host.print("bgen " + state.id + ": saved to " + path + "\n");
}

static void load(State &state, Line &line, Surroundings &)
{
  const std::string path = read_path(line);
  state.load(path);
  state.host.print("bgen " + state.id + ": loaded from " + path + "\n");
}

ActionKind bgen::save_action()
{
  return {"save", "write the model to a file", {"bgen ID save FILE", {}}, save};
}

ActionKind bgen::load_action()
{
  return {"load", "read the model from a file", {"bgen ID load FILE", {}}, load};
}
