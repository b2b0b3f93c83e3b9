/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "train/frames.h"

#include "fixture.h"

enum { DIM = 3, FRAMES = 1000 };

/* frame i is i, i + 0.25, i + 0.5 */
static bgen_frames make(size_t n)
{
  bgen_frames buffer = bgen_frames_empty(DIM);
  for (size_t i = 0; i < n; i++) {
    const double at = (double) i;
    CHECK_OK(bgen_frames_append(&buffer, (double[]){at, at + 0.25, at + 0.5}));
  }
  return buffer;
}

static void test_keeps_all(void **state)
{
  bgen_frames buffer = make(FRAMES);
  (void) state;
  assert_int_equal(buffer.n, FRAMES);
  for (size_t i = 0; i < FRAMES; i++)
    for (size_t c = 0; c < DIM; c++)
      CHECK_CLOSE(buffer.x[i * DIM + c], (double) i + 0.25 * (double) c, 0);
  bgen_frames_free(&buffer);
  assert_int_equal(buffer.n, 0);
  assert_int_equal(buffer.dim, DIM);
  assert_null(buffer.x);
}

/* whole frames, all of them equally often, others at each step, the same for the same step */
static void test_batches(void **state)
{
  enum { CELLS = 10, BATCH = 100, STEPS = 500 };
  bgen_frames buffer = make(CELLS);
  double x[BATCH * DIM], again[BATCH * DIM], last[BATCH * DIM] = {0};
  size_t count[CELLS] = {0};
  (void) state;
  for (uint64_t step = 0; step < STEPS; step++) {
    bgen_frames_batch(&buffer, 5, step, BATCH, x);
    bgen_frames_batch(&buffer, 5, step, BATCH, again);
    CHECK_SAME(BATCH * DIM, x, again);
    bool differs = false;
    for (size_t i = 0; i < BATCH; i++) {
      const size_t frame = (size_t) x[i * DIM];
      assert_true(frame < CELLS);
      CHECK_SAME(DIM, x + i * DIM, buffer.x + frame * DIM);
      count[frame]++;
      differs = differs || x[i * DIM] != last[i * DIM];
      last[i * DIM] = x[i * DIM];
    }
    assert_true(differs);
  }
  CHECK_WITHIN(chi_square_sigmas(CELLS, count), -5, 5);
  bgen_frames_free(&buffer);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_keeps_all),
                                     cmocka_unit_test(test_batches)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
