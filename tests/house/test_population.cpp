/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_population.cpp - populations from flows and from frames: free energies beside closed forms,
   what they write, and that they repeat

   Statistical checks have fixed seeds and allow 5 of the error bars that the action prints; these
   are by the spread of 8 repeats, so a free seed would fail one check in 600 without cause. */

#include "actions/population_options.h"
#include "double_well.h"
#include "input/error.h"

#include <cmath>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

/* F(T) - F(1) of a well, U = -ln share + 2 ln width + r^2 / (2 width^2) in it */
static double exact_at(const DoubleWell &d, int k, double T)
{
  const Wells::Well &well = d.wells.wells[k];
  const double least = -std::log(well.share) + 2.0 * std::log(well.width);
  return least / T - least - std::log(T);
}

/* the numbers of the row of a basin and a stage: stage, at, F, error, F-energy, error, ... */
static std::vector<double> row(const std::string &printed, const std::string &basin, int stage)
{
  for (const std::string &line : lines_of(printed)) {
    const std::vector<double> numbers = numbers_of(line);
    if (line.compare(0, basin.size(), basin) == 0 && !numbers.empty() && numbers[0] == stage)
      return numbers;
  }
  fail_msg("no stage %d of %s in '%s'", stage, basin.c_str(), printed.c_str());
  return {};
}

static void check_free_energy(const std::vector<double> &row, double exact, double most)
{
  expect_close("error", row[3], 0.5 * most, 0.5 * most); // between 0 and most
  expect_close("F", row[2], exact, 5.0 * row[3] + 5e-5); // four digits are printed
}

/* a flow that is too wide and beside its well */
static void fit_badly(DoubleWell &d)
{
  for (int i = 0; i < 400; i++) {
    double x[2];
    const Wells one = {{d.wells.wells[i % 2]}};
    one.draw(i, x);
    x[1] = 1.3 * x[1] + 0.2;
    d.state.frames.add(FrameUse::TRAIN, x, 1.0);
  }
  for (int k = 0; k < 2; k++) d.state.frames.prepare(k, Frames::KEEP);
}

static void test_from_flow(void **)
{
  DoubleWell d;
  fit_badly(d);
  const long long before = d.state.engine.n_energy_calls();
  d.act("population 100 from flow stages 5 steps 5");
  const std::string printed = d.printed();
  for (int k = 0; k < 2; k++) {
    const std::string name = d.state.variables.basin_name(k);
    check_free_energy(row(printed, name, 5), d.exact(k), 0.1);
    for (int t = 0; t <= 5; t++) expect_close("lambda", row(printed, name, t)[1], t / 5.0, 1e-5);
    expect_close("F at first", row(printed, name, 0)[2], 0.0, 0.0);
  }
  const long long calls = 2 * 8 * 100 * (1 + 5 * 5); // basins, repeats, walkers, stages of steps
  assert_true(d.state.engine.n_energy_calls() - before == calls);
  expect_says("head", printed,
              "bgen bg population: F = -ln Z in kT, kT = 1, from flow|8 populations of 100 "
              "walkers|5 stages of 5 steps, 41600 energies|F(right) - F(left) = |(T = 1)");
  /* each resampling takes a number, too */
  assert_true(d.state.chain.count(BGEN_COUNT_ANNEALED) == 2 * 8 * (100 + 5 * (100 + 1)));
  assert_true(d.state.chain.count(BGEN_COUNT_SAMPLES) == 2 * 8 * 100);
}

/* the difference line: F(right) - F(left) */
static std::vector<double> difference(const std::string &printed, const std::string &end)
{
  for (const std::string &line : lines_of(printed))
    if (line.find("F(right) - F(left) = ") == 0 && line.find(end) != std::string::npos)
      return numbers_of(line);
  fail_msg("no difference %s in '%s'", end.c_str(), printed.c_str());
  return {};
}

