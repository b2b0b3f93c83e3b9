/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_actions.cpp - the table of actions, and those that only write, read or print */

#include "actions/actions.h"
#include "base/version.h"
#include "double_well.h"
#include "input/error.h"

#include <cmath>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

/* with flows that are trained a little, so that log q is none of a normal distribution */
struct Trained : DoubleWell {
  explicit Trained(const std::string &more = "") : DoubleWell(more)
  {
    add_frames(FrameUse::TRAIN, 200, 0);
    act("train steps 20 batch 32 lr 1e-2");
    printed();
  }
};

/* frames of a dump: id type x y and what else stands in the line of the only atom */
static std::vector<std::vector<double>> atoms_of(const std::string &path)
{
  std::vector<std::vector<double>> atoms;
  const std::vector<std::string> lines = lines_of(content_of(path));
  assert_true(lines.size() % 10 == 0);
  for (size_t i = 9; i < lines.size(); i += 10) {
    expect_same("step", lines[i - 8], std::to_string(i / 10 + 1));
    atoms.push_back(numbers_of(lines[i]));
  }
  return atoms;
}

static double u_of(const DoubleWell &d, const double *x)
{
  double grad[2];
  return d.wells.energy(x, grad);
}

/* ---- the table ---- */

static void test_help(void **)
{
  DoubleWell d;
  d.act("help");
  const std::string all = d.printed();
  for (const ActionKind &kind : actions()) {
    expect_says("all", all, std::string("\n  ") + kind.word + " |" + kind.what);
    const long long before = d.state.n_energy_calls();
    d.act(std::string(kind.word) + " help");
    const std::string printed = d.printed();
    expect_says(kind.word, printed, std::string("bgen ID ") + kind.word);
    for (const Keyword &keyword : kind.help.keywords)
      expect_says(kind.word, printed, std::string("\n  ") + keyword.word + "|" + keyword.help);
    assert_true(d.state.n_energy_calls() == before && d.host.warned.empty());
  }
}

static void test_words(void **)
{
  DoubleWell d;
  expect_says("nothing", d.sentence(""), "bgen: |action");
  expect_says(
      "unknown", d.sentence("dance"),
      "bgen: unknown action 'dance'|train, sample, free_energy, gibbs, mixture, population, "
      "works, interpolate, save, load, dump, info");
  expect_says("frames", d.sentence("frames test"),
              "bgen: |'frames'|fix_modify ID frames|dump FILE");
  expect_says("tune", d.sentence("tune no"), "bgen: |'tune'|fix_modify ID tune");
  expect_says("anneal", d.sentence("anneal 10 from flow"), "bgen: |'anneal'|population");
}

/* ---- sample ---- */

static void test_sample(void **)
{
  const Folder folder;
  Trained d;
  d.host.observables["v_y"] = [](const double *x) { return x[1]; };
  d.act("sample 300 file " + (folder / "s.dat") + " dump " + (folder / "s.dump") + " also v_y pe");
  expect_says("printed", d.printed(),
              "\nbgen bg sample: 300 samples, 100.00 % in the domain of their flow, effective "
              "sample size ");
  const std::vector<std::string> lines = lines_of(content_of(folder / "s.dat"));
  const std::vector<std::vector<double>> atoms = atoms_of(folder / "s.dump");
  assert_true(lines.size() == 302 && atoms.size() == 300);
  expect_same("head", lines[0], "# samples of fix bg at temperature 1; basin 0: none");
  expect_same("names", lines[1], "# index component basin in_domain u log_q log_w s v_y pe");
  for (size_t i = 0; i < 300; i++) {
    const std::vector<double> row = numbers_of(lines[i + 2]);
    const std::vector<double> &atom = atoms[i];
    assert_true(row.size() == 10 && atom.size() == 7 && row[0] == i + 1 && row[3] == 1);
    expect_close("basin", row[2], atom[2] > 0.0 ? 1 : 2, 0.0);
    expect_close("u", row[4], u_of(d, &atom[2]), 1e-8); // ten digits are written
    expect_close("log w", row[6], -row[4] - row[5], 1e-8);
    expect_close("x", row[7], atom[2], 1e-8);
    expect_close("y", row[8], atom[3], 1e-8);
    for (int c = 0; c < 3; c++) expect_close("u, log q, log w", atom[4 + c], row[4 + c], 1e-8);
  }
  d.act("sample 20 basin left dump " + (folder / "s.dump"));
  for (const std::vector<double> &atom : atoms_of(folder / "s.dump")) assert_true(atom[2] < 0.0);
}

