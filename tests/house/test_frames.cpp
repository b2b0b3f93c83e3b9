/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_frames.cpp - frames, what is checked about them, and models in files */

#include "checks.h"
#include "rig.h"

#include <cstdio>
#include <unistd.h>

using namespace bgen;

static const double LEFT[4] = {-1.0, 0.1, 0.2, 0.3}, RIGHT[4] = {1.0, 0.1, 0.2, 0.3};

/* ---- sets of frames ---- */

static void training_frames_are_of_one_temperature(void **)
{
  Rig rig(two_wells(), TWO_BASINS);
  Frames &frames = rig.state.frames;
  frames.add(FrameUse::TRAIN, LEFT, 1.0);
  frames.add(FrameUse::TRAIN, LEFT, 1.0 + 1e-12); // rounded
  CHECK_THROWS(frames.add(FrameUse::TRAIN, LEFT, 1.1), "at temperature 1.1");
  assert_int_equal(frames.n(FrameUse::TRAIN), 2);
  assert_true(rig.state.model.training_temperature() == 1.0);
}

static void test_frames_have_a_set_for_each_temperature(void **)
{
  Rig rig(two_wells(), TWO_BASINS);
  Frames &frames = rig.state.frames;
  frames.add(FrameUse::TEST, LEFT, 2.0);
  assert_int_equal(frames.n(FrameUse::TEST), 0); // that of training is not known
  frames.add(FrameUse::TRAIN, LEFT, 1.0);
  for (int i = 0; i < 3; i++) frames.add(FrameUse::TEST, RIGHT, 1.0);
  assert_int_equal(frames.test_sets().size(), 2);
  assert_int_equal(frames.n(FrameUse::TEST), 3);
  assert_int_equal(frames.n(FrameUse::TEST, 1), 3);
  assert_int_equal(frames.test_set(2.0), 0);
  assert_int_equal(frames.test_set(3.0), -1);
  assert_true(frames.known_temperature(2.0 * (1.0 + 1e-12)) == 2.0);
  assert_true(frames.known_temperature(1.0 - 1e-12) == 1.0);
  assert_true(frames.known_temperature(3.0) == 3.0);
  assert_int_equal(frames.test_sets()[0]->n(0), 1);
}

static void walkers_are_told_apart(void **)
{
  Rig rig(two_wells(), TWO_BASINS);
  Frames &frames = rig.state.frames;
  for (int walker = 0; walker < 3; walker++) {
    for (int i = 0; i <= walker; i++) frames.add(FrameUse::TEST, LEFT, 1.0);
    if (walker == 1) frames.add(FrameUse::TEST, RIGHT, 1.0);
    frames.walker++;
  }
  const FrameSet &set = *frames.test_sets()[0];
  assert_int_equal(set.n_walkers(), 3);
  const std::vector<size_t> left = {1, 3, 6}, right = {1};
  assert_true(set.ends[0] == left && set.ends[1] == right);
}

/* walkers of 10 frames each, frame 10 walker + i from this number on */
static void add_walker(Frames &frames, FrameUse use, int first)
{
  for (int i = first; i < first + 10; i++) {
    const double x[4] = {-1.0, 0.01 * i, 0.2, 0.3};
    frames.add(use, x, 1.0);
  }
  frames.walker++;
}

/* a dump that is read twice, or two dumps of one time */
static void frames_that_were_read_before_are_not_stored(void **)
{
  Rig rig(two_wells(), TWO_BASINS);
  Frames &frames = rig.state.frames;
  add_walker(frames, FrameUse::TRAIN, 0);
  assert_string_equal(frames.repeat_counts.take_sentence().c_str(), "");
  add_walker(frames, FrameUse::TRAIN, 0);
  assert_int_equal(frames.n(FrameUse::TRAIN), 13); // the first may be alike by chance
  assert_int_equal(bgen_visits_of(&frames.visits(), 0), 13);
  assert_true(frames.repeat_counts.take_sentence().find("7 of 10 frames repeat") == 0);
  assert_string_equal(frames.repeat_counts.take_sentence().c_str(), "");
  add_walker(frames, FrameUse::TRAIN, 5);
  assert_int_equal(frames.n(FrameUse::TRAIN), 13 + 8);
  assert_true(frames.repeat_counts.take_sentence().find("2 of 10 frames repeat") == 0);
}

