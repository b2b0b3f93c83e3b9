/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_pool_estimates.cpp - what the walkers of a pool find together: free energies of two wells,
   by works of jumps and by test frames, whose errors are those of all walkers, and offsets;
   partitions are threads */

#include "input/error.h"
#include "partition.h"
#include "sample/chain_restart.h"
#include "state/owned.h"
#include "two_wells.h"

#include <cmath>
#include <set>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

enum { N = 4, N_JUMPS = 1000 };

static double exact_difference()
{
  const WellForce force;
  return exact_free_energy(force, 1.0, LEFT) - exact_free_energy(force, 1.0, RIGHT);
}

/* ---- works ---- */

namespace {
struct Found {
  bgen_estimate alone = {NAN, NAN}, together = {NAN, NAN}; // F(left) - F(right)
  size_t n_alone = 0, n = 0, n_runs = 0;
  std::vector<double> offsets;
};
} // namespace

static void look(const bgen_work_lists *works, bgen_estimate *f, size_t *n, size_t *n_runs)
{
  check(bgen_work_lists_difference(works, 0, RIGHT, LEFT, f));
  const bgen_works all = bgen_work_list_in_time(bgen_work_lists_of(works, 0, RIGHT, LEFT));
  *n = all.n;
  *n_runs = all.runs.n;
}

/* collective, of all partitions */
static void meet(TwoWells &well, bgen_estimate *f, size_t *n, size_t *n_runs)
{
  if (!well.act("info")) throw Error(well.sentence);
  bgen_work_lists *made = nullptr;
  check(bgen_markov_all_works(well.state.chain, &made));
  const Owned<bgen_work_lists, bgen_work_lists_destroy> all(made);
  look(made, f, n, n_runs);
}

static Found found_by(TwoWells &well)
{
  Found found;
  size_t one;
  look(bgen_markov_works(well.state.chain), &found.alone, &found.n_alone, &one);
  meet(well, &found.together, &found.n, &found.n_runs);
  for (int k = 0; k < 2; k++) found.offsets.push_back(bgen_markov_offset(well.state.chain, k));
  return found;
}

static std::vector<Found> find(const std::string &line)
{
  std::vector<Found> all(N);
  expect_none(in_partitions(N, [&](Pool &pool) {
    TwoWells well(line, &pool);
    well.jump(N_JUMPS, pool.number());
    all[pool.number()] = found_by(well);
  }));
  return all;
}

/* The error of all is that of one by the root of their number, to a quarter of it: errors of one
   are known to some 5 % each. */
static void test_works(void **)
{
  const std::vector<Found> all = find("move transfer 1");
  size_t n = 0;
  double squares = 0.0;
  for (const Found &one : all) {
    n += one.n_alone;
    squares += one.alone.error * one.alone.error / N;
    assert_true(one.together.value == all[0].together.value);
    assert_true(one.together.error == all[0].together.error);
  }
  for (const Found &one : all) assert_true(one.n == n && one.n_runs == N);
  near("F", all[0].together, exact_difference(), 0.05);
  expect_close("error", all[0].together.error / std::sqrt(squares / N), 1.0, 0.25);
}

/* Each has tuned by works of its own; from the meeting on all have the same, by all works. */
static void test_offsets(void **)
{
  const std::vector<Found> all = find("move transfer 1 offset auto");
  for (const Found &one : all) {
    assert_true(one.offsets == all[0].offsets);
    expect_close("offset", one.offsets[LEFT] - one.offsets[RIGHT], one.together.value, 1e-9);
  }
  near("F", all[0].together, exact_difference(), 0.05);
}

