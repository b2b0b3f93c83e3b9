/* SPDX-License-Identifier: GPL-2.0-or-later */
/* world.h - what analytic engines look at: particles, and an energy of some lines */

#ifndef BGEN_TESTS_HOUSE_WORLD_H
#define BGEN_TESTS_HOUSE_WORLD_H

#include "engine/engine.h"
#include "engine/probe.h"

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bgen {

/* What the engines of all groups look at. */
struct World {
  World(int n_particles, int n_space);
  Body body; // of all particles
  std::vector<double> masses;
  OtherAtoms other_atoms = {0.0, 0.0}; // that are not of the world
  std::vector<double> x, v;            // [dim]
  std::vector<size_t> rods;            // see Probe; of particles that all move
  double temperature = 1.0, timestep = 0.1;
  long long step = 0;
  /* U(x), and grad[dim] of it is set */
  std::function<double(const double *x, double *grad)> energy;
  std::function<const char *(const double *x)> refusal; // empty: nothing but NaN is refused
  /* fixes of a program: forces -grad[dim] of all atoms, and the energy if it counts */
  struct Fix {
    FixForces named;
    std::function<double(const double *x, double *grad)> energy;
  };
  std::vector<Fix> fixes;
  /* of observables by their name, at x */
  std::map<std::string, std::function<double(const double *x)>> observables;
  std::map<std::string, std::vector<int64_t>> groups; // "all" is there
  bool runs = false;                                  // whether a run goes on
  double step_energy = NAN; // what step_energy() says; NaN: the energy where the atoms are
};

} // namespace bgen

#endif
