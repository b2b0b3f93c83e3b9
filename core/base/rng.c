/* SPDX-License-Identifier: MIT */
#include "base/rng.h"

#include <assert.h>
#include <math.h>

enum { ROUNDS = 10 };

/* multipliers and Weyl steps of the key, from the paper */
static const uint32_t multiplier_0 = 0xD2511F53u, multiplier_1 = 0xCD9E8D57u;
static const uint32_t weyl_0 = 0x9E3779B9u, weyl_1 = 0xBB67AE85u;

void bgen_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < ROUNDS; round++, k0 += weyl_0, k1 += weyl_1) {
    const uint64_t product_0 = (uint64_t) multiplier_0 * c0;
    const uint64_t product_1 = (uint64_t) multiplier_1 * c2;
    c0 = (uint32_t) (product_1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t) product_1;
    c2 = (uint32_t) (product_0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t) product_0;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

bgen_rng bgen_rng_at(uint64_t seed, bgen_stream stream, uint64_t point)
{
  return (bgen_rng){.seed = seed, .point = point, .stream = (uint32_t) stream, .block = 0};
}

/* two 64-bit words from the next block */
static void next_block(bgen_rng *rng, uint64_t word[2])
{
  const uint32_t counter[4] = {rng->block++, rng->stream, (uint32_t) rng->point,
                               (uint32_t) (rng->point >> 32)};
  const uint32_t key[2] = {(uint32_t) rng->seed, (uint32_t) (rng->seed >> 32)};
  uint32_t out[4];
  bgen_philox4x32(counter, key, out);
  word[0] = (uint64_t) out[1] << 32 | out[0];
  word[1] = (uint64_t) out[3] << 32 | out[2];
}

/* centre of one of 2^52 equal cells, hence never 0 or 1 */
static double open_unit(uint64_t word)
{
  return ((double) (word >> 12) + 0.5) * 0x1p-52;
}

double bgen_rng_uniform(bgen_rng *rng)
{
  uint64_t word[2];
  next_block(rng, word);
  return open_unit(word[0]);
}

uint64_t bgen_rng_below(bgen_rng *rng, uint64_t n)
{
  assert(n > 0);
  uint64_t word[2];
  next_block(rng, word);
  return word[0] % n;
}

size_t bgen_rng_choose(bgen_rng *rng, size_t n, const double *weight)
{
  double sum = 0;
  size_t i = 0;
  for (size_t k = 0; k < n; k++) sum += weight[k];
  double rest = sum * bgen_rng_uniform(rng);
  while (i + 1 < n && rest >= weight[i]) rest -= weight[i++];
  return i;
}

void bgen_rng_normals(bgen_rng *rng, size_t n, double *out)
{
  const double two_pi = 6.283185307179586476925;
  for (size_t i = 0; i < n; i += 2) {
    uint64_t word[2];
    next_block(rng, word);
    const double radius = sqrt(-2.0 * log(open_unit(word[0])));
    const double angle = two_pi * open_unit(word[1]);
    out[i] = radius * cos(angle);
    if (i + 1 < n) out[i + 1] = radius * sin(angle);
  }
}

void bgen_rng_permutation(bgen_rng *rng, size_t n, size_t *order)
{
  for (size_t i = 0; i < n; i++) order[i] = i;
  for (size_t i = n; i > 1; i--) {
    const size_t j = (size_t) bgen_rng_below(rng, i), last = order[i - 1];
    order[i - 1] = order[j], order[j] = last;
  }
}
