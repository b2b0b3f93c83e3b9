/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID save" and "bgen ID load": the model in a file */

#include "actions/actions.h"
#include "state/state.h"

using namespace bgen;

static std::string read_path(Line &line)
{
  std::string path = line.text("a file name");
  line.end();
  return path;
}

namespace {
class Save : public Action {
public:
  Save(State &state, Line &line) : state_(state), path_(read_path(line)) {}
  void run() override
  {
    state_.save(path_);
    state_.host.print("bgen " + state_.id + ": saved to " + path_ + "\n");
  }

private:
  State &state_;
  const std::string path_;
};

class Load : public Action {
public:
  Load(State &state, Line &line) : state_(state), path_(read_path(line)) {}
  void run() override
  {
    state_.load(path_);
    state_.host.print("bgen " + state_.id + ": loaded from " + path_ + "\n");
  }

private:
  State &state_;
  const std::string path_;
};
} // namespace

CommandHelp bgen::save_help()
{
  return {"bgen ID save FILE", {}};
}

CommandHelp bgen::load_help()
{
  return {"bgen ID load FILE", {}};
}

std::unique_ptr<Action> bgen::create_save(State &state, Line &line, Surroundings &)
{
  return std::make_unique<Save>(state, line);
}

std::unique_ptr<Action> bgen::create_load(State &state, Line &line, Surroundings &)
{
  return std::make_unique<Load>(state, line);
}
