/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_free_energy.cpp - "bgen ID free_energy" by each of its keywords, beside quadrature; no
   LAMMPS.  Seeds are fixed, and values may be off by 5 errors (two_wells.h). */

#include "input/text.h"
#include "two_wells.h"

#include "double_well.h"

#include <filesystem>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

static const char *const NAMES[] = {"right", "left"};

/* of the table of results, in kT where it is an energy */
static bgen_estimate result(double T, const std::string &what, const char *path = "table.dat")
{
  for (const std::string &line : data_lines(path)) {
    const std::vector<double> numbers = numbers_of(line); // T, in kT, in energy units
    const size_t begin = line.find(' ') + 1;
    if (numbers[0] != T || line.substr(begin, line.find(' ', begin) - begin) != what) continue;
    const int first = std::isnan(numbers[1]) ? 3 : 1;
    return {numbers[first], numbers[first + 1]};
  }
  fail_msg("no result %s at T = %g", what.c_str(), T);
  return {NAN, NAN};
}

static void good(TwoWells &well, const std::string &line)
{
  if (!well.act("free_energy " + line)) fail_msg("%s: %s", line.c_str(), well.sentence.c_str());
}

/* the numbers of the line that begins with this word */
static std::vector<double> row(const std::string &text, const std::string &name)
{
  const size_t at = text.find("\n" + name + " ");
  if (at == std::string::npos) fail_msg("no row %s in %s", name.c_str(), text.c_str());
  return numbers_of(text.substr(at + 1, text.find('\n', at + 1) - at - 1));
}

static double squared(double x, double y)
{
  return x * x + y * y;
}

/* ---- samples, table; what is printed and published ---- */

static void check_basins(const WellForce &force, double T, double most_error)
{
  for (const Basin b : {RIGHT, LEFT})
    near(NAMES[b], result(T, std::string("F(") + NAMES[b] + ")"), exact_free_energy(force, T, b),
         most_error);
  near("difference", result(T, "F(right)-F(left)"),
       exact_free_energy(force, T, RIGHT) - exact_free_energy(force, T, LEFT), 1.5 * most_error);
}

static void test_basins(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 4, 400);
  good(well, "samples 3000 table table.dat");
  check_basins(well.force, 1.0, 0.01);
  expect_says("it", well.host.printed,
              "F = -ln Z in kT, T = 1, kT = 1, by BAR; 3000 samples of each flow");
  for (const Basin b : {RIGHT, LEFT}) {
    const std::vector<double> numbers = row(well.host.printed, NAMES[b]);
    const bgen_estimate f = result(1.0, std::string("F(") + NAMES[b] + ")");
    assert_true(std::fabs(numbers[0] - f.value) < 1e-4 &&
                std::fabs(numbers[1] / f.error - 1) < 0.1);
    for (int side : {2, 3})
      assert_true(std::fabs(numbers[side] - exact_free_energy(well.force, 1.0, b)) < 0.1);
    assert_true(numbers[4] > 80 && numbers[4] <= 100 && numbers[5] > 80 && numbers[5] <= 100);
    assert_true(numbers[7] == 0 && numbers[8] == 1600 && numbers[9] == 4);
    const auto &kept = well.state.free_energies[b];
    assert_true(std::fabs(kept[0] - f.value) < 1e-8 && std::fabs(kept[1] - f.error) < 1e-5);
  }
  const bgen_estimate change = result(1.0, "F(right)-F(left)");
  assert_true(std::fabs(well.state.free_energies[LEFT][2] - change.value) < 1e-8);
  assert_true(well.state.free_energies[RIGHT][2] == 0 && well.state.free_energies[RIGHT][3] == 0);
  expect_says("it", well.host.printed, "F(right) - F(left) = ");
  expect_says("it", well.host.printed,
              "acceptance between right and left, were they balanced by offsets: 9");
  assert_true(well.host.warned.empty());
  assert_int_equal(well.state.chain.count(BGEN_COUNT_SAMPLES), 6000);
  assert_int_equal(well.state.n_energy_calls(), 6000 + 3200); // each point once
}

