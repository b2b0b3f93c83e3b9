/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_free_energy.h"

#include "bgen_model.h"
#include "bgen_points.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "error.h"
#include "estimate/acceptance.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr double LEAST_WEIGHT = 1e-30; // of a flow in the mixture
static constexpr char KEYWORDS[] = "samples, mixture, file, profile, bins";

BgenFreeEnergy::BgenFreeEnergy(LAMMPS *lmp, FixBgen &_fix, BgenWords &words)
    : Pointers(lmp), fix(_fix), temperature(_fix.temperature()), model(*_fix.model),
      n_samples(10000), n_bins(100), to_populations(false),
      with_frames(temperature == model.training_temperature()), basins(model.n_basins)
{
  while (words.more()) {
    const std::string keyword = words.text("a keyword");
    if (keyword == "samples")
      n_samples = words.integer(1, "number of samples");
    else if (keyword == "bins")
      n_bins = words.integer(1, "number of bins");
    else if (keyword == "mixture")
      to_populations = words.choice({"keep", "populations"}, "weights of the flows") == 1;
    else if (keyword == "file")
      path = words.text("a file name");
    else if (keyword == "profile")
      profile_path = words.text("a file name");
    else
      words.fail("unknown keyword '" + keyword + "' of free_energy: use one of " + KEYWORDS);
  }
  if (!profile_path.empty() && fix.settings->cvs.empty())
    words.fail("a profile needs a cv, and fix " + std::string(fix.id) + " has none");
  model.need_flows(words);
  if (with_frames) need_test_frames(words);
}

BgenFreeEnergy::~BgenFreeEnergy() = default;

void BgenFreeEnergy::need_test_frames(BgenWords &words) const
{
  for (int k = 0; k < model.n_basins; k++)
    if (model.n_frames(BgenModel::TEST, k) == 0)
      words.fail("basin " + model.basin_name(k) + " has no test frames: give bgen " + fix.id +
                 " frames test, then rerun dump files that were not trained on");
}

void BgenFreeEnergy::run()
{
  fix.configuration->begin_command();
  fix.check_symmetries();
  for (int k = 0; k < model.n_basins; k++) visit(k);
  fix.configuration->end_command();
  for (int k = 0; k < model.n_basins; k++) estimate(k);
  report();
  if (with_frames) report_balanced();
  if (to_populations) set_mixture();
  write_points(false);
  write_points(true);
  write_profile();
}

void BgenFreeEnergy::visit(int k)
{
  Basin &basin = basins[k];
  basin.samples = std::make_unique<BgenPoints>(lmp, fix);
  basin.frames = std::make_unique<BgenPoints>(lmp, fix);
  basin.samples->add_samples(k, n_samples);
  if (with_frames) basin.frames->add_frames(k);
}

/* Works between the flow and the Boltzmann distribution of the basin, sign +1 at samples, -1 at frames: u + log q.
   Where a sample leaves its domain or its basin, or has no energy, the other state has no density: +inf. */
static std::vector<double> works(const BgenPoints &points, int k, double sign)
{
  std::vector<double> work(points.n());
  for (size_t i = 0; i < points.n(); i++) {
    const double value = sign * (points.u[i] + points.log_q[i]);
    const bool inside = points.in_domain[i] && points.basin[i] == k && std::isfinite(value);
    work[i] = inside ? value : INFINITY;
  }
  return work;
}

static std::vector<double> negative(std::vector<double> values)
{
  for (double &value : values) value = -value;
  return values;
}

/* every rank has the same points and comes to the same numbers */
void BgenFreeEnergy::estimate(int k)
{
  Basin &basin = basins[k];
  const std::vector<double> forward = works(*basin.samples, k, +1);
  basin.log_w = negative(forward);
  basin.ess = bgen_kish_ess(basin.log_w.size(), basin.log_w.data()) / basin.log_w.size();
  const bgen_works independent = {forward.size(), forward.data(), {0, nullptr}};
  bgen_check(lmp, bgen_estimate_fep(&independent, &basin.from_flow));
  basin.best = basin.from_flow;
  basin.from_md.value = basin.from_md.error = basin.acceptance = NAN;
  if (with_frames) estimate_with_frames(basin, forward, works(*basin.frames, k, -1));
}

