/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "known_molecule.h"

#include "base/rng.h"
#include "input/error.h"

#include <cmath>

using namespace bgen;

static constexpr double K_BOND = 100.0, R0 = 1.5, K_ANGLE = 40.0, T0 = 1.9;
static constexpr double THIRD = 2.0 * M_PI / 3.0, WINDOW = 1.0; // of delta: beyond it e^-20

/* ---- the energy ---- */

static double bond(double r)
{
  return 0.5 * K_BOND * (r - R0) * (r - R0);
}

static double angle(double t)
{
  return 0.5 * K_ANGLE * (t - T0) * (t - T0);
}

/* the same for all leaves */
static double leaves(double chi, double second, double third)
{
  const auto apart = [](double delta) { return 30.0 * std::pow(std::cos(delta) + 0.5, 2); };
  const auto turned = [](double of) { return 0.5 * (1.0 + std::cos(3.0 * of)); };
  return apart(second) + apart(third) + apart(third - second) + turned(chi) + turned(chi + second) +
         turned(chi + third);
}

static double turn(double phi)
{
  return 4.0 * (1.0 + std::cos(2.0 * phi)) + 0.4 * std::sin(phi);
}

static double of_shape(const bgen_tree &tree, const double *shape)
{
  std::vector<bgen_internal_kind> kind(KnownMolecule::N_SHAPE);
  bgen_internal_kinds(&tree, kind.data());
  double sum =
      leaves(shape[KnownMolecule::Y], shape[KnownMolecule::Y + 3], shape[KnownMolecule::Y + 6]) +
      turn(shape[KnownMolecule::PHI]);
  for (size_t j = 0; j < kind.size(); j++)
    sum += kind[j] == BGEN_BOND ? bond(shape[j]) : kind[j] == BGEN_ANGLE ? angle(shape[j]) : 0.0;
  return sum;
}

/* by differences of the shape, for it is a test */
double KnownMolecule::energy(const double *x, double *grad)
{
  constexpr double STEP = 1e-5;
  double shape[N_SHAPE], grad_shape[N_SHAPE];
  bgen_internal_to_shape(&tree(), x, shape);
  for (int j = 0; j < N_SHAPE; j++) {
    const double at = shape[j];
    shape[j] = at + STEP;
    const double above = of_shape(tree(), shape);
    shape[j] = at - STEP;
    grad_shape[j] = (above - of_shape(tree(), shape)) / (2.0 * STEP);
    shape[j] = at;
  }
  bgen_internal_gradient_to_x(&tree(), x, grad_shape, grad);
  double sum = of_shape(tree(), shape);
  for (int c = 0; c < 3; c++) {
    sum += 0.5 * spoiled * x[9 + c] * x[9 + c];
    grad[9 + c] += spoiled * x[9 + c];
  }
  return sum;
}

/* ---- exact answers ---- */

template <class Of> static double integral(double low, double high, int n, Of of)
{
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += of(low + (i + 0.5) * (high - low) / n);
  return sum * (high - low) / n;
}

static double z_of_leaves()
{
  return integral(-M_PI, M_PI, 60, [](double chi) {
    return integral(THIRD - WINDOW, THIRD + WINDOW, 60, [=](double second) {
      return integral(2 * THIRD - WINDOW, 2 * THIRD + WINDOW, 60,
                      [=](double third) { return std::exp(-leaves(chi, second, third)); });
    });
  });
}

template <class Of> static double over_phi(int k, Of of)
{
  const double low = k == 0 ? 0.0 : -M_PI, high = k == 1 ? 0.0 : M_PI;
  return integral(low, high, 4000, [&](double phi) { return of(phi) * std::exp(-turn(phi)); });
}

static double z_of_phi(int k)
{
  return over_phi(k, [](double) { return 1.0; });
}

double KnownMolecule::exact(int k)
{
  const double z_bond =
                   integral(0.0, 4.0, 4000, [](double r) { return r * r * std::exp(-bond(r)); }),
               z_angle = integral(0.0, M_PI, 4000,
                                  [](double t) { return std::sin(t) * std::exp(-angle(t)); });
  return -std::log(std::pow(z_bond, 6) * std::pow(z_angle, 5) * z_of_leaves() / 3.0 * z_of_phi(k));
}

double KnownMolecule::share()
{
  return z_of_phi(0) / z_of_phi(-1);
}

double KnownMolecule::mean_sin_phi(int k)
{
  return over_phi(k, [](double phi) { return std::sin(phi); }) / z_of_phi(k);
}

/* ---- exact configurations, by rejection ---- */