/* the stream of samples goes on, and what has been there is found again */
static void test_repeats(void **)
{
  std::string first, second;
  for (std::string *text : {&first, &second}) {
    TwoWells well;
    well.add_test_frames(well.state, 1.0, 2, 200);
    good(well, "samples 500 table table.dat");
    *text = content_of("table.dat");
    good(well, "samples 500 table again.dat");
    assert_true(content_of("again.dat") != *text);
  }
  assert_true(first == second);
}

/* ---- temperatures ---- */

static void test_temperatures(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 4, 400);
  well.add_test_frames(well.state, 1.5, 4, 400); // of a temperature that is not asked for
  well.add_test_frames(well.state, 2.0, 4, 400);
  good(well, "samples 3000 temperatures 2 1 table table.dat mean s");
  expect_says("it", well.host.printed, "T = 2, kT = 2, by MBAR");
  for (const double T : {1.0, 2.0}) {
    check_basins(well.force, T, 0.01);
    for (const Basin b : {RIGHT, LEFT}) {
      const std::string of = std::string("(") + NAMES[b] + ")";
      const double F = exact_free_energy(well.force, T, b),
                   U = exact_mean(well.force, T, b,
                                  [&](double x, double y) { return well.force.energy(x, y) / T; });
      near("U" + of, result(T, "U" + of), U, 0.03);
      near("TS" + of, result(T, "TS" + of), U - F, 0.03);
    }
    near("<s>", result(T, "<s>(left)"),
         exact_mean(well.force, T, LEFT, [](double x, double) { return x; }), 0.02);
  }
  expect_says("it", well.host.printed, "Energy units");
}

/* at another temperature than that of training samples alone tell */
static void test_without_frames(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 2, 400);
  good(well, "samples 4000 temperatures 2 table table.dat");
  expect_says("it", well.host.printed, "by samples alone");
  expect_says("it", well.host.printed, "no test frames at this temperature");
  check_basins(well.force, 2.0, 0.02);
  assert_true(well.host.printed.find("balanced") == std::string::npos);
}

/* Frames at a temperature that is not asked for tell something all the same. */
static void test_frames_of_another_temperature(void **)
{
  double errors[2];
  for (int with = 0; with < 2; with++) {
    TwoWells well;
    if (with) well.add_test_frames(well.state, 1.5, 4, 800);
    good(well, "samples 200 temperatures 2 1 table table.dat");
    check_basins(well.force, 2.0, 0.03);
    errors[with] = result(2.0, "F(left)").error;
  }
  assert_true(errors[1] < 0.97 * errors[0]); // by little: the samples, which are fewer, decide
}

/* Numbers that went through text or a formula are the same temperature. */
static void test_rounding_of_temperatures(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 2, 200);
  well.world.temperature = 1.0 + 4e-16;
  good(well, "samples 500 table table.dat");
  expect_says("it", well.host.printed, "by BAR");
  assert_int_equal(row(well.host.printed, "right")[8], 400);
  double errors[2];
  for (int rounded = 0; rounded < 2; rounded++) {
    TwoWells again;
    again.add_test_frames(again.state, 1.0, 2, 200);
    const char *one = rounded ? "1.0000000000000002" : "1";
    good(again, std::string("samples 500 table table.dat temperatures 2 ") + one);
    errors[rounded] = result(1.0, "F(left)").error;
  }
  expect_close("frames counted once", errors[1], errors[0], 1e-9);
}

/* ---- states and averages ---- */

