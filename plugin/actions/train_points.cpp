/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/train_points.h"

#include "actions/placement.h"
#include "model/shapes.h"
#include "report/training.h"
#include "train/recipe.h"

using namespace bgen;

void TrainPoints::take_frames(uint64_t number, size_t n)
{
  Model &m = state_.model;
  x_.resize(n * m.dim());
  frames_.resize(n * state_.variables.n_shape());
  bgen_frames_batch(&state_.frames.train(k_), state_.meeting.seed(), number, n, x_.data());
  bgen_generator_to_shapes(m.generator(), m.workspace(), k_, n, x_.data(), frames_.data());
  log_jacobian_ =
      bgen_generator_mean_log_jacobian(m.generator(), m.workspace(), k_, n, frames_.data());
}

double TrainPoints::energy_cap(double temperature)
{
  enum { N_FRAMES = 256 };
  take_frames(0, N_FRAMES);
  evaluate({N_FRAMES, frames_.data(), true}, temperature, -1);
  const double cap = bgen_recipe_cap(N_FRAMES, u_.data(), state_.variables.n_shape());
  return one_of_each(state_.pool, cap)[0]; // all need the same bits
}

void TrainPoints::evaluate(const bgen_wanted &wanted, double temperature, int cv)
{
  Model &m = state_.model;
  const size_t n = wanted.n;
  for (auto *each : {&x_, &grad_x_}) each->resize(n * m.dim());
  grad_u_.resize(n * state_.variables.n_shape());
  u_.resize(n);
  bgen_generator_from_shapes(m.generator(), m.workspace(), k_, n, wanted.x, x_.data());
  state_.reduced_energies(temperature, n, x_.data(), u_.data(), grad_x_.data());
  bgen_generator_shape_energies(m.generator(), m.workspace(), k_, n, wanted.x, u_.data(),
                                grad_x_.data(), grad_u_.data());
  if (cv < 0) return;
  find_cv(wanted, cv);
  s_ = state_.pool.joined(s_); // which are spread together
}

void TrainPoints::find_cv(const bgen_wanted &wanted, int cv)
{
  Model &m = state_.model;
  const size_t dim = m.dim(), n_shape = state_.variables.n_shape();
  s_.resize(wanted.n), grad_s_.resize(wanted.n * n_shape);
  for (size_t i = 0; i < wanted.n; i++) {
    s_[i] = state_.variables.cv(cv, &x_[i * dim]);
    state_.variables.cv_gradient(cv, &x_[i * dim], grad_x_.data());
    bgen_generator_shape_gradient(m.generator(), m.workspace(), k_, wanted.x + i * n_shape,
                                  grad_x_.data(), &grad_s_[i * n_shape]);
  }
}

void bgen::choose_frames(State &state, int k, double hold, bool more)
{
  const size_t n_before = state.frames.set(FrameUse::TRAIN).n_learned[k];
  const HeldOut held = hold > 0.0 ? state.frames.hold_out(k, hold) : HeldOut();
  const size_t n_new = state.frames.training().learn(k);
  if (more) {
    state.frames.prepare(k, Frames::KEEP); // folded
    need_one_hand(state, k);
    need_old_circles(state, k);
  }
  state.host.print(frames_line({state.id, state.variables.basin_name(k), more, hold > 0.0, n_before,
                                n_new, held.n_frames, held.n_walkers}));
}
