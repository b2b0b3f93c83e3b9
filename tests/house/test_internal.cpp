/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_internal.cpp - a molecule whose free energies are known, with coords internal: from its
   frames to jumps */

#include "double_well.h"
#include "known_molecule.h"
#include "model/shapes.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

namespace {

constexpr char TRAIN[] = "train steps 60 batch 64 lr 5e-3";

void test_tree_and_cv(void **)
{
  KnownMolecule d("", 20);
  const size_t expected[KnownMolecule::N] = {1, 0, 2, 3, 4, 5, 6};
  for (int k = 0; k < KnownMolecule::N; k++) assert_int_equal(d.tree().node[k].atom, expected[k]);
  double shape[KnownMolecule::N_SHAPE], x[KnownMolecule::DIM];
  for (int i = 0; i < 20; i++) {
    d.draw(3000 + i, -1, x);
    bgen_internal_to_shape(&d.tree(), x, shape);
    CHECK_CLOSE(d.state->variables.cv(0, x), shape[KnownMolecule::PHI] * 180.0 / M_PI, 1e-9);
  }
}

/* The first stage by example, the second by energy alone. */
void free_energies_are_exact(void **)
{
  KnownMolecule d;
  d.act(TRAIN);
  d.act("train steps 60 batch 64 lr 2e-3 ml 0 kl 1");
  d.act("free_energy samples 2000");
  for (int k = 0; k < 2; k++) {
    const double error = d.state->free_energies[k][1];
    assert_true(error < 0.03);
    CHECK_CLOSE(d.state->free_energies[k][0], KnownMolecule::exact(k), MOST_SIGMAS * error);
  }
  CHECK_CLOSE(d.state->free_energies[1][2], KnownMolecule::exact(0) - KnownMolecule::exact(1),
              MOST_SIGMAS * d.state->free_energies[1][3]);
  expect_same("warnings", d.host.warned, "");
}

void test_info(void **)
{
  KnownMolecule d("", 200);
  d.act("info");
  expect_says("before", d.host.printed,
              "internal xyz, 15 seen by flows|identical          leaves|"
              "circles            by the training frames|"
              "tree of 1 molecule");
  d.host.printed.clear();
  d.act("train steps 1 batch 16");
  d.host.printed.clear();
  d.act("info");
  expect_says(
      "after", d.host.printed,
      "atom    bond   angle torsion   length  degrees     plus kind             minus "
      "kind\n|          1       2       0       0   1.5|          4       1       2       "
      "3   1.5| circle, rotor  | circle, rotor\n|          5       1       2       4   1.5| "
      "of rotor |          7       3       2       1   1.5| line  | line\n");
}

void test_circles(void **)
{
  KnownMolecule all("circles all", 100), none("circles none", 100), one("circles 7", 100);
  for (KnownMolecule *d : {&all, &none, &one}) d->act("train steps 1 batch 16");
  const auto circles = [](const KnownMolecule &d, int j) {
    return bgen_generator_circles(d.state->model.generator(), 0)[j];
  };
  assert_true(circles(all, KnownMolecule::Y) && circles(all, KnownMolecule::PHI));
  assert_true(!circles(none, KnownMolecule::Y) && !circles(none, KnownMolecule::PHI));
  assert_true(!circles(one, KnownMolecule::Y) && circles(one, KnownMolecule::PHI));
}

/* Exact configurations, one attempt each: they are exact as before, and stand where they did. */
void jumps_leave_the_distribution(void **)
{
  KnownMolecule d;
  d.act(TRAIN);
  Average sine, cosine, length;
  int n_accepted = 0, n_turned = 0;
  for (int i = 0; i < 3000; i++) {
    d.draw(2000000 + i, -1, d.world.x.data());
    const std::vector<double> before = d.world.x;
    d.state->attempt_jump();
    double shape[KnownMolecule::N_SHAPE];
    bgen_internal_to_shape(&d.tree(), d.world.x.data(), shape);
    sine.add(std::sin(shape[KnownMolecule::PHI]));
    cosine.add(std::cos(3.0 * shape[KnownMolecule::Y]));
    length.add(shape[0]);
    bgen_placement was, is;
    bgen_internal_find(&d.tree(), before.data(), &was);
    bgen_internal_find(&d.tree(), d.world.x.data(), &is);
    for (int c = 0; c < 3; c++) CHECK_CLOSE(is.centre[c], was.centre[c], 1e-10);
    for (int c = 0; c < 9; c++) CHECK_CLOSE(is.rotation[c], was.rotation[c], 1e-9);
    n_accepted += before != d.world.x;
    n_turned += (before[3 * 6] - d.world.x[3 * 6]) != 0.0;
  }
  assert_true(n_accepted > 1500);
  assert_true(n_turned == n_accepted);
  CHECK_CLOSE(sine.mean(), KnownMolecule::mean_sin_phi(-1), MOST_SIGMAS * sine.error());
  Average exact_cosine, exact_length; // of other draws
  for (int i = 0; i < 3000; i++) {
    double shape[KnownMolecule::N_SHAPE], x[KnownMolecule::DIM];
    d.draw(4000000 + i, -1, x);
    bgen_internal_to_shape(&d.tree(), x, shape);
    exact_cosine.add(std::cos(3.0 * shape[KnownMolecule::Y]));
    exact_length.add(shape[0]);
  }
  CHECK_CLOSE(cosine.mean(), exact_cosine.mean(),
              MOST_SIGMAS * std::hypot(cosine.error(), exact_cosine.error()));
  CHECK_CLOSE(length.mean(), exact_length.mean(),
              MOST_SIGMAS * std::hypot(length.error(), exact_length.error()));
}

/* Rejected jumps change nothing, whatever refuses them. */
void rejected_jumps_change_nothing(void **)
{
  KnownMolecule d;
  d.act(TRAIN);
  d.world.refusal = [](const double *) { return "a test says so"; };
  for (int i = 0; i < 10; i++) {
    d.draw(2000000 + i, -1, d.world.x.data());
    const std::vector<double> before = d.world.x;
    d.state->attempt_jump();
    assert_true(before == d.world.x);
  }
}

/* ---- files ---- */

void models_know_the_molecule(void **)
{
  const Folder folder;
  KnownMolecule d("", 100), same("", 0), circles("circles all", 0), distinct("identical none", 0);
  d.act("train steps 10 batch 16");
  d.act("save " + (folder / "model"));
  same.act("load " + (folder / "model"));
  assert_true(same.state->model.checksum() == d.state->model.checksum());
  assert_true(bgen_generator_circles(same.state->model.generator(), 0)[KnownMolecule::Y]);
  expect_says("distinct", distinct.sentence("load " + (folder / "model")),
              "model was saved with other molecules: atom 4 of the group was one of identical "
              "leaves, but here it is distinct: give the fix the same types, charges and keyword "
              "identical");
  std::string nodes = "3 0 0 0\n2 3 0 0\n1 2 3 0\n7 3 2 1\n4 1 2 3\n5 1 2 4\n6 1 2 4\n";
  FILE *file = fopen((folder / "tree").c_str(), "w");
  fputs(nodes.c_str(), file);
  fclose(file);
  d.host.printed.clear();
  const Settings settings = settings_of("1 1.0 7 coords internal file " + (folder / "tree") +
                                            " cv phi dihedral 1 2 3 7 basin plus phi 0 180 basin "
                                            "minus phi -180 0 flow \"whiten; circular blocks 1 "
                                            "width 16 depth 1\"",
                                        3);
  State other("bg", settings, same.host, same.host.all());
  Line line = line_of("bgen", "load " + (folder / "model"));
  CHECK_THROWS(bgen::act(other, line, same),
               "model was saved with other molecules: atom 3 of the group was placed by 2 and 1, "
               "but here it is placed by no other atom: give the fix the same bonds, or the same "
               "file by 'coords internal file'");
}

/* As they were written before they had the tree itself. */
void old_models(void **)
{
  const Folder folder;
  KnownMolecule d("", 100), same("", 0), distinct("identical none", 0);
  d.act("train steps 1 batch 16");
  d.act("save " + (folder / "model"));
  std::string content = content_of(folder / "model");
  const std::pair<std::string, std::string> changes[] = {
      {"\"tree\"", "\"none\""},
      {"\"checksum\"", "\"no_such_\""},
      {"\"bgen_revision\":\"2\"", "\"bgen_revision\":\"1\""}};
  for (const auto &[was, is] : changes) content.replace(content.find(was), was.size(), is);
  std::ofstream(folder / "old", std::ios::binary) << content;
  same.act("load " + (folder / "old"));
  assert_true(same.state->model.checksum() == d.state->model.checksum());
  expect_says(
      "distinct", distinct.sentence("load " + (folder / "old")),
      "old was saved with molecules 'of 7 atoms, tree |', but here it is 'of 7 atoms, tree");
}

/* ---- two molecules ---- */

/* Two diatomic molecules: bonds of K/2 (r - 1)^2, a spring between the molecules. */
struct Pair : Surroundings {
  enum { DIM = 12, N_FRAMES = 400 };
  static constexpr double K = 50.0;
  World world;
  AnalyticHost host;
  std::unique_ptr<State> state;
  double spring = 0.0;

