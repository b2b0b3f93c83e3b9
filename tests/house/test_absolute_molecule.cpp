/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_absolute_molecule.cpp - "bgen ID free_energy absolute" with coords internal: molecules whose
   partition functions are known, exact frames, no LAMMPS.  Values may be off by 5 errors. */

#include "double_well.h"
#include "known_molecule.h"

#include <cmath>
#include <filesystem>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

namespace {

constexpr double V = 700.0, L = 0.7;
constexpr char WORDS[] = " table table.dat volume 700 absolute length 0.7 ";

void expect(const std::string &what, double exact)
{
  const bgen_estimate of = result_in("table.dat", what);
  if (!(std::fabs(of.value - exact) <= 5.0 * of.error && of.error > 0.0 && of.error < 0.05))
    fail_msg("%s is %.6f +- %.6f, expected %.6f", what.c_str(), of.value, of.error, exact);
}

/* of the molecule in basin k: all of V, all rotations, and lengths of seven atoms */
double exact(int k)
{
  return KnownMolecule::exact(k) - std::log(V * 8.0 * M_PI * M_PI) + 21.0 * std::log(L);
}

/* the order of its leaves is found, or it is one of three that the molecule reaches by turns */
void seven_atoms(void **)
{
  for (const bool folded : {true, false}) {
    KnownMolecule d(folded ? "" : "identical none");
    d.act("train steps 60 batch 64 lr 5e-3");
    if (!folded)
      expect_says("it", d.sentence(std::string("free_energy samples 100") + WORDS),
                  "torsions of basin plus turn around, so its symmetry number cannot be found: "
                  "give 'symmetry s'");
    const std::string words = std::string(WORDS) + (folded ? "" : " symmetry 3");
    d.act("free_energy samples 2000" + words);
    expect("F_abs(plus)", exact(0));
    expect("F_abs(minus)", exact(1));
    expect_says("it", d.host.printed,
                "absolute F of basin minus, molecule of 7 atoms|"
                "F with the molecule at one place and in one orientation|-ln V|-ln 8 pi^2|ln s: "
                "symmetry number s = " +
                    std::string(folded ? "1" : "3"));
    expect_same("warned", d.host.warned, "");
  }
}

void by_paths(void **)
{
  KnownMolecule d;
  d.act("train steps 60 batch 64 lr 5e-3");
  d.act("free_energy samples 100 by paths 600 5 2" + std::string(WORDS));
  expect("F_abs(plus)", exact(0));
  expect("F_abs(minus)", exact(1));
}

void feels_a_field(void **)
{
  KnownMolecule d("identical none", 100);
  d.act("train steps 1 batch 16");
  d.spoiled = 0.1;
  d.state->initialize();
  expect_says(
      "it", d.sentence("free_energy samples 100 symmetry 3" + std::string(WORDS)),
      "basin plus has no absolute free energy: its energy changes if all atoms are moved as "
      "one body");
}

/* ---- two atoms ---- */

double of_bond(double r)
{
  return r * r * std::exp(-25.0 * (r - 1.0) * (r - 1.0));
}

double bond_energy(const double *x, double *grad)
{
  const double d[] = {x[0] - x[3], x[1] - x[4], x[2] - x[5]}, r = std::hypot(d[0], d[1], d[2]);
  for (int c = 0; c < 3; c++) {
    grad[c] = 50.0 * (r - 1.0) * d[c] / r;
    grad[3 + c] = -grad[c];
  }
  return 25.0 * (r - 1.0) * (r - 1.0);
}

/* anywhere, in any direction */
void draw_bond(uint64_t number, double *x)
{
  bgen_rng rng = bgen_rng_at(44, BGEN_STREAM_TEST, number);
  double axis[3], r;
  do r = 0.3 + 1.5 * bgen_rng_uniform(&rng);
  while (!(2.0 * bgen_rng_uniform(&rng) < of_bond(r)));
  bgen_rng_normals(&rng, 3, axis);
  const double norm = std::hypot(axis[0], axis[1], axis[2]);
  for (int c = 0; c < 3; c++) {
    x[c] = 5.0 * bgen_rng_uniform(&rng);
    x[3 + c] = x[c] + r * axis[c] / norm;
  }
}

struct TwoAtoms : Surroundings {
  World world;
  AnalyticHost host;
  std::unique_ptr<State> state;

  explicit TwoAtoms(bool equal) : world(2, 3), host((world.energy = bond_energy, world))
  {
    host.bonded = {{0, 1}, {1, 1}, {0.0, 0.0}};
    world.body.types = {1, equal ? 1 : 2};
    draw_bond(0, world.x.data());
    state = std::make_unique<State>(
        "bg", settings_of("1 1.0 7 coords internal flow whiten threads 1", 3), host, host.all());
    for (int i = 0; i < 1200; i++) {
      draw_bond(i, world.x.data());
      state->frames.add(i < 600 ? FrameUse::TRAIN : FrameUse::TEST, world.x.data(), 1.0);
    }
    for (const std::string words :
         {"train steps 1 batch 16", "free_energy samples 2000 volume 700 absolute length 0.7 "
                                    "table table.dat"}) {
      Line line = line_of("bgen", words);
      bgen::act(*state, line, *this);
    }
  }
  State *find(const std::string &) override { return nullptr; }
};

/* V 4 pi of all directions; twice that over 2! is one molecule of equal atoms */
void two_atoms(void **)
{
  double z = 0.0;
  for (int i = 0; i < 4000; i++) z += of_bond((i + 0.5) / 2000.0) / 2000.0;
  for (const bool equal : {true, false}) {
    const TwoAtoms d(equal);
    expect("F_abs(all)", -std::log(V * 4.0 * M_PI * z / (equal ? 2.0 : 1.0)) + 6.0 * std::log(L));
    expect_says("it", d.host.printed, "-ln 4 pi: any direction");
  }
}

} // namespace

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(seven_atoms), cmocka_unit_test(by_paths),
                              cmocka_unit_test(feels_a_field), cmocka_unit_test(two_atoms)};
  const Folder folder;
  std::filesystem::current_path(folder / "");
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
