/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compute_options.h - the columns that a line "compute ID group bgen FIXID column ..." asks for */

#ifndef BGEN_INPUT_COMPUTE_OPTIONS_H
#define BGEN_INPUT_COMPUTE_OPTIONS_H

#include "input/cv_options.h"
#include "input/options.h"

#include <cstddef>
#include <vector>

namespace bgen {

struct ComputeColumn {
  enum Kind { BASIN, WEIGHT, CV, LNQ, LNW, U, LATENT } kind;
  int cv; // of CV: which one of the fix

  /* LATENT is as many values as the fix has coordinates, dim; all others are one. */
  size_t n_values(size_t dim) const { return kind == LATENT ? dim : 1; }
};

/* Reads the line from behind the ID of the fix to its end; cvs: of that fix.  No columns: u lnq lnw
   weight. */
std::vector<ComputeColumn> read_columns(Line &line, const std::vector<CvSettings> &cvs);

CommandHelp compute_help();

} // namespace bgen

#endif
