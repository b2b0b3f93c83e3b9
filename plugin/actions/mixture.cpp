/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID mixture equal|populations": how often each flow of the mixture proposes */

#include "actions/actions.h"
#include "estimate/acceptance.h"
#include "input/text.h"
#include "state/state.h"

#include <cmath>

using namespace bgen;

namespace {
struct MixtureSettings {
  bool by_populations = false;
};

class Mixture : public Action {
public:
  Mixture(State &state, Line &line);
  void run() override;

private:
  State &state_;
  std::vector<double> weights_; // up to a common factor
};
} // namespace

static const std::vector<Option<MixtureSettings>> KEYWORDS = {
    {"equal", "", "-", "all flows propose equally often",
     [](Line &, MixtureSettings &to) { to.by_populations = false; }},
    {"populations", "", "-", "each flow proposes as often as its basin is visited",
     [](Line &, MixtureSettings &to) { to.by_populations = true; }}};

CommandHelp bgen::mixture_help()
{
  return {"bgen ID mixture", keywords_of(KEYWORDS)};
}

/* by the free energies that were found last */
static std::vector<double> population_weights(const State &state, const Line &line)
{
  std::vector<double> free_energies;
  for (const auto &of_basin : state.free_energies) {
    if (!std::isfinite(of_basin[0]))
      line.fail("populations needs the free energy of each basin: use 'bgen " + state.id +
                " free_energy' first");
    free_energies.push_back(of_basin[0]);
  }
  std::vector<double> weights(free_energies.size());
  bgen_mixture_weights(weights.size(), free_energies.data(), weights.data());
  return weights;
}

Mixture::Mixture(State &state, Line &line) : state_(state)
{
  MixtureSettings settings;
  if (!line.more()) line.text("equal or populations");
  if (!read_option(line, KEYWORDS, settings))
    fail_unknown(line, line.peek(), keywords_of(KEYWORDS), {});
  line.end();
  weights_ = settings.by_populations ? population_weights(state, line)
                                     : std::vector<double>(state.variables.n_basins(), 1.0);
}

void Mixture::run()
{
  state_.model.set_weights(weights_);
  state_.continued = false; // from here on the chain has another model
  std::string lines = "bgen " + state_.id + " mixture: weights of the flows:";
  for (int k = 0; k < state_.variables.n_basins(); k++)
    lines += text(" %s %.4g", state_.variables.basin_name(k).c_str(),
                  bgen_generator_weight(state_.model.generator(), k));
  state_.host.print(lines + "\n");
}

std::unique_ptr<Action> bgen::create_mixture(State &state, Line &line, Surroundings &)
{
  return std::make_unique<Mixture>(state, line);
}
