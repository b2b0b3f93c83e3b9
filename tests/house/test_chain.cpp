/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_chain.cpp - what surrounds the moves: MD segments under offsets, velocities, tuning, counts,
   restart */

#include "checks.h"
#include "rig.h"
#include "sample/chain_restart.h"

#include <cstdio>
#include <cstring>
#include <unistd.h>

using namespace bgen;

static const char NO_FLOW[] = "move driven 1 s -1.2 1.2 spring 10 steps 5 dt 0.1 damp 1 ";
static const char ALL_MOVES[] = "move fresh 1 move fresh 1 tries 3 move near 1 0.3 move transfer 1 "
                                "move annealed 1 steps 3 dt 0.2 damp 1 "
                                "move driven 1 s -1.2 1.2 spring 10 steps 5 dt 0.1 damp 1 ";

/* ---- segments of MD ---- */

/* exact dynamics in a harmonic well of width 1 with mass 1: a rotation of phase space */
static void rotate(World &world, double angle)
{
  for (size_t c = 0; c < world.x.size(); c++) {
    const double x = world.x[c], v = world.v[c];
    world.x[c] = x * std::cos(angle) + v * std::sin(angle);
    world.v[c] = v * std::cos(angle) - x * std::sin(angle);
  }
}

static void draw_velocities(World &world, uint64_t number)
{
  bgen_rng rng = bgen_rng_at(6, BGEN_STREAM_TEST, number);
  bgen_rng_normals(&rng, world.v.size(), world.v.data());
}

/* x ~ e^{-u + offset} and v ~ e^{-v^2/2} before a segment, and after its test */
static void segments_leave_the_distribution_under_offsets(void **)
{
  enum { N = 20000, N_VALUES = 4 };
  const Wells harmonic = {{{1.0, {0.0, 0.0, 0.0, 0.0}, 1.0}}};
  Rig rig(harmonic, std::string(TWO_BASINS) + NO_FLOW + "offset right 1.0");
  World &world = rig.world;
  Average change[N_VALUES];
  for (uint64_t i = 0; i < N; i++) {
    rig.draw();
    draw_velocities(world, i);
    const double before[N_VALUES] = {world.x[0] > 0.0 ? 1.0 : 0.0, world.x[0],
                                     world.x[0] * world.v[0], world.v[0] * world.v[0]};
    rig.state.begin_segment();
    rotate(world, 1.0);
    rig.state.jumps.end_segment();
    const double after[N_VALUES] = {world.x[0] > 0.0 ? 1.0 : 0.0, world.x[0],
                                    world.x[0] * world.v[0], world.v[0] * world.v[0]};
    for (int k = 0; k < N_VALUES; k++) change[k].add(after[k] - before[k]);
    bgen_attempt none = bgen_attempt_begin(0, 0); // each test has random numbers of its own
    check(bgen_markov_add(rig.state.chain, &none));
  }
  for (const Average &one : change) CHECK_CLOSE(one.mean(), 0.0, MOST_SIGMAS * one.error());
  assert_true(rig.state.chain.count(BGEN_COUNT_CROSSINGS) > N / 10);
  assert_true(rig.state.chain.count(BGEN_COUNT_UNDONE) > N / 100);
}

static void a_segment_that_fails_goes_back_with_reversed_velocities(void **)
{
  const double begins[] = {1.0, 0.1, 0.2, 0.3}, back[] = {-1.0, -2.0, -3.0, -4.0};
  Rig rig(two_wells(), std::string(TWO_BASINS) + NO_FLOW + "offset right 600");
  rig.world.x = {1.0, 0.1, 0.2, 0.3};
  rig.world.v = {1.0, 2.0, 3.0, 4.0};
  rig.state.begin_segment();
  rig.world.x = {-1.0, 0.5, 0.6, 0.7};
  rig.state.jumps.end_segment();
  assert_memory_equal(rig.world.x.data(), begins, sizeof begins);
  assert_memory_equal(rig.world.v.data(), back, sizeof back);
  assert_int_equal(rig.state.chain.count(BGEN_COUNT_UNDONE), 1);
  /* within a basin there is nothing to test */
  rig.state.begin_segment();
  rig.world.x = {2.0, 0.5, 0.6, 0.7};
  rig.state.jumps.end_segment();
  assert_int_equal(rig.state.chain.count(BGEN_COUNT_CROSSINGS), 1);
}

