// SPDX-License-Identifier: GPL-2.0-or-later
// test_engine.cpp - energies and forces of configurations against LAMMPS' own "run 0", and
// against each other
//
// usage: test_engine [SYSTEM ...]

#include "fixture.h"

#include "comm.h"
#include "domain.h"
#include "neighbor.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

struct Evaluated {
  Point all, grad; // all atoms, by ID; dU/dx of the particles
  double energy;
};

// Of a configuration that must not be refused.
static double energy(bgen::LammpsEngine &engine, const Point &x)
{
  const bgen::Energy energy = engine.energy(x.data());
  if (energy.refused) print_error("refused: %s\n", energy.refused);
  CHECK(!energy.refused);
  return energy.value;
}

static Evaluated evaluate(OpenSession &session, const Point &x)
{
  Evaluated point = {session.all, Point(), energy(session.engine, x)};
  point.grad = session.gradient();
  const int n_space = session.engine.body().n_space;
  for (int k = 0; k < session.engine.body().n_particles(); k++)
    std::copy_n(&x[n_space * k], n_space, &point.all[3 * (session.engine.body().tags[k] - 1)]);
  return point;
}

// Against "run 0" of a simulation on one rank, without thermostat.
static void check_energy(Simulation &serial, const std::vector<int64_t> &tags,
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
static std::vector<Point> proposals(const OpenSession &session)
{
  const auto shaken = [&session](const Point &x) { return moved(session.simulation.lmp, x, 2e-3); };
  Point rotated = session.x, blown_up = session.x;
  std::rotate(rotated.begin(), rotated.begin() + session.engine.body().n_space, rotated.end());
  for (double &c : blown_up) c *= 2.0;
  std::vector<Point> x = {session.x, shaken(session.x), shaken(boxes_away(session))};
  if (!is_one_of(*system_under_test, {"chains", "levels"})) x.push_back(shaken(rotated));
  if (!is_one_of(*system_under_test, {"chains", "levels", "walls", "dimer"}))
    x.push_back(shaken(blown_up));
  x.push_back(shaken(session.x));
  return x;
}

// One simulation after the other: in LAMMPS of 2021 the FFTs of one end with those of any other.
static void test_energies(void **)
{
  std::vector<Evaluated> points;
  std::vector<int64_t> tags;
  {
    OpenSession session(*system_under_test);
    tags = session.engine.body().tags;
    for (const Point &x : proposals(session)) points.push_back(evaluate(session, x));
  }
  Simulation serial(*system_under_test, MPI_COMM_SELF, ""); // without KOKKOS
  for (const Evaluated &point : points) check_energy(serial, tags, point);
}

// PPPM's forces are derivatives of its energy only as far as its accuracy of 1e-6 goes.
static void test_gradient(void **)
{
  OpenSession session(*system_under_test);
  bgen::LammpsEngine &engine = session.engine;
  const double step = 2e-6 * session.simulation.lmp->domain->prd[0];
  const double tolerance = is_one_of(*system_under_test, {"chains", "levels"}) ? 1e-4 : 1e-6;
  energy(engine, session.x);
  const Point grad = session.gradient();
  double largest = 0.0;
  for (const double g : grad) largest = std::max(largest, std::fabs(g));

  for (size_t c = 0; c < session.x.size(); c += 1 + session.x.size() / 12) {
    Point x = session.x;
    x[c] = session.x[c] + step;
    const double above = energy(engine, x);
    x[c] = session.x[c] - step;
    const double below = energy(engine, x);
    CHECK_CLOSE((above - below) / (2.0 * step), grad[c], tolerance * largest);
  }
}

// After a trial the forces are those from before it, of the same particles, wherever these went.
static void test_gradient_after_a_trial(void **)
{
  OpenSession session(*system_under_test);
  session.engine.restore();
  const Point before = session.gradient();
  for (const Point &x : proposals(session)) {
    session.engine.begin_trial();
    energy(session.engine, x);
    session.engine.restore();
    CHECK(same_bits(session.gradient(), before));
  }
  session.engine.begin_trial();
}

// Those that a far move needs: on one rank the list of these holds all pairs, and there are no
// ghosts.
static int n_new_lists(const OpenSession &session)
{
  const bool complete = is_one_of(*system_under_test, {"dimer", "double_well"});
  return complete && session.simulation.lmp->comm->nprocs == 1 ? 0 : 1;
}

// Where lists are kept for small moves, energies are those of new lists.
static void test_kept_lists(void **)
{
  OpenSession session(*system_under_test);
  bgen::LammpsEngine &engine = session.engine;
  const Neighbor *neighbor = session.simulation.lmp->neighbor;
  const int n_space = engine.body().n_space;

  const double before = energy(engine, session.x);
  const bigint n_built = neighbor->ncalls;
  Point near = session.x, far = session.x;
  for (int k = 0; k < engine.body().n_particles(); k++) near[n_space * k] += 0.4 * neighbor->skin;
  far[0] += 0.6 * neighbor->skin;
  const double moved = energy(engine, near);
  CHECK(neighbor->ncalls == n_built);
  energy(engine, far);
  CHECK(neighbor->ncalls == n_built + n_new_lists(session));
  energy(engine, session.x);
  const bigint n_again = neighbor->ncalls;
  CHECK_CLOSE(engine.present_energy().value, before, 1e-12 * std::fabs(before));
  CHECK(neighbor->ncalls == n_again);

  const Point kept = {energy(engine, far)};
  engine.restore();
  engine.begin_trial();
  if (n_new_lists(session) == 0) CHECK(same_bits({energy(engine, far)}, kept));
  engine.restore();
  engine.begin_trial();
  CHECK_CLOSE(energy(engine, near), moved, 1e-12 * std::fabs(moved));
}

// They are kept exactly as far as LAMMPS would keep them: half the skin from where they were built,
// in however many steps, of any particle on any rank.
static void test_half_the_skin(void **)
{
  static constexpr double ROUNDING = 1e-6; // of positions in the box, beside a skin
  OpenSession session(*system_under_test);
  Neighbor *neighbor = session.simulation.lmp->neighbor;
  const size_t dim = session.x.size();
  for (size_t c = 0; c < dim; c += 1 + dim / 10)
    for (const double half : {-0.5 * neighbor->skin, 0.5 * neighbor->skin}) {
      Point x = session.x;
      session.engine.restore();
      session.engine.begin_trial();
      energy(session.engine, x);
      const bigint n_built = neighbor->ncalls;
      for (const double part : {0.3, 0.6, 1.0 - ROUNDING}) {
        x[c] = session.x[c] + part * half;
        energy(session.engine, x);
        CHECK(neighbor->ncalls == n_built);
        CHECK(neighbor->check_distance() == 0);
      }
      x[c] = session.x[c] + (1.0 + ROUNDING) * half;
      energy(session.engine, x);
      CHECK(neighbor->ncalls == n_built + n_new_lists(session));
    }
}

/* ---- lists that are the same anywhere ---- */

struct Cluster {
  const char *boundary, *style;
  double cutoff;
  bool complete; // its list holds all pairs, and would in the same order anywhere
  const char *command = "";
};
static const Cluster clusters[] = {
    {"f f f", "nsq", 30.0, true},
    {"f f f", "nsq", 2.9, true}, // the cluster is smaller than that, the box five times as large
    {"f f f", "nsq", 1.5, false},
    {"f f f", "bin", 30.0, false},
    {"p f f", "nsq", 30.0, false},
    {"f f p", "nsq", 30.0, false},
    {"f s f", "nsq", 30.0, false},
    {"f f f", "nsq", 30.0, false,
     "pair_style hybrid/overlay lj/cut 30.0 lj/cut 2.0\n"
     "pair_coeff 1 1 lj/cut 1 1.0 1.0\npair_coeff 1 1 lj/cut 2 0.1 1.0\n"},
};
static const Cluster *cluster;

static std::string commands_of_cluster()
{
  return std::string("units lj\natom_style atomic\natom_modify map array sort 0 0.0\nboundary ") +
         cluster->boundary + R"(
variable     T index 0.1
region       box block -8 8 -8 8 -8 8
create_box   1 box
lattice      sc 0.7
region       atoms block -0.9 1.1 -0.9 1.1 -0.9 1.1
create_atoms 1 region atoms
mass         1 1.0
pair_style   lj/cut )" +
         std::to_string(cluster->cutoff) + "\npair_coeff 1 1 1.0 1.0\nneighbor 0.3 " +
         cluster->style +
         "\nneigh_modify delay 0 every 1 check yes\ntimestep 0.002\ngroup moved union all\n"
         "velocity all create ${T} 4711 loop all\n" +
         cluster->command;
}