static void test_states_and_means(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 4, 400);
  good(well, "samples 4000 table table.dat mean s pe v_r2 state high s 2.8 10 state low s -10 -2 "
             "v_y 0 10 state right s 0 10");
  const WellForce &force = well.force;
  near("F(high)", result(1.0, "F(high)"), exact_free_energy(force, 1.0, RIGHT, 2.8), 0.05);
  const double low = exact_free_energy(force, 1.0, LEFT, -10.0, -2.0) + std::log(2.0);
  near("F(low)", result(1.0, "F(low)"), low, 0.05);
  near("F(high)-F(low)", result(1.0, "F(high)-F(low)"),
       exact_free_energy(force, 1.0, RIGHT, 2.8) - low, 0.07);
  assert_true(std::fabs(result(1.0, "F(right)").value - well.state.free_energies[RIGHT][0]) < 1e-8);
  near("<s>", result(1.0, "<s>"), exact_mean(force, 1.0, BOTH, [](double x, double) { return x; }),
       0.02);
  near("<v_r2>(left)", result(1.0, "<v_r2>(left)"), exact_mean(force, 1.0, LEFT, squared), 0.1);
  near("<pe>", result(1.0, "<pe>"),
       exact_mean(force, 1.0, BOTH, [&](double x, double y) { return force.energy(x, y); }), 0.05);
}

/* a state that no point is in has no free energy, and a warning says so */
static void test_state_without_points(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 2, 100);
  good(well, "samples 200 table table.dat state far s 9 10");
  assert_true(std::isnan(result(1.0, "F(far)").value));
  expect_says("it", well.host.warned, "F(far) is unknown");
}

/* ---- another force field, another fix ---- */

static void test_perturb(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 4, 400);
  const WellForce before = well.force;
  good(well, "samples 4000 table table.dat mean s pe perturb \"k 1 1.8\" \"raised 0 0.4\"");
  assert_int_equal(well.host.commands.size(), 2);
  assert_true(well.force.k[LEFT] == 1.8 && well.force.raised[RIGHT] == 0.4);
  near("F'-F", result(1.0, "F'-F"),
       exact_free_energy(well.force, 1.0, BOTH) - exact_free_energy(before, 1.0, BOTH), 0.005);
  for (const Basin b : {RIGHT, LEFT}) {
    const std::string of = std::string("(") + NAMES[b] + ")";
    const double change = exact_free_energy(well.force, 1.0, b) - exact_free_energy(before, 1.0, b);
    const bgen_estimate found = result(1.0, "F'" + of + "-F" + of);
    if (b == RIGHT) // all energies are raised alike: no error at all
      assert_true(std::fabs(found.value - 0.4) < 1e-9 && found.error < 1e-9);
    else
      near("F'" + of, found, change, 0.01);
  }
  near("<s>'", result(1.0, "<s>'"),
       exact_mean(well.force, 1.0, BOTH, [](double x, double) { return x; }), 0.02);
  near("<pe>'", result(1.0, "<pe>'"),
       exact_mean(well.force, 1.0, BOTH,
                  [&](double x, double y) { return well.force.energy(x, y); }),
       0.02);
  expect_says("it", well.host.printed,
              "in the changed force field the effective sample size of all points is 9");
}

/* What a mirror changes has no average of samples that know one side; nor may the changed force
   field know sides. */
static void test_symmetries(void **)
{
  TwoWells well("mirror y 0.0");
  well.world.x = {2.5, 0.7}; // off the mirror
  well.add_test_frames(well.state, 1.0, 2, 200);
  assert_false(well.act("free_energy samples 200 mean v_y"));
  expect_says("it", well.sentence, "mirror y changes v_y|symmetries");
  assert_false(well.act("free_energy samples 200 perturb \"tilt 0.5\""));
  expect_says("it", well.sentence, "mirror y changes the energy");
  well.force.tilt = 0.0;
  good(well, "samples 2000 mean v_r2 table table.dat");
  near("<v_r2>", result(1.0, "<v_r2>"), exact_mean(well.force, 1.0, BOTH, squared), 0.1);
  const double F = exact_free_energy(well.force, 1.0, LEFT) + std::log(2.0); // up to reflection
  near("F(left)", result(1.0, "F(left)"), F, 0.02);
}