/* a reverse work is the log weight of a frame */
void BgenFreeEnergy::estimate_with_frames(Basin &basin, const std::vector<double> &forward,
                                          const std::vector<double> &reverse)
{
  const size_t n_frames = reverse.size();
  const bgen_works independent = {forward.size(), forward.data(), {0, nullptr}},
                   in_time = {n_frames, reverse.data(), {1, &n_frames}};
  bgen_check(lmp, bgen_estimate_bar(&independent, &in_time, &basin.best));
  bgen_check(lmp, bgen_estimate_fep(&in_time, &basin.from_md));
  basin.from_md.value *= -1.0;
  bgen_check(lmp, bgen_mean_acceptance(reverse.size(), reverse.data(), basin.log_w.size(),
                                       basin.log_w.data(), &basin.acceptance));
  basin.log_w_md = reverse;
  basin.log_pooled.resize(forward.size() + reverse.size());
  bgen_pooled_log_weights(forward.size(), forward.data(), reverse.size(), reverse.data(),
                          basin.best.value, basin.log_pooled.data());
}

void BgenFreeEnergy::report() const
{
  if (comm->me) return;
  const double kT = fix.configuration->kT(temperature);
  std::string text =
      bgen_text("\nbgen %s free_energy: F = -ln Z in kT, kT = %g, by %s; %zu samples of each "
                "flow\n%-12s %10s %8s %12s %12s %8s %12s %8s\n",
                fix.id, kT, method(), n_samples, "Basin", "F", "Error", "From-flow", "From-frames",
                "ESS-%", "Acceptance-%", "Frames");
  for (int k = 0; k < model.n_basins; k++)
    text += bgen_text("%-12s %10.4f %8.4f %12.4f %12.4f %8.3f %12.3f %8zu\n",
                      model.basin_name(k).c_str(), basins[k].best.value, basins[k].best.error,
                      basins[k].from_flow.value, basins[k].from_md.value, 100.0 * basins[k].ess,
                      100.0 * basins[k].acceptance, basins[k].frames->n());
  for (int k = 1; k < model.n_basins; k++) {
    const double difference = basins[0].best.value - basins[k].best.value;
    const double error = std::hypot(basins[0].best.error, basins[k].best.error);
    text += bgen_text("F(%s) - F(%s) = %.4f +- %.4f kT = %.6g +- %.2g energy units (%s)\n",
                      model.basin_name(0).c_str(), model.basin_name(k).c_str(), difference, error,
                      difference * kT, error * kT, method());
  }
  utils::logmesg(lmp, text);
}

static std::vector<double> shifted(std::vector<double> values, double shift)
{
  for (double &value : values) value += shift;
  return values;
}

/* Under e^-u/Z_k in each basin k, all basins weigh the same; flows that propose equally often then cancel. */
double BgenFreeEnergy::balanced_acceptance(const Basin &from, const Basin &to) const
{
  const std::vector<double> old = shifted(from.log_w_md, from.best.value);
  const std::vector<double> proposed = shifted(to.log_w, to.best.value);
  double mean;
  bgen_check(lmp,
             bgen_mean_acceptance(old.size(), old.data(), proposed.size(), proposed.data(), &mean));
  return mean;
}

/* collective, for bgen_check() is */
void BgenFreeEnergy::report_balanced() const
{
  std::string text;
  for (int i = 0; i < model.n_basins; i++)
    for (int k = i + 1; k < model.n_basins; k++)
      text +=
          bgen_text("acceptance between %s and %s, were they balanced by offsets: %.3f %% there, "
                    "%.3f %% back\n",
                    model.basin_name(i).c_str(), model.basin_name(k).c_str(),
                    100.0 * balanced_acceptance(basins[i], basins[k]),
                    100.0 * balanced_acceptance(basins[k], basins[i]));
  if (comm->me == 0) utils::logmesg(lmp, text);
}

