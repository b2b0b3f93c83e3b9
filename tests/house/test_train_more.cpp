/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_train_more.cpp - "bgen ID train more", where frames come after a stage, and "hold", which
   makes test frames of some of the new ones */

#include "actions/train_options.h"
#include "base/rng.h"
#include "known_molecule.h"
#include "one_basin.h"

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

/* mean of -log q over frames that no walker knows */
static double fresh_loss(OneBasin &d)
{
  std::vector<double> x(2 * N_TEST), log_q(N_TEST);
  double sum = 0.0;
  for (int i = 0; i < N_TEST; i++) d.wells.draw(500000 + i, &x[2 * i]);
  d.one.model.log_q(1.0, 0, N_TEST, x.data(), log_q.data());
  for (const double one : log_q) sum -= one / N_TEST;
  return sum;
}

static std::vector<double> numbers_in(const bgen_frames &frames)
{
  return std::vector<double>(frames.x, frames.x + frames.n * frames.dim);
}

/* ---- hold ---- */

/* each of which stays about the place where it begins; every nth frame is a test frame, 0: none */
static void add_caged(OneBasin &d, int first, int n_walkers, int length, int every)
{
  std::vector<double> step(2 * length);
  for (int walker = first; walker < first + n_walkers; walker++) {
    double centre[2];
    d.wells.draw(1000 + walker, centre);
    bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_TEST, walker);
    bgen_rng_normals(&rng, step.size(), step.data());
    d.one.frames.walker++;
    for (int i = 0; i < length; i++) {
      const double x[2] = {centre[0] + 0.05 * step[2 * i], centre[1] + 0.05 * step[2 * i + 1]};
      const bool tests = every && i % every == every - 1;
      d.one.frames.add(tests ? FrameUse::TEST : FrameUse::TRAIN, x, 1.0);
    }
  }
}

static long kept_step(const OneBasin &d)
{
  const std::string word = "kept step ";
  return std::stol(d.host.printed.substr(d.host.printed.find(word) + word.size()));
}

/* Every tenth frame of the walkers that a flow learns by heart finds it good. */
static void test_overfitting_of_walkers(void **)
{
  const std::string stage = "steps 800 batch 64 lr 2e-3 every 20 ";
  OneBasin tenth(1.0, 0, 0, 2.5), held(1.0, 0, 0, 2.5);
  add_caged(tenth, 0, 60, 20, 10);
  add_caged(held, 0, 60, 20, 0);
  tenth.train(stage);
  held.train(stage + "hold 0.25");
  expect_says("held", held.host.printed, "300 more are test frames from now on: 15 whole walkers");
  assert_true(kept_step(held) <= 100 && kept_step(tenth) >= 400);
  const double by_tenth = fresh_loss(tenth), by_walkers = fresh_loss(held);
  print_message("loss by frames of no walker: %.3f with every tenth frame held out, %.3f with "
                "whole walkers\n",
                by_tenth, by_walkers);
  assert_true(by_walkers < by_tenth - 0.2);
}

/* What has been learned is never held out. */
static void test_held_out_frames(void **)
{
  OneBasin d(1.0, 0, 0);
  add_caged(d, 0, 10, 100, 0);
  d.train("steps 2 batch 16 hold 0.2");
  const std::vector<double> learned = numbers_in(d.one.frames.train(0)),
                            first = numbers_in(d.one.frames.test(0));
  assert_int_equal(learned.size(), 2 * 800);
  assert_int_equal(d.one.frames.set(FrameUse::TEST).ends[0].size(), 2);
  assert_int_equal(d.one.frames.set(FrameUse::TRAIN).ends[0].size(), 8);
  d.train("steps 2 batch 16 hold 0.2"); // no new ones
  expect_says("line", d.host.printed, "hold finds no frames that the flow has not been trained on");
  assert_true(numbers_in(d.one.frames.test(0)) == first);
  add_caged(d, 10, 10, 100, 0);
  d.train("more steps 2 batch 16 hold 0.3");
  expect_says("line", d.host.printed,
              "basin all, 700 new training frames after 800; 300 more are test frames from now "
              "on: 3 whole walkers");
  const std::vector<double> test = numbers_in(d.one.frames.test(0));
  assert_int_equal(test.size(), first.size() + 2 * 300);
  assert_true(std::equal(first.begin(), first.end(), test.begin()));
  assert_true(std::equal(learned.begin(), learned.end(), d.one.frames.train(0).x));
  assert_true(d.one.frames.lines().find("1500 of 15 walkers") != std::string::npos);
}

/* of one walker the last frames */
static void test_held_out_block(void **)
{
  OneBasin d(1.0, 100, 0);
  const std::vector<double> all = numbers_in(d.one.frames.train(0));
  d.train("steps 2 batch 16 hold 0.1");
  expect_says("line", d.host.printed, "10 more are test frames from now on: the last of each");
  assert_true(numbers_in(d.one.frames.test(0)) == std::vector<double>(all.end() - 20, all.end()));
}

/* ---- more ---- */

/* Half of the frames, then all: as good as all at once, by the same test frames. */
static void test_two_parts(void **)
{
  const Folder folder;
  OneBasin once, parts(1.0, N_FRAMES / 2);
  once.train("steps 600 batch 128 lr 1e-2 1e-4 file " + (folder / "once"));
  parts.train("steps 300 batch 128 lr 1e-2 1e-4 file " + (folder / "first"));
  const double before = fresh_loss(parts);
  for (int i = N_FRAMES / 2; i < N_FRAMES; i++) parts.add(70000 + i, true);
  parts.train("more steps 300 batch 128 lr 5e-3 1e-4");
  expect_says("line", parts.host.printed, "1000 new training frames after 1000");
  const double at_once = fresh_loss(once), in_parts = fresh_loss(parts);
  print_message("loss by new frames: %.4f at once, %.4f in two parts, %.4f after the first\n",
                at_once, in_parts, before);
  assert_true(in_parts < at_once + 0.02 && in_parts < before + 0.01);
}

