/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/walkers.h"

#include "actions/session.h"
#include "input/text.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static constexpr double LEAST_ESS = 0.5; // of a population, below which it is resampled

Walkers::Walkers(State &state, const PopulationSettings &settings, int k)
    : state_(state), settings_(settings), ladder_(settings.ladder), k_(k),
      values_(ladder_.n_stages + 1), variance_(state.variables.dim())
{
  const bool from_flow = ladder_.from_flow;
  create(walkers_, bgen_population_create, from_flow ? state.model.generator() : nullptr,
         from_flow ? state.model.workspace() : nullptr, settings.latent, state.variables.dim(),
         settings.n);
  found_.name = state.variables.basin_name(k);
  for (size_t t = 0; t <= ladder_.n_stages; t++) {
    const double temperature = bgen_ladder_temperature(&ladder_, t);
    PopulationStage stage = {};
    stage.at = from_flow ? bgen_ladder_lambda(&ladder_, t) : temperature;
    stage.kT = state.engine.kT(temperature);
    if (t == 0) stage.families = stage.acceptance = NAN; // no move there
    found_.stages.push_back(stage);
  }
}

/* ---- where walkers begin: x and within ---- */

void Walkers::draw_flow()
{
  std::vector<bgen_draw> draws(n_now());
  check(bgen_generator_sample_component(state_.model.generator(), state_.model.workspace(), k_,
                                        ladder_.first, state_.meeting.seed(), BGEN_STREAM_SAMPLE,
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
    bgen_rng rng = bgen_rng_at(state_.meeting.seed(), BGEN_STREAM_ANNEAL, at + i);
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
  state_.meeting.energies(ladder_.first, n_now(), x_.data(), u_.data(), grad_.data());
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
  record(0);
  for (size_t t = 1; t <= ladder_.n_stages; t++) {
    bgen_population_enter(walkers_.get(), bgen_ladder_stage(&ladder_, t));
    record(t);
    if (settings_.resamples) resample();
    record_move(found_.stages[t], move(t));
  }
  for (size_t i = 0; !settings_.resamples && i < settings_.n; i++)
    forward_.push_back(-walkers_->weights->log_w[i]);
}

bgen_dynamics Walkers::dynamics(size_t t)
{
  if (settings_.latent) return settings_.langevin.in_latent_space();
  state_.engine.velocity_variance(bgen_ladder_temperature(&ladder_, t), variance_.data());
  return settings_.langevin.dynamics(state_.host.timestep(), variance_.data());
}

/* one move of all walkers; how many were accepted */
size_t Walkers::move(size_t t)
{
  const bgen_dynamics how = dynamics(t);
  bgen_population_set_out(walkers_.get(), &how, settings_.langevin.n_steps, state_.meeting.seed(),
                          BGEN_STREAM_ANNEAL, state_.chain.count(BGEN_COUNT_ANNEALED));
  state_.chain.count_up(BGEN_COUNT_ANNEALED, n_now());
  follow(state_, ladder_.first, walkers_, bgen_population_next, bgen_population_arrive);
  find_within(walkers_->there);
  return bgen_population_settle(walkers_.get(), within_.data());
}

static double ess_of(const bgen_weights &weights)
{
  return bgen_kish_ess(weights.n, weights.log_w) / static_cast<double>(weights.n);
}

void Walkers::resample()
{
  bgen_rng rng = bgen_rng_at(state_.meeting.seed(), BGEN_STREAM_ANNEAL,
                             state_.chain.count(BGEN_COUNT_ANNEALED));
  state_.chain.count_up(BGEN_COUNT_ANNEALED, 1);
  if (ess_of(*walkers_->weights) < LEAST_ESS)
    bgen_population_resample(walkers_.get(), bgen_rng_uniform(&rng));
}

void Walkers::record(size_t t)
{
  values_[t].push_back(-bgen_weights_log_z(walkers_->weights));
  found_.stages[t].ess += ess_of(*walkers_->weights) / settings_.n_repeats;
}

void Walkers::record_move(PopulationStage &at, size_t n_accepted) const
{
  const bgen_weights &weights = *walkers_->weights;
  const auto alive = std::count_if(weights.log_w, weights.log_w + settings_.n,
                                   [](double log_w) { return std::isfinite(log_w); });
  at.families += static_cast<double>(bgen_weights_families(&weights)) / settings_.n_repeats;
  at.acceptance += static_cast<double>(n_accepted) / alive / settings_.n_repeats;
}

/* ---- and back ---- */

void Walkers::go_back(size_t every)
{
  const size_t n_frames = state_.frames.test(k_).n / every;
  for (size_t first = 0; first < n_frames; first += settings_.n)
    go_back(first, std::min(settings_.n, n_frames - first), every);
}

void Walkers::go_back(size_t first, size_t n, size_t every)
{
  const size_t dim = state_.variables.dim();
  const double *frames = state_.frames.test(k_).x;
  x_.resize(n * dim);
  for (size_t i = 0; i < n; i++) std::copy_n(frames + (first + i) * every * dim, dim, &x_[i * dim]);
  within_.assign(n, 1);
  begin(ladder_.n_stages);
  for (size_t t = ladder_.n_stages; t-- > 0;) {
    bgen_population_enter(walkers_.get(), bgen_ladder_stage(&ladder_, t));
    if (t > 0) move(t);
  }
  for (size_t i = 0; i < n; i++) reverse_.push_back(-walkers_->weights->log_w[i]);
}

double Walkers::acceptance_of_frames()
{
  const size_t dim = state_.variables.dim(), n_frames = state_.frames.test(k_).n;
  within_.assign(std::min(settings_.n, n_frames), 1);
  x_.resize(n_now() * dim);
  for (size_t i = 0; i < n_now(); i++)
    std::copy_n(state_.frames.test(k_).x + i * n_frames / n_now() * dim, dim, &x_[i * dim]);
  begin(ladder_.n_stages);
  return static_cast<double>(move(ladder_.n_stages)) / static_cast<double>(n_now());
}

/* ---- what they have found ---- */

static double mean_finite(const std::vector<double> &works)
{
  double sum = 0.0, n = 0.0;
  for (const double work : works)
    if (std::isfinite(work)) sum += work, n++;
  return sum / n;
}

double Walkers::dissipated() const
{
  return 0.5 * (mean_finite(forward_) + mean_finite(reverse_));
}

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

/* An estimate that has no value ends no run. */
void Walkers::settle(bgen_status status, const std::string &what, bgen_estimate &estimate) const
{
  if (status == BGEN_OK) return;
  if (status == BGEN_NO_MEMORY) check(status);
  state_.host.warn("bgen: " + what + " of basin " + found_.name +
                   " is unknown: " + bgen_last_error());
  estimate = {NAN, INFINITY};
}

PopulationOfBasin Walkers::found(bool both_ways)
{
  for (size_t t = 0; t <= ladder_.n_stages; t++) {
    bgen_estimate &f = found_.stages[t].free_energy;
    settle(bgen_estimate_repeats(values_[t].size(), values_[t].data(), &f),
           "F at stage " + std::to_string(t), f);
  }
  if (both_ways) add_works();
  return found_;
}

void Walkers::add_works()
{
  found_.n_frames = reverse_.size();
  const bgen_works there = {forward_.size(), forward_.data(), {0, nullptr}},
                   back = {reverse_.size(), reverse_.data(), {1, &found_.n_frames}};
  settle(bgen_estimate_bar(&there, &back, &found_.bar), "F by BAR", found_.bar);
  settle(bgen_estimate_fep(&back, &found_.from_frames), "F from frames", found_.from_frames);
  found_.from_frames.value *= -1.0;
}

bool bgen::goes_both_ways(const State &state, const PopulationSettings &settings)
{
  if (!settings.ladder.from_flow || settings.resamples ||
      settings.ladder.first != state.model.training_temperature())
    return false;
  for (int k = 0; k < state.variables.n_basins(); k++)
    if (settings.has(k) && state.frames.n(FrameUse::TEST, k) == 0) return false;
  return true;
}
