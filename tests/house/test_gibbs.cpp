/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_gibbs.cpp - "free_energy absolute volumes" and "bgen ID gibbs" of a crystal whose free
   energy is known at every volume: a ring of three particles joined by springs, of length L, with
   an energy of L alone that makes F a parabola in L^(-2/3) */

#include "double_well.h"
#include "full_disk.h"
#include "input/text.h"
#include "known_body.h"
#include "two_wells.h"

#include <filesystem>
#include <fstream>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

static constexpr double PI = 3.14159265358979323846, SPRING = 9.0, REST = 6.0;
static constexpr char NAME[] = "lengths.dat";

/* what F shall be */
static double free_energy_at(double length)
{
  return 3.0 + 900 * std::pow(std::pow(length, -2.0 / 3) - std::pow(REST, -2.0 / 3), 2);
}

/* -dF/dL */
static double pressure_at(double length)
{
  return 1200 * (std::pow(length, -2.0 / 3) - std::pow(REST, -2.0 / 3)) *
         std::pow(length, -5.0 / 3);
}

/* that minus F without it: -ln(L/3) of the center, k (L - REST)^2 / 6 of the springs, and what does
   not depend on L */
static double energy_of_length(double length)
{
  const double at_placement = -std::log(std::sqrt(3.0) * 2 * PI / (3 * SPRING));
  return free_energy_at(length) -
         (at_placement - std::log(length / 3) + SPRING * std::pow(length - REST, 2) / 6);
}

static double ring_energy(double length, const double *x, double *grad)
{
  double u = energy_of_length(length);
  for (int i = 0; i < 3; i++) grad[i] = 0.0;
  for (int i = 0; i < 3; i++) {
    const int k = (i + 1) % 3;
    const double apart = x[k] - x[i] + (k == 0 ? length : 0.0) - REST / 3.0;
    u += 0.5 * SPRING * apart * apart;
    grad[k] += SPRING * apart;
    grad[i] -= SPRING * apart;
  }
  return u;
}

namespace {
struct Ring : KnownBody {
  explicit Ring(double length, const std::string &more = "")
      : KnownBody(
            3, "crystal x",
            [length](bgen_rng &rng, double *x) {
              double n[4];
              bgen_rng_normals(&rng, 4, n);
              for (int i = 0; i < 3; i++)
                x[i] = 30 * n[3] + i * length / 3 +
                       (n[i] - (n[0] + n[1] + n[2]) / 3) / std::sqrt(3 * SPRING);
            },
            [length](const double *x, double *grad) { return ring_energy(length, x, grad); }, more,
            length)
  {
  }
};
} // namespace

static void write(const std::string &text)
{
  std::ofstream(NAME) << text;
}

static void good(KnownBody &body, const std::string &words)
{
  if (!body.act_as(words)) fail_msg("%s: %s", words.c_str(), body.sentence.c_str());
}

static void refused(KnownBody &body, const std::string &words, const std::string &sentence)
{
  assert_false(body.act_as(words));
  if (body.sentence.find(sentence) == std::string::npos)
    fail_msg("'%s' says: %s", words.c_str(), body.sentence.c_str());
}

static const std::string ADD = "free_energy samples 2000 absolute length 1 volumes lengths.dat";

static void test_minimum(void **)
{
  std::filesystem::remove(NAME);
  for (const double length : {5.5, 5.9, 6.2, 6.6, 6.9}) {
    Ring body(length);
    good(body, ADD);
  }
  Ring body(REST);
  std::string line = "gibbs lengths.dat table gibbs.dat pressure";
  const std::vector<double> at = {5.7, 6.0, 6.4};
  for (const double L : at) line += text(" %.15g", pressure_at(L));
  good(body, line);
  const std::vector<std::string> lines = data_lines("gibbs.dat");
  assert_int_equal(lines.size(), at.size());
  for (size_t i = 0; i < at.size(); i++) {
    const std::vector<double> of = numbers_of(lines[i]);
    const double L = at[i], h = 1e-4;
    near("V", {of[1], of[2]}, L, 0.02);
    near("G", {of[3], of[4]}, free_energy_at(L) + pressure_at(L) * L, 0.02);
    near("K", {of[7], of[8]}, -L * (pressure_at(L + h) - pressure_at(L - h)) / (2 * h), 3);
    expect_close("in energy units, of an atom", 3 * of[5], of[3], 1e-8);
  }
  expect_says("it", body.host.printed,
              "minimum of F + pV by a parabola in V^(-2/3) through 5 F in lengths.dat, 3 atoms, "
              "in kT, kT = 1|Pressure|Bulk-modulus");
}

