/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_report.cpp - tables for the screen and for files, files that cannot be written, dumps */

#include "double_well.h"
#include "input/error.h"
#include "report/dump.h"
#include "report/file.h"
#include "report/population.h"
#include "report/table.h"
#include "report/training.h"

#include <cmath>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <filesystem>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

/* ---- tables ---- */

static const Table TABLE({{"Name", -6, "s", "name", "s"},
                          {"Step", 5, "d", "step", "d"},
                          {"Loss", 8, ".3f", "loss", ".6f"},
                          {"", 0, "", "seconds", ".2e"},
                          {"Left", 6, "s"}});

static void test_screen(void **)
{
  expect_same("header", TABLE.header(), "Name    Step     Loss   Left\n");
  expect_same("row", TABLE.row({"ab", 12, 3.25, 0.5, "1:00"}), "ab        12    3.250   1:00\n");
  expect_same("NaN", TABLE.row({"ab", 12LL, NAN, NAN, ""}), "ab        12        -       \n");
  expect_same("-NaN", TABLE.row({"ab", 12LL, -NAN, NAN, ""}), "ab        12        -       \n");
  expect_same("infinity", TABLE.row({"ab", 12, INFINITY, 0.0, ""}),
              "ab        12      inf       \n");
  expect_same("wide", TABLE.row({"abcdefg", 123456, 3.25e9, 0.5, "1:00"}),
              "abcdefg 123456 3250000000.000   1:00\n");
}

static void test_file_lines(void **)
{
  expect_same("header", TABLE.file_header(), "# name step loss seconds\n");
  expect_same("row", TABLE.file_row({"ab", 12, 3.25, 0.5, "1:00"}), "ab 12 3.250000 5.00e-01\n");
  expect_same("NaN", TABLE.file_row({"ab", 12, -NAN, NAN, ""}), "ab 12 nan nan\n");
  expect_same("zero decimals", cell_text(".0f", 4, 2.6, "-"), "   3");
  expect_same("ten decimals", cell_text(".10g", 0, 1.0 / 3.0, "-"), "0.3333333333");
}

/* ---- files ---- */

