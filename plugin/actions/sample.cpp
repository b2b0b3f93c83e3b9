/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID sample": draws configurations, and writes their energies and weights */

#include "actions/actions.h"
#include "actions/point_dump.h"
#include "actions/session.h"
#include "estimate/free_energy.h"
#include "input/text.h"
#include "state/quantities.h"

#include <algorithm>

using namespace bgen;

namespace {
struct SampleSettings {
  State *state;
  Quantities *quantities;
  int basin = -1; // whose flow is sampled; -1: the mixture
  std::string path, dump_path;
};
} // namespace

static const std::vector<Option<SampleSettings>> KEYWORDS = {
    {"file", "name", "-", "file for a table of the samples",
     [](auto &line, auto &to) { to.path = line.file(); }},
    {"dump", "name", "-", "LAMMPS dump file for the samples",
     [](auto &line, auto &to) { to.dump_path = line.file(); }},
    {"basin", "name", "-", "draw from the flow of this basin only",
     [](auto &line, auto &to) { to.basin = to.state->variables.read_basin(line); }},
    {"also", "quantity ...", "-", "quantities to evaluate for each sample",
     [](auto &line, auto &to) {
       do to.quantities->add(line);
       while (to.quantities->is_one(line.peek()));
     }}};

static void draw(State &state, const SampleSettings &settings, size_t n, EvaluatedPoints &points)
{
  const CheckedSession session(state);
  if (settings.quantities->size()) settings.quantities->begin();
  points.add_samples(settings.basin, n);
}

static std::string summary(const State &state, const EvaluatedPoints &points)
{
  std::vector<double> log_w(points.n());
  for (size_t i = 0; i < points.n(); i++) log_w[i] = points.log_w(i);
  const double percent = 100.0 / points.n();
  const size_t inside = std::count(points.in_domain.begin(), points.in_domain.end(), 1);
  return text("\nbgen %s sample: %zu samples, %.2f %% in the domain of their flow, effective "
              "sample size %.2f %%\n",
              state.id.c_str(), points.n(), inside * percent,
              bgen_kish_ess(points.n(), log_w.data()) * percent);
}

static void write(File &file, const State &state, const EvaluatedPoints &points)
{
  file.print(text("# samples of fix %s at temperature %g; basin 0: none\n", state.id.c_str(),
                  points.temperature()) +
             "# index component basin in_domain " + points.columns() + "\n");
  for (size_t i = 0; file && i < points.n(); i++)
    file.print(text("%zu %d %d %d ", i + 1, points.component[i] + 1, points.basin[i] + 1,
                    points.in_domain[i]) +
               points.row(i) + "\n");
  file.close();
}

static void sample(State &state, Line &line, Surroundings &)
{
  Quantities quantities(state);
  SampleSettings settings = {&state, &quantities, -1, "", ""};
  const size_t n = line.integer(1, "a number of samples");
  read_options(line, KEYWORDS, {}, settings);
  state.model.need_flows(line);
  File table(state.pool.to_write(settings.path));
  Dump dump = point_dump(settings.dump_path, state);
  EvaluatedPoints points(state);
  points.keep_x = !settings.dump_path.empty();
  if (quantities.size()) points.observe(&quantities);
  line.need_memory(static_cast<double>(n) * points.n_bytes_each(), text("%zu samples", n));
  draw(state, settings, n, points);
  state.host.print(summary(state, points));
  if (points.keep_x) write_points(dump, points);
  write(table, state, points);
}

ActionKind bgen::sample_action()
{
  return {"sample",
          "draw samples and write their energies and weights",
          {"bgen ID sample N", keywords_of(KEYWORDS)},
          sample};
}
