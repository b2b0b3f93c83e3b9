/* SPDX-License-Identifier: GPL-2.0-or-later */
/* move.h - one kind of jump: a class for each, fresh_move.h ... driven_move.h

   A move only attempts.  Which move is tried, what is counted and tuned is up to Jumps
   (jumps.h). */

#ifndef BGEN_STATE_MOVE_H
#define BGEN_STATE_MOVE_H

#include "engine/engine.h"
#include "input/move_options.h"
#include "sample/chain.h"
#include "sample/path.h"

#include <memory>
#include <vector>

namespace bgen {

class State;

/* One attempt, of which the move fills in what it knows. */
struct Jump {
  bgen_attempt attempt;
  std::vector<double> x; // [dim] where it begins; a check of symmetries gathers it anew
};

class Move {
public:
  virtual ~Move() = default;
  Move(const Move &) = delete;
  Move &operator=(const Move &) = delete;

  /* accepted: the atoms now are where it led; else all is as it was, bit for bit. */
  virtual void attempt(Jump &jump) = 0;
  /* While the fix tunes, after an attempt that has been counted: another schedule. */
  virtual void tune() {}
  /* What moves, if not the engine of the fix. */
  virtual Engine *other_engine() { return nullptr; }
  virtual double memory_usage() const { return 0.0; }

protected:
  Move(State &state, int number); // its place in Settings::moves

  State &state;
  const int number;
  const MoveSettings &settings;

  double temperature() const; // of this attempt
  uint64_t proposal() const;  // the number of its first proposal
  /* u of the present configuration, with dU/dx[dim] of it; within a trial */
  double present_u(Engine &engine, std::vector<double> &grad) const;
  bgen_dynamics dynamics(Engine &engine, std::vector<double> &variance) const;
  /* The test of a move to where the latest energy, u_new (reduced), has put the atoms of an engine:
     accepted they stay, with velocities that belong there.  log_ratio is that of the distribution
     without offsets; grad_old [dim] of dU/dx where the atoms were. */
  bool settle(Engine &engine, Trial &trial, const bgen_attempt &attempt, double u_new,
              double log_ratio, std::vector<double> &grad_old);
  void stay(Engine &engine, Trial &trial, std::vector<double> &grad_old); // without a test

private:
  std::vector<double> grad_new_;
  void set_velocities(Engine &engine, std::vector<double> &grad_old);
};

std::unique_ptr<Move> create_move(State &state, int number);

} // namespace bgen

#endif
