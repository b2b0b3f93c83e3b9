/* SPDX-License-Identifier: GPL-2.0-or-later */
/* move.h - one kind of jump: proposal_move.cpp has those that try a configuration, path_move.cpp
   those that follow a path, exchange_move.cpp those of two partitions together

   A move only attempts.  Which one is tried, what is counted and tuned is up to Jumps (jumps.h). */

#ifndef BGEN_STATE_MOVE_H
#define BGEN_STATE_MOVE_H

#include "engine/engine.h"
#include "input/move_options.h"
#include "sample/chain.h"

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

  Engine &engine; // of what moves

  /* accepted: the atoms now are where it led; else all is as it was, bit for bit.  Without
     proposals it was no attempt. */
  virtual void attempt(Jump &jump) = 0;
  /* While the fix tunes, after an attempt that has been counted: another schedule. */
  virtual void tune() {}
  virtual double memory_usage() const;
  double energy() const { return u_ * engine.kT(temperature()); } // where the atoms stayed last

protected:
  Move(State &state, int number, Engine &engine); // its place in Settings::moves

  State &state;
  const int number;
  const MoveSettings &settings;
  /* memory of an attempt: a configuration, and dU/dx where the atoms were and are, [dim] each */
  std::vector<double> x_, grad_old_, grad_new_;

  double temperature() const; // of this attempt
  uint64_t proposal() const;  // the number of its first proposal
  /* u of the present configuration, with grad_old_ where a path or the velocities need it; within a
     trial */
  double present_u();
  /* The test of a move to where the latest energy, u_new (reduced), has put the atoms: accepted
     they stay, with velocities that belong there.  log_ratio is that of the distribution without
     offsets. */
  bool settle(Trial &trial, const bgen_attempt &attempt, double u_new, double log_ratio);
  /* Where MD holds distances: v[dim] loses what would change one, where the atoms stay. */
  virtual bool is_constrained() const { return false; }
  virtual void constrain(double *) const {}
  /* without a test; v[dim]: velocities of the whole step that have come along, nullptr: none */
  void stay(Trial &trial, double u, const double *v = nullptr);
  /* at x, where its energy is not the latest; false: a shrink-wrapped box has changed, and it is
     refused now */
  bool stay_at(Trial &trial, const double *x);

private:
  double u_ = 0.0;
  std::vector<double> drawn_velocities(const std::vector<double> &variance) const;
  void draw_velocities();
  void draw_constrained();
  void set_velocities(const double *v);
};

std::unique_ptr<Move> create_move(State &state, int number);

/* for create_move() */
std::unique_ptr<Move> create_proposal_move(State &state, int number);
std::unique_ptr<Move> create_path_move(State &state, int number);
std::unique_ptr<Move> create_exchange_move(State &state, int number);

} // namespace bgen

#endif
