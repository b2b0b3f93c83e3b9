/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_counts.h - what a fix bgen has counted: the whole state of its chain, and what a restart file keeps

   Basins are numbered as in BgenSettings::basins, and -1 is none of them. */

#ifndef LMP_BGEN_COUNTS_H
#define LMP_BGEN_COUNTS_H

#include "bgen_settings.h"
#include "bgen_tally.h"
#include "estimate/visits.h"

#include <cstdint>
#include <string>
#include <vector>

namespace LAMMPS_NS {

/* What only grows: small enough to be copied at the start of a run and subtracted at its end. Where nothing has been
   counted, as in a new one, everything is 0. */
struct BgenTotals {
  bigint proposals = 0;    // of all jumps: where their stream goes on
  bigint energy_calls = 0; // by runs before the present one; the configuration counts on from there
  bigint samples = 0;      // of "bgen sample" and "bgen free_energy": where their stream goes on
  bigint train_steps = 0, train_samples = 0;
  bigint annealed = 0;              // by "bgen anneal": where its stream goes on
  bigint explored = 0;              // near moves of frames in training
  bigint crossings = 0, undone = 0; // MD segments under offsets that changed the basin
  bigint works_dropped = 0;         // times that the lists of works began anew
  int n_basins = 0;
  std::vector<BgenTally> tallies; // [n_moves][from + 1][to + 1]
  std::vector<size_t> n_works;    // [n_moves][a][b], in the lists of BgenCounts

  size_t place(int move, int from, int to) const;
  size_t list_place(int move, int a, int b) const;
  BgenTally tally(int move, int from, int to, const BgenTotals &before) const; // since `before`
  bigint attempts_of(int move) const;
  BgenTally sum(int between) const; // of all moves within basins (0), or between them (1)
  BgenTally sum() const;
  bigint all_attempts() const { return sum().attempts; }
};

struct BgenCounts : BgenTotals {
  uint64_t seed = 0;
  uint64_t model = 0;       // checksum of the model that the chain has jumped with; 0: of none
  double temperature = 0.0; // of that chain; 0: none yet
  std::vector<std::vector<double>>
      tuned;           // of each move: the step of near, the schedule of annealed
  uint64_t tuning = 0; // 1: offsets and the like change; the chain is not exact then

  /* Works of each move that has them, from each basin a to each other one b, [n_moves][a][b]. Each attempt from a is one
     for every b, +inf where it did not lead there: then the distributions of a and b meet Crooks' relation, whatever the
     basins, and BAR is exact. At most most_works() each. */
  std::vector<std::vector<double>> works;
  const std::vector<double> &works_of(int move, int from, int to) const;

  explicit BgenCounts(const BgenSettings &settings);
  BgenCounts(const BgenCounts &) = delete;
  BgenCounts &operator=(const BgenCounts &) = delete;

  /* The jumps to come are of this model and temperature. Works of several models, or free energies of several
     temperatures, do not belong together: those of others are dropped. */
  void begin(uint64_t of_model, double of_temperature);
  void add(const BgenAttempt &attempt);

  /* The chain follows e^(-u + offset[basin]); visits under others are dropped. */
  void set_offsets(const std::vector<double> &reduced); // [n_basins]
  bool has_offsets() const;                             // that are not 0
  double offset_of(int basin) const { return basin < 0 ? 0.0 : offset[basin]; }

  /* Offsets with which all basins would be visited alike, as far as works tell: the least of them is 0, and a basin of
     which nothing is known keeps its own. */
  std::vector<double> balancing_offsets() const;
  std::string tuned_text() const; // ", offsets in kT: a 0, b 1.2, near: 0.3"

  /* F(b) - F(a) in kT, from works of a move both ways or from visits after attempts; a status with a sentence where it is
     unknown. */
  bgen_status difference_by_works(int move, int a, int b, bgen_estimate *estimate) const;
  bgen_status difference_by_visits(int a, int b, bgen_estimate *estimate) const;
  uint64_t visits_of(int basin) const { return bgen_visits_of(&population, basin); }

  double acceptance() const;
  std::string summary(const BgenTotals &before) const; // of the jumps since `before`
  double memory_usage() const;

  /* As numbers for a restart file: the first says whether this bgen can read the others, the second how many they are
     with these two. unpack() answers with "", or with what is not as in this fix; then nothing has changed. */
  std::vector<uint64_t> pack(bigint energy_calls_so_far);
  static bool known(uint64_t first);
  std::string unpack(const uint64_t *words);

  int n_moves() const { return move_names.size(); }
  const std::string &move_name(int k) const { return move_names[k]; } // "near", then "near 2"
  std::string basin_name(int basin) const { return basin < 0 ? "none" : basin_names[basin]; }
  bool has_work(int move) const { return with_work[move]; }

private:
  std::vector<std::string> move_names, basin_names;
  std::string moves_text, cvs_text, basins_text, offsets_text;
  std::vector<char> with_work, adapts; // [n_moves]
  std::vector<double> offset;          // [n_basins]
  std::vector<uint64_t> visits;
  bgen_visits population;

  size_t most_works() const;
  void drop_works();
  void drop_visits();
  template <class File> void exchange(File &file);
};

} // namespace LAMMPS_NS

#endif
