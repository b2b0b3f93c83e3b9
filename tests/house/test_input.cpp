/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_input.cpp - input lines of the fix without LAMMPS: what each keyword sets */

#include "input_lines.h"

#include <cmath>
#include <vector>

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

static void test_defaults(void **)
{
  const Settings s = read("0 v_T 7", 3);
  assert_true(s.nevery == 0 && s.seed == 7 && s.n_space == 3 && s.collect == 0);
  assert_true(!s.tunes && !s.tunes_offsets && !s.resample_velocities && !s.has_identical());
  assert_true(s.n_threads == 0 && s.overlap == 0.0 && s.bond_max == 0.0 && s.offsets.size() == 1);
  expect("temperature", s.temperature, "v_T");
  expect("coords", s.coords_text(), "cartesian xyz");
  expect("coords in two dimensions", read("0 v_T 7", 2).coords_text(), "cartesian xy");
  expect("identical", s.identical_text(), "none");
  expect("mirrors", s.mirrors_text(), "none");
  expect("cvs", cvs_text(s.cvs), "");
  expect("basins", s.basins_text(), "all");
  expect("moves", s.moves_text(), "fresh 1");
  expect("offsets", s.offsets_text(), "none");
  expect("flow", s.flow, "whiten; realnvp blocks 12 width 100 depth 2");
}

/* with coords internal */
static void test_molecules(void **)
{
  const Settings s = settings("coords internal", 3);
  assert_true(s.folds_leaves() && s.circles == Settings::AUTO && s.tree_file.empty());
  expect("coords", s.coords_text(), "internal xyz");
  expect("identical", s.identical_text(), "leaves");
  expect("flow", s.flow, "molecule");
  expect("flow", settings("coords internal flow whiten", 3).flow, "whiten");
  expect("circles", s.circles_text(), "by the training frames");
  expect("circles", settings("coords internal circles all", 3).circles_text(), "all torsions");
  expect("circles", settings("coords internal circles 4 9", 3).circles_text(),
         "torsions of atoms 4 9");
  expect("file", settings("coords internal file F xyz circles none", 3).tree_file, "F");
  expect("identical", settings("coords internal identical none", 3).identical_text(), "none");
  expect("identical", settings("coords internal identical atoms 5 6 7", 3).identical_text(),
         "swap 5 6 7");
  expect_refused("0 1.0 7 coords internal", "coords internal moves x, y and z of each atom, not xy",
                 2);
  expect_refused("0 1.0 7 coords internal xy", "not xy: use coords aligned", 3);
  expect_refused("0 1.0 7 circles all", "circles needs coords internal", 3);
  expect_refused("0 1.0 7 coords internal identical types 1", "identical types cannot be used with",
                 3);
  expect_refused("0 1.0 7 coords internal identical none identical atoms 5 6", "remove one of them",
                 3);
  expect_refused("0 1.0 7 coords internal mirror x 0", "a mirror needs coords cartesian", 3);
  expect_refused("0 1.0 7 coords internal cv s coordinate 1 x", "cv s changes where |or turned", 3);
}

/* The texts are what model files and restart files hold: they are as they have always been. */
static void test_texts(void **)
{
  const Settings s = settings(
      "identical types 2 1 identical atoms 5 6 7 identical types 3 mirror x 0.5 mirror z -1 "
      "cv s coordinate 1 x cv d distance 3 4 basin right s 0 10 basin right d 1 5 basin left s -10 "
      "0 "
      "cv w linear 1 x 0.5 2 y -2 cv a angle 1 2 3 cv t dihedral 1 2 3 4 offset right 1.5",
      3);
  expect("identical", s.identical_text(), "type 2 1 3; swap 5 6 7");
  expect("identical", s.identical_as_typed(), "types 2 1 3; atoms 5 6 7");
  expect("mirrors", s.mirrors_text(), "x 0.5 z -1");
  expect("cvs", cvs_text(s.cvs),
         "s coordinate 1 x; d distance 3 4; w linear 1 x 0.5 2 y -2; a angle 1 2 3; "
         "t dihedral 1 2 3 4");
  expect("basins", s.basins_text(), "right s 0 10 d 1 5; left s -10 0");
  expect("offsets", s.offsets_text(), "right 1.5");
  assert_true(s.basins[1].ranges.size() == 5 && std::isinf(s.basins[1].ranges[4].low));
  assert_true(s.offsets.size() == 2 && s.offsets[0] == 1.5 && s.offsets[1] == 0.0);
}

