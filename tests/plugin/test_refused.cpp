// SPDX-License-Identifier: GPL-2.0-or-later
// test_refused.cpp - configurations that LAMMPS would not survive, and setups in which no
// engine can be moved
//
// usage: test_refused [SYSTEM ...]
//        test_refused --stop NAME      does what must end in one clear sentence

#include "fixture.h"

#include "atom.h"
#include "comm.h"
#include "domain.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

using namespace LAMMPS_NS;

static void check_refused(OpenSession &session, const Point &x, const char *reason)
{
  bgen::LammpsEngine &engine = session.engine;
  const double before = engine.present_energy().value;
  const bigint n_calls = engine.n_energy_calls();
  CHECK(engine.refusal(x.data()) != nullptr);
  CHECK(engine.refusal(session.x.data()) == nullptr); // which says nothing of x
  const bgen::Energy energy = engine.energy(x.data());
  CHECK(std::isnan(energy.value) && energy.refused);
  if (!strstr(energy.refused, reason)) print_error("%s, not %s\n", energy.refused, reason);
  CHECK(strstr(energy.refused, reason) != nullptr);
  CHECK(engine.n_energy_calls() == n_calls);
  const bgen::Energy again = engine.present_energy();
  CHECK(again.value == before && !again.refused);
}

static void test_refused(void **)
{
  OpenSession session(*system_under_test);
  const Domain *domain = session.simulation.lmp->domain;
  const int n_space = session.engine.body().n_space;
  const size_t last = session.x.size() - n_space; // the first component of the last particle
  const auto with = [&](double value) {
    Point x = session.x;
    x[last] = value;
    return x;
  };
  check_refused(session, with(std::nan("")), "not finite");
  check_refused(session, with(-HUGE_VAL), "not finite");
  const double huge = 1e300;
  if (domain->periodicity[0]) {
    check_refused(session, with(huge), "too many boxes");
    check_refused(session, with(-1.01 * IMGMAX * domain->prd[0]), "too many boxes");
  } else if (domain->boundary[0][0] == 1) {
    check_refused(session, with(std::nextafter(domain->boxlo[0], -huge)),
                  "outside a fixed boundary");
    check_refused(session, with(domain->boxhi[0]), "outside a fixed boundary");
    check_refused(session, with(huge), "outside a fixed boundary");
  } else {
    check_refused(session, with(huge), "far outside a shrink-wrapped box");
    check_refused(session, with(-1e6), "far outside a shrink-wrapped box");
  }
}

// x with the first particle some boxes away, at a distance of u.
static Point put_at(const OpenSession &session, const double *u, double distance,
                    double n_boxes = 3.0)
{
  Point x = session.x;
  for (int c = 0; c < 3; c++) x[c] = u[c] + n_boxes * session.simulation.lmp->domain->prd[c];
  x[2] += distance;
  return x;
}

// What has been screened is screened again where a shrink-wrapped box may have changed.
static void test_screened_again(void **)
{
  OpenSession session(system_named("droplet"));
  bgen::LammpsEngine &engine = session.engine;
  const auto at = [&](double value) {
    Point x = session.x;
    x[x.size() - 3] = value;
    return x;
  };
  double far = 100.0;
  while (!engine.refusal(at(1.5 * far).data())) far *= 1.5;
  CHECK(engine.refusal(at(far).data()) == nullptr);
  CHECK(std::isfinite(engine.energy(at(-far).data()).value));
  CHECK(engine.energy(at(far).data()).refused != nullptr); // both ends would be in the box
  engine.present_energy();
  CHECK(std::isfinite(engine.energy(at(far).data()).value));
}

static void test_overlap(void **)
{
  {
    OpenSession session(system_named("melt")); // without a limit
    CHECK(!session.engine.refusal(put_at(session, &session.x[30], 0.0).data()));
  }
  OpenSession session(system_named("melt"), {0.5, 0.0});
  bgen::LammpsEngine &engine = session.engine;
  const auto stranger = static_cast<tagint>(session.simulation.lmp->atom->natoms); // not moved
  CHECK(engine.body().particle(stranger) == -1);
  const double *other = &session.x[30], *outside = &session.all[3 * (stranger - 1)];
  for (const double *u : {other, outside}) {
    CHECK(!engine.refusal(put_at(session, u, 0.501).data()));
    check_refused(session, put_at(session, u, 0.499), "overlap");
    check_refused(session, put_at(session, u, 0.499, -3.0), "overlap");
    check_refused(session, put_at(session, u, 0.0), "overlap");
  }
}

