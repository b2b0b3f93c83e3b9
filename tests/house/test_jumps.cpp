/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_jumps.cpp - the report of jumps, line by line, of a chain that is filled by hand */

#include "report/jumps.h"

#include <sstream> // before cmocka, which has a macro fail
#include <vector>

#include "checks.h"

using namespace bgen;

static const JumpNames NAMES = {{"fresh", "near", "transfer"}, {"left", "r"}};
enum { FRESH, NEAR, TRANSFER };
enum { NONE = -1, LEFT, RIGHT };

static bgen_markov_chain *chain;
static bgen_totals *before;

static void make(bool tunes_offsets)
{
  static const double step = 0.5;
  const bgen_markov_move moves[] = {{1.0, nullptr, false, false, false, 0, nullptr},
                                    {1.0, nullptr, false, true, false, 1, &step},
                                    {1.0, nullptr, true, false, false, 0, nullptr}};
  const bgen_markov_options options = {1, 2, 3, nullptr, tunes_offsets, moves, "", "", "", ""};
  check(bgen_markov_create(&options, &chain));
  check(bgen_totals_create(3, 2, &before));
  bgen_markov_begin(chain, 7, 300.0);
}

static int set_up(void **)
{
  make(false);
  return 0;
}

static int tear_down(void **)
{
  bgen_markov_destroy(chain);
  bgen_totals_destroy(before);
  return 0;
}

/* each of n: two energies in 0.25 s */
static void attempts(int n, int move, int from, int to, bool accepted, double work = NAN)
{
  bgen_attempt one = bgen_attempt_begin(move, from);
  one.to = to, one.accepted = accepted, one.work = work;
  one.energy_calls = 2, one.seconds = 0.25;
  for (int i = 0; i < n; i++) check(bgen_markov_add(chain, &one));
}

/* Every line, to its end unless it ends with "...". */
static void expect(const bgen_totals *since, const std::vector<std::string> &lines)
{
  std::istringstream found(jumps_report(chain, since, NAMES));
  std::string line;
  for (std::string expected : lines) {
    if (!std::getline(found, line)) line = "no line";
    const size_t dots = expected.find("...");
    if (dots != std::string::npos) expected.resize(dots), line.resize(dots);
    if (line != expected) fail_msg("\nfound:    %s\nexpected: %s", line.c_str(), expected.c_str());
  }
  if (std::getline(found, line)) fail_msg("not expected: %s", line.c_str());
}

static const std::string HEADER =
    "  move         from  to    attempts  accepted       %  outside  screened  infinite       work "
    "       std   all-work    dt-work   energies    seconds";
static const std::string RATES =
    "  basin changes, per second and per 1e6 energy evaluations of the move";
static const std::string DIFFERENCES =
    "  free energy differences in kT, from all attempts with this model and temperature";

static void test_nothing(void **)
{
  expect(nullptr, {"  jumps accepted:   0 of 0 in all (0 %), 0 of 0 within basins (0 %), 0 of 0 "
                   "between basins (0 %)",
                   "  proposals:        0, of which 0 lie outside the domain of their flow, 0 were "
                   "rejected by screening, 0 have no finite energy"});
  assert_string_equal(tuned_text(chain, NAMES).c_str(), ", near: 0.5");
}

static void test_counts(void **)
{
  bgen_attempt one = bgen_attempt_begin(FRESH, LEFT);
  one.to = RIGHT, one.proposals = 8, one.outside = 3, one.refused = 2, one.not_finite = 1;
  one.energy_calls = 3, one.seconds = 1e-5;
  check(bgen_markov_add(chain, &one));
  attempts(2, NEAR, NONE, NONE, true);
  bgen_markov_crosses(chain, LEFT, RIGHT);
  expect(
      nullptr,
      {"  jumps accepted:   2 of 3 in all (66.7 %), 2 of 2 within basins (100 %), 0 of 1 between "
       "basins (0 %)",
       "  proposals:        10, of which 3 lie outside the domain of their flow, 2 were rejected "
       "by screening, 1 have no finite energy",
       "  boundaries:       MD segments that changed the basin: 1, of which 0 were undone", HEADER,
       "  fresh        left  r            1         0    0.00        3         2         1         "
       " -          -          -          -          3      1e-05",
       "  near         none  none         2         2  100.00        0         0         0         "
       " -          -          -          -          4        0.5",
       RATES, "    fresh               0          0         0",
       "    near                0          0         0", "  No move has changed the basin."});
}

