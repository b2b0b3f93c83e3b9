/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_train.cpp - training by example and by energy where the least loss is known, that it repeats
   bit for bit, and every keyword of its line */

#include "actions/train_options.h"
#include "input/error.h"
#include "model/gaussian.h"
#include "one_basin.h"

#include <cmath>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

/* what a flow does worse than the exact density, by the frames of the test: at least 0 but for
   their noise, which it has in common with the entropy */
static void test_by_example(void **)
{
  const Folder folder;
  OneBasin d;
  d.train("steps 300 batch 64 lr 1e-2 1e-4 file " + (folder / "t.dat"));
  expect_close("ML-test", last(folder / "t.dat", "ml_test") - d.entropy(), 0.02, 0.03);
  assert_true(std::isnan(last(folder / "t.dat", "kl")));
  /* one sample of it in two is accepted at least, and its free energy is known well */
  expect_close("acceptance", last(folder / "t.dat", "acceptance"), 92.5, 7.5);
  assert_true(last(folder / "t.dat", "bar_error") < 0.03);
  /* energies: test frames once, and samples in each of 20 lines, a quarter of what is learned */
  assert_true(d.one.n_energy_calls() == N_TEST + 21 * (300 * 64 / 4 / 20));
  assert_true(last(folder / "t.dat", "energy_calls") == N_TEST + 21 * 240);
  expect_says(
      "cost", d.host.printed,
      "judged by 1000 test frames once and by 240 samples 21 times, before the stage and in "
      "each line: 6040 energies in all");
  assert_true(d.one.chain.count(BGEN_COUNT_TRAIN_STEPS) == 300);
  assert_true(d.one.chain.count(BGEN_COUNT_TRAIN_SAMPLES) == 0);
}

/* without frames of its own: the loss is -ln Z at best */
static void test_by_energy(void **)
{
  const Folder folder;
  OneBasin d;
  d.train("steps 20 lr 1e-6");
  const long long before = d.one.n_energy_calls();
  d.train("steps 300 batch 128 64 lr 1e-2 1e-4 ml 0 kl 1 keep last every 300 file " +
          (folder / "t.dat"));
  expect_close("KL", last(folder / "t.dat", "kl") + d.log_z(), 0.1, 0.1);
  assert_true(last(folder / "t.dat", "ess") > 50.0);
  assert_true(d.one.n_energy_calls() - before == N_TEST + 2 * 512 + 300 * 64);
  assert_true(d.one.chain.count(BGEN_COUNT_TRAIN_SAMPLES) == 300 * 64);
}

/* by both, spread along a cv, at several temperatures, with frames that move: all of it repeats */
static void test_repeats(void **)
{
  const Folder folder;
  std::string table[2], frames[2];
  uint64_t checksum[2];
  for (int again = 0; again < 2; again++) {
    OneBasin d;
    d.train("steps 30 batch 64 lr 5e-3");
    d.train("steps 40 batch 64 lr 1e-3 ml 1 kl 1 rc 2 s -2 2 temperatures 1 2 explore 0.3 refit "
            "yes keep last file " +
            (folder / "t.dat"));
    for (const std::string &line : lines_of(content_of(folder / "t.dat")))
      table[again] += line.substr(0, line.rfind(' ')) + "\n"; // without seconds
    const bgen_frames &moved = d.one.frames.train(0);
    frames[again].assign(reinterpret_cast<const char *>(moved.x), moved.n * 2 * sizeof(double));
    checksum[again] = d.one.model.checksum();
    expect_says("printed", d.host.printed, "near moves of frames|accepted; mean energy|, s from ");
    assert_true(d.one.chain.count(BGEN_COUNT_EXPLORED) == 40 * 64);
  }
  expect_same("table", table[0], table[1]);
  assert_true(checksum[0] && checksum[0] == checksum[1] && frames[0] == frames[1]);
}

/* Of U and T only U/kT counts. */
static void test_other_temperature(void **)
{
  const Folder folder;
  std::string table[2];
  for (int hot = 0; hot < 2; hot++) {
    OneBasin d(hot ? 2.0 : 1.0);
    d.train(std::string("steps 30 batch 64 lr 5e-3 kl 1 temperatures ") + (hot ? "2 4" : "1 2") +
            " every 10 file " + (folder / "t.dat"));
    for (const std::string &line : lines_of(content_of(folder / "t.dat")))
      table[hot] += line.substr(0, line.rfind(' ')) + "\n"; // without seconds
  }
  expect_same("table", table[1], table[0]);
}

