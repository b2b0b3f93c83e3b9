/* SPDX-License-Identifier: MIT */
#include "coords/pose.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "coords/complement.h"
#include "coords/superpose.h"
#include "coords/vectors.h"

struct bgen_pose {
  bgen_layout layout;
  bgen_coords coords;
  size_t dim, n_shape;
  bgen_complement basis; /* B: of d without what the placement has */
  double centre[3];      /* of the reference */
  double constant;       /* ln J but for ln det A */
  double *reference;     /* [dim], seen from its centre; cartesian: 0 */
};

static bool turns(const bgen_pose *p)
{
  return p->coords == BGEN_ALIGNED && p->layout.n_space > 1;
}

/* ---- A: [3][3]; in the plane the last element alone counts ---- */

/* A += of one particle at y, its reference at r */
static void add_to_tensor(const double y[3], const double r[3], double tensor[9])
{
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 3; b++)
      tensor[3 * a + b] += (a == b ? bgen_dot3(y, r) : 0) - y[a] * r[b];
}

/* of the body r + d */
static void find_tensor(const bgen_pose *p, const double *d, double tensor[9])
{
  memset(tensor, 0, 9 * sizeof *tensor);
  for (size_t i = 0; i < p->layout.n_particles; i++) {
    double r[3], y[3];
    bgen_load3(&p->layout, p->reference, i, r);
    bgen_load3(&p->layout, d, i, y);
    for (size_t c = 0; c < 3; c++) y[c] += r[c];
    add_to_tensor(y, r, tensor);
  }
}

/* ln det of the tensor, -inf if it is not positive definite: its leading minors are not positive */
static double log_det(const bgen_pose *p, const double a[9])
{
  if (p->layout.n_space == 2) return a[8] > 0 ? log(a[8]) : -INFINITY;
  const double det = bgen_det3(a);
  return a[0] > 0 && a[0] * a[4] - a[1] * a[3] > 0 && det > 0 ? log(det) : -INFINITY;
}

/* rows of the inverse are cross products of the columns; a is symmetric */
static void invert(const bgen_pose *p, const double a[9], double inverse[9])
{
  memset(inverse, 0, 9 * sizeof *inverse);
  if (p->layout.n_space == 2) {
    inverse[8] = 1 / a[8];
    return;
  }
  const double det = bgen_det3(a);
  for (size_t k = 0; k < 3; k++) {
    bgen_cross3(a + 3 * ((k + 1) % 3), a + 3 * ((k + 2) % 3), inverse + 3 * k);
    for (size_t c = 0; c < 3; c++) inverse[3 * k + c] /= det;
  }
}

static void times(const double matrix[9], const double v[3], double out[3])
{
  for (size_t a = 0; a < 3; a++) out[a] = bgen_dot3(matrix + 3 * a, v);
}

/* ---- creation ---- */

/* Axis c of the centre goes to that axis of the last particle, so that axes are not mixed. */
static void fix_centre(bgen_pose *p, double *direction)
{
  const size_t n_space = p->layout.n_space;
  for (size_t c = n_space; c-- > 0;) {
    for (size_t j = 0; j < p->dim; j++) direction[j] = j % n_space == c;
    bgen_complement_exclude(&p->basis, direction);
  }
}

/* Principal axes, axis a in column a, and moments; returns the first that a body can turn about. */
static size_t find_axes(const bgen_pose *p, double tensor[9], double moment[3])
{
  if (p->layout.n_space == 3) {
    bgen_symmetric_eigen_small(3, tensor, moment);
    return 0;
  }
  moment[2] = tensor[8];
  tensor[2] = tensor[5] = 0;
  tensor[8] = 1;
  return 2;
}

/* direction[dim] becomes the displacement of a turn of the reference */
static void turn_about(const bgen_pose *p, const double axis[3], double *direction)
{
  const size_t n_space = p->layout.n_space;
  for (size_t i = 0; i < p->layout.n_particles; i++) {
    double r[3], turned[3];
    bgen_load3(&p->layout, p->reference, i, r);
    bgen_cross3(axis, r, turned);
    memcpy(direction + i * n_space, turned, n_space * sizeof *turned);
  }
}

/* Turns about the principal axes are orthogonal to each other. */
static bgen_status fix_orientation(bgen_pose *p, double *direction)
{
  double tensor[9], moment[3];
  memset(direction, 0, p->dim * sizeof *direction);
  find_tensor(p, direction, tensor);
  p->constant -= 0.5 * log_det(p, tensor);
  for (size_t a = find_axes(p, tensor, moment); a < 3; a++) {
    if (!(moment[a] > 1e-12 * moment[2]))
      return bgen_fail(BGEN_BAD_INPUT,
                       "coords aligned: the particles of the reference lie on one line, which has "
                       "no orientation");
    turn_about(p, (const double[3]){tensor[a], tensor[3 + a], tensor[6 + a]}, direction);
    bgen_complement_exclude(&p->basis, direction);
  }
  return BGEN_OK;
}

