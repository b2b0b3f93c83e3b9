/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/spec.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static bgen_bijection *build(const char *line, bgen_layout layout, uint64_t seed)
{
  bgen_bijection *map = NULL;
  size_t n_modes;
  CHECK_OK(bgen_spec_build(line, &layout, seed, &map, &n_modes));
  assert_int_equal(map->dim, layout.n_particles * layout.n_space);
  return map;
}

/* numbers in one network of a coupling */
static size_t network(size_t n_in, size_t n_out, size_t width, size_t depth)
{
  return (n_in + 1) * width + (depth - 1) * (width + 1) * width + (width + 1) * n_out;
}

/* two couplings with their roles exchanged, two networks each */
static size_t block(size_t moved, size_t kept, size_t width, size_t depth)
{
  return 2 * network(kept, moved, width, depth) + 2 * network(moved, kept, width, depth);
}

/* two spline couplings, one network each */
static size_t spline_block(size_t moved, size_t kept, size_t width, size_t depth, size_t bins)
{
  const size_t n_weights = 3 * bins - 1;
  return network(kept, moved * n_weights, width, depth) +
         network(moved, kept * n_weights, width, depth);
}

static void check_sizes(const char *line, bgen_layout layout, size_t n_params, size_t n_whitens)
{
  const size_t dim = layout.n_particles * layout.n_space;
  bgen_bijection *map = build(line, layout, 3);
  assert_int_equal(map->n_params, n_params);
  assert_int_equal(map->n_fitted, n_whitens * (dim + 1 + 4 * dim * dim));
  bgen_bijection_destroy(map);
}

static void test_good_lines(void **state)
{
  const bgen_layout plane = {4, 2}, space = {3, 3}, line = {5, 1}, one = {1, 2}, pair = {2, 1};
  (void) state;
  check_sizes("whiten", plane, 0, 1);
  check_sizes("whiten", (bgen_layout){1, 1}, 0, 1);
  check_sizes("whiten zca; whiten pca", plane, 0, 2);
  check_sizes("realnvp blocks 1", plane, block(4, 4, 100, 2), 0);
  check_sizes("realnvp blocks 3 width 7 depth 1", plane, 3 * block(4, 4, 7, 1), 0);
  check_sizes("realnvp depth 3 width 5 blocks 2", plane, 2 * block(4, 4, 5, 3), 0);
  check_sizes("  whiten ;\trealnvp\tblocks 2  width 6 ;", plane, 2 * block(4, 4, 6, 2), 1);
  check_sizes(";;whiten;;", plane, 0, 1);
  check_sizes("realnvp blocks 2 width 6 masks mixed", space, block(3, 6, 6, 2) + block(6, 3, 6, 2),
              0);
  check_sizes("realnvp blocks 3 width 6 masks axes", space, 3 * block(3, 6, 6, 2), 0);
  check_sizes("realnvp blocks 2 width 6 masks particles", space, 2 * block(6, 3, 6, 2), 0);
  check_sizes("realnvp blocks 2 width 6 masks coordinates", space, 2 * block(5, 4, 6, 2), 0);
  check_sizes("realnvp blocks 2 width 6 masks evenodd", line, 2 * block(3, 2, 6, 2), 0);
  check_sizes("realnvp blocks 2 width 6 masks mixed", line, 2 * block(3, 2, 6, 2), 0);
  check_sizes("realnvp blocks 2 width 6", one, 2 * block(1, 1, 6, 2), 0);
  check_sizes("realnvp blocks 2 width 6", pair, 2 * block(1, 1, 6, 2), 0);
  check_sizes("realnvp blocks 1 width 4; whiten; realnvp blocks 2 width 5", plane,
              block(4, 4, 4, 2) + 2 * block(4, 4, 5, 2), 1);
  check_sizes("nsf blocks 1", plane, spline_block(4, 4, 100, 2, 8), 0);
  check_sizes("whiten; nsf blocks 2 bins 5 bound 3.5 width 6 depth 1 masks particles", space,
              2 * spline_block(6, 3, 6, 1, 5), 1);
  check_sizes("nsf bound 1e1 blocks 1 width 3; realnvp blocks 1 width 4", plane,
              spline_block(4, 4, 3, 2, 8) + block(4, 4, 4, 2), 0);
}

static void check_modes(const char *line, size_t expected)
{
  const bgen_layout layout = {4, 2};
  bgen_bijection *map = NULL;
  size_t n_modes = 77;
  CHECK_OK(bgen_spec_build(line, &layout, 3, &map, &n_modes));
  assert_int_equal(n_modes, expected);
  assert_int_equal(map->n_fitted, 8 + 1 + 4 * 8 * 8); /* the prior's numbers are not the map's */
  bgen_bijection_destroy(map);
}

