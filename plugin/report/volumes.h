/* SPDX-License-Identifier: GPL-2.0-or-later */
/* volumes.h - the file of "free_energy volumes", to which each volume adds a line, and what "bgen
   ID gibbs" shows of it */

#ifndef BGEN_REPORT_VOLUMES_H
#define BGEN_REPORT_VOLUMES_H

#include "estimate/gibbs.h"
#include "report/absolute.h"

#include <string>
#include <vector>

namespace bgen {

/* The lines of a file. */
struct Volumes {
  std::vector<double> volume;
  std::vector<bgen_estimate> F; // kT
  size_t n_particles = 0;
  double kT = 0.0;
  std::string alike; // what all lines have in common: "N kT lengths"
};

/* Throws where the file cannot be read, is of other units, or its lines are not of one body. */
Volumes read_volumes(const std::string &path, const std::string &units);

/* Throws unless `one` may be added to the file: it is not there yet, or is of the same body. */
void check_volumes(const std::string &path, const std::string &units,
                   const AbsoluteFreeEnergy &one);
/* Throws, too, where the same line is there already. */
void add_volume(const std::string &path, const std::string &units, const AbsoluteFreeEnergy &one);

/* At one pressure, in units of LAMMPS; one at least. */
struct GibbsResult {
  double pressure, pressure_volume; // energy of pressure 1 times volume 1
  bgen_gibbs minimum;               // kT
};

std::string gibbs_lines(const Volumes &volumes, const std::vector<GibbsResult> &results,
                        const std::string &path, const std::string &fix_id);
std::string gibbs_file(const Volumes &volumes, const std::vector<GibbsResult> &results,
                       const std::string &path);

} // namespace bgen

#endif