/* the loss of a line is the weighted sum of its parts */
static void test_loss(void **)
{
  const Folder folder;
  OneBasin d;
  d.train("steps 10 batch 64 ml 2 kl 3 rc 4 s -2 2 file " + (folder / "t.dat"));
  double parts[3];
  const char *const names[] = {"ml", "kl", "rc"};
  for (int i = 0; i < 3; i++) parts[i] = last(folder / "t.dat", names[i]);
  expect_close("loss", last(folder / "t.dat", "loss"),
               2.0 * parts[0] + 3.0 * parts[1] + 4.0 * parts[2], 1e-5); // six digits each
  assert_true(parts[2] > 1e-3);
}

/* Frames that are driven over a range are found where the Boltzmann distribution has hardly any. */
static void test_spreads(void **)
{
  double far[2];
  for (int spread = 0; spread < 2; spread++) {
    OneBasin d;
    d.train("steps 60 batch 64 lr 1e-2");
    d.train(std::string("steps 150 batch 128 8 lr 1e-30 explore 0.5 keep last") +
            (spread ? " rc 1 s -4 4" : ""));
    const bgen_frames &frames = d.one.frames.train(0);
    far[spread] = 0.0;
    for (size_t i = 0; i < frames.n; i++) far[spread] += std::fabs(frames.x[2 * i]) > 2.2;
    far[spread] /= frames.n;
  }
  assert_true(far[0] < 0.02 && far[1] > 0.08); // 0.8 % in the Boltzmann distribution
}

/* what is random goes on from stage to stage, and the parameters do */
static void test_stages(void **)
{
  OneBasin d;
  d.train("steps 30 batch 64");
  const uint64_t first = d.one.model.checksum();
  d.one.continued = true;
  d.train("steps 1 batch 64 lr 1e-30 keep last");
  assert_true(d.one.model.checksum() != 0 && !d.one.continued);
  d.train("steps 30 batch 64");
  assert_true(d.one.model.checksum() != first);
  assert_true(d.one.chain.count(BGEN_COUNT_TRAIN_STEPS) == 61);
}

/* A rate that grows until it ruins the flow: a line before is the best, and patience ends the
   stage soon after it. */
static void test_keeps_the_best(void **)
{
  const Folder folder;
  double ml_test[2];
  for (const char *keep : {"best", "last"}) {
    OneBasin d;
    d.train("steps 100 batch 64 lr 1e-2 1e-4");
    d.train("steps 400 batch 64 lr 1e-6 1 every 10 clip 0 stop 3 file " + (folder / "t.dat") +
            " keep " + keep);
    assert_true(last(folder / "t.dat", "step") < 400);
    d.train("steps 1 lr 1e-30 keep last file " + (folder / "u.dat"));
    ml_test[keep[0] == 'l'] = last(folder / "u.dat", "ml_test") - d.entropy();
  }
  expect_close("best", ml_test[0], 0.1, 0.2);
  assert_true(ml_test[1] > ml_test[0] + 0.1);
}

static void test_explores_within_a_basin(void **)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 400, 0);
  d.act("train steps 60 batch 100 lr 1e-30 explore 1.0 keep last basin left");
  expect_says("printed", d.printed(), "basin left, 200 frames|near moves of frames, ");
  const bgen_frames &frames = d.state.frames.train(1);
  double mean[2] = {0, 0}, square = 0;
  for (size_t i = 0; i < frames.n; i++) {
    assert_true(d.state.variables.basin_of(frames.x + 2 * i) == 1);
    for (int c = 0; c < 2; c++) mean[c] += frames.x[2 * i + c] / frames.n;
    square += frames.x[2 * i + 1] * frames.x[2 * i + 1] / frames.n;
  }
  /* 200 frames of the well's own distribution: 5 sigma are 0.18, and half of the variance */
  expect_close("mean x", mean[0], -3.0, 0.18);
  expect_close("mean y", mean[1], 0.0, 0.18);
  expect_close("variance", square, 0.25, 0.125);
  assert_false(d.state.model.fitted(0));
}

/* samples without a finite energy are left out; steps without a finite gradient are skipped */
static void test_not_finite(void **)
{
  const Folder folder;
  OneBasin d;
  d.train("steps 20 batch 32");
  d.train("steps 10 batch 32 lr 1e30 keep last");
  expect_says("warning", d.host.warned, "bgen train: |of 2 steps were skipped|ecap");
  OneBasin e;
  e.world.refusal = [](const double *x) { return x[0] < 0.0 ? "left" : nullptr; };
  e.train("steps 1 batch 64 kl 1 file " + (folder / "t.dat"));
  expect_close("left out", last(folder / "t.dat", "not_finite"), 32.0, 31.0);
  expect_same("warning", e.host.warned, "");
}

