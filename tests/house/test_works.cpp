/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_works.cpp - "bgen ID works" of jumps between two wells, and "bgen ID mixture" */

#include "two_wells.h"

#include "double_well.h"

#include <algorithm>
#include <filesystem>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

static void good(TwoWells &well, const std::string &line)
{
  if (!well.act(line)) fail_msg("%s: %s", line.c_str(), well.sentence.c_str());
}

/* the works of a file, by its first three columns */
static std::vector<double> works(const std::string &move, const char *from, const char *to)
{
  const std::string begin = move + " " + from + " " + to + " ";
  std::vector<double> found;
  for (const std::string &line : data_lines("works.dat"))
    if (line.compare(0, begin.size(), begin) == 0)
      found.push_back(atof(line.c_str() + begin.size()));
  return found;
}

/* -ln <e^-w> / the share of those of the other way that arrive */
static double jarzynski(const std::vector<double> &there, const std::vector<double> &back)
{
  double sum = 0.0, n_arrive = 0.0;
  for (const double work : there) sum += std::exp(-work);
  for (const double work : back) n_arrive += std::isfinite(work);
  return -std::log(sum / static_cast<double>(there.size()) /
                   (n_arrive / static_cast<double>(back.size())));
}

static void check_row(TwoWells &well, const std::string &row, const std::string &move, double exact)
{
  const std::vector<double> numbers = numbers_of(row), there = works(move, "right", "left"),
                            back = works(move, "left", "right");
  const size_t first = numbers.size() - 10; // a number in the name of the move comes before
  const double *n = &numbers[first];
  expect_close("There", n[0], static_cast<double>(there.size()), 0.0);
  expect_close("Back", n[1], static_cast<double>(back.size()), 0.0);
  near("there", {n[2], n[3]}, exact, 0.05);
  near("back", {n[4], n[5]}, exact, 0.05);
  near("BAR", {n[6], n[7]}, exact, 0.05);
  expect_close("Jarzynski there", n[2], jarzynski(there, back), 1e-4);
  expect_close("Jarzynski back", n[4], -jarzynski(back, there), 1e-4);
  expect_close("energy", n[8], well.world.temperature * n[6], 2e-4);
  expect_close("error", n[9], well.world.temperature * n[7], 0.06 * n[9] + 1e-4);
}

/* tests/estimate/test_tables.py reads such a file as others do */
static void check_reduced(const std::string &move)
{
  const std::string path = "reduced." + move + ".right.left.u_nk.csv";
  const size_t n_there = works(move, "right", "left").size(),
               n_back = works(move, "left", "right").size();
  const std::vector<std::string> lines = data_lines(path);
  expect_says("head", content_of(path),
              "works of " + move + " from right to left of fix bg|T = 1.3, kT = 1.3, units lj|" +
                  std::to_string(n_there) + " of from, " + std::to_string(n_back) +
                  " of to|F(to) - F(from) = ");
  assert_int_equal(lines.size(), 1 + n_there + n_back);
  expect_same("names", lines[0], "time,state,from,to");
  for (const double work : {works(move, "right", "left")[0], works(move, "left", "right")[0]})
    if (std::isinf(work)) expect_says("infinite", content_of(path), ",10000000000");
  expect_says("first", lines[1], "0,from,0,");
  expect_says("back", lines[1 + n_there], "0,to,");
}

/* files are those that are written, not what their names begin with; all can be, or none is */
static void check_names(TwoWells &well)
{
  std::filesystem::remove("works.dat");
  good(well, "works works.dat u_nk works.dat");
  assert_int_equal(data_lines("works.dat").size(), 3000);
  assert_true(std::filesystem::exists("works.dat.transfer_2.right.left.u_nk.csv"));
  assert_false(well.act("works w.transfer.right.left.u_nk.csv u_nk w"));
  expect_says("it", well.sentence, "'w.transfer.right.left.u_nk.csv' is named twice");
  assert_false(std::filesystem::exists("w.transfer.right.left.u_nk.csv"));
  assert_false(well.act("works again.dat u_nk no/such"));
  expect_says("it", well.sentence, "cannot write no/such.transfer.right.left.u_nk.csv");
  assert_false(std::filesystem::exists("again.dat"));
}

