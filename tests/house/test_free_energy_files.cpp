/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_free_energy_files.cpp - the files of "bgen ID free_energy" beside quadrature, and what ends
   in an error */

#include "two_wells.h"

#include "double_well.h"

#include <filesystem>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

static void good(TwoWells &well, const std::string &line)
{
  if (!well.act("free_energy " + line)) fail_msg("%s: %s", line.c_str(), well.sentence.c_str());
}

/* ---- profiles ---- */

static double exact_profile(const WellForce &force, double low, double high)
{
  return exact_free_energy(force, 1.0, BOTH, low, high) - exact_free_energy(force, 1.0, BOTH) +
         std::log(high - low);
}

static void test_profile(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 4, 400);
  good(well, "samples 4000 profile profile.dat s -4 4 32");
  const std::vector<std::string> lines = data_lines("profile.dat");
  int n_known = 0;
  assert_int_equal(lines.size(), 32);
  for (size_t i = 0; i < lines.size(); i++) {
    const std::vector<double> bin = numbers_of(lines[i]);
    expect_close("centre", bin[0], -4 + 0.25 * (static_cast<double>(i) + 0.5), 1e-9);
    if (!(bin[2] < 0.2)) continue;
    near("profile at " + std::to_string(bin[0]), {bin[1], bin[2]},
         exact_profile(well.force, bin[0] - 0.125, bin[0] + 0.125), 0.2);
    n_known++;
  }
  assert_in_range(n_known, 20, 30);
}

/* without a quantity it is the first cv, over the range of all points */
static void test_bins(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 2, 200);
  good(well, "samples 1000 profile profile.dat bins 7");
  const std::vector<std::string> lines = data_lines("profile.dat");
  assert_int_equal(lines.size(), 7);
  const double first = numbers_of(lines[0])[0], second = numbers_of(lines[1])[0];
  const double width = second - first;
  double sum = 0.0;
  for (const std::string &line : lines) sum += width * std::exp(-numbers_of(line)[1]);
  expect_close("sum of all bins", sum, 1.0, 1e-4);
  expect_says("header", content_of("profile.dat"), "of samples and test frames|# s F error");
}

static void test_plane(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 4, 400);
  good(well, "samples 4000 profile plane.dat s -10 10 2 v_y -1 1 4");
  const std::string all = content_of("plane.dat");
  expect_says("header", all, "# s v_y F error");
  const std::vector<std::string> lines = data_lines("plane.dat");
  assert_int_equal(lines.size(), 8);
  assert_int_equal(lines_of(all).size(), 2 + 8 + 4); // an empty line after each row
  double inside = 0.0, left = 0.0;
  for (const std::string &line : lines) {
    const std::vector<double> bin = numbers_of(line);
    inside += 10 * 0.5 * std::exp(-bin[2]);
    left += bin[0] < 0 ? 10 * 0.5 * std::exp(-bin[2]) : 0.0;
  }
  const double exact = exact_mean(well.force, 1.0, BOTH,
                                  [](double, double y) { return std::fabs(y) < 1.0 ? 1.0 : 0.0; });
  const double share =
      std::exp(exact_free_energy(well.force, 1.0, BOTH) - exact_free_energy(well.force, 1.0, LEFT));
  expect_close("inside", inside, exact, 0.02);
  expect_close("left of them", left / inside, share, 0.01);
}

/* ---- convergence ---- */

static void test_convergence(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 2, 640);
  good(well, "samples 1280 convergence convergence.dat table table.dat");
  const std::vector<std::string> lines = data_lines("convergence.dat");
  assert_int_equal(lines.size(), 7);
  for (size_t i = 0; i < 7; i++) {
    const std::vector<double> part = numbers_of(lines[i]);
    assert_int_equal(part.size(), 15);
    assert_true(part[0] == 20 << i && part[1] == 20 << i && part[8] == part[1]);
    for (const Basin b : {RIGHT, LEFT})
      for (int way : {2, 4, 6}) {
        const bgen_estimate f = {part[way + 7 * b], part[way + 1 + 7 * b]};
        /* of 20 works an error is not known better than to a third */
        if (i > 2)
          near("F", f, exact_free_energy(well.force, 1.0, b), 0.05);
        else
          expect_close("F", f.value, exact_free_energy(well.force, 1.0, b), 0.3);
      }
  }
  const double last = numbers_of(lines[6])[2];
  expect_close("the last line", last, well.state.free_energies[RIGHT][0], 1e-6);
  expect_says("header", content_of("convergence.dat"), "# samples frames(right) F(right)");
}

