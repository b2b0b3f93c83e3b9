/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/points.h"

#include "input/error.h"
#include "input/text.h"
#include "state/quantities.h"
#include "state/state.h"

#include <algorithm>
#include <cassert>
#include <cmath>

using namespace bgen;

static constexpr size_t BATCH = 256; // points whose x is kept at a time
/* by which quantities of an image may differ, for MD that leaves the plane a little */
static constexpr double SAME_VALUE = 1e-4;

EvaluatedPoints::EvaluatedPoints(State &state) : state_(state), temperature_(state.temperature()) {}

/* twice: a vector that grows has room for as much again */
double EvaluatedPoints::n_bytes_each() const
{
  const size_t n_numbers = 3 + state_.variables.n_cvs() + temperatures.size() +
                           (quantities_ ? quantities_->size() : 0) +
                           (keep_x ? state_.variables.dim() : 0);
  return 2.0 * static_cast<double>(n_numbers * sizeof(double));
}

/* ---- where they come from ---- */

/* for n more points; returns where their x goes */
double *EvaluatedPoints::make_room(size_t n_more)
{
  const size_t all = n() + n_more, kept = keep_x ? n() : 0, dim = state_.variables.dim();
  x.resize((kept + n_more) * dim);
  log_q.resize(all);
  component.resize(all);
  in_domain.resize(all, 1);
  return x.data() + kept * dim;
}

/* x of the last n points, which have room already */
double *EvaluatedPoints::latest(size_t n_now)
{
  return x.data() + x.size() - n_now * state_.variables.dim();
}

void EvaluatedPoints::add_samples_at(double temperature, int k, size_t n_samples)
{
  for (size_t done = 0; done < n_samples; done += BATCH) {
    const size_t first = n(), now = std::min(BATCH, n_samples - done);
    draw(temperature, k, now);
    if (temperature != temperature_) log_q_of_latest(temperature_, k, now, &log_q[first]);
    publish(k, now);
    state_.chain.count_up(BGEN_COUNT_SAMPLES, now);
  }
}

void EvaluatedPoints::draw(double temperature, int k, size_t n_now)
{
  const size_t first = n();
  double *x_now = make_room(n_now);
  std::vector<bgen_draw> draws(n_now);
  Model &m = state_.model;
  const uint64_t seed = state_.meeting.seed(), at = state_.chain.count(BGEN_COUNT_SAMPLES);
  check(k < 0
            ? bgen_generator_sample(m.generator(), m.workspace(), temperature, seed,
                                    BGEN_STREAM_SAMPLE, at, n_now, x_now, draws.data())
            : bgen_generator_sample_component(m.generator(), m.workspace(), k, temperature, seed,
                                              BGEN_STREAM_SAMPLE, at, n_now, x_now, draws.data()));
  for (size_t i = 0; i < n_now; i++) {
    log_q[first + i] = draws[i].log_q;
    component[first + i] = static_cast<int>(draws[i].component);
    in_domain[first + i] = draws[i].in_domain;
  }
}

void EvaluatedPoints::add_test_frames(int set, int k)
{
  const bgen_frames &frames = state_.frames.test_sets()[set]->basins[k];
  for (size_t done = 0; done < frames.n; done += BATCH)
    add(k, k, std::min(BATCH, frames.n - done), frames.x + done * state_.variables.dim());
}

/* named component k, with the density of one, or of the mixture */
void EvaluatedPoints::add(int k, int density, size_t n_more, const double *more)
{
  const size_t first = n();
  double *x_now = make_room(n_more);
  std::fill_n(&component[first], n_more, k);
  std::copy_n(more, n_more * state_.variables.dim(), x_now);
  log_q_of_latest(temperature_, density, n_more, &log_q[first]);
  publish(density, n_more);
}

/* ---- what is computed for them ---- */

void EvaluatedPoints::log_q_of_latest(double temperature, int k, size_t n_now, double *of_points)
{
  state_.model.log_q(temperature, k, n_now, latest(n_now), of_points);
  for (size_t i = 0; i < n_now; i++)
    if (!in_domain[n() + i]) of_points[i] = NAN;
}

/* the further densities of the last points */
void EvaluatedPoints::add_log_q_at(int k, size_t n_now)
{
  const size_t n_temperatures = temperatures.size(), first = log_q_at.size();
  log_q_at.resize(first + n_now * n_temperatures);
  std::vector<double> of_points(n_now);
  for (size_t t = 0; t < n_temperatures; t++) {
    if (temperatures[t] == temperature_)
      std::copy_n(&log_q[n()], n_now, of_points.begin()); // known already
    else
      log_q_of_latest(temperatures[t], k, n_now, of_points.data());
    for (size_t i = 0; i < n_now; i++) log_q_at[first + i * n_temperatures + t] = of_points[i];
  }
}

