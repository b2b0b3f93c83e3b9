/* SPDX-License-Identifier: MIT */
#include "coords/conformer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coords/conformer_parts.h"
#include "coords/internal.h"

static const double pi = 3.14159265358979323846;

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

/* ---- aligned atoms ---- */

/* as one body, in the order of the tree */
static void gather(const bgen_conformer *c, const double *x, double *aligned)
{
  for (size_t k = 0; k < c->tree->n_aligned; k++)
    memcpy(aligned + 3 * k, x + 3 * c->tree->node[k].atom, 3 * sizeof *x);
}

static void put_aligned(const bgen_conformer *c, const bgen_placement *at, const double *shape,
                        double *work, double *x)
{
  const size_t n = c->tree->n_aligned;
  bgen_pose_from_shape(c->pose, at, shape + c->n_internal, work + 3 * n, work);
  for (size_t k = 0; k < n; k++) memcpy(x + 3 * c->tree->node[k].atom, work + 3 * k, 3 * sizeof *x);
}

/* ---- creation ---- */

static bool allocate(bgen_conformer *c)
{
  const size_t n = c->tree->n_atoms;
  c->rotor = malloc((n + 1) * sizeof *c->rotor);
  c->home = calloc(c->n_shape + 1, sizeof *c->home);
  c->role = calloc(c->n_shape + 1, sizeof *c->role);
  c->hand = calloc(c->n_shape + 1, sizeof *c->hand);
  c->at = malloc((c->tree->n_molecules + 1) * sizeof *c->at);
  return c->rotor && c->home && c->role && c->hand && c->at;
}

/* the torsion of a node is one between bonds of one atom */
static bool tells_hand(const bgen_tree *tree, const bgen_tree_node *node)
{
  return bgen_tree_has_bond(tree, node->bond, node->torsion);
}

/* those of rotors are named afterwards */
static void name_torsion(bgen_conformer *c, const bgen_tree_node *node, size_t j, bool is_circle)
{
  const double sine = sin(c->home[j]);
  c->role[j] = is_circle ? BGEN_CIRCLE : BGEN_LINE;
  if (!is_circle && fabs(sine) > 0.5 && tells_hand(c->tree, node)) c->hand[j] = sine > 0 ? 1 : -1;
}

static void name_leaves(bgen_conformer *c)
{
  for (size_t r = 0; r < c->n_rotors; r++) {
    bgen_rotor *rotor = &c->rotor[r];
    c->log_n += log((double) rotor->n_leaves);
    for (size_t l = 1; l < rotor->n_leaves; l++) {
      c->role[rotor->torsion[l]] = BGEN_LEAF;
      c->hand[rotor->torsion[l]] = 0;
    }
  }
}

