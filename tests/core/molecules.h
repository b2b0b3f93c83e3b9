/* SPDX-License-Identifier: GPL-2.0-or-later
   molecules.h - a few molecules, as bonds and as configurations without meaning. */
#ifndef BGEN_TESTS_MOLECULES_H
#define BGEN_TESTS_MOLECULES_H

#include "coords/internal.h"

enum {
  MOST_ATOMS = 24,
  MOST = 3 * MOST_ATOMS,
  MOST_BONDS = 24,
  N_MOLECULES = 6,
  DIPEPTIDE = 5,
  N_MIXED = 4
};

typedef struct molecules {
  const char *name;
  size_t n_atoms, n_bonds, n_molecules, n_closing;
  size_t bond[MOST_BONDS][2];
  size_t n_aligned, aligned[MOST_ATOMS];
} molecules;

extern const molecules some_molecules[N_MOLECULES]; /* without aligned atoms */
extern const molecules mixed_molecules[N_MIXED];    /* with some */

bgen_status make_tree(const molecules *of, const double *x, bgen_tree **tree);

typedef struct subject {
  const molecules *of;
  bgen_tree *tree; /* the test's */
  size_t dim, n_shape, n_placement;
  double x[MOST];
} subject;

subject make_subject(size_t k);
/* in another configuration */
subject make_subject_at(size_t k, uint64_t key);
subject subject_of(const molecules *of, uint64_t key);

/* leaves are hydrogens, oxygens of the dipeptide apart; everything else is of its own species */
void fill_species(const molecules *of, int *species);

/* other places, and a turn of what the rotations are */
void strew(size_t n_molecules, uint64_t key, bgen_placement *at);

/* Parameter p of all placements is changed by h: a direction has no turn about itself, a point
   none. */
void move_placement(const bgen_tree *tree, size_t p, double h, bgen_placement *at);

/* of all n coordinates, with a gradient that differs from one to the next */
double function_of(size_t n, const double *x);
void gradient_of(size_t n, const double *x, double *grad);

#endif