/* Frames of another well come later. */
static void test_other_region(void **)
{
  const Folder folder;
  OneBasin d(1.0, 0, N_TEST, 2.0);
  double x[2];
  for (int i = 0; i < N_FRAMES; i++) {
    d.wells.draw(i, x);
    if (x[0] < 0.0) d.add(i, true); // 1 in 6
  }
  d.train("steps 300 batch 128 lr 1e-2 1e-4 keep last file " + (folder / "a"));
  for (int i = N_FRAMES; i < 2 * N_FRAMES; i++) d.add(i, true);
  d.train("more steps 600 batch 128 lr 1e-2 1e-4 file " + (folder / "b"));
  const double before = last(folder / "a", "acceptance"), after = last(folder / "b", "acceptance");
  print_message("acceptance %.1f %%, and with frames of the other well %.1f %%; lost %.1f %% and "
                "%.1f %%\n",
                before, after, last(folder / "a", "lost"), last(folder / "b", "lost"));
  assert_true(before < 25.0 && after > 75.0);
  assert_true(last(folder / "a", "lost") > 70.0 && last(folder / "b", "lost") < 1.0);
}

/* the first steps are small: with a rate that ruins a flow it has hardly moved */
static void test_warmup(void **)
{
  double moved[2];
  for (int warm = 0; warm < 2; warm++) {
    OneBasin d;
    d.train("steps 200 batch 128 lr 1e-2 1e-4");
    const double before = fresh_loss(d);
    d.train(std::string("more steps 4 lr 0.1 keep last warmup ") + (warm ? "1000" : "0"));
    moved[warm] = fresh_loss(d) - before;
  }
  assert_true(moved[0] > 0.1 && std::fabs(moved[1]) < 0.01);
}

static TrainSettings settings(const State &state, const std::string &words)
{
  Line line = line_of("bgen train", words);
  return read_train_settings(line, state);
}

static void test_settings(void **)
{
  OneBasin d;
  CHECK_THROWS(settings(d.one, "more"), "continues a flow, and basin all has none yet");
  d.train("steps 1 batch 16");
  assert_true(settings(d.one, "").of_trainer.n_warmup == 0 && !settings(d.one, "").more);
  assert_true(settings(d.one, "more").of_trainer.n_warmup == 100);
  assert_true(settings(d.one, "more steps 100").of_trainer.n_warmup == 25);
  assert_true(settings(d.one, "more warmup 7 hold 0.5").of_trainer.n_warmup == 7);
  assert_true(settings(d.one, "warmup 7 hold 0.5").hold == 0.5);
  CHECK_THROWS(settings(d.one, "more refit yes"), "keeps what was fitted");
  CHECK_THROWS(settings(d.one, "hold 0.6"), "invalid fraction 0.6 of hold");
  CHECK_THROWS(settings(d.one, "hold -1"), "'-1'");
  CHECK_THROWS(settings(d.one, "warmup -1"), "'-1'");
}

/* of a flow that comes from a file nobody knows what it has seen */
static void test_loaded(void **)
{
  const Folder folder;
  OneBasin d, other;
  d.train("steps 1 batch 16");
  d.act_on_one("save " + (folder / "model"));
  other.act_on_one("load " + (folder / "model"));
  CHECK_THROWS(other.train("more steps 1 hold 0.1"), "the flow of basin all was not trained here");
  other.train("more steps 1 batch 16");
  expect_says("line", other.host.printed, " training frames; the flow was loaded, or trained");
  other.train("more steps 1 batch 16 hold 0.1"); // all have been learned by now
  other.act_on_one("load " + (folder / "model"));
  CHECK_THROWS(other.train("more steps 1 hold 0.1"), "the flow of basin all was not trained here");
}

/* Frames in which a torsion turns do not fit a flow that has it as a line. */
static void test_circles(void **)
{
  KnownMolecule molecule("", 0);
  std::vector<double> x(KnownMolecule::DIM);
  const bgen_basins &basins = molecule.state->variables.basins();
  const auto add = [&](uint64_t first, int n_frames, double least, double most) {
    for (int i = 0, n = 0; n < n_frames; i++) {
      molecule.draw(first + i, i % 2, x.data());
      const double off = std::fabs(std::fabs(bgen_basins_cv(&basins, 0, x.data())) - 90.0);
      if (off < least || off > most) continue;
      molecule.state->frames.add(FrameUse::TRAIN, x.data(), 1.0);
      n++;
    }
  };
  add(0, 200, 0.0, 15.0);
  molecule.act("train steps 2 batch 16");
  add(50000, 100, 0.0, 15.0);
  molecule.act("train more steps 2 batch 16");
  add(100000, 1000, 25.0, 90.0); // 20 degrees of deviation make a circle
  expect_says("sentence", molecule.sentence("train more steps 2 batch 16"),
              "the torsion of atom 7 turns in the training frames of basin plus|read all frames "
              "into a new fix bgen");
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_overfitting_of_walkers),
                              cmocka_unit_test(test_held_out_frames),
                              cmocka_unit_test(test_held_out_block),
                              cmocka_unit_test(test_two_parts),
                              cmocka_unit_test(test_other_region),
                              cmocka_unit_test(test_warmup),
                              cmocka_unit_test(test_settings),
                              cmocka_unit_test(test_loaded),
                              cmocka_unit_test(test_circles)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
