/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_coords.cpp - a triangle in a plane, which drifts and turns: three particles, two springs
   from the first one and one of the angle between them, so that

     Z / (V 2 pi) = integral of r1 r2 e^-u over the lengths r1, r2 and the angle

   What a jump does is in test_moves.cpp. */

#include "actions/actions.h"
#include "analytic_engine.h"
#include "base/rng.h"
#include "checks.h"
#include "double_well.h"

#include <cmath>

using namespace bgen;

namespace {

constexpr int DIM = 6;
constexpr double LENGTHS[2] = {1.0, 1.4}, STIFF[2] = {60.0, 40.0}, ANGLE = 1.3, ANGLE_STIFF = 40.0;
const char FLOW[] = " flow \"whiten; realnvp blocks 2 width 8 depth 1\" threads 1 ";
const char BASINS[] = "cv a angle 2 1 3 basin all_of_it a 0 180 ";

struct Shape {
  double r[2], angle;
};
Shape shape_of(const double *x)
{
  const double a[2] = {x[2] - x[0], x[3] - x[1]}, b[2] = {x[4] - x[0], x[5] - x[1]};
  return {{std::hypot(a[0], a[1]), std::hypot(b[0], b[1])},
          std::atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])};
}

/* by differences, for it is a test; field: of a spring on each particle, along y twice as stiff
   unless it is round */
struct Field {
  double stiff = 0.0;
  bool round = false;
};
double energy_of(const double *x, const Field &field)
{
  const Shape s = shape_of(x);
  double sum = 0.5 * ANGLE_STIFF * (s.angle - ANGLE) * (s.angle - ANGLE);
  for (int k = 0; k < 2; k++) sum += 0.5 * STIFF[k] * std::pow(s.r[k] - LENGTHS[k], 2);
  for (int j = 0; j < DIM; j++)
    sum += 0.5 * field.stiff * (j % 2 && !field.round ? 2.0 : 1.0) * x[j] * x[j];
  return sum;
}

double energy_with_gradient(const double *x, double *grad, const Field &field)
{
  constexpr double STEP = 1e-5;
  std::vector<double> at(x, x + DIM);
  for (int j = 0; j < DIM; j++) {
    at[j] = x[j] + STEP;
    const double above = energy_of(at.data(), field);
    at[j] = x[j] - STEP;
    grad[j] = (above - energy_of(at.data(), field)) / (2.0 * STEP);
    at[j] = x[j];
  }
  return energy_of(x, field);
}

/* integral of r e^{-k (r - r0)^2 / 2} */
double radial(double k, double r0)
{
  constexpr int N = 4000;
  double sum = 0.0;
  for (int i = 0; i < N; i++) {
    const double r = (i + 0.5) * 4.0 / N;
    sum += r * std::exp(-0.5 * k * (r - r0) * (r - r0)) * 4.0 / N;
  }
  return sum;
}

/* at one centre and orientation; beyond pi the angle has less than e^-60 */
double exact()
{
  return -std::log(radial(STIFF[0], LENGTHS[0]) * radial(STIFF[1], LENGTHS[1]) *
                   std::sqrt(2.0 * M_PI / ANGLE_STIFF));
}

/* of r e^{-k (r - r0)^2 / 2}, by rejection */
double draw_length(bgen_rng *rng, int k)
{
  for (;;) {
    const double r = 3.0 * bgen_rng_uniform(rng);
    const double weight = r / 3.0 * std::exp(-0.5 * STIFF[k] * std::pow(r - LENGTHS[k], 2));
    if (bgen_rng_uniform(rng) < weight) return r;
  }
}

/* exact, anywhere, turned anyhow */
void draw(uint64_t number, double *x)
{
  bgen_rng rng = bgen_rng_at(31, BGEN_STREAM_TEST, number);
  double normal;
  bgen_rng_normals(&rng, 1, &normal);
  const double turned = 2.0 * M_PI * bgen_rng_uniform(&rng);
  const double angle[2] = {turned, turned + ANGLE + normal / std::sqrt(ANGLE_STIFF)};
  for (int c = 0; c < 2; c++) x[c] = 50.0 * bgen_rng_uniform(&rng);
  for (int k = 0; k < 2; k++) {
    const double r = draw_length(&rng, k);
    x[2 + 2 * k] = x[0] + r * std::cos(angle[k]);
    x[3 + 2 * k] = x[1] + r * std::sin(angle[k]);
  }
}