/* ---- interpolate ---- */

static void test_interpolate(void **)
{
  const Folder folder;
  Trained d;
  d.act("interpolate 7 from left 3 to right 9 flow right file " + (folder / "i.dump"));
  const std::vector<std::vector<double>> atoms = atoms_of(folder / "i.dump");
  assert_true(atoms.size() == 7);
  const double *ends[] = {d.state.frames.train(1).x + 2 * 2, d.state.frames.train(0).x + 2 * 8};
  double most = -INFINITY;
  for (int c = 0; c < 2; c++) {
    /* there and back through a flow whose networks are of single precision */
    expect_close("first", atoms.front()[2 + c], ends[0][c], 1e-8);
    expect_close("last", atoms.back()[2 + c], ends[1][c], 1e-8);
  }
  for (const std::vector<double> &atom : atoms) {
    expect_close("u", atom[4], u_of(d, &atom[2]), 1e-8);
    most = std::max(most, atom[4]);
  }
  /* the line is straight in latent space, of the flow that is named */
  std::vector<double> x, z(14), log_det(7);
  for (const std::vector<double> &atom : atoms) x.insert(x.end(), {atom[2], atom[3]});
  assert_true(bgen_generator_latent(d.state.model.generator(), d.state.model.workspace(), 0, 7,
                                    x.data(), z.data(), log_det.data()) == BGEN_OK);
  for (int i = 1; i < 6; i++)
    for (int c = 0; c < 2; c++)
      expect_close("latent", z[2 * i + c], z[c] + (z[12 + c] - z[c]) * i / 6.0, 1e-6);
  char line[200];
  snprintf(line, sizeof line,
           "bgen bg interpolate: u = %.4g kT at the first end, %.4g at the last, "
           "%.4g at most, at point ",
           atoms.front()[4], atoms.back()[4], most);
  expect_says("printed", d.printed(), std::string(line) + "| of 7");
}

/* ---- dump ---- */

static void test_dump(void **)
{
  const Folder folder;
  Trained d;
  d.act("dump " + (folder / "f.dump"));
  expect_says("printed", d.printed(), "bgen bg: 200 frames written to " + (folder / "f.dump"));
  const std::vector<std::vector<double>> atoms = atoms_of(folder / "f.dump");
  assert_true(atoms.size() == 200);
  for (size_t i = 0; i < 200; i++) {
    const double *frame = d.state.frames.train(i < 100 ? 0 : 1).x + 2 * (i % 100);
    for (int c = 0; c < 2; c++) expect_close("x", atoms[i][2 + c], frame[c], 1e-10);
    expect_close("u", atoms[i][4], u_of(d, frame), 1e-8);
    expect_close("log q", atoms[i][5], d.state.model.log_q(1.0, frame), 1e-8);
  }
}

/* ---- save, load ---- */