/* of the last points all that is not known yet */
void EvaluatedPoints::publish(int density, size_t n_now)
{
  const size_t first = n(), dim = state_.variables.dim();
  const double *x_now = latest(n_now);
  add_log_q_at(density, n_now);
  u.resize(first + n_now, NAN);
  if (quantities_) values.resize(u.size() * quantities_->size(), NAN);
  evaluate_part(first, n_now, x_now, u, values);
  for (size_t i = first; i < first + n_now; i++, x_now += dim) {
    basin.push_back(state_.variables.basin_of(x_now));
    for (int k = 0; k < state_.variables.n_cvs(); k++) cvs.push_back(state_.variables.cv(k, x_now));
  }
}

/* n points from number `first` on, at x; those in the domain, of which each partition of a pool
   evaluates a part */
void EvaluatedPoints::evaluate_part(size_t first, size_t n_points, const double *points_x,
                                    std::vector<double> &of_u, std::vector<double> &of_values)
{
  const Pool &pool = state_.pool;
  const size_t n_values = quantities_ ? quantities_->size() : 0, dim = state_.variables.dim();
  double *own_u = of_u.data() + first, *own_values = of_values.data() + first * n_values;
  for (size_t i = pool.part_begin(n_points); i < pool.part_end(n_points); i++)
    if (in_domain[first + i])
      evaluate(points_x + i * dim, own_u + i, quantities_ ? own_values + i * n_values : nullptr);
  state_.pool.complete(n_points, 1, own_u);
  state_.pool.complete(n_points, n_values, own_values);
}

/* to values_of_point, too, unless the point is refused */
void EvaluatedPoints::evaluate(const double *point, double *u_of_point, double *values_of_point)
{
  const size_t n_refused = state_.reduced_energies(temperature_, 1, point, u_of_point);
  if (values_of_point && n_refused == 0)
    quantities_->evaluate(point, *u_of_point * state_.engine.kT(temperature_), values_of_point);
}

EvaluatedPoints::Again EvaluatedPoints::again()
{
  assert(keep_x);
  Again anew = {std::vector<double>(n(), INFINITY), std::vector<double>(values.size(), NAN)};
  evaluate_part(0, n(), x.data(), anew.u, anew.values);
  return anew;
}

static void need_same(const Quantities &quantities, const std::string &change, const double *here,
                      const double *there)
{
  for (int k = 0; k < quantities.size(); k++)
    if (fabs(here[k] - there[k]) > SAME_VALUE * (1.0 + fabs(here[k])))
      throw Error("bgen: " + change + " changes " + quantities.name(k) +
                  text(" from %g to %g: use quantities that the symmetries of the fix do not "
                       "change",
                       here[k], there[k]));
}

/* What changes where the generator sees no difference would be averaged over its images of a point
   only. */
void EvaluatedPoints::need_symmetric(size_t i)
{
  if (!quantities_ || quantities_->size() == 0) return;
  const double *point = latest(n() - i);
  const std::vector<double> x_of_point(point, point + state_.variables.dim());
  for (const Image &image : state_.symmetries.images(x_of_point)) {
    double u_of_image;
    std::vector<double> there(quantities_->size(), NAN);
    evaluate(image.x.data(), &u_of_image, there.data());
    need_same(*quantities_, image.name, &values[i * there.size()], there.data());
  }
}

/* ---- as lines of a file ---- */

/* a cv has its column already */
bool EvaluatedPoints::has_column(int k) const
{
  return state_.variables.cv_named(quantities_->name(k)) < 0;
}

std::string EvaluatedPoints::columns() const
{
  std::string all = "u log_q log_w";
  for (int k = 0; k < state_.variables.n_cvs(); k++) all += " " + state_.variables.cv_name(k);
  for (int k = 0; quantities_ && k < quantities_->size(); k++)
    if (has_column(k)) all += " " + quantities_->name(k);
  return all;
}

std::string EvaluatedPoints::row(size_t i, double of_u, double of_log_q) const
{
  std::string all = text("%.10g %.10g %.10g", of_u, of_log_q, -of_u - of_log_q);
  const int n_cvs = state_.variables.n_cvs();
  for (int k = 0; k < n_cvs; k++) all += text(" %.10g", cvs[i * n_cvs + k]);
  const int n_values = quantities_ ? quantities_->size() : 0;
  for (int k = 0; k < n_values; k++)
    if (has_column(k)) all += text(" %.10g", values[i * n_values + k]);
  return all;
}
