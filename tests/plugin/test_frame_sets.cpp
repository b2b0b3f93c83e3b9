// SPDX-License-Identifier: GPL-2.0-or-later
// test_frame_sets.cpp - frames of one temperature, by basin and walker

#include "bgen_frames.h"
#include "fixture.h"

using namespace LAMMPS_NS;

/* walker and basin of each frame */
static const int came[][2] = {{0, 1}, {0, 0}, {0, 1}, {3, 0}, {3, 0},
                              {4, 1}, {4, 0}, {4, 1}, {7, 1}};

static void check_ends(const BgenFrames &frames)
{
  assert_true(frames.n(0) == 4 && frames.n(1) == 5 && frames.n() == 9);
  assert_true(frames.n_walkers() == 4);
  assert_true((frames.ends[0] == std::vector<size_t>{1, 3, 4}));
  assert_true((frames.ends[1] == std::vector<size_t>{2, 4, 5}));
}

static void test_population(void **)
{
  BgenFrames frames(2, 2, 1.5);
  assert_true(frames.temperature == 1.5 && frames.n() == 0 && frames.n_walkers() == 0);
  double x[2] = {0.1, -0.1};
  for (const auto &[walker, basin] : came) {
    assert_int_equal(frames.add(basin, walker, x), BGEN_OK);
    x[0] += 1.0;
  }
  check_ends(frames);
  assert_true(frames.basins[0].n == 4 && frames.basins[1].n == 5);
  const double in_first[] = {1.1, 3.1, 4.1, 6.1};
  for (size_t i = 0; i < 4; i++) {
    assert_true(frames.basins[0].x[2 * i] - in_first[i] < 1e-12);
    assert_true(frames.basins[0].x[2 * i] - in_first[i] > -1e-12);
  }
}

static void test_other_ranks(void **) // know how many there are
{
  BgenFrames frames(2, 2, 1.5);
  for (const auto &[walker, basin] : came)
    assert_int_equal(frames.add(basin, walker, nullptr), BGEN_OK);
  check_ends(frames);
  assert_true(frames.basins[0].n == 0 && frames.basins[1].n == 0);
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_population),
                              cmocka_unit_test(test_other_ranks)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
