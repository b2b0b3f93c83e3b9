/* SPDX-License-Identifier: GPL-2.0-or-later
   crystals.h - sites whose symmetry is known, and springs between nearest neighbors. */
#ifndef BGEN_TESTS_CRYSTALS_H
#define BGEN_TESTS_CRYSTALS_H

#include "coords/lattice.h"

enum { MOST_SITES = 256 };

typedef struct crystal {
  bgen_layout layout;
  bgen_lattice lattice;
  double site[3 * MOST_SITES];
  int kinds[MOST_SITES];
} crystal;

/* `cells` cubic cells of edge 1 in each direction, with 4 sites each; diamond: 8, the second four
   of another kind. */
void make_fcc(size_t cells, crystal *out);
void make_diamond(size_t cells, crystal *out);

/* hessian[dim][dim] of springs of constant k along the lines between sites, or their nearest
   images, that are closer than within */
void spring_hessian(const crystal *of, double within, double k, double *hessian);

/* Memory of n bytes until give_back(), which every test ends with. */
void *lend(size_t n_bytes);
void give_back(void);

#endif
