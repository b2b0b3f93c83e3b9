/* SPDX-License-Identifier: MIT
   Vectors of the 16 bytes that every processor has, by the extension of GCC and clang. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "layers/spline_kernels.h"

#define KERNELS bgen_spline_plain
#define TARGET
#define INLINE static inline __attribute__((always_inline))

typedef double vec __attribute__((vector_size(16)));
typedef int64_t mask __attribute__((vector_size(16)));

INLINE vec spread(double x)
{
  return (vec){x, x};
}

INLINE vec load(const double *from)
{
  return (vec){from[0], from[1]};
}

INLINE void store(double *to, vec v)
{
  memcpy(to, &v, sizeof v);
}

INLINE vec load_reals(const bgen_real *from)
{
  return (vec){(double) from[0], (double) from[1]};
}

INLINE void store_reals(bgen_real *to, vec v)
{
  to[0] = (bgen_real) v[0], to[1] = (bgen_real) v[1];
}

INLINE vec root_of(vec v)
{
  return (vec){sqrt(v[0]), sqrt(v[1])};
}

INLINE vec floor_of(vec v)
{
  return (vec){floor(v[0]), floor(v[1])};
}

INLINE vec choose(mask where, vec a, vec b)
{
  return (vec) ((where & (mask) a) | (~where & (mask) b));
}

#define FUSE(a, b, c) ((a) * (b) + (c))
#define at_least(a, b) ((a) >= (b))
#define below(a, b) ((a) < (b))

#include "layers/spline_kernel.h"
