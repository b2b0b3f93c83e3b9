/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "styles/columns.h"

#include "input/error.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>

namespace bgen {

/* ---- the line ---- */

static void add(Columns &to, Columns::Kind kind, const std::string &cv = "")
{
  to.all.push_back({kind, cv});
}

static const std::vector<Option<Columns>> KEYWORDS = {
    {"basin", "", "-", "number of the basin, from 1 on; 0 = none",
     [](Line &, Columns &to) { add(to, Columns::BASIN); }},
    {"weight", "", "-", "e^-o, the weight of the configuration under offsets",
     [](Line &, Columns &to) { add(to, Columns::WEIGHT); }},
    {"cv", "name", "-", "a collective variable of the fix",
     [](Line &line, Columns &to) { add(to, Columns::CV, line.text("the name of a cv")); }},
    {"lnq", "", "-", "log q, the density of the mixture",
     [](Line &, Columns &to) { add(to, Columns::LOG_Q); }},
    {"lnw", "", "-", "-u - log q, the importance weight",
     [](Line &, Columns &to) { add(to, Columns::LOG_W); }},
    {"u", "", "-", "U/kT, the reduced energy",
     [](Line &, Columns &to) { add(to, Columns::ENERGY); }},
    {"latent", "", "-", "latent coordinates, one value for each coordinate of the flow",
     [](Line &, Columns &to) { add(to, Columns::LATENT); }}};

static const std::vector<Columns::Column> DEFAULT = {
    {Columns::ENERGY, ""}, {Columns::LOG_Q, ""}, {Columns::LOG_W, ""}, {Columns::WEIGHT, ""}};

CommandHelp columns_help()
{
  return {"compute ID group bgen ID", keywords_of(KEYWORDS)};
}

/* "latent yes" and "latent no" of the first version */
static void fail_old_latent(const Line &line)
{
  const std::string word = line.peek();
  if (word == "yes" || word == "no")
    line.fail("the keyword 'latent' no longer takes '" + word +
              "': name the columns instead, as in 'u lnq lnw weight latent'");
}

static bool has_cv(const Settings &settings, const std::string &name)
{
  return std::any_of(settings.cvs.begin(), settings.cvs.end(),
                     [&](const CvSettings &cv) { return cv.name == name; });
}

Columns read_columns(Line &line, const Settings &settings)
{
  Columns columns;
  while (line.more()) {
    if (!read_option(line, KEYWORDS, columns))
      fail_unknown(line, line.peek(), keywords_of(KEYWORDS), {}, "column");
    const Columns::Column &latest = columns.all.back();
    if (latest.kind == Columns::LATENT) fail_old_latent(line);
    if (latest.kind == Columns::CV && !has_cv(settings, latest.cv))
      line.fail("the fix has no cv '" + latest.cv + "'");
  }
  if (columns.all.empty()) columns.all = DEFAULT;
  return columns;
}

size_t Columns::n_values(size_t n_shape) const
{
  size_t n = 0;
  for (const Column &column : all) n += column.kind == LATENT ? n_shape : 1;
  return n;
}

/* ---- values ---- */

static std::vector<double> present_x(State &state)
{
  std::vector<double> x(state.engine.body().dim());
  state.engine.gather(x.data());
  return x;
}

/* what several columns need, computed once */
struct Present {
  State &state;
  std::vector<double> x;
  int basin;
  double temperature, u, log_q;
};

static double cv_of(const Present &now, const std::string &name)
{
  const Variables &variables = now.state.variables;
  const int k = variables.cv_named(name);
  if (k < 0)
    throw Error("compute bgen: fix " + now.state.id + " no longer has a cv '" + name + "'");
  return variables.cv(k, now.x.data());
}

static double value_of(const Present &now, const Columns::Column &column)
{
  switch (column.kind) {
  case Columns::BASIN:
    return now.basin + 1;
  case Columns::WEIGHT:
    return now.state.weight(now.basin);
  case Columns::CV:
    return cv_of(now, column.cv);
  case Columns::LOG_Q:
    return now.log_q;
  case Columns::LOG_W:
    return -now.u - now.log_q;
  default:
    return now.u;
  }
}

void Columns::evaluate(State &state, double *values) const
{
  const auto wants = [this](Kind a, Kind b) {
    return std::any_of(all.begin(), all.end(),
                       [=](const Column &column) { return column.kind == a || column.kind == b; });
  };
  Present now = {state, present_x(state), 0, state.temperature(), NAN, NAN};
  now.basin = state.variables.basin_of(now.x.data());
  if (wants(ENERGY, LOG_W)) now.u = state.host.step_energy() / state.engine.kT(now.temperature);
  if (wants(LOG_Q, LOG_W) && state.model.ready()) // without a flow there is no q
    now.log_q = state.model.log_q(now.temperature, now.x.data());
  for (const Column &column : all)
    if (column.kind == LATENT) {
      state.model.latent(now.temperature, now.basin, now.x.data(), values);
      values += state.variables.n_shape();
    } else
      *values++ = value_of(now, column);
}

double present_weight(State &state)
{
  return state.weight(state.variables.basin_of(present_x(state).data()));
}

} // namespace bgen
