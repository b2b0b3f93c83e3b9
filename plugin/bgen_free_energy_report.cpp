/* SPDX-License-Identifier: GPL-2.0-or-later */
/* what "bgen fix-ID free_energy" says on the screen and to the fix */

#include "bgen_free_energy.h"

#include "bgen_model.h"
#include "bgen_observables.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "estimate/acceptance.h"
#include "estimate/bootstrap.h"
#include "estimate/diagnosis.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace LAMMPS_NS;

static constexpr double LEAST_WEIGHT = 1e-30; // of a flow in the mixture
static constexpr uint64_t BOOTSTRAP_SEED = 1;

/* the sentences of a verdict, each with the name of what it is of */
std::string LAMMPS_NS::bgen_diagnosis_lines(const std::string &name, const bgen_evidence &evidence)
{
  char sentences[BGEN_DIAGNOSIS_LENGTH];
  std::string text;
  bgen_diagnosis(&evidence, sentences);
  for (const char *line = sentences; *line; line += strcspn(line, "\n") + 1)
    text += "  " + name + ": " + std::string(line, strcspn(line, "\n") + 1);
  return text;
}

static std::vector<double> negative(std::vector<double> values, double shift = 0.0)
{
  for (double &value : values) value = shift - value;
  return values;
}

/* ---- one basin at one temperature ---- */

/* every rank comes to the same numbers; what is not known is NaN */
BgenFreeEnergy::Sides BgenFreeEnergy::sides(BgenEnsemble &of, size_t t, int k)
{
  Sides s;
  s.samples = of.works_of_samples(t, k);
  s.frames = of.works_of_frames(t, k);
  const bgen_works forward = s.samples.view(), reverse = s.frames.view();
  s.from_flow = of.from_samples(s.samples);
  s.from_frames = of.from_frames(s.frames, s.samples);
  s.bootstrap = {NAN, NAN};
  s.frames_worth = s.acceptance = NAN;
  const std::vector<double> log_w = negative(s.samples.work), log_w_md = s.frames.work;
  s.samples_worth = bgen_kish_ess(log_w.size(), log_w.data());
  if (log_w_md.empty()) return s;
  const std::vector<double> back = negative(log_w_md);
  s.frames_worth = bgen_kish_ess(back.size(), back.data());
  if (bgen_mean_acceptance(log_w_md.size(), log_w_md.data(), log_w.size(), log_w.data(),
                           &s.acceptance))
    s.acceptance = NAN;
  if (n_bootstrap &&
      bgen_bootstrap_bar(&forward, &reverse, n_bootstrap, BOOTSTRAP_SEED, &s.bootstrap))
    s.bootstrap = {NAN, NAN};
  return s;
}

std::string BgenFreeEnergy::verdict(BgenEnsemble &of, size_t t, int k, const Sides &s)
{
  bgen_evidence all = bgen_evidence_unknown();
  const bgen_spread spread = of.spread_of_frames(t, k);
  all.estimate = of.free_energy(t, k);
  all.independent_error = of.independent_error(t, k);
  all.half = of.half(t, k);
  all.forward.n = s.samples.work.size();
  all.forward.n_not_finite = of.n_failed(t, k);
  all.forward.effective = s.samples_worth;
  all.forward.one_sided = s.from_flow;
  all.reverse.n = s.frames.work.size();
  all.reverse.effective = s.frames_worth;
  all.reverse.one_sided = s.from_frames;
  all.reverse.inefficiency = spread.inefficiency;
  all.reverse.n_walkers = s.frames.ends.size();
  all.reverse.walkers_differ = spread.runs_differ;
  all.reverse.between = spread.between / (spread.independent * spread.inefficiency);
  return bgen_diagnosis_lines(of.model.basin_name(k), all);
}

std::string BgenFreeEnergy::basin_row(BgenEnsemble &of, size_t t, int k, const Sides &s)
{
  const bgen_estimate best = of.free_energy(t, k);
  const size_t n_frames = s.frames.work.size();
  std::string text =
      bgen_text("%-12s %10.4f %8.2g %12.4f %12.4f %8.3f %12.3f %8.3f %8zu %7zu %7.1f",
                of.model.basin_name(k).c_str(), best.value, best.error, s.from_flow.value,
                s.from_frames.value, 100.0 * s.samples_worth / n_samples, 100.0 * s.acceptance,
                100.0 * s.frames_worth / n_frames, n_frames, s.frames.ends.size(),
                of.spread_of_frames(t, k).inefficiency);
  if (n_bootstrap) text += bgen_text(" %9.2g", s.bootstrap.error);
  return text + "\n";
}

std::string BgenFreeEnergy::basin_table(BgenEnsemble &of, size_t t)
{
  std::string text = bgen_text(
      "\nbgen %s free_energy: F = -ln Z in kT, T = %g, kT = %g, by %s; %zu samples of "
      "each flow\n%-12s %10s %8s %12s %12s %8s %12s %8s %8s %7s %7s%s\n",
      of.fix.id, of.temperatures[t], of.fix.configuration->kT(of.temperatures[t]), of.method(t),
      n_samples, "Basin", "F", "Error", "From-flow", "From-frames", "ESS-%", "Acceptance-%",
      "Frames-%", "Frames", "Walkers", "g", n_bootstrap ? " Bootstrap" : "");
  std::string verdicts;
  for (int k = 0; k < of.model.n_basins; k++) {
    const Sides s = sides(of, t, k);
    text += basin_row(of, t, k, s);
    verdicts += verdict(of, t, k, s);
  }
  return text + verdicts;
}