static void what_cannot_go_back_in_time_is_refused(void **)
{
  Rig with(two_wells(), std::string(TWO_BASINS) + NO_FLOW + "offset right 1.0");
  with.host.reversible = false;
  CHECK_THROWS(with.state.begin_run(), "go back in time");
  Rig without(two_wells(), std::string(TWO_BASINS) + NO_FLOW);
  without.host.reversible = false;
  without.state.begin_run();
}

/* ---- velocities ---- */

static void accepted_jumps_keep_or_resample_velocities(void **)
{
  for (const bool resample : {false, true}) {
    Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW + "move fresh 1 velocity " +
                             (resample ? "resample" : "keep"));
    rig.train(0.0);
    rig.world.masses = {2.0, 3.0};
    World &world = rig.world;
    Average square;
    size_t n_accepted = 0;
    for (int i = 0; i < 4000; i++) {
      std::vector<double> grad_old(4), grad_new(4);
      draw_velocities(world, i);
      const std::vector<double> x = world.x, v = world.v;
      world.energy(x.data(), grad_old.data());
      rig.state.attempt_jump();
      if (x == world.x) {
        assert_memory_equal(v.data(), world.v.data(), sizeof(double) * v.size());
        continue;
      }
      n_accepted++;
      world.energy(world.x.data(), grad_new.data());
      for (int c = 0; c < 4; c++) {
        const double mass = world.masses[c / 2], half = 0.5 * world.timestep / mass;
        const double whole = world.v[c] - half * grad_new[c]; // that of the whole step
        if (resample)
          square.add(mass * whole * whole);
        else
          CHECK_CLOSE(whole, v[c] - half * grad_old[c], 1e-12); // rounding of a few operations
      }
    }
    assert_true(n_accepted > 500);
    if (resample) CHECK_CLOSE(square.mean(), KT, MOST_SIGMAS * square.error());
  }
}

/* ---- proposals that are drawn ahead ---- */

static void proposals_are_those_of_the_model_as_it_is(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW);
  rig.train();
  Model &model = rig.state.model;
  Proposals kept(model);
  const double first = kept.fresh(7, KT, 5).log_q, hotter = kept.fresh(7, 3.0, 5).log_q;
  assert_true(kept.fresh(7, KT, 5).log_q == first && hotter != first);
  assert_true(kept.fresh(8, KT, 5).log_q != first);
  kept.fresh(7, KT, 5);
  model.set_weights({3.0, 1.0});
  const Proposal now = kept.fresh(7, KT, 5);
  assert_true(now.log_q != first);
  CHECK_CLOSE(now.log_q, model.log_q(KT, now.x), 1e-6); // networks are in single precision
  Proposals later(model);                               // drawn from another number on
  later.fresh(7, KT, 3);
  assert_true(later.fresh(7, KT, 5).log_q == now.log_q);
}

/* ---- where a jump begins and how it ends ---- */

/* else there would be ways into where none leads away from */
static void no_move_leads_away_from_a_refused_configuration(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW + ALL_MOVES);
  rig.train();
  rig.world.refusal = [](const double *x) { return x[0] < 0.0 ? "it is on the left" : nullptr; };
  const std::vector<double> x = {-1.0, 0.1, 0.2, 0.3};
  rig.world.x = x;
  for (int i = 0; i < 300; i++) rig.state.attempt_jump();
  assert_true(rig.state.value(0) == 300.0 && rig.state.value(1) == 0.0);
  assert_true(rig.world.x == x);
}

/* a step that is refused is undone, and the path goes on: it is not screened */
static void paths_of_tested_steps_survive_refused_ones(void **)
{
  Rig rig(two_wells(),
          std::string(TWO_BASINS) + SMALL_FLOW + "move annealed 1 metropolis steps steps 20 dt 1");
  rig.train();
  rig.world.refusal = [](const double *x) { return x[1] > 1.0 ? "it is too high" : nullptr; };
  rig.world.x[1] = 0.0;
  for (int i = 0; i < 300; i++) rig.state.attempt_jump();
  const double accepted = rig.state.value(1), screened = rig.state.value(7);
  assert_true(accepted > 30.0 && accepted + screened <= 300.0);
}

