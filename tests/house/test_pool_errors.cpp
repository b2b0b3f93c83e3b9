/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_pool_errors.cpp - partitions that do not do the same, or of which one fails: all of them
   learn it; they are threads */

#include "input/error.h"
#include "partition.h"

#include <functional>
#include <utility>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

static void test_other_lines(void **)
{
  expect_all(in_partitions(3, [](Pool &pool) { Partition(pool).act("train speed 3"); }),
             "bgen train: unknown keyword 'speed'");
  expect_all(
      in_partitions(
          3, [](Pool &pool) { Partition(pool).act(pool.number() == 2 ? "save a" : "info"); }),
      "pool of fix bg: this line is another one in partition 2 than in 0");
  expect_all(in_partitions(2,
                           [](Pool &pool) {
                             Partition(pool, pool.is_first() ? "" : "move near 1 0.5").act("info");
                           }),
             "pool of fix bg: the fix has another line, or other atoms, in partition 1");
  for (const char *words :
       {"collect 20", "velocity resample", "overlap 0.1", "bond 3.0", "cv t coordinate 1 y",
        "move transfer 1", "mirror y 0.0", "offset left 0.1"})
    expect_all(
        in_partitions(
            2, [&](Pool &pool) { Partition(pool, pool.is_first() ? words : "").act("info"); }),
        "the fix has another line, or other atoms, in partition 1 than in 0");
  expect_none(in_partitions(2, [](Pool &pool) { // DoubleWell has threads 1
    Partition(pool, pool.is_first() ? "threads 2" : "").act("info");
  }));
}

/* All learn it, and nobody waits. */
static void test_other_things(void **)
{
  using Work = std::function<void(Pool &)>;
  const Work add = [](Pool &pool) {
    bgen_real one[3] = {};
    pool.sum(3, one);
  };
  const Work add_more = [](Pool &pool) {
    bgen_real one[5] = {};
    pool.sum(5, one);
  };
  const Work gather = [](Pool &pool) { pool.gather(std::vector<double>(3)); };
  const Work gather_integers = [](Pool &pool) { pool.gather(std::vector<int>(6)); };
  const Work compare = [](Pool &pool) { one_of_each(pool, 1.0); };
  const Work share = [](Pool &pool) {
    double values[6] = {};
    pool.complete(3, 2, values);
  };
  const Work share_more = [](Pool &pool) {
    double values[8] = {};
    pool.complete(4, 2, values);
  };
  const Work end = [](Pool &pool) { pool.together([] {}); };
  const std::pair<Work, Work> both[] = {
      {add, add_more}, {add, gather},   {share, share_more}, {gather, gather_integers},
      {compare, end},  {share, gather}, {compare, gather}};
  for (const auto &[one, other] : both)
    expect_all(in_partitions(3, [&](Pool &pool) { (pool.number() == 2 ? other : one)(pool); }),
               "the partitions of a pool do different things: partition 0 would |, but partition 2 "
               "would |; use the same lines bgen");
}

/* In the midst of training, when the others wait for its gradient. */
static void test_one_fails(void **)
{
  const auto work = [](Pool &pool) {
    Partition d(pool);
    d.collect(FrameUse::TRAIN, 100, 100 * pool.number());
    d.act("train steps 2 batch 10");
    int n = 0;
    const auto energy = d.world.energy;
    if (pool.number() == 1)
      d.world.energy = [&](const double *x, double *grad) {
        if (++n == 50) throw Error("bgen: a bond is broken");
        return energy(x, grad);
      };
    d.act("train steps 20 batch 10 20 kl 1");
  };
  expect_all(in_partitions(3, work), "partition 1: bgen: a bond is broken");
}

static void test_one_leaves(void **)
{
  const auto work = [](Pool &pool) {
    Partition d(pool);
    if (pool.number() != 2) d.act("info");
  };
  const std::vector<std::string> sentences = in_partitions(3, work);
  for (int p = 0; p < 2; p++)
    expect_says("sentence", sentences[p], "partition 2: bgen: this partition has ended");
}

static void test_other_energies(void **)
{
  const auto work = [](Pool &pool) {
    Partition d(pool);
    d.collect(FrameUse::TRAIN, 100, 100 * pool.number());
    const auto energy = d.world.energy;
    if (pool.number() == 2)
      d.world.energy = [&](const double *x, double *grad) { return energy(x, grad) + 1e-4; };
    d.act("train steps 2 batch 10");
  };
  expect_all(in_partitions(3, work), "the same configuration has the energy|in partition 0|in 2:");
}

