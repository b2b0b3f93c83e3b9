/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_pool.cpp - fixes of several partitions that work as one: frames, training and energies;
   partitions are threads */

#include "input/error.h"
#include "partition.h"

#include <cmath>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

namespace {
/* What a partition ends with. */
struct Learned {
  uint64_t checksum = 0;
  std::vector<double> theta, f;
  long long n_calls = 0;
};
} // namespace

/* ---- one model ---- */

static Learned result_of(const DoubleWell &d)
{
  Learned all;
  all.checksum = d.state.model.checksum();
  for (int k = 0; k < 2; k++) {
    all.f.push_back(d.state.free_energy(k, 0));
    all.f.push_back(d.state.free_energy(k, 1));
    const bgen_flow *flow =
        bgen_generator_flow(const_cast<bgen_generator *>(d.state.model.generator()), k);
    all.theta.insert(all.theta.end(), flow->theta, flow->theta + flow->map->n_params);
  }
  all.n_calls = d.state.n_energy_calls();
  return all;
}

static const char *const STAGES[] = {
    "train steps 20 batch 100 lr 5e-3", "train steps 20 batch 90 75 lr 3e-3 kl 1 ecap auto",
    "train steps 10 batch 50 70 lr 1e-3 kl 1 rc 0.5 s -4 4 temperatures 1 2 explore 0.3 keep last",
    "free_energy samples 500"};

/* all frames come from the first */
static std::vector<Learned> learn(int n)
{
  std::vector<Learned> all(n);
  expect_none(in_partitions(n, [&](Pool &pool) {
    Partition d(pool);
    if (pool.is_first()) d.collect(FrameUse::TRAIN, 400, 0);
    if (pool.is_first()) d.collect(FrameUse::TEST, 200, 1000);
    for (const char *stage : STAGES) d.act(stage);
    all[pool.number()] = result_of(d);
  }));
  return all;
}

/* Numbers of the same points are the same; only sums of gradients round in another order, by 1e-7
   of them in each of 50 steps. */
static void test_one_model(void **)
{
  const Learned alone = learn(1)[0];
  for (int n = 2; n <= 4; n++) {
    const std::vector<Learned> all = learn(n);
    long long n_calls = 0;
    for (const Learned &one : all) {
      assert_true(one.checksum == all[0].checksum && one.theta == all[0].theta);
      assert_true(one.f == all[0].f);
      n_calls += one.n_calls;
    }
    for (size_t i = 0; i < alone.theta.size(); i++)
      expect_close("parameter", all[0].theta[i], alone.theta[i], 1e-3);
    for (size_t i = 0; i < alone.f.size(); i++)
      expect_close("F", all[0].f[i], alone.f[i], 1e-3 * alone.f[1]);
    /* a sample is evaluated once in all; each partition compares its energies in four sessions, and
       evaluates 256 frames of each basin for the cap, and the images that symmetries would have */
    expect_close("energies", static_cast<double>(n_calls - alone.n_calls),
                 static_cast<double>(n * 4 + (n - 1) * 2 * 256), 0.0);
  }
}

/* Alone in a pool it is as without one, bit for bit. */
static void test_pool_of_one(void **)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 400, 0);
  d.add_frames(FrameUse::TEST, 200, 1000);
  for (const char *stage : STAGES) d.act(stage);
  const Learned one = result_of(d), pooled = learn(1)[0];
  assert_true(one.checksum == pooled.checksum && one.f == pooled.f);
}

/* ---- frames ---- */

static void test_frames(void **)
{
  static constexpr int N = 3;
  std::vector<std::vector<double>> x(N);
  std::vector<int> n_walkers(N), n_before(N);
  expect_none(in_partitions(N, [&](Pool &pool) {
    const int p = pool.number();
    Partition d(pool);
    d.collect(FrameUse::TRAIN, 10, 100 * p);
    if (p == 1) d.state.frames.walker++;
    if (p == 1) d.collect(FrameUse::TRAIN, 10, 150);
    n_before[p] = static_cast<int>(d.state.frames.n(FrameUse::TRAIN));
    d.act("info");
    const bgen_frames &right = d.state.frames.train(0);
    x[p].assign(right.x, right.x + right.n * right.dim);
    n_walkers[p] = d.state.frames.training().n_walkers();
  }));
  const uint64_t draws[] = {0, 100, 150, 200};
  std::vector<double> expected(40);
  const DoubleWell d;
  for (int i = 0; i < 20; i++) {
    const Wells one = {{d.wells.wells[0]}};
    one.draw(draws[i / 5] + 2 * (i % 5), &expected[2 * i]);
  }
  for (int p = 0; p < N; p++) {
    assert_int_equal(n_before[p], 0);
    assert_int_equal(n_walkers[p], N + 1);
    assert_true(x[p] == expected);
  }
}

/* Jumps have numbers of their own in each partition, actions the same ones in all. */
static void test_seeds(void **)
{
  std::vector<uint64_t> of_jumps(3), of_actions(3), samples(3);
  expect_none(in_partitions(3, [&](Pool &pool) {
    const int p = pool.number();
    Partition d(pool);
    d.collect(FrameUse::TRAIN, 100, 100 * p);
    d.state.chain.count_up(BGEN_COUNT_SAMPLES, 7 * (p + 1)); // as after restarts of another moment
    d.act("train steps 2 batch 10");
    of_jumps[p] = d.state.chain.seed();
    of_actions[p] = d.state.meeting.seed();
    samples[p] = static_cast<uint64_t>(d.state.chain.count(BGEN_COUNT_SAMPLES));
  }));
  assert_true(of_jumps[0] == 4711 && of_jumps[1] != 4711 && of_jumps[1] != of_jumps[2]);
  for (int p = 0; p < 3; p++) assert_true(of_actions[p] == 4711 && samples[p] == 7);
}