/* Mean and deviation of the works: 1 +- 1/4 (40/39)^(1/2). BAR of two lists that mirror each other
   is their middle; 4 basin changes a second, half as many as energies. */
static void test_works(void **)
{
  attempts(20, TRANSFER, LEFT, RIGHT, true, 0.75);
  attempts(20, TRANSFER, LEFT, RIGHT, true, 1.25);
  attempts(20, TRANSFER, RIGHT, LEFT, true, -0.75);
  attempts(20, TRANSFER, RIGHT, LEFT, true, -1.25);
  expect(
      nullptr,
      {"  jumps accepted:   80 of 80 in all (100 %), ...", "  proposals:        80, ...", HEADER,
       "  transfer     left  r           40        40  100.00        0         0         0         "
       " 1     0.2532          -          -         80         10",
       "  transfer     r     left        40        40  100.00        0         0         0         "
       "-1     0.2532          -          -         80         10",
       RATES, "    transfer           80          4    500000", DIFFERENCES,
       "    F(left) - F(r) = -1.0000 +- ...", "    F(left) - F(r) = ...", /* by visits */
       "      crossings from one to the other: 1, at least 8 are needed: the error is infinite",
       "  Move transfer makes 4 basin changes per second and 500000 per 1e6 energy evaluations."});
}

/* what came after the snapshot, but free energies from all */
static void test_since(void **)
{
  attempts(50, TRANSFER, LEFT, RIGHT, false, 2.0);
  attempts(49, TRANSFER, RIGHT, LEFT, false, -2.0);
  attempts(1, TRANSFER, RIGHT, LEFT, false, -2.0001); // works that are all one say nothing
  bgen_totals_copy(before, bgen_markov_totals(chain));
  attempts(1, TRANSFER, LEFT, RIGHT, true, 7.0);
  expect(
      before,
      {"  jumps accepted:   1 of 1 in all (100 %), 0 of 0 within basins (0 %), 1 of 1 between "
       "basins "
       "(100 %)",
       "  proposals:        1, ...", HEADER,
       "  transfer     left  r            1         1  100.00        0         0         0         "
       " 7          -          -          -          2       0.25",
       RATES, "    transfer            1          4    500000", DIFFERENCES,
       "    F(left) - F(r) = -2.0...", "    F(left) - F(r) = ...",
       "      crossings from one to the other: 1, at least 8 are needed: the error is infinite",
       "  Move transfer makes ..."});
}

/* works that do not overlap, and those that rest on few */
static void test_warnings(void **)
{
  const std::string unknown =
      "    F(left) - F(r) is unknown from works of transfer: none of the 0 ...";
  attempts(3, TRANSFER, LEFT, NONE, false, INFINITY);
  expect(nullptr,
         {"  jumps ...", "  proposals: ...", HEADER, "  transfer     left  none         3 ...",
          RATES, "    transfer            0 ...", DIFFERENCES, unknown,
          "  No move has changed the basin."});
  attempts(29, TRANSFER, LEFT, RIGHT, false, 1.0);
  attempts(10, TRANSFER, LEFT, RIGHT, false, 9.0);
  attempts(29, TRANSFER, RIGHT, LEFT, false, -1.0);
  attempts(1, TRANSFER, RIGHT, LEFT, false, -1.0001);
  expect(nullptr,
         {"  jumps ...", "  proposals: ...", HEADER, "  transfer     left  none         3 ...",
          "  transfer     left  r           39 ...", "  transfer     r     left        30 ...",
          RATES, "    transfer            0 ...", DIFFERENCES, "    F(left) - F(r) = ...",
          "      works of transfer from left to r: only 29 of 42 are less than 2 kT above the "
          "difference: the estimate rests on few works",
          "    F(left) - F(r) = ...",
          "      crossings from one to the other: 1, at least 8 are needed: the error is infinite",
          "  No move has changed the basin."});
}

