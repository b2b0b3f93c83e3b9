/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_no_overlap.cpp - "bgen ID free_energy" where the flow of one basin has nothing to do with
   its frames: that basin has an infinite error wherever it is written, the other one is as it was,
   and nothing ends the run.

   The left well is moved along y after the flows were trained, which changes no free energy. */

#include "two_wells.h"

#include "double_well.h"

#include <filesystem>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

static constexpr int N_FRAMES = 400;

namespace {
struct Moved {
  TwoWells well;
  const double shift;

  explicit Moved(double by) : shift(by)
  {
    const auto energy = well.world.energy;
    well.world.energy = [energy, by](const double *x, double *grad) {
      const double there[] = {x[0], x[0] < 0.0 ? x[1] - by : x[1]};
      return energy(there, grad);
    };
  }

  /* the exact ones, as other atoms have them, moved */
  void add_frames(double T)
  {
    TwoWells as_it_was;
    as_it_was.add_test_frames(as_it_was.state, T, 2, N_FRAMES / 2);
    for (const Basin b : {RIGHT, LEFT}) {
      const bgen_frames frames = as_it_was.state.frames.test(b);
      well.state.frames.walker++;
      for (size_t i = 0; i < frames.n; i++) {
        const double *at = frames.x + i * frames.dim;
        const double x[] = {at[0], b == LEFT ? at[1] + shift : at[1]};
        well.state.frames.add(FrameUse::TEST, x, T);
      }
    }
  }
};
} // namespace

/* the words of the first line that begins so */
static std::string line_with(const std::string &text, const std::string &beginning)
{
  for (const std::string &line : lines_of(text))
    if (line.compare(0, beginning.size(), beginning) == 0) return line;
  fail_msg("no line %s in %s", beginning.c_str(), text.c_str());
  return "";
}

static std::vector<double> of_table(const std::string &what)
{
  return numbers_of(line_with(content_of("table.dat"), "1 " + what + " "));
}

static void check_right(const Moved &m)
{
  near("right", {m.well.state.free_energies[RIGHT][0], m.well.state.free_energies[RIGHT][1]},
       exact_free_energy(m.well.force, 1.0, RIGHT), 0.02);
  assert_true(of_table("F(right)")[2] < 0.02 && of_table("<s>(right)")[4] < 0.1);
  assert_true(std::isfinite(numbers_of(line_with(m.well.host.printed, "right "))[1]));
}

static void check_left(const Moved &m)
{
  const auto &kept = m.well.state.free_energies[LEFT];
  assert_true(std::isinf(kept[1]) && std::isinf(kept[3]));
  for (const char *what : {"F(left)", "F(right)-F(left)"})
    assert_true(std::isinf(of_table(what)[2]) && std::isinf(of_table(what)[4]));
  for (const char *what : {"<s>", "<s>(left)"}) assert_true(std::isinf(of_table(what)[4]));
  const std::vector<double> row = numbers_of(line_with(m.well.host.printed, "left "));
  assert_true(std::isinf(row[1]) && std::isinf(row.back())); // its error, and that of the bootstrap
  expect_says("line", line_with(m.well.host.printed, "F(right) - F(left) = "), " +- inf kT");
  expect_says("points", content_of("points.flow.dat"), "# F(left) = | +- inf kT");
  for (const std::string &line : data_lines("convergence.dat"))
    assert_true(std::isinf(numbers_of(line)[10]));
  for (const std::string &line : data_lines("profile.dat"))
    assert_true(std::isinf(numbers_of(line)[2]));
}

static constexpr char LINE[] =
    "free_energy samples 1000 bootstrap 20 table table.dat profile "
    "profile.dat s -4 4 8 convergence convergence.dat points points mean s";

/* 1: there is overlap; 12: hardly any number is left of it; 300: none at all */
static void test_basins(void **)
{
  for (const double shift : {1.0, 12.0, 300.0}) {
    Moved m(shift);
    m.add_frames(1.0);
    if (!m.well.act(LINE)) fail_msg("%g: %s", shift, m.well.sentence.c_str());
    check_right(m);
    if (shift > 1.0) {
      check_left(m);
      expect_says("words", m.well.host.printed,
                  "left: the error is infinite: forward and reverse works overlap by");
      assert_true(m.well.host.printed.find("balanced") == std::string::npos);
    } else
      near("left", {m.well.state.free_energies[LEFT][0], m.well.state.free_energies[LEFT][1]},
           exact_free_energy(m.well.force, 1.0, LEFT), 0.4);
    assert_true(m.well.host.printed.find("MBAR") == std::string::npos);
    assert_true(m.well.host.warned.find("MBAR") == std::string::npos);
  }
}

/* of several temperatures; and the other fix */
static void test_more(void **)
{
  Moved m(300.0);
  m.add_frames(1.0);
  m.add_frames(2.0);
  assert_true(m.well.act("free_energy samples 500 temperatures 1 2 table table.dat"));
  for (const char *what : {"F(left)", "U(left)", "TS(left)"})
    assert_true(std::isinf(of_table(what)[2]));
  for (const char *what : {"F(right)", "U(right)", "TS(right)"})
    assert_true(of_table(what)[2] < 0.1);
  TwoWells &well = m.well;
  well.add_test_frames(well.other("hot", 2.0), 2.0, 2, 200);
  assert_true(well.act("free_energy samples 500 table table.dat against hot"));
  assert_true(std::isinf(of_table("F(bg)-F(hot)")[2]) && std::isinf(of_table("F(bg)")[2]));
  assert_true(std::isfinite(of_table("F(hot)")[2]));
}

/* no sample of the flow has a finite energy */
static void test_unreached(void **)
{
  Moved m(0.0);
  m.add_frames(1.0);
  const auto energy = m.well.world.energy;
  size_t n = 0;
  m.well.world.energy = [&](const double *x, double *grad) {
    const double u = energy(x, grad); // samples are evaluated first
    return x[0] < 0.0 && n++ < 1000 ? INFINITY : u;
  };
  assert_true(m.well.act("free_energy samples 1000 table table.dat mean s"));
  assert_true(std::isnan(of_table("F(left)")[1]) && std::isinf(of_table("F(left)")[2]));
  expect_says("warning", m.well.host.warned, "basin left: none of the 1000 samples of its flow");
  check_right(m);
}

int main()
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_basins), cmocka_unit_test(test_more),
                                     cmocka_unit_test(test_unreached)};
  const Folder folder;
  std::filesystem::current_path(folder / "");
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
