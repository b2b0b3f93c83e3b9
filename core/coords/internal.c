/* SPDX-License-Identifier: MIT */
#include "coords/internal.h"

#include <math.h>
#include <string.h>

#include "coords/vectors.h"

/* How an atom is seen by those that place it: r along u from the atom at the other end of its
   bond, with u = cos t e + sin t w and w = cos p a + sin p b.  e points to the atom of the angle,
   a from this axis to that of the torsion. */
typedef struct sight {
  double r, cosine, sine;  /* of t */
  double cos_p, sin_p;     /* 1, 0: no torsion */
  double e[3], a[3], b[3]; /* an orthonormal frame; of no meaning as far as there are none */
  double axis;             /* how far away the atom of the angle is */
  double reach, lever;     /* where that of the torsion is, along e and a */
} sight;

static void minus(const double *x, size_t i, size_t j, double out[3])
{
  for (size_t c = 0; c < 3; c++) out[c] = x[3 * i + c] - x[3 * j + c];
}

/* v becomes of length 1; returns what it was */
static double normalize(double v[3])
{
  const double length = sqrt(bgen_dot3(v, v));
  for (size_t c = 0; c < 3; c++) v[c] /= length;
  return length;
}

static void remove_along(const double e[3], double v[3])
{
  const double along = bgen_dot3(e, v);
  for (size_t c = 0; c < 3; c++) v[c] -= along * e[c];
}

/* a unit vector across e, made of the axis that is most across it */
static void some_across(const double e[3], double out[3])
{
  size_t least = 0;
  for (size_t c = 1; c < 3; c++)
    if (fabs(e[c]) < fabs(e[least])) least = c;
  for (size_t c = 0; c < 3; c++) out[c] = c == least;
  remove_along(e, out);
  normalize(out);
}

/* of an atom that has an angle; without a torsion a points to the atom itself */
static void find_frame(const bgen_tree_node *node, const double *x, sight *s)
{
  const bool has_torsion = node->torsion != BGEN_NO_ATOM;
  minus(x, node->angle, node->bond, s->e);
  s->axis = normalize(s->e);
  minus(x, has_torsion ? node->torsion : node->atom, node->bond, s->a);
  s->reach = bgen_dot3(s->a, s->e);
  remove_along(s->e, s->a);
  s->lever = normalize(s->a);
  bgen_cross3(s->a, s->e, s->b);
}

/* of an atom that is there already */
static sight look(const bgen_tree_node *node, const double *x)
{
  sight s = {.cosine = 0, .sine = 1, .cos_p = 1, .sin_p = 0};
  double u[3];
  minus(x, node->atom, node->bond, u);
  s.r = normalize(u);
  if (node->angle == BGEN_NO_ATOM) {
    memcpy(s.a, u, sizeof u); /* t of 90 degrees from an axis that is not there */
    return s;
  }
  find_frame(node, x, &s);
  s.cosine = bgen_dot3(u, s.e);
  remove_along(s.e, u);
  s.sine = normalize(u);
  s.cos_p = bgen_dot3(u, s.a), s.sin_p = bgen_dot3(u, s.b);
  return s;
}

/* w, and the unit vectors u, d(u)/dt and that across both, along which p turns */
static void directions(const sight *s, double u[3], double by_t[3], double by_p[3])
{
  for (size_t c = 0; c < 3; c++) {
    const double w = s->cos_p * s->a[c] + s->sin_p * s->b[c];
    u[c] = s->cosine * s->e[c] + s->sine * w;
    by_t[c] = s->cosine * w - s->sine * s->e[c];
    by_p[c] = s->cos_p * s->b[c] - s->sin_p * s->a[c];
  }
}

size_t bgen_internal_size(const bgen_tree *tree)
{
  size_t n = 0;
  for (size_t k = 0; k < tree->n_atoms; k++) n += bgen_tree_node_size(&tree->node[k]);
  return n;
}

size_t bgen_internal_kinds(const bgen_tree *tree, bgen_internal_kind *kind)
{
  const bgen_layout aligned = {tree->n_aligned, 3};
  const size_t first = bgen_internal_size(tree),
               n = first + (tree->n_aligned ? bgen_shape_size(&aligned, BGEN_ALIGNED) : 0);
  if (!kind) return n;
  for (size_t k = 0, j = 0; k < tree->n_atoms; k++)
    for (size_t of = 0; of < bgen_tree_node_size(&tree->node[k]); of++)
      kind[j++] = (bgen_internal_kind) of;
  for (size_t j = first; j < n; j++) kind[j] = BGEN_DISPLACEMENT;
  return n;
}

/* ---- placements ---- */

