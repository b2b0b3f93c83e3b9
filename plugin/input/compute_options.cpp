/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/compute_options.h"

using namespace bgen;

namespace {
struct Columns {
  const std::vector<CvSettings> &of_fix;
  std::vector<ComputeColumn> all;
};
} // namespace

static void read_cv_column(Line &line, Columns &to)
{
  const std::string name = line.text("the name of a cv of the fix");
  const int cv = index_of(to.of_fix, name);
  if (cv < 0) line.fail("the fix has no cv '" + name + "'");
  to.all.push_back({ComputeColumn::CV, cv});
}

template <ComputeColumn::Kind kind> static void read_column(Line &, Columns &to)
{
  to.all.push_back({kind, -1});
}

static const std::vector<Option<Columns>> COLUMNS = {
    {"basin", "", "-", "number of the basin, from 1 on; 0 = none",
     read_column<ComputeColumn::BASIN>},
    {"weight", "", "-", "e^-o, the weight of the configuration under offsets",
     read_column<ComputeColumn::WEIGHT>},
    {"cv", "name", "-", "a collective variable of the fix", read_cv_column},
    {"lnq", "", "-", "log q, the density of the mixture", read_column<ComputeColumn::LNQ>},
    {"lnw", "", "-", "-u - log q, the importance weight", read_column<ComputeColumn::LNW>},
    {"u", "", "-", "U/kT, the reduced energy", read_column<ComputeColumn::U>},
    {"latent", "", "-", "latent coordinates, one value for each moved coordinate",
     read_column<ComputeColumn::LATENT>},
};

static const std::vector<ComputeColumn> DEFAULT = {{ComputeColumn::U, -1},
                                                   {ComputeColumn::LNQ, -1},
                                                   {ComputeColumn::LNW, -1},
                                                   {ComputeColumn::WEIGHT, -1}};

CommandHelp bgen::compute_help()
{
  return {"compute ID group bgen ID", keywords_of(COLUMNS)};
}

/* latent yes was a keyword once */
static void check_old_latent(const Line &line, const Columns &columns)
{
  const std::string next = line.peek();
  if (!columns.all.empty() && columns.all.back().kind == ComputeColumn::LATENT &&
      (next == "yes" || next == "no"))
    line.fail("'latent " + next +
              "' no longer exists: use the column latent, as in u lnq lnw "
              "weight latent");
}

std::vector<ComputeColumn> bgen::read_columns(Line &line, const std::vector<CvSettings> &cvs)
{
  Columns columns = {cvs, {}};
  if (line.next_is("help")) line.fail(compute_help().text());
  while (line.more()) {
    check_old_latent(line, columns);
    if (!read_option(line, COLUMNS, columns))
      fail_unknown(line, line.peek(), keywords_of(COLUMNS), {});
  }
  return columns.all.empty() ? DEFAULT : columns.all;
}