/* the sentences of the chain that a restart file keeps, from tests/plugin/test_fix_bgen.py */
static void test_texts_of_moves(void **)
{
  const std::string basins = "cv s coordinate 1 x basin right s 0 10 basin left s -10 0 ";
  expect("moves",
         settings(basins + "move fresh 2 move near 2 0.5 move transfer 1 move fresh 1 tries 3")
             .moves_text(),
         "fresh 2, near 2 step 0.5, transfer 1, fresh 1 tries 3");
  expect("paths",
         settings(
             basins +
             "move driven 2 s 1.69 -1.9 spring 40 steps 20 dt 0.05 escort yes heat 1.5 "
             "move annealed 2 steps 8 dt 0.05 move annealed 1 steps 5 start transfer power 2 "
             "move near 1 auto move annealed 1 space latent metropolis steps schedule auto steps 4 "
             "move driven 1 s 0 1 spring 2 steps 3 atoms water escort frames")
             .moves_text(),
         "driven 2 s 1.69 -1.9 spring 40 steps 20 dt 0.05 escort yes heat 1.5, "
         "annealed 2 start any power 1 steps 8 dt 0.05, annealed 1 start transfer power 2 steps 5, "
         "near 1 step auto, annealed 1 start any power 1 space latent metropolis steps schedule "
         "auto steps 4, "
         "driven 1 s 0 1 spring 2 steps 3 atoms water escort frames");
}

static void test_moves(void **)
{
  const Settings s = settings("cv s coordinate 1 x basin r s 0 9 basin l s -9 0 move fresh 2 "
                              "move fresh 1 tries 32 move near 0.5 auto move transfer 3 "
                              "move annealed 1 steps 2 power 2 start other "
                              "move driven 1 s -1 1 spring 40 steps 9 dt 0.5 damp 2 heat 3 "
                              "move exchange 20 plain pool yes");
  const std::vector<std::string> names = {"fresh",    "fresh 2", "near",    "transfer",
                                          "annealed", "driven",  "exchange"};
  assert_true(s.move_names() == names && s.tunes && !s.tunes_offsets);
  assert_true(s.moves[0].tries == 1 && s.moves[1].tries == 32 && s.moves[0].frequency == 2.0);
  assert_true(s.moves[2].adapts && s.moves[2].step == 0.3 &&
              s.moves[2].untuned() == std::vector<double>({0.3}));
  const std::vector<double> lambda = s.moves[4].untuned();
  assert_true(lambda.size() == 3 && lambda[0] == 0.0 && lambda[2] == 1.0 && lambda[1] == 0.25);
  assert_true(s.moves[4].start == BGEN_START_OTHER && s.moves[4].langevin.n_steps == 2);
  const MoveSettings &driven = s.moves[5];
  assert_true(driven.cv == 0 && driven.ends[0] == -1 && driven.ends[1] == 1 && driven.spring == 40);
  assert_true(driven.heat == 3 && !driven.needs_flow() && driven.has_work() &&
              !s.moves[2].has_work());
  const MoveSettings &exchange = s.moves[6];
  assert_true(exchange.every == 20 && exchange.plain && exchange.frequency == 0.0 &&
              !exchange.needs_flow() && !exchange.has_work());
  const bgen_dynamics dynamics = driven.langevin.dynamics(0.1, nullptr);
  assert_true(dynamics.dt == 0.5 && dynamics.friction == 0.5);
  const bgen_dynamics of_run = s.moves[4].langevin.dynamics(0.1, nullptr);
  assert_true(of_run.dt == 0.1 && std::fabs(of_run.friction - 0.1) < 1e-15); // 1/(100 dt)
}

static void test_other_keywords(void **)
{
  const Settings s =
      settings("chirality keep coords cartesian x flow \"whiten; nothing\" collect 5 velocity "
               "resample threads 3 "
               "overlap 0.7 bond 2.5 cv s coordinate 1 x basin r s 0 9 basin l s -9 0 "
               "offset auto offset l 2",
               3);
  assert_true(s.n_space == 1 && s.collect == 5 && s.resample_velocities && s.n_threads == 3);
  assert_true(s.overlap == 0.7 && s.bond_max == 2.5 && s.tunes && s.tunes_offsets && s.nevery == 2);
  expect("flow", s.flow, "whiten; nothing");
  expect("offsets", s.offsets_text(), "auto, l 2");
  expect("basins", s.basin_names()[0] + s.basin_names()[1], "rl");
}

static void test_basins(void **)
{
  const Settings s = settings("cv s coordinate 1 x cv t dihedral 1 2 3 4 basin a s 0 9 basin a s 1 "
                              "inf basin b t 120 -60 basin b s -inf 0",
                              3);
  assert_true(s.basins[0].ranges[0].low == 1.0 && s.basins[0].ranges[0].high == 9.0);
  assert_true(s.basins[1].ranges[1].low == 120.0 && s.basins[1].ranges[1].high == -60.0);
  const Settings half = settings("cv t dihedral 1 2 3 4 basin half t 0 180", 3);
  assert_true(bgen_cv_range_holds(&half.basins[0].ranges[0], 180.0)); // where the circle closes
}

