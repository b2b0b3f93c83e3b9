/* SPDX-License-Identifier: GPL-2.0-or-later */
/* repeats.h - frames that were read before, such as those of a dump that is read twice

   A frame that was read before tells nothing new, and counted again it makes error bars too small.
   Frames of one walker that are the same do count: Monte Carlo has them where a move was rejected,
   and their correlation is known.  Single frames of two walkers may be alike by chance, where few
   digits of few coordinates were written; four in a row, in the same order, are not. */

#ifndef BGEN_STATE_REPEATS_H
#define BGEN_STATE_REPEATS_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace bgen {

class Repeats {
public:
  explicit Repeats(int n_basins) : last_(n_basins) {}

  /* Equal for configurations that are equal to seven digits. */
  static uint64_t hash(size_t dim, const double *x);

  /* The next frame of a walker in basin k: true if it and the three before it there are frames of
     an earlier walker, in their order. */
  bool add(int k, int walker, uint64_t hash);
  bool knows(uint64_t hash) const { return all_.count(hash) > 0; }
  double memory_usage() const;

private:
  struct Place {
    int walker = -1; // none
    long long number = 0;
  };
  struct Last {
    Place read;             // where it was read first; its own place if it is new
    long long n_in_row = 0; // frames up to it that were read before
    int walker = -1;
    uint64_t hash = 0;
  };
  std::unordered_map<uint64_t, Place> all_;
  std::vector<Last> last_; // of each basin
  long long n_ = 0;
};

/* What is to be said of them. */
class RepeatCounts {
public:
  /* The next frame; shared: in the set of the other use too. */
  void add(bool is_repeated, bool is_shared);
  std::string take_sentence(); // of the frames since the last time; "": nothing

private:
  long long n_ = 0, n_repeated_ = 0, n_shared_ = 0;
  long long n_in_row_ = 0; // shared
};

} // namespace bgen

#endif
