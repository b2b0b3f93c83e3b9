/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "model/model_tree.h"

enum { POINTS = 20 };

static const char *const path = "test_model_file.bgen", *const broken = "test_model_file.broken";
static const bgen_note notes[] = {{"units", "metal", true}, {"history", "ML 10", false}};

static double x[POINTS * 10], before[POINTS], after[POINTS];

static const char *const spec = "whiten; realnvp blocks 2 width 4; mixture modes 2";

static model make(double size)
{
  static const int species[5] = {0, 1, 0, -1, 0};
  return make_model((bgen_layout){5, 2}, (symmetry){.species = species}, 3,
                    "whiten; realnvp blocks 2 width 4; mixture modes 2", size, 1);
}

static char *read_all(const char *name, size_t *n)
{
  FILE *file = fopen(name, "rb");
  assert_non_null(file);
  fseek(file, 0, SEEK_END);
  *n = (size_t) ftell(file);
  rewind(file);
  char *bytes = must_allocate(*n);
  assert_int_equal(fread(bytes, 1, *n, file), *n);
  fclose(file);
  return bytes;
}

static void write_all(const char *name, size_t n, const char *bytes)
{
  FILE *file = fopen(name, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, n, file), n);
  fclose(file);
}

/* the generator that refuses must have the densities it had */
static void check_unchanged(model *m)
{
  CHECK_OK(bgen_generator_log_q(m->g, m->w, m->T, POINTS, x, after));
  CHECK_SAME(POINTS, before, after);
}

/* also into a generator with other random masks, which are part of the model */
static void test_same_bits(void **state)
{
  static const double other_weights[3] = {1, 1, 2};
  model saved = make(0.3), loaded = make(0.1);
  (void) state;
  fill_frames(3, POINTS, 10, x);
  bgen_generator_set_weights(loaded.g, other_weights);
  bgen_generator_set_temperature(saved.g, 2.5);
  CHECK_OK(bgen_model_save(saved.g, 2, notes, path));
  CHECK_OK(bgen_model_load(loaded.g, 2, notes, path, NULL));
  CHECK_CLOSE(bgen_generator_temperature(loaded.g), 2.5, 0);
  assert_true(bgen_generator_checksum(loaded.g) == bgen_generator_checksum(saved.g));
  saved.T = loaded.T = 5;
  CHECK_OK(bgen_generator_log_q(saved.g, saved.w, saved.T, POINTS, x, before));
  check_unchanged(&loaded);
  free_model(&saved);
  free_model(&loaded);
}

/* what was loaded is saved as the same bytes */
static void check_saved_again(const bgen_generator *g)
{
  size_t n, n_again;
  CHECK_OK(bgen_model_save(g, 2, notes, broken));
  char *bytes = read_all(path, &n), *again = read_all(broken, &n_again);
  assert_int_equal(n, n_again);
  CHECK_SAME(n, bytes, again);
  free(bytes), free(again);
}

static void test_random_masks_are_in_the_file(void **state)
{
  static const int species[5] = {0, 1, 0, -1, 0};
  static const char *const names[] = {"a", "b", "c"};
  const bgen_generator_options options = {.layout = {5, 2},
                                          .spec = spec,
                                          .species = species,
                                          .n_components = 3,
                                          .names = names,
                                          .seed = 96}; /* others than those of make() */
  model saved = make(0.3);
  bgen_generator *g = NULL;
  (void) state;
  CHECK_OK(bgen_generator_create(&options, &g));
  CHECK_OK(bgen_model_save(saved.g, 2, notes, path));
  CHECK_OK(bgen_model_load(g, 2, notes, path, NULL));
  check_saved_again(g);
  model loaded = {g, make_workspace(g, 1), 10, 3, 1};
  CHECK_OK(bgen_generator_log_q(saved.g, saved.w, 1, POINTS, x, before));
  check_unchanged(&loaded);
  free_model(&saved);
  free_model(&loaded);
}

static void test_cut_anywhere(void **state)
{
  model saved = make(0.3), other = make(0.1);
  size_t n;
  (void) state;
  CHECK_OK(bgen_model_save(saved.g, 2, notes, path));
  CHECK_OK(bgen_generator_log_q(other.g, other.w, other.T, POINTS, x, before));
  char *bytes = read_all(path, &n);
  for (size_t length = 0; length < n; length += 100) {
    write_all(broken, length, bytes);
    CHECK_REFUSED(bgen_model_load(other.g, 2, notes, broken, NULL), BGEN_BAD_FILE, broken);
  }
  check_unchanged(&other);
  free(bytes);
  free_model(&saved);
  free_model(&other);
}