/* columns of the rotation: a, e x a, e */
static bgen_placement placement_of(const double centre[3], const double a[3], const double e[3])
{
  bgen_placement at;
  double b[3];
  bgen_cross3(e, a, b);
  memcpy(at.centre, centre, sizeof at.centre);
  for (size_t c = 0; c < 3; c++)
    at.rotation[3 * c] = a[c], at.rotation[3 * c + 1] = b[c], at.rotation[3 * c + 2] = e[c];
  return at;
}

static bgen_placement find_one(const bgen_tree_node *node, size_t n, const double *x)
{
  double e[3] = {0, 0, 1}, a[3] = {1, 0, 0};
  if (n > 1) {
    minus(x, node[1].atom, node[0].atom, e);
    normalize(e);
    some_across(e, a);
  }
  if (n > 2) {
    minus(x, node[2].atom, node[0].atom, a);
    remove_along(e, a);
    normalize(a);
  }
  return placement_of(x + 3 * node[0].atom, a, e);
}

void bgen_internal_find(const bgen_tree *tree, const double *x, bgen_placement *at)
{
  for (size_t m = tree->n_aligned ? 1 : 0; m < tree->n_molecules; m++)
    at[m] = find_one(tree->node + tree->first[m], tree->first[m + 1] - tree->first[m], x);
}

/* ---- there and back ---- */

void bgen_internal_to_shape(const bgen_tree *tree, const double *x, double *shape)
{
  for (size_t k = 0; k < tree->n_atoms; k++) {
    const bgen_tree_node *node = &tree->node[k];
    if (node->bond == BGEN_NO_ATOM) continue;
    const sight s = look(node, x);
    *shape++ = s.r;
    if (node->angle != BGEN_NO_ATOM) *shape++ = atan2(s.sine, s.cosine);
    if (node->torsion != BGEN_NO_ATOM) *shape++ = atan2(s.sin_p, s.cos_p);
  }
}

/* the frame of one of the first three atoms of a molecule */
static void take_frame(const bgen_placement *at, bool has_angle, sight *s)
{
  for (size_t c = 0; c < 3; c++) {
    s->a[c] = at->rotation[3 * c + (has_angle ? 0 : 2)];
    s->b[c] = at->rotation[3 * c + 1];
    s->e[c] = at->rotation[3 * c + 2];
  }
}

/* returns how many numbers of the shape it took */
static size_t put(const bgen_tree_node *node, const bgen_placement *at, const double *shape,
                  double *x)
{
  const bool has_angle = node->angle != BGEN_NO_ATOM, has_torsion = node->torsion != BGEN_NO_ATOM;
  sight s = {.r = shape[0], .cosine = 0, .sine = 1, .cos_p = 1, .sin_p = 0};
  double u[3], by_t[3], by_p[3];
  if (has_angle) s.cosine = cos(shape[1]), s.sine = sin(shape[1]);
  if (has_torsion) s.cos_p = cos(shape[2]), s.sin_p = sin(shape[2]);
  if (has_torsion)
    find_frame(node, x, &s);
  else
    take_frame(at, has_angle, &s);
  directions(&s, u, by_t, by_p);
  for (size_t c = 0; c < 3; c++) x[3 * node->atom + c] = x[3 * node->bond + c] + s.r * u[c];
  return 1 + (size_t) has_angle + (size_t) has_torsion;
}

void bgen_internal_from_shape(const bgen_tree *tree, const bgen_placement *at, const double *shape,
                              double *x)
{
  for (size_t m = 0; m < tree->n_molecules; m++) {
    const size_t first = tree->first[m];
    const bool is_aligned = m == 0 && tree->n_aligned > 0;
    if (!is_aligned) memcpy(x + 3 * tree->node[first].atom, at[m].centre, sizeof at[m].centre);
    for (size_t k = first + (is_aligned ? tree->n_aligned : 1); k < tree->first[m + 1]; k++)
      shape += put(&tree->node[k], &at[m], shape, x);
  }
}

/* ---- the Jacobian ---- */

double bgen_internal_log_jacobian(const bgen_tree *tree, const double *shape)
{
  static const double pi = 3.14159265358979323846;
  double sum = 0;
  for (size_t k = 0; k < tree->n_atoms; k++) {
    const bgen_tree_node *node = &tree->node[k];
    if (node->bond == BGEN_NO_ATOM) continue;
    const double r = *shape++;
    if (!(r > 0)) return -INFINITY;
    sum += 2 * log(r);
    if (node->angle != BGEN_NO_ATOM) {
      const double t = *shape++;
      if (!(t > 0 && t < pi)) return -INFINITY;
      sum += log(sin(t));
    }
    if (node->torsion != BGEN_NO_ATOM && !isfinite(*shape++)) return -INFINITY;
  }
  return sum;
}