// The square of the shortest distance of particles from any atom, by all pairs and images.
static double shortest_squared(const OpenSession &session, const Point &x)
{
  const bgen::Body &body = session.engine.body();
  const Domain *domain = session.simulation.lmp->domain;
  const double *h = domain->h, edge[3][3] = {{h[0], 0, 0}, {h[5], h[1], 0}, {h[4], h[3], h[2]}};
  const int n_space = body.n_space, n_atoms = static_cast<int>(session.all.size() / 3);
  Point all = session.all;
  for (int k = 0; k < body.n_particles(); k++)
    std::copy_n(&x[n_space * k], n_space, &all[3 * (body.tags[k] - 1)]);
  double shortest = HUGE_VAL;
  for (int i = 0; i < n_atoms; i++)
    for (int j = 0; j < n_atoms; j++)
      for (int image = 0; image < 125 && body.particle(i + 1) >= 0 && i != j; image++) {
        const int n_boxes[3] = {image % 5 - 2, image / 5 % 5 - 2, image / 25 - 2};
        double squares = 0.0, d[3];
        for (int c = 0; c < 3; c++) {
          d[c] = all[3 * i + c] - all[3 * j + c];
          for (int e = 0; e < 3; e++)
            d[c] += domain->periodicity[e] ? n_boxes[e] * edge[e][c] : 0.0;
          squares += d[c] * d[c];
        }
        shortest = std::min(shortest, squares);
      }
  return shortest;
}

// Of many configurations those are refused that have an overlap, whichever atoms it is of.
static void test_any_overlap(void **)
{
  static constexpr double OVERLAP = 0.55;
  for (const char *name : {"melt", "triclinic", "droplet", "columns", "dimer"}) {
    OpenSession session(system_named(name), {OVERLAP, 0.0});
    int n_refused = 0;
    const double width = 0.55 / session.simulation.lmp->domain->prd[0];
    for (int n = 0; n < 40; n++) {
      const Point x = moved(session.simulation.lmp, session.x, width * (0.4 + 0.02 * n));
      const bool overlaps = shortest_squared(session, x) < OVERLAP * OVERLAP;
      CHECK((session.engine.refusal(x.data()) != nullptr) == overlaps);
      n_refused += overlaps;
    }
    CHECK(n_refused > 3 && n_refused < 37);
  }
}

static std::string three_atoms()
{
  return R"(
units        lj
atom_modify  map array
region       box block -10 10 -10 10 -10 10
create_box   1 box
create_atoms 1 single -3.0 0.0 0.0
create_atoms 1 single 4.0 1.0 0.1
create_atoms 1 single 4.0 -1.0 0.0
mass         1 1.0
pair_style   lj/cut 5.0
pair_coeff   1 1 1.0 1.0
variable     T index 0.01
group        moved id 1
velocity     all create 0.01 4711 loop all
timestep     0.002
)";
}

// Atoms that are both outside the group may be as close as they like.
static void test_overlap_of_others(void **)
{
  OpenSession session({"three atoms", 3, three_atoms}, {3.0, 0.0});
  Point x = session.x;
  CHECK(!session.engine.refusal(x.data()));
  x[0] = 2.0;
  check_refused(session, x, "overlap");
}

static void test_long_bonds(void **)
{
  OpenSession session(system_named("chains"));
  bgen::LammpsEngine &engine = session.engine;
  const double ghosts = session.simulation.lmp->comm->get_comm_cutoff();
  Point x = session.x;
  x[0] -= ghosts; // atom 2 is beyond, in +x
  check_refused(session, x, "bond is too long");
  // the last atoms of the group are bonded to some that are not in it
  CHECK(engine.body().particle(22) >= 0 && engine.body().particle(23) < 0);
  x = session.x;
  x[x.size() - 3] += ghosts + 1.5;
  check_refused(session, x, "bond is too long");
}

static void test_limited_bonds(void **)
{
  OpenSession session(system_named("chains"), {0.0, 6.0});
  Point x = session.x;
  x[0] -= 1.0;
  CHECK(!session.engine.refusal(x.data()));
  x[0] -= 4.5;
  check_refused(session, x, "bond is too long");
}

// Two atoms with a bond, in a box of this side along x.
static std::string bonded_pair(const char *side, const char *x, const char *x2)
{
  return std::string(R"(
units        lj
atom_style   bond
atom_modify  map array
region       box block )") +
         side + R"( -10 10 -10 10
create_box   1 box bond/types 1 extra/bond/per/atom 1 extra/special/per/atom 1
create_atoms 1 single )" +
         x + R"( 0.2 0.3
create_atoms 1 single )" +
         x2 + R"( 0.4 0.2
mass         1 1.0
special_bonds fene
pair_style   lj/cut 5.0
pair_coeff   1 1 1.0 1.0
bond_style   fene
bond_coeff   1 30.0 1.5 1.0 1.0
create_bonds single/bond 1 1 2
variable     T index 1.0
group        moved union all
velocity     all create 1.0 4711 loop all
timestep     0.002
)";
}

static std::string fene()
{
  return bonded_pair("-10 10", "0.1", "1.0");
}

