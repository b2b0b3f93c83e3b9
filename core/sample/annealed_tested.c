/* SPDX-License-Identifier: MIT */
#include "sample/annealed_tested.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* at level t of the protocol, 0 being the flow */
static bgen_stage stage_at(const bgen_annealed *a, size_t t)
{
  const double lambda = a->of.lambda[t];
  return (bgen_stage){1 - lambda, lambda};
}

/* What sample/annealed.h says of the walkers: works, u_0, and where they are. */
static void show(bgen_annealed *a)
{
  const bgen_population *w = a->walkers;
  a->x = w->x;
  for (size_t i = 0; i < w->n; i++) {
    a->path->work[i] = -w->weights->log_w[i];
    a->path->by_step[i] = 0;
    a->log_det[i] = w->at.log_det[i] + a->gap[i]; /* NaN outside the domain */
    a->path->u[i] = -w->at.log_q[i] - w->at.log_det[i];
    a->energy[i] = w->at.u[i];
  }
}

/* to the next level, where the walkers are */
static void change(bgen_annealed *a)
{
  a->at++;
  bgen_population_enter(a->walkers, stage_at(a, a->to_flow ? a->of.n_steps - a->at : a->at));
  show(a);
}

static void begin(bgen_annealed *a, const bgen_dynamics *dynamics, uint64_t seed,
                  bgen_stream stream, uint64_t first, size_t n, const double *x)
{
  assert(!a->latent == !!dynamics->variance);
  a->dynamics = *dynamics;
  a->path->n = a->walkers->n = n;
  a->x = a->walkers->x;
  memcpy(a->x, x, n * a->walkers->dim * sizeof *x);
  bgen_path_seed(a->walkers->path, seed, stream, first, n);
  a->n_tested = a->n_undone = 0;
  for (size_t i = 0; i < n; i++) a->path->work[i] = 0;
}

static bgen_status meet(bgen_annealed *a, size_t level, const double *u, const double *grad_u)
{
  bgen_population *w = a->walkers;
  const bgen_status status = bgen_population_begin(w, a->of.k, a->of.temperature,
                                                   stage_at(a, level), w->n, w->x, u, grad_u, NULL);
  for (size_t i = 0; i < w->n; i++) a->gap[i] = isfinite(u[i]) && !isfinite(w->at.u[i]) ? NAN : 0;
  show(a);
  return status;
}

void bgen_tested_from_flow(bgen_annealed *a, const bgen_dynamics *dynamics, uint64_t seed,
                           bgen_stream stream, uint64_t first, const double *x)
{
  begin(a, dynamics, seed, stream, first, a->path->n, x);
  memcpy(a->path->u, a->log_q, a->path->n * sizeof *a->log_q);
}

bgen_status bgen_tested_to_flow(bgen_annealed *a, const bgen_dynamics *dynamics, uint64_t seed,
                                bgen_stream stream, uint64_t first, size_t n, const double *x,
                                const double *u, const double *grad_u)
{
  begin(a, dynamics, seed, stream, first, n, x);
  return meet(a, a->of.n_steps, u, grad_u);
}

/* a move at the level where the walkers are */
static bgen_status set_out(bgen_annealed *a, bgen_wanted *wanted)
{
  bgen_population_set_out_again(a->walkers, &a->dynamics, 1);
  const bgen_status status = bgen_population_next(a->walkers, wanted);
  a->x = a->walkers->there;
  return status;
}

bgen_status bgen_tested_next(bgen_annealed *a, bgen_wanted *wanted)
{
  if (a->to_flow) change(a);
  if (a->to_flow && a->at == a->of.n_steps) return BGEN_OK;
  if (a->at > 0) return set_out(a, wanted);
  *wanted = (bgen_wanted){a->walkers->n, a->x, true};
  return BGEN_OK;
}

static void settle(bgen_annealed *a)
{
  const size_t n = a->walkers->n;
  a->n_tested += (int64_t) n;
  a->n_undone += (int64_t) (n - bgen_population_settle(a->walkers, NULL));
}

bgen_status bgen_tested_arrive(bgen_annealed *a, const double *u, const double *grad_u)
{
  bgen_status status;
  if (a->at == 0) {
    status = meet(a, 0, u, grad_u);
  } else {
    status = bgen_population_arrive(a->walkers, u, grad_u);
    if (!status) settle(a);
    show(a);
  }
  if (!status && !a->to_flow) change(a);
  return status;
}
