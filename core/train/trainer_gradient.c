/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "train/loss.h"
#include "train/trainer_private.h"

/* What one thread needs for one chunk. */
typedef struct lane {
  double *tape, *scratch;
  double *out, *grad_out, *grad_in; /* [chunk_size][dim] */
  double *log_det, *grad_log_det;   /* [chunk_size] */
} lane;

size_t bgen_trainer_lane_size(const bgen_trainer *t)
{
  const bgen_bijection *map = t->flow->map;
  return t->chunk_size * (map->tape_size + map->scratch_size + 3 * map->dim + 2);
}

static lane lane_of(const bgen_trainer *t, int thread)
{
  const bgen_bijection *map = t->flow->map;
  const size_t batch = t->chunk_size * map->dim;
  lane l;
  l.tape = t->memory + (size_t) thread * t->lane_size;
  l.scratch = l.tape + t->chunk_size * map->tape_size;
  l.out = l.scratch + t->chunk_size * map->scratch_size;
  l.grad_out = l.out + batch;
  l.grad_in = l.grad_out + batch;
  l.log_det = l.grad_in + batch;
  l.grad_log_det = l.log_det + t->chunk_size;
  return l;
}

double bgen_trainer_tau(const bgen_trainer *t, size_t sample)
{
  return t->options.tau[sample % t->options.n_tau];
}

/* Its vjp sets the gradient for the first chunk of a slot, and adds to it for the others. */
static bgen_pass pass_of(const bgen_trainer *t, const lane *l, bgen_direction direction, size_t n,
                         bool sets)
{
  const bgen_flow *flow = t->flow;
  return (bgen_pass){direction, n, flow->theta, flow->fitted, l->tape, l->scratch, sets};
}

static void run_map(const bgen_trainer *t, const bgen_pass *pass, const double *in, double *out,
                    double *log_det)
{
  const bgen_bijection *map = t->flow->map;
  memset(log_det, 0, pass->n * sizeof *log_det);
  map->type->apply(map, pass, in, out, log_det);
}

/* n frames from the first-th of its own on; tally: of each sum */
static void learn_example(const bgen_trainer *t, const lane *l, size_t first, size_t n, bool sets,
                          bgen_real *gradient, bgen_train_tally *tally)
{
  const bgen_bijection *map = t->flow->map;
  const bgen_pass pass = pass_of(t, l, BGEN_INVERSE, n, sets);
  const double scale = t->options.weight_ml / (double) t->options.batch_data;
  run_map(t, &pass, t->batch->x_data + (t->data.first + first) * map->dim, l->out, l->log_det);
  for (size_t i = 0; i < n; i++) {
    const size_t at = i * map->dim;
    tally[i / BGEN_SUM_ROWS].loss +=
        bgen_loss_example(&t->flow->prior, l->out + at, l->log_det[i], scale, l->grad_out + at);
    l->grad_log_det[i] = -scale;
  }
  map->type->vjp(map, &pass, l->grad_out, l->grad_log_det, l->grad_in, gradient);
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
  const size_t in_batch = t->samples.first + i;
  if (!isfinite(t->batch->s[in_batch]) || !all_finite(dim, grad_s)) return;
  for (size_t j = 0; j < dim; j++) grad_out[j] += t->slope[in_batch] * grad_s[j];
}

/* its sample i in row `row` of the lane; without a finite energy it teaches nothing */
static void rate_sample(bgen_trainer *t, const lane *l, size_t row, size_t i, double weight,
                        bgen_train_tally *sum)
{
  const size_t dim = t->flow->map->dim;
  const double tau = bgen_trainer_tau(t, t->samples.first + i), u = t->u[i] / tau,
               *grad_u = t->grad_u + i * dim;
  const double high = t->options.energy_high;
  double *grad_out = l->grad_out + row * dim;
  const bool good = isfinite(u) && all_finite(dim, grad_u);
  const double log_q =
      bgen_prior_log_p(&t->flow->prior, tau, t->latent + i * dim) - t->log_weight[i];
  l->grad_log_det[row] = good ? -weight : 0;
  t->log_weight[i] = good ? -u - log_q : -INFINITY;
  memset(grad_out, 0, dim * sizeof *grad_out);
  if (good) sum->loss += bgen_loss_energy(dim, u, grad_u, high, log_q, weight, grad_out);
  for (size_t j = 0; good && j < dim; j++) grad_out[j] /= tau;
  if (good && t->options.weight_rc > 0) add_spread(t, i, grad_out);
  sum->n_not_finite += !good;
  sum->n_capped += good && u > high;
}

/* 0 where n points end with a first half */
static size_t length_of(const bgen_trainer *t, size_t chunk, size_t n)
{
  const size_t size = t->chunk_size, first = chunk * size, rest = first < n ? n - first : 0;
  return rest < size ? rest : size;
}

