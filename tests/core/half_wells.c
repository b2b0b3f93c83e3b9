/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "half_wells.h"

#include <math.h>

const double pi = 3.14159265358979323846;
static const double T_OF_U = 2.0;
const double level[LEVELS] = {1.0, 1.6, 1.25};

const harmonic first[BASINS] = {{-1.3, 1.7}, {0.9, 0.6}};
const harmonic changed[BASINS] = {{-1.0, 2.1}, {0.4, 0.7}};
const double middle[BASINS] = {0.4, -5.1};

double x[BASINS][MOST], u[BASINS][MOST], u_changed[BASINS][MOST];
double log_q[BASINS][MOST * TEMPERATURES];
int basin[BASINS][MOST];
static char in_domain[BASINS][MOST];
size_t ends[WALKERS];
static bgen_group samples[BASINS][TEMPERATURES];
bgen_group frames[BASINS][LEVELS];
bgen_basin_points points[BASINS];

/* ---- what is true ---- */

/* of half a well */
double free_energy(const harmonic *h, double T)
{
  return h->offset / T - 0.5 * log(2 * pi * T / h->stiffness) + log(2);
}

double mean_u(const harmonic *h, double T)
{
  return h->offset / T + 0.5;
}

/* ---- points ---- */

double energy(const harmonic *h, size_t k, double at)
{
  return h->offset + 0.5 * h->stiffness * (at - middle[k]) * (at - middle[k]);
}

static double width(size_t k, double T)
{
  return (k ? 0.9 : 1.15) * sqrt(T / first[k].stiffness);
}

double log_density(size_t k, double T, double at)
{
  const double z = (at - middle[k] - 0.1) / width(k, T);
  return -0.5 * z * z - log(width(k, T)) - 0.5 * log(2 * pi);
}

static void fill_point(size_t k, size_t i)
{
  const double at = x[k][i];
  const bool right = at > middle[k];
  basin[k][i] = k == 0 && !right ? -1 : (int) k;
  in_domain[k][i] = k == 0 || right;
  u[k][i] = in_domain[k][i] ? energy(&first[k], k, at) / T_OF_U : NAN;
  u_changed[k][i] = in_domain[k][i] ? energy(&changed[k], k, at) / T_OF_U : NAN;
  for (size_t t = 0; t < TEMPERATURES; t++)
    log_q[k][i * TEMPERATURES + t] = in_domain[k][i] ? log_density(k, level[t], at) : NAN;
}

static void draw_samples(uint64_t key, size_t k, size_t t, size_t begin)
{
  samples[k][t] = (bgen_group){begin, SAMPLES, {0, NULL}};
  fill_series(key + 10 * k + t, (kind){0, 0}, SAMPLES, NULL, x[k] + begin);
  for (size_t i = begin; i < begin + SAMPLES; i++) {
    x[k][i] = middle[k] + 0.1 + width(k, level[t]) * x[k][i];
    fill_point(k, i);
  }
}

/* those of half a well are those of a whole, folded */
static void draw_frames(uint64_t key, size_t k, size_t l, size_t begin)
{
  frames[k][l] = (bgen_group){begin, FRAMES, {WALKERS, ends}};
  fill_series(key + 10 * k + 5 + l, (kind){exp(-0.2), 0}, FRAMES, &frames[k][l].walkers,
              x[k] + begin);
  for (size_t i = begin; i < begin + FRAMES; i++) {
    x[k][i] = middle[k] + sqrt(level[l] / first[k].stiffness) * fabs(x[k][i]);
    fill_point(k, i);
  }
}

bgen_ensemble make_ensemble(uint64_t key, size_t n_temperatures, size_t n_levels, bool has_changed)
{
  for (size_t r = 0; r < WALKERS; r++) ends[r] = (r + 1) * LENGTH;
  for (size_t k = 0; k < BASINS; k++) {
    size_t n = 0;
    for (size_t t = 0; t < TEMPERATURES; t++, n += SAMPLES) draw_samples(100 * key, k, t, n);
    for (size_t l = 0; l < LEVELS; l++, n += FRAMES) draw_frames(100 * key, k, l, n);
    points[k] = (bgen_basin_points){.name = k ? "b" : "a",
                                    .n = n,
                                    .u = u[k],
                                    .log_q = log_q[k],
                                    .basin = basin[k],
                                    .in_domain = in_domain[k],
                                    .u_changed = has_changed ? u_changed[k] : NULL,
                                    .samples = samples[k],
                                    .frames = frames[k]};
  }
  return (bgen_ensemble){BASINS, points, T_OF_U, n_temperatures, n_levels, level, 0};
}

bgen_solution *solve(const bgen_ensemble *e, double fraction, bool decorrelated)
{
  bgen_solution *s;
  CHECK_OK(bgen_solution_create(e, &(bgen_part){fraction, decorrelated}, &s));
  return s;
}

void check_is(const bgen_estimate *f, double truth, double least_error, double most_error)
{
  CHECK_CLOSE(f->value, truth, 5 * f->error);
  CHECK_WITHIN(f->error, least_error, most_error);
}
