/* SPDX-License-Identifier: MIT */
#include "coords/superpose.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/linalg.h"

static void rotation_of_angle(double sine, double cosine, double *rotation)
{
  const double length = hypot(sine, cosine), c = length > 0 ? cosine / length : 1,
               s = length > 0 ? sine / length : 0;
  const double of_angle[4] = {c, -s, s, c};
  memcpy(rotation, of_angle, sizeof of_angle);
}

static void rotation_of_quaternion(const double q[4], double *rotation)
{
  const double w = q[0], x = q[1], y = q[2], z = q[3];
  const double of_quaternion[9] = {
      w * w + x * x - y * y - z * z, 2 * (x * y - w * z),           2 * (x * z + w * y),
      2 * (x * y + w * z),           w * w - x * x + y * y - z * z, 2 * (y * z - w * x),
      2 * (x * z - w * y),           2 * (y * z + w * x),           w * w - x * x - y * y + z * z};
  memcpy(rotation, of_quaternion, sizeof of_quaternion);
}

/* its greatest eigenvalue is the greatest sum_i y_i . R r_i */
static void matrix_of_quaternions(const double *c, double matrix[16])
{
  const double xx = c[0], xy = c[1], xz = c[2], yx = c[3], yy = c[4], yz = c[5], zx = c[6],
               zy = c[7], zz = c[8];
  const double of_quaternions[16] = {
      xx + yy + zz, zy - yz,      xz - zx,       yx - xy,       //
      zy - yz,      xx - yy - zz, xy + yx,       xz + zx,       //
      xz - zx,      xy + yx,      -xx + yy - zz, yz + zy,       //
      yx - xy,      xz + zx,      yz + zy,       -xx - yy + zz, //
  };
  memcpy(matrix, of_quaternions, sizeof of_quaternions);
}

static bool all_finite(size_t n, const double *values)
{
  for (size_t i = 0; i < n; i++)
    if (!isfinite(values[i])) return false;
  return true;
}

static void superpose_in_space(const double *correlation, double *rotation)
{
  double matrix[16], eigenvalue[4], q[4];
  matrix_of_quaternions(correlation, matrix);
  bgen_symmetric_eigen_small(4, matrix, eigenvalue);
  for (size_t i = 0; i < 4; i++) q[i] = matrix[4 * i + 3];
  rotation_of_quaternion(q, rotation);
}

void bgen_superpose(size_t n_space, const double *c, double *rotation)
{
  assert(n_space >= 1 && n_space <= 3);
  if (!all_finite(n_space * n_space, c)) {
    for (size_t i = 0; i < n_space * n_space; i++) rotation[i] = NAN;
    return;
  }
  if (n_space == 1) rotation[0] = 1;
  if (n_space == 2) rotation_of_angle(c[2] - c[1], c[0] + c[3], rotation);
  if (n_space == 3) superpose_in_space(c, rotation);
}
