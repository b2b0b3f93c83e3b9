/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID train": one stage of training, one basin after the other */

#include "actions/actions.h"
#include "actions/training.h"
#include "state/state.h"

using namespace bgen;

namespace {
class Train : public Action {
public:
  Train(State &state, Line &line) : state_(state), settings_(read_train_settings(line, state)) {}
  void run() override;

private:
  State &state_;
  const TrainSettings settings_;
};
} // namespace

void Train::run()
{
  File table(settings_.path, settings_.append ? File::APPEND : File::NOW);
  table.print(training_file_head(state_.id, state_.variables.numbered_basins()));
  state_.continued = false; // from here on the chain has another model
  {
    const Session session(state_.engine);
    std::vector<double> x(state_.variables.dim());
    state_.symmetries.check(x);
    for (int k = 0; k < state_.variables.n_basins(); k++)
      if (settings_.trains(k)) Training(state_, settings_, k, table).run();
  }
  state_.model.changed();
  table.close();
}

std::unique_ptr<Action> bgen::create_train(State &state, Line &line, Surroundings &)
{
  return std::make_unique<Train>(state, line);
}