static void test_works(void **)
{
  TwoWells well("move transfer 1 move transfer 2");
  well.world.temperature = 1.3;
  const double exact =
      exact_free_energy(well.force, 1.3, LEFT) - exact_free_energy(well.force, 1.3, RIGHT);
  const double right = 1.0 / (1.0 + std::exp(-exact));
  for (int i = 0; i < 3000; i++) {
    well.wander(right);
    well.state.attempt_jump();
  }
  good(well, "works works.dat u_nk reduced");
  const std::string printed = well.host.printed;
  expect_says("it", printed, "F(to) - F(from) in kT, T = 1.3|works written to works.dat");
  size_t n_rows = 0, n_works = 0;
  for (const std::string &line : lines_of(printed))
    for (const std::string &move : {std::string("transfer    "), std::string("transfer 2  ")})
      if (line.compare(0, move.size(), move) == 0) {
        const std::string name = move[9] == '2' ? "transfer_2" : "transfer";
        check_row(well, line, name, exact);
        n_works += works(name, "right", "left").size() + works(name, "left", "right").size();
        n_rows++;
      }
  assert_int_equal(n_rows, 2);
  assert_int_equal(n_works, 3000);
  check_reduced("transfer");
  check_reduced("transfer_2");
  assert_int_equal(data_lines("works.dat").size(), 3000);
  check_names(well);
}

static void test_without_works(void **)
{
  TwoWells well;
  good(well, "works works.dat");
  expect_same("printed", well.host.printed, "bgen bg: works written to works.dat\n");
  assert_true(data_lines("works.dat").empty());
  assert_false(well.act("works"));
  expect_says("it", well.sentence, "a file name");
  assert_false(well.act("works a b"));
  expect_says("it", well.sentence, "unknown keyword 'b'|u_nk");
  assert_false(well.act("works a u_nk"));
  expect_says("it", well.sentence, "the beginning of file names");
  assert_false(well.act("works no/such"));
  expect_says("it", well.sentence, "cannot write no/such");
}

/* ---- the mixture ---- */

static double weight(const TwoWells &well, Basin b)
{
  return bgen_generator_weight(well.state.model.generator(), b);
}

static void test_mixture(void **)
{
  TwoWells well;
  assert_false(well.act("mixture populations"));
  expect_says("it", well.sentence, "populations needs the free energy of each basin|free_energy");
  well.add_test_frames(well.state, 1.0, 4, 400);
  good(well, "free_energy samples 3000");
  expect_close("as before", weight(well, RIGHT), 0.5, 0.0); // an estimate changes no model
  const uint64_t before = well.state.model.checksum();
  well.state.continued = true;
  good(well, "mixture populations");
  const double share = std::exp(exact_free_energy(well.force, 1.0, BOTH) -
                                exact_free_energy(well.force, 1.0, RIGHT));
  expect_close("right", weight(well, RIGHT), share, 0.005); // F is known to 0.003
  expect_close("both", weight(well, RIGHT) + weight(well, LEFT), 1.0, 1e-12);
  assert_true(well.state.model.checksum() != before && !well.state.continued);
  expect_says("it", well.host.printed, "bgen bg mixture: weights of the flows: right 0.");
  good(well, "mixture equal");
  expect_close("equal", weight(well, LEFT), 0.5, 0.0);
  assert_true(well.state.model.checksum() == before);
}

static void test_mistakes(void **)
{
  TwoWells well;
  const struct {
    const char *line, *parts;
  } mistakes[] = {{"mixture", "equal or populations"},
                  {"mixture keep", "unknown keyword 'keep'|equal, populations"},
                  {"mixture equal 2", "unexpected argument '2'"}};
  for (const auto &mistake : mistakes) {
    assert_false(well.act(mistake.line));
    expect_says(mistake.line, well.sentence, mistake.parts);
  }
}

int main()
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_works), cmocka_unit_test(test_without_works),
      cmocka_unit_test(test_mixture), cmocka_unit_test(test_mistakes)};
  const Folder folder;
  std::filesystem::current_path(folder / "");
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
