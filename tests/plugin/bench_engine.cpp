// SPDX-License-Identifier: GPL-2.0-or-later
// bench_engine.cpp - energies with gradients per second
//
// usage: bench_engine SYSTEM ...

#include "fixture.h"

#include "comm.h"
#include "domain.h"
#include "neighbor.h"

#include <chrono>
#include <cmath>
#include <cstdio>

using namespace LAMMPS_NS;

using Clock = std::chrono::steady_clock;

static double seconds_since(Clock::time_point start)
{
  return std::chrono::duration<double>(Clock::now() - start).count();
}

static void time_energies(OpenSession &session, const char *name, const char *what, double width)
{
  std::vector<Point> points(64);
  for (Point &x : points) x = moved(session.simulation.lmp, session.x, width);
  Point grad(session.x.size());
  int n = 0, n_refused = 0;
  const Clock::time_point start = Clock::now();
  while (everywhere(seconds_since(start) < 1.0))
    for (const Point &x : points) {
      n_refused += session.engine.energy(x.data()).refused != nullptr;
      session.engine.gradient(grad.data());
      n++;
    }
  const double seconds = seconds_since(start);
  if (session.simulation.lmp->comm->me == 0)
    printf("%-12s %s %9.0f per second, %8.2f us each, %d refused\n", name, what, n / seconds,
           1e6 * seconds / n, n_refused);
}

static void time_trials(OpenSession &session, const char *name)
{
  const int n = 10000;
  const Clock::time_point start = Clock::now();
  for (int k = 0; k < n; k++) {
    session.engine.restore();
    session.engine.begin_trial();
  }
  if (session.simulation.lmp->comm->me == 0)
    printf("%-12s restore and remember %28.2f us\n", name, 1e6 * seconds_since(start) / n);
}

int main(int argc, char **argv)
{
  MPI_Init(&argc, &argv);
  for (int a = 1; a < argc; a++) {
    OpenSession session(system_named(argv[a]));
    const LAMMPS *lmp = session.simulation.lmp;
    const double skin = lmp->neighbor->skin / lmp->domain->prd[0];
    time_energies(session, argv[a], "kept lists", 0.25 * skin);
    time_energies(session, argv[a], "new lists ", 1.2 * skin);
    time_trials(session, argv[a]);
  }
  return MPI_Finalize();
}
