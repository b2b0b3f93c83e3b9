/* SPDX-License-Identifier: MIT
   workspace.h - the members of a workspace (model/generator.h), for the core alone.

   Batches are memory for one function at a time, which the next one on a batch writes over. */
#ifndef BGEN_MODEL_WORKSPACE_H
#define BGEN_MODEL_WORKSPACE_H

#include "coords/chart.h"
#include "model/generator.h"

struct bgen_workspace {
  size_t dim, n_shape, n_particles, n_placements;
  bgen_passes *passes;
  double *chart_work; /* these three serve one configuration */
  double *folded;     /* [dim] */
  bgen_view one;      /* whose order and placements are its own */
  size_t capacity;    /* points of the largest batch yet; grows, never shrinks */
  double *batch[2];   /* [capacity][dim] each */
  double *log[2];     /* [capacity] each */
  size_t *row;        /* [capacity] */
  bgen_view *view;    /* [capacity], whose orders and placements lie in */
  size_t *order;      /* [capacity][n_particles] */
  bgen_placement *at; /* [capacity][n_placements] */
};

/* Makes room for n points in the batches. */
bgen_status bgen_workspace_reserve(bgen_workspace *workspace, size_t n);

#endif
