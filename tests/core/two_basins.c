/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "two_basins.h"

#include <math.h>

#include "base/rng.h"
#include "fixture.h"

const basin basins[N_BASINS] = {{-1.3, 1.7, 0.4, 0.5, 0.9}, {0.2, 0.6, -5.1, -4.8, 1.2}};
double x[ALL], energy[ALL], u[N_BASINS][2 * ONE];
double influence[N_BASINS][2 * ONE], work[3 * ALL], free_energy[N_BASINS][2];
const size_t frames_end[] = {FRAMES / 3, FRAMES}, states[N_BASINS] = {1, 1};
bgen_mbar mbar[N_BASINS];

static const double PI = 3.14159265358979323846;
static double mixture[N_BASINS][ONE];
static const size_t count[2] = {SAMPLES, FRAMES};
static const bgen_runs runs[2] = {{0, NULL}, {2, frames_end}};

static double harmonic(const basin *b, double at)
{
  return b->offset + 0.5 * b->stiffness * (at - b->middle) * (at - b->middle);
}

static double log_q(const basin *b, double at)
{
  const double z = (at - b->mean) / b->width;
  return -0.5 * z * z - log(b->width) - 0.5 * log(2 * PI);
}

double exact(const basin *b)
{
  return b->offset - 0.5 * log(2 * PI / b->stiffness);
}

/* e-folding in 5 frames */
static void draw(const basin *b, bgen_rng *rng, double *at)
{
  const double memory = exp(-0.2), fresh = sqrt(1 - memory * memory);
  bgen_rng_normals(rng, ONE, at);
  for (size_t i = 0; i < SAMPLES; i++) at[i] = b->mean + b->width * at[i];
  double *frame = at + SAMPLES;
  for (size_t i = 1; i < FRAMES; i++)
    if (i != frames_end[0]) frame[i] = memory * frame[i - 1] + fresh * frame[i];
  for (size_t i = 0; i < FRAMES; i++) frame[i] = b->middle + frame[i] / sqrt(b->stiffness);
}

void solve(void)
{
  for (size_t k = 0; k < N_BASINS; k++) {
    free_energy[k][0] = 0;
    CHECK_OK(bgen_mbar_solve(&mbar[k]));
    CHECK_OK(bgen_mbar_influence(&mbar[k], influence[k]));
  }
}

bgen_averages make(uint64_t key)
{
  static const double *const influences[] = {influence[0], influence[1]};
  for (size_t k = 0; k < N_BASINS; k++) {
    double *at = x + k * ONE;
    bgen_rng rng = bgen_rng_at(41, BGEN_STREAM_TEST, N_BASINS * key + k);
    draw(&basins[k], &rng, at);
    for (size_t i = 0; i < ONE; i++) {
      energy[k * ONE + i] = u[k][ONE + i] = harmonic(&basins[k], at[i]);
      u[k][i] = -log_q(&basins[k], at[i]);
    }
    mbar[k] = (bgen_mbar){.n_states = 2,
                          .n = ONE,
                          .n_known = 1,
                          .count = count,
                          .u = u[k],
                          .runs = runs,
                          .free_energy = free_energy[k],
                          .log_mixture = mixture[k]};
  }
  solve();
  return (bgen_averages){N_BASINS, ALL, mbar, influences, states, work, NULL, NULL};
}
