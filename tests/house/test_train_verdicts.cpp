/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_train_verdicts.cpp - what a stage of training says of itself where the answer is known */

#include "one_basin.h"

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

static void test_converged(void **)
{
  OneBasin d;
  d.train("steps 600 batch 128 lr 1e-2 1e-5");
  expect_says("verdict", d.host.printed, "verdict on basin all: converged; |kT from step 450 on; ");
  assert_true(d.host.printed.find("lost mode") == std::string::npos);
  OneBasin e;
  e.train("steps 60 batch 256 lr 1e-2");
  expect_says("verdict", e.host.printed, "still improving; the loss fell by |more steps");
  OneBasin f;
  f.train("steps 40 batch 128 lr 3e-3 every 40");
  expect_says("verdict", f.host.printed, "converged; |from step 0 on|kept step 40");
}

/* 30 frames are learned by heart */
static void test_overfitting(void **)
{
  for (const char *keep : {"best", "last"}) {
    OneBasin d(1.0, 30);
    d.train(std::string("steps 1000 batch 32 lr 1e-2 keep ") + keep);
    expect_says("verdict", d.host.printed,
                "overfitting; the test loss rose by |the training loss did not: add training "
                "frames|; kept ");
    const bool last = d.host.printed.find("kept step 1000") != std::string::npos;
    assert_true(last == (keep[0] == 'l'));
  }
}

/* By heart for good, or for a while by noise, which falls with the rate. */
static void test_stop(void **)
{
  OneBasin all(1.0, 100), stopped(1.0, 100), noisy;
  all.train("steps 1000 batch 32 lr 1e-2 1e-5 every 20");
  stopped.train("steps 1000 batch 32 lr 1e-2 1e-5 every 20 stop 10");
  assert_true(stopped.one.chain.count(BGEN_COUNT_TRAIN_STEPS) <= 500);
  assert_true(stopped.one.model.checksum() == all.one.model.checksum());
  noisy.train("steps 600 batch 32 lr 1e-2 1e-5 every 10 stop 6");
  assert_true(noisy.one.chain.count(BGEN_COUNT_TRAIN_STEPS) == 600);
}

static void test_without_test_frames(void **)
{
  OneBasin d(1.0, N_FRAMES, 0);
  d.train("steps 20 batch 32");
  expect_says("verdict", d.host.printed,
              "judged by 64 samples 21 times, before the stage and in each line: 1344 energies in "
              "all\n|not judged; |without test "
              "frames");
}

/* Parameters that are not finite do not stay, whatever the stage keeps. */
static void test_diverges(void **)
{
  for (const char *keep : {"best", "last"}) {
    OneBasin d;
    d.train("steps 40 batch 64 lr 1e-2");
    const uint64_t before = d.one.model.checksum();
    d.train(std::string("steps 100 batch 64 lr 1e308 keep ") + keep);
    expect_says("verdict", d.host.printed,
                "diverged; |not finite at step 5: use a lower lr; kept the parameters from before "
                "this stage");
    assert_true(d.one.model.checksum() == before);
    d.train(std::string("steps 100 batch 64 lr 1e-3 1e308 every 1 keep ") + keep);
    expect_says("verdict", d.host.printed, "diverged; |lower lr; kept ");
  }
}

/* from its first line on */
static void test_worse_than_before(void **)
{
  OneBasin d;
  d.train("steps 400 batch 128 lr 1e-2 1e-5");
  const uint64_t before = d.one.model.checksum();
  d.train("steps 40 batch 64 lr 0.1");
  expect_says("verdict", d.host.printed,
              "unstable; |kT from step 0 on: use a lower lr|kept the parameters from before");
  assert_true(d.one.model.checksum() == before);
}

/* A flow trained on one well, and test frames in both: 1 in 6 is in the other. */
static void test_lost_mode(void **)
{
  const Folder folder;
  OneBasin d(1.0, 0, 0, 3.0);
  for (int i = 0, n = 0; n < N_FRAMES; i++) {
    double x[2];
    d.wells.draw(i, x);
    if (x[0] > 0.0) d.add(i, true), n++;
  }
  for (int i = 0; i < N_TEST; i++) d.add(10000 + i, false);
  d.train("steps 300 batch 64 lr 1e-2 1e-4 file " + (folder / "t.dat"));
  /* 5 sigma */
  expect_close("lost", last(folder / "t.dat", "lost"), 100.0 / 6.0, 6.0);
  expect_says("words", d.host.printed, "lost mode in basin all: |% of the test frames lie where");
  d.host.printed.clear();
  d.act_on_one("free_energy samples 2000");
  expect_says("free energy", d.host.printed,
              "Frames-% Lost-%|  all: lost mode: |% of the test frames lie where");
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_converged), cmocka_unit_test(test_overfitting),
      cmocka_unit_test(test_stop),      cmocka_unit_test(test_without_test_frames),
      cmocka_unit_test(test_diverges),  cmocka_unit_test(test_worse_than_before),
      cmocka_unit_test(test_lost_mode)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
