/* SPDX-License-Identifier: MIT
   generator_private.h - the members of a generator, which nothing outside model/ sees. */
#ifndef BGEN_MODEL_GENERATOR_PRIVATE_H
#define BGEN_MODEL_GENERATOR_PRIVATE_H

#include "coords/chart.h"
#include "coords/lattice.h"
#include "model/generator.h"

/* From where configurations are seen (coords/chart.h); what is not needed is NULL. */
typedef struct bgen_standpoint {
  bgen_conformer *conformer;
  bgen_pose *pose;
  bgen_match *match;
} bgen_standpoint;

typedef struct bgen_component {
  char name[BGEN_NAME_LENGTH];
  bgen_flow *flow;
  double *reference;    /* [dim], what frames are folded to */
  bgen_standpoint from; /* about it; nothing before it is fitted */
  double weight;        /* of all weights, which sum to 1 */
  bool fitted;          /* has seen frames; only then can it sample */
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
  const bgen_tree *tree; /* of internal coordinates, the caller's; NULL: they are others */
  int *leaves;           /* [n_particles] species of leaves that may be rotors, or NULL */
  signed char *wanted;   /* [n_shape] which torsions are circles, or NULL */
  bgen_lattice lattice;  /* of the box that a crystal is in */
  int *kinds;            /* [n_particles], of those the energy does not tell apart; NULL: all */
  bgen_component *component;
};

/* Component k of a generator whose other members are set: a new flow, weight 1/n_components.
   circle[n_shape], NULL: it is not decided yet, and all torsions are circles that may be. */
bgen_status bgen_component_create(bgen_generator *generator, size_t k, const char *name,
                                  const bool *circle);
void bgen_components_free(size_t n, bgen_component *component); /* and the array itself */

/* circle[n_shape]: all torsions but those that are wanted to be lines; workspaces have memory for
   so many and no more. */
void bgen_generator_may_be_circles(const bgen_generator *generator, bool *circle);

/* The flow of a component with these circles, NULL as above: no other needs more memory for its
   passes. */
bgen_status bgen_generator_new_flow(const bgen_generator *generator, size_t k, const bool *circle,
                                    bgen_flow **flow);

/* Component k gets a new flow with these circles, in place of its own. */
bgen_status bgen_component_set_circles(bgen_generator *generator, size_t k, const bool *circle);

/* What configurations are seen by from reference[dim]; circle[n_shape] or NULL. */
bgen_status bgen_generator_see_from(const bgen_generator *generator, const bool *circle,
                                    const double *reference, bgen_standpoint *from);
void bgen_standpoint_free(bgen_standpoint *from);

/* How configurations are seen from there. */
bgen_chart bgen_generator_chart(const bgen_generator *generator, const bgen_standpoint *from,
                                const double *reference);

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
  return bgen_generator_chart(g, &g->component[k].from, g->component[k].reference);
}

static inline size_t bgen_generator_n_placements(const bgen_generator *g)
{
  return g->tree ? g->tree->n_molecules : 1;
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