/* ---- files ---- */

static const std::string HEAD = "# volumes of bgen free_energy, units lj; F and lengths (dN ln L) "
                                "in kT\n# V F error N kT lengths\n";

static void test_lines(void **)
{
  std::filesystem::remove(NAME);
  Ring body(REST);
  good(body, ADD);
  const std::string first = content_of(NAME);
  assert_int_equal(first.compare(0, HEAD.size(), HEAD), 0);
  const std::vector<double> of = numbers_of(data_lines(NAME)[0]);
  near("F", {of[1], of[2]}, free_energy_at(REST), 0.02);
  expect_close("V", of[0], REST, 0);
  expect_close("N", of[3], 3, 0);
  expect_close("kT", of[4], 1, 0);
  expect_close("3 ln 1", of[5], 0, 0);
  Ring again(REST), once_more(REST); // of the same seed
  refused(again, ADD, "lengths.dat already: remove the file");
  refused(body, "free_energy samples 50 absolute length 2 volumes lengths.dat",
          "mixes N kT lengths = 3 1 0 with 3 1 2.07944");
  assert_true(content_of(NAME) == first);
  write(HEAD);
  good(once_more, ADD);
  assert_true(content_of(NAME) == first);
}

static const std::string A = "5 1.4 0.1 3 1 0\n", B = "6 0.1 0.1 3 1 0\n", C = "7 1.6 0.1 3 1 0\n";

static void test_bad_files(void **)
{
  Ring body(REST);
  const auto bad = [&](const std::string &text, const std::string &sentence) {
    write(text);
    refused(body, "gibbs lengths.dat", sentence);
    if (!text.empty() && sentence != "three different") refused(body, ADD, sentence);
    assert_true(content_of(NAME) == text);
  };
  bad("", "there are no volumes in lengths.dat: add them");
  bad("1 2 3\n", "does not begin as a file of volumes with units lj");
  std::string other = HEAD + A + B + C;
  other.replace(other.find("lj"), 2, "metal");
  bad(other, "does not begin as a file of volumes with units lj");
  bad(HEAD + A + B + "7 1.6 0.1 3", "the last line of lengths.dat is not whole");
  bad(HEAD + A + B + "7 1.6 0.1 3\n", "cannot read '7 1.6 0.1 3' in lengths.dat");
  bad(HEAD + A + B + "7 1.6 0.1 3 1 0 0\n", "expected V F error N kT lengths");
  bad(HEAD + A + B + "7 x 0.1 3 1 0\n", "cannot read '7 x");
  bad(HEAD + A + B + "7 1.6 0.1 4 1 0\n", "mixes N kT lengths = 3 1 0 with 4 1 0");
  bad(HEAD + A + B, "three different");
  write(HEAD + A + B + "-7 1.6 0.1 3 1 0\n");
  refused(body, "gibbs lengths.dat", "lengths.dat: volume -7 is no number above 0");
  std::filesystem::remove(NAME);
  refused(body, "gibbs lengths.dat", "there are no volumes");
  std::filesystem::create_directory(NAME);
  refused(body, "gibbs lengths.dat", "is no file that volumes can be read from");
  std::filesystem::remove(NAME);
}

/* what is there stays as it was, and no line is cut */
static void test_full_disk(void **)
{
  const std::string before = HEAD + A + B + C;
  Ring body(REST);
  write(before);
  std::filesystem::remove("table.dat");
  {
    const FullDisk full(before.size() + 5);
    refused(body, ADD, "bgen: cannot write lengths.dat: File too large");
  }
  assert_true(content_of(NAME) == before);
  {
    const FullDisk full(20);
    refused(body, "gibbs lengths.dat table table.dat",
            "bgen: cannot write table.dat: File too large");
  }
  assert_false(std::filesystem::exists("table.dat"));
}