static void name_all(bgen_conformer *c, const bool *circle)
{
  for (size_t k = 0, j = 0; k < c->tree->n_atoms; k++) {
    const bgen_tree_node *node = &c->tree->node[k];
    j += bgen_tree_node_size(node);
    if (node->torsion != BGEN_NO_ATOM) name_torsion(c, node, j - 1, circle && circle[j - 1]);
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

static bgen_status create_pose(bgen_conformer *c, const double *reference)
{
  const bgen_layout layout = {c->tree->n_aligned, 3};
  if (layout.n_particles == 0) return BGEN_OK;
  double *aligned = malloc(3 * layout.n_particles * sizeof *aligned);
  if (!aligned) return bgen_fail(BGEN_NO_MEMORY, "no memory for %zu atoms", layout.n_particles);
  gather(c, reference, aligned);
  const bgen_status status = bgen_pose_create(&layout, BGEN_ALIGNED, aligned, &c->pose);
  free(aligned);
  if (!status) c->at[0] = bgen_pose_home(c->pose);
  return status;
}

bgen_status bgen_conformer_create(const bgen_conformer_of *of, const bool *circle,
                                  const double *reference, bgen_conformer **result)
{
  bgen_conformer *c = calloc(1, sizeof *c);
  bgen_status status =
      bgen_fail(BGEN_NO_MEMORY, "no memory for molecules of %zu atoms", of->tree->n_atoms);
  if (!c) return status;
  *c = (bgen_conformer){.tree = of->tree,
                        .n_shape = bgen_internal_kinds(of->tree, NULL),
                        .n_internal = bgen_internal_size(of->tree)};
  if (allocate(c)) status = create_pose(c, reference);
  if (status) {
    bgen_conformer_destroy(c);
    return status;
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
  bgen_pose_destroy(c->pose);
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
  if (c->pose) {
    gather(c, x, work);
    at[0] = bgen_pose_find(c->pose, work);
  }
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

void bgen_conformer_to_shape(const bgen_conformer *c, const bgen_placement *at, const double *x,
                             double *work, double *shape)
{
  bgen_internal_to_shape(c->tree, x, shape);
  to_phases(c, shape);
  for (size_t j = 0; j < c->n_internal; j++)
    if (bgen_conformer_is_torsion(c, j)) shape[j] = near(shape[j], c->home[j]);
  if (!c->pose) return;
  gather(c, x, work);
  bgen_pose_to_shape(c->pose, at, work, work + 3 * c->tree->n_aligned, shape + c->n_internal);
}

void bgen_conformer_from_shape(const bgen_conformer *c, const bgen_placement *at,
                               const double *shape, double *work, double *x)
{
  if (c->pose) put_aligned(c, at, shape, work, x);
  memcpy(work, shape, c->n_internal * sizeof *work);
  from_phases(c, work);
  bgen_internal_from_shape(c->tree, at, work, x);
}

/* ---- the Jacobian ---- */

static bool inside(const bgen_conformer *c, const double *shape)
{
  for (size_t j = 0; j < c->n_internal; j++) {
    if (c->role[j] == BGEN_LINE && !(fabs(shape[j] - c->home[j]) <= pi)) return false;
    if (c->hand[j] && !(c->hand[j] * sin(shape[j]) > 0)) return false;
  }
  for (size_t r = 0; r < c->n_rotors; r++)
    if (!ascends(&c->rotor[r], shape)) return false;
  return true;
}

double bgen_conformer_log_jacobian(const bgen_conformer *c, const double *shape, double *work)
{
  if (!inside(c, shape)) return -INFINITY;
  const double aligned = c->pose ? bgen_pose_log_jacobian(c->pose, shape + c->n_internal, work) : 0;
  return bgen_internal_log_jacobian(c->tree, shape) - c->log_n + aligned;
}

void bgen_conformer_add_jacobian_gradient(const bgen_conformer *c, const double *shape,
                                          double scale, double *work, double *grad_shape)
{
  const size_t j = c->n_internal;
  bgen_internal_add_jacobian_gradient(c->tree, shape, scale, grad_shape);
  if (c->pose) bgen_pose_add_jacobian_gradient(c->pose, shape + j, scale, work, grad_shape + j);
}

/* ---- gradients ---- */

/* chi = (y - sum delta) / n; what hangs from aligned atoms pulls at them */
void bgen_conformer_gradient_to_shape(const bgen_conformer *c, const bgen_placement *at,
                                      const double *x, double *grad_x, double *work,
                                      double *grad_shape)
{
  bgen_internal_gradient_to_shape(c->tree, x, grad_x, grad_x, grad_shape);
  for (size_t r = 0; r < c->n_rotors; r++) {
    const bgen_rotor *rotor = &c->rotor[r];
    double *by_y = &grad_shape[rotor->torsion[0]];
    *by_y /= (double) rotor->n_leaves;
    for (size_t l = 1; l < rotor->n_leaves; l++) grad_shape[rotor->torsion[l]] -= *by_y;
  }
  if (!c->pose) return;
  gather(c, grad_x, work);
  bgen_pose_gradient_to_shape(c->pose, at, work, work + 3 * c->tree->n_aligned,
                              grad_shape + c->n_internal);
}

static void add_aligned(const bgen_conformer *c, const bgen_placement *at, const double *shape,
                        const double *grad_shape, double *work, double *grad_x)
{
  const size_t n = c->tree->n_aligned;
  double *grad = work + 6 * n;
  bgen_pose_gradient_to_x(c->pose, at, shape + c->n_internal, grad_shape + c->n_internal, work,
                          grad);
  for (size_t k = 0; k < n; k++)
    for (size_t a = 0; a < 3; a++) grad_x[3 * c->tree->node[k].atom + a] += grad[3 * k + a];
}

/* y = n chi + sum delta */
void bgen_conformer_gradient_to_x(const bgen_conformer *c, const bgen_placement *at,
                                  const double *shape, const double *x, double *grad_shape,
                                  double *work, double *grad_x)
{
  for (size_t r = 0; r < c->n_rotors; r++) {
    const bgen_rotor *rotor = &c->rotor[r];
    double *by_y = &grad_shape[rotor->torsion[0]];
    for (size_t l = 1; l < rotor->n_leaves; l++) grad_shape[rotor->torsion[l]] += *by_y;
    *by_y *= (double) rotor->n_leaves;
  }
  bgen_internal_gradient_to_x(c->tree, x, grad_shape, grad_x);
  if (c->pose) add_aligned(c, at, shape, grad_shape, work, grad_x);
}
