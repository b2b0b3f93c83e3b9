/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fix bgen tunes before production: offsets of basins, steps of near moves, schedules of annealed ones. A chain that is
   tuned by its own past is not exact: nothing here changes anything once the tuning has ended. */

#include "bgen_counts.h"
#include "bgen_path_move.h"
#include "bgen_settings.h"
#include "fix_bgen.h"

#include <cmath>

using namespace LAMMPS_NS;

static constexpr int TUNE_EVERY = 20;        // attempts, at the beginning
static constexpr double BEST_OF_NEAR = 0.25; // acceptance that steps are tuned to

/* ever smaller changes of ln step (Robbins and Monro, Ann Math Stat 22, 400) */
static void tune_step(double &step, bool accepted, bigint n)
{
  step *= exp(((accepted ? 1.0 : 0.0) - BEST_OF_NEAR) / sqrt((double) n));
}

/* works are looked at after ever more attempts, since they become ever more */
static bool offsets_are_due(bigint n)
{
  bigint interval = TUNE_EVERY;
  while (interval * TUNE_EVERY < n) interval *= 2;
  return n % interval == 0;
}

void FixBgen::tune(const BgenAttempt &attempt)
{
  const BgenMove &move = settings->moves[attempt.move];
  if (settings->tunes_offsets && offsets_are_due(counts->all_attempts()))
    counts->set_offsets(counts->balancing_offsets());
  if (!move.adapts) return;
  std::vector<double> &tuned = counts->tuned[attempt.move];
  if (move.kind == BgenMove::NEAR)
    tune_step(tuned[0], attempt.accepted, counts->attempts_of(attempt.move));
  else
    paths[attempt.move]->adapt(tuned);
}