  Pair() : world(4, 3), host(world)
  {
    host.bonded = {{0, 1, 2, 3}, {1, 1, 2, 2}, {0.0, 0.0, 0.0, 0.0}};
    world.energy = [this](const double *x, double *grad) {
      std::fill_n(grad, DIM, 0.0);
      return add(x, grad, 0, 1, K, 1.0) + add(x, grad, 2, 3, K, 1.0) +
             add(x, grad, 0, 2, spring, 0.0);
    };
    draw(0);
    state = std::make_unique<State>(
        "bg", settings_of("1 1.0 7 coords internal flow whiten threads 1", 3), host, host.all());
    for (int i = 0; i < 2 * N_FRAMES; i++) {
      draw(i);
      state->frames.add(i < N_FRAMES ? FrameUse::TRAIN : FrameUse::TEST, world.x.data(), 1.0);
    }
  }
  State *find(const std::string &) override { return nullptr; }

  static double add(const double *x, double *grad, int i, int j, double k, double r0)
  {
    double d[3], r = 0.0;
    for (int c = 0; c < 3; c++) d[c] = x[3 * i + c] - x[3 * j + c], r += d[c] * d[c];
    r = std::sqrt(r);
    for (int c = 0; c < 3; c++) {
      grad[3 * i + c] += k * (r - r0) * d[c] / r;
      grad[3 * j + c] -= k * (r - r0) * d[c] / r;
    }
    return 0.5 * k * (r - r0) * (r - r0);
  }
  static double of_bond(double r) { return r * r * std::exp(-0.5 * K * (r - 1.0) * (r - 1.0)); }