static void test_fene(void **)
{
  const System system = {"fene", 3, fene};
  OpenSession session(system);
  Point x(6, 0.0);
  x[3] = 1.41;
  CHECK(std::isfinite(session.engine.energy(x.data()).value));
  for (const double length : {1.43, 1.5, 2.9, 3.2}) {
    x[3] = length;
    check_refused(session, x, "bond is too long");
  }
}

// Image flags need not make a molecule whole: the nearest image counts.
static void test_bond_through_boundary(void **)
{
  const System system = {"through", 3, [] { return bonded_pair("-2 2", "-1.4", "1.4"); }};
  OpenSession session(system);
  CHECK(std::fabs(session.x[0] - session.x[3]) < 1.42);
  CHECK(std::isfinite(session.engine.present_energy().value));
  Point x = session.x;
  x[3] = x[0] - 1.43;
  check_refused(session, x, "bond is too long");
}

// Of an atom to one that is not moved.
static void test_bond_of_one(void **)
{
  const System system = {"one", 3, [] { return fene() + "group moved clear\ngroup moved id 1\n"; }};
  OpenSession session(system);
  const double *partner = &session.all[3];
  Point x(partner, partner + 3);
  x[1] += 1.41;
  CHECK(!session.engine.refusal(x.data()));
  x[1] += 0.02;
  check_refused(session, x, "bond is too long");
}

// An atom that is not moved but has left a fixed box: LAMMPS loses it as soon as it looks.
static void test_lost(void **)
{
  const tagint stranger = 80;
  Simulation simulation(system_named("walls"));
  const auto escape = [&simulation, stranger](double way) {
    const Atom *atom = simulation.lmp->atom;
    for (int i = 0; i < atom->nlocal; i++)
      if (atom->tag[i] == stranger) atom->x[i][0] += way;
  };
  bool session = false;
  FixTrial::during = [&](bgen::LammpsEngine &engine, const LAMMPS *lmp) {
    const double way = 2.0 * lmp->domain->prd[0];
    CHECK(engine.body().particle(stranger) == -1);
    escape(way);
    engine.begin_trial();
    for (int repeat = 0; repeat < 2; repeat++) {
      const bgen::Energy energy = engine.present_energy();
      CHECK(std::isnan(energy.value) && energy.refused && strstr(energy.refused, "lost atoms"));
    }
    engine.restore();
    escape(-way);
    engine.begin_trial();
    CHECK(std::isfinite(engine.present_energy().value));
    engine.restore();
    session = true;
  };
  simulation.commands("fix jump moved trial 3\nrun 1");
  CHECK(session);
}

/* ---- setups: the sentences are in engine.cmake ---- */

static void stop(const std::string &name)
{
  const System pair = {"fene", 3, fene};
  Simulation simulation(name == "shake" || name == "rigid" ? pair : system_named("melt"));
  const auto engine = [&simulation](int n_space) {
    auto made =
        std::make_unique<bgen::LammpsEngine>(simulation.lmp, simulation.moved_group(), n_space);
    made->init();
    return made;
  };
  const auto before = engine(3);
  if (name == "shake") simulation.commands("fix rods all shake 1e-4 20 0 b 1");
  if (name == "rigid") simulation.commands("fix body all rigid single");
  if (name == "empty") simulation.commands("group moved clear");
  if (name == "dynamic")
    simulation.commands(
        "group moved delete\nregion part block 0 1 0 1 0 1\ngroup moved dynamic all region part");
  if (name == "flat")
    simulation.commands("clear\ndimension 2\nregion box block 0 9 0 9 -0.5 0.5\ncreate_box 1 "
                        "box\ngroup moved union all");
  if (name == "no_ids")
    simulation.commands("clear\natom_modify id no\nregion box block 0 9 0 9 0 9\ncreate_box 1 box\n"
                        "create_atoms 1 single 1 1 1\ngroup moved union all");
  if (name == "ellipsoid")
    simulation.commands(
        "clear\natom_style ellipsoid\nregion box block 0 9 0 9 0 9\ncreate_box 1 box\n"
        "create_atoms 1 single 1 1 1\ngroup moved union all");
  if (name == "more") simulation.commands("group moved id 99");
  if (name == "others") simulation.commands("group moved clear\ngroup moved id 2:41 57 90 91");
  if (name == "more" || name == "others") before->init();
  engine(3);
}

int main(int argc, char **argv)
{
  return run_program(
      argc, argv,
      {{cmocka_unit_test(test_refused)},
       {},
       {cmocka_unit_test(test_overlap), cmocka_unit_test(test_any_overlap),
        cmocka_unit_test(test_overlap_of_others), cmocka_unit_test(test_long_bonds),
        cmocka_unit_test(test_limited_bonds), cmocka_unit_test(test_fene),
        cmocka_unit_test(test_bond_of_one), cmocka_unit_test(test_bond_through_boundary),
        cmocka_unit_test(test_screened_again), cmocka_unit_test(test_lost)},
       stop});
}
