/* SPDX-License-Identifier: GPL-2.0-or-later
   A chain of 214 beads, as a protein of one bead a residue: its tree begins in the middle, and what
   placing by hundreds of bonds, one after the other, loses of the digits. */
#include <math.h>

#include "coords/internal.h"
#include "fixture.h"

enum { N = 214, DIM = 3 * N, N_SHAPE = DIM - 6, MIDDLE = N / 2 };

/* a coil whose turns differ, each bond about 3.8 long */
static void draw_chain(double *x)
{
  bgen_rng rng = bgen_rng_at(41, BGEN_STREAM_SAMPLE, 0);
  bgen_rng_normals(&rng, DIM, x);
  for (size_t i = 0; i < N; i++) {
    const double t = 1.75 * (double) i, on_coil[3] = {2.3 * cos(t), 2.3 * sin(t), 1.5 * (double) i};
    for (size_t c = 0; c < 3; c++) x[3 * i + c] = on_coil[c] + 0.4 * x[3 * i + c];
  }
}

static bgen_tree *make_chain(const double *x)
{
  static size_t bond[N - 1][2];
  static double mass[N];
  bgen_tree *tree = NULL;
  for (size_t i = 0; i < N; i++) mass[i] = 1;
  for (size_t i = 0; i + 1 < N; i++) bond[i][0] = i, bond[i][1] = i + 1;
  const bgen_molecules of = {N, N - 1, (const size_t(*)[2]) bond, mass, x, NULL, 0, NULL};
  CHECK_OK(bgen_tree_create(&of, &tree));
  return tree;
}

static size_t distance(size_t i, size_t j)
{
  return i > j ? i - j : j - i;
}

/* every bead by the bead next to it on the way to the root, and the next ones */
static void test_tree(void **state)
{
  double x[DIM];
  draw_chain(x);
  bgen_tree *tree = make_chain(x);
  const size_t root = tree->node[0].atom;
  (void) state;
  assert_true(distance(root, MIDDLE) <= 1);
  for (size_t n = 1; n < N; n++) {
    const bgen_tree_node *node = &tree->node[n];
    assert_int_equal(distance(node->atom, node->bond), 1);
    assert_int_equal(distance(node->atom, root), distance(node->bond, root) + 1);
    if (n >= 2) assert_int_equal(distance(node->atom, node->angle), 2);
    if (n >= 3) assert_int_equal(distance(node->atom, node->torsion), 3);
  }
  bgen_tree_destroy(tree);
}

/* Near the root a bead is placed by hardly any bond, at the ends by 107 of them. */
static void test_round_trip(void **state)
{
  double x[DIM], again[DIM], shape[N_SHAPE];
  bgen_placement at;
  draw_chain(x);
  bgen_tree *tree = make_chain(x);
  (void) state;
  assert_int_equal(bgen_internal_kinds(tree, NULL), N_SHAPE);
  bgen_internal_find(tree, x, &at);
  bgen_internal_to_shape(tree, x, shape);
  bgen_internal_from_shape(tree, &at, shape, again);
  for (size_t j = 0; j < DIM; j++) CHECK_CLOSE(again[j], x[j], 1e-10);
  bgen_tree_destroy(tree);
}

/* of bonds r and angles a: sum of 2 ln r + ln sin a, whatever the torsions */
static void test_jacobian(void **state)
{
  double x[DIM], shape[N_SHAPE], expected = 0;
  bgen_internal_kind kind[N_SHAPE];
  draw_chain(x);
  bgen_tree *tree = make_chain(x);
  (void) state;
  bgen_internal_kinds(tree, kind);
  bgen_internal_to_shape(tree, x, shape);
  for (size_t j = 0; j < N_SHAPE; j++) {
    if (kind[j] == BGEN_BOND) expected += 2 * log(shape[j]);
    if (kind[j] == BGEN_ANGLE) expected += log(sin(shape[j]));
  }
  CHECK_CLOSE(bgen_internal_log_jacobian(tree, shape), expected, 1e-9);
  bgen_tree_destroy(tree);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_tree), cmocka_unit_test(test_round_trip),
                                     cmocka_unit_test(test_jacobian)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