  /* anywhere, turned anyhow */
  void draw(uint64_t number)
  {
    bgen_rng rng = bgen_rng_at(43, BGEN_STREAM_TEST, number);
    for (int m = 0; m < 2; m++) {
      double axis[3], r = 0.0, norm = 0.0;
      bgen_rng_normals(&rng, 3, axis);
      do r = 0.3 + 1.5 * bgen_rng_uniform(&rng);
      while (!(2.0 * bgen_rng_uniform(&rng) < of_bond(r)));
      for (const double c : axis) norm += c * c;
      for (int c = 0; c < 3; c++) {
        world.x[6 * m + c] = 5.0 * bgen_rng_uniform(&rng);
        world.x[6 * m + 3 + c] = world.x[6 * m + c] + r * axis[c] / std::sqrt(norm);
      }
    }
  }
  void act(const std::string &words)
  {
    Line line = line_of("bgen", words);
    bgen::act(*state, line, *this);
  }
};

void two_molecules(void **)
{
  Pair d;
  double z = 0.0;
  for (int i = 0; i < 4000; i++) z += Pair::of_bond((i + 0.5) / 2000.0) / 2000.0;
  assert_int_equal(d.state->variables.n_shape(), 2);
  d.act("train steps 1 batch 16");
  const Folder folder;
  d.act("save " + (folder / "model"));
  d.host.bonded.bonds = {0, 2, 2, 3, 3, 1};
  d.host.bonded.molecules.assign(4, 1);
  State one("bg", d.state->settings, d.host, d.host.all());
  Line load = line_of("bgen", "load " + (folder / "model"));
  CHECK_THROWS(bgen::act(one, load, d),
               "model was saved with molecules that differ: 2 of 4 atoms in all, but here the "
               "group has 1 of 4 atoms");
  d.act("free_energy samples 1000");
  expect_same("warned", d.host.warned, "");
  CHECK_THROWS(d.act("free_energy samples 100 absolute length 1"),
               "are of one molecule, and the group of the fix has 2: use a fix for each molecule");
  CHECK_CLOSE(d.state->free_energies[0][0], -2.0 * std::log(z),
              MOST_SIGMAS * d.state->free_energies[0][1]);
  assert_true(d.state->free_energies[0][1] < 0.02);
  const std::vector<double> before = d.world.x;
  int n_accepted = 0;
  for (int i = 0; i < 20; i++) n_accepted += d.state->attempt_jump();
  assert_true(n_accepted > 10);
  bgen_placement was[2], is[2];
  bgen_internal_find(d.state->variables.molecules.tree(), before.data(), was);
  bgen_internal_find(d.state->variables.molecules.tree(), d.world.x.data(), is);
  for (int m = 0; m < 2; m++)
    for (int c = 0; c < 3; c++) { /* roots, and where the bonds point to */
      CHECK_CLOSE(is[m].centre[c], was[m].centre[c], 1e-12);
      CHECK_CLOSE(is[m].rotation[3 * c + 2], was[m].rotation[3 * c + 2], 1e-12);
    }
  d.spring = 0.1;
  d.act("free_energy samples 100");
  expect_says("warned", d.host.warned,
              "its energy changes if one of the molecules is moved|infinite error");
}

/* ---- mistakes ---- */

/* as of another builder, who has named the hydrogens of the methyl group the other way round */
void frames_of_the_other_hand(void **)
{
  KnownMolecule d("", 50);
  std::vector<double> x(KnownMolecule::DIM);
  for (int i = 0; i < 10; i++) {
    d.draw(5000 + i, 0, x.data());
    std::swap_ranges(&x[12], &x[15], &x[15]);
    d.state->frames.add(FrameUse::TRAIN, x.data(), 1.0);
  }
  expect_says("sentence", d.sentence("train steps 1 batch 16"),
              "bgen bg: in 10 of the 60 training frames of basin plus the atoms about atom 5 have "
              "the other hand than in the mean of the frames: use frames of one hand");
}

void leaves_must_be_equal(void **)
{
  KnownMolecule d("", 100);
  d.act("train steps 1 batch 16");
  d.spoiled = 0.1;
  d.state->initialize();
  expect_says("sentence", d.sentence("free_energy samples 100"),
              "fix bgen: exchanging the identical leaves changes the energy by ");
  KnownMolecule distinct("identical none", 100);
  distinct.spoiled = 0.1;
  expect_same("distinct", distinct.sentence("train steps 1 batch 16"), "");
}

void test_refused(void **)
{
  KnownMolecule d("", 100);
  CHECK_THROWS(KnownMolecule("chirality free", 0), "chirality can be free with coords aligned");
  CHECK_THROWS(KnownMolecule("identical atoms 4 5", 0), "identical atoms must be all atoms");
  d.host.bonded.bonds = {0, 3, 0, 4, 0, 5, 1, 2, 2, 6};
  d.host.bonded.molecules.clear();
  d.host.bonded.molecules.assign(KnownMolecule::N, 0);
  CHECK_THROWS(State("bg", d.state->settings, d.host, d.host.all()),
               "cv phi looks at atoms 1 and 2 of two molecules");
}

} // namespace

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_tree_and_cv),
                              cmocka_unit_test(free_energies_are_exact),
                              cmocka_unit_test(test_info),
                              cmocka_unit_test(test_circles),
                              cmocka_unit_test(jumps_leave_the_distribution),
                              cmocka_unit_test(rejected_jumps_change_nothing),
                              cmocka_unit_test(models_know_the_molecule),
                              cmocka_unit_test(old_models),
                              cmocka_unit_test(two_molecules),
                              cmocka_unit_test(frames_of_the_other_hand),
                              cmocka_unit_test(leaves_must_be_equal),
                              cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
