/* SPDX-License-Identifier: MIT
   Vectors of the 16 bytes that every processor has, by the extension of GCC and clang. */
#include <string.h>

#include "base/real.h"

#define KERNEL bgen_multiply_plain
#define TARGET
#define LANES (16 / sizeof(bgen_real))
#define ROWS 4
#define PACKS_PARTS 1
#define VECTORS 2

typedef bgen_real vec __attribute__((vector_size(16)));
typedef int part; /* how many lanes */

#define INLINE static inline __attribute__((always_inline))

INLINE vec zero(void)
{
  return (vec){0};
}

INLINE vec spread(bgen_real x)
{
#ifdef BGEN_DOUBLE_NETWORKS
  return (vec){x, x};
#else
  return (vec){x, x, x, x};
#endif
}

INLINE vec load(const bgen_real *from)
{
  vec v;
  memcpy(&v, from, sizeof v);
  return v;
}

INLINE vec load_part(const bgen_real *from, part n)
{
  if (n == LANES) return load(from);
  bgen_real lanes[LANES] = {0};
  for (int i = 0; i < n; i++) lanes[i] = from[i];
  return load(lanes);
}

INLINE void store_part(bgen_real *to, part n, vec v)
{
  if (n == LANES)
    memcpy(to, &v, sizeof v);
  else {
    bgen_real lanes[LANES];
    memcpy(lanes, &v, sizeof v);
    for (int i = 0; i < n; i++) to[i] = lanes[i];
  }
}

#define part_of(n) ((part) (n))
#define multiply_add(a, b, c) ((a) * (b) + (c))

#include "base/product_kernel.h"