static void test_mixture(void **state)
{
  (void) state;
  check_modes("whiten", 0);
  check_modes("whiten; mixture modes 2", 2);
  check_modes("whiten; realnvp blocks 1 width 4; mixture modes 64 ;", 64);
}

static void test_actnorm(void **state)
{
  bgen_bijection *map = build("actnorm; whiten; actnorm", (bgen_layout){4, 2}, 3);
  (void) state;
  assert_int_equal(map->n_params, 2 * (8 + 8));
  assert_int_equal(map->n_fitted, 2 * (8 + 8 + 1) + (8 + 1 + 4 * 8 * 8));
  bgen_bijection_destroy(map);
}

/* a new linear map is the identity, or a permutation that follows the seed and the place in the
   line */
static void run_new(const char *line, uint64_t seed, double *out)
{
  rig r = make_rig(build(line, (bgen_layout){4, 2}, seed), 1, 8, 0);
  double in[8], log_det[1];
  for (size_t j = 0; j < 8; j++) in[j] = (double) j;
  rig_apply(&r, BGEN_FORWARD, 1, false, in, out, log_det);
  CHECK_CLOSE(log_det[0], 0, 0);
  free_rig(&r);
}

static void test_linear(void **state)
{
  double out[8], again[8], other[8], twice[8];
  bool met[8] = {false};
  (void) state;
  check_sizes("linear; linear permute yes", (bgen_layout){4, 2}, 2 * (64 + 8), 0);
  run_new("linear", 3, out);
  for (size_t j = 0; j < 8; j++) CHECK_CLOSE(out[j], (double) j, 0);
  run_new("linear permute no", 3, again);
  CHECK_SAME(8, out, again);
  run_new("linear permute yes", 3, out);
  for (size_t j = 0; j < 8; j++) met[(size_t) out[j]] = true;
  for (size_t j = 0; j < 8; j++) assert_true(met[j]);
  run_new("linear permute yes", 3, again);
  CHECK_SAME(8, out, again);
  run_new("linear permute yes", 4, other);
  assert_true(memcmp(out, other, sizeof out) != 0);
  run_new("linear permute yes; linear permute yes", 3, twice);
  for (size_t j = 0; j < 8; j++) again[j] = out[(size_t) out[j]];
  assert_true(memcmp(twice, again, sizeof twice) != 0);
}

