/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump.h - configurations as a LAMMPS dump, which rerun and any viewer read */

#ifndef BGEN_REPORT_DUMP_H
#define BGEN_REPORT_DUMP_H

#include "report/file.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bgen {

struct DumpAtoms {
  int n_space; // components of a position
  std::vector<int64_t> tags;
  std::vector<int> types; // [number of tags]
  std::string box;        // as it stands in a dump
};

/* Frame by frame, with the steps 1, 2 ...: x[n_particles * n_space] as they are, unwrapped, and the
   same values, one for each name of columns, in the line of each atom. */
class Dump {
public:
  Dump(const std::string &path, const DumpAtoms &atoms, const std::string &columns);
  void add(const double *x, const std::vector<double> &values);
  void close() { file_.close(); }

private:
  File file_; // an empty path: none
  const DumpAtoms atoms_;
  const std::string columns_;
  size_t step_ = 0;
};

} // namespace bgen

#endif