/* ---- the line ---- */

static TrainSettings settings(const DoubleWell &d, const std::string &words)
{
  Line line = line_of("bgen train", words);
  return read_train_settings(line, d.state);
}

static void test_keywords(void **)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 10, 0);
  const TrainSettings s =
      settings(d, "steps 70 batch 5 6 lr 1e-2 1e-3 ml 2 kl 3 rc 4 s -1 1.5 temperatures 1 2 4 ecap "
                  "50 clip 7 explore 0.5 basin left every 9 refit prior whiten shrunk keep last "
                  "stop 3 append a");
  const bgen_train_options &o = s.of_trainer;
  assert_true(o.n_steps == 70 && o.batch_data == 5 && o.batch_flow == 6 && o.lr == 1e-2);
  assert_true(o.lr_end == 1e-3 && o.weight_ml == 2 && o.weight_kl == 3 && o.weight_rc == 4);
  assert_true(s.cv == 0 && o.rc_low == -1 && o.rc_high == 1.5 && o.energy_high == 50);
  assert_true(s.temperatures == std::vector<double>({1, 2, 4}) && o.clip == 7);
  assert_true(s.explore_step == 0.5 && s.basin == 1 && s.every == 9 && s.refit == Frames::PRIOR);
  assert_true(s.whiten == BGEN_GAUSSIAN_SHRUNK);
  assert_true(!s.keep_best && s.patience == 3 && s.append && s.path == "a");
  const TrainSettings t = settings(d, "batch 8 lr 2 file b");
  assert_true(t.of_trainer.n_steps == 1000 && t.every == 50 && t.of_trainer.batch_flow == 8);
  assert_true(t.of_trainer.lr_end == 2 && t.of_trainer.weight_ml == 1 && !t.by_energy());
  assert_true(t.of_trainer.energy_high == 1e3 && t.of_trainer.clip == 100 && t.keep_best);
  assert_true(!t.append && t.path == "b" && t.basin == -1 && t.patience == 0 && t.cv == -1);
  assert_true(t.of_trainer.ema == 0 && !t.recipe && !t.ml_auto);
  assert_true(settings(d, "ema 0.9").of_trainer.ema == 0.9 && settings(d, "ml auto").ml_auto);
  assert_true(settings(d, "steps 3").every == 1 && settings(d, "rc 0 kl 1").cv == -1);
  assert_true(settings(d, "rc 0 s 0 1").of_trainer.weight_rc == 0.0);
  assert_true(settings(d, "refit yes keep best").refit == Frames::ALL);
}

/* its stages, by the number of frames; keywords after it */
static void test_recipe(void **)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 10, 0);
  const TrainSettings s = settings(d, "auto batch 32 kl 2 temperatures 1 2 every 40 stop 2");
  const TrainSettings few = s.for_basin(2999), many = s.for_basin(3000);
  assert_true(few.of_trainer.weight_ml == 0.03 && many.of_trainer.weight_ml == 0.1);
  assert_true(few.of_trainer.n_steps == 900 && few.of_trainer.weight_kl == 2);
  assert_true(few.temperatures.size() == 2 && few.every == 40 && few.patience == 2);
  assert_true(few.cap_auto && few.of_trainer.clip == 5 && !settings(d, "auto ecap 7").cap_auto);
  assert_true(few.of_trainer.lr == 1e-3 && many.of_trainer.lr == 5e-4 &&
              few.of_trainer.ema == 0.99);
  const TrainSettings first = s.first_stage(2999);
  assert_true(first.of_trainer.n_steps == 100 && s.first_stage(3000).of_trainer.n_steps == 250);
  assert_true(first.of_trainer.weight_ml == 1 && !first.by_energy() && first.every == 5);
  assert_true(first.temperatures.empty() && first.of_trainer.batch_data == 32);
  assert_true(first.of_trainer.lr == 2e-3 && first.of_trainer.lr_end == 2e-5);
  assert_true(settings(d, "auto lr 3 1").first_stage(10).of_trainer.lr == 3);
  assert_true(settings(d, "auto lr 3 1").for_basin(10).of_trainer.lr_end == 1);
  assert_true(settings(d, "auto ml 0.5").for_basin(10).of_trainer.weight_ml == 0.5);
  assert_true(settings(d, "ml auto kl 1").for_basin(10).of_trainer.weight_ml == 0.03);
  OneBasin e;
  e.train("auto batch 16");
  assert_true(e.one.chain.count(BGEN_COUNT_TRAIN_STEPS) == 100 + 900); // of 2000 frames
}