/* each is refused, and the sentence names the word */
static const struct {
  const char *line, *word;
  bgen_layout layout;
} bad[] = {
    {"", "no map", {4, 2}},
    {" ; ;", "no map", {4, 2}},
    {"spline blocks 4", "spline", {4, 2}},
    {"whiten; Realnvp blocks 4", "Realnvp", {4, 2}},
    {"whiten strongly", "strongly", {4, 2}},
    {"whiten pca zca", "zca", {4, 2}},
    {"actnorm 3", "actnorm: unexpected argument '3'", {4, 2}},
    {"linear yes", "invalid value 'yes'", {4, 2}},
    {"linear permute", "invalid value 'permute'", {4, 2}},
    {"linear permute maybe", "invalid value 'permute maybe'", {4, 2}},
    {"linear permute yes no", "invalid value 'permute'", {4, 2}},
    {"realnvp", "blocks", {4, 2}},
    {"realnvp width 5", "blocks", {4, 2}},
    {"realnvp blocks", "blocks", {4, 2}},
    {"realnvp blocks 2 width", "width", {4, 2}},
    {"realnvp blocks 0", "'0'", {4, 2}},
    {"realnvp blocks -3", "'-3'", {4, 2}},
    {"realnvp blocks +3", "'+3'", {4, 2}},
    {"realnvp blocks 2.5", "'2.5'", {4, 2}},
    {"realnvp blocks 2x", "'2x'", {4, 2}},
    {"realnvp blocks many", "'many'", {4, 2}},
    {"realnvp blocks 2 width 1000000", "'1000000'", {4, 2}},
    {"realnvp blocks 2 width 99999999999999999999999", "width", {4, 2}},
    {"realnvp blocks 2 depth 0", "'0'", {4, 2}},
    {"realnvp blocks 2 hidden 7", "hidden", {4, 2}},
    {"realnvp blocks 2 masks checkerboard", "checkerboard", {4, 2}},
    {"realnvp blocks 2 masks axes", "axes", {4, 1}},
    {"realnvp blocks 2 masks particles", "particles", {1, 2}},
    {"realnvp blocks 2", "2 coordinates", {1, 1}},
    {"realnvp blocks 2 masks coordinates", "2 coordinates", {1, 1}},
    {"realnvp blocks 2 bins 8", "bins", {4, 2}},
    {"realnvp blocks 2 bound 5", "bound", {4, 2}},
    {"glow",
     "one of whiten, actnorm, linear, realnvp, nsf, circular, molecule, protein, local, mixture",
     {4, 2}},
    {"mixture modes 2", "no map", {4, 2}},
    {"whiten; mixture", "as in 'mixture modes 4'", {4, 2}},
    {"whiten; mixture 2", "as in 'mixture modes 4'", {4, 2}},
    {"whiten; mixture bins 2", "as in 'mixture modes 4'", {4, 2}},
    {"whiten; mixture modes 2 3", "as in 'mixture modes 4'", {4, 2}},
    {"whiten; mixture modes 1", "'1': expected a whole number between 2 and 64", {4, 2}},
    {"whiten; mixture modes 65", "'65'", {4, 2}},
    {"whiten; mixture modes two", "'two'", {4, 2}},
    {"mixture modes 2; whiten", "unexpected map 'whiten': mixture must be the last", {4, 2}},
    {"whiten; mixture modes 2; mixture modes 2",
     "unexpected map 'mixture': mixture must be the last",
     {4, 2}},
    {"nsf", "nsf: the number of blocks is missing", {4, 2}},
    {"nsf blocks 2", "nsf needs at least 2 coordinates", {1, 1}},
    {"nsf blocks 2 masks axes", "nsf masks axes", {4, 1}},
    {"nsf blocks 2 masks both", "'both'", {4, 2}},
    {"nsf blocks 2 bins", "nsf: missing argument after 'bins'", {4, 2}},
    {"nsf blocks 2 bins 1", "'1'", {4, 2}},
    {"nsf blocks 2 bins 101", "'101'", {4, 2}},
    {"nsf blocks 2 bound 0", "'0'", {4, 2}},
    {"nsf blocks 2 bound -5", "'-5'", {4, 2}},
    {"nsf blocks 2 bound nan", "'nan'", {4, 2}},
    {"nsf blocks 2 bound inf", "'inf'", {4, 2}},
    {"nsf blocks 2 bound 5a", "'5a'", {4, 2}},
    {"nsf blocks 2 knots 8", "unknown keyword 'knots'", {4, 2}},
    {"circular", "circular: the number of blocks is missing", {4, 2}},
    {"circular blocks", "circular: missing argument after 'blocks'", {4, 2}},
    {"circular blocks 0", "circular blocks: invalid value '0'", {4, 2}},
    {"circular blocks 2 bins 1", "circular bins: invalid value '1'", {4, 2}},
    {"circular blocks 2 bound 5", "circular: unknown keyword 'bound': expected one of", {4, 2}},
    {"circular blocks 2 masks axes", "'axes': expected coordinates or evenodd", {4, 2}},
    {"circular blocks 2", "circular needs at least 2 coordinates", {1, 1}},
    {"circular blocks 600", "maps", {4, 2}},
    {"molecule", "molecule needs at least 2 coordinates", {1, 1}},
    {"molecule blocks 3", "molecule: unexpected argument 'blocks'", {4, 2}},
    {"protein blocks 3", "protein: unexpected argument 'blocks'", {4, 2}},
    {"realnvp blocks 100000 width 1 depth 1", "maps", {4, 2}},
    {"whiten a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f", "words", {4, 2}},
};

static void test_bad_lines(void **state)
{
  (void) state;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    bgen_bijection *const untouched = (bgen_bijection *) &bad, *map = untouched;
    size_t n_modes = 77;
    CHECK_REFUSED(bgen_spec_build(bad[i].line, &bad[i].layout, 1, &map, &n_modes), BGEN_BAD_INPUT,
                  bad[i].word);
    assert_ptr_equal(map, untouched);
    assert_int_equal(n_modes, 77);
  }
}

/* of the shape of four particles in dim coordinates */
static void refuse_local(const char *line, size_t n_space, size_t dim, const char *word)
{
  const bgen_layout layout = {4, n_space};
  bgen_bijection *map = NULL;
  size_t n_modes;
  CHECK_REFUSED(bgen_spec_build_shape(line, &layout, dim, NULL, 1, &map, &n_modes), BGEN_BAD_INPUT,
                word);
  assert_null(map);
}

