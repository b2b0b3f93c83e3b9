/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_pool_visits.cpp - free energies by the visits of all walkers of a pool, as info has them;
   partitions are threads */

#include "input/error.h"
#include "input/text.h"
#include "partition.h"
#include "two_wells.h"

#include <cmath>
#include <functional>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

enum { MOST = 4, N_JUMPS = 1000 };

namespace {
struct Visited {
  uint64_t right = 0, left = 0;
  double error = NAN;  // by visits of this partition alone
  std::string printed; // by info, but what is of the partition alone
};
} // namespace

static std::string free_energies_of(const std::string &info)
{
  const size_t first = info.find("  free energy differences"), last = info.find("  Move ");
  return first < last && last != std::string::npos ? info.substr(first, last - first) : "";
}

/* after the own counts, since a meeting drops those under offsets that change */
static Visited visited_by(TwoWells &well)
{
  const bgen_visits *visits = bgen_markov_visits(well.state.chain);
  bgen_estimate alone;
  check(bgen_markov_difference(well.state.chain, 1, visits, RIGHT, LEFT, &alone));
  const Visited own = {bgen_visits_of(visits, RIGHT), bgen_visits_of(visits, LEFT), alone.error,
                       ""};
  if (!well.act("info")) throw Error(well.sentence);
  return {own.right, own.left, own.error, well.host.printed + well.host.warned};
}

static std::vector<Visited> visit(int n, const std::function<void(TwoWells &, int)> &before)
{
  std::vector<Visited> all(n);
  expect_none(in_partitions(n, [&](Pool &pool) {
    TwoWells well("move transfer 1 offset left 1.0", &pool);
    before(well, pool.number());
    well.jump(N_JUMPS, pool.number());
    all[pool.number()] = visited_by(well);
  }));
  return all;
}

/* "F(right) - F(left) = VALUE +- ERROR by visits, N of right and N of left" */
static bgen_estimate by_visits(const std::string &printed, uint64_t *right, uint64_t *left)
{
  for (const std::string &line : lines_of(printed))
    if (line.find(" by visits, ") != std::string::npos) {
      const std::vector<double> numbers = numbers_of(line.substr(line.find('=') + 1));
      *right = static_cast<uint64_t>(numbers.at(2)), *left = static_cast<uint64_t>(numbers.at(3));
      return {numbers[0], numbers[1]};
    }
  throw Error("no line of visits in " + printed);
}

/* Counts add up, under offsets too, and each partition says the same; the error is that of one by
   the root of their number, to a quarter of it. */
static void check_visits(const std::vector<Visited> &all)
{
  Visited sum;
  double squares = 0.0;
  for (const Visited &one : all) {
    sum.right += one.right, sum.left += one.left;
    squares += one.error * one.error / static_cast<double>(all.size() * all.size());
    expect_same("it", free_energies_of(one.printed), free_energies_of(all[0].printed));
  }
  uint64_t right = 0, left = 0;
  const bgen_estimate f = by_visits(all[0].printed, &right, &left);
  assert_int_equal(right, sum.right);
  assert_int_equal(left, sum.left);
  expect_close("F", f.value, std::log(static_cast<double>(left) / static_cast<double>(right)) - 1.0,
               6e-5);
  expect_close("error", f.error / std::sqrt(squares), 1.0, 0.25);
}

static void test_visits(void **)
{
  for (const int n : {2, static_cast<int>(MOST)}) {
    const std::vector<Visited> all = visit(n, [](TwoWells &, int) {});
    check_visits(all);
    for (int p = 0; p < n; p++)
      expect_says("it", all[p].printed,
                  text("those of partition %d of %d; free energies of all", p, n));
  }
}

/* Visits at another temperature are not theirs, and neither are those under other offsets. */
static void test_other_visits(void **)
{
  const std::vector<Visited> all = visit(MOST, [](TwoWells &well, int p) {
    if (p == 1) well.world.temperature = 1.2;
    if (p == 2) bgen_markov_set_offsets(well.state.chain, std::vector<double>{0.0, 0.5}.data());
  });
  uint64_t right = 0, left = 0;
  by_visits(all[0].printed, &right, &left);
  assert_int_equal(right, all[0].right + all[3].right);
  assert_int_equal(left, all[0].left + all[3].left);
  for (int p : {1, 2}) {
    by_visits(all[p].printed, &right, &left);
    assert_true(right == all[p].right && left == all[p].left);
  }
  expect_says("it", all[0].printed,
              "visits of 2 partitions are left out, which are at another temperature or under "
              "other offsets than those of partition 0|works of 1 partition are left out");
  expect_says("it", all[1].printed, "visits of 3 partitions are left out|of partition 1");
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_visits), cmocka_unit_test(test_other_visits)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
