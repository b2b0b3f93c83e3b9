/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_mixed.cpp - the molecule whose free energies are known, with coords internal and three atoms
   aligned: F is that of the same integral, whatever coordinates see it */

#include "double_well.h"
#include "known_molecule.h"

#include <algorithm>
#include <cmath>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

namespace {

constexpr char MIXED[] = "coords internal aligned spine ";
constexpr char TRAIN[] = "train steps 60 batch 64 lr 5e-3";

/* By example, then by energy too, whose gradients pass from what hangs to what is aligned. */
void free_energies_are_exact(void **)
{
  KnownMolecule d(MIXED);
  d.act(TRAIN);
  d.act("train steps 60 batch 64 lr 2e-3 ml 0.1 kl 1");
  d.act("free_energy samples 2000 table table.dat volume 700 absolute length 0.7");
  for (int k = 0; k < 2; k++) {
    const auto [value, error] =
        std::pair(d.state->free_energies[k][0], d.state->free_energies[k][1]);
    assert_true(error < 0.03);
    CHECK_CLOSE(value, KnownMolecule::exact(k), MOST_SIGMAS * error);
  }
  CHECK_CLOSE(d.state->free_energies[1][2], KnownMolecule::exact(0) - KnownMolecule::exact(1),
              MOST_SIGMAS * d.state->free_energies[1][3]);
  expect_same("warnings", d.host.warned, "");
  const bgen_estimate absolute = result_in("table.dat", "F_abs(plus)");
  const double exact =
      KnownMolecule::exact(0) - std::log(700.0 * 8.0 * M_PI * M_PI) + 21.0 * std::log(0.7);
  CHECK_CLOSE(absolute.value, exact, MOST_SIGMAS * absolute.error);
  std::remove("table.dat");
}

/* Exact configurations, one attempt each: they are exact as before; the aligned atoms keep their
   center and their orientation. */
void jumps_leave_the_distribution(void **)
{
  KnownMolecule d(MIXED);
  d.act(TRAIN);
  Average sine, length, exact_length;
  int n_accepted = 0;
  const auto center = [&](int c) {
    return (d.world.x[c] + d.world.x[3 + c] + d.world.x[6 + c]) / 3.0;
  };
  for (int i = 0; i < 3000; i++) {
    d.draw(2000000 + i, -1, d.world.x.data());
    const std::vector<double> before = d.world.x;
    const double was[3] = {center(0), center(1), center(2)};
    d.state->attempt_jump();
    double shape[KnownMolecule::N_SHAPE], other[KnownMolecule::DIM];
    bgen_internal_to_shape(&d.tree(), d.world.x.data(), shape);
    sine.add(std::sin(shape[KnownMolecule::PHI]));
    length.add(shape[0]);
    for (int c = 0; c < 3; c++) CHECK_CLOSE(center(c), was[c], 1e-9);
    n_accepted += before != d.world.x;
    d.draw(4000000 + i, -1, other);
    bgen_internal_to_shape(&d.tree(), other, shape);
    exact_length.add(shape[0]);
  }
  printf("%d of 3000 jumps accepted\n", n_accepted);
  assert_true(n_accepted > 1500);
  CHECK_CLOSE(sine.mean(), KnownMolecule::mean_sin_phi(-1), MOST_SIGMAS * sine.error());
  CHECK_CLOSE(length.mean(), exact_length.mean(),
              MOST_SIGMAS * std::hypot(length.error(), exact_length.error()));
}

void models_know_what_is_aligned(void **)
{
  const Folder folder;
  KnownMolecule d(MIXED, 100), same(MIXED, 0), other("", 0);
  d.act("train steps 10 batch 16");
  d.act("save " + (folder / "model"));
  same.act("load " + (folder / "model"));
  assert_true(same.state->model.checksum() == d.state->model.checksum());
  expect_says("other", other.sentence("load " + (folder / "model")),
              "model was saved with other molecules: ");
  d.host.printed.clear();
  d.act("info");
  expect_says("info", d.host.printed,
              "15 seen by flows|tree of 1 molecule, the first with aligned atoms|"
              "      3 aligned\n|4       1       2       3   1.5|circle, rotor");
}

} // namespace

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(free_energies_are_exact),
                              cmocka_unit_test(jumps_leave_the_distribution),
                              cmocka_unit_test(models_know_what_is_aligned)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
