/* SPDX-License-Identifier: GPL-2.0-or-later */
/* train_options.h - what the line "bgen ID train keyword values ..." says */

#ifndef BGEN_ACTIONS_TRAIN_OPTIONS_H
#define BGEN_ACTIONS_TRAIN_OPTIONS_H

#include "actions/whitening.h"
#include "input/options.h"
#include "state/frames.h"
#include "train/trainer.h"

#include <string>
#include <vector>

namespace bgen {

class State;

struct TrainSettings {
  const State *state;            // whose cvs and basins are named
  bgen_train_options of_trainer; // seed, threads and temperatures are those of each stage
  int basin = -1;                // the only one to train; -1: all
  long long every = 0;           // steps from line to line of the table
  Frames::Refit refit = Frames::KEEP;
  int whiten = WHITEN_AS_USUAL;     // or a bgen_gaussian_kind
  bool may_drift = false;           // among other atoms that move: a warning, else an error
  bool rate_auto = false;           // of learning, by the stage and the number of frames
  bool cap_auto = false;            // of energies, by those of the frames
  bool ml_auto = false;             // weight of the loss by example from the number of frames
  bool more = false;                // the flows go on from their parameters, with more frames
  double hold = 0.0;                // fraction of the new frames that become test frames
  long long warmup = -1;            // steps; -1: 0, or of `more` as many as it takes
  bool recipe = false;              // two stages, whose steps follow from the number of frames
  bool keep_best = true;            // go back to the best line of the table
  long long patience = 0;           // lines worse than the best before a stage ends; 0: all of it
  std::vector<double> temperatures; // to be learned at once; none: that of the fix
  double explore_step = 0.0;        // of near moves of the frames, in latent space; 0: they stay
  int cv = -1;                      // along which samples are spread
  std::string path;                 // of the table
  bool append = false;

  /* Of a basin with so many frames: weights that follow from them are known.  The recipe has a
     stage by example alone, its first, and one by both. */
  TrainSettings for_basin(size_t n_frames) const;
  TrainSettings first_stage(size_t n_frames) const;

  void set_rate(double rate); // and that at which it ends

  bool by_example() const { return of_trainer.weight_ml > 0.0; }
  bool by_energy() const { return of_trainer.weight_kl > 0.0 || of_trainer.weight_rc > 0.0; }
  bool trains(int k) const { return basin < 0 || basin == k; }
};

CommandHelp train_help();

/* Reads the line to its end; throws where it cannot, or where there is nothing to train by. */
TrainSettings read_train_settings(Line &line, const State &state);

} // namespace bgen

#endif
