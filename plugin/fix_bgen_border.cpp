/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chain of fix bgen under offsets: MD between two attempts follows e^-u, the jumps e^(-u + offset). So a piece of MD that
   has changed the basin passes a test of its own, and where it fails the system goes back to where the piece began, with
   reversed velocities: MD run backwards from its end would have been as likely (hybrid Monte Carlo: Duane, Kennedy, Pendleton,
   Roweth, Phys Lett B 195, 216). */

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_settings.h"
#include "configuration.h"
#include "fix_bgen.h"
#include "sample/metropolis.h"

#include <cmath>

using namespace LAMMPS_NS;

bool FixBgen::jumps() const
{
  return moves && (model->ready() || !needs_flow);
}

/* The first piece begins with the run: other commands may have moved atoms, added or deleted some since the run before. Where that
   ended with an attempt, nothing is lost. */
void FixBgen::setup(int)
{
  configuration->forget();
  if (moves && (counts->has_offsets() || settings->tunes_offsets))
    configuration->check_reversible();
  begin_piece();
}

/* At the end of a step, with what a restart file has as well: so a restarted chain goes on bit for bit. */
void FixBgen::begin_piece()
{
  if (!jumps() || !counts->has_offsets()) return;
  configuration->gather(x_old.data());
  basin_kept = model->basin_of(x_old.data());
  configuration->keep();
}

void FixBgen::test_border()
{
  if (!configuration->has_kept()) return;
  configuration->gather(x_old.data());
  const int now = model->basin_of(x_old.data());
  if (now == basin_kept) return;
  counts->crossings++;
  bgen_rng rng = bgen_rng_at(counts->seed, BGEN_STREAM_BORDER, counts->all_attempts());
  const double log_ratio = counts->offset_of(now) - counts->offset_of(basin_kept);
  if (bgen_metropolis_accept(0.0, log_ratio, bgen_rng_uniform(&rng))) return;
  counts->undone++;
  configuration->go_back();
}
