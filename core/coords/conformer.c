/* SPDX-License-Identifier: MIT */
#include "coords/conformer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/internal.h"

static const double pi = 3.14159265358979323846;

/* what a number of the shape is: of a bond or an angle, a torsion, one of a sister in a rotor */
typedef enum role { RIGID, LINE, CIRCLE, LEAF } role;

struct bgen_conformer {
  const bgen_tree *tree;
  size_t n_shape, n_rotors;
  bgen_rotor *rotor; /* leaves in the order in which they stand in the reference */
  double *home;      /* [n_shape], of the reference */
  double log_n;      /* sum of ln n over all rotors */
  role *role;        /* [n_shape] */
  signed char *hand; /* [n_shape], sign of the sine; 0: either */
  bgen_placement *at;
};

/* the angle that is a whole number of turns away, from centre - pi to centre + pi */
static double near(double angle, double centre)
{
  return centre + remainder(angle - centre, 2 * pi);
}

/* ---- rotors ---- */

/* torsions of sisters come into (0, 2 pi), that of the first becomes y */
static void to_phases(const bgen_conformer *c, double *shape)
{
  for (size_t r = 0; r < c->n_rotors; r++) {
    const bgen_rotor *rotor = &c->rotor[r];
    double *y = &shape[rotor->torsion[0]];
    *y *= (double) rotor->n_leaves;
    for (size_t l = 1; l < rotor->n_leaves; l++) {
      double *delta = &shape[rotor->torsion[l]];
      if (*delta < 0) *delta += 2 * pi;
      *y += *delta;
    }
  }
}

static void from_phases(const bgen_conformer *c, double *shape)
{
  for (size_t r = 0; r < c->n_rotors; r++) {
    const bgen_rotor *rotor = &c->rotor[r];
    double chi = near(shape[rotor->torsion[0]], c->home[rotor->torsion[0]]);
    for (size_t l = 1; l < rotor->n_leaves; l++) chi -= shape[rotor->torsion[l]];
    shape[rotor->torsion[0]] = chi / (double) rotor->n_leaves;
  }
}

static bool ascends(const bgen_rotor *rotor, const double *shape)
{
  double last = 0;
  for (size_t l = 1; l < rotor->n_leaves; l++) {
    const double delta = shape[rotor->torsion[l]];
    if (!(delta > last && delta < 2 * pi)) return false;
    last = delta;
  }
  return true;
}

static void exchange(size_t *a, size_t *b)
{
  const size_t c = *a;
  *a = *b, *b = c;
}

/* sisters as they stand in the reference, whose shape this is */
static void sort_leaves(bgen_rotor *rotor, const double *shape)
{
  for (size_t l = 1; l + 1 < rotor->n_leaves; l++)
    for (size_t m = l + 1; m < rotor->n_leaves; m++)
      if (shape[rotor->torsion[m]] < shape[rotor->torsion[l]]) {
        exchange(&rotor->torsion[l], &rotor->torsion[m]);
        exchange(&rotor->leaf[l], &rotor->leaf[m]);
      }
}

/* Leaf l takes the name of the one `turn` places before it, which moves y by 2 pi turn; returns the
   turn that brings y next to the reference's. */
static size_t turn_of(const bgen_conformer *c, const bgen_rotor *rotor, const double *shape)
{
  const double n = (double) rotor->n_leaves, y = shape[rotor->torsion[0]],
               off = remainder(y - c->home[rotor->torsion[0]], 2 * pi * n);
  const double turn = fmod(n - rint(off / (2 * pi)), n);
  return isfinite(turn) ? (size_t) turn : 0;
}

/* ---- creation ---- */

static bool allocate(bgen_conformer *c)
{
  const size_t n = c->tree->n_atoms;
  c->rotor = malloc((n + 1) * sizeof *c->rotor);
  c->home = malloc((c->n_shape + 1) * sizeof *c->home);
  c->role = calloc(c->n_shape + 1, sizeof *c->role);
  c->hand = calloc(c->n_shape + 1, sizeof *c->hand);
  c->at = malloc((c->tree->n_molecules + 1) * sizeof *c->at);
  return c->rotor && c->home && c->role && c->hand && c->at;
}

/* node k hangs from the same atom as that of its torsion */
static bool is_sister(const bgen_tree *tree, size_t k)
{
  for (size_t other = 0; other < k; other++)
    if (tree->node[other].atom == tree->node[k].torsion)
      return tree->node[other].bond == tree->node[k].bond;
  return false;
}

/* torsion j of node k; those of rotors are named afterwards */
static void name_torsion(bgen_conformer *c, size_t k, size_t j, const bool *circle)
{
  const double sine = sin(c->home[j]);
  c->role[j] = circle && circle[j] ? CIRCLE : LINE;
  if (c->role[j] == LINE && is_sister(c->tree, k) && fabs(sine) > 0.5)
    c->hand[j] = sine > 0 ? 1 : -1;
}