static void test_local(void **state)
{
  (void) state;
  refuse_local("whiten; local blocks 1", 3, 12, "use it with coords crystal");
  refuse_local("whiten; local blocks 1", 3, 6, "use it with coords crystal");
  refuse_local("whiten; local blocks 1", 2, 5, "use it with coords crystal");
  refuse_local("whiten; local blocks 1", 1, 3, "only one axis");
  refuse_local("whiten pca; local blocks 1", 3, 9, "use whiten zca");
  refuse_local("whiten; local", 3, 9, "local: the number of blocks is missing");
  refuse_local("local blocks 1 neighbors 65", 3, 9, "local neighbors: invalid value '65'");
  refuse_local("local blocks 1 classes 0", 3, 9, "local classes: invalid value '0'");
  refuse_local("local blocks 1 masks axes", 3, 9, "local: unknown keyword 'masks'");
  refuse_local("local blocks 1 width", 3, 9, "local: missing argument after 'width'");
  refuse_local("local blocks 500", 3, 9, "maps");
}

/* Which coordinates the first coupling of the latent side moves, found by looking: from a perturbed
   flow, whose kept coordinates come out as they went in. */
static void find_moved(const char *line, bgen_layout layout, uint64_t seed, bool *moved)
{
  rig r = make_rig(build(line, layout, seed), 1, 5, 0.5);
  double in[16], out[16], log_det[1];
  fill_varied(6, 16, in);
  rig_apply(&r, BGEN_FORWARD, 1, false, in, out, log_det);
  for (size_t j = 0; j < r.map->dim; j++) moved[j] = out[j] != in[j];
  free_rig(&r);
}

/* A line of one block has two couplings, which between them move everything. */
static void test_a_block_moves_everything(void **state)
{
  static const char *const masks[] = {"mixed", "axes", "particles", "coordinates", "evenodd"};
  (void) state;
  for (size_t k = 0; k < 5; k++) {
    char line[80] = "realnvp blocks 1 width 4 masks ";
    bool moved[16];
    strcat(line, masks[k]);
    find_moved(line, (bgen_layout){4, 2}, 7, moved);
    for (size_t j = 0; j < 8; j++) assert_true(moved[j]);
  }
}

/* two maps of one seed are the same, bit for bit; of another seed, or on another place, they
   differ */
static void run_line(const char *line, uint64_t seed, double *out)
{
  rig r = make_rig(build(line, (bgen_layout){8, 2}, seed), 1, 8, 0.3);
  double in[16], log_det[1];
  fill_varied(9, 16, in);
  rig_apply(&r, BGEN_FORWARD, 1, false, in, out, log_det);
  free_rig(&r);
}

static void test_masks_follow_the_seed(void **state)
{
  static const char line[] = "realnvp blocks 4 width 4 masks particles";
  double first[16], again[16], other[16];
  (void) state;
  run_line(line, 11, first);
  run_line(line, 11, again);
  run_line(line, 12, other);
  CHECK_SAME(16, first, again);
  assert_true(memcmp(first, other, sizeof first) != 0);
}

/* The line runs from data to latent: x is whitened first, then seen by the networks. */
static void test_order_of_the_line(void **state)
{
  const bgen_layout layout = {2, 2};
  rig both = make_rig(build("whiten; realnvp blocks 1 width 4 masks axes", layout, 3), 1, 5, 0.5);
  rig whiten = make_rig(build("whiten", layout, 3), 1, 5, 0.5);
  rig networks = make_rig(build("realnvp blocks 1 width 4 masks axes", layout, 3), 1, 5, 0.5);
  double x[4], z[4], white[4], expected[4], log_det[1];
  (void) state;
  fill_varied(6, 4, x);
  memcpy(networks.theta, both.theta, both.map->n_params * sizeof *both.theta);
  rig_apply(&both, BGEN_INVERSE, 1, false, x, z, log_det);
  rig_apply(&whiten, BGEN_INVERSE, 1, false, x, white, log_det);
  rig_apply(&networks, BGEN_INVERSE, 1, false, white, expected, log_det);
  CHECK_SAME(4, z, expected);
  free_rig(&both), free_rig(&whiten), free_rig(&networks);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_good_lines),
      cmocka_unit_test(test_mixture),
      cmocka_unit_test(test_actnorm),
      cmocka_unit_test(test_linear),
      cmocka_unit_test(test_local),
      cmocka_unit_test(test_bad_lines),
      cmocka_unit_test(test_a_block_moves_everything),
      cmocka_unit_test(test_masks_follow_the_seed),
      cmocka_unit_test(test_order_of_the_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
