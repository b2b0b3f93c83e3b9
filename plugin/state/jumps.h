/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jumps.h - the jumps of a fix bgen: which move is tried, and what becomes of it */

#ifndef BGEN_STATE_JUMPS_H
#define BGEN_STATE_JUMPS_H

#include "state/move.h"

#include <memory>
#include <vector>

namespace bgen {

class Jumps {
public:
  explicit Jumps(State &state);

  bool need_flow() const { return needs_flow_; } // one of the moves does
  bool ready() const;                            // there are jumps, and they have what they need
  void attempt();                                // one jump, at the moment that the engine is at

  /* of all engines, in this run of LAMMPS */
  long long n_energy_calls() const;
  double memory_usage() const;

private:
  State &state_;
  bool needs_flow_ = false;
  std::vector<std::unique_ptr<Move>> moves_; // as in Settings
  std::vector<Engine *> engines_;            // each once
  Jump jump_;
};

} // namespace bgen

#endif