/* Works of different wells: 49 kT and 2 deviations from any overlap. A small spread is no small
   error. */
static void test_no_overlap(void **)
{
  for (int i = 0; i < 200; i++) {
    attempts(1, TRANSFER, LEFT, RIGHT, false, 70.0 + i % 7);
    attempts(1, TRANSFER, RIGHT, LEFT, false, 25.0 + i % 5);
  }
  const std::string report = jumps_report(chain, nullptr, NAMES);
  assert_true(report.find(" +- inf by BAR of works of transfer, 200 from left and 200 from r\n"
                          "      works of transfer both ways overlap by ") != std::string::npos);
  assert_true(report.find("offset of basin") == std::string::npos);
}

static bool one_has(const std::vector<std::string> &sentences, const std::string &part)
{
  return sentences.size() == 1 && sentences[0].find(part) != std::string::npos;
}

/* Offsets are not set from such works; those that were not found say so. */
static void test_offsets_not_found(void **)
{
  assert_true(offsets_not_found(chain, NAMES).empty()); /* nobody asked for them */
  bgen_markov_destroy(chain), bgen_totals_destroy(before);
  make(true);
  bgen_markov_set_offsets(chain, std::vector<double>{0.0, 1.25}.data());
  assert_true(
      one_has(offsets_not_found(chain, NAMES),
              "the offset of basin r was not found and stays at 1.2500: works do not lead"));
  for (int i = 0; i < 200; i++) {
    attempts(1, TRANSFER, LEFT, RIGHT, false, 70.0 + i % 7);
    attempts(1, TRANSFER, RIGHT, LEFT, false, 25.0 + i % 5);
  }
  check(bgen_markov_set_tuning(chain, false));
  assert_true(bgen_markov_offset(chain, RIGHT) == 1.25);
  assert_true(one_has(offsets_not_found(chain, NAMES),
                      "stays at 1.2500: works between it and basin left overlap too little (F(r) - "
                      "F(left) = 2"));
  assert_true(jumps_report(chain, nullptr, NAMES).find("  the offset of basin r was not found") !=
              std::string::npos);
}

/* the same works nearer to each other are enough */
static void test_offsets_found(void **)
{
  bgen_markov_destroy(chain), bgen_totals_destroy(before);
  make(true);
  for (int i = 0; i < 200; i++) {
    attempts(1, TRANSFER, LEFT, RIGHT, false, 1.0 + i % 7);
    attempts(1, TRANSFER, RIGHT, LEFT, false, 1.0 + i % 5);
  }
  check(bgen_markov_set_tuning(chain, false));
  assert_true(offsets_not_found(chain, NAMES).empty());
  assert_true(bgen_markov_offset(chain, RIGHT) + bgen_markov_offset(chain, LEFT) > 0);
}

/* a path that has ended elsewhere has a work too, and a part of it by the timestep; a pair that no
   move joins is left out */