/* its tape is that of the chunk, if that is kept */
static bgen_pass pass_of_samples(const bgen_trainer *t, const lane *l, size_t chunk, bool sets)
{
  bgen_pass pass = pass_of(t, l, BGEN_FORWARD, length_of(t, chunk, t->samples.n), sets);
  if (chunk < t->n_kept) pass.tape = t->kept + chunk * t->chunk_size * t->flow->map->tape_size;
  return pass;
}

/* n latent points from the first-th of its own on */
static void draw(bgen_trainer *t, size_t first, size_t n)
{
  const bgen_train_options *o = &t->options;
  for (size_t i = first; i < first + n; i++) {
    const size_t in_batch = t->samples.first + i;
    const uint64_t point = o->first_sample + t->step * o->batch_flow + in_batch;
    bgen_prior_sample(&t->flow->prior, bgen_trainer_tau(t, in_batch), o->seed, BGEN_STREAM_TRAIN,
                      point, 1, t->latent + i * t->flow->map->dim);
  }
}

void bgen_trainer_make_samples(bgen_trainer *t)
{
  const size_t step = t->chunk_size, dim = t->flow->map->dim;
#pragma omp parallel for schedule(static) num_threads(t->options.n_threads)
  for (size_t c = 0; c < t->n_flow_chunks; c++) {
    const lane l = lane_of(t, omp_get_thread_num());
    const bgen_pass pass = pass_of_samples(t, &l, c, false);
    if (pass.n == 0) continue;
    draw(t, c * step, pass.n);
    run_map(t, &pass, t->latent + c * step * dim, t->x + c * step * dim, t->log_weight + c * step);
  }
}

/* a chunk of samples, which are made again where their tape was not kept */
static void learn_energy(bgen_trainer *t, const lane *l, size_t chunk, bool sets,
                         bgen_real *gradient, bgen_train_tally *tally)
{
  const bgen_bijection *map = t->flow->map;
  const bgen_pass pass = pass_of_samples(t, l, chunk, sets);
  const size_t first = chunk * t->chunk_size;
  if (chunk >= t->n_kept) run_map(t, &pass, t->latent + first * map->dim, l->out, l->log_det);
  const double scale = t->options.weight_kl / (double) t->options.batch_flow;
  for (size_t i = 0; i < pass.n; i++)
    rate_sample(t, l, i, first + i, scale, tally + i / BGEN_SUM_ROWS);
  map->type->vjp(map, &pass, l->grad_out, l->grad_log_det, l->grad_in, gradient);
}

static void learn_chunk(bgen_trainer *t, const lane *l, size_t chunk, bool sets,
                        bgen_real *gradient)
{
  const size_t n_data = t->n_data_chunks, size = t->chunk_size;
  bgen_train_tally *tally = t->tally + chunk * size / BGEN_SUM_ROWS;
  if (chunk < n_data)
    learn_example(t, l, chunk * size, length_of(t, chunk, t->data.n), sets, gradient, tally);
  else
    learn_energy(t, l, chunk - n_data, sets, gradient, tally);
}

/* 0 of a second half that does not exist */
static size_t points_of(const bgen_trainer *t, size_t chunk)
{
  const size_t n_data = t->n_data_chunks;
  return chunk < n_data ? length_of(t, chunk, t->data.n)
                        : length_of(t, chunk - n_data, t->samples.n);
}

/* the k-th of all gradients: of no points it is 0 */
static void learn_gradient(bgen_trainer *t, size_t k)
{
  const lane l = lane_of(t, omp_get_thread_num());
  const size_t n_params = t->flow->map->n_params, n_chunks = t->n_data_chunks + t->n_flow_chunks;
  bgen_real *gradient = t->gradient + k * n_params;
  if (k >= n_chunks || points_of(t, k) == 0) {
    memset(gradient, 0, n_params * sizeof *gradient);
    return;
  }
  for (size_t c = k; c < n_chunks; c += t->n_slots * t->n_halves)
    learn_chunk(t, &l, c, c == k, gradient);
}

/* each slot's second half to its first */
static void add_halves(bgen_trainer *t)
{
  const size_t n_params = t->flow->map->n_params;
#pragma omp parallel for schedule(static) num_threads(t->options.n_threads)
  for (size_t i = 0; i < n_params; i++)
    for (size_t slot = 0; slot < t->n_slots; slot++) {
      bgen_real *half = t->gradient + 2 * slot * n_params;
      half[i] += half[n_params + i];
    }
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

void bgen_trainer_learn(bgen_trainer *t, const bgen_train_batch *batch)
{
  t->batch = batch;
  if (t->options.weight_rc > 0) t->rc = spread_samples(t);
#pragma omp parallel for schedule(static) num_threads(t->options.n_threads)
  for (size_t k = 0; k < t->n_slots * t->n_halves; k++) learn_gradient(t, k);
  if (t->n_halves > 1) add_halves(t);
}
