/* SPDX-License-Identifier: MIT */
#include "sample/force_check.h"

#include <math.h>

#include "base/rng.h"

/* Forces of a wrong sign, of a term that the energy lacks, or of a wrong factor are off by more;
   those of coarse tables by less. */
#define MOST_OFF 0.05
#define ROUNDING 1e-12 /* of energies that are sums of many terms, relative */
#define MOST_DRAWS 32  /* two of three are small */
#define STEP_KT 0.01
static const double STEP_RATIO[BGEN_FORCE_CHECK_TRIES] = {1.0, 0.5, 1e-4, 1e-5};
/* Energies of the same positions: charges that are equilibrated by iteration differ by about 1e-7
   of the energy; a hundredth of kT changes no acceptance that anybody can see. */
#define SAME 1e-6
#define SAME_KT 0.01

static bool is_small(size_t n, const double *grad, const double *direction)
{
  double sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < n; i++) {
    sum += grad[i] * direction[i];
    squares += pow(grad[i] * direction[i], 2);
  }
  return sum * sum < squares;
}

void bgen_force_check_direction(uint64_t seed, uint64_t point, size_t n, const double *grad,
                                double *direction)
{
  bgen_rng rng = bgen_rng_at(seed, BGEN_STREAM_FORCE_CHECK, point);
  for (int draw = 0; draw < MOST_DRAWS; draw++) {
    bgen_rng_normals(&rng, n, direction);
    if (!is_small(n, grad, direction)) return;
  }
}

double bgen_force_check_step(int try_number, size_t n, const double *grad, double kT,
                             double longest)
{
  double squares = 0.0;
  for (size_t i = 0; i < n; i++) squares += grad[i] * grad[i];
  const double mean = sqrt(squares / (double) n);
  const double first = fmin(longest, STEP_KT * kT / mean); /* no force: infinite */
  return first * STEP_RATIO[try_number];
}

bgen_force_check bgen_force_check_compare(const bgen_slope at[BGEN_FORCE_CHECK_POINTS], double step,
                                          double noise, double sum)
{
  bgen_force_check check;
  check.change = at[2].energy - at[0].energy;
  check.work = step / 6.0 * (at[0].slope + 4.0 * at[1].slope + at[2].slope);
  const double scale = fmax(at[1].scale, fmax(at[0].scale, at[2].scale));
  const double most = step * (MOST_OFF * scale + noise) + ROUNDING * sum;
  check.agrees = fabs(check.change - check.work) <= most;
  return check;
}

bool bgen_same_energy(double before, double now, double kT)
{
  return fabs(now - before) <= SAME * fabs(before) + SAME_KT * kT;
}
