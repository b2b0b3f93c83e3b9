/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/population.h"

#include "input/text.h"
#include "report/table.h"

using namespace bgen;

static Table table_of(const PopulationReport &r)
{
  return Table({{"Basin", -12, "s", "Basin", "s"},
                {"Stage", 5, "d", "Stage", "d"},
                {r.ladder.from_flow ? "Lambda" : "T", 10, ".5g",
                 r.ladder.from_flow ? "Lambda" : "T", ".10g"},
                {"F", 10, ".4f", "F", ".6f"},
                {"Error", 8, ".4f", "Error", ".6f"},
                {"F-energy", 12, ".6g", "F-energy", ".10g"},
                {"Error", 10, ".2g", "Error-energy", ".4g"},
                {"ESS-%", 7, ".2f", "ESS-%", ".2f"},
                {"Families", 8, ".1f", "Families", ".1f"},
                {"Acceptance-%", 12, ".2f", "Acceptance-%", ".2f"}});
}

static std::vector<Cell> cells(const PopulationOfBasin &basin, size_t t)
{
  const PopulationStage &at = basin.stages[t];
  const double F = at.free_energy.value + 0.0; // no -0
  return {basin.name,
          t,
          at.at,
          F,
          at.free_energy.error,
          at.kT * F,
          at.kT * at.free_energy.error,
          100.0 * at.ess,
          at.families,
          100.0 * at.acceptance};
}

static std::string reverse_line(const PopulationOfBasin &basin)
{
  return text("F(%s) = %.4f +- %.4f kT (BAR), %.4f +- %.4f kT (from %zu frames alone)\n",
              basin.name.c_str(), basin.bar.value, basin.bar.error, basin.from_frames.value,
              basin.from_frames.error, basin.n_frames);
}

static std::string difference_line(const PopulationDifference &d)
{
  return text("F(%s) - F(%s) = %.4f +- %.4f kT = %.6g +- %.2g energy units (T = %g%s)\n",
              d.first.c_str(), d.other.c_str(), d.of.value, d.of.error, d.of.value * d.kT,
              d.of.error * d.kT, d.temperature, d.by_bar ? ", BAR" : "");
}

static std::string title(const PopulationReport &r)
{
  const std::string what =
      r.ladder.from_flow
          ? text("F = -ln Z in kT, kT = %g, from flow", r.kT)
          : text("F = -ln Z(T)/Z(%g) in kT, from frames at T = %g", r.ladder.first, r.ladder.first);
  return what + text("; %zu populations of %zu walkers for each basin%s, %zu stages of %d steps, "
                     "%lld energies\n",
                     r.n_repeats, r.n_walkers, r.resampled ? "" : ", without resampling",
                     r.ladder.n_stages, r.n_steps, r.n_energy_calls);
}

/* the line of each stage, by Table::row or file_row */
static std::string stages(const PopulationReport &r, const Table &table,
                          std::string (Table::*row)(const std::vector<Cell> &) const)
{
  std::string lines;
  for (const PopulationOfBasin &basin : r.basins)
    for (size_t t = 0; t < basin.stages.size(); t++) lines += (table.*row)(cells(basin, t));
  return lines;
}

std::string bgen::population_text(const PopulationReport &r)
{
  const Table table = table_of(r);
  std::string all = "\nbgen " + r.fix_id + " population: " + title(r) + table.header() +
                    stages(r, table, &Table::row);
  if (r.both_ways)
    for (const PopulationOfBasin &basin : r.basins) all += reverse_line(basin);
  for (const PopulationDifference &difference : r.differences) all += difference_line(difference);
  return all;
}

std::string bgen::population_file(const PopulationReport &r)
{
  const Table table = table_of(r);
  return "# population of fix " + r.fix_id + ": " + title(r) + table.file_header() +
         stages(r, table, &Table::file_row);
}
