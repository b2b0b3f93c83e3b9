/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_exchange.cpp - partitions, which are threads here, exchange their configurations: exact
   draws of each make one exchange, and are still distributed as they were */

#include "input/error.h"
#include "partition.h"
#include "rig.h"

#include <cmath>

#include "checks.h" // last: cmocka has a macro fail

using namespace bgen;

namespace {

const double TEMPERATURES[] = {KT, 2.0 * KT, 1.5 * KT}; // not in order
const char SYMMETRIC[] = "cv s linear 1 x 1 2 x 1 basin left s -inf 0 basin right s 0 inf "
                         "identical types 1 mirror y 0 ";

struct Case {
  const char *name, *line;
  bool symmetric;
  int n; // partitions
  const char *offset;
};

const Case CASES[] = {
    {"learned", "learned", false, 2, ""},
    {"learned, under an offset", "learned", false, 2, "offset right 1.1 "},
    {"learned, identical atoms", "learned", true, 2, ""},
    {"learned by three", "learned", false, 3, ""},
    {"plain", "plain", false, 2, ""},
    {"plain, under an offset", "plain", false, 2, "offset right 1.1 "},
    {"plain by three", "plain", false, 3, ""},
};

/* as the wells of an energy are at another temperature, but not quite: another force field */
Wells heated(Wells wells, double temperature)
{
  for (Wells::Well &well : wells.wells) {
    well.share = std::pow(well.share, KT / temperature);
    well.width *= std::sqrt(temperature / KT);
  }
  return wells;
}

/* A partition with the flows of all, at a temperature of its own. */
struct Replica : Rig {
  Replica(Pool &pool, const Wells &wells, const std::string &line)
      : Rig(wells, line, &pool, TEMPERATURES[pool.number()])
  {
    train(0.6);
    this->wells = heated(wells, world.temperature);
    n_drawn = 100000000 * static_cast<uint64_t>(pool.number());
  }
};

Replica replica(Pool &pool, const Case &of)
{
  const std::string line = std::string(of.symmetric ? SYMMETRIC : TWO_BASINS) + SMALL_FLOW +
                           "pool yes " + of.offset + "move exchange 1 " + of.line;
  return {pool, of.symmetric ? symmetric_wells() : two_wells(), line};
}

/* what does not change with the order of identical atoms */
std::vector<double> seen(const Rig &rig)
{
  const std::vector<double> &x = rig.world.x;
  std::vector<double> values = {static_cast<double>(rig.state.variables.basin_of(x.data()) == 1),
                                rig.u()};
  for (int c = 0; c < 2; c++) {
    values.push_back(x[c] + x[c + 2]);
    values.push_back(x[c] * x[c] + x[c + 2] * x[c + 2]);
    values.push_back(x[c] * x[c + 2]);
  }
  return values;
}

struct Found {
  std::vector<Average> changes;
  size_t n_accepted = 0;
};

void check_case(const Case &of)
{
  static constexpr int N = 20000;
  std::vector<Found> all(of.n);
  expect_none(in_partitions(of.n, [&](Pool &pool) {
    Replica rig = replica(pool, of);
    Found &found = all[pool.number()];
    found.changes.resize(seen(rig).size());
    for (int i = 0; i < N; i++) {
      rig.draw();
      const std::vector<double> before = seen(rig), x = rig.world.x;
      rig.state.attempt_jump();
      const std::vector<double> after = seen(rig);
      found.n_accepted += rig.world.x != x;
      for (size_t k = 0; k < after.size(); k++) found.changes[k].add(after[k] - before[k]);
    }
  }));
  for (int p = 0; p < of.n; p++) {
    double worst = 0.0;
    for (const Average &change : all[p].changes) {
      const double sigmas = std::fabs(change.mean()) / change.error();
      worst = sigmas <= worst ? worst : sigmas;
      if (!(sigmas <= MOST_SIGMAS))
        fail_msg("%s, partition %d: a value changes by %g +- %g", of.name, p, change.mean(),
                 change.error());
    }
    print_message("    %-26s %5zu of %5d accepted, worst %.2f sigmas\n", of.name, all[p].n_accepted,
                  N, worst);
    assert_true(all[p].n_accepted > N / 50);
  }
  if (of.n == 2) assert_int_equal(all[0].n_accepted, all[1].n_accepted);
}
} // namespace

static void all_leave_e_minus_u_invariant(void **)
{
  for (const Case &of : CASES) check_case(of);
}

/* ---- what comes along ---- */

/* Each has what the other had, or all is as it was, bit for bit; velocities are scaled, and belong
   to the whole step. */