/* the dt that a run warns of is that of its space; a few steps say nothing */
static void a_run_says_if_nearly_all_steps_are_undone(void **)
{
  const auto warned = [](const char *how, int n) {
    Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW +
                             "move annealed 1 metropolis steps steps 20" + how);
    rig.train();
    rig.host.warned.clear();
    rig.state.begin_run();
    rig.state.first_step();
    for (int i = 0; i < n; i++) rig.state.attempt_jump();
    rig.state.end_of_run();
    return rig.host.warned;
  };
  assert_non_null(strstr(warned(" dt 50", 50).c_str(), "with dt 50 of move annealed "));
  assert_non_null(strstr(warned(" dt 50", 50).c_str(), "of the tested steps were undone"));
  assert_non_null(
      strstr(warned(" dt 60 space latent", 50).c_str(), "with dt 60 of move annealed "));
  assert_string_equal(warned(" dt 50", 2).c_str(), "");
  assert_string_equal(warned(" space latent", 50).c_str(), "");
}

/* an error within a trial ends it */
static void an_error_leaves_the_atoms_where_they_were(void **)
{
  Rig rig(two_wells(), std::string(SMALL_FLOW) + "move near 1 0.1 identical types 1");
  rig.train();
  const std::vector<double> x = rig.world.x, v = rig.world.v;
  CHECK_THROWS(rig.state.attempt_jump(), "changes the energy");
  assert_true(rig.world.x == x && rig.world.v == v);
  const Trial next(rig.state.engine);
}

/* ---- tuning and counts ---- */

static void offsets_and_steps_are_tuned_until_it_ends(void **)
{
  Rig rig(two_wells(),
          std::string(TWO_BASINS) + SMALL_FLOW + "move transfer 1 move near 1 auto offset auto");
  rig.train();
  const double step = bgen_markov_tuned(rig.state.chain, 1)[0];
  for (int i = 0; i < 4000; i++) {
    rig.draw(); // so that works are independent
    rig.state.attempt_jump();
  }
  assert_true(bgen_markov_tuned(rig.state.chain, 1)[0] != step);
  rig.state.set_tuning(false);
  /* ln 2 of the shares; more than 0.1 would be 5 errors of BAR of some 2000 works */
  CHECK_CLOSE(bgen_markov_offset(rig.state.chain, 1) - bgen_markov_offset(rig.state.chain, 0),
              std::log(2.0), 0.15);
  const double tuned = bgen_markov_tuned(rig.state.chain, 1)[0];
  for (int i = 0; i < 100; i++) rig.state.attempt_jump();
  assert_true(bgen_markov_tuned(rig.state.chain, 1)[0] == tuned);
  Rig fixed(two_wells(), TWO_BASINS);
  CHECK_THROWS(fixed.state.set_tuning(true), "nothing to tune");
  fixed.state.set_tuning(false);
}

static void schedules_are_tuned(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW +
                           "move annealed 1 steps 4 dt 0.2 damp 1 schedule auto");
  rig.train();
  const double *lambda = bgen_markov_tuned(rig.state.chain, 0);
  const double before[5] = {lambda[0], lambda[1], lambda[2], lambda[3], lambda[4]};
  for (int i = 0; i < 200; i++) rig.state.attempt_jump();
  assert_memory_not_equal(lambda, before, sizeof before);
  assert_true(lambda[0] == 0.0 && lambda[4] == 1.0);
  for (int t = 0; t < 4; t++) assert_true(lambda[t] < lambda[t + 1]);
}

/* once, however many runs collect frames */
static void a_fix_that_cannot_jump_says_so_once(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW + "collect 5");
  rig.state.first_step();
  assert_true(rig.host.warned.find("does not jump yet") != std::string::npos);
  rig.host.warned.clear();
  rig.state.first_step();
  assert_string_equal(rig.host.warned.c_str(), "");
}

static void outputs_are_what_has_happened(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW + "move fresh 1 offset right 0.5");
  State &state = rig.state;
  assert_true(std::isnan(state.free_energy(1, 0)));
  CHECK_THROWS(state.first_step(), "not every basin has a trained flow");
  state.attempt_jump(); // nothing to jump with
  assert_true(state.value(0) == 0.0);
  rig.train();
  state.initialize();
  state.begin_run();
  state.first_step();
  assert_false(state.end_of_run());
  size_t n_accepted = 0;
  for (int i = 0; i < 200; i++) {
    const std::vector<double> x = rig.world.x;
    state.attempt_jump();
    n_accepted += x != rig.world.x;
  }
  assert_true(state.end_of_run());
  assert_true(state.value(0) == 200.0 && state.value(1) == static_cast<double>(n_accepted));
  assert_true(state.value(3) + state.value(5) == state.value(1));
  assert_true(state.acceptance() == static_cast<double>(n_accepted) / 200.0);
  /* two a jump, but for those outside or refused: each is evaluated, and the present one */
  assert_true(state.value(9) == 2.0 * (200.0 - state.value(6) - state.value(7)));
  const int basin = rig.world.x[0] > 0.0;
  assert_true(state.value(State::BASIN) == basin + 1.0);
  CHECK_CLOSE(state.value(State::WEIGHT), basin ? std::exp(-0.5) : 1.0, 1e-15);
  assert_true(state.value(State::N_COUNTS) == rig.world.x[0]);
  assert_true(state.memory_usage() > 1000.0);
}

