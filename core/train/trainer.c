/* SPDX-License-Identifier: MIT */
#include "train/trainer.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "base/memory.h"
#include "train/adam.h"
#include "train/ema.h"
#include "train/loss.h"

/* Points at a time: each chunk walks through the whole gradient once.  Chunks add to the gradient
   of their slot, chunk c to slot c mod n_slots, in rising order; slots are then summed in order.
   So the sum does not depend on which thread did what. */
enum { CHUNK = 128, MAX_SLOTS = 16 };

/* What one thread needs for one chunk. */
typedef struct lane {
  double *tape, *scratch;
  double *out, *grad_out, *grad_in; /* [CHUNK][dim] */
  double *log_det, *grad_log_det;   /* [CHUNK] */
} lane;

/* Sums over one chunk. */
typedef struct tally {
  double loss;
  size_t n_not_finite, n_capped;
} tally;

struct bgen_trainer {
  bgen_flow *flow;
  bgen_train_options options;
  uint64_t step;
  size_t n_data_chunks, n_flow_chunks, n_slots;
  bgen_adam *adam;
  bgen_ema *ema; /* NULL: parameters are not averaged */
  bgen_passes *passes;
  bgen_real *gradient; /* [n_slots][n_params] */
  bgen_real *best;     /* [n_params], of the least loss; at first those before the first step */
  double least_loss;
  const bgen_real *slot[MAX_SLOTS];
  double *memory; /* of the lanes, [n_threads][lane_size] */
  size_t lane_size;
  tally *chunk;                  /* [n_data_chunks + n_flow_chunks] */
  double *latent;                /* [batch_flow][dim] of the samples last proposed */
  double *x;                     /* [batch_flow][dim], these samples */
  double *u, *grad_u;            /* [batch_flow], [batch_flow][dim], and what has arrived of them */
  bool has_energies;             /* they have arrived */
  double *log_weight;            /* [batch_flow] */
  double *slope;                 /* [batch_flow] d(loss)/ds, of weight_rc */
  double rc;                     /* loss along s */
  const bgen_train_batch *batch; /* of the step in progress */
};

bgen_train_options bgen_train_defaults(void)
{
  return (bgen_train_options) BGEN_TRAIN_DEFAULTS;
}

static size_t chunks(size_t n)
{
  return (n + CHUNK - 1) / CHUNK;
}

static size_t lane_size(const bgen_bijection *map)
{
  return CHUNK * (map->tape_size + map->scratch_size + 3 * map->dim + 2);
}

static lane lane_of(const bgen_trainer *t, int thread)
{
  const bgen_bijection *map = t->flow->map;
  const size_t batch = CHUNK * map->dim;
  lane l;
  l.tape = t->memory + (size_t) thread * t->lane_size;
  l.scratch = l.tape + CHUNK * map->tape_size;
  l.out = l.scratch + CHUNK * map->scratch_size;
  l.grad_out = l.out + batch;
  l.grad_in = l.grad_out + batch;
  l.log_det = l.grad_in + batch;
  l.grad_log_det = l.log_det + CHUNK;
  return l;
}

/* of the samples; one number more, so that there always is memory */
static bool allocate_samples(bgen_trainer *t)
{
  const size_t n = t->options.batch_flow, dim = t->flow->map->dim;
  t->log_weight = malloc((n + 1) * sizeof *t->log_weight);
  t->slope = malloc((n + 1) * sizeof *t->slope);
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
               n_data = (double) t->options.batch_data, n_flow = (double) t->options.batch_flow,
               n_threads = t->options.n_threads, n_slots = (double) t->n_slots;
  return bgen_memory_check(
      (n_data * dim + n_flow * (4 * dim + 5)) * sizeof(double) +
          (n_slots + 5) * n_params * sizeof(bgen_real) +
          n_threads * (double) lane_size(t->flow->map) * sizeof(double),
      "training of %zu parameters with batches of %zu frames and %zu samples by %d threads",
      t->flow->map->n_params, t->options.batch_data, t->options.batch_flow, t->options.n_threads);
}

