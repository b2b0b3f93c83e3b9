/* SPDX-License-Identifier: GPL-2.0-or-later */
/* repeats.h - frames that were read before, such as those of a dump that is read twice

   A frame that was read before tells nothing new, and counted again it makes error bars too small.
   Successive frames of one walker that are the same do count: Monte Carlo has them where a move was
   rejected, and their correlation is known.  One frame alone may be like another by chance, where
   few digits of few coordinates were written; two in a row are not. */

#ifndef BGEN_STATE_REPEATS_H
#define BGEN_STATE_REPEATS_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

namespace bgen {

class Repeats {
public:
  explicit Repeats(int n_basins) : last_(n_basins) {}

  /* Equal for configurations that are equal to seven digits. */
  static uint64_t hash(size_t dim, const double *x);

  /* The next frame of a walker in basin k: true if it and the one before it there were read
     before. */
  bool add(int k, int walker, uint64_t hash);
  bool knows(uint64_t hash) const { return all_.count(hash) > 0; }
  double memory_usage() const;

private:
  struct Last {
    bool any = false, was_known = false, repeats = false;
    int walker = 0;
    uint64_t hash = 0;
  };
  std::unordered_set<uint64_t> all_;
  std::vector<Last> last_; // of each basin
};

/* What is to be said of them. */
class RepeatCounts {
public:
  /* The next frame; shared: in the set of the other use too. */
  void add(bool is_repeated, bool is_shared);
  std::string take_sentence(); // of the frames since the last time; "": nothing

private:
  long long n_ = 0, n_repeated_ = 0, n_shared_ = 0;
  bool was_shared_ = false;
};

} // namespace bgen

#endif