/* where few walkers carry the weight they are multiplied, and families die out */
static void test_resampled(void **)
{
  DoubleWell d;
  fit_badly(d);
  d.act("population 100 from flow stages 1 steps 5 basin left");
  const std::vector<double> few = row(d.printed(), "left", 1);
  assert_true(few[6] > 50.0 && few[7] == 100.0); // the ESS is enough: nothing is resampled
  d.add_frames(FrameUse::TRAIN, 4000, 0);
  d.act("population 100 from frames to 0.1 stages 1 steps 5 basin left");
  const std::vector<double> many = row(d.printed(), "left", 1);
  assert_true(many[6] < 50.0 && many[7] < 60.0);
}

static void test_both_ways(void **)
{
  DoubleWell d;
  fit_badly(d);
  d.add_frames(FrameUse::TEST, 500, 5000);
  d.act("population 100 from flow stages 5 steps 5 resample no power 2");
  const std::string printed = d.printed();
  /* there, and for each frame but at the last stage of the way back, where nothing moves */
  const long long calls = 2 * 8 * 100 * (1 + 5 * 5) + 2 * 250 * (1 + 4 * 5);
  expect_says("lines", printed,
              "without resampling, 5 stages of 5 steps, " + std::to_string(calls) + " energies");
  for (int t = 1; t <= 5; t++) expect_close("families", row(printed, "left", t)[7], 100.0, 0.0);
  for (int t = 0; t <= 5; t++)
    expect_close("lambda", row(printed, "left", t)[1], t * t / 25.0, 1e-5);
  size_t n_lines = 0;
  for (const std::string &line : lines_of(printed)) {
    if (line.find("kT (BAR), ") == std::string::npos) continue;
    const int k = line.find("F(right)") == 0 ? 0 : 1;
    double bar, bar_error, frames, frames_error;
    assert_true(sscanf(line.c_str() + line.find(") = "),
                       ") = %lf +- %lf kT (BAR), %lf +- %lf kT (from 250 frames alone)", &bar,
                       &bar_error, &frames, &frames_error) == 4);
    expect_close("BAR error", bar_error, 0.03, 0.03);
    expect_close("BAR", bar, d.exact(k), 5.0 * bar_error + 5e-5);
    expect_close("frames", frames, d.exact(k), 5.0 * frames_error + 5e-5);
    n_lines++;
  }
  assert_true(n_lines == 2);
  for (const char *end : {"(T = 1)", "(T = 1, BAR)"}) {
    const std::vector<double> found = difference(printed, end);
    expect_close(end, found[0], d.exact(0) - d.exact(1), 5.0 * found[1] + 5e-5);
  }
}

static void test_from_frames(void **)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 4000, 0);
  const double start = d.exact(0) - d.exact(1);
  char line[200];
  snprintf(line, sizeof line,
           "population 100 from frames to 0.5 stages 4 steps 5 start given %.10g 0", start);
  d.act(line);
  const std::string printed = d.printed();
  for (int t = 0; t <= 4; t++) {
    const double T = std::pow(0.5, t / 4.0);
    for (int k = 0; k < 2; k++) {
      const std::vector<double> found = row(printed, d.state.variables.basin_name(k), t);
      expect_close("T", found[1], T, 1e-5);
      expect_close("F", found[2], exact_at(d, k, T), 5.0 * found[3] + 5e-5);
      expect_close("F-energy", found[4], T * found[2], 1e-4);
    }
  }
  const std::vector<double> found = difference(printed, "(T = 0.5)");
  const double exact = start + exact_at(d, 0, 0.5) - exact_at(d, 1, 0.5);
  expect_close("difference", found[0], exact, 5.0 * found[1] + 5e-5);
  assert_true(d.state.chain.count(BGEN_COUNT_SAMPLES) == 0);
}

/* by visits: one run that has gone to and fro */
static void test_start_by_frames(void **)
{
  DoubleWell d;
  for (int i = 0; i < 4000; i++) {
    double x[2];
    d.wells.draw(i, x);
    d.state.frames.add(FrameUse::TRAIN, x, 1.0);
  }
  d.act("population 50 from frames to 0.8 stages 1 steps 2 start frames");
  const std::string printed = d.printed();
  const std::vector<double> found = difference(printed, "(T = 1)");
  expect_close("visits", found[0], d.exact(0) - d.exact(1), 5.0 * found[1]);
  expect_close("their error", found[1], 0.05, 0.04);
  d.act("population 50 from frames to 0.8 stages 1 steps 2");
  assert_true(d.printed().find("F(right) - F(left)") == std::string::npos);
}

