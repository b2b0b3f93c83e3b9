/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID works FILE": the works of jumps, and what they say of free energies either way and
   both */

#include "report/works.h"
#include "actions/actions.h"
#include "report/file.h"
#include "state/state.h"

#include <cmath>

using namespace bgen;

namespace {
class Works : public Action {
public:
  Works(State &state, Line &line);
  void run() override;

private:
  State &state_;
  const std::string path_;
  const bgen_work_lists *lists_;
  const std::vector<std::string> moves_;

  bgen_works of(int move, int from, int to) const;
  void write(File &file) const;
  bgen_evidence evidence(int move, int a, int b) const;
  WorksTable table() const;
};
} // namespace

Works::Works(State &state, Line &line)
    : state_(state), path_(line.text("a file name")), lists_(bgen_markov_works(state.chain)),
      moves_(state.settings.move_names())
{
  line.end();
}

void Works::run()
{
  File file(path_);
  write(file);
  file.close();
  state_.host.print(works_table(table()) + "bgen " + state_.id + ": works written to " + path_ +
                    "\n");
}

bgen_works Works::of(int move, int from, int to) const
{
  return bgen_work_list_in_time(bgen_work_lists_of(lists_, move, from, to));
}

void Works::write(File &file) const
{
  const Variables &basins = state_.variables;
  file.print(works_file_head(state_.id));
  for (size_t move = 0; move < moves_.size(); move++)
    for (int from = 0; from < basins.n_basins(); from++)
      for (int to = 0; to < basins.n_basins(); to++)
        file.print(works_file_lines(moves_[move], basins.basin_name(from), basins.basin_name(to),
                                    of(move, from, to)));
}

/* of F(b) - F(a); NaN where works do not tell */
bgen_evidence Works::evidence(int move, int a, int b) const
{
  const bgen_works there = of(move, a, b), back = of(move, b, a);
  bgen_estimate both;
  if (bgen_work_lists_difference(lists_, move, a, b, &both)) both = {NAN, NAN};
  return bgen_evidence_of_works(&there, &back, &both);
}

WorksTable Works::table() const
{
  const Variables &basins = state_.variables;
  const double temperature = bgen_markov_temperature(state_.chain);
  WorksTable table = {state_.id, temperature, state_.engine.kT(temperature), {}};
  for (size_t move = 0; move < moves_.size(); move++)
    for (int a = 0; a < basins.n_basins(); a++)
      for (int b = a + 1; b < basins.n_basins(); b++)
        if (of(move, a, b).n && of(move, b, a).n)
          table.rows.push_back(
              {moves_[move], basins.basin_name(a), basins.basin_name(b), evidence(move, a, b)});
  return table;
}

CommandHelp bgen::works_help()
{
  return {"bgen ID works FILE", {}};
}

std::unique_ptr<Action> bgen::create_works(State &state, Line &line, Surroundings &)
{
  return std::make_unique<Works>(state, line);
}