static void test_against(void **)
{
  TwoWells well;
  State &other = well.other("hot", 2.0);
  well.add_test_frames(well.state, 1.0, 4, 400);
  well.add_test_frames(other, 2.0, 4, 400);
  good(well, "samples 3000 table table.dat against hot");
  const double mine = exact_free_energy(well.force, 1.0, BOTH),
               others = 2.0 * exact_free_energy(well.force, 2.0, BOTH); // in kT of the first
  near("F(bg)", result(1.0, "F(bg)"), mine, 0.01);
  near("F(hot)", result(1.0, "F(hot)"), others, 0.02);
  near("F(bg)-F(hot)", result(1.0, "F(bg)-F(hot)"), mine - others, 0.02);
  expect_says("it", well.host.printed, "bgen hot free_energy: F = -ln Z in kT, T = 2");
  assert_true(std::isnan(other.free_energies[0][0])); // those of the other fix are its own
}

/* ---- errors ---- */

/* frames that stand four times each: a quarter of them is independent, and g tells */
static void test_subsample(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 2, 600, 4);
  good(well, "samples 4000 table table.dat");
  const std::vector<double> all = row(well.host.printed, "left");
  expect_says("it", well.host.printed, "reverse samples are correlated");
  good(well, "samples 4000 subsample yes table fewer.dat");
  const std::vector<double> fewer = row(well.host.printed, "left");
  assert_true(all[8] == 4800 && all[10] > 3 && all[10] < 5.5);
  assert_true(fewer[8] > 4800 / 5.5 && fewer[8] < 4800 / 3.0 && fewer[10] < 1.5);
  assert_true(fewer[1] / all[1] > 0.7 && fewer[1] / all[1] < 1.5);
  near("F(left)", result(1.0, "F(left)", "fewer.dat"), exact_free_energy(well.force, 1.0, LEFT),
       0.01);
}

/* Test frames that are all one configuration, or a single one, tell no error: what rests on them
   has an infinite one. */
static void test_frozen(void **)
{
  for (const int n_same : {1, 500}) {
    TwoWells well;
    well.add_test_frames(well.state, 1.0, 1, 1, n_same);
    good(well, "samples 2000 mean s table table.dat");
    for (const char *what : {"F(right)", "F(left)", "F(right)-F(left)", "<s>"})
      assert_true(std::isinf(result(1.0, what).error));
    assert_true(std::isinf(well.state.free_energies[LEFT][1]));
    expect_says(
        "it", well.host.printed,
        text("right: the error is infinite: the test frames, %d, count as one|inf", n_same));
  }
}

static void test_bootstrap(void **)
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 4, 300);
  good(well, "samples 2000 bootstrap 100");
  for (const Basin b : {RIGHT, LEFT}) {
    const std::vector<double> numbers = row(well.host.printed, NAMES[b]);
    assert_int_equal(numbers.size(), 12);
    assert_true(numbers[11] / numbers[1] > 0.7 && numbers[11] / numbers[1] < 1.4);
  }
  good(well, "samples 2000");
  assert_int_equal(row(well.host.printed, "left").size(), 11);
}

int main()
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_basins),
      cmocka_unit_test(test_repeats),
      cmocka_unit_test(test_temperatures),
      cmocka_unit_test(test_without_frames),
      cmocka_unit_test(test_frames_of_another_temperature),
      cmocka_unit_test(test_rounding_of_temperatures),
      cmocka_unit_test(test_states_and_means),
      cmocka_unit_test(test_state_without_points),
      cmocka_unit_test(test_perturb),
      cmocka_unit_test(test_symmetries),
      cmocka_unit_test(test_against),
      cmocka_unit_test(test_subsample),
      cmocka_unit_test(test_frozen),
      cmocka_unit_test(test_bootstrap),
  };
  const Folder folder;
  std::filesystem::current_path(folder / "");
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
