/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_molecules.cpp - molecules as coords internal finds them: the tree, equal leaves, circles,
   and what is refused by name */

#include "analytic_engine.h"
#include "double_well.h"
#include "report/tree.h"
#include "state/molecules.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

namespace {

/* Ethanol: C C O, three hydrogens of the first, two of the second, that of the oxygen. */
struct Ethanol {
  enum { C1, C2, O, H1, H2, H3, H4, H5, H6, N };
  World world;
  AnalyticHost host;
  std::string line = "0 1.0 7 coords internal ";

  Ethanol() : world(N, 3), host(world)
  {
    world.body.types = {1, 1, 2, 3, 3, 3, 3, 3, 4};
    world.masses = {12, 12, 16, 1, 1, 1, 1, 1, 1};
    world.x = {0.0, 0.0,  0.0,  1.5,  0.0, 0.0,  2.0, 1.3, 0.0,  -0.4, 1.0, 0.1, -0.4, -0.5,
               0.9, -0.4, -0.6, -0.8, 1.9, -0.5, 0.9, 1.9, -0.5, -0.9, 2.9, 1.3, 0.2};
    host.bonded.bonds = {C1, C2, C2, O, C1, H1, C1, H2, C1, H3, C2, H4, C2, H5, O, H6};
    host.bonded.molecules.assign(N, 1);
    host.bonded.charges.assign(N, 0.0);
    host.cube.length = 20.0;
  }
  Molecules molecules()
  {
    settings = settings_of(line, 3);
    return Molecules(settings, host, host.all());
  }
  Settings settings;
};

void expect_refused(Ethanol &ethanol, const std::string &words)
{
  std::string said = "nothing";
  try {
    ethanol.molecules();
  } catch (const Error &error) {
    said = error.what();
  }
  expect_says("refused", said, words);
}

void test_tree(void **)
{
  Ethanol ethanol;
  const Molecules found = ethanol.molecules();
  assert_int_equal(found.tree()->n_molecules, 1);
  assert_int_equal(found.n_shape(), 3 * Ethanol::N - 6);
  const std::vector<int> expected = {-1, -1, -1, 0, 0, 0, -1, -1, -1};
  assert_true(found.leaves() == expected); // not those of a CH2, which do not turn
  assert_true(found.circles().empty());
}

/* a bond that LAMMPS knows from both of its ends; atoms that differ by their charge, or type */
void test_leaves(void **)
{
  Ethanol twice, charged, typed, none, listed;
  twice.host.bonded.bonds.insert(twice.host.bonded.bonds.end(), {Ethanol::H1, Ethanol::C1});
  assert_int_equal(twice.molecules().tree()->n_closing, 0);
  assert_int_equal(twice.molecules().leaves()[Ethanol::H3], 0);
  charged.host.bonded.charges[Ethanol::H2] = 0.1;
  assert_true(charged.molecules().leaves().empty());
  typed.world.body.types[Ethanol::H2] = 5;
  typed.host.engine_of_group("all");
  assert_true(typed.molecules().leaves().empty());
  none.line += "identical none";
  assert_true(none.molecules().leaves().empty());
  listed.line += "identical atoms 4 5 6";
  const Molecules of = listed.molecules();
  assert_true(of.leaves().empty());
  of.check_identical({Ethanol::H1, Ethanol::H2, Ethanol::H3});
  CHECK_THROWS(of.check_identical({Ethanol::H1, Ethanol::H2}), "identical atoms must be all atoms");
  CHECK_THROWS(of.check_identical({Ethanol::H4, Ethanol::H5}), "atoms 7 ... 8 are not");
  CHECK_THROWS(of.check_identical({Ethanol::C1, Ethanol::C2}), "atoms 1 ... 2 are not");
}

void test_circles(void **)
{
  Ethanol all, none, listed, wrong;
  all.line += "circles all";
  none.line += "circles none";
  listed.line += "circles 4 9";
  wrong.line += "circles 2";
  const auto n_circles = [](const Molecules &of) {
    return std::count(of.circles().begin(), of.circles().end(), 1);
  };
  assert_int_equal(n_circles(all.molecules()), Ethanol::N - 3);
  assert_int_equal(none.molecules().circles().size(), 3 * Ethanol::N - 6);
  assert_int_equal(n_circles(none.molecules()), 0);
  assert_int_equal(n_circles(listed.molecules()), 2);
  expect_refused(wrong, "circles: atom 2 has no torsion");
}

void test_refused(void **)
{
  Ethanol none, lone, pieces, broken, massless;
  none.host.bonded.bonds.clear();
  expect_refused(none, "LAMMPS has no bonds between the atoms of the group");
  lone.host.bonded.bonds.resize(14); // without O-H6
  expect_refused(lone, "atom 9 has no bond to another atom of the group");
  pieces.host.bonded.bonds.erase(pieces.host.bonded.bonds.begin(),
                                 pieces.host.bonded.bonds.begin() + 2);
  expect_refused(pieces,
                 "atoms 1 and 2 are of molecule 1, but no bonds in the group lead from one");
  pieces.host.bonded.molecules.assign(Ethanol::N, 0);
  pieces.world.x[3 * Ethanol::C2 + 1] = 0.4; // nobody says that they belong together
  assert_int_equal(pieces.molecules().tree()->n_molecules, 2);
  broken.world.x[3 * Ethanol::H6] += 20.0;
  expect_refused(broken, "the bond of atoms 3 and 9 is longer than half the box in x");
  massless.world.masses[4] = 0.0;
  expect_refused(massless, "atom 5 has no mass yet");
}

void test_line(void **)
{
  World world(3, 3);
  AnalyticHost host(world);
  world.x = {0, 0, 0, 1, 0, 0, 2, 0, 0};
  host.bonded = {{0, 1, 1, 2}, {0, 0, 0}, {0, 0, 0}};
  const Settings settings = settings_of("0 1.0 7 coords internal", 3);
  CHECK_THROWS(Molecules(settings, host, host.all()), "lies on one line, which has no orientation");
}

/* ---- files ---- */

void write(const std::string &path, const std::string &all)
{
  std::ofstream(path) << all;
}

const char *const OF_ETHANOL = "# atom bond angle torsion\n"
                               "2 0 0 0\n1 2 0 0\n3 2 1 0   # the oxygen\n\n"
                               "4 1 2 3\n5 1 2 4\n6 1 2 4\n7 2 1 3\n8 2 1 3\n9 3 2 1\n";

void test_file(void **)
{
  const Folder folder;
  Ethanol ethanol;
  ethanol.line += "file " + (folder / "tree");
  expect_refused(ethanol, "cannot read the file ");
  write(folder / "tree", OF_ETHANOL);
  const Molecules found = ethanol.molecules();
  assert_int_equal(found.tree()->node[0].atom, Ethanol::C2);
  assert_int_equal(found.tree()->node[3].torsion, Ethanol::O);
  assert_int_equal(found.leaves()[Ethanol::H1], 0);
  ethanol.host.bonded.bonds.clear(); // no more needed
  assert_int_equal(ethanol.molecules().n_shape(), 3 * Ethanol::N - 6);
  const std::string tree = OF_ETHANOL;
  write(folder / "tree", tree.substr(0, tree.size() - 8));
  expect_refused(ethanol, "coords internal: atom 9 has no line");
  write(folder / "tree", "2 0 0\n");
  expect_refused(ethanol, "line 1 of |is '2 0 0': expected four atom IDs");
  write(folder / "tree", "\n2 0 0 x\n");
  expect_refused(ethanol, "line 2 of |is '2 0 0 x': expected four atom IDs");
  write(folder / "tree", "2 0 0 0\n10 2 0 0\n");
  expect_refused(ethanol, "line 2 of |: atom 10 is not in the group of the fix");
}

/* ---- aligned atoms ---- */

void test_aligned(void **)
{
  Ethanol ethanol, ions;
  ethanol.host.groups["heavy"] = {1, 2, 3};
  ethanol.line += "aligned heavy";
  const Molecules found = ethanol.molecules();
  assert_int_equal(found.tree()->n_aligned, 3);
  assert_int_equal(found.n_shape(), 3 * Ethanol::N - 6);
  assert_int_equal(found.leaves()[Ethanol::H1], 0);
  TreeOfBasin of = {"all", std::vector<double>(found.n_shape()), {}};
  bgen_internal_to_shape(found.tree(), found.first().data(), of.shape.data());
  expect_says(
      "lines", tree_lines(*found.tree(), ethanol.world.body.tags, {of}),
      "tree of 1 molecule, the first with aligned atoms:|      1 aligned\n|      2 aligned\n"
      "|      3 aligned\n          4       1       2       3   1.0");
  ions.host.groups["three"] = {1, 5, 9}; // an aligned atom needs no bond
  ions.host.bonded.bonds.resize(14);     // without O-H6
  ions.line += "aligned three";
  assert_int_equal(ions.molecules().tree()->n_molecules, 1);
}

void test_aligned_refused(void **)
{
  Ethanol few, all, unknown, broken;
  few.host.groups["pair"] = {1, 2};
  few.line += "aligned pair";
  expect_refused(few, "coords internal aligned: 2 aligned atom(s) have no orientation");
  all.line += "aligned all";
  expect_refused(all, "all atoms are in the group all that is aligned: use coords aligned");
  unknown.line += "aligned nobody";
  expect_refused(unknown, "there is no group 'nobody'");
  broken.host.groups["heavy"] = {1, 2, 3};
  broken.line += "aligned heavy";
  for (const int i : {Ethanol::O, Ethanol::H6}) broken.world.x[3 * i + 1] += 20.0;
  expect_refused(broken, "the bond of atoms 2 and 3 is longer than half the box in y");
}

/* a file has lines for the others alone */
void test_aligned_file(void **)
{
  const Folder folder;
  Ethanol ethanol;
  ethanol.host.groups["heavy"] = {1, 2, 3};
  ethanol.line += "file " + (folder / "tree") + " aligned heavy";
  write(folder / "tree", "4 1 2 3\n5 1 2 4\n6 1 2 4\n7 2 1 3\n8 2 1 3\n9 3 2 1\n");
  assert_int_equal(ethanol.molecules().tree()->node[8].torsion, Ethanol::C1);
  write(folder / "tree", OF_ETHANOL);
  expect_refused(ethanol, "atom 2 is aligned, so it has no line");
}

/* what info prints is a file as it is read */
void test_lines(void **)
{
  const Folder folder;
  Ethanol ethanol;
  ethanol.host.bonded.bonds.insert(ethanol.host.bonded.bonds.end(), {Ethanol::C1, Ethanol::O});
  const Molecules found = ethanol.molecules();
  TreeOfBasin of = {"all", std::vector<double>(found.n_shape()), {}};
  bgen_internal_to_shape(found.tree(), found.first().data(), of.shape.data());
  const std::string lines = tree_lines(*found.tree(), ethanol.world.body.tags, {of});
  expect_says("closing", lines, "bonds that close rings, not in the tree: ");
  std::istringstream all(lines);
  std::string line, nodes;
  std::getline(all, line);
  std::getline(all, line);
  for (int k = 0; k < Ethanol::N; k++) {
    std::getline(all, line);
    nodes += line.substr(0, 36) + "\n";
  }
  write(folder / "tree", nodes);
  ethanol.line += "file " + (folder / "tree");
  const Molecules again = ethanol.molecules();
  assert_memory_equal(again.tree()->node, found.tree()->node,
                      Ethanol::N * sizeof *found.tree()->node);
}

} // namespace

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_tree),
                              cmocka_unit_test(test_leaves),
                              cmocka_unit_test(test_circles),
                              cmocka_unit_test(test_refused),
                              cmocka_unit_test(test_line),
                              cmocka_unit_test(test_file),
                              cmocka_unit_test(test_lines),
                              cmocka_unit_test(test_aligned),
                              cmocka_unit_test(test_aligned_refused),
                              cmocka_unit_test(test_aligned_file)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
