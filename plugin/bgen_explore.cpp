/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_explore.h"

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_settings.h"
#include "bgen_words.h"
#include "comm.h"
#include "fix_bgen.h"
#include "sample/metropolis.h"
#include "sample/proposal.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr int N_BINS = 50;
static constexpr double VISIT = 0.01; // kT, what each visit costs the next

BgenExplore::BgenExplore(LAMMPS *lmp, FixBgen &_fix, int _k, double _step)
    : Pointers(lmp), fix(_fix), model(*_fix.model), k(_k), step(_step), root(comm->me == 0),
      next(0), n_moved(0), n_accepted(0), cv(_fix.settings->cvs.empty() ? -1 : 0), low(0.0),
      high(0.0)
{
  const size_t n_frames = model.n_frames(BgenModel::TRAIN, k);
  u.resize(n_frames, NAN);
  s.resize(n_frames, NAN);
}

void BgenExplore::spread(int _cv, double _low, double _high)
{
  cv = _cv, low = _low, high = _high;
  bias.assign(N_BINS, 0.0);
}

/* what lies outside counts as the end */
double &BgenExplore::bias_at(double value)
{
  const double bin = floor((value - low) / (high - low) * N_BINS);
  return bias[(size_t) std::max(0.0, std::min(bin, N_BINS - 1.0))];
}

void BgenExplore::move(size_t n)
{
  n = std::min(n, u.size());
  gather(n);
  know(n);
  propose(n);
  for (size_t i = 0; i < n; i++) {
    const size_t frame = (next + i) % u.size();
    n_accepted += accept(i, frame);
    fix.counts->explored++;
  }
  n_moved += n;
  next = (next + n) % u.size();
}

/* the frames whose turn it is, x_old[n][dim] on all ranks */
void BgenExplore::gather(size_t n)
{
  x_old.resize(n * model.dim);
  for (size_t i = 0; root && i < n; i++)
    std::copy_n(model.frames(BgenModel::TRAIN, k).x + (next + i) % u.size() * model.dim, model.dim,
                &x_old[i * model.dim]);
  MPI_Bcast(x_old.data(), x_old.size(), MPI_DOUBLE, 0, world);
}

/* energies and variables of those that are looked at for the first time */
void BgenExplore::know(size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const size_t frame = (next + i) % u.size();
    double *x = &x_old[i * model.dim];
    if (!std::isnan(u[frame])) continue;
    fix.reduced_energies(model.training_temperature(), 1, x, &u[frame], nullptr);
    if (cv >= 0) s[frame] = model.cv(cv, x);
  }
}

/* x_new, log_ratio and u_new [n]; what lies outside has no energy, and costs none */
void BgenExplore::propose(size_t n)
{
  x_new.resize(n * model.dim);
  for (auto *each : {&u_new, &log_ratio}) each->resize(n);
  bgen_check(lmp, root ? bgen_near_component(model.generator, k, step, BGEN_STREAM_EXPLORE,
                                             fix.counts->explored, n, x_old.data(), x_new.data(),
                                             log_ratio.data())
                       : BGEN_OK);
  MPI_Bcast(log_ratio.data(), n, MPI_DOUBLE, 0, world);
  for (size_t i = 0; i < n; i++)
    if (!std::isfinite(log_ratio[i])) x_new[i * model.dim] = NAN;
  fix.reduced_energies(model.training_temperature(), n, x_new.data(), u_new.data(), nullptr);
}

/* a frame stays in its basin */
bool BgenExplore::accept(size_t i, size_t frame)
{
  const double *x = &x_new[i * model.dim];
  bgen_rng rng = bgen_rng_at(fix.counts->seed, BGEN_STREAM_EXPLORE_ACCEPT, fix.counts->explored);
  const double s_new = cv < 0 ? 0.0 : model.cv(cv, x);
  double ratio = u[frame] - u_new[i] + log_ratio[i];
  if (!bias.empty()) {
    ratio += bias_at(s[frame]) - bias_at(s_new);
    bias_at(s[frame]) += VISIT;
  }
  if (!bgen_metropolis_accept(u_new[i], ratio, bgen_rng_uniform(&rng)) || model.basin_of(x) != k)
    return false;
  if (root) std::copy_n(x, model.dim, model.frames(BgenModel::TRAIN, k).x + frame * model.dim);
  u[frame] = u_new[i];
  s[frame] = s_new;
  return true;
}

std::string BgenExplore::report()
{
  std::string text = bgen_text("%9s %ld near moves of frames, %.2f %% accepted", "", n_moved,
                               n_moved ? 100.0 * n_accepted / n_moved : 0.0);
  double least = INFINITY, most = -INFINITY, sum = 0.0;
  size_t n_known = 0;
  for (size_t i = 0; i < u.size(); i++) {
    if (!std::isfinite(u[i])) continue;
    least = std::min(least, s[i]), most = std::max(most, s[i]);
    sum += u[i];
    n_known++;
  }
  text += bgen_text("; their mean energy is %.2f kT", sum / n_known);
  if (cv >= 0)
    text += bgen_text(", %s from %.4g to %.4g", fix.settings->cvs[cv].name.c_str(), least, most);
  n_moved = n_accepted = 0;
  return text + "\n";
}
