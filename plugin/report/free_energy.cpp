/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/free_energy.h"

#include "input/text.h"
#include "report/table.h"

#include <algorithm>
#include <cmath>
#include <cstring>

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
                {"Lost-%", 6, ".2f"},
                {"Frames", 8, "d"},
                {"Walkers", 7, "d"},
                {"g", 7, ".1f"},
                {"Bootstrap", has_bootstrap ? 9 : 0, ".2g"}});
}

std::string bgen::free_energy_table(const FreeEnergyTable &t, size_t number,
                                    const bgen_solution *whole, const bgen_solution *half)
{
  const Table table = table_of_basins(!t.bootstrap.empty());
  std::string rows, warnings;
  for (size_t k = 0; k < t.basins.size(); k++) {
    const bgen_evidence evidence = bgen_solution_evidence(whole, half, number, k);
    const bgen_side &samples = evidence.forward, &frames = evidence.reverse;
    rows += table.row(
        {t.basins[k], evidence.estimate.value, evidence.estimate.error, samples.one_sided.value,
         frames.one_sided.value, 100.0 * samples.effective / static_cast<double>(samples.n),
         100.0 * bgen_solution_acceptance(whole, number, k),
         100.0 * frames.effective / static_cast<double>(frames.n), 100.0 * evidence.lost, frames.n,
         frames.n_walkers, frames.inefficiency, t.bootstrap.empty() ? NAN : t.bootstrap[k].error});
    warnings += diagnosis_lines(t.basins[k], evidence);
  }
  return text("\nbgen %s free_energy: F = -ln Z in kT, T = %g, kT = %g, by %s; %zu samples of each "
              "flow\n",
              t.fix_id.c_str(), t.temperature, t.kT, t.method.c_str(), t.n_samples) +
         table.header() + rows + warnings;
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

std::string bgen::changed_lines(double effective, size_t n_failed)
{
  const std::string line = text("in the changed force field the effective sample size of all "
                                "points is %.3g %%\n",
                                100.0 * effective);
  return n_failed == 0 ? line
                       : line + text("the energies of %zu points are not numbers there and count "
                                     "as infinite\n",
                                     n_failed);
}

std::string bgen::balanced_line(const std::string &first, const std::string &other, double there,
                                double back)
{
  return text("acceptance between %s and %s, were they balanced by offsets: %.3f %% there, "
              "%.3f %% back\n",
              first.c_str(), other.c_str(), 100.0 * there, 100.0 * back);
}

std::string bgen::diagnosis_lines(const std::string &name, const bgen_evidence &evidence)
{
  char sentences[BGEN_DIAGNOSIS_LENGTH];
  std::string lines;
  bgen_diagnosis(&evidence, sentences);
  for (const char *line = sentences; *line; line += strcspn(line, "\n") + 1)
    lines += "  " + name + ": " + std::string(line, strcspn(line, "\n") + 1);
  return lines;
}

/* ---- files ---- */

static std::string results_line(const FreeEnergyResult &r)
{
  const double kT = r.is_energy ? r.kT : 1.0;
  std::string what = r.what; // one word
  what.erase(std::remove(what.begin(), what.end(), ' '), what.end());
  return text("%.10g %s %.10g %.6g %.10g %.6g\n", r.temperature, what.c_str(),
              r.is_energy ? r.of.value : NAN, r.is_energy ? r.of.error : NAN, kT * r.of.value,
              kT * r.of.error);
}

std::string bgen::results_file(const std::string &fix_id,
                               const std::vector<FreeEnergyResult> &results)
{
  std::string lines = "# results of fix " + fix_id +
                      ": energies in kT and in energy units, averages <> in units of their own\n"
                      "# T what value_kT error_kT value error\n";
  for (const FreeEnergyResult &result : results) lines += results_line(result);
  return lines;
}

std::string bgen::profile_head(const std::string &fix_id, double temperature, bool with_frames,
                               const std::vector<std::string> &axes)
{
  std::string names;
  for (const std::string &axis : axes) names += axis + " ";
  return text("# free energy -ln p of fix %s in kT at T = %g, of samples%s\n# %sF error\n",
              fix_id.c_str(), temperature, with_frames ? " and test frames" : "", names.c_str());
}

/* of a plane an empty line after each row */
std::string bgen::profile_lines(const bgen_profile &profile, const std::vector<bgen_estimate> &bins)
{
  std::string lines;
  for (size_t b = 0; b < bins.size(); b++) {
    for (size_t k = 0; k < profile.n_axes; k++)
      lines += text("%.10g ", bgen_profile_centre(&profile, k, b));
    lines += text("%.6f %.6f\n", bins[b].value, bins[b].error);
    if (profile.n_axes == 2 && (b + 1) % profile.axis[0].n_bins == 0) lines += "\n";
  }
  return lines;
}

std::string bgen::convergence_head(const std::string &fix_id, double temperature,
                                   const std::vector<std::string> &basins)
{
  std::string lines = text("# F in kT at T = %g from a fraction of the points of fix %s\n# samples",
                           temperature, fix_id.c_str());
  for (const std::string &basin : basins)
    for (const char *what :
         {"frames", "F", "error", "from_flow", "error_flow", "from_frames", "error_frames"})
      lines += " " + std::string(what) + "(" + basin + ")";
  return lines + "\n";
}

std::string bgen::convergence_line(double n_samples, const bgen_solution *part, size_t n_basins)
{
  std::string line = text("%.0f", n_samples);
  for (size_t k = 0; k < n_basins; k++) {
    line += text(" %zu", bgen_solution_frame_works(part, 0, k).n);
    for (const bgen_estimate f :
         {bgen_solution_free_energy(part, 0, k), bgen_solution_by_samples(part, 0, k),
          bgen_solution_by_frames(part, 0, k)})
      line += text(" %.6f %.6f", f.value, f.error);
  }
  return line + "\n";
}
