/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/driven_move.h"

#include "input/error.h"
#include "input/text.h"
#include "state/energies.h"
#include "state/state.h"

#include <cmath>

namespace bgen {

DrivenMove::DrivenMove(State &_state, int _number)
    : Move(_state, _number), moved_(_state.host.engine_of_group(settings.atoms)),
      cv_(_state.settings.cvs[settings.cv]),
      ends_(bgen_driven_ends_between(&_state.variables.basins(), settings.cv, settings.ends[0],
                                     settings.ends[1])),
      x_group_(_state.variables.dim())
{
  find_places();
  check_escort();
  const Body &body = moved_.body();
  const bgen_layout layout = {static_cast<size_t>(body.n_particles()),
                              static_cast<size_t>(body.n_space)};
  check(bgen_driven_create(&layout, &driven_));
}

/* of the atoms of the fix, and of its cv */
void DrivenMove::find_places()
{
  const Body &body = moved_.body();
  const size_t n_space = body.n_space;
  for (const int64_t tag : state.engine.body().tags) {
    const int particle = body.particle(tag);
    if (particle < 0)
      throw Error(text("fix bgen: atom %lld of the group of the fix is not in group %s, whose "
                       "atoms its driven move moves",
                       static_cast<long long>(tag), settings.atoms.c_str()));
    for (size_t c = 0; c < n_space; c++) place_.push_back(particle * n_space + c);
  }
  cv_.resolve([&](int64_t tag) { return body.particle(tag); });
  cv_of_moved_ = cv_.of();
}

void DrivenMove::check_escort() const
{
  if (settings.escort != MoveSettings::BY_FRAMES) return;
  if (ends_.basin[0] < 0)
    throw Error("fix bgen: escort frames of a driven move needs a basin around each of its ends");
  if (state.settings.has_identical() || !state.settings.mirrors.empty())
    throw Error("fix bgen: escort frames leads from the mean of the frames of one basin to that of "
                "another, which means nothing with identical atoms or mirrors: remove the escort");
}

/* The end that a configuration of the moved atoms belongs to; x_group_ is then that of the fix. */
int DrivenMove::end_of(const double *x)
{
  for (size_t c = 0; c < place_.size(); c++) x_group_[c] = x[place_[c]];
  return bgen_driven_end_of(&ends_, &state.variables.basins(), x_group_.data());
}

/* from the mean frame of one basin to that of the other; atoms outside the group are not
   displaced */
void DrivenMove::find_shift(int from)
{
  if (settings.escort != MoveSettings::BY_FRAMES) return;
  const bgen_generator *generator = state.model.generator();
  const double *here = bgen_generator_reference(generator, ends_.basin[from]);
  const double *there = bgen_generator_reference(generator, ends_.basin[1 - from]);
  shift_.assign(moved_.body().dim(), 0.0);
  for (size_t c = 0; c < place_.size(); c++) shift_[place_[c]] = there[c] - here[c];
}

bgen_drag DrivenMove::drag(int from) const
{
  bgen_drag drag = {};
  drag.cv = &cv_of_moved_;
  drag.from = settings.ends[from];
  drag.to = settings.ends[1 - from];
  drag.spring = settings.spring / moved_.kT(temperature());
  drag.heat = settings.heat > 0.0 ? temperature() / settings.heat : 1.0;
  drag.escort = settings.escort == MoveSettings::OF_CV;
  drag.n_steps = settings.langevin.n_steps;
  drag.shift = shift_.empty() ? nullptr : shift_.data();
  return drag;
}

/* The path from x_ to the other end: its work, and u where it has led.  Where it breaks off, the
   work is not finite. */
double DrivenMove::go(int from, bgen_attempt &attempt, double &u)
{
  find_shift(from);
  const bgen_drag of = drag(from);
  const bgen_dynamics how = dynamics(moved_, variance_);
  bgen_driven_begin(driven_, &of, &how, state.chain.seed(), BGEN_STREAM_PATH,
                    bgen_markov_path_point(state.chain, 0), x_.data(), u, grad_u_.data());
  Followed followed = {0, u};
  follow(
      moved_, temperature(), [&](bgen_wanted *wanted) { return bgen_driven_next(driven_, wanted); },
      [&](const double *u_there, const double *grad_u) {
        return bgen_driven_arrive(driven_, u_there, grad_u);
      },
      followed);
  attempt.refused = followed.n_refused > 0;
  u = followed.u;
  return driven_->path->work[0];
}

void DrivenMove::attempt(Jump &jump)
{
  bgen_attempt &attempt = jump.attempt;
  x_.resize(moved_.body().dim());
  moved_.gather(x_.data());
  const int from = end_of(x_.data());
  attempt.work = INFINITY;
  attempt.outside = from < 0;
  if (from < 0) return;
  attempt.to = ends_.basin[0] < 0 ? attempt.from : ends_.basin[1 - from];
  Trial trial(moved_);
  double u = present_u(moved_, grad_old_);
  grad_u_ = grad_old_;
  for (double &component : grad_u_) component /= moved_.kT(temperature());
  const double work = go(from, attempt, u);
  attempt.not_finite = !attempt.refused && !std::isfinite(work);
  if (!std::isfinite(work) || end_of(driven_->path->x) != 1 - from) return;
  attempt.to = state.variables.basin_of(x_group_.data());
  attempt.work = work;
  attempt.accepted = settle(moved_, trial, attempt, u, -work, grad_old_);
}

double DrivenMove::memory_usage() const
{
  const size_t n = x_.capacity() + x_group_.capacity() + shift_.capacity() + grad_old_.capacity() +
                   grad_u_.capacity() + variance_.capacity();
  return static_cast<double>(n * sizeof(double) + place_.capacity() * sizeof(size_t));
}

} // namespace bgen
