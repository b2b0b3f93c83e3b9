/* SPDX-License-Identifier: MIT
   site_table.h - what a local coupling (layers/local.h) keeps of the neighbors of sites, among the
   numbers that are fitted: class[n_sites], then neighbor[n_sites][n_neighbors]. */
#ifndef BGEN_LAYERS_SITE_TABLE_H
#define BGEN_LAYERS_SITE_TABLE_H

#include "base/neighbors.h"
#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bgen_site_table {
  size_t n_sites, n_neighbors;
  size_t n_classes; /* at most */
} bgen_site_table;

/* The nearest of the neighbors.  BGEN_BAD_INPUT where there are none (NULL), too few of them, or
   too many classes. */
bgen_status bgen_site_table_fit(const bgen_site_table *table, const bgen_neighbors *neighbors,
                                double *fitted);

/* BGEN_BAD_FILE where the numbers cannot be those of a lattice. */
bgen_status bgen_site_table_check(const bgen_site_table *table, const double *fitted);

#ifdef __cplusplus
}
#endif
#endif
