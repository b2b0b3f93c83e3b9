/* SPDX-License-Identifier: GPL-2.0-or-later
   maps.h - every map there is, for the conformance suite.  A new map is one row of the table. */
#ifndef BGEN_TESTS_MAPS_H
#define BGEN_TESTS_MAPS_H

#include "base/bijection.h"

/* KINKED: log_det is continuous, and its slope jumps here and there. */
typedef enum smoothness { SMOOTH, KINKED } smoothness;

typedef struct map_row {
  const char *name;
  bgen_bijection *(*make)(void); /* the caller's; at most 16 coordinates */
  smoothness smoothness;
} map_row;

extern const map_row maps_under_test[];
extern const size_t n_maps_under_test;

#endif