static bgen_status allocate(bgen_trainer *t)
{
  const bgen_bijection *map = t->flow->map;
  const size_t n_chunks = t->n_data_chunks + t->n_flow_chunks;
  t->lane_size = lane_size(map);
  t->gradient = malloc((t->n_slots * map->n_params + 1) * sizeof *t->gradient);
  t->best = malloc((map->n_params + 1) * sizeof *t->best);
  t->memory = malloc((size_t) t->options.n_threads * t->lane_size * sizeof *t->memory);
  t->chunk = malloc(n_chunks * sizeof *t->chunk);
  if (!allocate_samples(t) || !t->gradient || !t->best || !t->memory || !t->chunk)
    return bgen_fail(BGEN_NO_MEMORY, "no memory to train with batches of %zu and %zu",
                     t->options.batch_data, t->options.batch_flow);
  for (size_t k = 0; k < t->n_slots; k++) t->slot[k] = t->gradient + k * map->n_params;
  bgen_status status = bgen_adam_create(map->n_params, &t->adam);
  if (!status && t->options.ema > 0)
    status = bgen_ema_create(map->n_params, t->options.ema, t->flow->theta, &t->ema);
  return status ? status : bgen_passes_create(t->flow, t->options.n_threads, &t->passes);
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
  t->n_data_chunks = chunks(t->options.batch_data);
  t->n_flow_chunks = chunks(t->options.batch_flow);
  const size_t n_chunks = t->n_data_chunks + t->n_flow_chunks;
  assert(n_chunks > 0 && options->n_threads > 0 && options->n_tau > 0);
  t->n_slots = n_chunks < MAX_SLOTS ? n_chunks : MAX_SLOTS;
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
  bgen_passes_destroy(t->passes);
  free(t->gradient), free(t->best), free(t->memory), free(t->chunk);
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

static uint64_t first_sample(const bgen_trainer *t)
{
  return t->options.first_sample + t->step * t->options.batch_flow;
}

static double tau_of(const bgen_trainer *t, size_t sample)
{
  return t->options.tau[sample % t->options.n_tau];
}

/* log_weight lends its memory for log-determinants that nobody asks for */
bgen_status bgen_trainer_next(bgen_trainer *t, bgen_wanted *wanted)
{
  const size_t n = t->options.batch_flow, dim = t->flow->map->dim;
  for (size_t i = 0; i < n; i++)
    bgen_prior_sample(&t->flow->prior, tau_of(t, i), t->options.seed, BGEN_STREAM_TRAIN,
                      first_sample(t) + i, 1, t->latent + i * dim);
  bgen_flow_transform(t->flow, t->passes, BGEN_FORWARD, n, t->latent, t->x, t->log_weight);
  *wanted = (bgen_wanted){n, t->x, true};
  return BGEN_OK;
}

bgen_status bgen_trainer_arrive(bgen_trainer *t, const double *u, const double *grad_u)
{
  const size_t n = t->options.batch_flow, dim = t->flow->map->dim;
  memcpy(t->u, u, n * sizeof *u);
  memcpy(t->grad_u, grad_u, n * dim * sizeof *grad_u);
  t->has_energies = true;
  return BGEN_OK;
}

static bgen_pass pass_of(const bgen_trainer *t, const lane *l, bgen_direction direction, size_t n)
{
  return (bgen_pass){direction, n, t->flow->theta, t->flow->fitted, l->tape, l->scratch};
}

/* n frames from the first-th of the batch on */
static tally learn_example(const bgen_trainer *t, const lane *l, size_t first, size_t n,
                           bgen_real *gradient)
{
  const bgen_bijection *map = t->flow->map;
  const bgen_pass pass = pass_of(t, l, BGEN_INVERSE, n);
  const double scale = t->options.weight_ml / (double) t->options.batch_data;
  tally sum = {0};
  memset(l->log_det, 0, n * sizeof *l->log_det);
  map->type->apply(map, &pass, t->batch->x_data + first * map->dim, l->out, l->log_det);
  for (size_t i = 0; i < n; i++) {
    const size_t at = i * map->dim;
    sum.loss +=
        bgen_loss_example(&t->flow->prior, l->out + at, l->log_det[i], scale, l->grad_out + at);
    l->grad_log_det[i] = -scale;
  }
  map->type->vjp(map, &pass, l->grad_out, l->grad_log_det, l->grad_in, gradient);
  return sum;
}

static bool all_finite(size_t n, const double *values)
{
  bool finite = true;
  for (size_t i = 0; i < n; i++) finite = finite && isfinite(values[i]);
  return finite;
}

/* what spreads the samples along s; a sample without s does not take part */
static void add_spread(const bgen_trainer *t, size_t i, double *grad_out)
{
  const size_t dim = t->flow->map->dim;
  const double *grad_s = t->batch->grad_s + i * dim;
  if (!isfinite(t->batch->s[i]) || !all_finite(dim, grad_s)) return;
  for (size_t j = 0; j < dim; j++) grad_out[j] += t->slope[i] * grad_s[j];
}

/* sample i of the batch in row `row` of the lane; without a finite energy it teaches nothing */
static void rate_sample(bgen_trainer *t, const lane *l, size_t row, size_t i, double weight,
                        tally *sum)
{
  const size_t dim = t->flow->map->dim;
  const double tau = tau_of(t, i), u = t->u[i] / tau, *grad_u = t->grad_u + i * dim;
  const double high = t->options.energy_high;
  double *grad_out = l->grad_out + row * dim;
  const bool good = isfinite(u) && all_finite(dim, grad_u);
  const double log_q =
      bgen_prior_log_p(&t->flow->prior, tau, t->latent + i * dim) - l->log_det[row];
  l->grad_log_det[row] = good ? -weight : 0;
  t->log_weight[i] = good ? -u - log_q : -INFINITY;
  memset(grad_out, 0, dim * sizeof *grad_out);
  if (good) sum->loss += bgen_loss_energy(dim, u, grad_u, high, log_q, weight, grad_out);
  for (size_t j = 0; good && j < dim; j++) grad_out[j] /= tau;
  if (good && t->options.weight_rc > 0) add_spread(t, i, grad_out);
  sum->n_not_finite += !good;
  sum->n_capped += good && u > high;
}

/* n samples from the first-th of the batch on: they are made again, now with a tape */
static tally learn_energy(bgen_trainer *t, const lane *l, size_t first, size_t n,
                          bgen_real *gradient)
{
  const bgen_bijection *map = t->flow->map;
  const bgen_pass pass = pass_of(t, l, BGEN_FORWARD, n);
  const double scale = t->options.weight_kl / (double) t->options.batch_flow;
  tally sum = {0};
  memset(l->log_det, 0, n * sizeof *l->log_det);
  map->type->apply(map, &pass, t->latent + first * map->dim, l->out, l->log_det);
  for (size_t i = 0; i < n; i++) rate_sample(t, l, i, first + i, scale, &sum);
  map->type->vjp(map, &pass, l->grad_out, l->grad_log_det, l->grad_in, gradient);
  return sum;
}

static size_t length_of(size_t chunk, size_t n)
{
  const size_t rest = n - chunk * CHUNK;
  return rest < CHUNK ? rest : CHUNK;
}

static void learn_chunk(bgen_trainer *t, const lane *l, size_t chunk, bgen_real *gradient)
{
  const size_t n_data = t->n_data_chunks, flow_chunk = chunk - n_data;
  if (chunk < n_data)
    t->chunk[chunk] =
        learn_example(t, l, chunk * CHUNK, length_of(chunk, t->options.batch_data), gradient);
  else
    t->chunk[chunk] = learn_energy(t, l, flow_chunk * CHUNK,
                                   length_of(flow_chunk, t->options.batch_flow), gradient);
}

static void learn_slot(bgen_trainer *t, size_t slot)
{
  const lane l = lane_of(t, omp_get_thread_num());
  const size_t n_params = t->flow->map->n_params;
  bgen_real *gradient = t->gradient + slot * n_params;
  memset(gradient, 0, n_params * sizeof *gradient);
  for (size_t c = slot; c < t->n_data_chunks + t->n_flow_chunks; c += t->n_slots)
    learn_chunk(t, &l, c, gradient);
}

static double mean_loss(const bgen_trainer *t, size_t first, size_t n_chunks, size_t n_points)
{
  double sum = 0;
  for (size_t c = first; c < first + n_chunks; c++) sum += t->chunk[c].loss;
  return n_points ? sum / (double) n_points : NAN;
}

static void fill_report(const bgen_trainer *t, bgen_train_report *report)
{
  const bgen_train_options *o = &t->options;
  size_t n_not_finite = 0, n_capped = 0;
  for (size_t c = t->n_data_chunks; c < t->n_data_chunks + t->n_flow_chunks; c++) {
    n_not_finite += t->chunk[c].n_not_finite;
    n_capped += t->chunk[c].n_capped;
  }
  report->ml = mean_loss(t, 0, t->n_data_chunks, o->batch_data);
  report->kl = mean_loss(t, t->n_data_chunks, t->n_flow_chunks, o->batch_flow - n_not_finite);
  report->rc = o->weight_rc > 0 ? t->rc : NAN;
  report->loss = (o->batch_data ? o->weight_ml * report->ml : 0) +
                 (o->weight_kl > 0 ? o->weight_kl * report->kl : 0) +
                 (o->weight_rc > 0 ? o->weight_rc * report->rc : 0);
  report->n_not_finite = n_not_finite;
  report->n_capped = n_capped;
}

/* mean over the temperatures */
static double spread_samples(bgen_trainer *t)
{
  const bgen_train_options *o = &t->options;
  const double share = 1 / (double) o->n_tau;
  double sum = 0;
  for (size_t k = 0; k < o->n_tau && k < o->batch_flow; k++)
    sum +=
        bgen_loss_spread((o->batch_flow - k + o->n_tau - 1) / o->n_tau, o->n_tau, t->batch->s + k,
                         o->rc_low, o->rc_high, o->weight_rc * share, t->slope + k);
  return sum * share;
}

bgen_status bgen_trainer_step(bgen_trainer *t, const bgen_train_batch *batch,
                              bgen_train_report *report)
{
  assert(t->has_energies || t->options.batch_flow == 0);
  t->batch = batch;
  t->has_energies = false;
  if (t->options.weight_rc > 0) t->rc = spread_samples(t);
#pragma omp parallel for schedule(static) num_threads(t->options.n_threads)
  for (size_t slot = 0; slot < t->n_slots; slot++) learn_slot(t, slot);
  fill_report(t, report);
  report->lr = bgen_cosine_rate(t->options.lr, t->options.lr_end, t->options.n_steps, t->step) *
               bgen_warmup(t->options.n_warmup, t->step);
  t->step++;
  const bgen_status status =
      bgen_adam_step(t->adam, t->n_slots, t->slot, report->lr, t->options.clip,
                     t->options.n_threads, t->flow->theta, &report->grad_norm);
  if (!status && t->ema) bgen_ema_follow(t->ema, t->flow->theta);
  return status;
}
