/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rods.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

#define WATER_X 0.8164904128
#define WATER_Y 0.5773590144

const body diatomic = {"diatomic", 2, 1, {0, 1}, {0, 0, 0, 1.3, 0, 0}, {1, 0.4}, {0.7, -0.9}};
/* rods of length 1, an angle of 109.47 degrees, and heavier in the middle */
const body water = {"rigid trimer",
                    3,
                    3,
                    {0, 1, 0, 2, 1, 2},
                    {0, 0, 0, WATER_X, WATER_Y, 0, -WATER_X, WATER_Y, 0},
                    {3, 0.5, 0.5},
                    {-1.2, 0.5, 0.9}};
/* the joint is light: |Z|^(1/2) then depends much on the angle */
const body jointed = {"jointed trimer", 3,        2, {0, 1, 0, 2}, {0, 0, 0, 1, 0, 0, 0, 1, 0},
                      {0.15, 1, 0.8},   {0, 0, 0}};

double body_energy(const body *b, const double *x, double *grad)
{
  double u = 0;
  for (size_t c = 0; c < 3 * b->n; c++) {
    const double field = c % 3 == 0 ? b->charge[c / 3] : 0;
    grad[c] = b->mass[c / 3] * x[c] + field;
    u += 0.5 * b->mass[c / 3] * x[c] * x[c] + field * x[c];
  }
  return u;
}

/* ---- points of the distribution ---- */

/* three orthonormal rows, of a random turn */
static void draw_turn(bgen_rng *rng, double turn[3][3])
{
  double q[4], norm = 0;
  bgen_rng_normals(rng, 4, q);
  for (size_t i = 0; i < 4; i++) norm += q[i] * q[i];
  for (size_t i = 0; i < 4; i++) q[i] /= sqrt(norm);
  const double w = q[0], a = q[1], b = q[2], c = q[3];
  const double rows[3][3] = {{1 - 2 * (b * b + c * c), 2 * (a * b - w * c), 2 * (a * c + w * b)},
                             {2 * (a * b + w * c), 1 - 2 * (a * a + c * c), 2 * (b * c - w * a)},
                             {2 * (a * c - w * b), 2 * (b * c + w * a), 1 - 2 * (a * a + b * b)}};
  memcpy(turn, rows, sizeof rows);
}

double z_of_joint(const body *b, double c)
{
  const double w = 1 / b->mass[0];
  return (w + 1 / b->mass[1]) * (w + 1 / b->mass[2]) - w * w * c * c;
}

/* x turned about its center of mass, which is where a Gaussian of the trap puts it; what is left of
   u belongs to the orientation and the shape */
static double draw_free(const body *b, bgen_rng *rng, double *x)
{
  double turn[3][3], place[BODY_DIM], center[3] = {0}, at[3], grad[BODY_DIM], mass = 0, charge = 0;
  memcpy(place, b->place, sizeof place);
  if (b->n_rods == 2) {
    const double c = 2 * bgen_rng_uniform(rng) - 1;
    place[6] = c, place[7] = sqrt(1 - c * c);
  }
  for (size_t i = 0; i < b->n; i++) {
    mass += b->mass[i], charge += b->charge[i];
    for (size_t s = 0; s < 3; s++) center[s] += b->mass[i] * place[3 * i + s];
  }
  draw_turn(rng, turn);
  bgen_rng_normals(rng, 3, at);
  for (size_t s = 0; s < 3; s++) at[s] = at[s] / sqrt(mass) - (s == 0 ? charge / mass : 0);
  double of_center = 0.5 * mass * (at[0] * at[0] + at[1] * at[1] + at[2] * at[2]) + charge * at[0];
  for (size_t i = 0; i < b->n; i++)
    for (size_t s = 0; s < 3; s++) {
      x[3 * i + s] = at[s];
      for (size_t t = 0; t < 3; t++)
        x[3 * i + s] += turn[s][t] * (place[3 * i + t] - center[t] / mass);
    }
  double log_density = of_center - body_energy(b, x, grad);
  if (b->n_rods == 2) log_density += 0.5 * log(z_of_joint(b, place[6]) / z_of_joint(b, 0));
  return log_density;
}

/* exact, by rejection: |x - center| stays below 1.3, so no weight is above e^(1.3 sum of |q|) */
void body_draw(const body *b, uint64_t point, double *x)
{
  bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_TEST, point);
  double most = 0;
  for (size_t i = 0; i < b->n; i++) most += 1.3 * fabs(b->charge[i]);
  while (!(log(bgen_rng_uniform(&rng)) < draw_free(b, &rng, x) - most)) continue;
}

/* by quadrature in the cosine c, where u = const + kappa c */
double joint_moment(const body *b)
{
  const double mass = b->mass[0] + b->mass[1] + b->mass[2];
  const double kappa = -b->mass[1] * b->mass[2] / mass; /* of 1/2 sum m |x - center|^2 */
  double sum = 0, square = 0;
  for (int i = 0; i < 20000; i++) {
    const double c = -1 + (i + 0.5) / 10000, density = sqrt(z_of_joint(b, c)) * exp(-kappa * c);
    sum += density, square += density * c * c;
  }
  return square / sum;
}