/* as Monte Carlo has them, and those that are alike by chance */
static void frames_that_stay_are_stored(void **)
{
  Rig rig(two_wells(), TWO_BASINS);
  Frames &frames = rig.state.frames;
  for (int i = 0; i < 5; i++) frames.add(FrameUse::TRAIN, LEFT, 1.0);
  for (int i = 0; i < 3; i++) {
    const double x[4] = {-1.0, -0.01 * (i + 1), 0.2, 0.3};
    frames.add(FrameUse::TRAIN, x, 1.0);
    frames.add(FrameUse::TRAIN, LEFT, 1.0);
  }
  assert_int_equal(frames.n(FrameUse::TRAIN), 5 + 6);
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < 6; k++) { // of one walker, again and again
      const double x[4] = {-1.0, 0.5, 0.1 * k, 0.3};
      frames.add(FrameUse::TRAIN, x, 1.0);
    }
  frames.walker++;
  for (int k = 5; k >= 0; k--) { // of another one, in no such order
    const double x[4] = {-1.0, 0.5, 0.1 * k, 0.3};
    frames.add(FrameUse::TRAIN, x, 1.0);
  }
  assert_int_equal(frames.n(FrameUse::TRAIN), 11 + 12 + 6);
  assert_string_equal(frames.repeat_counts.take_sentence().c_str(), "");
}

static void a_test_on_training_frames_is_named(void **)
{
  Rig rig(two_wells(), TWO_BASINS);
  Frames &frames = rig.state.frames;
  add_walker(frames, FrameUse::TRAIN, 0);
  add_walker(frames, FrameUse::TEST, 10);
  assert_string_equal(frames.repeat_counts.take_sentence().c_str(), "");
  add_walker(frames, FrameUse::TEST, 0);
  assert_int_equal(frames.n(FrameUse::TEST), 20);
  assert_true(frames.repeat_counts.take_sentence().find(
                  "10 of 10 frames are training frames and test frames") == 0);
  add_walker(frames, FrameUse::TRAIN, 14);
  assert_true(frames.repeat_counts.take_sentence().find("6 of 10 frames are") == 0);
}

static void frames_outside_are_counted_and_none_are_taken_on_demand(void **)
{
  Rig rig(two_wells(), "cv s coordinate 1 x basin left s -inf -0.5 basin right s 0.5 inf ");
  State &state = rig.state;
  const double between[4] = {0.0, 0.0, 0.0, 0.0};
  state.frames.add(state.frames.use, between, 1.0);
  state.frames.add(state.frames.use, RIGHT, 1.0);
  assert_int_equal(state.frames.n_outside(), 1);
  assert_int_equal(bgen_visits_of(&state.frames.visits(), 1), 1);
  state.take_frames(FrameUse::NONE);
  state.frames.add(state.frames.use, RIGHT, 1.0);
  assert_int_equal(state.frames.n(FrameUse::TRAIN), 1);
  state.take_frames(FrameUse::TEST);
  state.frames.add(state.frames.use, RIGHT, 1.0);
  assert_int_equal(state.frames.n(FrameUse::TEST), 1);
  assert_true(state.frames.lines().find("frames to test") != std::string::npos);
}

static void a_mirror_must_keep_the_basin(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + "mirror x 0");
  CHECK_THROWS(rig.state.frames.add(FrameUse::TRAIN, LEFT, 1.0), "mirror x");
}

static void frames_of_a_run_come_at_its_temperature(void **)
{
  Rig rig(two_wells(), TWO_BASINS);
  rig.state.initialize();
  rig.state.collect_frame(false);
  rig.world.temperature = 3.0;
  CHECK_THROWS(rig.state.collect_frame(false), "at temperature 3");
}

