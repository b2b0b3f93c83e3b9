/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.h - all that one fix bgen knows and does, but the fix itself: what actions and moves work
   with

   Serial code without LAMMPS: there is one State, on the rank that leads.  What is wrong is thrown
   (input/error.h).

     the fix calls                     when
     initialize()                      Fix::init(): before a run, and at each frame of a rerun
     begin_run()                       Fix::setup()
     first_step()                      the first step of a run, in which no rerun comes
     begin_segment()                   at the end of the step before a jump
     collect_frame()                   at the end of a step
     attempt_jump()                    in pre_exchange(), every N steps
     guards.arrived(), still_there()   after it
     end_of_run()                      Fix::post_run(), also after a rerun

   Nothing here prints a report: whoever calls does (report/jumps.h). */

#ifndef BGEN_STATE_STATE_H
#define BGEN_STATE_STATE_H

#include "engine/host.h"
#include "input/fix_options.h"
#include "state/bystanders.h"
#include "state/chain.h"
#include "state/frames.h"
#include "state/guards.h"
#include "state/jumps.h"
#include "state/meeting.h"
#include "state/model.h"
#include "state/proposals.h"
#include "state/rerun_checks.h"
#include "state/sites.h"
#include "state/symmetries.h"
#include "state/trained_box.h"
#include "state/variables.h"
#include "state/watched_engine.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace bgen {

enum { N_FREE_ENERGIES = 4 }; // of a basin: F, its error, F(first) - F, its error, in kT

class State {
public:
  /* Host and engine, which is that of the group of the fix, are the caller's and must live
     longer. */
  State(const std::string &id, const Settings &settings, Host &host, Engine &engine);
  State(const State &) = delete;
  State &operator=(const State &) = delete;

  const std::string id;
  const Settings settings;
  Host &host;
  Pool &pool;

private:
  std::unique_ptr<Watch> watch_; // of cvs that the host computes; nullptr: there are none
  std::unique_ptr<WatchedEngine> watched_;

public:
  Engine &engine;
  const Variables variables;
  Model model;
  Frames frames;
  Bystanders bystanders, bystanders_of_training; // of test frames, and of the others
  Chain chain;
  Symmetries symmetries;
  Sites sites;
  RerunChecks rerun;
  Proposals proposals;
  Jumps jumps;
  Guards guards;
  Meeting meeting; // of the partitions of a pool

  /* as action free_energy found them last; NaN before */
  std::vector<std::array<double, N_FREE_ENERGIES>> free_energies; // [n_basins]
  bool continued = false; // the chain goes on from a restart file, with the model it had

  /* ---- hooks of the fix ---- */
  void initialize();
  void begin_run();
  void first_step();
  void begin_segment() { jumps.begin_segment(); }
  void collect_frame(bool of_rerun);
  bool attempt_jump(); // true: atoms were moved, by the jump or by MD that was undone
  bool end_of_run();   // true: jumps were made since before_run()
  const ChainSnapshot &before_run() const { return before_run_; }

  /* ---- fix_modify ---- */
  void take_frames(FrameUse use) { frames.use = use; }
  /* no: what has been tuned stays as it is from now on, and the chain is exact.  Throws if there is
     nothing to tune. */
  void set_tuning(bool tunes);

  /* ---- for actions ---- */
  double temperature() { return host.temperature(); }
  /* within a trial or session of the engine; see energies.h */
  size_t reduced_energies(double temperature, size_t n, const double *x, double *u,
                          double *grad_u = nullptr);
  long long n_energy_calls() const; // of all runs, with those of a restarted one
  void save(const std::string &path) const;
  /* Warns where the box is another than that of its frames; supercell: into flows that are
     fitted. */
  void load(const std::string &path, bool supercell = false);

  /* ---- restart files: numbers are drawn by counting, so the counts are the chain ---- */
  /* Words of 8 bytes.  Throws if they are too many for LAMMPS. */
  std::vector<uint64_t> pack() const;
  /* What pack() has given.  Throws, and changes nothing, if it is of another version of bgen or of
     other settings.  In a pool a chain of another seed is not taken: this one begins anew. */
  void unpack(const void *bytes);

  /* ---- output of the fix: f_ID, f_ID[1 ...] and f_ID[basin][1 ...], all from 0 on ---- */
  enum { BASIN = 10, WEIGHT = 13, N_COUNTS = 14 }; // cvs come after N_COUNTS
  double acceptance() const;
  double value(int i); // i < N_COUNTS + n_cvs
  double free_energy(int basin, int i) const { return free_energies[basin][i]; }
  /* e^-offset: of a frame there, in the distribution without offsets */
  double weight(int basin) const;
  double memory_usage() const;

private:
  ChainSnapshot before_run_;
  std::vector<double> x_;
  TrainedBox trained_box_;
  bool told_that_it_waits_ = false; // for flows, in a run that jumps

  std::vector<Note> notes() const;
  double count(int i) const;
};

} // namespace bgen

#endif
