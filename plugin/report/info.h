/* SPDX-License-Identifier: GPL-2.0-or-later */
/* info.h - what "bgen ID info" prints */

#ifndef BGEN_REPORT_INFO_H
#define BGEN_REPORT_INFO_H

#include <cstdint>
#include <string>
#include <vector>

namespace bgen {

struct BasinInfo {
  std::string name;
  bool fitted;
  double weight; // of its flow in the mixture
  size_t n_train, n_test;
};

/* Texts are one line each; frames and jumps are lines, each with a line feed. */
struct Info {
  std::string fix_id;
  size_t n_particles, n_coordinates;
  double temperature, training_temperature;
  std::string flow;
  size_t n_params; // for each basin
  std::string identical, mirrors, cvs, basins;
  std::vector<BasinInfo> each_basin;
  std::string frames, moves;
  bool tuning;
  std::string tuned; // begins with a comma, or is empty
  long long n_outside;
  int n_threads;
  uint64_t checksum;
  long long n_energy_calls;
  std::string jumps;
};

std::string info_text(const Info &info);

} // namespace bgen

#endif