struct Triangle : Surroundings {
  Field field;
  World world;
  AnalyticHost host;
  State state;

  explicit Triangle(const std::string &words, int n_frames = 600)
      : world(3, 2), host(world),
        state("bg", settings_of("1 1.0 4711 " + (BASINS + words) + FLOW, 2), host, host.all())
  {
    world.energy = [this](const double *x, double *grad) {
      return energy_with_gradient(x, grad, field);
    };
    std::vector<double> x(DIM);
    for (int i = 0; i < 2 * n_frames; i++) {
      draw(i, x.data());
      state.frames.add(i < n_frames ? FrameUse::TRAIN : FrameUse::TEST, x.data(), 1.0);
    }
    draw(1000000, world.x.data());
  }
  State *find(const std::string &) override { return nullptr; }
  void act(const std::string &words)
  {
    Line line = line_of("bgen", words);
    bgen::act(state, line, *this);
  }
};

} // namespace

/* The first stage by example, the second by energy alone, whose gradient is that of u - ln J. */
static void free_energies_are_exact(void **)
{
  Triangle d("coords aligned");
  assert_int_equal(d.state.variables.n_shape(), 3);
  d.act("train steps 60 batch 64 lr 5e-3");
  d.act("train steps 60 batch 64 lr 2e-3 ml 0 kl 1");
  d.act("free_energy samples 2000");
  const double error = d.state.free_energies[0][1];
  assert_true(error < 0.02);
  CHECK_CLOSE(d.state.free_energies[0][0], exact(), MOST_SIGMAS * error);
  expect_same("warnings", d.host.warned.find("placement") == std::string::npos ? "" : d.host.warned,
              "");
  d.act("population 100 from flow stages 3 steps 5");
  expect_says("info", (d.act("info"), d.host.printed), "aligned xy, 3 seen by flows");
}

/* Frames and samples stand where the reference does, and a line between frames goes there. */
static void other_actions(void **)
{
  Triangle d("coords aligned");
  const Folder folder;
  d.act("train steps 20 batch 64 lr 5e-3");
  d.act("sample 50 dump " + (folder / "samples"));
  d.act("interpolate 5 from all_of_it 1 to all_of_it 2 file " + (folder / "line"));
  d.act("save " + (folder / "model"));
  Triangle same("coords aligned", 0), other("coords crystal", 0), plain("", 0);
  same.act("load " + (folder / "model"));
  assert_true(same.state.model.checksum() == d.state.model.checksum());
  CHECK_THROWS(other.act("load " + (folder / "model")), "aligned");
  CHECK_THROWS(plain.act("load " + (folder / "model")), "aligned");
}

/* by a jump, which keeps centre and orientation of what it finds */
static void jumps_keep_the_placement(void **)
{
  Triangle d("coords aligned");
  d.act("train steps 60 batch 64 lr 5e-3");
  int n_accepted = 0;
  for (int i = 0; i < 100; i++) {
    draw(2000000 + i, d.world.x.data());
    const std::vector<double> before = d.world.x;
    d.state.attempt_jump();
    double moved = 0.0, apart = 0.0;
    for (int c = 0; c < 2; c++)
      moved += std::fabs(d.world.x[c] + d.world.x[c + 2] + d.world.x[c + 4] - before[c] -
                         before[c + 2] - before[c + 4]);
    for (int j = 0; j < DIM; j++) apart = std::fmax(apart, std::fabs(d.world.x[j] - before[j]));
    CHECK_CLOSE(moved, 0.0, 1e-10);
    assert_true(apart < 1.0); // not turned
    n_accepted += apart > 0.0;
  }
  assert_true(n_accepted > 50);
}

static void what_nothing_holds_is_refused(void **)
{
  Triangle d(""), held("");
  CHECK_THROWS(d.act("train steps 5 batch 16"),
               "bgen bg: nothing holds the atoms in space, so coords cartesian has no finite "
               "width: no frame of basin all_of_it changes its energy if all atoms are moved by ");
  CHECK_THROWS(
      d.act("train steps 5 batch 16"),
      "along x; use coords aligned, since they also turn; if a fix holds them, its energy must "
      "count: 'fix_modify ID energy yes'");
  assert_int_equal(d.state.n_energy_calls(), 0);
  held.field.stiff = 1.0;
  held.act("train steps 1 batch 16");
}

