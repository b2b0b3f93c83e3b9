/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID sample": draws configurations, and writes their energies and weights */

#include "actions/actions.h"
#include "actions/point_dump.h"
#include "estimate/free_energy.h"
#include "input/text.h"
#include "state/quantities.h"
#include "state/state.h"

#include <algorithm>

using namespace bgen;

namespace {
struct SampleSettings {
  State *state;
  Quantities *quantities;
  int basin = -1; // whose flow is sampled; -1: the mixture
  std::string path, dump_path;
};

class Sample : public Action {
public:
  Sample(State &state, Line &line);
  void run() override;

private:
  State &state_;
  Quantities quantities_;
  SampleSettings settings_;
  size_t n_samples_;

  void draw(EvaluatedPoints &points);
  std::string file(const EvaluatedPoints &points) const;
  std::string summary(const EvaluatedPoints &points) const;
};
} // namespace

static const std::vector<Option<SampleSettings>> KEYWORDS = {
    {"file", "name", "-", "file for a table of the samples",
     [](Line &line, SampleSettings &to) { to.path = line.text("a file name"); }},
    {"dump", "name", "-", "LAMMPS dump file for the samples",
     [](Line &line, SampleSettings &to) { to.dump_path = line.text("a file name"); }},
    {"basin", "name", "-", "draw from the flow of this basin only",
     [](Line &line, SampleSettings &to) { to.basin = to.state->variables.read_basin(line); }},
    {"also", "quantity ...", "-", "quantities to evaluate for each sample",
     [](Line &line, SampleSettings &to) {
       do to.quantities->add(line);
       while (to.quantities->is_one(line.peek()));
     }}};

CommandHelp bgen::sample_help()
{
  return {"bgen ID sample N", keywords_of(KEYWORDS)};
}

Sample::Sample(State &state, Line &line)
    : state_(state), quantities_(state), settings_{&state, &quantities_, -1, "", ""},
      n_samples_(line.integer(1, "a number of samples"))
{
  read_options(line, KEYWORDS, {}, settings_);
  state.model.need_flows(line);
}

void Sample::run()
{
  File table(settings_.path);
  Dump dump = point_dump(settings_.dump_path, state_);
  EvaluatedPoints points(state_);
  points.keep_x = !settings_.dump_path.empty();
  draw(points);
  state_.host.print(summary(points));
  if (points.keep_x) add_points(dump, points);
  dump.close();
  if (table) table.print(file(points));
  table.close();
}

void Sample::draw(EvaluatedPoints &points)
{
  const Session session(state_.engine);
  std::vector<double> x(state_.variables.dim());
  state_.symmetries.check(x);
  if (quantities_.size()) {
    quantities_.begin();
    points.observe(&quantities_);
  }
  points.add_samples(settings_.basin, n_samples_);
}

std::string Sample::summary(const EvaluatedPoints &points) const
{
  std::vector<double> log_w(points.n());
  for (size_t i = 0; i < points.n(); i++) log_w[i] = points.log_w(i);
  const double percent = 100.0 / points.n();
  const size_t inside = std::count(points.in_domain.begin(), points.in_domain.end(), 1);
  return text("\nbgen %s sample: %zu samples, %.2f %% in the domain of their flow, effective "
              "sample size %.2f %%\n",
              state_.id.c_str(), points.n(), inside * percent,
              bgen_kish_ess(points.n(), log_w.data()) * percent);
}

std::string Sample::file(const EvaluatedPoints &points) const
{
  std::string lines = text("# samples of fix %s at temperature %g; basin 0: none\n",
                           state_.id.c_str(), points.temperature()) +
                      "# index component basin in_domain " + points.columns() + "\n";
  for (size_t i = 0; i < points.n(); i++)
    lines += text("%zu %d %d %d ", i + 1, points.component[i] + 1, points.basin[i] + 1,
                  points.in_domain[i]) +
             points.row(i) + "\n";
  return lines;
}

std::unique_ptr<Action> bgen::create_sample(State &state, Line &line, Surroundings &)
{
  return std::make_unique<Sample>(state, line);
}
