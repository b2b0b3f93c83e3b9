/* SPDX-License-Identifier: MIT
   drift.h - whether a body drifts, so that its coordinates in space have no finite width.

   A distribution of finite width is not the same once it is shifted by twice its width.  So frames
   are moved as one body, along each axis by twice the width of their centroid, or that of their
   shape where it is larger.  Where no frame's energy changes, nothing holds the body: its centroid
   goes as far as it is given time, or was held by hand.  Then the frames are turned, too.  Few
   frames make widths small, so a body that seems free is moved farther: a soft spring is felt
   there.  What is refused there may be the end of a box, and holds nothing.

   By the protocol of base/wanted.h:

     bgen_drift_create(...); next, arrive until it has ended; bgen_drift_find() */
#ifndef BGEN_COORDS_DRIFT_H
#define BGEN_COORDS_DRIFT_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"
#include "base/wanted.h"

BGEN_API_BEGIN

typedef struct bgen_drift bgen_drift;

/* Of frames x[n][dim], n > 1, of which some are looked at.  A single particle has no shape, and is
   not held to drift. */
bgen_status bgen_drift_create(const bgen_layout *layout, size_t n, const double *x,
                              bgen_drift **drift);
void bgen_drift_destroy(bgen_drift *drift); /* NULL is fine */

bgen_status bgen_drift_next(bgen_drift *drift, bgen_wanted *wanted);
bgen_status bgen_drift_arrive(bgen_drift *drift, const double *u, const double *grad_u);

typedef struct bgen_drift_found {
  int axis;     /* the first one along which the body is free; -1: there is none */
  double shift; /* along it, by which no energy changes */
  bool drifts;  /* it is free along all axes */
  bool turns;   /* it is free to turn about all of them */
} bgen_drift_found;

bgen_drift_found bgen_drift_find(const bgen_drift *drift);

BGEN_API_END
#endif
