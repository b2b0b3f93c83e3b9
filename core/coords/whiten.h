/* SPDX-License-Identifier: MIT
   whiten.h - the linear map that gives the frames zero mean and unit covariance.

   forward: x = mean + z S, inverse: z = (x - mean) S^-1, with S^T S = C, the covariance of the
   frames.  Coordinates on circles are left as they are, and have no part in it.

     ZCA   S symmetric: of all whitening maps the one that changes coordinates least, so that z
           still has one coordinate for each of x and masks by particle keep their meaning
     PCA   S = W V^T with the eigenvectors V of C and the widths W: z are the principal components,
           the widest first, in units of their widths

   A direction that hardly varies in the frames gets the least width of base/moments.h, so the map
   is invertible for frozen coordinates too. */
#ifndef BGEN_COORDS_WHITEN_H
#define BGEN_COORDS_WHITEN_H

#include <stdbool.h>

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bgen_whitening { BGEN_ZCA, BGEN_PCA } bgen_whitening;

/* circle[dim], copied; NULL: there are none. */
bgen_status bgen_whiten_create(size_t dim, bgen_whitening kind, const bool *circle,
                               bgen_bijection **map);

bool bgen_is_whiten(const bgen_bijection *map);

/* fitted[n_fitted] of such a map from a mean[dim] and a covariance[dim][dim] of whatever origin, in
   place of those of frames; what they say of circles is not read. */
bgen_status bgen_whiten_to(const bgen_bijection *map, const double *mean, const double *covariance,
                           double *fitted);

#ifdef __cplusplus
}
#endif
#endif