/* each flow as often as its basin is visited, but never never */
void BgenFreeEnergy::set_mixture()
{
  double least = INFINITY;
  for (const Basin &basin : basins) least = std::min(least, basin.best.value);
  std::vector<double> weights;
  for (const Basin &basin : basins)
    weights.push_back(std::max(LEAST_WEIGHT, exp(least - basin.best.value)));
  model.set_weights(weights);
  fix.continued = false; // another model than a restarted chain had
}

/* samples in NAME.flow.dat, frames in NAME.md.dat */
void BgenFreeEnergy::write_points(bool md) const
{
  const BgenFile file(lmp, path.empty() ? path : path + (md ? ".md.dat" : ".flow.dat"), "w");
  if (!file.fp) return;
  fprintf(file.fp, "# %s of fix %s; basins:%s", md ? "test frames" : "samples", fix.id,
          model.numbered_basins().c_str());
  fprintf(file.fp, "\n# basin in_domain %s\n", basins[0].samples->columns().c_str());
  for (int k = 0; k < model.n_basins; k++) {
    const BgenPoints &points = md ? *basins[k].frames : *basins[k].samples;
    for (size_t i = 0; i < points.n(); i++)
      fprintf(file.fp, "%d %d %s\n", points.basin[i] + 1, points.in_domain[i],
              points.row(i).c_str());
  }
}

/* the first cv of samples, then of frames */
std::vector<double> BgenFreeEnergy::pooled_cv(const Basin &basin) const
{
  std::vector<double> s = basin.samples->cv(0);
  const std::vector<double> more = basin.frames->cv(0);
  s.insert(s.end(), more.begin(), more.end());
  return s;
}

/* F along the first cv: the points of each basin, weighted, together as much as its Z */
void BgenFreeEnergy::fill_profile(bgen_profile &profile) const
{
  for (const Basin &basin : basins) {
    const std::vector<double> s = pooled_cv(basin);
    const std::vector<double> &log_w = with_frames ? basin.log_pooled : basin.log_w;
    bgen_profile_add(&profile, s.size(), s.data(), log_w.data(),
                     exp(basins[0].best.value - basin.best.value));
  }
}

/* the range of the points of the basins */
bgen_status BgenFreeEnergy::create_profile(bgen_profile &profile) const
{
  double low = INFINITY, high = -INFINITY;
  for (const Basin &basin : basins) {
    const std::vector<double> s = (with_frames ? basin.frames : basin.samples)->cv(0);
    for (size_t i = 0; i < s.size(); i++)
      if (with_frames || basin.log_w[i] > -INFINITY)
        low = std::min(low, s[i]), high = std::max(high, s[i]);
  }
  const double margin = 1e-9 * (high - low);
  return bgen_profile_create(n_bins, low - margin, high + margin, &profile);
}

void BgenFreeEnergy::write_profile() const
{
  const BgenFile file(lmp, profile_path, "w");
  bgen_profile profile;
  if (!file.fp) return;
  if (create_profile(profile)) {
    error->warning(FLERR, "bgen: " + profile_path + " stays empty: " + bgen_last_error());
    return;
  }
  fill_profile(profile);
  const char *name = fix.settings->cvs[0].name.c_str();
  fprintf(file.fp, "# free energy of fix %s in kT along %s, from %s\n# %s F error\n", fix.id, name,
          with_frames ? "samples and test frames weighted by BAR" : "weighted samples", name);
  for (size_t bin = 0; bin < n_bins; bin++) {
    double s, free_energy, error;
    bgen_profile_at(&profile, bin, &s, &free_energy, &error);
    fprintf(file.fp, "%.10g %.6f %.6f\n", s, free_energy, error);
  }
  bgen_profile_free(&profile);
}
