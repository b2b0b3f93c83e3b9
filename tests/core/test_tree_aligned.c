/* SPDX-License-Identifier: GPL-2.0-or-later
   Trees of molecules with aligned atoms: what hangs from them, and by which atoms. */
#include "coords/rotors.h"
#include "fixture.h"
#include "molecules.h"

enum { BACKBONE = 0 };

static const bgen_tree_node *node_of(const bgen_tree *tree, size_t atom)
{
  const bgen_tree_node *node = tree->node;
  while (node->atom != atom) node++;
  return node;
}

static void check_placed_by(const bgen_tree *tree, size_t atom, size_t bond, size_t angle,
                            size_t torsion)
{
  const bgen_tree_node *node = node_of(tree, atom);
  assert_int_equal(node->bond, bond);
  assert_int_equal(node->angle, angle);
  assert_int_equal(node->torsion, torsion);
}

/* stiff torsions where aligned atoms have two bonds to others, else about the bond of two */
static void test_backbone(void **state)
{
  enum { CH3 = 1, C_ACE = 4, N = 6, CA = 8, HA = 9, CB = 10, C = 14, N_NME = 16 };
  const subject s = subject_of(&mixed_molecules[BACKBONE], 10);
  const bgen_tree *tree = s.tree;
  (void) state;
  assert_int_equal(tree->n_aligned, 7);
  assert_int_equal(tree->n_molecules, 1);
  assert_int_equal(tree->n_closing, 6);
  assert_int_equal(s.n_shape, 3 * 22 - 6);
  check_placed_by(tree, CB, CA, N, C);
  check_placed_by(tree, HA, CA, N, CB);
  check_placed_by(tree, 5, C_ACE, CH3, N);
  check_placed_by(tree, 0, CH3, C_ACE, N);
  check_placed_by(tree, 2, CH3, C_ACE, 0);
  check_placed_by(tree, 11, CB, CA, N);
  check_placed_by(tree, 19, 18, N_NME, C);
  bgen_rotor rotor[MOST_ATOMS];
  const int alike[MOST_ATOMS] = {0};
  assert_int_equal(bgen_rotors_find(tree, alike, rotor), 3);
  bgen_tree_destroy(s.tree);
}

static void test_trees(void **state)
{
  (void) state;
  for (size_t k = 0; k < N_MIXED; k++) {
    const subject s = subject_of(&mixed_molecules[k], 10 + k);
    const bgen_tree *tree = s.tree;
    bool placed[MOST_ATOMS] = {false};
    assert_int_equal(tree->n_atoms, s.of->n_atoms);
    assert_int_equal(tree->n_molecules, s.of->n_molecules);
    assert_int_equal(tree->n_closing, s.of->n_closing);
    for (size_t n = 0; n < tree->n_atoms; n++) {
      const bgen_tree_node *node = &tree->node[n];
      if (n < tree->n_aligned) assert_int_equal(node->atom, s.of->aligned[n]);
      if (n < tree->n_aligned) assert_int_equal(bgen_tree_node_size(node), 0);
      if (n >= tree->n_aligned && n < tree->first[1]) {
        assert_int_equal(bgen_tree_node_size(node), 3);
        assert_true(placed[node->bond] && placed[node->angle] && placed[node->torsion]);
      }
      placed[node->atom] = true;
    }
    bgen_tree_destroy(s.tree);
  }
}

/* a tree that is given has lines for the other atoms alone */
static void test_given(void **state)
{
  (void) state;
  for (size_t k = 0; k < N_MIXED; k++) {
    const subject s = subject_of(&mixed_molecules[k], 10 + k);
    const bgen_molecules of = {s.of->n_atoms, s.of->n_bonds, s.of->bond,      NULL,
                               s.x,           NULL,          s.of->n_aligned, s.of->aligned};
    bgen_tree *again = NULL;
    const size_t n = s.tree->n_atoms, n_aligned = s.tree->n_aligned;
    CHECK_OK(bgen_tree_of_nodes(&of, n - n_aligned, s.tree->node + n_aligned, &again));
    assert_int_equal(again->n_aligned, n_aligned);
    assert_int_equal(again->n_closing, s.tree->n_closing);
    assert_memory_equal(again->node, s.tree->node, n * sizeof *again->node);
    bgen_tree_destroy(again);
    again = NULL;
    CHECK_REFUSED(bgen_tree_of_nodes(&of, n, s.tree->node, &again), BGEN_BAD_INPUT,
                  "is aligned, so it has no line");
    bgen_tree_destroy(s.tree);
  }
}

static void test_refused(void **state)
{
  molecules few = mixed_molecules[BACKBONE], line = few;
  subject s = subject_of(&few, 10);
  bgen_tree *tree = NULL;
  (void) state;
  few.n_aligned = 2;
  CHECK_REFUSED(make_tree(&few, s.x, &tree), BGEN_BAD_INPUT, "2 aligned atom(s)");
  line.n_aligned = 4;
  for (size_t i = 0; i < 4; i++)
    for (size_t c = 0; c < 3; c++) s.x[3 * line.aligned[i] + c] = (double) (i * (c + 1));
  CHECK_REFUSED(make_tree(&line, s.x, &tree), BGEN_BAD_INPUT, "4 aligned atoms lie on one line");
  assert_null(tree);
  bgen_tree_destroy(s.tree);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_backbone), cmocka_unit_test(test_trees),
                                     cmocka_unit_test(test_given), cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
