/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/training.h"

#include "input/text.h"
#include "report/table.h"

#include <cmath>

using namespace bgen;

static const Table &table()
{
  static const Table TABLE({{"", 0, "", "basin", "d"},
                            {"Step", 8, "d", "step", "d"},
                            {"", 0, "", "loss", ".6f"},
                            {"ML", 9, ".3f", "ml", ".6f"},
                            {"ML-test", 9, ".3f", "ml_test", ".6f"},
                            {"KL", 9, ".3f", "kl", ".6f"},
                            {"", 0, "", "rc", ".6f"},
                            {"ESS-%", 6, ".2f", "ess", ".4f"},
                            {"Outside%", 8, ".2f", "outside", ".3f"},
                            {"Accept-%", 8, ".3f", "acceptance", ".5f"},
                            {"BAR-err", 7, ".3f", "bar_error", ".5f"},
                            {"", 0, "", "capped", "d"},
                            {"", 0, "", "not_finite", "d"},
                            {"", 0, "", "lr", ".4g"},
                            {"", 0, "", "grad_norm", ".4g"},
                            {"Energies", 9, "d", "energy_calls", "d"},
                            {"Steps/s", 7, ".1f"},
                            {"", 0, "", "seconds", ".2f"},
                            {"Time-left", 9, "s"}});
  return TABLE;
}

static std::vector<Cell> cells(const TrainingLine &l)
{
  const double rate = l.step / l.seconds;
  const long left = lround((l.n_steps - l.step) / rate);
  return {l.basin + 1,
          l.step,
          l.loss,
          l.ml,
          l.verdict.ml,
          l.kl,
          l.rc,
          100.0 * l.ess,
          100.0 * l.verdict.outside,
          100.0 * l.verdict.acceptance,
          l.verdict.bar_error,
          l.last.n_capped,
          l.last.n_not_finite,
          l.last.lr,
          l.last.grad_norm,
          l.energy_calls,
          rate,
          l.seconds,
          text("%ld:%02ld:%02ld", left / 3600, left / 60 % 60, left % 60)};
}

std::string bgen::training_head(const TrainingHead &h)
{
  return text("\nbgen %s train: basin %s, %zu frames, %zu test frames, %zu parameters, "
              "%d thread%s\n",
              h.fix_id.c_str(), h.basin.c_str(), h.n_frames, h.n_test_frames, h.n_params,
              h.n_threads, h.n_threads == 1 ? "" : "s") +
         table().header();
}

std::string bgen::training_line(const TrainingLine &line)
{
  return table().row(cells(line));
}

std::string bgen::training_file_head(const std::string &fix_id, const std::string &numbered_basins)
{
  return "# training of fix " + fix_id + "; basins:" + numbered_basins + "\n" +
         table().file_header();
}

std::string bgen::training_file_line(const TrainingLine &line)
{
  return table().file_row(cells(line));
}

std::string bgen::explored_line(const bgen_explore_report &f, const std::string &cv)
{
  std::string line =
      text("%9s %zu near moves of frames, %.2f %% accepted; mean energy %.2f kT", "", f.n_moved,
           f.n_moved ? 100.0 * f.n_accepted / f.n_moved : 0.0, f.mean_energy);
  if (!cv.empty()) line += text(", %s from %.4g to %.4g", cv.c_str(), f.least, f.most);
  return line + "\n";
}