static void test_save_and_load(void **)
{
  const Folder folder;
  Trained d;
  d.act("save " + (folder / "m.bgen"));
  expect_same("saved", d.printed(), "bgen bg: saved to " + (folder / "m.bgen") + "\n");
  d.act("sample 50 file " + (folder / "a.dat"));
  DoubleWell other;
  other.act("load " + (folder / "m.bgen"));
  expect_same("loaded", other.printed(), "bgen bg: loaded from " + (folder / "m.bgen") + "\n");
  assert_true(other.state.model.checksum() == d.state.model.checksum());
  other.act("sample 50 file " + (folder / "b.dat"));
  expect_same("samples", content_of(folder / "b.dat"), content_of(folder / "a.dat"));
  expect_says("save", d.sentence("save /no/m.bgen"), "bgen: |/no/m.bgen");
  expect_says("load", d.sentence("load /no/m.bgen"), "bgen: |/no/m.bgen");
  DoubleWell third("mirror y 0");
  expect_says("another", third.sentence("load " + (folder / "m.bgen")), "bgen: |mirrors|none|y 0");
}

/* a model that fails leaves the good one where it is; training that fails leaves a good model */
static void test_saves_only_what_loads(void **)
{
  const Folder folder;
  const std::string path = folder / "m.bgen";
  Trained d;
  d.act("save " + path);
  const std::string good = content_of(path);
  d.act("train steps 5 batch 16 lr 1e308 keep last");
  expect_same("diverged", d.sentence("save " + path), "");
  expect_same("as before", content_of(path).substr(content_of(path).find("}}")),
              good.substr(good.find("}}")));
  d.act("load " + path);
  bgen_generator_flow(d.state.model.generator(), 1)->theta[7] = NAN;
  const std::string kept = content_of(path);
  expect_says("not finite", d.sentence("save " + path),
              "bgen: cannot save to " + path +
                  ": |contains a number that is not finite: train "
                  "again, or load a model that was saved before");
  expect_same("file", content_of(path), kept);
  d.act("load " + path);
  assert_true(d.host.warned.find("checksum") == std::string::npos);
}

/* one bit of a reference; and as an older version has written it, without a checksum */
static void test_damaged_model(void **)
{
  const Folder folder;
  const std::string path = folder / "m.bgen";
  Trained d;
  d.act("save " + path);
  const std::string good = content_of(path);
  std::string bad = good;
  bad[bad.size() - 3] ^= 8;
  std::ofstream(path) << bad;
  const uint64_t checksum = d.state.model.checksum();
  expect_says("damaged", d.sentence("load " + path), "bgen: " + path + " is damaged: its checksum");
  assert_true(d.state.model.checksum() == checksum);
  std::string old = good;
  old.replace(old.find("revision\":\"2"), 12, "revision\":\"1");
  old.replace(old.find("\"checksum"), 9, "\"nochecks");
  std::ofstream(path) << old;
  d.act("load " + path);
  expect_says("old", d.host.warned, "bgen: " + path + " has no checksum|save it again");
  assert_true(d.state.model.checksum() == checksum);
}

/* ---- info ---- */

static void test_info(void **)
{
  Trained d("move near 2 0.5 offset right 1.5");
  d.add_frames(FrameUse::TEST, 60, 1000);
  d.act("info");
  char checksum[40];
  snprintf(checksum, sizeof checksum, "%016llx",
           static_cast<unsigned long long>(d.state.model.checksum()));
  const std::string info = d.printed();
  expect_says("info", info,
              "bgen bg:\n  particles          1, 2 coordinates\n"
              "  coords             cartesian xy, 2 seen by flows\n"
              "  temperature        1, of training 1\n"
              "  flow               whiten; realnvp blocks 2 width 8\n|"
              "  identical          none\n  mirrors            none\n"
              "  cvs                s coordinate 1 x\n"
              "  basins             right s 0 20; left s -20 0\n"
              "  basin right        has a flow, weight 0.5 in the mixture, 100 frames to train, "
              "30 to test\n  basin left         has a flow|"
              "  moves              near 2 step 0.5\n  tuning             no, offsets in kT: right "
              "1.5000, left 0.0000|\n  frames outside     0\n  threads            1\n"
              "  version            " +
                  std::string(bgen_version()) + "\n  model checksum     ");
  expect_says("info", info, checksum);
  expect_says("info", info, "  energy calls       " + std::to_string(d.state.n_energy_calls()));
  DoubleWell untrained;
  untrained.act("info");
  expect_says("info", untrained.printed(),
              "  basin left         not yet trained, |checksum     000000");
}

