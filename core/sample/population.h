/* SPDX-License-Identifier: MIT
   population.h - a population of walkers on its way from one distribution to another, stage by
   stage.

     u_t(x) = -flow_t log q_k(x) + energy_t u(x)   within a region that the caller knows, else +inf

   From the flow of component k to the Boltzmann distribution (flow, energy) go from (1, 0) to
   (0, 1); from one temperature to another energy_t is T_0/T_t, and there is no flow.  log q_k is
   that of x folded (coords/symmetry.h).

     bgen_population_begin      x ~ e^{-u_0}
     bgen_population_enter      the next stage: weights (weights.h) lose the change of u_t
     bgen_population_resample   if it pays
     bgen_population_set_out    a move of n_steps steps, then
       while (!bgen_population_next(walkers, &wanted) && wanted.n)
         { evaluate u and its gradient at wanted.x; bgen_population_arrive(walkers, u, grad_u); }
     bgen_population_settle     and so on with the next stage

   Paths are in the space of x, or in the latent space of component k (model/latent.h), where u and
   -log q_k are those of z and bodies stay where they are.

   The move is a Langevin path (path.h) at constant u_t.  Its work is that of the finite time
   step, so accepted with min(1, e^-W) it leaves e^{-u_t} invariant at any time step (generalized
   hybrid Monte Carlo: Horowitz, Phys. Lett. B 268, 247, doi:10.1016/0370-2693(91)90812-5); and
   it is reversible, velocities being drawn anew: weights of stages in reverse order, from
   samples of the last, are reverse works of Crooks' relation. */
#ifndef BGEN_SAMPLE_POPULATION_H
#define BGEN_SAMPLE_POPULATION_H

#include "base/api.h"
#include "base/wanted.h"
#include "model/latent.h"
#include "sample/path.h"
#include "sample/weights.h"

BGEN_API_BEGIN

typedef struct bgen_stage {
  double flow, energy;
} bgen_stage;

/* Terms of u_t at the walkers; gradients are with respect to the coordinates of the paths. */
typedef struct bgen_terms {
  double *u, *grad_u, *log_q, *grad_q; /* [n], [n][size], [n], [n][size] */
  double *log_det;                     /* [n] of z -> x, 0 where paths are in x */
} bgen_terms;

/* Members are to be read. */
typedef struct bgen_population {
  size_t dim, n;
  bool latent;
  size_t size;                     /* of the space of the paths: dim, or that of z */
  const bgen_generator *generator; /* NULL: no stage has a flow */
  bgen_workspace *workspace;       /* both are the caller's */
  size_t k;
  double temperature; /* of the density of component k */
  bgen_stage stage;
  bgen_weights *weights;
  double *x, *there;   /* [n][dim] where walkers are, and where their paths are now */
  bgen_terms at, then; /* of the same */
  double *z;           /* [n][size], x itself unless latent */
  bgen_views *views;   /* of x; NULL unless latent */
  bgen_path *path;
  size_t n_left;        /* steps of the path */
  double *u_t, *grad_t; /* [n], [n][size] memory */
  double *memory;       /* of all numbers */
} bgen_population;

/* Of at most capacity walkers; generator and workspace are NULL where no stage has a flow, and
   paths then not latent. */
bgen_status bgen_population_create(const bgen_generator *generator, bgen_workspace *workspace,
                                   bool latent, size_t dim, size_t capacity,
                                   bgen_population **walkers);
void bgen_population_destroy(bgen_population *walkers); /* NULL is fine */

/* n <= capacity walkers at x[n][dim] of component k, whose density is that of the temperature, with
   u[n] and its gradient, at the first stage.  Where u is not finite, or not within[i], they have no
   weight; within NULL: all are. */
bgen_status bgen_population_begin(bgen_population *walkers, size_t k, double temperature,
                                  bgen_stage first, size_t n, const double *x, const double *u,
                                  const double *grad_u, const char *within);

void bgen_population_enter(bgen_population *walkers, bgen_stage stage);

/* see bgen_weights_resample() */
bool bgen_population_resample(bgen_population *walkers, double uniform);

/* Walker i takes the random numbers of a move from point first + i of the stream. */
void bgen_population_set_out(bgen_population *walkers, const bgen_dynamics *dynamics,
                             size_t n_steps, uint64_t seed, bgen_stream stream, uint64_t first);
/* The same with the random numbers that follow those of the last move, or of bgen_path_seed(). */
void bgen_population_set_out_again(bgen_population *walkers, const bgen_dynamics *dynamics,
                                   size_t n_steps);
bgen_status bgen_population_next(bgen_population *walkers, bgen_wanted *wanted);
bgen_status bgen_population_arrive(bgen_population *walkers, const double *u, const double *grad_u);

/* The walkers whose paths, at `there` now, are accepted, and end within the region, go there; how
   many of those that have a weight. */
size_t bgen_population_settle(bgen_population *walkers, const char *within);

BGEN_API_END
#endif
