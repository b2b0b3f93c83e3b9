/* SPDX-License-Identifier: GPL-2.0-or-later */
/* two_wells.h - a particle in two dimensions, in one of two harmonic wells along x, each with

     U(x, y) = raised + k (x - centre)^2 / 2 + y^2 / 2 + y^4 / 10 + tilt y,

   a fix bgen with flows that are a little off (normal distributions of 300 frames), exact frames,
   and what is true, by quadrature.  kT is the temperature. */

#ifndef BGEN_TESTS_TWO_WELLS_H
#define BGEN_TESTS_TWO_WELLS_H

#include "actions/actions.h"
#include "analytic_engine.h"
#include "estimate/free_energy.h"
#include "state/state.h"

namespace bgen {

enum Basin { RIGHT, LEFT, BOTH }; // the first two as the fix has them

struct WellForce {
  double k[2] = {3.0, 1.5}, raised[2] = {0.0, 1.2}, tilt = 0.0;

  double energy(double x, double y) const;
};

/* Of the points of a basin with low <= x < high. */
using Function = std::function<double(double x, double y)>;
double exact_free_energy(const WellForce &force, double T, Basin basin, double low = -10.0,
                         double high = 10.0);
double exact_mean(const WellForce &force, double T, Basin basin, const Function &of);

/* Its commands are "k BASIN VALUE" and "raised BASIN VALUE" (BASIN 0 or 1), "tilt VALUE",
   "temperature T", and "unfix ID". */
class WellHost : public AnalyticHost {
public:
  WellHost(World &world, WellForce &force, const std::string &id, Pool *pool = nullptr);

  void command(const std::string &line) override;
  void check_alive(const std::string &command) override;
  static std::string removed; // the ID of the fix that a command has removed

private:
  World &world_;
  WellForce &force_;
  const std::string id_;
};

/* The simulation: one world, and one or two fixes that look at it. */
class TwoWells : public Surroundings {
public:
  explicit TwoWells(const std::string &more = "", Pool *pool = nullptr);

  WellForce force;
  World world;
  WellHost host;
  State state; // fix bg, trained at T = 1

  /* Test frames of both basins: n of each walker at T, each of them `repeated` times. */
  void add_test_frames(State &to, double T, int n_walkers, int n, int repeated = 1);

  /* Another fix of the same atoms, trained at T, with its own walkers. */
  State &other(const std::string &id, double T);

  /* The world to an exact draw of e^-U, where the right basin has this probability. */
  void wander(double right);
  void go_on(uint64_t n_draws) { n_drawn_ += n_draws; } // so that it makes others than before
  /* n jumps from exact draws at T = 1, others for each walker */
  void jump(int n, int walker);

  State *find(const std::string &id) override;

  /* "bgen bg " + line; false: it ended in an error, whose sentence is in `sentence` */
  bool act(const std::string &line);
  std::string sentence;

private:
  std::unique_ptr<World> other_world_;
  std::unique_ptr<WellHost> other_host_;
  std::unique_ptr<State> other_;
  uint64_t n_drawn_ = 0;

  void draw(Basin basin, double T, double *x);
  void train(State &to, double T);
};

/* Those of a file, but comments and empty ones. */
std::vector<std::string> data_lines(const std::string &path);

/* Ends the test unless |value - exact| <= 5 error and 0 < error <= most_error. */
void near(const std::string &what, const bgen_estimate &of, double exact, double most_error);

} // namespace bgen

#endif
