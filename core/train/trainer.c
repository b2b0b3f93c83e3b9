/* SPDX-License-Identifier: MIT */
#include "train/trainer.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/trainer_private.h"

bgen_train_options bgen_train_defaults(void)
{
  return (bgen_train_options) BGEN_TRAIN_DEFAULTS;
}

static size_t parts(size_t n, size_t size)
{
  return (n + size - 1) / size;
}

size_t bgen_trainer_part_begin(size_t n, size_t part, size_t n_parts)
{
  return n * part / n_parts;
}

static bgen_train_share share_of(const bgen_train_options *o, size_t n)
{
  const size_t first = bgen_trainer_part_begin(n, o->part, o->n_parts);
  return (bgen_train_share){first, bgen_trainer_part_begin(n, o->part + 1, o->n_parts) - first};
}

static size_t n_tallies(const bgen_trainer *t)
{
  return (t->n_data_chunks + t->n_flow_chunks) * t->chunk_size / BGEN_SUM_ROWS;
}

/* of the samples; one number more, so that there always is memory */
static bool allocate_samples(bgen_trainer *t)
{
  const size_t n = t->samples.n, dim = t->flow->map->dim;
  t->log_weight = malloc((n + 1) * sizeof *t->log_weight);
  t->slope = malloc((t->options.batch_flow + 1) * sizeof *t->slope);
  t->u = malloc((n + 1) * sizeof *t->u);
  t->latent = malloc((n * dim + 1) * sizeof *t->latent);
  t->x = malloc((n * dim + 1) * sizeof *t->x);
  t->grad_u = malloc((n * dim + 1) * sizeof *t->grad_u);
  return t->log_weight && t->slope && t->u && t->latent && t->x && t->grad_u;
}

/* with the frames of a step, which are the caller's, and three arrays of the optimizer */
static bgen_status check_memory(const bgen_trainer *t)
{
  const double dim = (double) t->flow->map->dim, n_params = (double) t->flow->map->n_params,
               n_data = (double) t->options.batch_data, n_flow = (double) t->samples.n,
               n_threads = t->options.n_threads, n_gradients = (double) (t->n_slots * t->n_halves);
  return bgen_memory_check(
      (n_data * dim + n_flow * (4 * dim + 5)) * sizeof(double) +
          (double) (t->n_kept * t->chunk_size) * (double) t->flow->map->tape_size * sizeof(double) +
          (n_gradients + 5) * n_params * sizeof(bgen_real) +
          n_threads * (double) bgen_trainer_lane_size(t) * sizeof(double),
      "training of %zu parameters with batches of %zu frames and %zu samples by %d threads",
      t->flow->map->n_params, t->options.batch_data, t->options.batch_flow, t->options.n_threads);
}

static bgen_status allocate(bgen_trainer *t)
{
  const bgen_bijection *map = t->flow->map;
  const size_t n_gradients = t->n_slots * t->n_halves;
  t->lane_size = bgen_trainer_lane_size(t);
  t->gradient = malloc((n_gradients * map->n_params + 1) * sizeof *t->gradient);
  t->best = malloc((map->n_params + 1) * sizeof *t->best);
  t->memory = malloc((size_t) t->options.n_threads * t->lane_size * sizeof *t->memory);
  t->kept = malloc((t->n_kept * t->chunk_size * map->tape_size + 1) * sizeof *t->kept);
  t->tally = malloc((n_tallies(t) + 1) * sizeof *t->tally);
  if (!allocate_samples(t) || !t->gradient || !t->best || !t->memory || !t->kept || !t->tally)
    return bgen_fail(BGEN_NO_MEMORY, "no memory to train with batches of %zu and %zu",
                     t->options.batch_data, t->options.batch_flow);
  for (size_t k = 0; k < t->n_slots; k++)
    t->slot[k] = t->gradient + k * t->n_halves * map->n_params;
  bgen_status status = bgen_adam_create(map->n_params, &t->adam);
  if (!status && t->options.ema > 0)
    status = bgen_ema_create(map->n_params, t->options.ema, t->flow->theta, &t->ema);
  return status;
}

/* one even where it has no points: its gradient is 0 */
static size_t slots(size_t n_chunks)
{
  if (n_chunks == 0) return 1;
  return n_chunks < BGEN_TRAIN_SLOTS ? n_chunks : BGEN_TRAIN_SLOTS;
}

