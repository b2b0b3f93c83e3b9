/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frames.h - the frames of a fix bgen: those to train by, of one temperature, and test frames, a
   set for each temperature

   Frames are kept by basin, in the order in which they came, and know which walker they are of.
   The test frames meant where no set is named are those at the temperature of training. */

#ifndef BGEN_STATE_FRAMES_H
#define BGEN_STATE_FRAMES_H

#include "estimate/visits.h"
#include "state/model.h"
#include "state/repeats.h"
#include "state/variables.h"
#include "train/frames.h"

#include <memory>
#include <string>
#include <vector>

namespace bgen {

enum class FrameUse { NONE, TRAIN, TEST };

/* Frames of one use and one temperature. */
class FrameSet {
public:
  FrameSet(size_t dim, int n_basins, double temperature);
  ~FrameSet();
  FrameSet(const FrameSet &) = delete;
  FrameSet &operator=(const FrameSet &) = delete;

  const double temperature;
  std::vector<bgen_frames> basins; // in the order in which they came
  std::vector<size_t> n_folded;    // the first so many of a basin are folded to its reference
  std::vector<size_t> n_learned;   // its flow has been trained on the first so many
  /* of each basin as bgen_runs.end: one run for each walker that has frames there, and which */
  std::vector<std::vector<size_t>> ends;
  std::vector<std::vector<int>> walkers;
  Repeats repeats; // of what has come, stored or not

  size_t n(int k) const { return basins[k].n; }
  size_t n() const; // of all basins
  int n_walkers() const;

  /* A frame x[dim] of basin k.  One walker comes after the other, each with a number of its own. */
  void add(int k, int walker, const double *x);
  void fold(int k, Model &model); // the frames that have come since the last time
  void move(int k, const std::vector<char> &moved, FrameSet &to); // frames where moved[n] is 1
};

/* Of the new frames to train by of a basin. */
struct HeldOut {
  size_t n_frames = 0, n_walkers = 0; // held out, and of these whole walkers; 0: blocks
};

class Frames {
public:
  Frames(const Settings &settings, const Variables &variables, Model &model);

  FrameUse use = FrameUse::TRAIN; // of the frames that come from now on

  /* A frame as `use` says, NONE: nothing happens.  Throws if frames to train by are of two
     temperatures, or if a mirror takes it to another basin.  A frame that repeats what was read
     before is counted, and not stored. */
  void add(const double *x, double temperature) { add(use, x, temperature); }
  void add(FrameUse of, const double *x, double temperature);
  void begin_walker() { walker_++; } // frames from now on are of another one
  RepeatCounts repeat_counts;        // of the frames that come

  size_t n(FrameUse of) const { return set_of(of).n(); }
  size_t n(FrameUse of, int k) const { return set_of(of).n(k); }
  bgen_frames &train(int k) { return training_.basins[k]; }
  const bgen_frames &test(int k) const { return set_of(FrameUse::TEST).basins[k]; }
  /* of the walkers of such frames of basin k, as bgen_runs.end */
  const std::vector<size_t> &ends(FrameUse of, int k) const { return set_of(of).ends[k]; }
  long long n_outside() const { return n_outside_; }    // frames that lay in no basin
  const bgen_visits &visits() const { return visits_; } // of basins by all frames to train by

  static bool same_temperature(double a, double b); // but for rounding
  /* as test frames or training have it, if it is the same */
  double known_temperature(double temperature) const;
  int test_set(double temperature) const; // its number; -1: there is none
  int n_test_sets() const { return static_cast<int>(test_sets_.size()); }
  const FrameSet &test_set_at(int set) const { return *test_sets_[set]; }

  std::string lines() const; // all sets, a line each
  double memory_usage() const;

  /* Basin k made ready to learn: its flow fitted to the frames, at first or again on demand, and
     all frames folded to its reference.  PRIOR: of what was fitted only the mixture in latent space
     is fitted again.  True: the flow was fitted, and not its prior alone. */
  enum Refit { KEEP, ALL, PRIOR };
  bool prepare(int k, Refit refit);
  void unfold(int k); // the reference of basin k is another one: its frames are to be folded anew

  friend HeldOut hold_out(Frames &frames, int k, double fraction);
  friend size_t learn_frames(Frames &frames, int k);
  friend size_t n_learned(const Frames &frames, int k);
  friend void forget_learned(Frames &frames);

private:
  const Settings &settings_;
  const Variables &variables_;
  Model &model_;
  FrameSet training_, none_; // none_ stays empty
  std::vector<std::unique_ptr<FrameSet>> test_sets_;
  int walker_ = 0;
  long long n_outside_ = 0;
  std::vector<uint64_t> visit_counts_;
  bgen_visits visits_;

  const FrameSet &set_of(FrameUse of) const;
  FrameSet &set_to_test(double temperature);
  void check_temperature(double temperature);
  bool repeats(FrameSet &set, bool trains, int k, const double *x);
  void check_mirrors(const double *x, int basin) const;
};

/* Before the flow of basin k learns them: about this fraction of the frames that it has not been
   trained on become test frames (train/held_out.h). */
HeldOut hold_out(Frames &frames, int k, double fraction);
/* All frames to train by are trained on from now on; returns how many are new. */
size_t learn_frames(Frames &frames, int k);
size_t n_learned(const Frames &frames, int k); // on so many it has been trained
void forget_learned(Frames &frames); // of flows from a file nobody knows what they have seen

} // namespace bgen

#endif