/* The average of parameters is what the lines judge and the stage ends with: of few steps with a
   great rate it is far less noisy than the last ones. */
static void test_average(void **)
{
  const Folder folder;
  double ml_test[2], after[2];
  for (int on = 0; on < 2; on++) {
    OneBasin d;
    d.train("steps 200 batch 64 lr 1e-2 1e-4");
    d.train(std::string("steps 400 batch 4 lr 1e-2 keep last file ") + (folder / "t.dat") +
            (on ? " ema 0.98" : ""));
    ml_test[on] = last(folder / "t.dat", "ml_test") - d.entropy();
    d.train("steps 400 batch 4 lr 1e-30 keep last file " + (folder / "u.dat"));
    after[on] = last(folder / "u.dat", "ml_test") - d.entropy();
    expect_close("kept", after[on], ml_test[on], 1e-4);
  }
  std::printf("above the entropy: %.3f, averaged %.3f\n", ml_test[0], ml_test[1]);
  assert_true(ml_test[1] < 0.5 * ml_test[0]);
}

static void test_mistakes(void **)
{
  DoubleWell d;
  const char *const mistakes[][2] = {
      {"steps 10", "basin right has no frames|collect"},
      {"steps 0", "'0'|number of steps"},
      {"steps 1.5", "'1.5'"},
      {"iter 10", "'iter'|steps"},
      {"weights 1 1", "'weights'|ml|kl|rc"},
      {"ehigh 10", "'ehigh'|ecap"},
      {"auto steps 10", "train auto chooses the number of steps"},
      {"ema 1", "decay 1 of ema: expected a number below 1"},
      {"ema -0.1", "'-0.1'|average"},
      {"ml little", "'little'|weight"},
      {"speed 10",
       "unknown|'speed'|steps, batch, lr, warmup, ml, kl, rc, temperatures, ecap, clip, "
       "ema, explore, basin, every, refit, whiten, drift, keep, stop, hold, file, "
       "append"},
      {"batch 0", "'0'|batch"},
      {"batch 2 0", "'0'|batch"},
      {"lr 0", "'0'|learning rate"},
      {"lr 1 -1", "'-1'|learning rate"},
      {"ml -1", "'-1'|weight"},
      {"kl nan", "'nan'|weight"},
      {"ml 0", "ml, kl and rc are all 0"},
      {"ml 0 kl 0 rc 0", "weights"},
      {"rc 1", "'1'|cv"},
      {"rc 1 d -2 2", "'d'"},
      {"rc 1 s 2 2", "2 to 2"},
      {"rc 1 s 0 inf", "finite"},
      {"temperatures 1 2", "kl"},
      {"kl 1 temperatures 0", "'0'|temperature"},
      {"kl 1 temperatures 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "17 temperatures|16"},
      {"ecap 0", "'0'|energy"},
      {"clip -1", "'-1'|gradient"},
      {"explore -1", "'-1'|step"},
      {"basin middle", "'middle'"},
      {"every 0", "'0'|lines"},
      {"refit maybe", "'maybe'|no, yes, prior"},
      {"whiten pca", "'pca'|auto, frames, symmetric, shrunk, hessian"},
      {"keep first", "'first'|best, last"},
      {"stop -1", "'-1'|lines"},
      {"file", "'file'|file name"}};
  for (const auto &mistake : mistakes)
    expect_says(mistake[0], d.sentence(std::string("train ") + mistake[0]),
                std::string("bgen train: |") + mistake[1]);
  d.add_frames(FrameUse::TRAIN, 10, 0);
  expect_says("no folder", d.sentence("train steps 1 file /no/t.dat"), "bgen: |/no/t.dat");
  expect_says("full", d.sentence("train steps 1 file /dev/full"), "/dev/full: No space left");
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_by_example),
                              cmocka_unit_test(test_by_energy),
                              cmocka_unit_test(test_repeats),
                              cmocka_unit_test(test_other_temperature),
                              cmocka_unit_test(test_loss),
                              cmocka_unit_test(test_spreads),
                              cmocka_unit_test(test_stages),
                              cmocka_unit_test(test_keeps_the_best),
                              cmocka_unit_test(test_explores_within_a_basin),
                              cmocka_unit_test(test_not_finite),
                              cmocka_unit_test(test_keywords),
                              cmocka_unit_test(test_recipe),
                              cmocka_unit_test(test_average),
                              cmocka_unit_test(test_mistakes)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