/* ---- mistakes ---- */

static void test_mistakes(void **)
{
  const char *const before[][2] = {{"sample 10", "right has no flow"},
                                   {"dump f.dump", "no flow"},
                                   {"save a.bgen", "trained"},
                                   {"interpolate 5 from left 1 to left 1 file i", "no frame 1"}};
  const char *const after[][2] = {
      {"sample", "number of samples"},
      {"sample 0", "'0'|number of samples"},
      {"sample 10 speed 1", "'speed'|file, dump, basin, also"},
      {"sample 10 basin middle", "'middle'"},
      {"sample 10 also", "cv, pe, v_NAME"},
      {"sample 10 also middle", "'middle'"},
      {"sample 10 also s v_none", "v_none"},
      {"sample 10 file /no/s.dat", "/no/s.dat: No such file"},
      {"sample 10 dump /no/s.dump", "/no/s.dump: No such file"},
      {"sample 10 file /dev/full", "/dev/full: No space left"},
      {"sample 10 dump /dev/full", "/dev/full: No space left"},
      {"interpolate 1 from left 1 to right 1 file i", "'1'|number of points"},
      {"interpolate 5 from left 1 file i", "to and file|must be given"},
      {"interpolate 5 from left 1 to right 1", "must be given"},
      {"interpolate 5 from left 1 to right 101 file i", "basin right has 100 frames|101"},
      {"interpolate 5 from left 0 to right 1 file i", "'0'|frame"},
      {"interpolate 5 from left 1 to right 1 flow middle file i", "'middle'"},
      {"interpolate 5 from left 1 to right 1 file /no/i", "/no/i: No such file"},
      {"dump", "'dump'|file name"},
      {"dump a b", "'b'"},
      {"dump /dev/full", "/dev/full: No space left"},
      {"save", "'save'|file name"},
      {"load a b", "'b'"},
      {"info all", "'all'"}};
  DoubleWell d;
  for (const auto &mistake : before)
    expect_says(mistake[0], d.sentence(mistake[0]), std::string("bgen|: |") + mistake[1]);
  Trained t;
  for (const auto &mistake : after)
    expect_says(mistake[0], t.sentence(mistake[0]), std::string("bgen|: |") + mistake[1]);
  assert_false(std::filesystem::exists("i") || std::filesystem::exists("a"));
}

/* nothing is left open, and what was there before stays, where an action fails half way */
static void test_fails_half_way(void **)
{
  const Folder folder;
  Trained d;
  d.act("sample 10 file " + (folder / "s.dat"));
  const std::string whole = content_of(folder / "s.dat");
  d.world.energy = [](const double *, double *) -> double { throw Error("bgen: the box is gone"); };
  expect_same("sentence", d.sentence("sample 10 file " + (folder / "s.dat")),
              "bgen: the box is gone");
  expect_same("file", content_of(folder / "s.dat"), whole);
  const std::filesystem::directory_iterator files(folder / "");
  assert_true(std::distance(begin(files), end(files)) == 1);
  d.world.energy = [&](const double *x, double *grad) { return d.wells.energy(x, grad); };
  d.act("sample 10"); // the session before has ended
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(test_help),
                              cmocka_unit_test(test_words),
                              cmocka_unit_test(test_sample),
                              cmocka_unit_test(test_interpolate),
                              cmocka_unit_test(test_dump),
                              cmocka_unit_test(test_save_and_load),
                              cmocka_unit_test(test_saves_only_what_loads),
                              cmocka_unit_test(test_damaged_model),
                              cmocka_unit_test(test_info),
                              cmocka_unit_test(test_mistakes),
                              cmocka_unit_test(test_fails_half_way)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
