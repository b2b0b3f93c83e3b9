/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/free_energy.h"

#include "input/text.h"
#include "report/diagnosis.h"
#include "report/table.h"

using namespace bgen;

/* ---- basins ---- */

static Table table_of_basins(bool has_bootstrap)
{
  return Table({{"Basin", -12, "s"},
                {"F", 10, ".4f"},
                {"Error", 8, ".2g"},
                {"From-flow", 12, ".4f"},
                {"From-frames", 12, ".4f"},
                {"ESS-%", 8, ".3f"},
                {"Acceptance-%", 12, ".3f"},
                {"Frames-%", 8, ".3f"},
                {"Frames", 8, "d"},
                {"Walkers", 7, "d"},
                {"g", 7, ".1f"},
                {"Bootstrap", has_bootstrap ? 9 : 0, ".2g"}});
}

static std::vector<Cell> cells(const FreeEnergyOfBasin &b)
{
  const bgen_side &samples = b.evidence.forward, &frames = b.evidence.reverse;
  return {b.basin,
          b.evidence.estimate.value,
          b.evidence.estimate.error,
          samples.one_sided.value,
          frames.one_sided.value,
          100.0 * samples.effective / static_cast<double>(samples.n),
          100.0 * b.acceptance,
          100.0 * frames.effective / static_cast<double>(frames.n),
          frames.n,
          frames.n_walkers,
          frames.inefficiency,
          b.bootstrap.error};
}

std::string bgen::free_energy_table(const FreeEnergyTable &t)
{
  const Table table = table_of_basins(t.has_bootstrap);
  std::string lines = text("\nbgen %s free_energy: F = -ln Z in kT, T = %g, kT = %g, by %s; "
                           "%zu samples of each flow\n",
                           t.fix_id.c_str(), t.temperature, t.kT, t.method.c_str(), t.n_samples) +
                      table.header();
  for (const FreeEnergyOfBasin &basin : t.basins) lines += table.row(cells(basin));
  for (const FreeEnergyOfBasin &basin : t.basins)
    lines += diagnosis_lines(basin.basin, basin.evidence);
  return lines;
}

/* ---- thermodynamics ---- */

static const Table &table_of_energies()
{
  static const Table TABLE({{"Energy units", -24, "s"},
                            {"T", 10, ".6g"},
                            {"F", 12, ".6g"},
                            {"Error", 10, ".2g"},
                            {"U", 12, ".6g"},
                            {"Error", 10, ".2g"},
                            {"TS", 12, ".6g"},
                            {"Error", 10, ".2g"}});
  return TABLE;
}

std::string bgen::thermodynamics_table(const std::vector<Thermodynamics> &rows)
{
  if (rows.empty()) return "";
  std::string lines = table_of_energies().header();
  for (const Thermodynamics &row : rows) {
    std::vector<Cell> cells = {row.of, row.temperature};
    for (const bgen_estimate &e : row.energies) {
      cells.push_back(row.kT * e.value);
      cells.push_back(row.kT * e.error);
    }
    lines += table_of_energies().row(cells);
  }
  return lines;
}

/* ---- lines ---- */

static std::string result_line(const FreeEnergyResult &r)
{
  std::string line = r.what;
  if (r.is_energy)
    line += text(" = %.4f +- %.2g kT = %.6g +- %.2g energy units", r.of.value, r.of.error,
                 r.kT * r.of.value, r.kT * r.of.error);
  else
    line += text(" = %.6g +- %.2g", r.of.value, r.of.error);
  return line + text(" (T = %g, %s)\n", r.temperature, r.method.c_str());
}

std::string bgen::result_lines(const std::vector<FreeEnergyResult> &results)
{
  std::string lines;
  for (const FreeEnergyResult &result : results)
    if (result.is_line) lines += result_line(result);
  return lines;
}

std::string bgen::changed_lines(const ChangedForceField &c)
{
  std::string lines = text("in the changed force field the effective sample size of all points is "
                           "%.3g %%\n",
                           100.0 * c.effective);
  if (c.n_failed)
    lines += text("the energies of %zu points are not numbers there and count as infinite\n",
                  c.n_failed);
  return lines;
}

std::string bgen::balanced_lines(const std::vector<BalancedAcceptance> &pairs)
{
  std::string lines;
  for (const BalancedAcceptance &pair : pairs)
    lines += text("acceptance between %s and %s, were they balanced by offsets: %.3f %% there, "
                  "%.3f %% back\n",
                  pair.first.c_str(), pair.other.c_str(), 100.0 * pair.there, 100.0 * pair.back);
  return lines;
}
