/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/walkers.h"

#include "input/error.h"
#include "state/energies.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static constexpr double LEAST_ESS = 0.5; // of a population, below which it is resampled

Walkers::Walkers(State &state, const PopulationSettings &settings, int k)
    : state_(state), settings_(settings), ladder_(settings.ladder), k_(k),
      stages_(ladder_.n_stages + 1), variance_(state.variables.dim())
{
  const bool from_flow = ladder_.from_flow;
  bgen_population *made = nullptr;
  check(bgen_population_create(from_flow ? state.model.generator() : nullptr,
                               from_flow ? state.model.workspace() : nullptr, state.variables.dim(),
                               settings.n, &made));
  walkers_.reset(made);
  stages_[0].families = stages_[0].acceptance = NAN; // no move there
}

/* ---- where walkers begin: x and within ---- */

void Walkers::draw_flow()
{
  std::vector<bgen_draw> draws(n_now());
  check(bgen_generator_sample_component(state_.model.generator(), state_.model.workspace(), k_,
                                        ladder_.first, state_.chain.seed(), BGEN_STREAM_SAMPLE,
                                        state_.chain.count(BGEN_COUNT_SAMPLES), n_now(), x_.data(),
                                        draws.data()));
  state_.chain.count_up(BGEN_COUNT_SAMPLES, n_now());
  find_within(x_.data());
  for (size_t i = 0; i < n_now(); i++)
    if (!draws[i].in_domain) within_[i] = 0;
}

/* from a run of frames that no other repeat takes: then their correlation shows in the spread of
   repeats */
void Walkers::draw_frames(size_t repeat)
{
  const bgen_frames &frames = state_.frames.train(k_);
  const size_t first = repeat * frames.n / settings_.n_repeats;
  const size_t n_own = (repeat + 1) * frames.n / settings_.n_repeats - first;
  const uint64_t at = state_.chain.count(BGEN_COUNT_ANNEALED);
  for (size_t i = 0; i < n_now(); i++) {
    bgen_rng rng = bgen_rng_at(state_.chain.seed(), BGEN_STREAM_ANNEAL, at + i);
    const size_t frame = first + bgen_rng_below(&rng, n_own);
    std::copy_n(frames.x + frame * frames.dim, frames.dim, &x_[i * frames.dim]);
  }
}

void Walkers::find_within(const double *points)
{
  for (size_t i = 0; i < n_now(); i++)
    within_[i] = state_.variables.basin_of(points + i * state_.variables.dim()) == k_;
}

void Walkers::begin(size_t t)
{
  u_.resize(n_now());
  grad_.resize(x_.size());
  state_.reduced_energies(ladder_.first, n_now(), x_.data(), u_.data(), grad_.data());
  check(bgen_population_begin(walkers_.get(), k_, ladder_.first, bgen_ladder_stage(&ladder_, t),
                              n_now(), x_.data(), u_.data(), grad_.data(), within_.data()));
}

/* ---- from stage to stage ---- */

void Walkers::anneal(size_t repeat)
{
  x_.resize(settings_.n * state_.variables.dim());
  within_.assign(settings_.n, 1);
  if (ladder_.from_flow)
    draw_flow();
  else
    draw_frames(repeat);
  state_.chain.count_up(BGEN_COUNT_ANNEALED, settings_.n);
  begin(0);
  record(stages_[0]);
  for (size_t t = 1; t <= ladder_.n_stages; t++) {
    bgen_population_enter(walkers_.get(), bgen_ladder_stage(&ladder_, t));
    record(stages_[t]);
    if (settings_.resamples) resample();
    record_move(stages_[t], move(t));
  }
  for (size_t i = 0; !settings_.resamples && i < settings_.n; i++)
    forward_.push_back(-walkers_->weights->log_w[i]);
}

/* one move of all walkers; how many were accepted */
size_t Walkers::move(size_t t)
{
  state_.engine.velocity_variance(bgen_ladder_temperature(&ladder_, t), variance_.data());
  const bgen_dynamics how = settings_.langevin.dynamics(state_.host.timestep(), variance_.data());
  bgen_population_set_out(walkers_.get(), &how, settings_.langevin.n_steps, state_.chain.seed(),
                          BGEN_STREAM_ANNEAL, state_.chain.count(BGEN_COUNT_ANNEALED));
  state_.chain.count_up(BGEN_COUNT_ANNEALED, n_now());
  Followed followed;
  follow(
      state_.engine, ladder_.first,
      [&](bgen_wanted *wanted) { return bgen_population_next(walkers_.get(), wanted); },
      [&](const double *u, const double *grad_u) {
        return bgen_population_arrive(walkers_.get(), u, grad_u);
      },
      followed);
  find_within(walkers_->path->x);
  return bgen_population_settle(walkers_.get(), within_.data());
}