/* Atom IDs become particles: cvs are then functions of the core. */
static void test_resolve(void **)
{
  CvSettings cv = settings("cv s linear 30 x 2 10 y -1").cvs[0];
  assert_true(cv.resolve([](int64_t tag) { return tag == 30 ? 2 : -1; }) == 10);
  assert_true(cv.resolve([](int64_t tag) { return static_cast<int>(tag / 10 - 1); }) == 0);
  const double x[] = {1, 2, 3, 4, 5, 6};
  const bgen_layout layout = {3, 2};
  const bgen_cv of = cv.of();
  assert_true(bgen_cv_value(&of, &layout, x) == 2 * 5 - 2);
}

/* as they stand in files; the atoms are not known yet */
static void test_sets(void **)
{
  const Settings s =
      settings("cv r rg all cv c coordination type 2 r0 1.5 cv d com_distance group a "
               "type 3 cv k coordination all group b r0 2 exponents 8 14 "
               "cv m rmsd type 1 file ref.xyz cv q compute a[2] cv v variable v_b basin small r 0 "
               "1 basin large r 1 9");
  expect("cvs", cvs_text(s.cvs),
         "r rg all; c coordination type 2 r0 1.5 exponents 6 12; d com_distance group a type 3; "
         "k coordination all group b r0 2 exponents 8 14; m rmsd type 1; q compute c_a[2]; v "
         "variable v_b");
  assert_true(s.cvs[2].sets.size() == 2 && s.cvs[2].sets[0].group == "a" && s.cvs[0].terms.empty());
  assert_true(s.cvs[3].numbers == std::vector<double>({2, 8, 14}) && s.cvs[4].file == "ref.xyz");
  expect("unit", s.cvs[1].unit(), "contact");
  expect("unit", s.cvs[0].unit(), "distance");
  assert_true(s.cvs[5].quantity == "c_a[2]" && s.cvs[6].quantity == "v_b");
  assert_true(!s.cvs[5].has_gradient() && s.cvs[0].has_gradient());
  assert_true(neighbors(s.cvs).empty());
}

static void test_help(void **)
{
  const std::string help = sentence("help");
  std::vector<CommandHelp> all = move_helps();
  all.push_back(fix_help());
  all.push_back(cv_help());
  assert_true(all.size() == MoveSettings::N_KINDS + 2);
  for (const CommandHelp &command : all) {
    if (help.find(command.head + "\n") == std::string::npos) fail_msg("%s", command.head.c_str());
    for (const Keyword &keyword : command.keywords)
      for (const std::string &part : {std::string("\n  ") + keyword.word,
                                      std::string(keyword.values), std::string(keyword.help)})
        if (help.find(part) == std::string::npos) fail_msg("no '%s' in help", part.c_str());
  }
}

/* A default that the table gives is what the parser takes: saying it changes nothing. */
static void test_defaults_of_tables(void **)
{
  const std::string plain =
      settings("cv s coordinate 1 x basin a s 0 1 basin b s 1 2 move annealed 1 steps 3 move "
               "driven 1 s 0 1 spring 2 steps 3 move fresh 1")
          .moves_text();
  const std::string said =
      settings("cv s coordinate 1 x basin a s 0 1 basin b s 1 2 move annealed 1 steps 3 start any "
               "power 1 schedule fixed "
               "move driven 1 s 0 1 spring 2 steps 3 escort no atoms all move fresh 1 tries 1")
          .moves_text();
  expect("moves", said, plain);
  for (const Keyword &keyword : fix_help().keywords)
    if (std::string(keyword.word) == "flow")
      expect("flow", keyword.default_value,
             "\"" + settings("").flow + "\", with coords internal " +
                 settings("coords internal", 3).flow);
  assert_true(!settings("velocity keep").resample_velocities);
  assert_true(!settings("pool no").pools && settings("pool yes").pools);
}

/* after all others */
static void test_all_keywords_were_read(void **)
{
  for (const Keyword &keyword : fix_help().keywords)
    if (!read_words.count(keyword.word)) fail_msg("no line has %s", keyword.word);
  for (const CommandHelp &move : move_helps())
    for (const Keyword &keyword : move.keywords)
      if (!read_words.count(keyword.word)) fail_msg("no line has %s", keyword.word);
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_defaults),
      cmocka_unit_test(test_molecules),
      cmocka_unit_test(test_texts),
      cmocka_unit_test(test_texts_of_moves),
      cmocka_unit_test(test_moves),
      cmocka_unit_test(test_other_keywords),
      cmocka_unit_test(test_basins),
      cmocka_unit_test(test_resolve),
      cmocka_unit_test(test_sets),
      cmocka_unit_test(test_help),
      cmocka_unit_test(test_defaults_of_tables),
      cmocka_unit_test(test_all_keywords_were_read),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