/* ---- doubts: what one partition has seen, all know ---- */

/* Frames come to the second; then its other atoms are elsewhere. */
static void test_doubt(void **)
{
  std::vector<double> errors(3);
  std::vector<std::string> says(3);
  expect_none(in_partitions(3, [&](Pool &pool) {
    Partition d(pool);
    const bool reads = pool.number() == 1;
    if (reads) d.collect(FrameUse::TRAIN, 400, 0);
    if (reads) d.collect(FrameUse::TEST, 200, 1000);
    d.world.other_atoms = {20.0, 50.0};
    if (reads) d.state.bystanders.note(d.world.other_atoms);
    d.act("train steps 2 batch 16");
    d.act("free_energy samples 100");
    if (!std::isfinite(d.state.free_energy(0, 1))) throw Error("an error is not known");
    d.world.other_atoms.sum += 1.0;
    d.act("free_energy samples 100");
    errors[pool.number()] = d.state.free_energy(0, 1);
    d.act("population 10 from flow stages 1 steps 1");
    says[pool.number()] = d.host.warned + d.host.printed;
  }));
  for (const std::string &one : says)
    expect_says("it", one, "atoms outside the group of fix bg have moved| inf");
  for (const double error : errors) assert_true(std::isinf(error));
}

namespace {
/* two particles in a plane, each of which a spring holds, harder along y */
struct Dumbbell : Surroundings {
  World world;
  AnalyticHost host;
  State state;
  explicit Dumbbell(Pool &pool)
      : world(2, 2), host(world, &pool),
        state("bg", settings_of("0 1.0 7 threads 1 flow whiten", 2), host, host.all())
  {
    world.energy = [](const double *x, double *grad) {
      double sum = 0.0;
      for (int i = 0; i < 4; i++) grad[i] = (1 + i % 2) * x[i], sum += 0.5 * grad[i] * x[i];
      return sum;
    };
  }
  State *find(const std::string &) override { return nullptr; }
  /* of small shape, but far */
  void walk(size_t n)
  {
    for (size_t i = 0; i < n; i++) {
      bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, i);
      double x[4];
      bgen_rng_normals(&rng, 4, x);
      for (int c = 0; c < 4; c++) x[c] = (c == 2) + 0.1 * x[c] + 0.02 * static_cast<double>(i);
      state.meeting.take_frame(x);
    }
  }
};
} // namespace

/* as a body that nothing holds, among others that move in the second partition */
static void test_drift(void **)
{
  const auto work = [](Pool &pool) {
    Dumbbell d(pool);
    if (pool.number() == 1) {
      d.walk(300);
      for (const double sum : {0.0, 10.0}) d.state.bystanders_of_training.note({sum, 50.0});
    }
    Line line = line_of("bgen", "train steps 2 batch 16");
    bgen::act(d.state, line, d);
  };
  for (const std::string &sentence : in_partitions(3, work)) // which is nobody's own
    expect_says("sentence", sentence.substr(0, 33), "bgen bg: nothing in the training ");
}

/* ---- counts ---- */

/* Energy calls are those of all, in each place that tells them. */
static void test_counts(void **)
{
  std::vector<std::string> printed(3);
  std::vector<long long> n_calls(3);
  expect_none(in_partitions(3, [&](Pool &pool) {
    Partition d(pool);
    if (pool.is_first()) d.collect(FrameUse::TRAIN, 400, 0);
    d.act("train steps 2 batch 16 kl 1");
    d.printed();
    const long long before = d.state.n_energy_calls();
    d.act("population 30 from flow stages 2 steps 2");
    n_calls[pool.number()] = d.state.n_energy_calls() - before;
    printed[pool.number()] = d.printed();
  }));
  const long long all = n_calls[0] + n_calls[1] + n_calls[2];
  for (const std::string &one : printed)
    expect_says("printed", one, " stages of 2 steps, " + std::to_string(all) + " energies");
}

/* ---- files ---- */

static void test_one_writes(void **)
{
  const Folder folder;
  const std::string table = folder / "t.dat", model = folder / "m.bgen";
  expect_none(in_partitions(3, [&](Pool &pool) {
    Partition d(pool);
    d.collect(FrameUse::TRAIN, 100, 100 * pool.number());
    d.act("train steps 4 every 2 batch 10 basin left append " + table);
    d.act("train steps 4 every 2 batch 10 basin right append " + table);
    d.act("save " + model);
    Partition other(pool);
    other.act("load " + model);
    if (other.state.model.checksum() != d.state.model.checksum()) throw Error("another model");
  }));
  size_t n = 0;
  for (const std::string &line : lines_of(content_of(table))) n += line[0] != '#';
  assert_int_equal(n, 4);
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_one_model), cmocka_unit_test(test_pool_of_one),
                              cmocka_unit_test(test_frames),    cmocka_unit_test(test_seeds),
                              cmocka_unit_test(test_doubt),     cmocka_unit_test(test_drift),
                              cmocka_unit_test(test_counts),    cmocka_unit_test(test_one_writes)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
