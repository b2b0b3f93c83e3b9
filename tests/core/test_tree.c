/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "coords/tree.h"

#include <math.h>

#include "fixture.h"
#include "molecules.h"

/* each atom once, and those that place it before it */
static void test_tree(void **state)
{
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    subject s = make_subject(k);
    bool placed[MOST_ATOMS] = {false};
    assert_int_equal(s.tree->n_atoms, s.of->n_atoms);
    assert_int_equal(s.tree->n_molecules, s.of->n_molecules);
    assert_int_equal(s.tree->n_closing, s.of->n_closing);
    for (size_t n = 0; n < s.tree->n_atoms; n++) {
      const bgen_tree_node *node = &s.tree->node[n];
      const size_t by[3] = {node->bond, node->angle, node->torsion};
      assert_false(placed[node->atom]);
      for (size_t b = 0; b < 3; b++) {
        assert_true(by[b] == BGEN_NO_ATOM || placed[by[b]]);
        if (b > 0 && by[b] != BGEN_NO_ATOM) assert_int_not_equal(by[b], by[b - 1]);
      }
      placed[node->atom] = true;
    }
    bgen_tree_destroy(s.tree);
  }
}

static void check_node(const bgen_tree *tree, size_t k, size_t atom, size_t bond, size_t angle,
                       size_t torsion)
{
  const bgen_tree_node *node = &tree->node[k];
  const size_t found[4] = {node->atom, node->bond, node->angle, node->torsion},
               expected[4] = {atom, bond, angle, torsion};
  for (size_t c = 0; c < 4; c++) assert_int_equal(found[c], expected[c]);
}

/* root CA with N and C; atoms at the end of a bond last; phi and psi are there, hydrogens and
   oxygens against their sisters */
static void test_dipeptide(void **state)
{
  enum { C_ACE = 4, N = 6, CA = 8, CB = 10, C = 14, O = 15, N_NME = 16 };
  const subject s = make_subject(DIPEPTIDE);
  (void) state;
  check_node(s.tree, 0, CA, BGEN_NO_ATOM, BGEN_NO_ATOM, BGEN_NO_ATOM);
  check_node(s.tree, 1, N, CA, BGEN_NO_ATOM, BGEN_NO_ATOM);
  check_node(s.tree, 2, C, CA, N, BGEN_NO_ATOM);
  check_node(s.tree, 3, CB, CA, N, C);
  check_node(s.tree, 4, C_ACE, N, CA, C);  /* phi */
  check_node(s.tree, 5, N_NME, C, CA, N);  /* psi */
  check_node(s.tree, 6, 1, C_ACE, N, CA);  /* omega */
  check_node(s.tree, 7, 18, N_NME, C, CA); /* omega */
  check_node(s.tree, 8, 9, CA, N, C);      /* HA against C, as CB */
  check_node(s.tree, 9, 7, N, CA, C_ACE);  /* H of N against its sister */
  check_node(s.tree, 10, 11, CB, CA, N);   /* the first of three turns them all */
  check_node(s.tree, 13, O, C, CA, N_NME);
  for (size_t k = 8; k < 22; k++) assert_true(s.tree->node[k].torsion != BGEN_NO_ATOM);
  bgen_tree_destroy(s.tree);
}

/* ---- lines ---- */

/* acetonitrile: C-C-N lies on a line, so its nitrogen is placed by a hydrogen */
static void test_line(void **state)
{
  const molecules of = {
      "acetonitrile", 6, 5, 1, 0, {{0, 1}, {1, 2}, {0, 3}, {0, 4}, {0, 5}}, 0, {0}};
  const double x[18] = {0,   0,    0, 1.46, 0,     0,     2.62, 0,     0,
                        -.4, 1.03, 0, -.4,  -.515, 0.892, -.4,  -.515, -.892};
  double shape[12];
  bgen_tree *tree = NULL;
  (void) state;
  CHECK_OK(make_tree(&of, x, &tree));
  assert_int_equal(bgen_internal_kinds(tree, NULL), 12);
  bgen_internal_to_shape(tree, x, shape);
  assert_true(isfinite(bgen_internal_log_jacobian(tree, shape)));
  bgen_internal_kind kind[12];
  bgen_internal_kinds(tree, kind);
  for (size_t j = 0; j < 12; j++)
    if (kind[j] == BGEN_ANGLE) assert_true(sin(shape[j]) > 0.2);
  bgen_tree_destroy(tree);
}

