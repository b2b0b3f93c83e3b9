/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_split.cpp - "bgen ID free_energy split": basins as unions of sub-states, of which the test
   frames visit one four times too seldom; beside quadrature, no LAMMPS */

#include "input/text.h"
#include "known_molecule.h"
#include "two_wells.h"

#include "double_well.h"

#include <filesystem>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

/* The flows have learned wells that are symmetric along y, and these are not: with flows that are
   right, all frames tell the same, wherever they are. */
struct Tilted : TwoWells {
  Tilted() { force.tilt = 0.8; }
};

/* of 8 walkers; every frame with y > 0, below it every `nth` */
static void add_frames(TwoWells &well, int nth)
{
  for (int walker = 0; walker < 8; walker++) {
    well.state.frames.walker++;
    for (const Basin b : {RIGHT, LEFT})
      for (int i = 0; i < 400; i++) {
        well.wander(b == RIGHT ? 1.0 : 0.0);
        if (well.world.x[1] < 0.0 && i % nth) continue;
        well.state.frames.add(FrameUse::TEST, well.world.x.data(), 1.0);
      }
  }
}

static void good(TwoWells &well, const std::string &line)
{
  if (!well.act("free_energy " + line)) fail_msg("%s: %s", line.c_str(), well.sentence.c_str());
}

/* the numbers of the line of a sub-state: F, error, shares, frames, samples */
static std::vector<double> row(const TwoWells &well, const std::string &basin,
                               const std::string &ranges)
{
  for (const std::string &line : lines_of(well.host.printed))
    if (line.find(basin) == 0 && line.find("v_y " + ranges) != std::string::npos)
      return numbers_of(line);
  fail_msg("no line of %s %s in %s", basin.c_str(), ranges.c_str(), well.host.printed.c_str());
  return {};
}

static bgen_estimate free_energy(const TwoWells &well, Basin b)
{
  return {well.state.free_energies[b][0], well.state.free_energies[b][1]};
}

static void test_wrong_proportions(void **)
{
  Tilted well;
  add_frames(well, 4);
  const double exact[] = {exact_free_energy(well.force, 1.0, RIGHT),
                          exact_free_energy(well.force, 1.0, LEFT)};
  good(well, "samples 4000");
  for (const Basin b : {RIGHT, LEFT}) { // frames below 0 are far too few
    const bgen_estimate f = free_energy(well, b);
    assert_true(std::fabs(f.value - exact[b]) > 5.0 * f.error);
  }
  good(well, std::string("samples 4000 bootstrap 50 table table.dat") + " split v_y 0");
  for (const Basin b : {RIGHT, LEFT}) near("F", free_energy(well, b), exact[b], 0.02);
  expect_close("F in the file", result_in("table.dat", "F(left)").value,
               well.state.free_energies[LEFT][0], 1e-8);
}

static void test_rows(void **)
{
  Tilted well;
  add_frames(well, 4);
  good(well, std::string("samples 4000") + " split v_y 0");
  const std::vector<double> low = row(well, "right", "-inf to 0"),
                            high = row(well, "right", "0 to inf");
  const double exact = exact_free_energy(well.force, 1.0, RIGHT),
               share = exact_mean(well.force, 1.0, RIGHT,
                                  [](double, double y) { return y < 0.0 ? 1.0 : 0.0; });
  near("low", {low[0], low[1]}, exact - std::log(share), 0.05);
  near("high", {high[0], high[1]}, exact - std::log1p(-share), 0.05);
  expect_close("share", low[2], 100.0 * share, 2.0);
  expect_close("shares", low[2] + high[2], 100.0, 0.01);
  expect_close("frames", low[3], 100.0 * low[4] / (low[4] + high[4]), 0.001);
  expect_close("samples", low[5] + high[5], 4000.0, 100.0);
  assert_true(low[3] < 0.6 * low[2]);
  assert_true(well.host.printed.find("differs from BAR") == std::string::npos);
  assert_true(well.host.warned.empty());
}

