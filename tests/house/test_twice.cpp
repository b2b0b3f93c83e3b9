/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_twice.cpp - lines that name one file twice, and a model of another temperature than frames
   at hand */

#include "double_well.h"

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <filesystem>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

static void test_files(void **)
{
  const Folder folder;
  const std::string a = folder / "a", again = folder / "./a", flow = folder / "a.flow.dat";
  for (const std::string &line :
       {"sample 9 file " + a + " dump " + a, "sample 9 file " + a + " dump " + again,
        "train steps 1 batch 8 file " + a + " append " + a,
        "free_energy table " + a + " profile " + a + " s -1 1 9",
        "free_energy convergence " + a + " table " + again,
        "free_energy points " + a + " table " + flow, "free_energy table " + flow + " points " + a,
        "population 9 from flow file " + a + " dump " + a}) {
    DoubleWell d;
    d.add_frames(FrameUse::TRAIN, 60, 0);
    d.add_frames(FrameUse::TEST, 60, 60);
    d.act("train steps 1 batch 8");
    expect_says(line, d.sentence(line), "/a|is named twice|a file of its own");
    assert_false(std::filesystem::exists(a) || std::filesystem::exists(flow));
  }
}

/* the last one would win without a word */
static void test_keywords(void **)
{
  DoubleWell d;
  d.add_frames(FrameUse::TRAIN, 60, 0);
  d.add_frames(FrameUse::TEST, 60, 60);
  d.act("train steps 1 batch 8");
  for (const char *line : {"train steps 1 batch 8 steps 2", "sample 9 file a file b",
                           "free_energy samples 9 table a table b",
                           "free_energy samples 9 profile a s -1 1 9 profile b s -1 1 9",
                           "population 9 from flow file a file b",
                           "interpolate 9 from left 1 to right 1 file a file b"})
    expect_says(line, d.sentence(line), "keyword '|' is given twice: give it once");
  d.act("free_energy samples 60 state a s -1 0 state b s 0 1 mean s mean s");
}

/* frames of one temperature and a model of another: they would be taken for its own */
static void test_temperatures(void **)
{
  const Folder folder;
  const std::string path = folder / "model";
  {
    DoubleWell d;
    d.add_frames(FrameUse::TRAIN, 60, 0);
    d.act("train steps 1 batch 8");
    d.act("save " + path);
  }
  DoubleWell d;
  const double x[] = {1.5, 0.0};
  d.state.frames.add(FrameUse::TRAIN, x, 2.0);
  expect_says("load", d.sentence("load " + path),
              "trained at temperature 1|frames of fix bg are at 2|into another fix");
  DoubleWell same;
  same.add_frames(FrameUse::TRAIN, 60, 0);
  same.act("load " + path);
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(test_files),
      cmocka_unit_test(test_keywords),
      cmocka_unit_test(test_temperatures),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
