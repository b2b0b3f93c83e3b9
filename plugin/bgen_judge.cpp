/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_judge.h"

#include "bgen_model.h"
#include "comm.h"
#include "estimate/acceptance.h"
#include "estimate/free_energy.h"
#include "fix_bgen.h"
#include "train/loss.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr size_t MOST_FRAMES = 1024, N_SAMPLES = 512;

BgenJudge::BgenJudge(LAMMPS *lmp, FixBgen &_fix, int _k, double _energy_high)
    : Pointers(lmp), fix(_fix), model(*_fix.model), k(_k), energy_high(_energy_high),
      root(comm->me == 0)
{
  choose_frames();
  const int n = x_frames.size() / model.dim;
  u_frames.resize(n);
  fix.reduced_energies(model.training_temperature(), n, x_frames.data(), u_frames.data(), nullptr);
}

/* evenly from all of them */
void BgenJudge::choose_frames()
{
  const size_t n_frames = model.n_frames(BgenModel::TEST, k), n = std::min(n_frames, MOST_FRAMES);
  x_frames.resize(n * model.dim);
  for (size_t i = 0; root && i < n; i++)
    std::copy_n(model.frames(BgenModel::TEST, k).x + i * n_frames / n * model.dim, model.dim,
                &x_frames[i * model.dim]);
}

/* log w = -u - log q; -inf where a sample is none of this basin. The same latent points each time: less noise from line to
   line. */
std::vector<double> BgenJudge::log_weights_of_samples(BgenVerdict &verdict)
{
  std::vector<bgen_draw> draw(N_SAMPLES);
  x.resize(N_SAMPLES * model.dim);
  u.resize(N_SAMPLES);
  bgen_check(lmp, root ? bgen_generator_sample_component(model.generator, k, BGEN_STREAM_JUDGE, 0,
                                                         N_SAMPLES, x.data(), draw.data())
                       : BGEN_OK);
  fix.reduced_energies(model.training_temperature(), N_SAMPLES, x.data(), u.data(), nullptr);
  std::vector<double> log_w(N_SAMPLES, -INFINITY);
  size_t n_outside = 0, n_rated = 0;
  double sum = 0.0, slope;
  for (size_t i = 0; root && i < N_SAMPLES; i++) {
    const double value = -u[i] - draw[i].log_q;
    if (std::isfinite(value) && model.basin_of(&x[i * model.dim]) == k) log_w[i] = value;
    n_outside += !draw[i].in_domain;
    if (!std::isfinite(value)) continue;
    sum += bgen_cap_energy(u[i], energy_high, &slope) + draw[i].log_q;
    n_rated++;
  }
  verdict.kl = sum / n_rated - log((double) n_rated / N_SAMPLES);
  verdict.outside = (double) n_outside / N_SAMPLES;
  return log_w;
}

std::vector<double> BgenJudge::log_weights_of_frames(BgenVerdict &verdict)
{
  const size_t n = u_frames.size();
  log_q.resize(n);
  bgen_check(lmp, root ? bgen_generator_log_q_component(model.generator, k, n, x_frames.data(),
                                                        log_q.data())
                       : BGEN_OK);
  std::vector<double> log_w(n);
  verdict.ml = n ? 0.0 : NAN;
  for (size_t i = 0; root && i < n; i++) {
    log_w[i] = -u_frames[i] - log_q[i];
    verdict.ml -= log_q[i] / n;
  }
  return log_w;
}

BgenVerdict BgenJudge::judge()
{
  BgenVerdict verdict = {NAN, NAN, NAN, NAN, NAN};
  model.set_temperature(model.training_temperature());
  std::vector<double> samples = log_weights_of_samples(verdict);
  const std::vector<double> frames = log_weights_of_frames(verdict);
  if (!root || frames.empty()) return verdict;
  if (bgen_mean_acceptance(frames.size(), frames.data(), samples.size(), samples.data(),
                           &verdict.acceptance))
    verdict.acceptance = NAN;                   // frames without a density
  for (double &log_w : samples) log_w = -log_w; // forward works
  const size_t n_frames = frames.size();
  const bgen_works forward = {samples.size(), samples.data(), {0, nullptr}},
                   reverse = {n_frames, frames.data(), {1, &n_frames}};
  bgen_estimate bar;
  if (!bgen_estimate_bar(&forward, &reverse, &bar)) verdict.bar_error = bar.error;
  return verdict;
}