static void name_leaves(bgen_conformer *c)
{
  for (size_t r = 0; r < c->n_rotors; r++) {
    bgen_rotor *rotor = &c->rotor[r];
    c->log_n += log((double) rotor->n_leaves);
    for (size_t l = 1; l < rotor->n_leaves; l++) {
      c->role[rotor->torsion[l]] = LEAF;
      c->hand[rotor->torsion[l]] = 0;
    }
  }
}

static void name_all(bgen_conformer *c, const bool *circle)
{
  for (size_t k = 0, j = 0; k < c->tree->n_atoms; k++) {
    const bgen_tree_node *node = &c->tree->node[k];
    j += (size_t) (node->bond != BGEN_NO_ATOM) + (size_t) (node->angle != BGEN_NO_ATOM);
    if (node->torsion != BGEN_NO_ATOM) name_torsion(c, k, j++, circle);
  }
  name_leaves(c);
}

/* leaves are sorted by torsions in (0, 2 pi) */
static void look_at(bgen_conformer *c, const double *reference)
{
  bgen_internal_find(c->tree, reference, c->at);
  bgen_internal_to_shape(c->tree, reference, c->home);
  to_phases(c, c->home);
  for (size_t r = 0; r < c->n_rotors; r++) sort_leaves(&c->rotor[r], c->home);
}

bgen_status bgen_conformer_create(const bgen_conformer_of *of, const bool *circle,
                                  const double *reference, bgen_conformer **result)
{
  bgen_conformer *c = calloc(1, sizeof *c);
  if (c) *c = (bgen_conformer){.tree = of->tree, .n_shape = bgen_internal_kinds(of->tree, NULL)};
  if (!c || !allocate(c)) {
    bgen_conformer_destroy(c);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for molecules of %zu atoms", of->tree->n_atoms);
  }
  c->n_rotors = bgen_rotors_find(of->tree, of->species, c->rotor);
  look_at(c, reference);
  name_all(c, circle);
  *result = c;
  return BGEN_OK;
}

void bgen_conformer_destroy(bgen_conformer *c)
{
  if (!c) return;
  free(c->rotor), free(c->home), free(c->role), free(c->hand), free(c->at);
  free(c);
}

size_t bgen_conformer_n_rotors(const bgen_conformer *c)
{
  return c->n_rotors;
}

const bgen_rotor *bgen_conformer_rotors(const bgen_conformer *c)
{
  return c->rotor;
}

/* ---- how configurations are seen ---- */

void bgen_conformer_home_shape(const bgen_conformer *c, double *shape)
{
  memcpy(shape, c->home, c->n_shape * sizeof *shape);
}

void bgen_conformer_home(const bgen_conformer *c, bgen_placement *at)
{
  memcpy(at, c->at, c->tree->n_molecules * sizeof *at);
}

bool bgen_conformer_find(const bgen_conformer *c, const double *x, double *work, size_t *order,
                         bgen_placement *at)
{
  bool stay = true;
  for (size_t i = 0; i < c->tree->n_atoms; i++) order[i] = i;
  bgen_internal_find(c->tree, x, at);
  bgen_internal_to_shape(c->tree, x, work);
  to_phases(c, work);
  for (size_t r = 0; r < c->n_rotors; r++) {
    const bgen_rotor *rotor = &c->rotor[r];
    const size_t turn = turn_of(c, rotor, work);
    for (size_t l = 0; l < rotor->n_leaves; l++)
      order[rotor->leaf[l]] = rotor->leaf[(l + turn) % rotor->n_leaves];
    stay = stay && turn == 0;
  }
  return stay;
}

void bgen_conformer_to_shape(const bgen_conformer *c, const double *x, double *shape)
{
  bgen_internal_to_shape(c->tree, x, shape);
  to_phases(c, shape);
  for (size_t j = 0; j < c->n_shape; j++)
    if (c->role[j] == LINE || c->role[j] == CIRCLE) shape[j] = near(shape[j], c->home[j]);
}

void bgen_conformer_from_shape(const bgen_conformer *c, const bgen_placement *at,
                               const double *shape, double *work, double *x)
{
  memcpy(work, shape, c->n_shape * sizeof *work);
  from_phases(c, work);
  bgen_internal_from_shape(c->tree, at, work, x);
}

/* ---- the Jacobian ---- */

static bool inside(const bgen_conformer *c, const double *shape)
{
  for (size_t j = 0; j < c->n_shape; j++) {
    if (c->role[j] == LINE && !(fabs(shape[j] - c->home[j]) <= pi)) return false;
    if (c->hand[j] && !(c->hand[j] * sin(shape[j]) > 0)) return false;
  }
  for (size_t r = 0; r < c->n_rotors; r++)
    if (!ascends(&c->rotor[r], shape)) return false;
  return true;
}

double bgen_conformer_log_jacobian(const bgen_conformer *c, const double *shape)
{
  return inside(c, shape) ? bgen_internal_log_jacobian(c->tree, shape) - c->log_n : -INFINITY;
}

void bgen_conformer_add_jacobian_gradient(const bgen_conformer *c, const double *shape,
                                          double scale, double *grad_shape)
{
  bgen_internal_add_jacobian_gradient(c->tree, shape, scale, grad_shape);
}

/* ---- gradients ---- */

