/* SPDX-License-Identifier: MIT */
#include "model/prior.h"

#include <math.h>
#include <stdbool.h>

#include "base/moments.h"
#include "model/prior_fit.h"

static const double half_log_two_pi = 0.91893853320467274178;
static const double pi = 3.14159265358979323846;

static bool is_circle(const bgen_prior *p, size_t j)
{
  return p->circle && p->circle[j];
}

size_t bgen_prior_n_fitted(const bgen_prior *p)
{
  return p->n_modes * (2 + 2 * p->dim);
}

bgen_status bgen_prior_check(const bgen_prior *p)
{
  const size_t m = p->n_modes;
  const double *log_width = p->fitted + m, *width = log_width + m + m * p->dim;
  double sum = 0;
  bool good = true;
  for (size_t k = 0; good && k < m; k++) {
    good = p->fitted[k] >= 0 && bgen_sum_of_logs(p->dim, width + k * p->dim, log_width[k]);
    sum += p->fitted[k];
  }
  if (!m || (good && fabs(sum - 1) <= 1e-9)) return BGEN_OK; /* sums of up to 4e6 frames, by eps */
  return bgen_fail(BGEN_BAD_FILE, "mixture: weights do not sum to 1, or widths and the sum of "
                                  "their logarithms do not belong together");
}

void bgen_prior_sample(const bgen_prior *p, double tau, uint64_t seed, bgen_stream stream,
                       uint64_t first, size_t n, double *z)
{
  const double width = sqrt(tau);
  for (size_t i = 0; i < n; i++) {
    bgen_rng rng = bgen_rng_at(seed, stream, first + i);
    double *row = z + i * p->dim;
    const size_t mode = p->n_modes ? bgen_rng_choose(&rng, p->n_modes, p->fitted) : 0;
    bgen_rng_normals(&rng, p->dim, row);
    for (size_t j = 0; j < p->dim; j++)
      row[j] = is_circle(p, j) ? pi * (2 * bgen_rng_uniform(&rng) - 1) : width * row[j];
    if (p->n_modes) bgen_prior_fit_place(p, mode, row);
  }
}

static size_t n_lines(const bgen_prior *p)
{
  size_t n = p->dim;
  for (size_t j = 0; p->circle && j < p->dim; j++) n -= p->circle[j];
  return n;
}

/* ln of the factor that makes a normal of variance tau on each line, and one on each circle,
   integrate to 1 */
static double log_norm(const bgen_prior *p, double tau)
{
  const size_t n = n_lines(p);
  return (double) n * (half_log_two_pi + 0.5 * log(tau)) +
         (double) (p->dim - n) * 2 * half_log_two_pi;
}

double bgen_prior_log_p(const bgen_prior *p, double tau, const double *z)
{
  double sum = 0, share[BGEN_MOST_MODES];
  if (p->n_modes) return bgen_prior_fit_shares(p, tau, z, share) - log_norm(p, tau);
  for (size_t j = 0; j < p->dim; j++) sum += is_circle(p, j) ? 0 * z[j] : z[j] * z[j];
  return -0.5 * sum / tau - log_norm(p, tau);
}

double bgen_prior_log_p_gradient(const bgen_prior *p, double tau, const double *z, double *grad)
{
  if (p->n_modes) return bgen_prior_fit_gradient(p, tau, z, grad) - log_norm(p, tau);
  for (size_t j = 0; j < p->dim; j++) grad[j] = is_circle(p, j) ? 0 : -z[j] / tau;
  return bgen_prior_log_p(p, tau, z);
}

/* ---- from a circle to a line and back ---- */

static double below(double z)
{
  return 0.5 * erfc(-z * sqrt(0.5));
}

static double log_normal(double z)
{
  return -0.5 * z * z - half_log_two_pi;
}

/* z < 0 with `share` < 1/2 below: a first guess (Hastings, in Abramowitz and Stegun 26.2.23, to
   4.5e-4), then steps of Halley, each of which triples the digits */
static double lower_quantile(double share)
{
  const double t = sqrt(-2 * log(share));
  double z = (2.515517 + t * (0.802853 + t * 0.010328)) /
                 (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
             t;
  for (int step = 0; step < 2; step++) {
    const double off = (below(z) - share) * exp(-log_normal(z));
    z -= off / (1 + 0.5 * z * off);
  }
  return z;
}

/* the circle from -pi to pi; both ways go through the half that is small, which has all digits */
static double to_line(double angle)
{
  const double share = angle / (2 * pi) - floor(angle / (2 * pi) + 0.5) + 0.5;
  return share < 0.5   ? lower_quantile(share)
         : share > 0.5 ? -lower_quantile(1 - share)
                       : share - 0.5;
}

static double to_circle(double z)
{
  return z < 0 ? pi * (2 * below(z) - 1) : pi * (1 - 2 * below(-z));
}

double bgen_prior_convert(const bgen_prior *from, const bgen_prior *to, double *z)
{
  static const double furthest = 8;
  double log_det = 0;
  for (size_t j = 0; j < from->dim; j++) {
    const bool circle = is_circle(from, j);
    if (circle == is_circle(to, j)) continue;
    const double line = circle ? to_line(z[j]) : z[j];
    const double log_slope = log_normal(line) + 2 * half_log_two_pi; /* d(angle)/d(line) */
    log_det += fabs(line) <= furthest ? (circle ? -log_slope : log_slope) : NAN;
    z[j] = circle ? line : to_circle(line);
  }
  return log_det;
}

/* ---- from one temperature to another ---- */

/* ln p(mode | z') - ln p(mode | z) */
static double rescale_mode(const bgen_prior *p, double from, double to, bgen_rng *rng, double *z)
{
  double share[BGEN_MOST_MODES];
  bgen_prior_fit_shares(p, from, z, share);
  const size_t mode = bgen_rng_choose(rng, p->n_modes, share);
  const double before = log(share[mode]);
  bgen_prior_fit_stretch(p, mode, sqrt(to / from), z);
  bgen_prior_fit_shares(p, to, z, share);
  return log(share[mode]) - before;
}

double bgen_prior_rescale(const bgen_prior *p, double from, double to, bgen_rng *rng, double *z)
{
  const double log_det = 0.5 * (double) n_lines(p) * log(to / from);
  if (p->n_modes) return log_det + rescale_mode(p, from, to, rng, z);
  for (size_t j = 0; j < p->dim; j++) z[j] *= is_circle(p, j) ? 1 : sqrt(to / from);
  return log_det;
}
