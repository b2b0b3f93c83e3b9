/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID mixture equal|populations": how often each flow of the mixture proposes */

#include "actions/actions.h"
#include "estimate/acceptance.h"
#include "input/text.h"
#include "state/state.h"

#include <cmath>

using namespace bgen;

static const std::vector<Option<bool>> KEYWORDS = {
    {"equal", "", "-", "all flows propose equally often",
     [](Line &, bool &by_populations) { by_populations = false; }},
    {"populations", "", "-", "each flow proposes as often as its basin is visited",
     [](Line &, bool &by_populations) { by_populations = true; }}};

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

static void mixture(State &state, Line &line, Surroundings &)
{
  bool by_populations = false;
  if (!line.more()) line.text("equal or populations");
  if (!read_option(line, KEYWORDS, by_populations))
    fail_unknown(line, line.peek(), keywords_of(KEYWORDS), {});
  line.end();
  state.model.set_weights(by_populations ? population_weights(state, line)
                                         : std::vector<double>(state.variables.n_basins(), 1.0));
  state.continued = false; // from here on the chain has another model
  std::string lines = "bgen " + state.id + " mixture: weights of the flows:";
  for (int k = 0; k < state.variables.n_basins(); k++)
    lines += text(" %s %.4g", state.variables.basin_name(k).c_str(),
                  bgen_generator_weight(state.model.generator(), k));
  state.host.print(lines + "\n");
}

ActionKind bgen::mixture_action()
{
  return {"mixture",
          "set the weights of the flows in the mixture",
          {"bgen ID mixture", keywords_of(KEYWORDS)},
          mixture};
}
