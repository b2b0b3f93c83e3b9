/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reduced.h - the files of reduced potentials that "bgen ID free_energy u_nk" writes */

#ifndef BGEN_ACTIONS_REDUCED_H
#define BGEN_ACTIONS_REDUCED_H

#include "actions/ensemble.h"
#include "report/file.h"

#include <memory>

namespace bgen {

/* The file of a name that begins with `path`: of basin k. */
std::string reduced_path(const State &state, const std::string &path, int k);

/* One for each basin, opened before the work begins; none where path is empty. */
class ReducedFiles {
public:
  ReducedFiles(const State &state, const std::string &path);
  void write(const Ensemble &ensemble, const Solution &solution);

private:
  std::vector<std::unique_ptr<File>> files_;
};

} // namespace bgen

#endif