static void frames_are_folded_once_a_reference_is_there(void **)
{
  Rig rig(symmetric_wells(), std::string("identical types 1 ") + SMALL_FLOW);
  Frames &frames = rig.state.frames;
  rig.train();
  const double x[4] = {1.2, 0.4, -0.3, 0.1}, swapped[4] = {-0.3, 0.1, 1.2, 0.4};
  const size_t n = frames.n(FrameUse::TRAIN);
  frames.add(FrameUse::TRAIN, x, KT);
  frames.add(FrameUse::TRAIN, swapped, KT);
  assert_memory_equal(frames.train(0).x + 4 * (n + 1), swapped, sizeof swapped);
  frames.prepare(0, Frames::KEEP);
  assert_memory_equal(frames.train(0).x + 4 * n, frames.train(0).x + 4 * (n + 1), sizeof x);
}

/* ---- symmetries ---- */

static void check_symmetries(Rig &rig)
{
  std::vector<double> x;
  const Trial trial(rig.state.engine);
  rig.state.symmetries.check(x);
}

static void what_is_no_symmetry_is_refused(void **)
{
  Rig rig(two_wells(), "identical types 1");
  CHECK_THROWS(check_symmetries(rig), "changes the energy");
  Rig mirrored(two_wells(), "mirror y 0");
  CHECK_THROWS(check_symmetries(mirrored), "mirror y changes the energy");
  Rig basins(symmetric_wells(), std::string(TWO_BASINS) + "identical types 1");
  basins.world.x = {-1.2, 0.0, 0.3, -0.2};
  CHECK_THROWS(check_symmetries(basins), "another basin");
  Rig refusing(symmetric_wells(), "mirror y 0");
  refusing.world.x = {-1.2, 0.1, 0.3, -0.2};
  refusing.world.refusal = [](const double *x) { return x[1] < 0.0 ? "it is low" : nullptr; };
  CHECK_THROWS(check_symmetries(refusing), "it is low");
}

/* and is looked at once a run */
static void what_is_one_passes(void **)
{
  Rig rig(symmetric_wells(), "identical types 1 mirror y 0");
  check_symmetries(rig);
  const long long n = rig.state.n_energy_calls();
  assert_int_equal(n, 5); // the present one, and two for each symmetry
  check_symmetries(rig);
  assert_int_equal(rig.state.n_energy_calls(), n);
  rig.state.initialize();
  check_symmetries(rig);
  assert_int_equal(rig.state.n_energy_calls(), 2 * n);
}

/* one that is refused tells nothing: the next one is looked at */
static void a_refused_configuration_tells_nothing(void **)
{
  Rig rig(two_wells(), "identical types 1");
  rig.world.refusal = [](const double *) { return "whatever"; };
  check_symmetries(rig);
  rig.world.refusal = nullptr;
  CHECK_THROWS(check_symmetries(rig), "changes the energy");
}

/* ---- reruns ---- */

static void read_frame(Rig &rig, const std::vector<double> &x)
{
  rig.world.x = x;
  rig.state.initialize();
  rig.state.collect_frame(true);
}

static void an_atom_that_the_dump_lacks_is_found(void **)
{
  Rig rig(two_wells(), "move fresh 1");
  rig.world.x = {0.0, 0.0, 0.5, 0.5};
  rig.state.initialize();
  for (int i = 1; i < 16; i++) read_frame(rig, {0.1 * i, 0.0, 0.5, 0.5});
  CHECK_THROWS(read_frame(rig, {1.6, 0.0, 0.5, 0.5}), "atom 2 does not move for 16 frames");
}

static void a_short_rerun_is_judged_at_its_end(void **)
{
  Rig rig(two_wells(), "move fresh 1");
  rig.world.x = {0.0, 0.0, 0.5, 0.5};
  rig.state.initialize();
  for (int i = 1; i < 4; i++) read_frame(rig, {0.1 * i, 0.0, 0.5, 0.5});
  CHECK_THROWS(rig.state.end_of_run(), "atom 2 does not move for 3 frames");
  Rig still(two_wells(), "move fresh 1");
  for (int i = 0; i < 3; i++) read_frame(still, {0.1, 0.0, 0.5, 0.5});
  still.state.end_of_run();
  assert_true(still.host.printed.find("no atom of the group moves") != std::string::npos);
}