/* frames that begin at one place, each by `step` and `turn` from the one before; others move */
static void add_walk(Triangle &d, double step, double turn)
{
  std::vector<double> x(DIM);
  double at[2] = {20.0, 50.0}, angle = 0.0;
  d.field.stiff = 1.0; // energies do not tell what holds the body
  for (int i = 0; i < 300; i++) {
    draw(i, x.data());
    const double now = std::atan2(x[3] - x[1], x[2] - x[0]), c = std::cos(angle - now),
                 s = std::sin(angle - now), from[2] = {x[0], x[1]};
    for (int j = 0; j < DIM; j += 2) {
      const double a = x[j] - from[0], b = x[j + 1] - from[1];
      x[j] = at[0] + c * a - s * b;
      x[j + 1] = at[1] + s * a + c * b;
    }
    d.state.frames.add(FrameUse::TRAIN, x.data(), 1.0);
    d.state.bystanders_of_training.note({static_cast<double>(i), 50.0});
    at[0] += step;
    angle += turn;
  }
}

/* in a round trap, which holds the center alone; not of frames that are not turned */
static void what_turns_freely_is_refused(void **)
{
  Triangle turns(""), still("", 0);
  turns.field.round = true, turns.field.stiff = 1.0;
  CHECK_THROWS(turns.act("train steps 5 batch 16"),
               "cartesian is much wider than their shape: no frame of basin all_of_it changes its "
               "energy if all atoms are turned about their center, and they turn by ");
  add_walk(still, 0.0, 0.0);
  still.field.round = true;
  still.state.bystanders_of_training = Bystanders();
  still.act("train steps 1 batch 16");
}

/* the last one stays where it is, but for where its shape puts its center */
static void what_drifts_among_others_is_refused(void **)
{
  Triangle drifts("", 0), turns("", 0), both("", 0), held("", 0);
  add_walk(drifts, 0.05, 0.0);
  CHECK_THROWS(drifts.act("train steps 1 batch 16"),
               "bgen bg: nothing in the training frames of basin all_of_it shows that the group is "
               "held in coords cartesian: its center of mass drifts by ");
  CHECK_THROWS(drifts.act("train steps 1 batch 16 drift error"),
               "not return, among other atoms that move; use coords crystal, or aligned for a body "
               "that also turns; if something holds the atoms, add 'drift warn'");
  add_walk(turns, 0.0, 0.1);
  CHECK_THROWS(turns.act("train steps 1 batch 16"), "cartesian: its orientation changes by ");
  add_walk(both, 0.05, 0.1);
  CHECK_THROWS(both.act("train steps 1 batch 16"),
               "shape and does not return, among other atoms that move; use coords aligned, since "
               "they also turn; if");
  both.act("train steps 1 batch 16 drift warn");
  expect_says("warned", both.host.warned,
              "its center of mass drifts by |, its orientation changes by |times the width of its "
              "shape and does not return, among other atoms that move");
  add_walk(held, 0.0, 0.0);
  held.act("train steps 1 batch 16");
  expect_same("held", held.host.warned, "");
}

/* energies tell, where all others stay */
static void what_drifts_alone_is_held_by_a_field(void **)
{
  Triangle d("", 0);
  add_walk(d, 0.05, 0.1);
  d.state.bystanders_of_training = Bystanders();
  d.act("train steps 1 batch 16");
}

static void no_error_is_known(Triangle &d, const std::string &why)
{
  d.host.warned.clear();
  d.act("free_energy samples 100");
  expect_says("warned", d.host.warned,
              "bgen: basin all_of_it: " + why + "|: its free energy has an infinite error");
  assert_true(std::isfinite(d.state.free_energies[0][0]));
  assert_true(std::isinf(d.state.free_energies[0][1]));
  d.host.warned.clear(), d.host.printed.clear();
  d.act("population 10 from flow stages 1 steps 1");
  expect_says("warned", d.host.warned, why + "|: its free energies have infinite errors");
  expect_says("printed", d.host.printed, " inf");
}

static void what_feels_the_placement_has_no_error(void **)
{
  Triangle d("coords aligned");
  d.act("train steps 5 batch 16");
  d.field.stiff = 1.0;
  no_error_is_known(d, "its energy changes if all atoms are moved as one body, but samples stand "
                       "where the reference");
}