/* A slot with several pairs adds them in order, which halves made apart could not.  Pairs without a
   second half gain nothing. */
static bool halves_are_faster(size_t n_pairs, size_t n_halves, size_t n_threads)
{
  const size_t halves_at_once = n_halves > n_pairs ? 2 : 1;
  return n_pairs <= BGEN_TRAIN_SLOTS &&
         parts(n_halves, n_threads) < halves_at_once * parts(n_pairs, n_threads);
}

static void cut_batches(bgen_trainer *t)
{
  const bool single = t->flow->map->adds_often;
  const size_t slot_size = single ? BGEN_SUM_ROWS : BGEN_TRAIN_PAIR;
  const size_t n_data = parts(t->data.n, slot_size), n_flow = parts(t->samples.n, slot_size);
  const size_t n_halves = parts(t->data.n, BGEN_SUM_ROWS) + parts(t->samples.n, BGEN_SUM_ROWS);
  const bool apart =
      !single && halves_are_faster(n_data + n_flow, n_halves, (size_t) t->options.n_threads);
  t->n_halves = apart ? 2 : 1;
  t->chunk_size = slot_size / t->n_halves;
  t->n_data_chunks = n_data * t->n_halves;
  t->n_flow_chunks = n_flow * t->n_halves;
  t->n_slots = slots(n_data + n_flow);
}

/* as many as the memory for their tapes allows */
static size_t kept_chunks(const bgen_trainer *t)
{
  const size_t tape = t->chunk_size * t->flow->map->tape_size + 1,
               most = BGEN_TRAIN_MOST_KEPT / tape;
  return t->n_flow_chunks < most ? t->n_flow_chunks : most;
}

bgen_status bgen_trainer_create(bgen_flow *flow, const bgen_train_options *options,
                                bgen_trainer **trainer)
{
  bgen_trainer *t = calloc(1, sizeof *t);
  if (!t) return bgen_fail(BGEN_NO_MEMORY, "no memory for a trainer");
  t->flow = flow;
  t->options = *options;
  t->least_loss = INFINITY;
  if (!(options->weight_ml > 0)) t->options.batch_data = 0;
  if (!(options->weight_kl > 0 || options->weight_rc > 0)) t->options.batch_flow = 0;
  assert(t->options.batch_data + t->options.batch_flow > 0);
  assert(options->n_threads > 0 && options->n_tau > 0 && options->part < options->n_parts);
  t->data = share_of(&t->options, t->options.batch_data);
  t->samples = share_of(&t->options, t->options.batch_flow);
  cut_batches(t);
  t->n_kept = kept_chunks(t);
  bgen_status status = check_memory(t);
  if (!status) status = allocate(t);
  if (status) {
    bgen_trainer_destroy(t);
    return status;
  }
  memcpy(t->best, flow->theta, flow->map->n_params * sizeof *t->best);
  *trainer = t;
  return BGEN_OK;
}

void bgen_trainer_destroy(bgen_trainer *t)
{
  if (!t) return;
  bgen_adam_destroy(t->adam), bgen_ema_destroy(t->ema);
  free(t->gradient), free(t->best), free(t->memory), free(t->kept), free(t->tally);
  free(t->latent), free(t->x), free(t->u), free(t->grad_u), free(t->log_weight), free(t->slope);
  free(t);
}

const double *bgen_trainer_log_weights(const bgen_trainer *t)
{
  return t->log_weight;
}

bool bgen_trainer_keep_if_best(bgen_trainer *t, double loss)
{
  if (!(loss < t->least_loss)) return false;
  t->least_loss = loss;
  memcpy(t->best, t->flow->theta, t->flow->map->n_params * sizeof *t->best);
  return true;
}

void bgen_trainer_take_best(bgen_trainer *t)
{
  if (t->least_loss < INFINITY)
    memcpy(t->flow->theta, t->best, t->flow->map->n_params * sizeof *t->best);
}

void bgen_trainer_swap_mean(bgen_trainer *t)
{
  if (t->ema) bgen_ema_swap(t->ema, t->flow->theta);
}

bool bgen_trainer_is_finite(const bgen_trainer *t)
{
  bool finite = true;
  for (size_t i = 0; i < t->flow->map->n_params; i++)
    finite = finite && isfinite(t->flow->theta[i]);
  return finite;
}