/* what is found does not depend on which files are written before it */
static void test_convergence_changes_nothing(void **)
{
  std::string tables[2];
  for (int with = 0; with < 2; with++) {
    TwoWells well;
    well.add_test_frames(well.state, 1.0, 2, 300);
    well.add_test_frames(well.state, 2.0, 2, 300);
    good(well, std::string("samples 600 temperatures 2 1 mean s pe table table.dat") +
                   (with ? " convergence c.dat profile p.dat points points" : ""));
    tables[with] = content_of("table.dat") + well.host.printed;
  }
  assert_true(tables[0] == tables[1]);
}

/* ---- reduced potentials, which tests/estimate/test_tables.py reads as others do ---- */

static void test_reduced_potentials(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 2, 100);
  good(well, "samples 300 u_nk fe table table.dat");
  for (const char *basin : {"right", "left"}) {
    const std::string name = basin, path = "fe." + name + ".u_nk.csv";
    const std::vector<std::string> lines = data_lines(path);
    expect_says("head", content_of(path),
                "basin " + name +
                    " of fix bg|T = 1, kT = 1, units lj|300 of flow, 200 of md|"
                    "F(md) - F(flow) = ");
    assert_int_equal(lines.size(), 1 + 300 + 200);
    expect_same("names", lines[0], "time,state,flow,md");
    expect_says("first", lines[1], "0,flow,");
    expect_says("frames", lines[301], "0,md,");
  }
  assert_false(well.act("free_energy u_nk a table a.left.u_nk.csv"));
  expect_says("twice", well.sentence, "file 'a.left.u_nk.csv' is named twice");
}

/* ---- points ---- */

/* F by samples alone, from the file */
static bgen_estimate reweighted(int basin)
{
  double sum = 0.0, squares = 0.0, n = 0.0;
  for (const std::string &line : data_lines("points.flow.dat")) {
    const std::vector<double> p = numbers_of(line);
    if (p[0] != basin + 1) continue;
    const double weight = p[1] == basin + 1 && p[2] == 1 ? std::exp(p[5]) : 0.0;
    sum += weight, squares += weight * weight, n++;
  }
  return {-std::log(sum / n), std::sqrt(squares - sum * sum / n) / sum};
}

static void test_points(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 2, 300);
  well.world.temperature = 1.5; /* of the fix, whatever is asked */
  good(well, "samples 3000 temperatures 2 1 mean v_r2 pe points points");
  expect_says("header", content_of("points.flow.dat"),
              "# samples of fix bg at T = 2|# flow basin in_domain u log_q log_w s v_r2 pe");
  assert_int_equal(data_lines("points.flow.dat").size(), 6000);
  assert_int_equal(data_lines("points.md.dat").size(), 0); /* there are none at T = 2 */
  for (const Basin b : {RIGHT, LEFT})
    near("F", reweighted(b), exact_free_energy(well.force, 2.0, b), 0.02);
  for (const std::string &line : data_lines("points.flow.dat")) {
    const std::vector<double> p = numbers_of(line);
    expect_close("log_w", p[5], -p[3] - p[4], 1e-8);
    expect_close("pe", p[8], 2.0 * p[3], 1e-8 * (1 + p[8]));
    const double y = std::sqrt(p[7] - p[6] * p[6]);
    expect_close("energy", well.force.energy(p[6], y), p[8], 1e-6 * (1 + p[8]));
  }
  well.world.temperature = 1.0;
  good(well, "samples 100 points points");
  assert_int_equal(data_lines("points.md.dat").size(), 1200);
}

/* ---- what cannot be ---- */

