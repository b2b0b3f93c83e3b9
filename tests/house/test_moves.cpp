/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_moves.cpp - every move leaves e^{-u + offset} invariant: exact draws make one jump each, and
   are still distributed as they were

   Seen to fail with each of these planted in turn: see the end of this file. */

#include "checks.h"
#include "rig.h"

#include <cstdlib>
#include <vector>

using namespace bgen;

namespace {

struct Case {
  const char *name, *move, *more;
  bool symmetric; // in the world of identical particles and a mirror
  bool changes;   // it leads from basin to basin
  size_t n;       // attempts
};

const char DRIVEN[] = "move driven 1 s -1.2 1.2 spring 10 steps 20 dt 0.1 damp 1 ";
const char ANNEALED[] = "move annealed 1 steps 4 dt 0.2 damp 1 ";

const Case CASES[] = {
    {"fresh", "move fresh 1", "", false, true, 20000},
    {"fresh with tries", "move fresh 1 tries 4", "", false, true, 10000},
    {"near", "move near 1 0.5", "", false, false, 20000},
    {"transfer", "move transfer 1", "", false, true, 20000},
    {"annealed any", ANNEALED, "", false, true, 4000},
    {"annealed other", ANNEALED, "start other", false, true, 4000},
    {"annealed transfer", ANNEALED, "start transfer", false, true, 4000},
    {"driven", DRIVEN, "", false, true, 8000},
    {"driven with an escort", DRIVEN, "escort yes", false, true, 8000},
    {"driven by frames", DRIVEN, "escort frames", false, true, 8000},
    {"driven with heat", DRIVEN, "heat 2", false, true, 8000},
    {"symmetric fresh", "move fresh 1", "", true, true, 20000},
    {"symmetric near", "move near 1 0.5", "", true, false, 20000},
    {"symmetric transfer", "move transfer 1", "", true, true, 20000},
    {"symmetric annealed", ANNEALED, "", true, true, 4000},
};

const char SYMMETRIC[] = "cv s linear 1 x 1 2 x 1 basin left s -inf 0 basin right s 0 inf "
                         "identical types 1 mirror y 0 ";

/* What is compared before and after: the basin, u, and moments of the coordinates: those that do not
   change when the particles change places, since a chain of identical particles is one of
   configurations up to their order; and of the others each coordinate by itself. */
std::vector<double> seen(const Rig &rig, bool symmetric)
{
  const std::vector<double> &x = rig.world.x;
  std::vector<double> values = {static_cast<double>(rig.state.variables.basin_of(x.data()) == 1),
                                rig.u()};
  for (int c = 0; c < 2; c++) {
    values.push_back(x[c] + x[c + 2]);
    values.push_back(x[c] * x[c] + x[c + 2] * x[c + 2]);
    values.push_back(x[c] * x[c + 2]);
  }
  values.push_back(x[0] * x[1] + x[2] * x[3]);
  for (size_t c = 0; !symmetric && c < x.size(); c++) {
    values.push_back(x[c]);
    values.push_back(x[c] * x[c]);
  }
  return values;
}

/* HOUSE_TIMES=10 looks sharper, and takes as much longer */
size_t times()
{
  const char *word = getenv("HOUSE_TIMES");
  return word ? strtoul(word, nullptr, 10) : 1;
}

void check_invariant(const Case &of, Rig &rig)
{
  const size_t n = of.n * times();
  std::vector<Average> changes(seen(rig, of.symmetric).size());
  size_t n_accepted = 0, n_changes = 0;
  for (size_t i = 0; i < n; i++) {
    rig.draw();
    const std::vector<double> before = seen(rig, of.symmetric), x = rig.world.x;
    rig.state.attempt_jump();
    const std::vector<double> after = seen(rig, of.symmetric);
    n_accepted += rig.world.x != x;
    n_changes += after[0] != before[0];
    for (size_t k = 0; k < after.size(); k++) changes[k].add(after[k] - before[k]);
  }
  /* else it would not be tested */
  if (n_accepted < n / 50 || (of.changes && n_changes < n / 100))
    fail_msg("%s: only %zu of %zu are accepted, %zu basin changes", of.name, n_accepted, n,
             n_changes);
  double worst = 0.0;
  for (size_t k = 0; k < changes.size(); k++) {
    const double sigmas = std::fabs(changes[k].mean()) / changes[k].error();
    if (!(sigmas <= worst)) worst = sigmas;
    if (!(sigmas <= MOST_SIGMAS))
      fail_msg("%s: value %zu changes by %g +- %g", of.name, k, changes[k].mean(),
               changes[k].error());
  }
  print_message("    %-24s %6zu of %6zu accepted, %6zu basin changes, worst %.2f sigmas\n", of.name,
                n_accepted, n, n_changes, worst);
}

const char *too_high(const double *x)
{
  return x[3] > 0.5 ? "atom 2 is too high" : nullptr;
}

std::string line_of_case(const Case &of)
{
  return std::string(of.symmetric ? SYMMETRIC : TWO_BASINS) + SMALL_FLOW + of.move + of.more + " ";
}

} // namespace

static void all_leave_e_minus_u_invariant(void **)
{
  for (const Case &of : CASES) {
    Rig rig(of.symmetric ? symmetric_wells() : two_wells(), line_of_case(of));
    rig.train();
    check_invariant(of, rig);
  }
}

/* and a region that is refused */
static void all_leave_it_invariant_under_offsets(void **)
{
  for (const Case &of : CASES) {
    Rig rig(of.symmetric ? symmetric_wells() : two_wells(), line_of_case(of) + "offset right 1.1");
    rig.train();
    if (!of.symmetric) rig.world.refusal = too_high;
    check_invariant(of, rig);
    const bool refused = rig.state.value(7) > 0.0;
    assert_int_equal(refused, !of.symmetric);
  }
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(all_leave_e_minus_u_invariant),
                              cmocka_unit_test(all_leave_it_invariant_under_offsets)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