static double ess_of(const bgen_weights &weights)
{
  return bgen_kish_ess(weights.n, weights.log_w) / static_cast<double>(weights.n);
}

void Walkers::resample()
{
  bgen_rng rng =
      bgen_rng_at(state_.chain.seed(), BGEN_STREAM_ANNEAL, state_.chain.count(BGEN_COUNT_ANNEALED));
  state_.chain.count_up(BGEN_COUNT_ANNEALED, 1);
  if (ess_of(*walkers_->weights) < LEAST_ESS)
    bgen_population_resample(walkers_.get(), bgen_rng_uniform(&rng));
}

void Walkers::record(Stage &of) const
{
  of.values.push_back(-bgen_weights_log_z(walkers_->weights));
  of.ess += ess_of(*walkers_->weights) / settings_.n_repeats;
}

void Walkers::record_move(Stage &of, size_t n_accepted) const
{
  const bgen_weights &weights = *walkers_->weights;
  const auto alive = std::count_if(weights.log_w, weights.log_w + settings_.n,
                                   [](double log_w) { return std::isfinite(log_w); });
  of.families += static_cast<double>(bgen_weights_families(&weights)) / settings_.n_repeats;
  of.acceptance += static_cast<double>(n_accepted) / alive / settings_.n_repeats;
}

/* ---- and back ---- */

void Walkers::go_back()
{
  const size_t n_frames = state_.frames.test(k_).n;
  for (size_t first = 0; first < n_frames; first += settings_.n)
    go_back(first, std::min(settings_.n, n_frames - first));
}

void Walkers::go_back(size_t first, size_t n)
{
  const size_t dim = state_.variables.dim();
  const double *frames = state_.frames.test(k_).x + first * dim;
  x_.assign(frames, frames + n * dim);
  within_.assign(n, 1);
  begin(ladder_.n_stages);
  for (size_t t = ladder_.n_stages; t-- > 0;) {
    bgen_population_enter(walkers_.get(), bgen_ladder_stage(&ladder_, t));
    if (t > 0) move(t);
  }
  for (size_t i = 0; i < n; i++) reverse_.push_back(-walkers_->weights->log_w[i]);
}

/* ---- what they have found ---- */

void Walkers::dump(Dump &dump) const
{
  const bgen_weights &weights = *walkers_->weights;
  const double energy = bgen_ladder_stage(&ladder_, ladder_.n_stages).energy;
  for (size_t i = 0; i < settings_.n; i++)
    if (std::isfinite(weights.log_w[i]))
      dump.add(walkers_->x + i * walkers_->dim,
               {walkers_->at.u[i] * energy,
                weights.log_w[i] + weights.log_mean - settings_.at_start[k_].value});
}

PopulationOfBasin Walkers::results(bool both_ways) const
{
  PopulationOfBasin results = {};
  results.name = state_.variables.basin_name(k_);
  for (size_t t = 0; t <= ladder_.n_stages; t++) {
    const Stage &stage = stages_[t];
    const double temperature = bgen_ladder_temperature(&ladder_, t);
    PopulationStage one = {};
    one.at = ladder_.from_flow ? bgen_ladder_lambda(&ladder_, t) : temperature;
    one.kT = state_.engine.kT(temperature);
    check(bgen_estimate_repeats(stage.values.size(), stage.values.data(), &one.free_energy));
    one.ess = stage.ess, one.families = stage.families, one.acceptance = stage.acceptance;
    results.stages.push_back(one);
  }
  if (both_ways) add_works(results);
  return results;
}

void Walkers::add_works(PopulationOfBasin &results) const
{
  results.n_frames = reverse_.size();
  const bgen_works there = {forward_.size(), forward_.data(), {0, nullptr}},
                   back = {reverse_.size(), reverse_.data(), {1, &results.n_frames}};
  check(bgen_estimate_bar(&there, &back, &results.bar));
  check(bgen_estimate_fep(&back, &results.from_frames));
  results.from_frames.value *= -1.0;
}
