/* SPDX-License-Identifier: MIT */
#include "train/loss.h"

#include <math.h>

double bgen_cap_energy(double u, double high, double *slope)
{
  const double excess = u - high + 1;
  *slope = u > high ? 1 / excess : 1;
  return u > high ? high + log(excess) : u;
}

double bgen_loss_example(const bgen_prior *prior, const double *z, double log_det, double scale,
                         double *grad_z)
{
  const double log_p = bgen_prior_log_p_gradient(prior, 1, z, grad_z);
  for (size_t j = 0; j < prior->dim; j++) grad_z[j] *= -scale;
  return -log_p - log_det;
}

double bgen_loss_energy(size_t dim, double u, const double *grad_u, double high, double log_q,
                        double scale, double *grad_x)
{
  double slope;
  const double capped = bgen_cap_energy(u, high, &slope);
  for (size_t j = 0; j < dim; j++) grad_x[j] = scale * slope * grad_u[j];
  return capped + log_q;
}

/* how a sample is shared between the bins, and how that changes with s */
static void share_between_bins(double s, double low, double high, double *share, double *slope)
{
  const double width = (high - low) / BGEN_RC_BINS, step = (high - low) / (BGEN_RC_BINS - 1);
  double nearest = INFINITY, sum = 0, mean_slope = 0;
  for (size_t b = 0; b < BGEN_RC_BINS; b++) {
    const double t = (s - low - (double) b * step) / width;
    share[b] = 0.5 * t * t;
    slope[b] = -t / width; /* of ln share, before it is normalised */
    nearest = fmin(nearest, share[b]);
  }
  for (size_t b = 0; b < BGEN_RC_BINS; b++) sum += share[b] = exp(nearest - share[b]);
  for (size_t b = 0; b < BGEN_RC_BINS; b++) mean_slope += (share[b] /= sum) * slope[b];
  for (size_t b = 0; b < BGEN_RC_BINS; b++) slope[b] = share[b] * (slope[b] - mean_slope);
}

/* an empty bin counts as if it held this much of a sample, so that its logarithm stays finite */
static const double floor_of_bin = 1e-6;

double bgen_loss_spread(size_t n, size_t stride, const double *s, double low, double high,
                        double scale, double *grad_s)
{
  double bin[BGEN_RC_BINS] = {0}, share[BGEN_RC_BINS], slope[BGEN_RC_BINS], loss = 0;
  size_t n_used = 0;
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(s[i * stride])) continue;
    share_between_bins(s[i * stride], low, high, share, slope);
    for (size_t b = 0; b < BGEN_RC_BINS; b++) bin[b] += share[b];
    n_used++;
  }
  const double even = (double) n_used / BGEN_RC_BINS;
  for (size_t b = 0; b < BGEN_RC_BINS && n_used > 0; b++) {
    bin[b] += floor_of_bin;
    loss -= log(bin[b] / even);
  }
  for (size_t i = 0; i < n; i++) {
    double grad = 0;
    if (isfinite(s[i * stride])) {
      share_between_bins(s[i * stride], low, high, share, slope);
      for (size_t b = 0; b < BGEN_RC_BINS; b++) grad -= slope[b] / bin[b];
    }
    grad_s[i * stride] = scale * grad;
  }
  return loss;
}
