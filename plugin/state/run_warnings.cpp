/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/run_warnings.h"

#include "input/text.h"
#include "state/state.h"

using namespace bgen;

/* kT that the timestep alone may do on a mean path: e^-2 of the acceptance */
static constexpr double MOST_BY_STEP = 2.0;
static constexpr double MOST_UNDONE = 90.0; // per cent of tested steps

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

/* what a timestep that is too large does; nothing where it is not */
static std::string harm_of_timestep(const bgen_tally &of)
{
  const double by_step = of.stepped ? of.step_work / static_cast<double>(of.stepped) : 0.0,
               undone = of.tested ? 100.0 * of.undone / of.tested : 0.0;
  if (by_step >= MOST_BY_STEP)
    return text("the timestep alone does %.3g kT of work on a mean path, which lowers the "
                "acceptance",
                by_step);
  if (undone >= MOST_UNDONE)
    return text("%.3g %% of its tested steps were undone, so that its paths hardly move", undone);
  return "";
}

static void warn_of_timestep(State &state, int move)
{
  const std::string harm =
      harm_of_timestep(bgen_tally_difference(bgen_totals_of(bgen_markov_totals(state.chain), move),
                                             bgen_totals_of(state.before_run(), move)));
  if (harm.empty()) return;
  const MoveSettings &settings = state.settings.moves[move];
  const bgen_dynamics dynamics = settings.latent
                                     ? settings.langevin.in_latent_space()
                                     : settings.langevin.dynamics(state.host.timestep(), nullptr);
  state.host.warn(text("fix bgen: dt %g of move %s is too large: ", dynamics.dt,
                       state.settings.move_names()[move].c_str()) +
                  harm +
                  ": use a smaller dt, or pair_modify shift yes if the energy jumps at a cutoff");
}

void bgen::warn_of_run(State &state)
{
  warn_of_idleness(state);
  warn_of_outside(state);
  for (size_t k = 0; k < state.settings.moves.size(); k++)
    warn_of_timestep(state, static_cast<int>(k));
}
