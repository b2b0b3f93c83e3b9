/* SPDX-License-Identifier: GPL-2.0-or-later */
/* free_energy_files.h - the files of "bgen ID free_energy"; errors and energies are in kT where
   nothing else is said */

#ifndef BGEN_REPORT_FREE_ENERGY_FILES_H
#define BGEN_REPORT_FREE_ENERGY_FILES_H

#include "estimate/profile.h"
#include "report/free_energy.h"

#include <string>
#include <vector>

namespace bgen {

std::string results_file(const std::string &fix_id, const std::vector<FreeEnergyResult> &results);

/* ---- points ---- */

struct PointsHead {
  std::string fix_id;
  bool of_md; // test frames, or else samples
  double temperature;
  std::string numbered_basins;
  std::vector<std::string> basins;
  std::vector<double> free_energies; // of the basins
  std::string columns;               // of the points themselves
};

std::string points_head(const PointsHead &head);
/* flow and basin from 0 on, -1: none; the rest as columns says */
std::string points_line(int flow, int basin, bool in_domain, const std::string &rest);

/* ---- profile ---- */

struct ProfileHead {
  std::string fix_id;
  double temperature;
  bool with_frames;
  std::vector<std::string> axes;
};

std::string profile_head(const ProfileHead &head);
std::string profile_lines(const bgen_profile &profile, const std::vector<bgen_estimate> &bins);

/* ---- convergence ---- */

struct PartOfBasin {
  size_t n_frames;
  bgen_estimate by_both, by_samples, by_frames; // NaN where the part is too small to tell
};

struct PartOfPoints {
  double n_samples;
  std::vector<PartOfBasin> basins;
};

std::string convergence_file(const std::string &fix_id, double temperature,
                             const std::vector<std::string> &basins,
                             const std::vector<PartOfPoints> &parts);

} // namespace bgen

#endif