static void test_mistakes(void **)
{
  TwoWells well;
  well.other("other", 1.0);
  well.add_test_frames(well.state, 1.0, 2, 50);
  const struct {
    const char *line, *parts;
  } mistakes[] = {
      {"banana", "unknown keyword 'banana'|perturb"},
      {"mixture populations", "keyword 'mixture' no longer exists|bgen ID mixture populations"},
      {"file e", "keyword 'file' no longer exists|points NAME"},
      {"samples 1", "'1'|a number of samples"},
      {"temperatures 1 2 1", "temperature 1 is given twice"},
      {"temperatures 1 -2", "'-2'|a temperature"},
      {"temperatures 1 2 bootstrap 100", "bootstrap is for one temperature"},
      {"bootstrap 2", "'2'|between 20"},
      {"state", "the name of a state"},
      {"state a", "the name of a cv, pe, v_NAME"},
      {"state a s 1 0", "state a is empty|from 1 to 0"},
      {"state a v_nothing 0 1", "there is no 'v_nothing'"},
      {"mean c_nothing", "there is no 'c_nothing'"},
      {"profile p.dat s 1 1 10", "no bins"},
      {"profile p.dat s 0 1 0", "'0'|a number of bins"},
      {"against bg", "against needs another fix bgen than bg"},
      {"against nve", "there is no fix bgen 'nve'"},
      {"subsample maybe", "'maybe'|no, yes"},
      {"perturb", "a command in quotes"},
      {"samples 50 perturb \"temperature 2\"", "temperature of fix bg from 1 to 2"},
  };
  for (const auto &mistake : mistakes) {
    well.world.temperature = 1.0;
    assert_false(well.act(std::string("free_energy ") + mistake.line));
    expect_says(mistake.line, well.sentence, mistake.parts);
  }
  well.world.temperature = 1.0;
  assert_int_equal(well.host.commands.size(), 1); // of the last line alone
}

/* the fix that is asked, or the other one, is no more */
static void test_removed(void **)
{
  for (const char *id : {"bg", "other"}) {
    TwoWells well;
    well.add_test_frames(well.other("other", 1.0), 1.0, 2, 20);
    well.add_test_frames(well.state, 1.0, 2, 20);
    assert_false(well.act(std::string("free_energy samples 20 against other perturb \"unfix ") +
                          id + "\" \"k 0 1\""));
    expect_says("it", well.sentence, std::string("unfix ") + id + "|removed fix " + id);
    assert_int_equal(well.host.commands.size(), 1);
  }
}

static void test_missing(void **)
{
  TwoWells well;
  assert_false(well.act("free_energy samples 100"));
  expect_says("it", well.sentence, "basin right has no test frames|fix_modify bg frames test");
  TwoWells wrong;
  wrong.add_test_frames(wrong.state, 1.0, 2, 20);
  const double nowhere[] = {9.0, 1e200};
  wrong.state.frames.add(FrameUse::TEST, nowhere, 1.0);
  assert_true(wrong.act("free_energy samples 100")); // the model is not lost, the other basin given
  expect_says("it", wrong.host.warned,
              "test frame 41 of basin right at T = 1 has the energy inf|basin right: ");
  assert_true(std::isinf(wrong.state.free_energies[RIGHT][1]));
  assert_true(wrong.state.free_energies[LEFT][1] < 0.1);
}

/* What cannot be opened ends before any energy; a disk that is full, in a sentence with the
   path. */
static void test_unwritable(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 2, 20);
  for (const char *word : {"table", "profile", "convergence", "points", "u_nk"}) {
    const long long before = well.state.n_energy_calls();
    assert_false(well.act(std::string("free_energy samples 50 ") + word + " no/such"));
    expect_says(word, well.sentence, "cannot write no/such");
    assert_true(well.state.n_energy_calls() == before);
  }
  for (const char *word : {"table", "profile", "convergence"}) {
    assert_false(well.act(std::string("free_energy samples 50 ") + word + " /dev/full"));
    expect_says(word, well.sentence, "cannot write /dev/full: No space left");
  }
}

int main()
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_profile),
      cmocka_unit_test(test_bins),
      cmocka_unit_test(test_plane),
      cmocka_unit_test(test_convergence),
      cmocka_unit_test(test_convergence_changes_nothing),
      cmocka_unit_test(test_reduced_potentials),
      cmocka_unit_test(test_points),
      cmocka_unit_test(test_mistakes),
      cmocka_unit_test(test_removed),
      cmocka_unit_test(test_missing),
      cmocka_unit_test(test_unwritable),
  };
  const Folder folder;
  std::filesystem::current_path(folder / "");
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