static std::string sentence(const std::string &path, File::Mode mode, const std::string &text)
{
  try {
    File file(path, mode);
    file.print(text);
    file.close();
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

static void test_files(void **)
{
  const Folder folder;
  const std::string path = folder / "a.dat";
  for (const File::Mode mode : {File::WHOLE, File::NOW, File::APPEND}) {
    expect_same("written", sentence(path, mode, "one\n"), "");
    expect_same("not there", sentence(folder / "no/a.dat", mode, "one\n"),
                "bgen: cannot write " + (folder / "no/a.dat") + ": No such file or directory");
    expect_same("no name", sentence("", mode, "one\n"), "");
  }
  expect_same("appended", content_of(path), "one\none\n");
  expect_same("written anew", sentence(path, File::WHOLE, "two\n"), "");
  expect_same("anew", content_of(path), "two\n");
}

/* a file that grows can be read while it does; one that is written whole is not there before, and
   what was there stays if it fails */
static void test_whole_or_growing(void **)
{
  const Folder folder;
  const std::string path = folder / "a.dat";
  expect_same("first", sentence(path, File::WHOLE, "first\n"), "");
  {
    File file(path, File::WHOLE);
    file.print("second\n");
    file.flush();
    expect_same("not yet", content_of(path), "first\n");
  }
  expect_same("left", content_of(path), "first\n");
  const std::filesystem::directory_iterator files(folder / "");
  assert_true(std::distance(begin(files), end(files)) == 1);
  File file(path, File::NOW);
  file.print("third\n");
  file.flush();
  expect_same("now", content_of(path), "third\n");
}

/* of what a link leads to */
static void test_link(void **)
{
  const Folder folder;
  expect_same("first", sentence(folder / "a.dat", File::WHOLE, "first\n"), "");
  std::filesystem::create_symlink(folder / "a.dat", folder / "link");
  expect_same("by a link", sentence(folder / "link", File::WHOLE, "second\n"), "");
  assert_true(std::filesystem::is_symlink(folder / "link"));
  expect_same("second", content_of(folder / "a.dat"), "second\n");
}

/* short and long: at the end, or while it is written */
static void test_full_disk(void **)
{
  for (const size_t n : {size_t(1), size_t(1) << 20})
    for (const File::Mode mode : {File::WHOLE, File::NOW, File::APPEND})
      expect_same("full", sentence("/dev/full", mode, std::string(n, 'a')),
                  "bgen: cannot write /dev/full: No space left on device");
}

/* ---- dumps ---- */

static void test_dump(void **)
{
  const Folder folder;
  const std::string path = folder / "a.dump";
  Dump dump(path, {2, {3, 7}, {1, 2}, "ITEM: BOX BOUNDS pp pp pp\n0 1\n0 1\n0 1\n"}, "u log_w");
  const double x[] = {0.5, -1.25, 1e-3, 1.0 / 3.0};
  dump.add(x, {-2.0, NAN});
  dump.add(x, {1.0 / 3.0, INFINITY});
  dump.close();
  const std::string head = "\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS pp pp pp\n0 1\n0 1\n0 1\n"
                           "ITEM: ATOMS id type xu yu u log_w\n";
  expect_same("dump", content_of(path),
              "ITEM: TIMESTEP\n1" + head +
                  "3 1 0.5 -1.25 -2 nan\n7 2 0.001 0.333333333333 -2 nan\n" + "ITEM: TIMESTEP\n2" +
                  head + "3 1 0.5 -1.25 0.3333333333 inf\n" +
                  "7 2 0.001 0.333333333333 0.3333333333 inf\n");
}

/* ---- training ---- */

static void test_training(void **)
{
  const bgen_verdict verdict = {1.5, 9.0, 0.01, 0.5, 0.0, 0.25};
  const bgen_train_report last = {9.0, 9.0, 9.0, 9.0, 1e-3, 2.0, 4, 3};
  const TrainingLine line = {1, 300, 1000, 2.5, 1.25, NAN, NAN, 0.875, verdict, last, 777, 10.0};
  expect_same(
      "head", training_head({"bg", "left", 10, 20, 30, 2, 40, {16, 64}}),
      "\nbgen bg train: basin left, 10 frames, 20 test frames, 30 parameters, 2 threads\n"
      "the flow is judged by 16 test frames once and by 64 samples 41 times, before the stage "
      "and in each line: 2640 energies in all\n"
      "    Step        ML   ML-test        KL  ESS-% Outside% Accept-% BAR-err Lost-%  Energies "
      "Steps/s Time-left\n");
  expect_same(
      "line", training_line(line),
      "     300     1.250     1.500         -  87.50     1.00   50.000   0.000  25.00       777 "
      "   30.0   0:00:23\n");
  expect_same("now", training_now("left", 250, 6000, 2.0),
              "basin left: step 250 of 6000 (4 %), 125.0 steps/s, 0:00:46 left");
  expect_same(
      "file", training_file_head("bg", " 1 right 2 left"),
      "# training of fix bg; basins: 1 right 2 left\n# basin step loss ml ml_test kl rc ess "
      "outside acceptance bar_error lost capped not_finite lr grad_norm energy_calls seconds\n");
  expect_same(
      "file line", training_file_line(line),
      "2 300 2.500000 1.250000 1.500000 nan nan 87.5000 1.000 50.00000 0.00000 25.000 3 4 0.001 2 "
      "777 10.00\n");
  expect_same(
      "explored", explored_line({40, 10, -3.125, -2.0, 2.5}, "s"),
      "          40 near moves of frames, 25.00 % accepted; mean energy -3.12 kT, s from -2 "
      "to 2.5\n");
}

static void expect_verdict(bgen_outcome outcome, const std::string &words,
                           TrainingVerdict v = TrainingVerdict())
{
  v.basin = "left";
  v.best_step = 300;
  v.compared_step = 750;
  v.last_step = 1000;
  v.course = {true, 20, {0.31, 0.012}, -0.2, {-0.0123, 0.0041}};
  v.outcome = outcome;
  expect_same("verdict", training_verdict(v), "verdict on basin left: " + words);
}

static void test_verdicts(void **)
{
  TrainingVerdict v;
  v.n_test_frames = 100;
  v.kept_step = 300;
  expect_verdict(BGEN_OUTCOME_CONVERGED,
                 "converged; the loss changed by -0.012 +- 0.004 kT from step 750 on; kept step "
                 "300\n",
                 v);
  expect_verdict(BGEN_OUTCOME_IMPROVING,
                 "still improving; the loss fell by 0.012 +- 0.004 kT from step 750 on: train for "
                 "more steps; kept step 300\n",
                 v);
  expect_verdict(BGEN_OUTCOME_OVERFITTED,
                 "overfitting; the test loss rose by 0.310 +- 0.012 kT from step 300 on, the "
                 "training loss did not: add training frames, or train for fewer steps; kept step "
                 "300\n",
                 v);
  expect_verdict(BGEN_OUTCOME_UNSTABLE,
                 "unstable; the loss rose by 0.310 +- 0.012 kT from step 300 on: use a lower lr, "
                 "or a second lr to which it falls; kept step 300\n",
                 v);
  expect_verdict(BGEN_OUTCOME_UNCERTAIN,
                 "uncertain; the loss changed by -0.012 +- 0.004 kT from step 750 on, which is "
                 "too noisy to tell: add test frames; kept step 300\n",
                 v);
  expect_verdict(
      BGEN_OUTCOME_DIVERGED,
      "diverged; the parameters or the loss are not finite at step 1000: use a lower "
      "lr; kept the parameters from before this stage\nbasin left has no test frames: a lost "
      "mode would not be seen\n");
}

static void test_not_judged(void **)
{
  const std::string words[] = {
      "the losses that would be compared are not finite",
      "overfitting and lost modes cannot be seen without test frames: add some",
      "rc takes the samples away from the Boltzmann distribution",
      "the stage does not learn the temperature of its frames"};
  for (int why = 0; why < 4; why++) {
    TrainingVerdict v;
    v.judged = static_cast<TrainingVerdict::Judged>(why);
    v.kept_step = 1000;
    v.n_test_frames = why == TrainingVerdict::NO_FRAMES ? 0 : 100;
    expect_verdict(BGEN_OUTCOME_UNKNOWN, "not judged; " + words[why] + "; kept step 1000\n", v);
  }
}

/* without test frames a loss that explodes is seen by the training frames, some noise is not */
static void test_rise(void **)
{
  TrainingVerdict v;
  v.judged = TrainingVerdict::NO_FRAMES;
  v.kept_step = 1000;
  v.least_training_step = 130;
  v.training_rise = 4.3e11;
  expect_verdict(BGEN_OUTCOME_UNKNOWN,
                 "unstable; the loss over training frames rose by 4.3e+11 kT from step 130 on: use "
                 "a lower lr, or a second lr to which it falls; kept step 1000\n",
                 v);
  v.training_rise = 3.0;
  expect_verdict(BGEN_OUTCOME_UNKNOWN,
                 "not judged; overfitting and lost modes cannot be seen without test frames: add "
                 "some; kept step 1000\n",
                 v);
}

static void test_lost_mode(void **)
{
  TrainingVerdict v;
  v.lost = 0.3125;
  v.n_test_frames = 64;
  v.kept_step = 1000;
  const std::string end = "the losses that would be compared are not finite; kept step 1000\n";
  expect_says("lost", training_verdict(v), end + "|lost mode in basin |31.2 %|1000");
  v.lost = 2.0 / 64;
  expect_same("two frames", training_verdict(v), "verdict on basin : not judged; " + end);
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_screen),   cmocka_unit_test(test_file_lines),
      cmocka_unit_test(test_files),    cmocka_unit_test(test_whole_or_growing),
      cmocka_unit_test(test_link),     cmocka_unit_test(test_full_disk),
      cmocka_unit_test(test_dump),     cmocka_unit_test(test_training),
      cmocka_unit_test(test_verdicts), cmocka_unit_test(test_not_judged),
      cmocka_unit_test(test_rise),     cmocka_unit_test(test_lost_mode)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
