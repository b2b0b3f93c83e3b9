/* SPDX-License-Identifier: MIT
   generator_private.h - the members of a generator, which nothing outside model/ sees. */
#ifndef BGEN_MODEL_GENERATOR_PRIVATE_H
#define BGEN_MODEL_GENERATOR_PRIVATE_H

#include "coords/chart.h"
#include "coords/lattice.h"
#include "model/generator.h"

typedef struct bgen_component {
  char name[BGEN_NAME_LENGTH];
  bgen_flow *flow;
  double *reference; /* [dim], what frames are folded to */
  bgen_pose *pose;   /* about it; NULL: cartesian, or not fitted yet */
  bgen_match *match; /* about it; NULL: order and orientation are independent */
  double weight;     /* of all weights, which sum to 1 */
  bool fitted;       /* has seen frames; only then can it sample */
} bgen_component;

struct bgen_generator {
  bgen_layout layout;
  bgen_coords coords;
  bool mirrored;
  size_t dim, n_shape, n_components;
  uint64_t seed;      /* of first weights */
  double temperature; /* of training; part of the model */
  uint64_t mask_seed; /* of the random masks: part of the model, kept in its file */
  char *spec;         /* the line of model/spec.h */
  bgen_symmetry *symmetry;
  bgen_lattice lattice; /* of the box that a crystal is in */
  int *kinds;           /* [n_particles], of those the energy does not tell apart; NULL: all */
  bgen_component *component;
};

/* Component k of a generator whose other members are set: a new flow, weight 1/n_components. */
bgen_status bgen_component_create(bgen_generator *generator, size_t k, const char *name);
void bgen_components_free(size_t n, bgen_component *component); /* and the array itself */

/* What configurations are seen by from reference[dim]; NULL where the coordinates need none. */
bgen_status bgen_generator_see_from(const bgen_generator *generator, const double *reference,
                                    bgen_pose **pose, bgen_match **match);

/* The component sees configurations from reference[dim] from now on.  Where it fails, the component
   is as it was. */
bgen_status bgen_component_refer(bgen_generator *generator, size_t k, const double *reference);

/* How far the sites of n > 1 shapes[n][d] may be off: the error of their mean, which shows between
   both halves of the frames, and what the reference is off it.  rows[2 d] */
double bgen_generator_site_tolerance(const bgen_generator *generator, const double *reference,
                                     size_t n, size_t d, const double *shape, double *rows);

/* The flow of component k sees the neighbors of its sites, if it is local, until they are hidden:
   for a fit to shape[n][n_shape].  The table is to be hidden whatever the answer is. */
bgen_status bgen_component_show_sites(const bgen_generator *generator, size_t k, size_t n,
                                      const double *shape, bgen_neighbors *table);
void bgen_component_hide_sites(const bgen_generator *generator, size_t k, bgen_neighbors *table);

/* How component k sees configurations. */
static inline bgen_chart bgen_component_chart(const bgen_generator *g, size_t k)
{
  const bgen_component *c = &g->component[k];
  return (bgen_chart){.symmetry = g->symmetry,
                      .pose = c->pose,
                      .match = c->match,
                      .reference = c->reference,
                      .dim = g->dim,
                      .n_shape = g->n_shape,
                      .n_particles = g->layout.n_particles};
}

/* Coordinates other than cartesian, in a model file. */
static inline const char *bgen_pose_name(const bgen_generator *g)
{
  return g->mirrored ? "aligned, chirality free" : bgen_coords_name(g->coords);
}

/* tau of the flows at a temperature (model/prior.h) */
static inline double bgen_generator_tau(const bgen_generator *generator, double temperature)
{
  return temperature / generator->temperature;
}

#endif