static void velocities_come_along(void **)
{
  struct Moment {
    std::vector<double> x, whole;
  };
  static constexpr int N = 200;
  std::vector<std::vector<Moment>> before(2), after(2);
  std::vector<long long> n_accepted(2);
  expect_none(in_partitions(2, [&](Pool &pool) {
    Replica rig = replica(pool, CASES[4]);
    World &world = rig.world;
    world.masses = {2.0, 3.0};
    const auto moment = [&] {
      Moment now = {world.x, world.v};
      std::vector<double> grad(4);
      world.energy(world.x.data(), grad.data());
      for (int c = 0; c < 4; c++)
        now.whole[c] -= 0.5 * world.timestep * grad[c] / world.masses[c / 2];
      return now;
    };
    for (int i = 0; i < N; i++) {
      rig.draw();
      bgen_rng rng = bgen_rng_at(9 + pool.number(), BGEN_STREAM_TEST, i);
      bgen_rng_normals(&rng, 4, world.v.data());
      const World was = world;
      before[pool.number()].push_back(moment());
      rig.state.attempt_jump();
      after[pool.number()].push_back(moment());
      if (world.x == was.x && world.v != was.v) throw Error("a velocity has changed");
    }
    n_accepted[pool.number()] = static_cast<long long>(rig.state.value(1));
  }));
  int n_exchanged = 0;
  for (int i = 0; i < N; i++)
    for (int p = 0; p < 2; p++) {
      const Moment &mine = after[p][i], &theirs = before[1 - p][i];
      if (mine.x == before[p][i].x) continue;
      n_exchanged++;
      assert_true(mine.x == theirs.x);
      const double scale = std::sqrt(TEMPERATURES[p] / TEMPERATURES[1 - p]);
      for (int c = 0; c < 4; c++)
        CHECK_CLOSE(mine.whole[c], scale * theirs.whole[c], 1e-12); // of a few operations
    }
  assert_true(n_exchanged > 20 && n_exchanged == n_accepted[0] + n_accepted[1]);
}

/* ---- when, and with whom ---- */

/* Three take turns; between exchanges each makes moves of its own. */
static void who_meets_whom(void **)
{
  std::vector<std::vector<long long>> attempts(3);
  expect_none(in_partitions(3, [&](Pool &pool) {
    Replica rig(pool, two_wells(),
                std::string(TWO_BASINS) + SMALL_FLOW +
                    "pool yes move exchange 3 learned move near 1 0.5");
    for (int i = 0; i < 12; i++) rig.state.attempt_jump();
    const bgen_totals *totals = bgen_markov_totals(rig.state.chain);
    for (int k = 0; k < 2; k++)
      attempts[pool.number()].push_back(bgen_totals_of(totals, k).attempts);
    attempts[pool.number()].push_back(rig.state.chain.count(BGEN_COUNT_IDLE));
    attempts[pool.number()].push_back(rig.state.chain.count(BGEN_COUNT_EXCHANGES));
  }));
  /* in the order of temperatures: partitions 0, 2, 1; the middle one always has a partner */
  const std::vector<long long> cold = {2, 8, 2, 2}, middle = {4, 8, 0, 2}, warm = {2, 8, 2, 0};
  assert_true(attempts[0] == cold && attempts[2] == middle && attempts[1] == warm);
}

/* What plain exchange would do is what it does, where the force fields are the same. */
static void plain_exchange_is_foretold(void **)
{
  std::vector<int64_t> counts(3);
  expect_none(in_partitions(2, [&](Pool &pool) {
    Replica rig = replica(pool, CASES[5]);
    const Wells wells = two_wells();
    rig.world.energy = [wells](const double *x, double *grad) { return wells.energy(x, grad); };
    for (int i = 0; i < 500; i++) {
      rig.draw();
      rig.state.attempt_jump();
    }
    if (!pool.is_first()) return;
    counts = {rig.state.chain.count(BGEN_COUNT_EXCHANGES),
              rig.state.chain.count(BGEN_COUNT_EXCHANGED),
              rig.state.chain.count(BGEN_COUNT_AS_THEY_ARE)};
  }));
  assert_true(counts[0] == 500 && counts[1] == counts[2] && counts[1] > 20 && counts[1] < 480);
}

/* ---- mistakes ---- */

static void mistakes_are_said(void **)
{
  const std::string line = std::string(TWO_BASINS) + SMALL_FLOW;
  CHECK_THROWS(Rig(two_wells(), line + "move exchange 1 plain"), "add pool yes");
  CHECK_THROWS(Rig(two_wells(), line + "pool yes move exchange 1 plain"), "-partition");
  CHECK_THROWS(Rig(two_wells(), line + "pool yes move exchange 1 plain move exchange 2 plain"),
               "given twice");
  CHECK_THROWS(Rig(two_wells(), line + "pool yes move exchange 1 both"), "learned, plain");
  expect_all(in_partitions(2,
                           [&](Pool &pool) {
                             Replica rig = replica(pool, CASES[0]);
                             if (!pool.is_first()) rig.state.model.set_weights({1.0, 1.0});
                             rig.state.attempt_jump();
                           }),
             "partition 1 has another model than partition 0");
}

int main()
{
  const CMUnitTest tests[] = {
      cmocka_unit_test(all_leave_e_minus_u_invariant), cmocka_unit_test(velocities_come_along),
      cmocka_unit_test(who_meets_whom), cmocka_unit_test(plain_exchange_is_foretold),
      cmocka_unit_test(mistakes_are_said)};
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}

/* Planted one at a time in plugin/state/exchange_move.cpp, each seen by this test: no log ratio, no
   offset or no mirror image of what arrives, a random number of each partition's own, velocities
   scaled the wrong way or not those of the whole step, always the same pairs, an exchange that is
   not counted as an attempt. */
