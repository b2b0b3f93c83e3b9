/* SPDX-License-Identifier: MIT */
#include "model/prior_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/moments.h"

/* The parts of prior->fitted. */
typedef struct modes {
  double *weight, *log_width; /* [n_modes] */
  double *mean, *width;       /* [n_modes][dim] */
} modes;

static modes modes_of(const bgen_prior *p)
{
  modes m = {.weight = p->fitted};
  m.log_width = m.weight + p->n_modes;
  m.mean = m.log_width + p->n_modes;
  m.width = m.mean + p->n_modes * p->dim;
  return m;
}

/* ---- density ---- */

void bgen_prior_fit_place(const bgen_prior *p, size_t mode, double *row)
{
  const modes m = modes_of(p);
  for (size_t j = 0; j < p->dim; j++)
    row[j] = m.mean[mode * p->dim + j] + m.width[mode * p->dim + j] * row[j];
}

/* in widths of the mode */
static double squared_distance(const bgen_prior *p, size_t k, const double *z)
{
  const modes m = modes_of(p);
  const double *mean = m.mean + k * p->dim, *width = m.width + k * p->dim;
  double squares = 0;
  for (size_t j = 0; j < p->dim; j++) {
    const double d = (z[j] - mean[j]) / width[j];
    squares += d * d;
  }
  return squares;
}

/* ln of each mode's part of the density; then shares relative to the greatest, which cannot
   overflow */
double bgen_prior_fit_shares(const bgen_prior *p, double tau, const double *z, double *share)
{
  const modes m = modes_of(p);
  double greatest = -INFINITY, sum = 0;
  for (size_t k = 0; k < p->n_modes; k++) {
    share[k] = log(m.weight[k]) - m.log_width[k] - 0.5 * squared_distance(p, k, z) / tau;
    if (!(share[k] <= greatest)) greatest = share[k];
  }
  for (size_t k = 0; k < p->n_modes; k++) sum += share[k] = exp(share[k] - greatest);
  for (size_t k = 0; k < p->n_modes; k++) share[k] /= sum;
  return greatest == -INFINITY ? greatest : greatest + log(sum);
}

/* d(ln p)/dz = sum_m share_m d(ln N_m)/dz */
double bgen_prior_fit_gradient(const bgen_prior *p, double tau, const double *z, double *grad)
{
  const modes m = modes_of(p);
  double share[BGEN_MOST_MODES];
  const double log_p = bgen_prior_fit_shares(p, tau, z, share);
  memset(grad, 0, p->dim * sizeof *grad);
  for (size_t k = 0; k < p->n_modes; k++)
    for (size_t j = 0; j < p->dim; j++) {
      const double width = m.width[k * p->dim + j];
      grad[j] -= share[k] * (z[j] - m.mean[k * p->dim + j]) / (tau * width * width);
    }
  return log_p;
}

void bgen_prior_fit_stretch(const bgen_prior *p, size_t mode, double scale, double *z)
{
  const double *mean = modes_of(p).mean + mode * p->dim;
  for (size_t j = 0; j < p->dim; j++) z[j] = mean[j] + scale * (z[j] - mean[j]);
}

/* ---- the fit ---- */

/* Sums over the points: how many are of a mode, and their first and second moments about its old
   mean. */
typedef struct sums {
  double *count, *first, *second; /* [n_modes], [n_modes][dim], [n_modes][dim] */
} sums;

static void add_point(const bgen_prior *p, const double *share, const double *z, const sums *s)
{
  const modes m = modes_of(p);
  for (size_t k = 0; k < p->n_modes; k++) {
    s->count[k] += share[k];
    for (size_t j = 0, at = k * p->dim; j < p->dim; j++, at++) {
      const double d = z[j] - m.mean[at];
      s->first[at] += share[k] * d;
      s->second[at] += share[k] * d * d;
    }
  }
}

/* A mode of less than one point stays where it is, so that nothing is divided by what may be 0. */
static void take_moments(const bgen_prior *p, const double *spread, const sums *s, size_t k)
{
  const modes m = modes_of(p);
  const double count = s->count[k];
  m.log_width[k] = 0;
  for (size_t j = 0, at = k * p->dim; j < p->dim; j++, at++) {
    const double shift = count >= 1 ? s->first[at] / count : 0;
    const double squares = fmax(0, s->second[at] - count * shift * shift);
    m.mean[at] += shift;
    m.width[at] = sqrt((squares + spread[j]) / (count + 1));
    m.log_width[k] += log(m.width[at]);
  }
}

/* n times what J has beside the likelihood */
static double regularity(const bgen_prior *p, const double *spread)
{
  const modes m = modes_of(p);
  double sum = 0;
  for (size_t k = 0; k < p->n_modes; k++) {
    sum -= m.log_width[k];
    for (size_t j = 0; j < p->dim; j++)
      sum -= 0.5 * spread[j] / (m.width[k * p->dim + j] * m.width[k * p->dim + j]);
  }
  return sum;
}