static void test_paths(void **)
{
  static const bool fits[] = {true, true, true, false};
  const bgen_markov_move drag = {1.0, fits, true, false, false, 0, nullptr};
  const bgen_markov_options options = {1, 3, 1, nullptr, false, &drag, "", "", "", ""};
  bgen_markov_chain *of = nullptr;
  check(bgen_markov_create(&options, &of));
  bgen_attempt one = bgen_attempt_begin(0, 0);
  one.to = 1, one.work = INFINITY, one.energy_calls = 2, one.seconds = 0.25;
  one.path_work = 4.0, one.step_work = 1.0;
  one.tested = 40, one.undone = 1;
  check(bgen_markov_add(of, &one));
  one.path_work = 8.0, one.step_work = NAN;
  one.undone = 8;
  check(bgen_markov_add(of, &one));
  one.path_work = INFINITY; // it has broken off
  one.undone = 6;
  check(bgen_markov_add(of, &one));
  assert_int_equal(bgen_markov_choose_move(of, 2), -1);
  bgen_markov_skip(of, 2);
  const std::string report = jumps_report(of, nullptr, {{"driven"}, {"a", "b", "c"}});
  bgen_markov_destroy(of);
  for (const char *line :
       {"  no attempt:       1 times, where no move could begin\n",
        "  tested steps:     120 of driven, of which 15 were undone (12.5 %)\n",
        "  driven       a     b            3         0    0.00        0         0         0        "
        "  -          -          6          1          6       0.75\n",
        "    F(a) - F(b) is unknown"})
    if (report.find(line) == std::string::npos) fail_msg("%snot found: %s", report.c_str(), line);
  for (const char *line : {"F(a) - F(c)", "F(b) - F(c)"})
    if (report.find(line) != std::string::npos) fail_msg("%sfound: %s", report.c_str(), line);
}

/* per second one move, per energy another */
static void test_best(void **)
{
  attempts(10, FRESH, LEFT, RIGHT, true);
  attempts(10, FRESH, LEFT, LEFT, true);
  attempts(5, NEAR, LEFT, LEFT, true);
  attempts(5, NEAR, NONE, LEFT, true); // from no basin: no change of it
  bgen_attempt one = bgen_attempt_begin(TRANSFER, NONE);
  one.seconds = 3000.0;
  check(bgen_markov_add(chain, &one));
  one = bgen_attempt_begin(TRANSFER, RIGHT);
  one.to = LEFT, one.accepted = true, one.energy_calls = 1, one.work = 1.0;
  check(bgen_markov_add(chain, &one));
  const std::string report = jumps_report(chain, nullptr, NAMES);
  assert_string_equal(
      report.substr(report.find("  Move ")).c_str(),
      "  Move fresh pays best: 2 basin changes per second and 250000 per 1e6 energy "
      "evaluations; near has none; transfer has 0.00017 times as many per second. By "
      "energy evaluations transfer is better: 1000000 per 1e6.\n");
}

/* ln(2/5) of the visits, and what the offsets took away */
static void test_visits(void **)
{
  const double offset[] = {0.0, 1.5};
  bgen_markov_set_offsets(chain, offset);
  for (int i = 0; i < 7000; i++) attempts(1, FRESH, i % 7 < 2, i % 7 < 2, true);
  const std::string report = jumps_report(chain, nullptr, NAMES), line = "    F(left) - F(r) = ";
  const size_t at = report.find(line);
  assert_true(at != std::string::npos);
  CHECK_CLOSE(std::stod(report.substr(at + line.size())), std::log(2.0 / 5.0) - 1.5, 6e-5);
  assert_true(report.find("by visits, 5000 of left and 2000 of r\n") != std::string::npos);
  assert_string_equal(tuned_text(chain, NAMES).c_str(),
                      ", offsets in kT: left 0.0000, r 1.5000, near: 0.5");
}

#define WITH_CHAIN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main()
{
  const struct CMUnitTest tests[] = {WITH_CHAIN(test_nothing),
                                     WITH_CHAIN(test_counts),
                                     WITH_CHAIN(test_works),
                                     WITH_CHAIN(test_since),
                                     WITH_CHAIN(test_warnings),
                                     WITH_CHAIN(test_best),
                                     WITH_CHAIN(test_visits),
                                     WITH_CHAIN(test_no_overlap),
                                     WITH_CHAIN(test_offsets_not_found),
                                     WITH_CHAIN(test_offsets_found),
                                     cmocka_unit_test(test_paths)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