/* Works of another model, or of another temperature, are not theirs. */
static void test_other_works(void **)
{
  const Folder folder;
  const std::string path = folder / "works.dat";
  std::vector<size_t> n(N), n_alone(N);
  std::vector<std::string> warned(N);
  expect_none(in_partitions(N, [&](Pool &pool) {
    TwoWells well("move transfer 1", &pool);
    if (pool.number() == 1) well.world.temperature = 1.2;
    well.jump(N_JUMPS, pool.number());
    const Found found = found_by(well);
    n[pool.number()] = found.n;
    n_alone[pool.number()] = found.n_alone;
    if (!well.act("works " + path)) throw Error(well.sentence);
    warned[pool.number()] = well.host.warned;
  }));
  expect_says("it", warned[0], "works of 1 partition are left out");
  expect_says("it", warned[1], "works of 3 partitions are left out|those of partition 1");
  assert_true(n[1] == n_alone[1]);
  assert_true(n[0] == n_alone[0] + n_alone[2] + n_alone[3] && n[0] == n[2] && n[0] == n[3]);
}

/* One restart file in all partitions: its works are those of one, and no two have its numbers. */
static void test_one_restart(void **)
{
  TwoWells first("move transfer 1");
  first.jump(N_JUMPS, 0);
  const std::vector<uint64_t> words = first.state.pack();
  std::vector<uint64_t> seeds(N);
  std::vector<int64_t> n_attempts(N);
  std::vector<Found> all(N);
  expect_none(in_partitions(N, [&](Pool &pool) {
    TwoWells well("move transfer 1", &pool);
    const int p = pool.number();
    well.state.unpack(words.data());
    const bool begins = well.host.warned.find("begins one of its own") != std::string::npos;
    if (begins == pool.is_first()) throw Error("says '" + well.host.warned + "'");
    seeds[p] = well.state.chain.seed();
    n_attempts[p] = well.state.chain.n_attempts();
    well.jump(N_JUMPS, p + 1);
    all[p] = found_by(well);
  }));
  assert_int_equal(std::set<uint64_t>(seeds.begin(), seeds.end()).size(), N);
  for (int p = 0; p < N; p++) assert_int_equal(n_attempts[p], p == 0 ? N_JUMPS : 0);
  for (int p = 1; p < N; p++) assert_true(all[p].n_alone < all[0].n_alone);
  near("F", all[0].together, exact_difference(), 0.05);
}

/* Each partition goes on from its own file. */
static void test_own_restarts(void **)
{
  std::vector<size_t> before(N), after(N);
  expect_none(in_partitions(N, [&](Pool &pool) {
    TwoWells well("move transfer 1", &pool), next("move transfer 1", &pool);
    well.jump(N_JUMPS, pool.number());
    before[pool.number()] = found_by(well).n;
    next.state.unpack(well.state.pack().data());
    after[pool.number()] = found_by(next).n;
    if (!next.host.warned.empty()) throw Error(next.host.warned);
  }));
  for (int p = 0; p < N; p++) assert_true(after[p] == before[p] && before[p] > N_JUMPS);
}

static void test_same_chains(void **)
{
  const std::vector<std::string> sentences = in_partitions(2, [](Pool &pool) {
    TwoWells well("move transfer 1", &pool), alone("move transfer 1");
    const std::vector<uint64_t> words = alone.state.pack();
    check(bgen_markov_unpack(well.state.chain, words.size() * sizeof words[0], words.data()));
    if (!well.act("info")) throw Error(well.sentence);
  });
  for (const std::string &one : sentences)
    expect_says("sentence", one, "two partitions have the same chain");
}

static void test_table(void **)
{
  const Folder folder;
  const std::string path = folder / "works.dat";
  std::vector<std::string> printed(N);
  std::vector<size_t> n_alone(N);
  expect_none(in_partitions(N, [&](Pool &pool) {
    TwoWells well("move transfer 1", &pool);
    well.jump(N_JUMPS, pool.number());
    for (int to : {RIGHT, LEFT})
      n_alone[pool.number()] +=
          bgen_work_lists_of(bgen_markov_works(well.state.chain), 0, 1 - to, to)->n;
    if (!well.act("works " + path)) throw Error(well.sentence);
    printed[pool.number()] = well.host.printed + well.host.warned;
  }));
  size_t n = 0;
  for (int p = 0; p < N; p++) n += n_alone[p];
  assert_int_equal(data_lines(path).size(), n);
  for (const std::string &text : printed) expect_same("table", text, printed[0]);
}

