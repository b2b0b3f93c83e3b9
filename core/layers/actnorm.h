/* SPDX-License-Identifier: MIT
   actnorm.h - a scale and a shift for each coordinate, which start from the frames and then learn
   (Kingma and Dhariwal, arXiv:1807.03039).

     forward:  out = m + w (t + e^s in),       log_det = +sum (log w + s)
     inverse:  out = ((in - m)/w - t) e^-s,    log_det = -sum (log w + s)
   m and w are mean and width of the frames (base/moments.h), so that with s = t = 0, where training
   begins, z has zero mean and unit variance; s and t count in these units. */
#ifndef BGEN_LAYERS_ACTNORM_H
#define BGEN_LAYERS_ACTNORM_H

#include "base/bijection.h"

#ifdef __cplusplus
extern "C" {
#endif

bgen_status bgen_actnorm_create(size_t dim, bgen_bijection **map);

#ifdef __cplusplus
}
#endif
#endif