/* a sub-state without frames is that of samples alone, and without samples a bound */
static void test_not_visited(void **)
{
  Tilted well;
  add_frames(well, 1000000); // below 0 the first of each walker
  good(well, "samples 4000 split v_y -0.02 -0.01");
  expect_says("it", well.host.printed, "v_y -0.02 to -0.01: no test frames: F is by samples");
  good(well, "samples 4000 split s 8 9");
  expect_says("it", well.host.printed,
              "right: 2 of 3 sub-states have neither test frames nor samples and do not count");
  good(well, "samples 2 split s 1.5 2.7 split v_y 0");
  expect_says("it", well.host.printed, "no samples of the flow: F is above |(95 %)");
  assert_true(std::isinf(well.state.free_energies[RIGHT][1]));
}

static void test_two_quantities(void **)
{
  Tilted well;
  add_frames(well, 4);
  good(well, "samples 4000 split s 2.5 split v_y 0");
  for (const Basin b : {RIGHT, LEFT})
    near("F", free_energy(well, b), exact_free_energy(well.force, 1.0, b), 0.02);
  expect_says("it", well.host.printed, "s -inf to 2.5, v_y 0 to inf");
}

/* the ranges of a torsion go around */
static void test_circle(void **)
{
  KnownMolecule molecule;
  std::vector<double> x(KnownMolecule::DIM);
  size_t n_kept = 0;
  for (uint64_t i = 0; n_kept < 1200; i++) {
    molecule.draw(100000 + i, -1, x.data());
    const bgen_basins &basins = molecule.state->variables.basins();
    if (std::fabs(bgen_basins_cv(&basins, 0, x.data())) > 100.0 && i % 4) continue;
    molecule.state->frames.add(FrameUse::TEST, x.data(), 1.0);
    n_kept++;
  }
  molecule.act("train steps 200 batch 64 every 200");
  molecule.act("free_energy samples 3000 split phi -100 100");
  const std::string &said = molecule.host.printed;
  expect_says("it", said, "phi -100 to 100");
  expect_says("it", said, "phi 100 to -100");
  for (int k = 0; k < 2; k++)
    near("F", {molecule.state->free_energies[k][0], molecule.state->free_energies[k][1]},
         KnownMolecule::exact(k), 0.1);
  expect_says("it", molecule.sentence("free_energy split phi 10"), "needs two edges or more");
  expect_says("it", molecule.sentence("free_energy split phi 10 200"), "edge 200|-180 to 180");
  expect_says("it", molecule.sentence("free_energy split phi -180 180"), "are the same value");
}

static void test_mistakes(void **)
{
  const struct {
    const char *line, *says;
  } mistakes[] = {
      {"split", "split|expected the name of a cv"},
      {"split s", "an edge between sub-states"},
      {"split far 1", "'far'"},
      {"split s 2 1", "edge 1 stands after 2|rising order"},
      {"split s 1 1", "edge 1 stands after 1"},
      {"split s inf", "'inf'"},
      {"split s 1 temperatures 1 2", "split is for one temperature at a time, not for 2"},
      {"split s 1 mean s", "use another line for mean"},
      {"split s 1 state high s 2 3", "use another line for state"},
      {"split s 1 profile p.dat", "use another line for profile"},
      {"split s 1 perturb \"k 1 2\"", "use another line for perturb"},
  };
  Tilted well;
  add_frames(well, 1);
  std::string many; // 32^13 do not fit into 64 bits
  for (int i = 0; i < 31; i++) many += " " + std::to_string(i);
  many = " split s" + many;
  good(well, "samples 2" + many + " split v_y 0"); // 64
  std::string more = "free_energy" + many + many;
  assert_false(well.act(more));
  expect_says("2", well.sentence, "invalid number of sub-states 1024: at most 1000, so use fewer");
  for (int i = 2; i < 13; i++) more += many;
  assert_false(well.act(more));
  expect_says("13", well.sentence,
              "invalid number of sub-states 3.6893|e+19: at most 1000, so use");
  for (const auto &mistake : mistakes) {
    assert_false(well.act(std::string("free_energy ") + mistake.line));
    expect_says(mistake.line, well.sentence, mistake.says);
  }
}

int main()
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_wrong_proportions),
      cmocka_unit_test(test_rows),
      cmocka_unit_test(test_not_visited),
      cmocka_unit_test(test_two_quantities),
      cmocka_unit_test(test_circle),
      cmocka_unit_test(test_mistakes),
  };
  const Folder folder;
  std::filesystem::current_path(folder / "");
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