/* where nobody has energies, those of another configuration are compared */
static void test_refused(void **)
{
  const auto work = [](bool all, double more) {
    return [all, more](Pool &pool) {
      Partition d(pool);
      if (pool.is_first()) d.collect(FrameUse::TRAIN, 100, 0);
      d.world.x = {pool.is_first() ? 5.0 : 3.0, 0.0};
      const auto energy = d.world.energy;
      const bool last = pool.number() == 2;
      d.world.energy = [=](const double *x, double *grad) {
        return energy(x, grad) + (last ? more : 0.0);
      };
      if (all || last)
        d.world.refusal = [](const double *x) { return x[0] > 4.5 ? "too far" : nullptr; };
      d.act("train steps 2 batch 10");
    };
  };
  expect_none(in_partitions(3, work(true, 0.0)));
  expect_all(in_partitions(3, work(true, 1.0)), "has the energy |in partition 0, but the energy ");
  expect_all(in_partitions(3, work(false, 0.0)), "in partition 0, but no energy (too far) in 2");
}

/* Actions that evaluate points alone. */
static void test_points_of_other_energies(void **)
{
  const Folder folder;
  for (const std::string words : {"dump ", "interpolate 4 from right 1 to left 1 file "}) {
    const std::string path = folder / "points";
    const auto work = [&](double more) {
      return [&, more](Pool &pool) {
        Partition d(pool);
        if (pool.is_first()) d.collect(FrameUse::TRAIN, 100, 0);
        d.act("train steps 2 batch 10");
        const auto energy = d.world.energy;
        if (pool.number() == 2)
          d.world.energy = [=](const double *x, double *grad) { return energy(x, grad) + more; };
        d.act(words + path);
      };
    };
    expect_none(in_partitions(3, work(0.0)));
    expect_all(in_partitions(3, work(1e-4)), "the same configuration has the energy");
  }
}

namespace {
/* four atoms in a periodic square */
struct Crystal : Surroundings {
  World world;
  AnalyticHost host;
  State state;
  explicit Crystal(Pool &pool)
      : world(4, 2), host(world, &pool),
        state("bg", settings_of("0 1.0 7 coords crystal xy threads 1 flow whiten", 2), host,
              host.all())
  {
    host.cube.length = 10.0;
    world.x = {1.0, 1.0, 1.0, 4.0, 4.0, 1.0, 4.0, 4.0};
  }
  State *find(const std::string &) override { return nullptr; }
  void act(const std::string &words)
  {
    Line line = line_of("bgen", words);
    bgen::act(state, line, *this);
  }
};
} // namespace

/* The second has seen no atoms yet; those of the third may have an atom at another image. */
static void test_sites(void **)
{
  std::vector<std::vector<double>> where(3);
  const auto work = [&](double shift, double of_one) {
    return [&, shift, of_one](Pool &pool) {
      Crystal d(pool);
      for (size_t c = 0; c < 8; c += 2) d.world.x[c] += pool.number() == 2 ? shift : 0.0;
      d.world.x[6] += pool.number() == 2 ? of_one : 0.0;
      if (pool.number() != 1) d.state.initialize();
      d.act("info");
      where[pool.number()] = d.state.sites.where();
    };
  };
  expect_none(in_partitions(3, work(0.7, 0.1)));
  assert_true(where[1] == where[0] && where[0].size() == 8);
  expect_all(in_partitions(3, work(0.0, -10.0)),
             "the crystal has atoms at other periodic images in partition 2 than in 0");
}

static void test_other_temperature(void **)
{
  for (const char *line : {"train steps 2 batch 10", "train steps 2 batch 10 kl 1"}) {
    const auto work = [line](Pool &pool) {
      Partition d(pool);
      if (pool.is_first()) d.collect(FrameUse::TRAIN, 100, 0);
      if (pool.number() == 2) d.world.temperature = 1.3;
      d.act("info"); // nothing is shared but frames
      d.act(line);
    };
    expect_all(in_partitions(3, work), "the temperature is 1 in partition 0, but 1.3 in 2");
  }
}

static void test_other_model(void **)
{
  const auto work = [](Pool &pool) {
    Partition d(pool);
    d.collect(FrameUse::TRAIN, 100, 100 * pool.number());
    d.act("train steps 2 batch 10");
    if (pool.number() == 1) d.state.model.set_weights({1.0, 3.0});
    d.act("info");
  };
  expect_all(in_partitions(2, work), "the models of the partitions differ");
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_other_lines),
                              cmocka_unit_test(test_other_things),
                              cmocka_unit_test(test_one_fails),
                              cmocka_unit_test(test_one_leaves),
                              cmocka_unit_test(test_other_energies),
                              cmocka_unit_test(test_refused),
                              cmocka_unit_test(test_points_of_other_energies),
                              cmocka_unit_test(test_sites),
                              cmocka_unit_test(test_other_temperature),
                              cmocka_unit_test(test_other_model)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
