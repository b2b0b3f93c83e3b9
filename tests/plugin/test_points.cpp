// SPDX-License-Identifier: GPL-2.0-or-later
// test_points.cpp - samples of a flow at several temperatures, and what they are worth when the force field changes

#include "bgen_points.h"

#include "bgen_command.h"
#include "configuration.h"
#include "fix_bgen.h"
#include "fixture.h"
#include "lammps_compat.h"

#include <cmath>

using namespace LAMMPS_NS;

static constexpr size_t N = 1000;
static constexpr double HOT = 2.5;

// A flow of one well of the double well, from MD.
class Trained : public Simulation {
public:
  Trained() : Simulation(system_named("double_well"))
  {
    add_style(lmp, "bgen",
              [](LAMMPS *of, int narg, char **arg) -> Fix * { return new FixBgen(of, narg, arg); });
    add_style(lmp, "bgen", [](LAMMPS *of) -> Command * { return new BgenCommand(of); });
    commands("fix bg all bgen 0 1.0 4711 coords cartesian xy cv s coordinate 1 x collect 10 "
             "threads 1 flow \"whiten; realnvp blocks 2 width 8\"");
    langevin_dynamics();
    commands("run 5000 post no\nbgen bg train iter 20 batch 64");
  }
  FixBgen &fix() { return *FixBgen::find(lmp->modify, "bg"); }
};

static void test_temperatures(void **)
{
  Trained simulation;
  FixBgen &fix = simulation.fix();
  fix.configuration->begin_command();
  BgenPoints cold(simulation.lmp, fix), hot(simulation.lmp, fix);
  cold.temperatures = hot.temperatures = {1.0, HOT};
  cold.add_samples(0, N);
  hot.add_samples_at(HOT, 0, N);
  cold.add_samples(-1, 10);
  fix.configuration->end_command();
  CHECK(cold.log_q_at.size() == 2 * (N + 10) && hot.log_q_at.size() == 2 * N);

  // by samples of the hot density the mean of the ratio is 1, for both are normalized; by those of the cold one it is
  // that of two normal distributions of two dimensions, with a smaller variance
  double to_cold = 0.0, to_hot = 0.0;
  for (size_t i = 0; i < N; i++) {
    for (const BgenPoints *points : {&cold, &hot}) {
      CHECK_CLOSE(points->log_q[i], points->log_q_at[2 * i], 1e-9);
      CHECK(std::isfinite(points->u[i]));
    }
    to_hot += std::exp(cold.log_q_at[2 * i] - cold.log_q_at[2 * i + 1]) / N;
    to_cold += std::exp(hot.log_q_at[2 * i] - hot.log_q_at[2 * i + 1]) / N;
    CHECK(std::fabs(hot.log_q_at[2 * i] - hot.log_q_at[2 * i + 1]) > 0.0);
  }
  const double expected = HOT * HOT / (2.0 * HOT - 1.0),
               five_sigma = 5.0 * std::sqrt((expected - 1.0) / N);
  CHECK_CLOSE(to_cold, 1.0, five_sigma);
  CHECK_CLOSE(to_hot, expected, five_sigma);
}

static void test_energies_anew(void **)
{
  Trained simulation;
  FixBgen &fix = simulation.fix();
  fix.configuration->begin_command();
  BgenPoints points(simulation.lmp, fix);
  points.keep_x = true;
  points.add_samples(0, 50);
  const std::vector<double> same = points.again().u;
  simulation.lmp->input->one("variable well_U atom x^4-6*x^2+x+2.5");
  const std::vector<double> shifted = points.again().u;
  fix.configuration->end_command();
  for (size_t i = 0; i < points.n(); i++) {
    CHECK_CLOSE(same[i], points.u[i], 1e-12 * (1.0 + std::fabs(same[i])));
    CHECK_CLOSE(shifted[i], points.u[i] + 2.5, 1e-12 * (1.0 + std::fabs(same[i])));
  }
}

int main(int argc, char **argv)
{
  return run_program(
      argc, argv,
      {{}, {}, {cmocka_unit_test(test_temperatures), cmocka_unit_test(test_energies_anew)}});
}
