/* SPDX-License-Identifier: MIT
   rng.h - counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC'11,
   doi:10.1145/2063384.2063405).

   A draw is a pure function of (seed, stream, point, block).  "stream" is the purpose, "point" the
   index of the configuration or step that the numbers are for, and block counts the draws made for
   it.  So numbers depend neither on threads nor on ranks, and the whole state of a chain is the
   integer "point" that stands in its restart file. */
#ifndef BGEN_BASE_RNG_H
#define BGEN_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/api.h"

BGEN_API_BEGIN

/* One stream for each purpose.  The numbers are part of what makes a run repeat: only append. */
typedef enum bgen_stream {
  BGEN_STREAM_INIT = 0,      /* first network weights; point = index of the map in its chain */
  BGEN_STREAM_MASK = 1,      /* random halves and permutations; point = index of the map */
  BGEN_STREAM_PROPOSAL = 2,  /* latent of a proposed jump; point = proposal */
  BGEN_STREAM_COMPONENT = 3, /* which flow of the mixture proposes; point = proposal or sample */
  BGEN_STREAM_ACCEPT = 4,   /* Metropolis test; point = attempt, as many numbers whatever happens */
  BGEN_STREAM_VELOCITY = 5, /* new velocities after a jump; point = attempt */
  BGEN_STREAM_SHUFFLE = 6,  /* which frames make a training batch; point = training step */
  BGEN_STREAM_TRAIN = 7,    /* latent points of energy training; point = sample since creation */
  BGEN_STREAM_SAMPLE = 8,   /* latent points of sampling on demand; point = sample */
  BGEN_STREAM_BOOTSTRAP = 9, /* resampling of estimates; point = repeat */
  BGEN_STREAM_MIRROR = 10,   /* which image of a proposal under reflections; point = proposal */
  BGEN_STREAM_JUDGE = 11,    /* latent points that judge a flow in training; point = sample */
  BGEN_STREAM_MOVE = 12,     /* which kind of move is tried; point = attempt */
  BGEN_STREAM_EXPLORE = 13,  /* latent steps of frames in training; point = move since creation */
  BGEN_STREAM_EXPLORE_ACCEPT = 14, /* their Metropolis test; point = the same */
  BGEN_STREAM_MIXTURE = 15,        /* where the fit of a mixture starts; point = start */
  BGEN_STREAM_PATH = 16,           /* velocities and noise of paths; point = path */
  BGEN_STREAM_BORDER = 17,         /* test of MD that changed the basin; point = attempt after it */
  BGEN_STREAM_ANNEAL = 18,         /* starts, moves and resampling of populations; point = each */
  BGEN_STREAM_FORCE_CHECK = 19,    /* displacements that compare energy and forces; point = each */
  BGEN_STREAM_PLACE = 20,          /* whose view places a proposal; point = proposal */
  BGEN_STREAM_TEST = 1000          /* left to tests */
} bgen_stream;

typedef struct bgen_rng {
  uint64_t seed, point;
  uint32_t stream, block;
} bgen_rng;

/* The generator for one point, at its first number. */
bgen_rng bgen_rng_at(uint64_t seed, bgen_stream stream, uint64_t point);

/* Uniform in the open interval (0,1), 52 bits; takes one block. */
double bgen_rng_uniform(bgen_rng *rng);

/* Integer in [0, n), n > 0; takes one block.  Bias below n / 2^64. */
uint64_t bgen_rng_below(bgen_rng *rng, uint64_t n);

/* i < n with a probability in proportion to weight[i] >= 0; takes one block. */
size_t bgen_rng_choose(bgen_rng *rng, size_t n, const double *weight);

/* out[n] independent standard normals (Box-Muller); takes one block for each two. */
void bgen_rng_normals(bgen_rng *rng, size_t n, double *out);

/* order[n] becomes a uniformly random permutation of 0..n-1 (Fisher-Yates). */
void bgen_rng_permutation(bgen_rng *rng, size_t n, size_t *order);

/* The bare function: four words from a 128-bit counter and a 64-bit key. */
void bgen_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

BGEN_API_END
#endif
