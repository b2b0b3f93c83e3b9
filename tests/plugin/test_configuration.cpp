// SPDX-License-Identifier: GPL-2.0-or-later
// test_configuration.cpp - energies and forces of configurations against LAMMPS' own "run 0", and
// against each other
//
// usage: test_configuration [SYSTEM ...]

#include "fixture.h"

#include "domain.h"
#include "neighbor.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

struct Evaluated {
  Point all, grad; // all atoms, by ID; dU/dx of the particles
  double energy;
};

static Evaluated evaluate(Visited &visited, const Point &x)
{
  Evaluated point = {visited.all, Point(), visited.configuration.energy(x.data())};
  if (visited.configuration.refused())
    print_error("refused: %s\n", visited.configuration.refused());
  CHECK(!visited.configuration.refused());
  point.grad = visited.gradient();
  const int n_space = visited.configuration.n_space();
  for (int k = 0; k < visited.configuration.n_particles(); k++)
    std::copy_n(&x[n_space * k], n_space, &point.all[3 * (visited.configuration.tags()[k] - 1)]);
  return point;
}

// Against "run 0" of a simulation on one rank, without thermostat.
static void check_energy(Simulation &serial, const std::vector<tagint> &tags,
                         const Evaluated &point)
{
  serial.put_atoms(point.all);
  serial.commands("run 0 post no");
  const double expected = serial.thermo("pe");
  CHECK_CLOSE(point.energy, expected, 1e-10 * std::fabs(expected));

  const Point f = serial.atoms("f");
  const size_t n_space = point.grad.size() / tags.size();
  double off = 0.0, largest = 0.0;
  for (size_t c = 0; c < point.grad.size(); c++) {
    const double g = -f[3 * (tags[c / n_space] - 1) + c % n_space];
    if (!(std::fabs(point.grad[c] - g) <= off)) off = std::fabs(point.grad[c] - g);
    largest = std::max(largest, std::fabs(g));
  }
  CHECK(largest > 0.0);
  CHECK_CLOSE(off, 0.0, 1e-10 * largest);
}

// Everybody a little elsewhere, other boxes away, in the place (and so with the owner) of the next,
// twice as far from the origin, so that a shrink-wrapped box has to follow.
static std::vector<Point> proposals(const Visited &visited)
{
  const auto shaken = [&visited](const Point &x) { return moved(visited.simulation.lmp, x, 2e-3); };
  Point rotated = visited.x, blown_up = visited.x;
  std::rotate(rotated.begin(), rotated.begin() + visited.configuration.n_space(), rotated.end());
  for (double &c : blown_up) c *= 2.0;
  std::vector<Point> x = {visited.x, shaken(visited.x), shaken(boxes_away(visited))};
  if (!is_one_of(*system_under_test, {"chains", "levels"})) x.push_back(shaken(rotated));
  if (!is_one_of(*system_under_test, {"chains", "levels", "walls", "dimer"}))
    x.push_back(shaken(blown_up));
  x.push_back(shaken(visited.x));
  return x;
}

// One simulation after the other: in LAMMPS of 2021 the FFTs of one end with those of any other.
static void test_energies(void **)
{
  std::vector<Evaluated> points;
  std::vector<tagint> tags;
  {
    Visited visited(*system_under_test);
    tags.assign(visited.configuration.tags(),
                visited.configuration.tags() + visited.configuration.n_particles());
    for (const Point &x : proposals(visited)) points.push_back(evaluate(visited, x));
  }
  Simulation serial(*system_under_test, MPI_COMM_SELF);
  for (const Evaluated &point : points) check_energy(serial, tags, point);
}

// PPPM's forces are derivatives of its energy only as far as its accuracy of 1e-6 goes.
static void test_gradient(void **)
{
  Visited visited(*system_under_test);
  BgenConfiguration &configuration = visited.configuration;
  const double step = 2e-6 * visited.simulation.lmp->domain->prd[0];
  const double tolerance = is_one_of(*system_under_test, {"chains", "levels"}) ? 1e-4 : 1e-6;
  configuration.energy(visited.x.data());
  const Point grad = visited.gradient();
  double largest = 0.0;
  for (const double g : grad) largest = std::max(largest, std::fabs(g));

  for (size_t c = 0; c < visited.x.size(); c += 1 + visited.x.size() / 12) {
    Point x = visited.x;
    x[c] = visited.x[c] + step;
    const double above = configuration.energy(x.data());
    x[c] = visited.x[c] - step;
    const double below = configuration.energy(x.data());
    CHECK_CLOSE((above - below) / (2.0 * step), grad[c], tolerance * largest);
  }
}

// Where lists are kept for small moves, energies are those of new lists.
static void test_kept_lists(void **)
{
  Visited visited(*system_under_test);
  BgenConfiguration &configuration = visited.configuration;
  const Neighbor *neighbor = visited.simulation.lmp->neighbor;
  const int n_space = configuration.n_space();

  const double before = configuration.energy(visited.x.data());
  const bigint n_built = neighbor->ncalls;
  Point near = visited.x, far = visited.x;
  for (int k = 0; k < configuration.n_particles(); k++) near[n_space * k] += 0.4 * neighbor->skin;
  far[0] += 0.6 * neighbor->skin;
  const double moved = configuration.energy(near.data());
  CHECK(neighbor->ncalls == n_built);
  configuration.energy(far.data());
  CHECK(neighbor->ncalls == n_built + 1);
  configuration.energy(visited.x.data());
  const bigint n_again = neighbor->ncalls;
  CHECK_CLOSE(configuration.energy(), before, 1e-12 * std::fabs(before));
  CHECK(neighbor->ncalls == n_again);

  configuration.restore();
  configuration.remember();
  CHECK_CLOSE(configuration.energy(near.data()), moved, 1e-12 * std::fabs(moved));
}

int main(int argc, char **argv)
{
  return run_program(argc, argv,
                     {{cmocka_unit_test(test_energies), cmocka_unit_test(test_gradient),
                       cmocka_unit_test(test_kept_lists)},
                      {},
                      {}});
}
