/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "double_well.h"

#include "input/error.h"

#include <cmath>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

extern "C" {
#include <cmocka.h>
}

namespace bgen {

static constexpr double SHARES[] = {1.0, 0.2}; // right, left

static Wells wells_at(double distance, double width)
{
  return {{{SHARES[0], {distance, 0.0}, width}, {SHARES[1], {-distance, 0.0}, width}}};
}

DoubleWell::DoubleWell(const std::string &more, double distance, double width, Pool *pool)
    : wells(wells_at(distance, width)), world(1, 2), host(world, pool),
      state("bg",
            settings_of("0 1.0 4711 cv s coordinate 1 x basin right s 0 20 basin left s -20 0 "
                        "threads 1 flow \"whiten; realnvp blocks 2 width 8\" " +
                            more,
                        2),
            host, host.all())
{
  world.x = wells.wells[0].mean;
  world.energy = [this](const double *x, double *grad) { return wells.energy(x, grad); };
}

State *DoubleWell::find(const std::string &fix_id)
{
  if (fix_id == state.id) return &state;
  return fix_id == "other" ? other : nullptr;
}

void DoubleWell::add_frames(FrameUse use, size_t n, uint64_t first)
{
  for (size_t i = 0; i < n; i++) {
    double x[2];
    const Wells one = {{wells.wells[i % 2]}};
    one.draw(first + i, x);
    state.frames.add(use, x, 1.0);
  }
}

double DoubleWell::exact(int k) const
{
  return -std::log(2.0 * M_PI * wells.wells[k].share);
}

void DoubleWell::act(const std::string &words)
{
  Line line = line_of("bgen", words);
  bgen::act(state, line, *this);
}

std::string DoubleWell::sentence(const std::string &words)
{
  try {
    act(words);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

std::string DoubleWell::printed()
{
  std::string all;
  all.swap(host.printed);
  return all;
}

TwoIdentical::TwoIdentical()
    : world(2, 1), host(world),
      state("bg", settings_of("0 1.0 7 identical types 1 threads 1 flow \"whiten\"", 1), host,
            host.all())
{
  world.energy = [](const double *x, double *grad) {
    grad[0] = x[0], grad[1] = x[1];
    return 0.5 * (x[0] * x[0] + x[1] * x[1]);
  };
  for (int i = 0; i < 200; i++) {
    bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, i);
    double x[2];
    bgen_rng_normals(&rng, 2, x);
    state.frames.add(FrameUse::TRAIN, x, 1.0);
  }
  state.frames.prepare(0, Frames::KEEP);
}

/* ---- files ---- */

Folder::Folder()
{
  std::string name = (std::filesystem::temp_directory_path() / "bgen-house-XXXXXX").string();
  if (!mkdtemp(&name[0])) fail_msg("no folder %s", name.c_str());
  path_ = name;
}

Folder::~Folder()
{
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string content_of(const std::string &path)
{
  std::ifstream file(path);
  if (!file) fail_msg("there is no file %s", path.c_str());
  std::ostringstream all;
  all << file.rdbuf();
  return all.str();
}

std::vector<std::string> lines_of(const std::string &text)
{
  std::vector<std::string> lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  return lines;
}

bgen_estimate result_in(const std::string &table, const std::string &what)
{
  for (const std::string &line : lines_of(content_of(table))) {
    std::istringstream words(line);
    std::string T, name;
    bgen_estimate of;
    if (words >> T >> name >> of.value >> of.error && name == what) return of;
  }
  return {NAN, NAN};
}

std::vector<double> numbers_of(const std::string &line)
{
  std::vector<double> numbers;
  std::istringstream all(line);
  for (std::string word; all >> word;) {
    char *end = nullptr;
    const double number = strtod(word.c_str(), &end);
    if (*end == '\0') numbers.push_back(number);
  }
  return numbers;
}

/* ---- checks ---- */

void expect_close(const char *what, double value, double expected, double tolerance)
{
  if (!(std::fabs(value - expected) <= tolerance))
    fail_msg("%s: %.10g, not %.10g within %.3g", what, value, expected, tolerance);
}

void expect_same(const std::string &what, const std::string &found, const std::string &expected)
{
  if (found != expected)
    fail_msg("%s: '%s', not '%s'", what.c_str(), found.c_str(), expected.c_str());
}

void expect_says(const std::string &what, const std::string &found, const std::string &parts)
{
  std::istringstream all(parts);
  for (std::string part; std::getline(all, part, '|');)
    if (found.find(part) == std::string::npos)
      fail_msg("%s: '%s' does not say '%s'", what.c_str(), found.c_str(), part.c_str());
}

} // namespace bgen
