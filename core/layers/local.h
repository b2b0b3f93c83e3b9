/* SPDX-License-Identifier: MIT
   local.h - an affine coupling of the sites of a crystal, by what is next to each of them.

   y are displacements d of N sites without a common shift, axis by axis d = B y with the reflection
   B of coords/pose.h (1/sqrt N = u goes to the last axis):

     d_i = y_i - Y / (N + sqrt N),  d_N = -Y / sqrt N,   Y = sum y,  i < N

   One axis of all sites moves, by what the other axes are.  One network, the same for all sites,
   gives the log-scale s_i and the shift t_i of site i.  It sees

     d_j - d_i along the other axes, of the k sites j that are the neighbors of i
     which class of sites i is of, as numbers 0 and 1

   so neither the number of parameters nor what a site sees depends on N, nor anything on a common
   shift.  Where the table of neighbors is kept by the translations of a lattice, the map commutes
   with them.  With D = diag(e^s) and the projector P on sum d = 0,

     forward:  d' = P (D d + t),             log_det = sum s + ln(sum e^-s / N)
     inverse:  d_i = e^-s_i (d'_i + m - t_i),  m = sum e^-s (t - d') / sum e^-s

   s = tanh(S): a crystal after whiten needs no more, and the bound holds N sites together.  The
   network is of SiLU in single precision; what it sees is copied, so both directions see the same
   numbers. */
#ifndef BGEN_LAYERS_LOCAL_H
#define BGEN_LAYERS_LOCAL_H

#include <stdbool.h>

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { BGEN_MOST_NEIGHBORS = 64, BGEN_MOST_SITE_CLASSES = 64 };

typedef struct bgen_local {
  size_t axis;        /* that moves, below n_space */
  size_t n_neighbors; /* k */
  size_t n_classes;   /* of sites, at most */
  size_t width, depth;
} bgen_local;

/* Of the layout of all particles, two or more of them, in two or three dimensions; dim =
   (n_particles - 1) n_space.  It is fitted to neighbors alone. */
bgen_status bgen_local_create(const bgen_layout *layout, const bgen_local *options,
                              bgen_bijection **map);

bool bgen_is_local(const bgen_bijection *map);

/* How many classes the sites of its table fall into. */
size_t bgen_local_n_classes(const bgen_bijection *map, const double *fitted);

#ifdef __cplusplus
}
#endif
#endif