template <class Weight>
static double draw_one(bgen_rng *rng, double low, double high, double most, Weight weight)
{
  for (;;) {
    const double at = low + (high - low) * bgen_rng_uniform(rng);
    if (bgen_rng_uniform(rng) * most < weight(at)) return at;
  }
}

static void draw_leaves(bgen_rng *rng, double *chi, double *second, double *third)
{
  do {
    *chi = M_PI * (2.0 * bgen_rng_uniform(rng) - 1.0);
    *second = THIRD + WINDOW * (2.0 * bgen_rng_uniform(rng) - 1.0);
    *third = 2 * THIRD + WINDOW * (2.0 * bgen_rng_uniform(rng) - 1.0);
  } while (!(bgen_rng_uniform(rng) < std::exp(-leaves(*chi, *second, *third))));
}

static bgen_placement somewhere(bgen_rng *rng)
{
  double q[4], norm = 0.0;
  bgen_rng_normals(rng, 4, q);
  for (const double c : q) norm += c * c;
  for (double &c : q) c /= std::sqrt(norm);
  const auto [w, x, y, z] = q;
  bgen_placement at = {{},
                       {1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
                        2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
                        2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}};
  for (double &c : at.centre) c = 10.0 * bgen_rng_uniform(rng);
  return at;
}

void KnownMolecule::draw(uint64_t number, int k, double *x)
{
  bgen_rng rng = bgen_rng_at(41, BGEN_STREAM_TEST, number);
  std::vector<bgen_internal_kind> kind(N_SHAPE);
  bgen_internal_kinds(&tree(), kind.data());
  double shape[N_SHAPE];
  for (int j = 0; j < N_SHAPE; j++) {
    if (kind[j] == BGEN_BOND)
      shape[j] =
          draw_one(&rng, 0.8, 2.2, 2.2 * 2.2, [](double r) { return r * r * std::exp(-bond(r)); });
    if (kind[j] == BGEN_ANGLE)
      shape[j] = draw_one(&rng, 0.0, M_PI, 1.0,
                          [](double t) { return std::sin(t) * std::exp(-angle(t)); });
  }
  draw_leaves(&rng, &shape[Y], &shape[Y + 3], &shape[Y + 6]);
  shape[PHI] = draw_one(&rng, k == 0 ? 0.0 : -M_PI, k == 1 ? 0.0 : M_PI, std::exp(0.4),
                        [](double phi) { return std::exp(-turn(phi)); });
  const bgen_placement at = somewhere(&rng);
  bgen_internal_from_shape(&tree(), &at, shape, x);
}

/* ---- the fix ---- */

KnownMolecule::KnownMolecule(const std::string &words, int n_frames) : world(N, 3), host(world)
{
  world.body.types = {1, 1, 1, 2, 2, 2, 3};
  world.masses = {12.0, 12.0, 12.0, 1.0, 1.0, 1.0, 16.0};
  world.x = {1.5, 0.0, 0.0, 0.0, 0.0, 0.0, -0.5, 1.4,  0.0, 2.0, 1.4,
             0.0, 2.0, -.7, 1.2, 2.0, -.7, -1.2, -2.0, 1.4, 0.4};
  host.bonded = {{0, 1, 1, 2, 0, 3, 0, 4, 0, 5, 2, 6},
                 std::vector<int64_t>(N, 1),
                 std::vector<double>(N, 0.0)};
  host.groups["spine"] = {1, 2, 3};
  const size_t bond[][2] = {{0, 1}, {1, 2}, {0, 3}, {0, 4}, {0, 5}, {2, 6}};
  const bgen_molecules of = {N, 6, bond, world.masses.data(), world.x.data(), nullptr, 0, nullptr};
  create(tree_, bgen_tree_create, &of);
  world.energy = [this](const double *x, double *grad) { return energy(x, grad); };
  state = std::make_unique<State>(
      "bg",
      settings_of(
          "1 1.0 4711 coords internal cv phi dihedral 1 2 3 7 basin plus phi 0 180 basin "
          "minus phi -180 0 flow \"whiten; circular blocks 1 width 16 depth 1\" threads 1 " +
              words,
          3),
      host, host.all());
  std::vector<double> x(DIM);
  for (int i = 0; i < 4 * n_frames; i++) {
    draw(i, i % 2, x.data());
    state->frames.add(i < 2 * n_frames ? FrameUse::TRAIN : FrameUse::TEST, x.data(), 1.0);
  }
  draw(1000000, 0, world.x.data());
}

void KnownMolecule::act(const std::string &words)
{
  Line line = line_of("bgen", words);
  bgen::act(*state, line, *this);
}

std::string KnownMolecule::sentence(const std::string &words)
{
  try {
    act(words);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}
