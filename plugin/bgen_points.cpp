/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_points.h"

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_settings.h"
#include "bgen_words.h"
#include "comm.h"
#include "error.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

using namespace LAMMPS_NS;

static constexpr size_t BATCH = 256; // points whose x is kept at a time

BgenPoints::BgenPoints(LAMMPS *lmp, FixBgen &_fix)
    : Pointers(lmp), fix(_fix), model(*_fix.model), n_cvs(_fix.settings->cvs.size())
{
  model.set_temperature(fix.temperature());
}

std::vector<double> BgenPoints::cv(int k) const
{
  std::vector<double> values(n());
  for (size_t i = 0; i < n(); i++) values[i] = cvs[i * n_cvs + k];
  return values;
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

void BgenPoints::add_samples(int k, size_t n_samples)
{
  for (size_t done = 0; done < n_samples; done += BATCH) {
    const size_t now = std::min(BATCH, n_samples - done);
    draw(k, now);
    share(now);
    fix.counts->samples += now;
  }
}

void BgenPoints::draw(int k, size_t n_now)
{
  const size_t first = n();
  double *x_now = make_room(n_now);
  std::vector<bgen_draw> draws(n_now);
  bgen_generator *g = model.generator;
  const uint64_t at = fix.counts->samples;
  bgen_status status = BGEN_OK;
  if (g && k < 0)
    status = bgen_generator_sample(g, BGEN_STREAM_SAMPLE, at, n_now, x_now, draws.data());
  if (g && k >= 0)
    status =
        bgen_generator_sample_component(g, k, BGEN_STREAM_SAMPLE, at, n_now, x_now, draws.data());
  bgen_check(lmp, status);
  for (size_t i = 0; i < n_now; i++) {
    log_q[first + i] = draws[i].log_q;
    component[first + i] = draws[i].component;
    in_domain[first + i] = draws[i].in_domain;
  }
}

void BgenPoints::add_frames(int k)
{
  const size_t n_frames = model.n_frames(BgenModel::TEST, k);
  for (size_t done = 0; done < n_frames; done += BATCH) {
    const size_t first = n(), now = std::min(BATCH, n_frames - done);
    double *x_now = make_room(now);
    std::fill_n(&component[first], now, k);
    if (bgen_generator *g = model.generator) {
      std::copy_n(model.frames(BgenModel::TEST, k).x + done * model.dim, now * model.dim, x_now);
      bgen_check(lmp, bgen_generator_log_q_component(g, k, now, x_now, &log_q[first]));
    } else
      bgen_check(lmp, BGEN_OK);
    share(now);
  }
}

void BgenPoints::add_points(int k, size_t n_more, const double *more)
{
  const size_t first = n();
  double *x_now = make_room(n_more);
  std::fill_n(&component[first], n_more, k);
  if (model.generator) std::copy_n(more, n_more * model.dim, x_now);
  bgen_check(lmp, model.generator
                      ? bgen_generator_log_q(model.generator, n_more, x_now, &log_q[first])
                      : BGEN_OK);
  share(n_more);
}

/* of the last points, what rank 0 has found out, and then what all ranks find out together */
void BgenPoints::share(size_t n_now)
{
  const size_t first = n();
  double *x_now = x.data() + x.size() - n_now * model.dim;
  MPI_Bcast(x_now, n_now * model.dim, MPI_DOUBLE, 0, world);
  MPI_Bcast(&log_q[first], n_now, MPI_DOUBLE, 0, world);
  MPI_Bcast(&component[first], n_now, MPI_INT, 0, world);
  MPI_Bcast(&in_domain[first], n_now, MPI_CHAR, 0, world);
  for (size_t i = 0; i < n_now; i++) {
    const double *point = x_now + i * model.dim;
    basin.push_back(model.basin_of(point));
    for (int k = 0; k < n_cvs; k++) cvs.push_back(model.cv(k, point));
  }
  u.resize(first + n_now, NAN);
  const double temperature = fix.temperature();
  for (size_t i = 0; i < n_now; i++)
    if (in_domain[first + i])
      fix.reduced_energies(temperature, 1, x_now + i * model.dim, &u[first + i], nullptr);
}

std::string BgenPoints::columns() const
{
  std::string text = "u log_q log_w";
  for (const BgenVariable &cv : fix.settings->cvs) text += " " + cv.name;
  return text;
}

std::string BgenPoints::row(size_t i) const
{
  std::string text = bgen_text("%.10g %.10g %.10g", u[i], log_q[i], log_w(i));
  for (int k = 0; k < n_cvs; k++) text += bgen_text(" %.10g", cvs[i * n_cvs + k]);
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
