/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/reduced.h"

#include "input/text.h"

#include <cmath>

using namespace bgen;

/* e^-u is 0, and u times 0 as well */
static constexpr double NO_DENSITY = 1e10;

std::string bgen::reduced_head(const ReducedTable &table)
{
  std::string samples, states;
  for (size_t i = 0; i < table.states.size(); i++) {
    samples += text("%s%zu of %s", i ? ", " : "", table.n_samples[i], table.states[i].c_str());
    states += "," + table.states[i];
  }
  return text("# reduced potentials in kT, %s\n# T = %.10g, kT = %.10g, units %s\n# samples: %s\n"
              "# %g = no density in this state\n# %s = %.10g +- %.3g kT\n",
              table.of.c_str(), table.temperature, table.kT, table.units.c_str(), samples.c_str(),
              NO_DENSITY, table.difference.c_str(), table.bgen.value, table.bgen.error) +
         "time,state" + states + "\n";
}

std::string bgen::reduced_row(const ReducedTable &table, size_t time, size_t state,
                              const std::vector<double> &u)
{
  std::string line = text("%zu,%s", time, table.states[state].c_str());
  for (const double one : u) line += text(",%.15g", one < NO_DENSITY ? one : NO_DENSITY);
  return line + "\n";
}

/* the potential of the state that a sample is of is 0: differences alone count */
std::string bgen::reduced_works(ReducedTable table, const bgen_works &there, const bgen_works &back)
{
  table.states = {"from", "to"};
  table.n_samples = {there.n, back.n};
  table.difference = "F(to) - F(from)";
  std::string lines = reduced_head(table);
  for (size_t i = 0; i < there.n; i++) lines += reduced_row(table, i, 0, {0.0, there.work[i]});
  for (size_t i = 0; i < back.n; i++) lines += reduced_row(table, i, 1, {back.work[i], 0.0});
  return lines;
}