/* frames that came while the other atoms were elsewhere have energies of their own */
static void other_atoms_that_have_moved(void **)
{
  Triangle d("coords aligned");
  d.act("train steps 5 batch 16");
  d.world.other_atoms = {20.0, 50.0};
  d.state.frames.use = FrameUse::TEST;
  d.state.initialize();
  d.state.collect_frame(false);
  d.world.other_atoms.sum += 1e-5; // as a text file rounds
  d.act("free_energy samples 100");
  assert_true(std::isfinite(d.state.free_energies[0][1]));
  d.world.other_atoms.sum += 1e-2;
  no_error_is_known(d, "atoms outside the group of fix bg have moved since its test frames came");
  d.state.collect_frame(false);
  d.world.other_atoms.sum -= 1e-2; // back, but one frame was not there
  no_error_is_known(d, "atoms outside the group of fix bg have moved since its test frames came");
}

/* Sites are where the atoms are at first; a periodic box of 20. */
static void frames_of_other_sites_are_refused(void **)
{
  const Folder folder;
  Triangle d("coords crystal");
  d.host.cube.length = 20.0;
  d.act("train steps 1 batch 64");
  d.act("save " + (folder / "model"));
  const double *site = bgen_generator_reference(d.state.model.generator(), 0);
  for (const double boxes : {0.0, 1.0, -1.0}) {
    Triangle other("coords crystal", 0);
    other.host.cube.length = 20.0;
    std::copy(site, site + DIM, other.world.x.begin());
    other.world.x[3] += 20.0 * boxes; // as an image of no flags
    other.state.initialize();
    other.state.collect_frame(false);
    if (boxes == 0.0)
      other.act("load " + (folder / "model"));
    else
      CHECK_THROWS(other.act("load " + (folder / "model")),
                   "bgen: the frames of fix bg are at periodic images next to other sites than "
                   "those of basin all_of_it in ");
  }
}

/* three identical atoms, of which two have exchanged places across the border of the box */
static void frames_of_exchanged_atoms_have_near_images(void **)
{
  World world(3, 2);
  AnalyticHost host(world);
  host.cube.length = 12.0;
  world.energy = [](const double *, double *grad) {
    std::fill_n(grad, DIM, 0.0);
    return 0.0;
  };
  State state("bg", settings_of(std::string("1 1.0 7 coords crystal identical types 1") + FLOW, 2),
              host, host.all());
  world.x = {1.0, 0.0, 5.0, 0.0, 9.0, 0.0};
  state.initialize();
  world.x = {-3.0, 0.0, 5.0, 0.0, 13.0, 0.0}; // images next to their own sites
  state.collect_frame(false);
  const double expected[DIM] = {9.0, 0.0, 5.0, 0.0, 1.0, 0.0};
  const bgen_frames &frames = state.frames.train(0);
  assert_int_equal(frames.n, 1);
  for (int j = 0; j < DIM; j++) CHECK_CLOSE(frames.x[j], expected[j], 1e-12);
}

static void mistakes(void **)
{
  for (const char *coords : {"crystal", "aligned"}) {
    const std::string line = std::string("0 1.0 7 coords ") + coords + " ";
    CHECK_THROWS(settings_of(line + "mirror x 0", 2), "a mirror needs coords cartesian");
    CHECK_THROWS(settings_of(line + "cv s coordinate 1 x", 2), "cv s changes where all atoms");
  }
  settings_of("0 1.0 7 coords crystal cv s linear 1 x 0.5 2 x -0.5", 2);
  CHECK_THROWS(settings_of("0 1.0 7 coords aligned cv s linear 1 x 0.5 2 x -0.5", 2), "or turned");
  CHECK_THROWS(settings_of("0 1.0 7 coords crystal cv s linear 1 x 0.5 2 y -0.5", 2), "moved");
  expect_same("coords", settings_of("0 1.0 7 coords aligned x", 3).coords_text(), "aligned x");
  expect_same("coords", settings_of("0 1.0 7 coords crystal", 3).coords_text(), "crystal xyz");
}

int main()
{
  const CMUnitTest tests[] = {cmocka_unit_test(free_energies_are_exact),
                              cmocka_unit_test(other_actions),
                              cmocka_unit_test(jumps_keep_the_placement),
                              cmocka_unit_test(what_nothing_holds_is_refused),
                              cmocka_unit_test(what_turns_freely_is_refused),
                              cmocka_unit_test(what_drifts_among_others_is_refused),
                              cmocka_unit_test(what_drifts_alone_is_held_by_a_field),
                              cmocka_unit_test(what_feels_the_placement_has_no_error),
                              cmocka_unit_test(other_atoms_that_have_moved),
                              cmocka_unit_test(frames_of_other_sites_are_refused),
                              cmocka_unit_test(frames_of_exchanged_atoms_have_near_images),
                              cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