/* ---- test frames ---- */

/* of walker w, the part of it that comes in one of two turns */
static void collect(DoubleWell &d, int w, int turn, Pool *pool)
{
  d.state.frames.use = FrameUse::TEST;
  if (!pool) d.state.frames.walker = w;
  for (uint64_t i = 0; i < 40; i++) {
    double x[2];
    const Wells one = {{d.wells.wells[i % 2]}};
    one.draw(1000 * (w + 1) + 100 * turn + i, x);
    d.state.meeting.take_frame(x);
  }
}

static std::vector<double> f_of(const DoubleWell &d)
{
  return {d.state.free_energy(0, 0), d.state.free_energy(0, 1), d.state.free_energy(1, 2),
          d.state.free_energy(1, 3)};
}

/* Walkers that come in turns are those that come one after the other, in F and its error. */
static void test_walkers(void **)
{
  static constexpr char LINE[] = "free_energy samples 400";
  std::vector<std::vector<double>> f(N);
  std::vector<size_t> n_runs(N);
  expect_none(in_partitions(N, [&](Pool &pool) {
    DoubleWell d("", 3.0, 0.5, &pool);
    if (pool.is_first()) {
      const Wells &wells = d.wells;
      for (uint64_t i = 0; i < 200; i++) {
        double x[2];
        const Wells one = {{wells.wells[i % 2]}};
        one.draw(i, x);
        d.state.meeting.take_frame(x);
      }
    }
    collect(d, pool.number(), 0, &pool);
    d.act("info");
    collect(d, pool.number(), 1, &pool);
    d.act("train steps 1 batch 64 lr 1e-30 keep last");
    d.act(LINE);
    f[pool.number()] = f_of(d);
    n_runs[pool.number()] = d.state.frames.set(FrameUse::TEST).ends[0].size();
  }));
  DoubleWell alone;
  alone.add_frames(FrameUse::TRAIN, 200, 0);
  for (int w = 0; w < N; w++)
    for (int turn = 0; turn < 2; turn++) collect(alone, w, turn, nullptr);
  alone.act("train steps 1 batch 64 lr 1e-30 keep last");
  alone.act(LINE);
  const std::vector<double> expected = f_of(alone);
  for (int p = 0; p < N; p++) {
    assert_int_equal(n_runs[p], N);
    for (size_t i = 0; i < expected.size(); i++)
      expect_close("F", f[p][i], expected[i], 1e-6 * std::fabs(expected[i]));
  }
  near("F", {f[0][2], f[0][3]}, alone.exact(0) - alone.exact(1), 0.1);
}

/* Held out in turns: as many test walkers as there are partitions, in time order each. */
static void test_held_in_turns(void **)
{
  std::vector<size_t> n_runs(N), n_test(N);
  expect_none(in_partitions(N, [&](Pool &pool) {
    Partition d(pool);
    for (int turn = 0; turn < 3; turn++) {
      d.collect(FrameUse::TRAIN, 200, 10000 * (pool.number() + 1) + 1000 * turn);
      d.act("train steps 2 batch 64 hold 0.3");
    }
    const FrameSet &test = d.state.frames.set(FrameUse::TEST);
    const std::set<int> walkers(test.walkers[0].begin(), test.walkers[0].end());
    n_runs[pool.number()] = test.ends[0].size();
    n_test[pool.number()] = test.n(0);
    if (walkers.size() != test.ends[0].size()) throw Error("one walker is several");
  }));
  for (int p = 0; p < N; p++) {
    assert_int_equal(n_runs[p], N);
    assert_true(n_test[p] >= 240 && n_test[p] <= 480); // of 1200: 20 to 40 %
  }
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_works),        cmocka_unit_test(test_offsets),
      cmocka_unit_test(test_other_works),  cmocka_unit_test(test_one_restart),
      cmocka_unit_test(test_own_restarts), cmocka_unit_test(test_same_chains),
      cmocka_unit_test(test_table),        cmocka_unit_test(test_walkers),
      cmocka_unit_test(test_held_in_turns)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
