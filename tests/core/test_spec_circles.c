/* SPDX-License-Identifier: GPL-2.0-or-later
   Lines of flows that have circles: a shape of six coordinates, three of them on circles. */
#include "model/spec.h"

#include <string.h>

#include "fixture.h"

static const bool circles[6] = {false, true, false, false, true, true};

static bgen_bijection *build_with_circles(const char *line, uint64_t seed)
{
  bgen_bijection *map = NULL;
  size_t n_modes;
  CHECK_OK(bgen_spec_build_shape(line, &(bgen_layout){4, 3}, 6, circles, seed, &map, &n_modes));
  return map;
}

static void check_alike(const bgen_bijection *map, const char *line)
{
  bgen_bijection *same = build_with_circles(line, 3);
  assert_int_equal(same->n_params, map->n_params);
  assert_int_equal(same->tape_size, map->tape_size);
  bgen_bijection_destroy(same);
}

static void test_circles(void **state)
{
  static const bool none[6] = {false};
  static const char *const cannot[] = {"actnorm",      "linear",         "realnvp blocks 1",
                                       "nsf blocks 1", "local blocks 1", "whiten; mixture modes 2"};
  bgen_bijection *map = build_with_circles("molecule", 3), *untouched = map;
  size_t n_modes;
  (void) state;
  assert_int_equal(map->n_fitted, 3 + 1 + 4 * 3 * 3); /* whiten, of lines alone */
  check_alike(map, "whiten; circular blocks 4 width 64 depth 2 bins 8");
  bgen_bijection *wide = build_with_circles("protein", 3);
  check_alike(wide, "whiten; circular blocks 4 width 128 depth 2 bins 8");
  bgen_bijection_destroy(wide);
  for (size_t k = 0; k < sizeof cannot / sizeof *cannot; k++) {
    CHECK_REFUSED(
        bgen_spec_build_shape(cannot[k], &(bgen_layout){4, 3}, 6, circles, 1, &map, &n_modes),
        BGEN_BAD_INPUT, "cannot act on torsions that turn around");
    assert_ptr_equal(map, untouched);
  }
  bgen_bijection_destroy(map);
  CHECK_OK(bgen_spec_build_shape("realnvp blocks 1", &(bgen_layout){4, 3}, 6, none, 1, &map,
                                 &n_modes)); /* NULL is not the only way to say so */
  bgen_bijection_destroy(map);
}

/* every pair of couplings moves all coordinates, and both have shifts of the circles that differ
   from seed to seed: of a spline that is perturbed, what it does at 0 depends on its shift alone */
static void test_circular_moves_everything(void **state)
{
  static const char *const lines[] = {"circular blocks 1 width 4",
                                      "circular blocks 1 width 4 masks evenodd"};
  (void) state;
  for (size_t k = 0; k < 2; k++) {
    double in[6] = {0}, out[2][6], log_det[1];
    for (uint64_t seed = 0; seed < 2; seed++) {
      rig r = make_rig(build_with_circles(lines[k], seed), 1, 5, 0.5);
      rig_apply(&r, BGEN_FORWARD, 1, false, in, out[seed], log_det);
      for (size_t j = 0; j < 6; j++) assert_true(out[seed][j] != in[j]);
      free_rig(&r);
    }
    for (size_t j = 0; j < 6; j++)
      if (circles[j]) assert_true(out[0][j] != out[1][j]);
  }
}

enum { RING = 7 };

/* [i][j]: out j depends on in i, in this direction */
static void find_dependence(const rig *r, bgen_direction direction, bool depends[RING][RING])
{
  double in[RING], there[RING], out[RING], log_det[1];
  fill_varied(4, RING, in);
  rig_apply(r, direction, 1, false, in, there, log_det);
  for (size_t i = 0; i < RING; i++) {
    in[i] += 1;
    rig_apply(r, direction, 1, false, in, out, log_det);
    for (size_t j = 0; j < RING; j++) depends[i][j] = out[j] != there[j];
    in[i] -= 1;
  }
}

/* The first block moves all lines by all circles; each two of 5 circles are in different halves of
   one of the next three.  Of two in one half one way through the block shows no dependence: that in
   which they are moved first. */
static void test_circles_see_each_other(void **state)
{
  static const bool circle[RING] = {true, true, false, true, true, false, true};
  static const char *const lines[] = {"circular blocks 1 width 4", "circular blocks 2 width 4",
                                      "circular blocks 3 width 4", "circular blocks 4 width 4"};
  bool apart[RING][RING] = {{false}}, there[RING][RING], back[RING][RING];
  size_t before = 0;
  (void) state;
  for (size_t b = 0; b < 4; b++) {
    bgen_bijection *map = NULL;
    size_t n_modes;
    CHECK_OK(
        bgen_spec_build_shape(lines[b], &(bgen_layout){3, 3}, RING, circle, 3, &map, &n_modes));
    rig r = make_rig(map, 1, 5, 0);
    perturb(9, 0.5, map->n_params - before, r.theta); /* of the last block alone */
    before = map->n_params;
    find_dependence(&r, BGEN_FORWARD, there);
    find_dependence(&r, BGEN_INVERSE, back);
    for (size_t i = 0; i < RING; i++)
      for (size_t j = 0; j < RING; j++)
        if (b == 0)
          assert_true(circle[i] == circle[j] || (there[i][j] && there[j][i]));
        else
          apart[i][j] = apart[i][j] || ((there[i][j] || there[j][i]) && (back[i][j] || back[j][i]));
    free_rig(&r);
  }
  for (size_t i = 0; i < RING; i++)
    for (size_t j = 0; j < RING; j++)
      if (i != j && circle[i] && circle[j]) assert_true(apart[i][j]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_circles),
      cmocka_unit_test(test_circular_moves_everything),
      cmocka_unit_test(test_circles_see_each_other),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
