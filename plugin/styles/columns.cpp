/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "styles/columns.h"

#include "input/error.h"
#include "state/state.h"

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
    {"latent", "", "-", "latent coordinates, one value for each moved coordinate",
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
  for (const CvSettings &cv : settings.cvs)
    if (cv.name == name) return true;
  return false;
}

Columns read_columns(Line &line, const Settings &settings)
{
  Columns columns;
  while (line.more()) {
    if (!read_option(line, KEYWORDS, columns))
      fail_unknown(line, line.peek(), keywords_of(KEYWORDS), {});
    const Columns::Column &latest = columns.all.back();
    if (latest.kind == Columns::LATENT) fail_old_latent(line);
    if (latest.kind == Columns::CV && !has_cv(settings, latest.cv))
      line.fail("the fix has no cv '" + latest.cv + "'");
  }
  if (columns.all.empty()) columns.all = DEFAULT;
  return columns;
}

size_t Columns::n_values(size_t dim) const
{
  size_t n = 0;
  for (const Column &column : all) n += column.kind == LATENT ? dim : 1;
  return n;
}

/* ---- values ---- */

namespace {
/* what several columns need, computed once; x is the present configuration */
class Present {
public:
  explicit Present(State &state);

  double value(const Columns::Column &column) const;
  void latent(double *z) { state_.model.latent(temperature_, basin_, x_.data(), z); }

  void find_energy();
  void find_log_q();

private:
  State &state_;
  std::vector<double> x_;
  int basin_;
  double temperature_, u_ = NAN, log_q_ = NAN;

  double cv(const std::string &name) const;
};
} // namespace

static std::vector<double> present_x(State &state)
{
  std::vector<double> x(state.engine.body().dim());
  state.engine.gather(x.data());
  return x;
}

Present::Present(State &state)
    : state_(state), x_(present_x(state)), basin_(state.variables.basin_of(x_.data())),
      temperature_(state.temperature())
{
}

void Present::find_energy()
{
  u_ = state_.host.step_energy() / state_.engine.kT(temperature_);
}

/* without a flow there is no q */
void Present::find_log_q()
{
  if (state_.model.ready()) log_q_ = state_.model.log_q(temperature_, x_.data());
}

double Present::cv(const std::string &name) const
{
  const int k = state_.variables.cv_named(name);
  if (k < 0) throw Error("compute bgen: fix " + state_.id + " no longer has a cv '" + name + "'");
  return state_.variables.cv(k, x_.data());
}

double Present::value(const Columns::Column &column) const
{
  switch (column.kind) {
  case Columns::BASIN:
    return basin_ + 1;
  case Columns::WEIGHT:
    return state_.weight(basin_);
  case Columns::CV:
    return cv(column.cv);
  case Columns::LOG_Q:
    return log_q_;
  case Columns::LOG_W:
    return -u_ - log_q_;
  default:
    return u_;
  }
}

void Columns::evaluate(State &state, double *values) const
{
  const auto wants = [this](Kind a, Kind b) {
    for (const Column &column : all)
      if (column.kind == a || column.kind == b) return true;
    return false;
  };
  Present present(state);
  if (wants(ENERGY, LOG_W)) present.find_energy();
  if (wants(LOG_Q, LOG_W)) present.find_log_q();
  for (const Column &column : all)
    if (column.kind == LATENT) {
      present.latent(values);
      values += state.engine.body().dim();
    } else
      *values++ = present.value(column);
}

double present_weight(State &state)
{
  return state.weight(state.variables.basin_of(present_x(state).data()));
}

} // namespace bgen