/* 4 frames say next to nothing of where the basins start, and the run goes on */
static void test_start_by_few_frames(void **)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 4, 0);
  d.act("population 10 from frames repeats 2 to 2 stages 1 steps 1 start frames");
  const std::vector<double> found = difference(d.printed(), "(T = 1)");
  assert_true(std::isinf(found[1]));
}

/* samples outside the domain of their flow have no weight */
static void test_identical(void **)
{
  TwoIdentical d;
  Line line = line_of("bgen", "population 200 from flow stages 3");
  bgen::act(d.state, line, d);
  check_free_energy(row(d.host.printed, "all", 3), -std::log(M_PI), 0.1);
}

/* ---- files ---- */

static void test_files(void **)
{
  const Folder folder;
  std::string tables[2], dumps[2];
  for (int again = 0; again < 2; again++) {
    DoubleWell d;
    fit_badly(d);
    d.act("population 20 from flow stages 2 steps 2 repeats 3 basin left file " +
          (folder / "t.dat") + " dump " + (folder / "t.dump"));
    tables[again] = content_of(folder / "t.dat");
    dumps[again] = content_of(folder / "t.dump");
    const std::vector<double> printed = row(d.printed(), "left", 2);
    const std::vector<double> written = numbers_of(lines_of(tables[again]).back());
    for (size_t c = 0; c < printed.size(); c++)
      expect_close("column", written[c], printed[c], 1e-2 * (1.0 + std::fabs(printed[c])));
  }
  expect_same("table", tables[0], tables[1]);
  expect_same("dump", dumps[0], dumps[1]);
  const std::vector<std::string> table = lines_of(tables[0]), dump = lines_of(dumps[0]);
  assert_true(table.size() == 2 + 3 && table[1] == "# Basin Stage Lambda F Error F-energy "
                                                   "Error-energy ESS-% Families Acceptance-%");
  expect_says("first stage", table[2], "left 0 0 0.000000|nan nan");
  assert_true(dump.size() == 20 * 10);
  const DoubleWell d;
  for (size_t i = 9; i < dump.size(); i += 10) {
    const std::vector<double> atom = numbers_of(dump[i]); // id type x y u log_w
    double grad[2];
    expect_close("u", atom[4], d.wells.energy(&atom[2], grad), 1e-8);
    assert_true(atom.size() == 6 && atom[2] < 0.0 && std::isfinite(atom[5]));
  }
}

/* reduced energies are those of the last stage, weights those of the basins' partition functions */
static void test_dump_at_another_temperature(void **)
{
  const Folder folder;
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 4000, 0);
  const double start = d.exact(0) - d.exact(1);
  char line[200];
  snprintf(line, sizeof line,
           "population 200 from frames to 0.5 stages 2 start given %.10g 0 dump ", start);
  d.act(line + (folder / "t.dump"));
  const std::vector<std::string> dump = lines_of(content_of(folder / "t.dump"));
  double sum[2] = {0.0, 0.0};
  for (size_t i = 9; i < dump.size(); i += 10) {
    const std::vector<double> atom = numbers_of(dump[i]);
    double grad[2];
    expect_close("u", atom[4], d.wells.energy(&atom[2], grad) / 0.5, 1e-8);
    sum[atom[2] < 0.0] += std::exp(atom[5]);
  }
  /* one population of each: its F has a spread of 0.1 about */
  const double exact = start + exact_at(d, 0, 0.5) - exact_at(d, 1, 0.5);
  expect_close("difference", std::log(sum[1] / sum[0]), exact, 0.5);
}

/* ---- the line ---- */