static void test_what_is_not_finite_is_not_saved(void **state)
{
  model m = make(0.3);
  size_t n, n_after;
  (void) state;
  CHECK_OK(bgen_model_save(m.g, 2, notes, path));
  char *old = read_all(path, &n);
  double *fitted = bgen_generator_flow(m.g, 1)->fitted, right = fitted[0];
  bgen_generator_flow(m.g, 2)->theta[11] = (bgen_real) NAN;
  CHECK_REFUSED(
      bgen_model_save(m.g, 2, notes, path), BGEN_NOT_FINITE,
      "cannot save to test_model_file.bgen: c.theta contains a number that is not finite: "
      "train again");
  bgen_generator_flow(m.g, 2)->theta[11] = 0;
  fitted[0] = -INFINITY;
  CHECK_REFUSED(bgen_model_save(m.g, 2, notes, path), BGEN_NOT_FINITE, "b.fitted");
  fitted[0] = right;
  bgen_generator_set_temperature(m.g, NAN);
  CHECK_REFUSED(bgen_model_save(m.g, 2, notes, path), BGEN_NOT_FINITE, "temperature");
  char *now = read_all(path, &n_after);
  assert_int_equal(n, n_after);
  CHECK_SAME(n, old, now);
  free(old), free(now);
  free_model(&m);
}

static void test_another_system(void **state)
{
  const bgen_note real[] = {{"units", "real", true}}, missing[] = {{"pressure", "1", true}};
  model m = make(0.3);
  model wide =
      make_model((bgen_layout){5, 2}, no_symmetry, 3, "whiten; realnvp blocks 2 width 5", 0.1, 1);
  (void) state;
  CHECK_OK(bgen_model_save(m.g, 2, notes, path));
  CHECK_REFUSED(bgen_model_load(m.g, 1, real, path, NULL), BGEN_BAD_INPUT, "metal");
  CHECK_REFUSED(bgen_model_load(m.g, 1, missing, path, NULL), BGEN_BAD_FILE, "pressure");
  CHECK_REFUSED(bgen_model_load(wide.g, 2, notes, path, NULL), BGEN_BAD_INPUT, "width 5");
  CHECK_REFUSED(bgen_model_load(m.g, 2, notes, "no_such_file.bgen", NULL), BGEN_BAD_FILE,
                "no_such_file");
  CHECK_REFUSED(bgen_model_save(m.g, 2, notes, "no_such_folder/a.bgen"), BGEN_BAD_FILE,
                "no_such_folder");
  free_model(&wide);
  free_model(&m);
}

/* a header length beyond the file, and a header that is no JSON */
static void test_no_model_at_all(void **state)
{
  model m = make(0.3);
  char bytes[64];
  (void) state;
  memset(bytes, 0xff, sizeof bytes);
  write_all(broken, sizeof bytes, bytes);
  CHECK_REFUSED(bgen_model_load(m.g, 2, notes, broken, NULL), BGEN_BAD_FILE,
                "not a bgen model file");
  memset(bytes, 0, sizeof bytes);
  bytes[0] = 16;
  write_all(broken, sizeof bytes, bytes);
  CHECK_REFUSED(bgen_model_load(m.g, 2, notes, broken, NULL), BGEN_BAD_FILE, "JSON");
  free_model(&m);
}

static int remove_files(void **state)
{
  (void) state;
  remove(path);
  remove(broken);
  return 0;
}

static void test_trees(void **state)
{
  const char *here = "2 0 0 0 0, 1 2 0 0 0, 3 2 1 0 0, 4 2 1 3 0";
  const char *const others[][2] = {
      {"2 0 0 0 0, 1 2 0 0 0, 3 2 1 0 0", "1 of 3 atoms in all, but here the group has 1 of 4"},
      {"2 0 0 0 0, 1 2 0 0 0 / 3 0 0 0 0, 4 3 0 0 0", "2 of 4 atoms in all"},
      {"2 0 0 0 0, 1 2 0 0 0, 3 2 1 0 0, 4 2 3 1 0",
       "atom 4 of the group was placed by 2, 3 and 1, but here it is placed by 2, 1 and 3"},
      {"2 0 0 0 0, 1 2 0 0 0, 3 2 1 0 0, 4 2 1 3 1", "was one of identical leaves, but here it"},
      {"2 0 0 0 0, 1 2 0 0 0, 4 2 1 3 0, 3 2 1 0 0", "placed in another order"},
      {"", "0 atoms"}};
  (void) state;
  CHECK_OK(bgen_model_tree_compare("file", here, here));
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    CHECK_REFUSED(bgen_model_tree_compare("file", others[i][0], here), BGEN_BAD_INPUT,
                  others[i][1]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_same_bits),      cmocka_unit_test(test_random_masks_are_in_the_file),
      cmocka_unit_test(test_cut_anywhere),   cmocka_unit_test(test_what_is_not_finite_is_not_saved),
      cmocka_unit_test(test_another_system), cmocka_unit_test(test_no_model_at_all),
      cmocka_unit_test(test_trees)};
  return cmocka_run_group_tests(tests, NULL, remove_files);
}