/* ---- restart ---- */

static std::string file_of_model()
{
  return "house_model_" + std::to_string(getpid()) + ".bgen";
}

static const std::string LINE = std::string(TWO_BASINS) + SMALL_FLOW + ALL_MOVES +
                                "offset auto move near 1 auto velocity resample";

/* seconds are the only words that differ */
static void a_restored_chain_goes_on_bit_for_bit(void **)
{
  const std::string path = file_of_model();
  Rig first(two_wells(), LINE);
  first.train();
  first.state.save(path);
  for (int i = 0; i < 300; i++) first.state.attempt_jump();
  const std::vector<uint64_t> words = first.state.pack();

  Rig second(two_wells(), LINE);
  std::vector<char> bytes(words.size() * sizeof words[0] + 1); // not aligned
  memcpy(&bytes[1], words.data(), bytes.size() - 1);
  second.world.x = first.world.x;
  second.world.v = first.world.v;
  { // energies of this run come on top of those of the restart file
    const Trial trial(second.state.engine);
    second.state.engine.present_energy();
  }
  second.state.unpack(&bytes[1]);
  second.state.load(path);
  assert_int_equal(second.state.n_energy_calls(), first.state.n_energy_calls());
  for (int i = 0; i < 300; i++) {
    first.state.attempt_jump();
    second.state.attempt_jump();
    assert_memory_equal(first.world.x.data(), second.world.x.data(), 4 * sizeof(double));
    assert_memory_equal(first.world.v.data(), second.world.v.data(), 4 * sizeof(double));
    for (int k = 0; k < State::N_COUNTS; k++)
      if (k != 11) assert_true(first.state.value(k) == second.state.value(k)); // frames stay
  }
  for (int k = 0; k < 2; k++) assert_true(first.state.weight(k) == second.state.weight(k));
  remove(path.c_str());
}

static void a_chain_goes_on_with_the_same_only(void **)
{
  const std::string path = file_of_model(), line = std::string(TWO_BASINS) + SMALL_FLOW;
  Rig first(two_wells(), line);
  first.train();
  for (int i = 0; i < 10; i++) first.state.attempt_jump();
  std::vector<uint64_t> words = first.state.pack();

  Rig other_moves(two_wells(), line + "move near 1 0.3");
  CHECK_THROWS(other_moves.state.unpack(words.data()), "near 1 step 0.3");
  assert_true(other_moves.state.value(0) == 0.0);

  Rig other_model(two_wells(), line);
  other_model.train(0.01);
  other_model.state.save(path);
  other_model.state.unpack(words.data());
  CHECK_THROWS(other_model.state.load(path), "is not the model");
  other_model.state.continued = false; // as training does
  other_model.state.load(path);
  remove(path.c_str());

  words[0]++;
  CHECK_THROWS(first.state.unpack(words.data()), "version");
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(segments_leave_the_distribution_under_offsets),
      cmocka_unit_test(a_segment_that_fails_goes_back_with_reversed_velocities),
      cmocka_unit_test(what_cannot_go_back_in_time_is_refused),
      cmocka_unit_test(accepted_jumps_keep_or_resample_velocities),
      cmocka_unit_test(proposals_are_those_of_the_model_as_it_is),
      cmocka_unit_test(no_move_leads_away_from_a_refused_configuration),
      cmocka_unit_test(a_run_says_if_nearly_all_steps_are_undone),
      cmocka_unit_test(paths_of_tested_steps_survive_refused_ones),
      cmocka_unit_test(an_error_leaves_the_atoms_where_they_were),
      cmocka_unit_test(offsets_and_steps_are_tuned_until_it_ends),
      cmocka_unit_test(schedules_are_tuned),
      cmocka_unit_test(a_fix_that_cannot_jump_says_so_once),
      cmocka_unit_test(outputs_are_what_has_happened),
      cmocka_unit_test(a_restored_chain_goes_on_bit_for_bit),
      cmocka_unit_test(a_chain_goes_on_with_the_same_only),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
