/* SPDX-License-Identifier: GPL-2.0-or-later */
/* columns.h - what "compute ID group bgen FIXID column ..." gives of the present configuration */

#ifndef BGEN_STYLES_COLUMNS_H
#define BGEN_STYLES_COLUMNS_H

#include "input/fix_options.h"
#include "input/options.h"

#include <string>
#include <vector>

namespace bgen {

class State;

struct Columns {
  enum Kind { BASIN, WEIGHT, CV, LOG_Q, LOG_W, ENERGY, LATENT };
  struct Column {
    Kind kind;
    std::string cv; // its name
  };
  std::vector<Column> all;

  /* How many values they are of shapes of this size. */
  size_t n_values(size_t n_shape) const;

  /* On the rank that leads. Throws where the fix has no such cv now. */
  void evaluate(State &state, double *values) const; // [n_values]
};

/* The rest of the line; u, lnq, lnw and weight where it is empty. cvs are those of the fix. */
Columns read_columns(Line &line, const Settings &settings);
CommandHelp columns_help();

/* e^-offset of the present configuration, by which an average weighs it; on the rank that leads. */
double present_weight(State &state);

} // namespace bgen

#endif
