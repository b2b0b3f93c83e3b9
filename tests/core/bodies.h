/* SPDX-License-Identifier: GPL-2.0-or-later
   bodies.h - generators of shapes (coords/pose.h) for bodies whose particles are tethered to points
   in space, so that the energy feels place and orientation, and exact configurations are normal
   numbers.  Molecules are chains; one ends in two equal leaves, one has
   its middle aligned. */
#ifndef BGEN_TESTS_BODIES_H
#define BGEN_TESTS_BODIES_H

#include "model/generator.h"

#define BODIES_SPEC "whiten; realnvp blocks 1 width 8"

#define MOLECULES_SPEC "whiten; circular blocks 1 width 8"

enum { MOST_OF_BODY = 15, N_BODY_SCENES = 13 };

static const double TETHER_WIDTH = 0.45; /* bodies are some 2 wide */

typedef struct scene {
  bgen_layout layout;
  bgen_coords coords;
  size_t n_components;
  const int *species;
  bool mirrored;
  size_t n_aligned; /* of a molecule: atoms from the second on */
} scene;

extern const scene body_scenes[N_BODY_SCENES];

typedef struct world {
  scene of;
  size_t dim;
  double tether[MOST_OF_BODY];
  bgen_tree *tree; /* of internal coordinates */
  bgen_generator *g;
  bgen_workspace *w;
} world;

/* With flows "a", "b" of weights 1 : 2, fitted to frames of different bodies and perturbed. */
world make_world(size_t scene);
void free_world(world *v);

/* Component k is fitted to its frames, and perturbed. */
void fit_body(world *v, size_t k);

/* Exact configuration number `point`, x[dim]. */
void fill_exact(const world *v, uint64_t point, double *x);

/* u of x, and its gradient unless it is NULL */
double energy_of_body(const world *v, const double *x, double *grad);

double log_q_of_body(const world *v, const double *x);

#endif