/* ---- units ---- */

/* eV, bar and cubic Angstrom; F with all digits that the file has */
static void test_metal(void **)
{
  static constexpr double BAR = 6.241509074e-7, KT = 0.05, V = 1306.0, F2 = 6e8; // eV/A^3, eV
  const auto strain = [](double v) { return std::pow(v, -2.0 / 3) - std::pow(1314.5, -2.0 / 3); };
  std::string file = HEAD;
  file.replace(file.find("lj"), 2, "metal");
  for (const double v : {1293.0, 1304.0, 1325.0, 1336.0})
    file += text("%.10g %.10g 0.05 108 0.05 -782\n", v, F2 * std::pow(strain(v), 2) / 2);
  Ring body(REST);
  body.host.unit_style = "metal";
  write(file);
  const double slope = F2 * strain(V) * -2 / 3 * std::pow(V, -5.0 / 3),
               bulk = F2 * 4 / 9 * V * std::pow(V, -10.0 / 3) +
                      F2 * strain(V) * 10 / 9 * V * std::pow(V, -8.0 / 3),
               G = F2 * std::pow(strain(V), 2) / 2 - slope * V;
  good(body, text("gibbs lengths.dat table metal.dat pressure %.12g", -slope * KT / BAR));
  const std::vector<double> of = numbers_of(data_lines("metal.dat")[0]);
  /* by 10 digits of each F, and 6 of the bulk modulus */
  expect_close("V", of[1], V, 1e-5);
  expect_close("G", of[3], G, 1e-6);
  expect_close("G/N, eV", of[5], G * KT / 108, 1e-8);
  expect_close("bulk modulus, bar", of[7], bulk * KT / BAR, 1e-5 * bulk * KT / BAR);
}

/* ---- lines ---- */

static void expect_printed(const std::string &file, const std::string &words,
                           const std::string &what)
{
  Ring body(REST);
  write(HEAD + file);
  good(body, "gibbs lengths.dat " + words);
  expect_says(words, body.host.printed, what);
}

static void test_warnings(void **)
{
  expect_printed(A + B + C, "", "through 3 F|three F always lie on a parabola");
  expect_printed(A + B + C, "pressure 30",
                 "p = 30: the minimum lies outside the volumes, so G is not known: add "
                 "smaller volumes");
  expect_printed("5 1 0.1 3 1 0\n6 1.9 0.1 3 1 0\n7 1 0.1 3 1 0\n", "",
                 "the curvature of F(V) is not known, and so no minimum");
  expect_printed(A + B + C + "6.5 inf inf 3 1 0\n", "", "1 of 4 F have an infinite error");
  expect_printed(A + B + C + "6.5 0.7 0.1 3 1 0\n5.5 2.4 0.1 3 1 0\n", "",
                 "misses the F by more than their errors|2 degrees of freedom");
}

static void test_mistakes(void **)
{
  Ring body(REST);
  write(HEAD + A + B + C);
  refused(body, "gibbs", "a file of volumes");
  refused(body, "gibbs lengths.dat pressure x", "invalid value 'x'");
  refused(body, "gibbs lengths.dat table lengths.dat", "named twice");
  refused(body, "free_energy volumes a.dat", "volumes needs the keyword absolute");
  refused(body, "free_energy temperatures 1 2 absolute length 1 volumes a.dat",
          "one basin at one temperature, not for 1 basins at 2");
}

int main()
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_minimum),   cmocka_unit_test(test_lines),
      cmocka_unit_test(test_bad_files), cmocka_unit_test(test_warnings),
      cmocka_unit_test(test_mistakes),  cmocka_unit_test(test_full_disk),
      cmocka_unit_test(test_metal),
  };
  const Folder folder;
  std::filesystem::current_path(folder / "");
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