const char *bgen_coords_name(bgen_coords coords)
{
  static const char *const names[] = {"cartesian", "crystal", "aligned", "internal"};
  return names[coords];
}

size_t bgen_shape_size(const bgen_layout *layout, bgen_coords coords)
{
  const size_t n_space = layout->n_space, dim = layout->n_particles * n_space,
               n_turns = coords == BGEN_ALIGNED ? n_space * (n_space - 1) / 2 : 0,
               n_fixed = coords == BGEN_CARTESIAN ? 0 : n_space + n_turns;
  return dim > n_fixed ? dim - n_fixed : 0;
}

static bgen_status set_reference(bgen_pose *p, const double *reference)
{
  const size_t n_space = p->layout.n_space;
  double *seen = p->reference = calloc(p->dim, sizeof *seen);
  if (!seen) return bgen_fail(BGEN_NO_MEMORY, "no memory for a pose");
  if (p->coords == BGEN_CARTESIAN) return BGEN_OK;
  bgen_see_from_centroid(&p->layout, reference, p->centre, seen);
  p->constant = 0.5 * (double) n_space * log((double) p->layout.n_particles);
  double *direction = calloc(p->dim, sizeof *direction);
  if (!direction) return bgen_fail(BGEN_NO_MEMORY, "no memory for a pose");
  fix_centre(p, direction);
  const bgen_status status = turns(p) ? fix_orientation(p, direction) : BGEN_OK;
  free(direction);
  return status;
}

bgen_status bgen_pose_create(const bgen_layout *layout, bgen_coords coords, const double *reference,
                             bgen_pose **result)
{
  const size_t dim = layout->n_particles * layout->n_space,
               n_shape = bgen_shape_size(layout, coords);
  if (!n_shape)
    return bgen_fail(BGEN_BAD_INPUT, "%zu particle(s) have no shape apart from their pose",
                     layout->n_particles);
  bgen_pose *p = calloc(1, sizeof *p);
  if (!p) return bgen_fail(BGEN_NO_MEMORY, "no memory for a pose");
  p->layout = *layout, p->coords = coords;
  p->dim = dim, p->n_shape = n_shape;
  bgen_status status = bgen_complement_create(dim, n_shape, &p->basis);
  if (!status) status = set_reference(p, reference);
  if (status)
    bgen_pose_destroy(p);
  else
    *result = p;
  return status;
}

void bgen_pose_destroy(bgen_pose *p)
{
  if (!p) return;
  bgen_complement_free(&p->basis);
  free(p->reference);
  free(p);
}

/* ---- placements ---- */

bgen_placement bgen_pose_home(const bgen_pose *p)
{
  bgen_placement home = {{0}, {0}};
  memcpy(home.centre, p->centre, sizeof home.centre);
  for (size_t c = 0; c < p->layout.n_space; c++) home.rotation[c * p->layout.n_space + c] = 1;
  return home;
}

/* sum of (x - centre) r^T */
static void correlate(const bgen_pose *p, const double *x, const double centre[3], double *sum)
{
  const size_t n = p->layout.n_space;
  memset(sum, 0, n * n * sizeof *sum);
  for (size_t i = 0; i < p->layout.n_particles; i++)
    for (size_t a = 0; a < n; a++)
      for (size_t b = 0; b < n; b++)
        sum[a * n + b] += (x[i * n + a] - centre[a]) * p->reference[i * n + b];
}

bgen_placement bgen_pose_find(const bgen_pose *p, const double *x)
{
  bgen_placement at = bgen_pose_home(p);
  double correlation[9];
  if (p->coords == BGEN_CARTESIAN) return at;
  bgen_centroid(&p->layout, x, at.centre);
  if (!turns(p)) return at;
  correlate(p, x, at.centre, correlation);
  bgen_superpose(p->layout.n_space, correlation, at.rotation);
  return at;
}

/* out = R v of each particle, or R^T v; out may not be v */
static void rotate(const bgen_pose *p, const double *rotation, bool back, const double *v,
                   double *out)
{
  const size_t n = p->layout.n_space;
  for (size_t i = 0; i < p->dim; i += n)
    for (size_t a = 0; a < n; a++) {
      out[i + a] = 0;
      for (size_t b = 0; b < n; b++)
        out[i + a] += rotation[back ? b * n + a : a * n + b] * v[i + b];
    }
}

/* ---- the map ---- */

