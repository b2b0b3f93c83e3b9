/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_supercell.cpp - "bgen ID load FILE supercell": a square crystal in a plane, with springs
   between nearest neighbors, in boxes of 3 and 4 atoms along each edge */

#include <filesystem> // before cmocka, which has a macro fail

#include "actions/actions.h"
#include "analytic_engine.h"
#include "base/rng.h"
#include "checks.h"
#include "double_well.h"
#include "model/generator.h"

#include <cmath>
#include <cstring>

using namespace bgen;

static const std::string LOCAL = "whiten; local blocks 1 neighbors 8 width 6 depth 1";

/* Springs, quadratic and quartic, of both components between nearest neighbors of n by n sites. */
static double springs(int n, const double *x, double *grad)
{
  double sum = 0.0;
  std::memset(grad, 0, 2 * n * n * sizeof *grad);
  for (int i = 0; i < n * n; i++)
    for (int axis = 0; axis < 2; axis++) {
      const int j = axis ? (i + n) % (n * n) : i / n * n + (i + 1) % n;
      for (int c = 0; c < 2; c++) {
        const double length = c != axis ? 0.0 : j < i ? 1.0 - n : 1.0;
        const double d = x[2 * j + c] - x[2 * i + c] - length;
        const double slope = 100.0 * d + 2000.0 * d * d * d;
        sum += 50.0 * d * d + 500.0 * d * d * d * d;
        grad[2 * j + c] += slope, grad[2 * i + c] -= slope;
      }
    }
  return sum;
}

struct Square : Surroundings {
  const int n;
  World world;
  AnalyticHost host;
  State state;

  static World world_of(int n, int n_types)
  {
    World world(n * n, 2);
    for (int i = 0; i < n * n; i++) world.body.types[i] = 1 + (i / n + i % n) % n_types;
    return world;
  }
  Square(int edge, int n_frames, const std::string &flow = LOCAL, int n_types = 1,
         double temperature = 1.0)
      : n(edge), world(world_of(n, n_types)), host(world),
        state("bg", settings_of("0 1.0 4711 threads 1 coords crystal flow \"" + flow + "\"", 2),
              host, host.all())
  {
    world.energy = [this](const double *x, double *grad) { return springs(n, x, grad); };
    world.temperature = temperature;
    host.cube.length = n;
    std::vector<double> x(2 * n * n);
    for (int i = 0; i < n_frames; i++) {
      bgen_rng rng = bgen_rng_at(9, BGEN_STREAM_TEST, i);
      bgen_rng_normals(&rng, x.size(), x.data());
      for (int j = 0; j < 2 * n * n; j++) x[j] = 0.05 * x[j] + (j % 2 ? j / 2 / n : j / 2 % n);
      state.frames.add(FrameUse::TRAIN, x.data(), temperature);
    }
  }
  State *find(const std::string &) override { return nullptr; }
  void act(const std::string &words)
  {
    Line line = line_of("bgen", words);
    bgen::act(state, line, *this);
  }
  const bgen_flow *flow() { return bgen_generator_flow(state.model.generator(), 0); }
  double log_q()
  {
    std::vector<double> x(state.frames.train(0).x, state.frames.train(0).x + 2 * n * n);
    return state.model.log_q(1.0, x.data());
  }
};

static std::string model_of_nine(const Folder &folder)
{
  Square small(3, 200);
  small.act("train steps 20 batch 32 lr 1e-2 keep last");
  small.act("save " + (folder / "nine"));
  return folder / "nine";
}

/* The parameters are those of nine atoms, all else is of the frames: as if the flow had been fitted
   here and trained to the same parameters.  What is saved then is a model as any other. */
static void parameters_are_taken(void **)
{
  const Folder folder;
  const std::string path = model_of_nine(folder);
  Square small(3, 0), large(4, 200), fitted(4, 200), again(4, 0);
  small.act("load " + path);
  large.act("load " + path + " supercell");
  expect_says("printed", large.host.printed,
              "16 translations and 8 point operations|bgen bg: loaded from " + path);
  const size_t n = large.flow()->map->n_params;
  assert_int_equal(n, small.flow()->map->n_params);
  assert_memory_equal(large.flow()->theta, small.flow()->theta, n * sizeof(bgen_real));
  fitted.act("train steps 1 lr 1e-30 keep last");
  assert_memory_equal(large.flow()->fitted, fitted.flow()->fitted,
                      bgen_flow_n_fitted(large.flow()) * sizeof(double));
  assert_true(std::fabs(large.log_q() - fitted.log_q()) > 1e-3);
  large.act("save " + (folder / "sixteen"));
  again.act("load " + (folder / "sixteen"));
  assert_true(again.state.model.checksum() == large.state.model.checksum());
  large.act("train steps 5 batch 32 lr 1e-3 keep last"); // and it can be trained further
  CHECK_THROWS(again.act("load " + path), "atoms '9', but here it is '16'");
}

/* a flow that is fitted keeps its fit */
static void what_is_fitted_stays(void **)
{
  const Folder folder;
  const std::string path = model_of_nine(folder);
  Square large(4, 200);
  large.act("train steps 1 lr 1e-30 keep last whiten frames");
  const std::vector<double> before(large.flow()->fitted,
                                   large.flow()->fitted + bgen_flow_n_fitted(large.flow()));
  large.act("load " + path + " supercell");
  assert_memory_equal(large.flow()->fitted, before.data(), before.size() * sizeof(double));
}

static void what_does_not_fit(void **)
{
  const Folder folder;
  const std::string path = model_of_nine(folder), load = "load " + path + " supercell";
  Square empty(4, 0), wide(4, 200, "whiten; local blocks 1 neighbors 8 width 7 depth 1"),
      plain(4, 200, "whiten"), hot(4, 200, LOCAL, 1, 2.0), two(4, 200, LOCAL, 2),
      many(4, 200, LOCAL + "; actnorm");
  CHECK_THROWS(empty.act(load), "basin all has no frames of this box");
  CHECK_THROWS(wide.act(load), "was saved with spec");
  CHECK_THROWS(plain.act(load), "supercell needs coords crystal and a flow with local");
  CHECK_THROWS(hot.act(load), "trained at temperature 1, but the training frames here are at 2");
  CHECK_THROWS(two.act(load), "is of another crystal: its sites are of 1 class(es), but here they "
                              "are of 2");
  Square fewer(3, 200, LOCAL + "; actnorm");
  fewer.act("train steps 1 keep last");
  fewer.act("save " + (folder / "more"));
  CHECK_THROWS(many.act("load " + (folder / "more") + " supercell"),
               "depends on the number of atoms, 9 there and 16 here");
  CHECK_THROWS(many.act("load " + path + " supercells"), "'supercells'");
}

static void damaged_files(void **)
{
  const Folder folder;
  const std::string path = model_of_nine(folder);
  Square large(4, 200);
  large.act("load " + path + " supercell");
  const uint64_t before = large.state.model.checksum();
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 8);
  CHECK_THROWS(large.act("load " + path + " supercell"), "truncated or damaged");
  assert_true(large.state.model.checksum() == before);
}

int main()
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parameters_are_taken), cmocka_unit_test(what_is_fitted_stays),
      cmocka_unit_test(what_does_not_fit), cmocka_unit_test(damaged_files)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
