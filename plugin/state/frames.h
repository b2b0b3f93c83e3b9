/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frames.h - the frames of a fix bgen: those to train by, of one temperature, and test frames, a
   set for each temperature

   Frames are kept by basin, in the order in which they came, and know which walker they are of.
   The test frames meant where no set is named are those at the temperature of training. */

#ifndef BGEN_STATE_FRAMES_H
#define BGEN_STATE_FRAMES_H

#include "estimate/visits.h"
#include "state/frame_set.h"
#include "state/variables.h"

#include <memory>
#include <string>
#include <vector>

namespace bgen {

enum class FrameUse { NONE, TRAIN, TEST };

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
  void add(FrameUse of, const double *x, double temperature) { add(of, x, temperature, walker); }
  void add(FrameUse of, const double *x, double temperature, int walker);
  int walker = 0;             // of the frames that come
  RepeatCounts repeat_counts; // of the frames that come

  size_t n(FrameUse of) const { return set(of).n(); }
  size_t n(FrameUse of, int k) const { return set(of).n(k); }
  FrameSet &training() { return training_; }
  const FrameSet &set(FrameUse of) const;
  bgen_frames &train(int k) { return training_.basins[k]; }
  const bgen_frames &test(int k) const { return set(FrameUse::TEST).basins[k]; }
  long long n_outside() const { return n_outside_; }    // frames that lay in no basin
  const bgen_visits &visits() const { return visits_; } // of basins by all frames to train by

  static bool same_temperature(double a, double b); // but for rounding
  /* as test frames or training have it, if it is the same */
  double known_temperature(double temperature) const;
  int test_set(double temperature) const; // its number; -1: there is none
  const std::vector<std::unique_ptr<FrameSet>> &test_sets() const { return test_sets_; }

  std::string lines() const; // all sets, a line each
  double memory_usage() const;

  /* Basin k made ready to learn: its flow fitted to the frames, at first or again on demand, and
     all frames folded to its reference.  PRIOR: of what was fitted only the mixture in latent space
     is fitted again.  True: the flow was fitted, and not its prior alone. */
  enum Refit { KEEP, ALL, PRIOR };
  bool prepare(int k, Refit refit);
  void unfold(int k); // the reference of basin k is another one: its frames are to be folded anew

  /* Before the flow of basin k learns them: about this fraction of the frames that it has not been
     trained on become test frames (train/held_out.h). */
  HeldOut hold_out(int k, double fraction);

private:
  const Settings &settings_;
  const Variables &variables_;
  Model &model_;
  FrameSet training_, none_; // none_ stays empty
  std::vector<std::unique_ptr<FrameSet>> test_sets_;
  long long n_outside_ = 0;
  std::vector<uint64_t> visit_counts_;
  bgen_visits visits_;
  int visitor_ = 0; // the walker of the last of them

  FrameSet &set_to_test(double temperature);
  void check_temperature(double temperature);
  bool repeats(FrameSet &set, bool trains, int k, int walker, const double *x);
  void check_mirrors(const double *x, int basin) const;
};

} // namespace bgen

#endif