// A far move builds new lists but where they are complete; an energy has the bits of new lists.
static void test_complete_lists(void **)
{
  for (const Cluster &one : clusters) {
    cluster = &one;
    OpenSession session({"cluster", 3, commands_of_cluster});
    bgen::LammpsEngine &engine = session.engine;
    const Neighbor *neighbor = session.simulation.lmp->neighbor;
    const bool complete = one.complete && session.simulation.lmp->comm->nprocs == 1;
    Point far = session.x;
    for (size_t c = 0; c < far.size(); c++)
      far[c] *= 1.8 + 0.1 * std::sin(3.0 * static_cast<double>(c));
    energy(engine, session.x);
    const bigint n_built = neighbor->ncalls;
    const Point kept = {energy(engine, far)};
    CHECK(neighbor->ncalls == n_built + !complete);
    engine.restore();
    engine.begin_trial();
    CHECK(same_bits({energy(engine, far)}, kept));
  }
}

// Half of the atoms leave along x for beyond the cutoff, and come back; all come closer than they
// were when lists were built.  Energies are those of LAMMPS' own "run 0", to the bit where complete
// lists stay.
static void test_cluster_that_flies_apart(void **)
{
  for (const Cluster &one : clusters) {
    cluster = &one;
    const System system = {"cluster", 3, commands_of_cluster};
    std::vector<Evaluated> points;
    std::vector<int64_t> tags;
    bool complete = false;
    {
      OpenSession session(system);
      tags = session.engine.body().tags;
      energy(session.engine, session.x);
      const LAMMPS *lmp = session.simulation.lmp;
      complete = one.complete && lmp->comm->nprocs == 1;
      const bigint n_built = lmp->neighbor->ncalls;
      for (const double stretch : {1.1, 5.0, 0.75, 1.8, 1.0}) {
        Point x = session.x;
        for (size_t c = 0; c < x.size(); c++)
          x[c] *= (c % 3 ? std::fmin(stretch, 1.0) : stretch) *
                  (1.0 + 0.05 * std::sin(3.0 * static_cast<double>(c)));
        points.push_back(evaluate(session, x));
      }
      if (complete) CHECK(lmp->neighbor->ncalls == n_built);
    }
    Simulation serial(system, MPI_COMM_SELF);
    for (const Evaluated &point : points) {
      check_energy(serial, tags, point);
      if (complete) CHECK(serial.thermo("pe") == point.energy);
    }
  }
}

int main(int argc, char **argv)
{
  return run_program(
      argc, argv,
      {{cmocka_unit_test(test_energies), cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_gradient_after_a_trial), cmocka_unit_test(test_kept_lists),
        cmocka_unit_test(test_half_the_skin)},
       {},
       {cmocka_unit_test(test_complete_lists), cmocka_unit_test(test_cluster_that_flies_apart)}});
}