/* ---- all ---- */

std::string BgenFreeEnergy::result_line(const BgenResult &one) const
{
  const double kT = fix.configuration->kT(one.temperature);
  std::string text = one.what;
  if (one.is_energy)
    text += bgen_text(" = %.4f +- %.2g kT = %.6g +- %.2g energy units", one.of.value, one.of.error,
                      kT * one.of.value, kT * one.of.error);
  else
    text += bgen_text(" = %.6g +- %.2g", one.of.value, one.of.error);
  return text + bgen_text(" (T = %g, %s)\n", one.temperature, one.method.c_str());
}

/* of each basin, and of the differences between the first and the others */
std::string BgenFreeEnergy::thermodynamics() const
{
  if (thermodynamic.empty()) return "";
  std::string text = bgen_text("%-24s %10s %12s %10s %12s %10s %12s %10s\n", "Energy units", "T",
                               "F", "Error", "U", "Error", "TS", "Error");
  for (const Thermodynamic &one : thermodynamic) {
    const double kT = fix.configuration->kT(one.temperature);
    text += bgen_text("%-24s %10.6g", one.of.c_str(), one.temperature);
    for (const bgen_estimate &e : one.energies)
      text += bgen_text(" %12.6g %10.2g", kT * e.value, kT * e.error);
    text += "\n";
  }
  return text;
}

/* those of basins stand in the tables above */
std::string BgenFreeEnergy::result_lines() const
{
  std::string text;
  for (const BgenResult &one : results)
    if (one.is_line) text += result_line(one);
  return text;
}

std::string BgenFreeEnergy::changed_line()
{
  if (!ensemble->has_changed()) return "";
  const std::vector<double> log_weight = ensemble->log_weights(0, BgenEnsemble::CHANGED);
  std::string text =
      bgen_text("of the changed force field all points are worth %.3g %%\n",
                100.0 * bgen_kish_ess(log_weight.size(), log_weight.data()) / log_weight.size());
  if (ensemble->n_failed_changed())
    text += bgen_text("energies of %zu points are no numbers there, and count as infinite\n",
                      ensemble->n_failed_changed());
  return text;
}

/* collective, for bgen_check() is */
void BgenFreeEnergy::report()
{
  std::string text;
  for (size_t t = 0; t < temperatures.size(); t++) text += basin_table(*ensemble, t);
  if (other_ensemble) text += basin_table(*other_ensemble, 0);
  text += thermodynamics() + result_lines() + changed_line() + balanced_lines();
  if (comm->me == 0) utils::logmesg(lmp, text);
}

/* f_ID[k][...] of the fix, for thermo output and variables */
void BgenFreeEnergy::publish()
{
  const bgen_estimate first = ensemble->free_energy(0, 0);
  for (int k = 0; k < model.n_basins; k++) {
    const bgen_estimate f = ensemble->free_energy(0, k),
                        change = bgen_estimate_difference(&first, &f);
    fix.free_energies[k] = {f.value, f.error, change.value, k ? change.error : 0.0};
  }
}

/* Under e^-u/Z_k in each basin k, all basins weigh the same; flows that propose equally often then cancel. */
double BgenFreeEnergy::balanced_acceptance(int from, int to)
{
  const double f_from = ensemble->free_energy(0, from).value,
               f_to = ensemble->free_energy(0, to).value;
  std::vector<double> old = ensemble->works_of_frames(0, from).work;
  for (double &log_w : old) log_w += f_from;
  const std::vector<double> proposed = negative(ensemble->works_of_samples(0, to).work, f_to);
  double mean = NAN;
  bgen_check(lmp,
             bgen_mean_acceptance(old.size(), old.data(), proposed.size(), proposed.data(), &mean));
  return mean;
}

std::string BgenFreeEnergy::balanced_lines()
{
  std::string text;
  if (!ensemble->has_frames(0)) return text;
  for (int i = 0; i < model.n_basins; i++)
    for (int k = i + 1; k < model.n_basins; k++)
      text +=
          bgen_text("acceptance between %s and %s, were they balanced by offsets: %.3f %% there, "
                    "%.3f %% back\n",
                    model.basin_name(i).c_str(), model.basin_name(k).c_str(),
                    100.0 * balanced_acceptance(i, k), 100.0 * balanced_acceptance(k, i));
  return text;
}

/* each flow as often as its basin is visited, but never never */
void BgenFreeEnergy::set_mixture()
{
  double least = INFINITY;
  for (int k = 0; k < model.n_basins; k++)
    least = std::min(least, ensemble->free_energy(0, k).value);
  std::vector<double> weights(model.n_basins);
  for (int k = 0; k < model.n_basins; k++)
    weights[k] = std::max(LEAST_WEIGHT, exp(least - ensemble->free_energy(0, k).value));
  model.set_weights(weights);
  fix.continued = false; // another model than a restarted chain had
}