/* chi = (y - sum delta) / n */
void bgen_conformer_gradient_to_shape(const bgen_conformer *c, const double *x,
                                      const double *grad_x, double *force, double *grad_shape)
{
  bgen_internal_gradient_to_shape(c->tree, x, grad_x, force, grad_shape);
  for (size_t r = 0; r < c->n_rotors; r++) {
    const bgen_rotor *rotor = &c->rotor[r];
    double *by_y = &grad_shape[rotor->torsion[0]];
    *by_y /= (double) rotor->n_leaves;
    for (size_t l = 1; l < rotor->n_leaves; l++) grad_shape[rotor->torsion[l]] -= *by_y;
  }
}

/* y = n chi + sum delta */
void bgen_conformer_gradient_to_x(const bgen_conformer *c, const double *x, double *grad_shape,
                                  double *grad_x)
{
  for (size_t r = 0; r < c->n_rotors; r++) {
    const bgen_rotor *rotor = &c->rotor[r];
    double *by_y = &grad_shape[rotor->torsion[0]];
    for (size_t l = 1; l < rotor->n_leaves; l++) grad_shape[rotor->torsion[l]] += *by_y;
    *by_y *= (double) rotor->n_leaves;
  }
  bgen_internal_gradient_to_x(c->tree, x, grad_shape, grad_x);
}

/* ---- what frames say ---- */

/* mean direction of column j, as an angle; *length is that of the mean vector */
static double mean_angle(size_t d, size_t j, size_t n, const double *shape, double *length)
{
  double sine = 0, cosine = 0;
  for (size_t i = 0; i < n; i++) {
    sine += sin(shape[i * d + j]) / (double) n;
    cosine += cos(shape[i * d + j]) / (double) n;
  }
  *length = hypot(sine, cosine);
  return atan2(sine, cosine);
}

static bool is_narrow(size_t d, size_t j, size_t n, const double *shape)
{
  const double most = 20 * pi / 180;
  double length;
  const double mean = mean_angle(d, j, n, shape, &length);
  if (!(length > exp(-0.5 * most * most))) return false;
  for (size_t i = 0; i < n; i++)
    if (!(cos(shape[i * d + j] - mean) > 0)) return false;
  return true;
}

void bgen_conformer_find_circles(const bgen_conformer *c, const signed char *wanted, size_t n,
                                 const double *shape, bool *circle)
{
  for (size_t j = 0; j < c->n_shape; j++) {
    const bool is_torsion = c->role[j] == LINE || c->role[j] == CIRCLE;
    const bool is_given = wanted && wanted[j] >= 0;
    circle[j] = is_torsion && (is_given ? wanted[j] > 0 : !is_narrow(c->n_shape, j, n, shape));
  }
}

static void average(const bgen_conformer *c, size_t n, const double *shape, double *mean)
{
  const size_t d = c->n_shape;
  double length;
  for (size_t j = 0; j < d; j++) {
    mean[j] = 0;
    for (size_t i = 0; i < n; i++) mean[j] += shape[i * d + j] / (double) n;
    if (c->role[j] == LINE || c->role[j] == CIRCLE) mean[j] = mean_angle(d, j, n, shape, &length);
  }
}

/* shape[n][d] and work[d + 3 n_atoms] are memory; x in steps of so many frames */
static void average_frames(const bgen_conformer *c, size_t n, size_t n_used, const double *x,
                           double *shape, double *work, size_t *order)
{
  const size_t d = c->n_shape, dim = 3 * c->tree->n_atoms;
  bgen_placement *at = c->at; /* that of the last frame is not needed */
  for (size_t i = 0; i < n_used; i++) {
    const double *frame = x + i * n / n_used * dim;
    bgen_conformer_find(c, frame, work, order, at);
    for (size_t a = 0; a < c->tree->n_atoms; a++)
      memcpy(work + d + 3 * a, frame + 3 * order[a], 3 * sizeof *work);
    bgen_conformer_to_shape(c, work + d, shape + i * d);
  }
  average(c, n_used, shape, work);
}

bgen_status bgen_conformer_mean(const bgen_conformer_of *of, size_t n, const double *x,
                                double *reference)
{
  enum { MOST_FRAMES = 2000 };
  const size_t n_used = n < MOST_FRAMES ? n : MOST_FRAMES, n_atoms = of->tree->n_atoms;
  bgen_conformer *c = NULL;
  const bgen_status status = bgen_conformer_create(of, NULL, x, &c);
  if (status) return status;
  assert(n > 0 && c);
  double *shape = malloc(((n_used + 2) * c->n_shape + 3 * n_atoms) * sizeof *shape);
  size_t *order = calloc(n_atoms + 1, sizeof *order);
  if (shape && order) {
    double *work = shape + n_used * c->n_shape;
    average_frames(c, n, n_used, x, shape, work, order);
    bgen_internal_find(c->tree, x, c->at);
    bgen_conformer_from_shape(c, c->at, work, work + c->n_shape, reference);
  }
  const bool done = shape && order;
  free(shape), free(order);
  bgen_conformer_destroy(c);
  return done ? BGEN_OK : bgen_fail(BGEN_NO_MEMORY, "no memory for the mean of %zu frames", n);
}