void bgen_pose_to_shape(const bgen_pose *p, const bgen_placement *at, const double *x, double *work,
                        double *shape)
{
  const size_t n = p->layout.n_space;
  for (size_t i = 0; i < p->dim; i += n)
    for (size_t a = 0; a < n; a++) {
      work[i + a] = -p->reference[i + a];
      for (size_t b = 0; b < n; b++)
        work[i + a] += at->rotation[b * n + a] * (x[i + b] - at->centre[b]);
    }
  bgen_complement_project(&p->basis, work, shape);
}

void bgen_pose_from_shape(const bgen_pose *p, const bgen_placement *at, const double *shape,
                          double *work, double *x)
{
  const size_t n = p->layout.n_space;
  bgen_complement_embed(&p->basis, shape, work);
  for (size_t j = 0; j < p->dim; j++) work[j] += p->reference[j];
  rotate(p, at->rotation, false, work, x);
  for (size_t j = 0; j < p->dim; j++) x[j] += at->centre[j % n];
}

void bgen_pose_embed(const bgen_pose *p, const double *shape, double *d)
{
  bgen_complement_embed(&p->basis, shape, d);
}

void bgen_pose_project(const bgen_pose *p, double *d, double *shape)
{
  bgen_complement_project(&p->basis, d, shape);
}

/* ---- its volume ---- */

double bgen_pose_log_jacobian(const bgen_pose *p, const double *shape, double *work)
{
  double tensor[9];
  if (!turns(p)) return p->constant;
  bgen_complement_embed(&p->basis, shape, work);
  find_tensor(p, work, tensor);
  return p->constant + log_det(p, tensor);
}

/* A^-1 of the body that a shape is of, whose displacement is left in work */
static void find_inverse(const bgen_pose *p, const double *shape, double *work, double inverse[9])
{
  double tensor[9];
  bgen_complement_embed(&p->basis, shape, work);
  find_tensor(p, work, tensor);
  invert(p, tensor, inverse);
}

/* d ln det A / d d_i = tr(A^-1) r_i - A^-1 r_i */
void bgen_pose_add_jacobian_gradient(const bgen_pose *p, const double *shape, double scale,
                                     double *work, double *grad_shape)
{
  const size_t n = p->layout.n_space;
  double inverse[9], *gradient = work + p->dim;
  assert(n <= 3);
  if (!turns(p)) return;
  find_inverse(p, shape, work, inverse);
  const double trace = inverse[0] + inverse[4] + inverse[8];
  for (size_t i = 0; i < p->layout.n_particles; i++) {
    double r[3], of[3];
    bgen_load3(&p->layout, p->reference, i, r);
    times(inverse, r, of);
    for (size_t c = 0; c < n; c++) work[i * n + c] = trace * r[c] - of[c];
  }
  bgen_complement_project(&p->basis, work, gradient);
  for (size_t j = 0; j < p->n_shape; j++) grad_shape[j] += scale * gradient[j];
}

void bgen_pose_gradient_to_shape(const bgen_pose *p, const bgen_placement *at, const double *grad_x,
                                 double *work, double *grad_shape)
{
  rotate(p, at->rotation, true, grad_x, work);
  bgen_complement_project(&p->basis, work, grad_shape);
}

/* A^-1 sum d x g, by which turning with x takes from g */
static void find_turn(const bgen_pose *p, const double *shape, const double *g, double *work,
                      double turn[3])
{
  double inverse[9], torque[3] = {0};
  find_inverse(p, shape, work, inverse);
  for (size_t i = 0; i < p->layout.n_particles; i++) {
    double d[3], force[3], of[3];
    bgen_load3(&p->layout, work, i, d);
    bgen_load3(&p->layout, g, i, force);
    bgen_cross3(d, force, of);
    for (size_t c = 0; c < 3; c++) torque[c] += of[c];
  }
  times(inverse, torque, turn);
}

/* g = B grad_shape; a small dx turns the body by A^-1 sum r x (R^T dx), so that df/dx = R (g -
   (A^-1 sum d x g) x r) */
void bgen_pose_gradient_to_x(const bgen_pose *p, const bgen_placement *at, const double *shape,
                             const double *grad_shape, double *work, double *grad_x)
{
  const size_t n = p->layout.n_space;
  double *g = work + p->dim, turn[3] = {0};
  assert(n <= 3);
  bgen_complement_embed(&p->basis, grad_shape, g);
  if (turns(p)) find_turn(p, shape, g, work, turn);
  for (size_t i = 0; turns(p) && i < p->layout.n_particles; i++) {
    double r[3], of[3];
    bgen_load3(&p->layout, p->reference, i, r);
    bgen_cross3(turn, r, of);
    for (size_t c = 0; c < n; c++) g[i * n + c] -= of[c];
  }
  rotate(p, at->rotation, false, g, grad_x);
}