static void frames_without_image_flags_are_found(void **)
{
  Rig rig(two_wells(), "move fresh 1");
  rig.host.cube.length = 10.0;
  for (int i = 0; i < 6; i++) read_frame(rig, {i % 2 ? 9.9 : 0.05, 0.1 * i, 0.2 * i, 0.5});
  rig.state.end_of_run();
  assert_true(rig.host.printed.find("jump by a whole box 5 times") != std::string::npos);

  Rig bonded(two_wells(), "move fresh 1");
  bonded.host.cube.length = 10.0;
  bonded.host.bonded.bonds = {0, 1};
  read_frame(bonded, {0.1, 0.0, 0.9, 0.0});
  CHECK_THROWS(read_frame(bonded, {9.9, 0.0, 0.8, 0.0}), "stretches by a whole box length in x");
}

static void frames_are_of_one_box_and_have_an_energy(void **)
{
  Rig rig(two_wells(), "move fresh 1");
  rig.host.cube.length = 10.0;
  read_frame(rig, {0.1, 0.0, 0.9, 0.0});
  rig.host.cube.length = 9.0;
  CHECK_THROWS(read_frame(rig, {0.2, 0.0, 0.8, 0.0}), "length in x 9, not 10");
  rig.host.cube.length = 10.0;
  rig.world.energy = [](const double *, double *) { return INFINITY; };
  CHECK_THROWS(read_frame(rig, {0.2, 0.0, 0.7, 0.0}), "potential energy is inf");
}

/* ---- a model in a file ---- */

static void a_model_is_loaded_where_it_belongs(void **)
{
  const std::string path = "house_frames_" + std::to_string(getpid()) + ".bgen";
  const std::string line = std::string(TWO_BASINS) + SMALL_FLOW;
  Rig first(two_wells(), line), second(two_wells(), line);
  first.train();
  first.state.save(path);
  assert_true(second.state.model.checksum() == 0);
  second.state.load(path);
  assert_true(second.state.model.checksum() == first.state.model.checksum());
  assert_true(second.state.model.training_temperature() == KT);
  const double x[4] = {-1.0, 0.1, 0.2, 0.3};
  assert_true(second.state.model.log_q(1.5, x) == first.state.model.log_q(1.5, x));
  Rig other(two_wells(), line + "mirror y 0");
  CHECK_THROWS(other.state.load(path), "mirrors");
  Rig more(two_wells(), std::string(SMALL_FLOW) +
                            "cv s coordinate 1 x basin left s -inf -1 basin right s 0 inf");
  CHECK_THROWS(more.state.load(path), "basins");
  remove(path.c_str());
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(training_frames_are_of_one_temperature),
      cmocka_unit_test(test_frames_have_a_set_for_each_temperature),
      cmocka_unit_test(walkers_are_told_apart),
      cmocka_unit_test(frames_that_were_read_before_are_not_stored),
      cmocka_unit_test(frames_that_stay_are_stored),
      cmocka_unit_test(a_test_on_training_frames_is_named),
      cmocka_unit_test(frames_outside_are_counted_and_none_are_taken_on_demand),
      cmocka_unit_test(a_mirror_must_keep_the_basin),
      cmocka_unit_test(frames_of_a_run_come_at_its_temperature),
      cmocka_unit_test(frames_are_folded_once_a_reference_is_there),
      cmocka_unit_test(what_is_no_symmetry_is_refused),
      cmocka_unit_test(what_is_one_passes),
      cmocka_unit_test(a_refused_configuration_tells_nothing),
      cmocka_unit_test(an_atom_that_the_dump_lacks_is_found),
      cmocka_unit_test(a_short_rerun_is_judged_at_its_end),
      cmocka_unit_test(frames_without_image_flags_are_found),
      cmocka_unit_test(frames_are_of_one_box_and_have_an_energy),
      cmocka_unit_test(a_model_is_loaded_where_it_belongs),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
