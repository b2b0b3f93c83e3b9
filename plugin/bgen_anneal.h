/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_annealed.h - "bgen fix-ID anneal": populations of walkers that go from the flow of a basin to the Boltzmann distribution, or
   from the temperature of frames to another one, and the free energies on their way */

#ifndef LMP_BGEN_ANNEAL_H
#define LMP_BGEN_ANNEAL_H

#include "bgen_move.h"
#include "estimate/free_energy.h"
#include "pointers.h"
#include "sample/population.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

class BgenAnneal : protected Pointers {
public:
  BgenAnneal(LAMMPS *lmp, class FixBgen &fix, class BgenWords &words);
  ~BgenAnneal() override;
  void run();

private:
  /* One stage of one basin, and all its repeats. */
  struct Stage {
    std::vector<double> values; // F = -ln Z of each repeat, relative to the first stage
    bgen_estimate free_energy;  // of all of them
    double ess = 0.0;           // mean over repeats, before resampling; a fraction, as
    double families = 0.0, acceptance = 0.0; // is acceptance; after it
  };
  struct Basin {
    int k;
    std::vector<Stage> stages;            // [n_stages + 1]
    std::vector<double> forward, reverse; // works of walkers that are never resampled
    bgen_estimate bar, from_frames;       // with reverse works
  };

  FixBgen &fix;
  class BgenModel &model;
  const bool root;
  size_t n;       // walkers of a population
  int from, only; // basin; -1: all
  double to;      // temperature
  size_t n_stages, n_repeats;
  BgenLangevin langevin;
  double power;
  bool resampling;
  enum Start { NONE, FRAMES, GIVEN } start;
  std::vector<bgen_estimate> at_start; // [basins] F(basin) - F(first) where annealing begins
  std::string path, dump_path;

  bool from_flow, with_reverse;
  double reference; // temperature of the reduced energies
  std::vector<double> lambda;
  bgen_population *walkers;            // on rank 0
  std::vector<double> x, u, grad;      // of all walkers, on all ranks
  std::vector<double> variance;        // of velocities
  std::vector<char> within;            // on rank 0
  std::vector<double> dumped, columns; // the last populations
  bigint n_calls;
  std::vector<Basin> basins;

  void read(BgenWords &words);
  void read_keyword(const std::string &keyword, BgenWords &words);
  void read_start(BgenWords &words);
  void find_start();
  void check(BgenWords &words);
  void check_frames(BgenWords &words) const;
  void find_reverse();

  double temperature(size_t t) const; // of stage t
  bgen_stage stage(size_t t) const;
  void draw(int k, size_t repeat);
  void draw_flow(int k);
  void draw_frames(int k, size_t repeat);
  void find_within(int k, const double *points);
  void begin(int k, size_t t);
  size_t move(int k, size_t t);
  void resample();
  void record(Stage &of) const;
  void record_move(Stage &of, size_t n_accepted) const;
  void anneal(Basin &basin, size_t repeat);
  void go_back(Basin &basin);
  void go_back(Basin &basin, size_t first, size_t n_now);
  void keep(int k);

  void estimate(Basin &basin);
  bgen_estimate difference(const Basin &a, const Basin &b, size_t t) const;
  std::string row(const Basin &basin, size_t t) const;
  std::string table() const;
  std::string reverse_lines() const;
  std::string difference_line(const Basin &to, const bgen_estimate &of, size_t t,
                              const char *method) const;
  std::string difference_lines() const;
  void report(FILE *file) const;
};

} // namespace LAMMPS_NS

#endif
