/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_columns.cpp - columns of compute bgen and options of fix_modify, without LAMMPS */

#include "checks.h"
#include "rig.h"
#include "styles/columns.h"
#include "styles/modify_options.h"

#include <vector>

using namespace bgen;

static const char COLUMNS[] = "u basin weight cv s lnq lnw latent";
static const size_t LATENT = 6; // where it begins

static Columns columns(const std::string &words, const Settings &settings)
{
  Line line = line_of("compute bgen", words);
  return read_columns(line, settings);
}

static std::vector<double> values(State &state, const std::string &words)
{
  const Columns all = columns(words, state.settings);
  std::vector<double> values(all.n_values(state.engine.body().dim()));
  all.evaluate(state, values.data());
  return values;
}

static Settings two_cvs()
{
  return settings_of("1 1.0 7 cv s coordinate 1 x cv d distance 1 2", 2);
}

static void test_reading(void **)
{
  const Settings settings = two_cvs();
  const Columns all = columns("basin weight cv d lnq lnw u latent cv s u", settings);
  const Columns::Kind kinds[] = {Columns::BASIN,  Columns::WEIGHT, Columns::CV,
                                 Columns::LOG_Q,  Columns::LOG_W,  Columns::ENERGY,
                                 Columns::LATENT, Columns::CV,     Columns::ENERGY};
  assert_int_equal(all.all.size(), 9);
  for (size_t i = 0; i < 9; i++) assert_int_equal(all.all[i].kind, kinds[i]);
  assert_string_equal(all.all[2].cv.c_str(), "d");
  assert_int_equal(all.n_values(6), 8 + 6);
  const Columns usual = columns("", settings), said = columns("u lnq lnw weight", settings);
  assert_int_equal(usual.all.size(), 4);
  for (size_t i = 0; i < 4; i++) assert_int_equal(usual.all[i].kind, said.all[i].kind);
}

static void test_mistakes(void **)
{
  const Settings settings = two_cvs();
  CHECK_THROWS(columns("cv", settings), "missing argument after 'cv': expected the name of a cv");
  CHECK_THROWS(columns("u cv w", settings), "no cv 'w'");
  CHECK_THROWS(columns("speed", settings), "'speed': expected one of basin, weight, cv, lnq");
  CHECK_THROWS(columns("latent yes", settings), "u lnq lnw weight latent");
}

/* Before there is a flow, what needs one is no number. */
static void test_without_a_flow(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW + "offset left 2");
  rig.draw();
  const std::vector<double> found = values(rig.state, COLUMNS);
  assert_int_equal(found.size(), LATENT + 4);
  for (size_t i = 4; i < found.size(); i++) assert_true(std::isnan(found[i]));
  CHECK_CLOSE(found[0], rig.u(), 1e-14);
}

static void check_values(Rig &rig)
{
  const std::vector<double> found = values(rig.state, COLUMNS);
  const double s = rig.world.x[0];
  const int basin = rig.state.variables.basin_of(rig.world.x.data());
  CHECK_CLOSE(found[0], rig.u(), 1e-14);
  CHECK_CLOSE(found[1], basin + 1, 0.0);
  const bool left = rig.state.variables.basin_name(basin) == "left";
  CHECK_CLOSE(found[2], left ? std::exp(-2.0) : 1.0, 1e-15);
  CHECK_CLOSE(found[3], s, 0.0);
  CHECK_CLOSE(found[4], rig.state.model.log_q(KT, rig.world.x.data()), 0.0);
  CHECK_CLOSE(found[5], -rig.u() - found[4], 1e-12);
  double log_det = NAN;
  std::vector<double> z(4);
  assert_int_equal(bgen_generator_latent(rig.state.model.generator(), rig.state.model.workspace(),
                                         basin, 1, rig.world.x.data(), z.data(), &log_det),
                   BGEN_OK);
  for (size_t c = 0; c < 4; c++) CHECK_CLOSE(found[LATENT + c], z[c], 0.0);
  CHECK_CLOSE(present_weight(rig.state), found[2], 0.0);
}

static void test_values(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW + "offset left 2");
  rig.train();
  bool seen[2] = {false, false};
  for (int i = 0; i < 20; i++) {
    rig.draw();
    seen[rig.world.x[0] < 0.0] = true;
    check_values(rig);
  }
  assert_true(seen[0] && seen[1]);
}

/* ---- fix_modify ---- */

static void change(State &state, const std::string &words)
{
  Line line = line_of("fix_modify " + state.id, words);
  modify(state, read_modify_option(line));
  line.end();
}

static void test_frames(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW);
  const std::pair<const char *, FrameUse> uses[] = {
      {"test", FrameUse::TEST}, {"none", FrameUse::NONE}, {"train", FrameUse::TRAIN}};
  for (const auto &[word, use] : uses) {
    change(rig.state, std::string("frames ") + word);
    assert_true(rig.state.frames.use == use);
  }
  CHECK_THROWS(change(rig.state, "frames dump"), "'dump': expected one of train, test, none");
  CHECK_THROWS(change(rig.state, "frames"), "missing argument after 'frames'");
}

static void test_tune(void **)
{
  Rig rig(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW + "offset auto");
  change(rig.state, "tune no");
  assert_true(rig.host.printed.find(": tuned") != std::string::npos);
  change(rig.state, "tune yes");
  assert_true(rig.host.printed.find(": tunes") != std::string::npos);
  CHECK_THROWS(change(rig.state, "tune maybe"), "'maybe': expected one of no, yes");
  Rig fixed(two_wells(), std::string(TWO_BASINS) + SMALL_FLOW);
  CHECK_THROWS(change(fixed.state, "tune yes"), "nothing to tune");
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_reading),        cmocka_unit_test(test_mistakes),
      cmocka_unit_test(test_without_a_flow), cmocka_unit_test(test_values),
      cmocka_unit_test(test_frames),         cmocka_unit_test(test_tune),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
