/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_points.h"

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_observables.h"
#include "bgen_settings.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "error.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cmath>
#include <cstring>

using namespace LAMMPS_NS;

static constexpr size_t BATCH = 256; // points whose x is kept at a time
/* by which observables of an image may differ, for MD that leaves the plane a little */
static constexpr double SAME_VALUE = 1e-4;

BgenPoints::BgenPoints(LAMMPS *lmp, FixBgen &_fix)
    : Pointers(lmp), fix(_fix), model(*_fix.model), n_cvs(_fix.settings->cvs.size()),
      fix_temperature(_fix.temperature())
{
  model.set_temperature(fix_temperature);
}

static std::vector<double> column(const std::vector<double> &table, size_t n_columns, size_t k)
{
  std::vector<double> one;
  for (size_t i = k; i < table.size(); i += n_columns) one.push_back(table[i]);
  return one;
}

std::vector<double> BgenPoints::cv(int k) const
{
  return column(cvs, n_cvs, k);
}

std::vector<double> BgenPoints::value(int i, const std::vector<double> &of) const
{
  return column(of, observed->size(), i);
}

/* for n more points; returns where their x goes */
double *BgenPoints::make_room(size_t n_more)
{
  const size_t all = n() + n_more, kept = keep_x ? n() : 0;
  x.resize((kept + n_more) * model.dim);
  log_q.resize(all);
  component.resize(all);
  in_domain.resize(all, 1);
  return x.data() + kept * model.dim;
}

/* x of the last n points, which have room already */
double *BgenPoints::latest(size_t n_now)
{
  return x.data() + x.size() - n_now * model.dim;
}

void BgenPoints::add_samples(int k, size_t n_samples)
{
  add_samples_at(fix_temperature, k, n_samples);
}

void BgenPoints::add_samples_at(double temperature, int k, size_t n_samples)
{
  for (size_t done = 0; done < n_samples; done += BATCH) {
    const size_t first = n(), now = std::min(BATCH, n_samples - done);
    draw(temperature, k, now);
    if (temperature != fix_temperature) rate(fix_temperature, k, now, &log_q[first]);
    share(k, now);
    fix.counts->samples += now;
  }
}

void BgenPoints::draw(double temperature, int k, size_t n_now)
{
  const size_t first = n();
  double *x_now = make_room(n_now);
  std::vector<bgen_draw> draws(n_now);
  bgen_generator *g = model.generator;
  const uint64_t at = fix.counts->samples;
  bgen_status status = BGEN_OK;
  model.set_temperature(temperature);
  if (g && k < 0)
    status = bgen_generator_sample(g, BGEN_STREAM_SAMPLE, at, n_now, x_now, draws.data());
  if (g && k >= 0)
    status =
        bgen_generator_sample_component(g, k, BGEN_STREAM_SAMPLE, at, n_now, x_now, draws.data());
  model.set_temperature(fix_temperature);
  bgen_check(lmp, status);
  for (size_t i = 0; i < n_now; i++) {
    log_q[first + i] = draws[i].log_q;
    component[first + i] = draws[i].component;
    in_domain[first + i] = draws[i].in_domain;
  }
}

void BgenPoints::add_test_frames(int set, int k)
{
  const size_t n_frames = model.n_test_frames(set, k);
  const double *frames = model.generator ? model.test_frames(set, k).x : nullptr;
  for (size_t done = 0; done < n_frames; done += BATCH) {
    const size_t now = std::min(BATCH, n_frames - done);
    add(k, k, now, frames ? frames + done * model.dim : nullptr);
  }
}

void BgenPoints::add_points(int k, size_t n_more, const double *more)
{
  add(k, -1, n_more, more);
}

/* named component k, with the density of one, or of the mixture; more[n_more][dim] on rank 0 */
void BgenPoints::add(int k, int density, size_t n_more, const double *more)
{
  const size_t first = n();
  double *x_now = make_room(n_more);
  std::fill_n(&component[first], n_more, k);
  if (model.generator) std::copy_n(more, n_more * model.dim, x_now);
  rate(fix_temperature, density, n_more, &log_q[first]);
  share(density, n_more);
}

/* log q[n_now] of the last points, on rank 0 */
void BgenPoints::rate(double temperature, int k, size_t n_now, double *of_points)
{
  const double *x_now = latest(n_now);
  bgen_generator *g = model.generator;
  bgen_status status = BGEN_OK;
  model.set_temperature(temperature);
  if (g && k < 0) status = bgen_generator_log_q(g, n_now, x_now, of_points);
  if (g && k >= 0) status = bgen_generator_log_q_component(g, k, n_now, x_now, of_points);
  model.set_temperature(fix_temperature);
  bgen_check(lmp, status);
  for (size_t i = 0; i < n_now; i++)
    if (!in_domain[n() + i]) of_points[i] = NAN;
}