static void test_keywords(void **)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 100, 0);
  Line line = line_of("bgen population",
                      "7 from frames to 2 stages 3 steps 4 dt 0.5 damp 2 repeats 5 resample no "
                      "start given 0.5 0.1 file a dump b");
  const PopulationSettings s = read_population_settings(line, d.state);
  assert_true(s.n == 7 && !s.from_flow() && s.to == 2.0 && s.n_stages == 3 && s.n_repeats == 5);
  assert_true(s.langevin.n_steps == 4 && s.langevin.dt == 0.5 && s.langevin.damp == 2.0);
  assert_true(!s.resamples && s.at_start[1].value == -0.5 && s.at_start[1].error == 0.1);
  assert_true(s.path == "a" && s.dump_path == "b" && s.basin == -1);
  assert_true(s.ladder.first == 1.0 && s.ladder.last == 2.0 && s.ladder.n_stages == 3);
  d.state.frames.prepare(0, Frames::KEEP);
  d.state.frames.prepare(1, Frames::KEEP);
  Line other = line_of("bgen population", "7 from flow power 2 basin left");
  const PopulationSettings t = read_population_settings(other, d.state);
  assert_true(t.from_flow() && t.ladder.power == 2.0 && t.basin == 1 && t.n_stages == 20);
  assert_true(t.n_repeats == 8 && t.langevin.n_steps == 10 && t.resamples);
}

static void test_mistakes(void **)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 4, 0);
  const char *const mistakes[][2] = {
      {"", "number of walkers"},
      {"0", "'0'|number of walkers"},
      {"10", "from flow|from frames"},
      {"10 from nowhere", "'nowhere'|flow, frames"},
      {"10 from flow speed 2", "'speed'|repeats"},
      {"10 from flow", "no flow yet"},
      {"10 from flow to 2", "to and start|from frames"},
      {"10 from flow start frames", "to and start|from frames"},
      {"10 from frames power 2", "power|geometric"},
      {"10 from frames repeats 1", "'1'|repeats"},
      {"10 from frames stages 0", "'0'|stages"},
      {"10 from frames steps 0", "'0'|steps"},
      {"10 from frames dt 0", "'0'|timestep"},
      {"10 from frames damp 0", "'0'|damping"},
      {"10 from flow power 0", "'0'|power"},
      {"10 from frames to 0", "'0'|temperature"},
      {"10 from frames resample maybe", "'maybe'|no, yes"},
      {"10 from frames basin middle", "'middle'"},
      {"10 from frames start maybe", "'maybe'|none, frames, given"},
      {"10 from frames start given inf 1", "'inf'"},
      {"10 from frames start given 1 -1", "'-1'|error"},
      {"10 from frames start given 0.5", "'0.5'|error"},
      {"10 from frames basin left start frames", "one basin"},
      {"10 from frames to 2", "basin right has 2 frames|8 repeats"},
      {"10 from frames repeats 2", "temperature 1 already"},
      {"10 from frames repeats 2 to 2 file /no/t.dat", "/no/t.dat"},
      {"10 from frames repeats 2 to 2 dump /no/t.dump", "/no/t.dump"},
      {"10 from frames repeats 2 to 2 stages 1 steps 1 file /dev/full", "No space left"},
      {"10 from frames repeats 2 to 2 stages 1 steps 1 dump /dev/full", "No space left"}};
  for (const auto &mistake : mistakes)
    expect_says(mistake[0], d.sentence(std::string("population ") + mistake[0]),
                std::string("bgen|: |") + mistake[1]);
  DoubleWell offsets("offset right 1");
  offsets.add_frames(FrameUse::TRAIN, 100, 0);
  expect_says("offsets", offsets.sentence("population 10 from frames to 2 start frames"),
              "offsets|start given");
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_from_flow),
                              cmocka_unit_test(test_resampled),
                              cmocka_unit_test(test_both_ways),
                              cmocka_unit_test(test_from_frames),
                              cmocka_unit_test(test_start_by_frames),
                              cmocka_unit_test(test_start_by_few_frames),
                              cmocka_unit_test(test_identical),
                              cmocka_unit_test(test_files),
                              cmocka_unit_test(test_dump_at_another_temperature),
                              cmocka_unit_test(test_keywords),
                              cmocka_unit_test(test_mistakes)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