static void test_refused(void **state)
{
  const molecules dioxide = {"carbon dioxide", 3, 2, 1, 0, {{0, 1}, {0, 2}}, 0, {0}},
                  loop = {"loop", 2, 1, 1, 0, {{1, 1}}, 0, {0}};
  const double x[9] = {0, 0, 0, 1, 1, 0, -1, -1, 0};
  bgen_tree *tree = NULL;
  (void) state;
  CHECK_REFUSED(make_tree(&dioxide, x, &tree), BGEN_BAD_INPUT,
                "molecule of atom 1 lies on one line");
  CHECK_REFUSED(make_tree(&loop, x, &tree), BGEN_BAD_INPUT, "atom 2 is bonded to itself");
  assert_null(tree);
}

/* ---- trees that are given ---- */

static bgen_status give(const subject *s, size_t n_nodes, const bgen_tree_node *node,
                        bgen_tree **tree)
{
  const bgen_molecules bonded = {s->of->n_atoms, s->of->n_bonds, s->of->bond,      NULL,
                                 s->x,           NULL,           s->of->n_aligned, s->of->aligned};
  return bgen_tree_of_nodes(&bonded, n_nodes, node, tree);
}

static void test_given(void **state)
{
  (void) state;
  for (size_t k = 0; k < N_MOLECULES; k++) {
    subject s = make_subject(k);
    bgen_tree *again = NULL;
    CHECK_OK(give(&s, s.tree->n_atoms, s.tree->node, &again));
    assert_int_equal(again->n_molecules, s.tree->n_molecules);
    assert_int_equal(again->n_closing, s.tree->n_closing);
    const size_t n = s.tree->n_atoms;
    assert_memory_equal(again->node, s.tree->node, n * sizeof *again->node);
    assert_memory_equal(again->first, s.tree->first,
                        (s.tree->n_molecules + 1) * sizeof *again->first);
    assert_memory_equal(again->closing, s.tree->closing,
                        2 * s.tree->n_closing * sizeof *again->closing);
    bgen_tree_destroy(again);
    bgen_tree_destroy(s.tree);
  }
}

static void test_given_mistakes(void **state)
{
  enum { NONE = 99, CHAIN = 0 };
  static const struct {
    const char *says;
    size_t n, node[5][4];
  } mistakes[] = {
      {"atom 1 has a bond, but it is the first", 1, {{0, 1, NONE, NONE}}},
      {"atom 2 is number 2 of its molecule, so it needs a bond",
       2,
       {{0, NONE, NONE, NONE}, {1, 0, 2, NONE}}},
      {"atom 1 has two lines", 2, {{0, NONE, NONE, NONE}, {0, NONE, NONE, NONE}}},
      {"atom 3 is placed by atom 2, which has no line of the same molecule above it",
       4,
       {{0, NONE, NONE, NONE}, {1, 0, NONE, NONE}, {4, NONE, NONE, NONE}, {2, 1, NONE, NONE}}},
      {"atom 3 is placed by atom 2 twice",
       3,
       {{0, NONE, NONE, NONE}, {1, 0, NONE, NONE}, {2, 1, 1, NONE}}},
      {"atom 3 has no line", 2, {{0, NONE, NONE, NONE}, {1, 0, NONE, NONE}}},
  };
  subject s = make_subject(CHAIN);
  (void) state;
  for (size_t m = 0; m < sizeof mistakes / sizeof *mistakes; m++) {
    bgen_tree_node node[5];
    bgen_tree *tree = NULL;
    for (size_t k = 0; k < mistakes[m].n; k++) {
      size_t by[4];
      for (size_t c = 0; c < 4; c++)
        by[c] = mistakes[m].node[k][c] == NONE ? BGEN_NO_ATOM : mistakes[m].node[k][c];
      node[k] = (bgen_tree_node){by[0], by[1], by[2], by[3]};
    }
    CHECK_REFUSED(give(&s, mistakes[m].n, node, &tree), BGEN_BAD_INPUT, mistakes[m].says);
    assert_null(tree);
  }
  bgen_tree *tree = NULL;
  for (size_t c = 0; c < 3; c++) s.x[6 + c] = 2 * s.x[3 + c] - s.x[c];
  CHECK_REFUSED(give(&s, s.tree->n_atoms, s.tree->node, &tree), BGEN_BAD_INPUT, "lie on one line");
  bgen_tree_destroy(s.tree);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_tree),  cmocka_unit_test(test_dipeptide),
      cmocka_unit_test(test_line),  cmocka_unit_test(test_refused),
      cmocka_unit_test(test_given), cmocka_unit_test(test_given_mistakes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
