/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fitting.cpp - moves that can begin where the chain is, and what a run must say whose moves
   cannot */

#include "checks.h"
#include "rig.h"

#include <functional>

using namespace bgen;

static const char APART[] = "cv s coordinate 1 x basin left s -inf -1 basin right s -1 1 "
                            "basin far s 1.2 inf ";
static const char THERE_AND_BACK[] = "move driven 1 s -2 0 spring 10 steps 5 dt 0.1 damp 1 "
                                     "move driven 1 s 0 2 spring 10 steps 5 dt 0.1 damp 1 ";

/* no attempt is wasted on a move that leads from elsewhere */
static void only_moves_that_fit_are_attempted(void **)
{
  Rig rig(three_wells(), std::string(APART) + THERE_AND_BACK);
  const bgen_totals *totals = bgen_markov_totals(rig.state.chain);
  int n_between = 0;
  for (int i = 0; i < 600; i++) {
    rig.draw();
    n_between += rig.state.variables.basin_of(rig.world.x.data()) < 0;
    rig.state.attempt_jump();
  }
  assert_true(n_between > 0);
  assert_int_equal(rig.state.chain.count(BGEN_COUNT_IDLE), n_between);
  assert_int_equal(rig.state.chain.n_attempts(), 600 - n_between);
  assert_int_equal(bgen_totals_sum(totals, BGEN_JUMPS_ALL).outside, 0);
  for (int move = 0; move < 2; move++)
    for (int from = -1; from < 3; from++)
      for (int to = -1; to < 3; to++)
        if (bgen_totals_tally(totals, move, from, to)->attempts)
          assert_true(from == move || from == move + 1);
}

/* A run from `x` of atom 1: what is warned of. */
static std::string warned(const std::string &line, double x,
                          std::function<const char *(const double *)> refusal = {})
{
  Rig rig(three_wells(), APART + line);
  rig.world.x = {x, 0.0, 0.3, -0.2};
  rig.world.refusal = refusal;
  rig.state.initialize();
  rig.state.begin_run();
  rig.state.first_step();
  for (int i = 0; i < 20; i++) rig.state.attempt_jump();
  rig.state.end_of_run();
  return rig.host.warned;
}

/* the timestep of the run is one of a path, where the path has none */
static void a_path_needs_a_timestep(void **)
{
  Rig rig(three_wells(), std::string(APART) + "move driven 1 s -2 0 spring 100 steps 20 damp 1");
  rig.world.timestep = 0.0;
  rig.world.x = {-2.0, 0.0, 0.3, -0.2};
  std::string said;
  try {
    rig.state.initialize();
    rig.state.begin_run();
    rig.state.first_step();
    rig.state.attempt_jump();
  } catch (const Error &error) {
    said = error.what();
  }
  assert_string_equal(said.c_str(), "bgen: a path has the timestep of the run, which is 0: give it "
                                    "a dt, or set a timestep above 0");
}

static const char *beyond(const double *x)
{
  return x[0] > -1.8 ? "too far" : nullptr;
}

static bool has(const std::string &text, const char *words)
{
  return text.find(words) != std::string::npos;
}

static void a_run_that_cannot_jump_says_so(void **)
{
  assert_string_equal(warned(THERE_AND_BACK, -2.0).c_str(), "");
  const std::string between = warned(THERE_AND_BACK, 1.1);
  assert_true(has(between, "fix bg begins this run in no basin: now s is 1.1, and the basins are "
                           "left s -inf -1; right s -1 1; far s 1.2 inf"));
  assert_true(has(between, "has attempted no jump in this run: all 20 times it was where no move "
                           "can begin: now s is 1.1"));
  const std::string screened =
      warned("move driven 1 s -2 0 spring 100 steps 20 dt 0.1 damp 1", -2.0, beyond);
  assert_true(has(screened, "none of the 20 proposals of fix bg in this run could be taken: 0 were "
                            "outside the domain of their flow, 20 screened"));
  assert_true(has(screened, "finite energy: now s is "));
  assert_true(
      has(screened, "check the training and its frames, overlap and bond, the dt of paths"));
}

/* of a well with the spring, stable up to 0.6 */
static void a_timestep_that_is_too_large_is_named(void **)
{
  const char line[] = "move driven 1 s -2 0 spring 10 steps 20 damp 1 dt ";
  assert_string_equal(warned(std::string(line) + "0.05", -2.0).c_str(), "");
  assert_true(has(warned(std::string(line) + "0.5", -2.0), "dt 0.5 of move driven is too large"));
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(only_moves_that_fit_are_attempted),
      cmocka_unit_test(a_run_that_cannot_jump_says_so),
      cmocka_unit_test(a_path_needs_a_timestep),
      cmocka_unit_test(a_timestep_that_is_too_large_is_named),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
