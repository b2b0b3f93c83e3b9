/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_move.cpp - jumps by paths of Langevin dynamics with a changing energy: their work decides
   whether the end is taken */

#include "input/error.h"
#include "input/text.h"
#include "sample/annealed_move.h"
#include "sample/driven.h"
#include "state/energies.h"
#include "state/move.h"
#include "state/owned.h"
#include "state/state.h"

#include <cmath>
#include <utility>

using namespace bgen;

namespace {

class PathMove : public Move {
public:
  using Move::Move;
  double memory_usage() const override;

protected:
  std::vector<double> grad_u_, variance_; // [dim] where the path begins, and of velocities
  Followed followed_;

  /* u where the path begins, with grad_old_ and grad_u_ */
  double begin_path();
  bgen_dynamics dynamics();
  /* what the core wants along the path; refused is said */
  template <class Path, class Next, class Arrive>
  void follow_path(Path *path, Next next, Arrive arrive, bgen_attempt &attempt);
};

double PathMove::memory_usage() const
{
  return Move::memory_usage() +
         static_cast<double>((grad_u_.capacity() + variance_.capacity()) * sizeof(double));
}

double PathMove::begin_path()
{
  const double u = present_u(), kT = engine.kT(temperature());
  grad_u_ = grad_old_;
  for (double &component : grad_u_) component /= kT;
  return u;
}

bgen_dynamics PathMove::dynamics()
{
  variance_.resize(engine.body().dim());
  engine.velocity_variance(temperature(), variance_.data());
  return settings.langevin.dynamics(state.host.timestep(), variance_.data());
}

template <class Path, class Next, class Arrive>
void PathMove::follow_path(Path *path, Next next, Arrive arrive, bgen_attempt &attempt)
{
  followed_.n_refused = 0;
  follow(
      engine, temperature(), [=](bgen_wanted *wanted) { return next(path, wanted); },
      [=](const double *u, const double *grad_u) { return arrive(path, u, grad_u); }, followed_);
  attempt.refused = followed_.n_refused > 0;
}

/* ---- to the flow of the present basin, and down from a flow (core/sample/annealed_move.h) ---- */

class AnnealedMove : public PathMove {
public:
  AnnealedMove(State &state, int number);
  void attempt(Jump &jump) override;
  void tune() override;

private:
  Owned<bgen_annealed_move, bgen_annealed_move_destroy> move_;

  bgen_annealed_attempt attempt_from(const Jump &jump);
  void finish(Trial &trial, bgen_attempt &attempt);
};

AnnealedMove::AnnealedMove(State &_state, int _number) : PathMove(_state, _number, _state.engine)
{
  const bgen_annealed_way way = {settings.start, static_cast<size_t>(settings.langevin.n_steps),
                                 settings.tested, settings.latent};
  create(move_, bgen_annealed_move_create, state.model.generator(), state.model.workspace(), &way);
}

/* from jump.x, within a trial */
bgen_annealed_attempt AnnealedMove::attempt_from(const Jump &jump)
{
  bgen_annealed_attempt attempt = {};
  attempt.from = jump.attempt.from;
  attempt.temperature = temperature();
  attempt.lambda = bgen_markov_tuned(state.chain, number);
  attempt.noted = settings.adapts && bgen_markov_tuning(state.chain);
  attempt.seed = state.chain.seed();
  attempt.number = proposal();
  attempt.x = jump.x.data();
  attempt.u = begin_path();
  attempt.grad_u = grad_u_.data();
  attempt.dynamics = settings.latent ? settings.langevin.in_latent_space() : dynamics();
  return attempt;
}

void AnnealedMove::attempt(Jump &jump)
{
  jump.attempt.work = INFINITY;
  Trial trial(engine);
  state.symmetries.check(x_);
  const bgen_annealed_attempt begins = attempt_from(jump);
  jump.attempt.to = static_cast<int>(bgen_annealed_move_begin(move_.get(), &begins));
  follow_path(move_.get(), bgen_annealed_move_next, bgen_annealed_move_arrive, jump.attempt);
  finish(trial, jump.attempt);
}

void AnnealedMove::finish(Trial &trial, bgen_attempt &attempt)
{
  const bgen_annealed_result result = bgen_annealed_move_result(move_.get());
  if (settings.tested && result.arrived) attempt.refused = 0; // steps that were undone
  attempt.outside = result.outside;
  attempt.not_finite = !result.arrived && !attempt.refused && !attempt.outside;
  if (result.arrived) attempt.path_work = result.work, attempt.step_work = result.by_step;
  attempt.tested = result.n_tested, attempt.undone = result.n_undone;
  if (!result.arrived || state.variables.basin_of(result.x) != attempt.to) return;
  attempt.work = result.work;
  if (settings.tested) // the last step may have been undone: where it went is where the atoms are
    attempt.accepted = bgen_markov_accepts(state.chain, &attempt, result.u, -result.work) &&
                       stay_at(trial, result.x);
  else
    attempt.accepted = settle(trial, attempt, result.u, -result.work);
}

void AnnealedMove::tune()
{
  if (settings.adapts)
    bgen_annealed_move_adapt(move_.get(), bgen_markov_tuned(state.chain, number));
}

/* ---- a spring drags a cv, and all atoms of a group follow (core/sample/driven.h), which may
   become others between two attempts ---- */

class DrivenMove : public PathMove {
public:
  DrivenMove(State &state, int number);
  void attempt(Jump &jump) override;
  double memory_usage() const override;

protected:
  bool is_constrained() const override { return !rods_.empty(); }
  void constrain(double *v) const override
  {
    bgen_constraints_project(constraints_.get(), variance_.data(), driven_->path->x, v);
  }

private:
  int n_changes_; // of the atoms that move, when all below was made for them
  CvSettings cv_; // with particles among those that move
  bgen_cv cv_of_moved_;
  Owned<bgen_driven, bgen_driven_destroy> driven_;
  std::vector<size_t> rods_; // as MD has them now, in
  Owned<bgen_constraints, bgen_constraints_destroy> constraints_;
  bgen_driven_ends ends_;
  std::vector<size_t> place_; // of each coordinate of the fix's group among theirs
  std::vector<double> x_group_, shift_;