void bgen_trainer_go_back(bgen_trainer *t)
{
  memcpy(t->flow->theta, t->best, t->flow->map->n_params * sizeof *t->best);
}

bgen_status bgen_trainer_next(bgen_trainer *t, bgen_wanted *wanted)
{
  bgen_trainer_make_samples(t);
  *wanted = (bgen_wanted){t->samples.n, t->x, true};
  return BGEN_OK;
}

bgen_status bgen_trainer_arrive(bgen_trainer *t, const double *u, const double *grad_u)
{
  const size_t n = t->samples.n, dim = t->flow->map->dim;
  memcpy(t->u, u, n * sizeof *u);
  memcpy(t->grad_u, grad_u, n * dim * sizeof *grad_u);
  t->has_energies = true;
  return BGEN_OK;
}

static bgen_train_sums sums_of(const bgen_trainer *t)
{
  bgen_train_sums sums = {0};
  const size_t n_data = t->n_data_chunks * t->chunk_size / BGEN_SUM_ROWS;
  for (size_t k = 0; k < n_data; k++) sums.ml += t->tally[k].loss;
  for (size_t k = n_data; k < n_tallies(t); k++) {
    sums.kl += t->tally[k].loss;
    sums.n_not_finite += (double) t->tally[k].n_not_finite;
    sums.n_capped += (double) t->tally[k].n_capped;
  }
  return sums;
}

static double mean(double sum, double n)
{
  return n > 0 ? sum / n : NAN;
}

static void fill_report(const bgen_trainer *t, const bgen_train_sums *sums,
                        bgen_train_report *report)
{
  const bgen_train_options *o = &t->options;
  report->ml = mean(sums->ml, (double) o->batch_data);
  report->kl = mean(sums->kl, (double) o->batch_flow - sums->n_not_finite);
  report->rc = o->weight_rc > 0 ? t->rc : NAN;
  report->loss = (o->batch_data ? o->weight_ml * report->ml : 0) +
                 (o->weight_kl > 0 ? o->weight_kl * report->kl : 0) +
                 (o->weight_rc > 0 ? o->weight_rc * report->rc : 0);
  report->n_not_finite = (size_t) sums->n_not_finite;
  report->n_capped = (size_t) sums->n_capped;
}

static void learn(bgen_trainer *t, const bgen_train_batch *batch)
{
  assert(t->has_energies || t->options.batch_flow == 0);
  memset(t->tally, 0, n_tallies(t) * sizeof *t->tally);
  t->has_energies = false;
  bgen_trainer_learn(t, batch);
}

/* along the sum of the first slots */
static bgen_status descend(bgen_trainer *t, size_t n_slots, const bgen_train_sums *sums,
                           bgen_train_report *report)
{
  fill_report(t, sums, report);
  report->lr = bgen_cosine_rate(t->options.lr, t->options.lr_end, t->options.n_steps, t->step) *
               bgen_warmup(t->options.n_warmup, t->step);
  t->step++;
  const bgen_status status =
      bgen_adam_step(t->adam, n_slots, t->slot, report->lr, t->options.clip, t->options.n_threads,
                     t->flow->theta, &report->grad_norm);
  if (!status && t->ema) bgen_ema_follow(t->ema, t->flow->theta);
  return status;
}

bgen_status bgen_trainer_step(bgen_trainer *t, const bgen_train_batch *batch,
                              bgen_train_report *report)
{
  learn(t, batch);
  const bgen_train_sums sums = sums_of(t);
  return descend(t, t->n_slots, &sums, report);
}

bgen_real *bgen_trainer_gradient(bgen_trainer *t, const bgen_train_batch *batch,
                                 bgen_train_sums *sums)
{
  const size_t n_params = t->flow->map->n_params;
  learn(t, batch);
  *sums = sums_of(t);
#pragma omp parallel for schedule(static) num_threads(t->options.n_threads)
  for (size_t i = 0; i < n_params; i++)
    for (size_t k = 1; k < t->n_slots; k++) t->gradient[i] += t->slot[k][i];
  return t->gradient;
}

bgen_status bgen_trainer_descend(bgen_trainer *t, const bgen_train_sums *sums,
                                 bgen_train_report *report)
{
  return descend(t, 1, sums, report);
}