void bgen_internal_add_jacobian_gradient(const bgen_tree *tree, const double *shape, double scale,
                                         double *grad_shape)
{
  for (size_t k = 0, j = 0; k < tree->n_atoms; k++) {
    const bgen_tree_node *node = &tree->node[k];
    if (node->bond == BGEN_NO_ATOM) continue;
    grad_shape[j] += 2 * scale / shape[j];
    j++;
    if (node->angle != BGEN_NO_ATOM) {
      grad_shape[j] += scale / tan(shape[j]);
      j++;
    }
    j += node->torsion != BGEN_NO_ATOM;
  }
}

/* ---- gradients ---- */

static void add(double *x, size_t i, double sign, const double v[3])
{
  for (size_t c = 0; c < 3; c++) x[3 * i + c] += sign * v[c];
}

/* Adds sign times the forces on the atoms that place an atom, which have the sum and the torque of
   the force f on it: across the half plane on the atom of the torsion, across the axis on that of
   the angle, the rest on that of the bond. */
static void pass_on(const bgen_tree_node *node, const sight *s, const double u[3],
                    const double f[3], double sign, double *x)
{
  double torque[3], on_angle[3], on_torsion[3];
  add(x, node->bond, sign, f);
  if (node->angle == BGEN_NO_ATOM) return;
  bgen_cross3(u, f, torque);
  const double along = s->r * bgen_dot3(torque, s->e) / s->lever;
  for (size_t c = 0; c < 3; c++) {
    on_torsion[c] = -along * s->b[c];
    torque[c] = s->r * torque[c] + along * s->reach * s->a[c];
  }
  bgen_cross3(torque, s->e, on_angle);
  for (size_t c = 0; c < 3; c++) on_angle[c] /= s->axis;
  add(x, node->angle, sign, on_angle);
  add(x, node->bond, -sign, on_angle);
  if (node->torsion == BGEN_NO_ATOM) return;
  add(x, node->torsion, sign, on_torsion);
  add(x, node->bond, -sign, on_torsion);
}

void bgen_internal_gradient_to_shape(const bgen_tree *tree, const double *x, const double *grad_x,
                                     double *force, double *grad_shape)
{
  size_t j = bgen_internal_size(tree);
  memmove(force, grad_x, 3 * tree->n_atoms * sizeof *force);
  for (size_t k = tree->n_atoms; k-- > 0;) {
    const bgen_tree_node *node = &tree->node[k];
    if (node->bond == BGEN_NO_ATOM) continue;
    const sight s = look(node, x);
    const double f[3] = {force[3 * node->atom], force[3 * node->atom + 1],
                         force[3 * node->atom + 2]};
    double u[3], by_t[3], by_p[3];
    directions(&s, u, by_t, by_p);
    double *grad = grad_shape + (j -= bgen_tree_node_size(node));
    grad[0] = bgen_dot3(f, u);
    if (node->angle != BGEN_NO_ATOM) grad[1] = s.r * bgen_dot3(f, by_t);
    if (node->torsion == BGEN_NO_ATOM) continue; /* its frame is that of the placement */
    grad[2] = s.r * s.sine * bgen_dot3(f, by_p);
    pass_on(node, &s, u, f, 1, force);
  }
}

/* What an atom and those that place it do together changes no number of the shape: each number's
   gradient is a force on the atom, and the opposite forces on the others. */
void bgen_internal_gradient_to_x(const bgen_tree *tree, const double *x, const double *grad_shape,
                                 double *grad_x)
{
  memset(grad_x, 0, 3 * tree->n_atoms * sizeof *grad_x);
  for (size_t k = 0; k < tree->n_atoms; k++) {
    const bgen_tree_node *node = &tree->node[k];
    if (node->bond == BGEN_NO_ATOM) continue;
    const sight s = look(node, x);
    double u[3], by_t[3], by_p[3], f[3];
    directions(&s, u, by_t, by_p);
    for (size_t c = 0; c < 3; c++) {
      f[c] = grad_shape[0] * u[c];
      if (node->angle != BGEN_NO_ATOM) f[c] += grad_shape[1] / s.r * by_t[c];
      if (node->torsion != BGEN_NO_ATOM) f[c] += grad_shape[2] / (s.r * s.sine) * by_p[c];
    }
    grad_shape += bgen_tree_node_size(node);
    add(grad_x, node->atom, 1, f);
    pass_on(node, &s, u, f, -1, grad_x);
  }
}