  void fit_to_atoms();
  void find_places();
  void find_rods();
  void check_escort() const;
  void check_escort_of(const std::vector<size_t> &rods) const;
  int end_of(const double *x);
  void find_shift(int from);
  bgen_drag drag(int from) const;
  double go(int from, double u, bgen_attempt &attempt);
};

DrivenMove::DrivenMove(State &_state, int _number)
    : PathMove(_state, _number, _state.host.engine_of_group(_state.settings.moves[_number].atoms)),
      n_changes_(engine.renew()),
      ends_(bgen_driven_ends_between(&_state.variables.basins(), settings.cv, settings.ends[0],
                                     settings.ends[1])),
      x_group_(_state.variables.dim())
{
  fit_to_atoms();
  check_escort();
}

void DrivenMove::fit_to_atoms()
{
  find_places();
  x_.resize(engine.body().dim());
  const bgen_layout layout = layout_of(engine.body());
  create(driven_, bgen_driven_create, &layout);
  constraints_.reset();
}

/* What MD constrains has the lengths that it has in x_, within the tolerance of MD, all along the
   path: the way back begins with the same ones. */
void DrivenMove::find_rods()
{
  std::vector<size_t> rods = state.host.probe(engine).rods();
  if (!constraints_ || rods != rods_) {
    const bgen_layout layout = layout_of(engine.body());
    check_escort_of(rods);
    create(constraints_, bgen_constraints_create, &layout, rods.size() / 2, rods.data());
    if (rods.size() != rods_.size() && !rods.empty())
      state.host.print(text("fix bgen %s: the paths of its driven move keep %zu distances that fix "
                            "shake or rattle holds\n",
                            state.id.c_str(), rods.size() / 2));
    rods_ = std::move(rods);
  }
  bgen_path_constrain(driven_->path, rods_.empty() ? nullptr : constraints_.get());
  const bgen_cell cell = state.host.box().cell();
  if (!rods_.empty()) bgen_constraints_hold(constraints_.get(), &cell, x_.data());
}

void DrivenMove::check_escort_of(const std::vector<size_t> &rods) const
{
  const Body &body = engine.body();
  std::vector<bool> displaced(body.tags.size());
  if (settings.escort == MoveSettings::OF_CV)
    for (const bgen_cv_term &term : cv_.terms) displaced[term.particle] = true;
  if (settings.escort == MoveSettings::BY_FRAMES)
    for (const size_t component : place_) displaced[component / body.n_space] = true;
  for (const size_t particle : rods)
    if (displaced[particle])
      throw Error(
          text("fix bgen: the escort of its driven move displaces atom %lld, which fix shake "
               "or rattle holds at a distance from others: remove the escort",
               static_cast<long long>(body.tags[particle])));
}

/* of the atoms of the fix, and of its cv */
void DrivenMove::find_places()
{
  const Body &body = engine.body();
  const size_t n_space = body.n_space;
  place_.clear();
  for (const int64_t tag : state.engine.body().tags) {
    const int particle = body.particle(tag);
    if (particle < 0)
      throw Error(text("fix bgen: atom %lld of the group of the fix is not in group %s, whose "
                       "atoms its driven move moves",
                       static_cast<long long>(tag), settings.atoms.c_str()));
    for (size_t c = 0; c < n_space; c++) place_.push_back(particle * n_space + c);
  }
  cv_ = state.variables.settings_of(settings.cv);
  cv_.resolve([&](int64_t tag) { return body.particle(tag); });
  cv_of_moved_ = cv_.of();
  cv_of_moved_.cell = state.variables.basins().cv[settings.cv].cell;
}

void DrivenMove::check_escort() const
{
  if (settings.escort != MoveSettings::BY_FRAMES) return;
  if (ends_.basin[0] < 0)
    throw Error("fix bgen: escort frames of a driven move needs a basin around each of its ends");
  if (state.settings.coords != BGEN_CARTESIAN)
    throw Error(
        std::string("fix bgen: escort frames leads from the mean of the frames of one basin "
                    "to that of another, which stand and turn as they did in their first "
                    "frames with coords ") +
        bgen_coords_name(state.settings.coords) + ": remove the escort");
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
  shift_.assign(x_.size(), 0.0);
  for (size_t c = 0; c < place_.size(); c++) shift_[place_[c]] = there[c] - here[c];
}

bgen_drag DrivenMove::drag(int from) const
{
  bgen_drag drag = {};
  drag.cv = &cv_of_moved_;
  drag.from = settings.ends[from];
  drag.to = settings.ends[1 - from];
  drag.spring = settings.spring / engine.kT(temperature());
  drag.heat = settings.heat > 0.0 ? temperature() / settings.heat : 1.0;
  drag.escort = settings.escort == MoveSettings::OF_CV;
  drag.n_steps = settings.langevin.n_steps;
  drag.shift = shift_.empty() ? nullptr : shift_.data();
  return drag;
}

/* The path from x_, of this u, to the other end: its work, not finite where it breaks off.
   followed_.u is u where it has led. */
double DrivenMove::go(int from, double u, bgen_attempt &attempt)
{
  find_shift(from);
  find_rods();
  const bgen_drag of = drag(from);
  const bgen_dynamics how = dynamics();
  bgen_driven_begin(driven_.get(), &of, &how, state.chain.seed(), BGEN_STREAM_PATH,
                    bgen_markov_path_point(state.chain, 0), x_.data(), u, grad_u_.data());
  followed_.u = u;
  follow_path(driven_.get(), bgen_driven_next, bgen_driven_arrive, attempt);
  return driven_->path->work[0];
}

void DrivenMove::attempt(Jump &jump)
{
  bgen_attempt &attempt = jump.attempt;
  const int n_changes = engine.renew();
  if (n_changes != n_changes_) fit_to_atoms();
  n_changes_ = n_changes;
  engine.gather(x_.data());
  const int from = end_of(x_.data());
  attempt.work = INFINITY;
  if (from < 0) return; // rounding has chosen a move that does not fit
  attempt.to = ends_.basin[0] < 0 ? attempt.from : ends_.basin[1 - from];
  Trial trial(engine);
  const double work = go(from, begin_path(), attempt);
  attempt.not_finite = !attempt.refused && !std::isfinite(work);
  attempt.path_work = work, attempt.step_work = driven_->path->by_step[0];
  if (!std::isfinite(work) || end_of(driven_->path->x) != 1 - from) return;
  attempt.to = state.variables.basin_of(x_group_.data());
  attempt.work = work;
  attempt.accepted = settle(trial, attempt, followed_.u, -work);
}

double DrivenMove::memory_usage() const
{
  return PathMove::memory_usage() +
         static_cast<double>((x_group_.capacity() + shift_.capacity()) * sizeof(double) +
                             place_.capacity() * sizeof(size_t));
}

} // namespace

std::unique_ptr<Move> bgen::create_path_move(State &state, int number)
{
  if (state.settings.moves[number].kind == MoveSettings::ANNEALED)
    return std::make_unique<AnnealedMove>(state, number);
  return std::make_unique<DrivenMove>(state, number);
}