double bgen_prior_fit_improve(const bgen_prior *p, const double *spread, size_t n, const double *z,
                              double *work)
{
  const size_t size = p->n_modes * p->dim;
  const sums s = {work, work + p->n_modes, work + p->n_modes + size};
  double share[BGEN_MOST_MODES], sum = regularity(p, spread);
  memset(work, 0, (p->n_modes + 2 * size) * sizeof *work);
  for (size_t i = 0; i < n; i++) {
    sum += bgen_prior_fit_shares(p, 1, z + i * p->dim, share);
    add_point(p, share, z + i * p->dim, &s);
  }
  for (size_t k = 0; k < p->n_modes; k++) {
    p->fitted[k] = s.count[k] / (double) n;
    take_moments(p, spread, &s, k);
  }
  return sum / (double) n;
}

static void place_mode(const bgen_prior *p, size_t k, const double *mean, const double *spread)
{
  const double narrow = 0.05;
  const modes m = modes_of(p);
  m.weight[k] = 1 / (double) p->n_modes;
  m.log_width[k] = 0;
  for (size_t j = 0, at = k * p->dim; j < p->dim; j++, at++) {
    m.mean[at] = mean[j];
    m.width[at] = narrow * sqrt(spread[j]);
    m.log_width[k] += log(m.width[at]);
  }
}

/* Means are points drawn with a probability that grows with the squared distance from the nearest
   of those drawn before (k-means++: Arthur, Vassilvitskii, SODA 2007).  Modes are so narrow that in
   the first round each point goes to the nearest one.  distance[n] is memory. */
static void start(const bgen_prior *p, const double *spread, bgen_rng rng, size_t n,
                  const double *z, double *distance)
{
  for (size_t i = 0; i < n; i++) distance[i] = INFINITY;
  for (size_t k = 0; k < p->n_modes; k++) {
    const size_t chosen = k ? bgen_rng_choose(&rng, n, distance) : (size_t) bgen_rng_below(&rng, n);
    place_mode(p, k, z + chosen * p->dim, spread);
    for (size_t i = 0; i < n; i++)
      distance[i] = fmin(distance[i], squared_distance(p, k, z + i * p->dim));
  }
}

/* round after round, while they help; J before the last one */
static double climb(const bgen_prior *p, const double *spread, size_t n, const double *z,
                    int most_rounds, double *work)
{
  const double enough = 1e-7; /* growth that is worth another round */
  double before = -INFINITY, now = -INFINITY;
  for (int round = 0; round < most_rounds && (round < 2 || now - before > enough); round++) {
    before = now;
    now = bgen_prior_fit_improve(p, spread, n, z, work);
  }
  return now;
}

static bgen_status spread_of(const bgen_prior *p, size_t n, const double *z, double *mean,
                             double *spread)
{
  const size_t dim = p->dim;
  const double narrower = pow((double) p->n_modes, -2 / (double) dim);
  bgen_means(n, dim, z, mean);
  memset(spread, 0, dim * sizeof *spread);
  for (size_t i = 0; i < n * dim; i++) {
    const double d = z[i] - mean[i % dim];
    spread[i % dim] += d * d / (double) n;
  }
  if (!isfinite(bgen_widths(dim, spread)))
    return bgen_fail(BGEN_NOT_FINITE, "a frame for a mixture contains a number that is not finite, "
                                      "or does in latent space");
  for (size_t j = 0; j < dim; j++) spread[j] *= narrower * spread[j];
  return BGEN_OK;
}

/* A single start may lead to a lower hill, so the best of some goes on after a few rounds of
   each. */
static void climb_best(const bgen_prior *p, const double *spread, size_t n, const double *z,
                       double *memory)
{
  enum { STARTS = 5, FEW_ROUNDS = 20, MOST_ROUNDS = 500 };
  const size_t n_fitted = bgen_prior_n_fitted(p);
  const bgen_prior trial = {p->dim, p->n_modes, memory + n_fitted, NULL};
  double *work = memory, most = -INFINITY;
  for (uint64_t k = 0; k < STARTS; k++) {
    start(&trial, spread, bgen_rng_at(0, BGEN_STREAM_MIXTURE, k), n, z, trial.fitted + n_fitted);
    const double found = climb(&trial, spread, n, z, FEW_ROUNDS, work);
    if (found > most) memcpy(p->fitted, trial.fitted, n_fitted * sizeof *p->fitted);
    most = fmax(most, found);
  }
  climb(p, spread, n, z, MOST_ROUNDS, work);
}

bgen_status bgen_prior_fit_fit(const bgen_prior *p, size_t n, const double *z)
{
  const size_t dim = p->dim;
  if (n < p->n_modes)
    return bgen_fail(BGEN_BAD_INPUT, "a mixture of %zu modes needs as many frames, but has %zu",
                     p->n_modes, n);
  double *spread = malloc((dim + 2 * bgen_prior_n_fitted(p) + n) * sizeof *spread);
  if (!spread)
    return bgen_fail(BGEN_NO_MEMORY, "no memory to fit a mixture of %zu modes", p->n_modes);
  const bgen_status status = spread_of(p, n, z, spread + dim, spread);
  if (!status) climb_best(p, spread, n, z, spread + dim);
  free(spread);
  return status;
}