/* the further densities of the last points */
void BgenPoints::rate_at_temperatures(int k, size_t n_now)
{
  const size_t n_temperatures = temperatures.size(), first = log_q_at.size();
  log_q_at.resize(first + n_now * n_temperatures);
  std::vector<double> of_points(n_now);
  for (size_t t = 0; t < n_temperatures; t++) {
    if (temperatures[t] == fix_temperature)
      std::copy_n(&log_q[n()], n_now, of_points.begin()); // known already
    else
      rate(temperatures[t], k, n_now, of_points.data());
    for (size_t i = 0; i < n_now; i++) log_q_at[first + i * n_temperatures + t] = of_points[i];
  }
  MPI_Bcast(log_q_at.data() + first, n_now * n_temperatures, MPI_DOUBLE, 0, world);
}

/* of the last points, what rank 0 has found out, and then what all ranks find out together */
void BgenPoints::share(int density, size_t n_now)
{
  const size_t first = n();
  double *x_now = latest(n_now);
  MPI_Bcast(x_now, n_now * model.dim, MPI_DOUBLE, 0, world);
  MPI_Bcast(&log_q[first], n_now, MPI_DOUBLE, 0, world);
  MPI_Bcast(&component[first], n_now, MPI_INT, 0, world);
  MPI_Bcast(&in_domain[first], n_now, MPI_CHAR, 0, world);
  rate_at_temperatures(density, n_now);
  for (size_t i = 0; i < n_now; i++) {
    const double *point = x_now + i * model.dim;
    basin.push_back(model.basin_of(point));
    for (int k = 0; k < n_cvs; k++) cvs.push_back(model.cv(k, point));
  }
  u.resize(first + n_now, NAN);
  if (observed) values.resize(u.size() * observed->size(), NAN);
  for (size_t i = 0; i < n_now; i++)
    if (in_domain[first + i]) evaluate(first + i, x_now + i * model.dim);
}

void BgenPoints::evaluate(size_t i, double *point)
{
  evaluate(point, &u[i], observed ? &values[i * observed->size()] : nullptr);
}

/* to of_point[observables], too, unless the point is refused */
void BgenPoints::evaluate(double *point, double *u_of_point, double *of_point)
{
  fix.reduced_energies(fix_temperature, 1, point, u_of_point, nullptr);
  if (of_point && !fix.configuration->refused())
    observed->evaluate(point, *u_of_point * fix.configuration->kT(fix_temperature), of_point);
}

BgenPoints::Again BgenPoints::again()
{
  assert(keep_x);
  Again anew = {std::vector<double>(n(), INFINITY), std::vector<double>(values.size(), NAN)};
  const size_t n_observed = observed ? observed->size() : 0;
  for (size_t i = 0; i < n(); i++)
    if (in_domain[i])
      evaluate(&x[i * model.dim], &anew.u[i], observed ? &anew.values[i * n_observed] : nullptr);
  return anew;
}

/* What changes where the generator sees no difference would be averaged over its images of a point only. */
void BgenPoints::need_symmetric(size_t i)
{
  if (!observed || observed->size() == 0) return;
  const double *point = x.data() + x.size() - (n() - i) * model.dim;
  for (auto &image : fix.images(std::vector<double>(point, point + model.dim))) {
    double u_of_image;
    std::vector<double> of_image(observed->size(), NAN);
    evaluate(image.second.data(), &u_of_image, of_image.data());
    for (int k = 0; k < observed->size(); k++) {
      const double here = values[i * observed->size() + k], there = of_image[k];
      if (fabs(here - there) > SAME_VALUE * (1.0 + fabs(here)))
        error->all(FLERR, "bgen: " + observed->name(k) + " is changed by " + image.first +
                              bgen_text(", from %g to %g: ask for quantities that the symmetries "
                                        "of the fix leave as they are",
                                        here, there));
    }
  }
}

/* a cv has its column already */
bool BgenPoints::has_column(int k) const
{
  return model.cv_named(observed->name(k)) < 0;
}

std::string BgenPoints::columns() const
{
  std::string text = "u log_q log_w";
  for (const BgenVariable &cv : fix.settings->cvs) text += " " + cv.name;
  for (int k = 0; observed && k < observed->size(); k++)
    if (has_column(k)) text += " " + observed->name(k);
  return text;
}

std::string BgenPoints::row(size_t i, double of_u, double of_log_q) const
{
  std::string text = bgen_text("%.10g %.10g %.10g", of_u, of_log_q, -of_u - of_log_q);
  for (int k = 0; k < n_cvs; k++) text += bgen_text(" %.10g", cvs[i * n_cvs + k]);
  const int n_observed = observed ? observed->size() : 0;
  for (int k = 0; k < n_observed; k++)
    if (has_column(k)) text += bgen_text(" %.10g", values[i * n_observed + k]);
  return text;
}

BgenFile::BgenFile(LAMMPS *lmp, const std::string &path, const char *mode)
    : Pointers(lmp), fp(nullptr)
{
  int failure = 0;
  if (comm->me == 0 && !path.empty()) {
    fp = fopen(path.c_str(), mode);
    failure = fp ? 0 : errno;
  }
  MPI_Bcast(&failure, 1, MPI_INT, 0, world);
  if (failure) error->all(FLERR, "bgen: cannot write " + path + ": " + strerror(failure));
}

BgenFile::~BgenFile()
{
  if (fp) fclose(fp);
}
