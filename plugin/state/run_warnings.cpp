/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/run_warnings.h"

#include "input/text.h"
#include "state/state.h"

using namespace bgen;

/* kT that the timestep alone may do on a mean path: e^-2 of the acceptance */
static constexpr double MOST_BY_STEP = 2.0;
static constexpr double MOST_UNDONE = 90.0; // per cent of tested steps,
static constexpr int64_t FEW_TESTED = 100;  // of so many at least

/* "now d is 7.6, and the basins are in d 0.8 1.6; out d 1.6 3.5"; without cvs there is one basin */
static std::string where(State &state)
{
  std::vector<double> x(state.variables.dim());
  state.engine.gather(x.data());
  std::string now;
  for (int k = 0; k < state.variables.n_cvs(); k++)
    now += (k ? ", " : "now ") + state.variables.cv_name(k) +
           text(" is %.6g", state.variables.cv(k, x.data()));
  return (now.empty() ? "" : now + ", and ") + "the basins are " + state.settings.basins_text();
}

void bgen::warn_of_start(State &state)
{
  std::vector<double> x(state.variables.dim());
  state.engine.gather(x.data());
  if (state.variables.basin_of(x.data()) >= 0) return;
  state.host.warn("fix bgen: fix " + state.id + " begins this run in no basin: " + where(state) +
                  ": check the ranges and the atoms of the cv");
}

/* ---- after a run ---- */

static long long since(const State &state, bgen_counter counter)
{
  const bgen_totals *before = state.before_run();
  return state.chain.count(counter) - before->count[counter];
}

static void warn_of_idleness(State &state)
{
  const long long n_idle = since(state, BGEN_COUNT_IDLE);
  if (n_idle == 0 || state.chain.n_attempts() != state.before_run().n_attempts()) return;
  state.host.warn(text("fix bgen: fix %s has attempted no jump in this run: all %lld times it was "
                       "where no move can begin: ",
                       state.id.c_str(), n_idle) +
                  where(state) + ": check the ranges and the ends of the moves");
}

static void warn_of_outside(State &state)
{
  const bgen_tally all =
      bgen_tally_difference(bgen_totals_sum(bgen_markov_totals(state.chain), BGEN_JUMPS_ALL),
                            bgen_totals_sum(state.before_run(), BGEN_JUMPS_ALL));
  const long long n = since(state, BGEN_COUNT_PROPOSALS), outside = all.outside,
                  refused = all.refused, infinite = all.not_finite;
  if (n == 0 || outside + refused + infinite < n) return;
  state.host.warn(text("fix bgen: none of the %lld proposals of fix %s in this run could be taken: "
                       "%lld were outside the domain of their flow, %lld screened, %lld without a "
                       "finite energy: ",
                       n, state.id.c_str(), outside, refused, infinite) +
                  where(state) +
                  ": check the training and its frames, overlap and bond, the dt of paths");
}

/* "dt 0.3 of move annealed" */
static std::string timestep_of(const State &state, int move)
{
  const MoveSettings &settings = state.settings.moves[move];
  const LangevinSettings &langevin = settings.langevin;
  const bgen_dynamics dynamics = settings.latent
                                     ? langevin.in_latent_space()
                                     : langevin.dynamics(state.host.timestep(), nullptr);
  return text("dt %g of move %s", dynamics.dt, state.settings.move_names()[move].c_str());
}

static void warn_of_timestep(State &state, int move)
{
  const bgen_tally of = bgen_tally_difference(bgen_totals_of(bgen_markov_totals(state.chain), move),
                                              bgen_totals_of(state.before_run(), move));
  const double by_step = of.stepped ? of.step_work / static_cast<double>(of.stepped) : 0.0,
               undone = of.tested >= FEW_TESTED ? 100.0 * of.undone / of.tested : 0.0;
  if (by_step >= MOST_BY_STEP)
    state.host.warn("fix bgen: " + timestep_of(state, move) +
                    text(" is too large: the timestep alone does %.3g kT of work on a mean path, "
                         "which lowers the acceptance: use a smaller dt, or pair_modify shift yes "
                         "if the energy jumps at a cutoff",
                         by_step));
  if (undone >= MOST_UNDONE)
    state.host.warn("fix bgen: with " + timestep_of(state, move) +
                    text(" %.3g %% of the tested steps were undone, so that its paths hardly "
                         "move: use a smaller dt; if that does not help, train the flow further",
                         undone));
}

void bgen::warn_of_run(State &state)
{
  warn_of_idleness(state);
  warn_of_outside(state);
  for (size_t k = 0; k < state.settings.moves.size(); k++)
    warn_of_timestep(state, static_cast<int>(k));
}
