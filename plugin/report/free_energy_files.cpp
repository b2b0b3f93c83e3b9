/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/free_energy_files.h"

#include "input/text.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

/* ---- results ---- */

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

/* ---- points ---- */

std::string bgen::points_head(const PointsHead &h)
{
  std::string lines =
      text("# %s of fix %s at T = %g; basins:%s\n", h.of_md ? "test frames" : "samples",
           h.fix_id.c_str(), h.temperature, h.numbered_basins.c_str());
  for (size_t k = 0; k < h.basins.size(); k++)
    lines += text("# F(%s) = %.6f kT\n", h.basins[k].c_str(), h.free_energies[k]);
  return lines + "# flow basin in_domain " + h.columns + "\n";
}

std::string bgen::points_line(int flow, int basin, bool in_domain, const std::string &rest)
{
  return text("%d %d %d ", flow + 1, basin + 1, static_cast<int>(in_domain)) + rest + "\n";
}

/* ---- profile ---- */

std::string bgen::profile_head(const ProfileHead &h)
{
  std::string names;
  for (const std::string &axis : h.axes) names += axis + " ";
  return text("# free energy -ln p of fix %s in kT at T = %g, of samples%s\n# %sF error\n",
              h.fix_id.c_str(), h.temperature, h.with_frames ? " and test frames" : "",
              names.c_str());
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

/* ---- convergence ---- */

static std::string columns(const std::string &basin)
{
  std::string names;
  for (const char *what :
       {"frames", "F", "error", "from_flow", "error_flow", "from_frames", "error_frames"})
    names += " " + std::string(what) + "(" + basin + ")";
  return names;
}

static std::string part_line(const PartOfPoints &part)
{
  std::string line = text("%.0f", part.n_samples);
  for (const PartOfBasin &b : part.basins)
    line += text(" %zu %.6f %.6f %.6f %.6f %.6f %.6f", b.n_frames, b.by_both.value, b.by_both.error,
                 b.by_samples.value, b.by_samples.error, b.by_frames.value, b.by_frames.error);
  return line + "\n";
}

std::string bgen::convergence_file(const std::string &fix_id, double temperature,
                                   const std::vector<std::string> &basins,
                                   const std::vector<PartOfPoints> &parts)
{
  std::string lines = text("# F in kT at T = %g from a fraction of the points of fix %s\n# samples",
                           temperature, fix_id.c_str());
  for (const std::string &basin : basins) lines += columns(basin);
  lines += "\n";
  for (const PartOfPoints &part : parts) lines += part_line(part);
  return lines;
}
