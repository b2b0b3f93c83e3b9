/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/training.h"

#include "estimate/lost_modes.h"
#include "input/text.h"
#include "report/table.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static const Table &table()
{
  static const Table TABLE({{"", 0, "", "basin", "d"},
                            {"Step", 8, "d", "step", "d"},
                            {"", 0, "", "loss", ".6f"},
                            {"ML", 9, ".3f", "ml", ".6f"},
                            {"ML-test", 9, ".3f", "ml_test", ".6f"},
                            {"KL", 9, ".3f", "kl", ".6f"},
                            {"", 0, "", "rc", ".6f"},
                            {"ESS-%", 6, ".2f", "ess", ".4f"},
                            {"Outside%", 8, ".2f", "outside", ".3f"},
                            {"Accept-%", 8, ".3f", "acceptance", ".5f"},
                            {"BAR-err", 7, ".3f", "bar_error", ".5f"},
                            {"Lost-%", 6, ".2f", "lost", ".3f"},
                            {"", 0, "", "capped", "d"},
                            {"", 0, "", "not_finite", "d"},
                            {"", 0, "", "lr", ".4g"},
                            {"", 0, "", "grad_norm", ".4g"},
                            {"Energies", 9, "d", "energy_calls", "d"},
                            {"Steps/s", 7, ".1f"},
                            {"", 0, "", "seconds", ".2f"},
                            {"Time-left", 9, "s"}});
  return TABLE;
}

static std::string hours(double seconds)
{
  const long all = lround(seconds);
  return text("%ld:%02ld:%02ld", all / 3600, all / 60 % 60, all % 60);
}

static std::vector<Cell> cells(const TrainingLine &l)
{
  const double rate = l.step / l.seconds;
  return {l.basin + 1,
          l.step,
          l.loss,
          l.ml,
          l.verdict.ml,
          l.kl,
          l.rc,
          100.0 * l.ess,
          100.0 * l.verdict.outside,
          100.0 * l.verdict.acceptance,
          l.verdict.bar_error,
          100.0 * l.verdict.lost,
          l.last.n_capped,
          l.last.n_not_finite,
          l.last.lr,
          l.last.grad_norm,
          l.energy_calls,
          rate,
          l.seconds,
          hours((l.n_steps - l.step) / rate)};
}

static const char *plural(size_t n)
{
  return n == 1 ? "" : "s";
}

/* what it costs */
static std::string judging_line(const TrainingHead &h)
{
  const size_t n = std::min(h.n_test_frames, h.size.n_frames);
  const std::string frames = n ? text("%zu test frame%s once and by ", n, plural(n)) : "";
  return "the flow is judged by " + frames +
         text("%zu samples %zu times, before the stage and in each line: %zu energies in all\n",
              h.size.n_samples, h.n_lines + 1, n + (1 + h.n_lines) * h.size.n_samples);
}

/* ---- before it ---- */

static std::string held_out(const bgen_gaussian_report &report)
{
  std::string all = text("  mean ln q of %zu held-out frames:", report.n_held_out), comma;
  for (int kind = 0; kind < BGEN_N_GAUSSIANS; kind++) {
    if (std::isnan(report.log_q[kind])) continue;
    const char *name = bgen_gaussian_name(static_cast<bgen_gaussian_kind>(kind));
    all += comma + text(" %s %.3f", name, report.log_q[kind]);
    comma = ",";
  }
  return all + "\n";
}

std::string bgen::whitening_lines(const std::string &fix_id, const std::string &basin,
                                  const bgen_gaussian_report &report, long long n_energies)
{
  std::string all = text("\nbgen %s train: basin %s, whiten %s", fix_id.c_str(), basin.c_str(),
                         bgen_gaussian_name(report.taken));
  if (!std::isnan(report.share))
    all += text(", %.3g %% of it %s", 100.0 * report.share,
                report.taken == BGEN_GAUSSIAN_HESSIAN ? "the inverse Hessian"
                                                      : "independent particles");
  all += text("\n  the reference has %zu translation%s and %zu point operation%s\n",
              report.n_translations, plural(report.n_translations), report.n_points,
              plural(report.n_points));
  if (n_energies) all += text("  %lld energies for the Hessian\n", n_energies);
  return report.n_held_out ? all + held_out(report) : all;
}

static std::string held_words(const TrainingFrames &f)
{
  if (!f.n_held)
    return "hold finds no frames that the flow has not been trained on, or too few: none held out";
  const std::string line = text("%zu more are test frames from now on: ", f.n_held);
  return line + (f.n_held_walkers
                     ? text("%zu whole walker%s", f.n_held_walkers, plural(f.n_held_walkers))
                     : "the last of each walker, since walkers are too few to hold out whole ones");
}

std::string bgen::frames_line(const TrainingFrames &f)
{
  std::string line;
  if (f.more && f.n_before)
    line = text("%zu new training frames after %zu", f.n_new, f.n_before);
  else if (f.more)
    line = text("%zu training frames; the flow was loaded, or trained without frames", f.n_new);
  if (f.holds) line += (f.more ? "; " : "") + held_words(f);
  if (line.empty()) return line;
  return text("bgen %s train: basin %s, ", f.fix_id.c_str(), f.basin.c_str()) + line + "\n";
}

std::string bgen::training_head(const TrainingHead &h)
{
  return text("\nbgen %s train: basin %s, %zu frames, %zu test frames, %zu parameters, "
              "%d thread%s\n",
              h.fix_id.c_str(), h.basin.c_str(), h.n_frames, h.n_test_frames, h.n_params,
              h.n_threads, plural(static_cast<size_t>(h.n_threads))) +
         judging_line(h) + table().header();
}

std::string bgen::training_line(const TrainingLine &line)
{
  return table().row(cells(line));
}

std::string bgen::training_now(const std::string &basin, long long step, long long n_steps,
                               double seconds)
{
  return text("basin %s: step %lld of %lld (%lld %%), %.1f steps/s, ", basin.c_str(), step, n_steps,
              100 * step / n_steps, step / seconds) +
         hours((n_steps - step) * seconds / step) + " left";
}

/* ---- the verdict ---- */

static std::string change(const bgen_estimate &of, double sign)
{
  return text("%.3f +- %.3f kT", sign * of.value, of.error);
}

/* kT; lines differ by some kT without any trend, if they are of a few frames of many coordinates */
static constexpr double MOST_RISE = 10.0;

static std::string why_not(const TrainingVerdict &v)
{
  if (v.judged == TrainingVerdict::NO_FRAMES && v.training_rise > MOST_RISE)
    return text("unstable; the loss over training frames rose by %.3g kT from step %lld on: use a "
                "lower lr, or a second lr to which it falls",
                v.training_rise, v.least_training_step);
  switch (v.judged) {
  case TrainingVerdict::NO_FRAMES:
    return "not judged; overfitting and lost modes cannot be seen without test frames: add some";
  case TrainingVerdict::SPREAD:
    return "not judged; rc takes the samples away from the Boltzmann distribution";
  case TrainingVerdict::OTHER_TEMPERATURE:
    return "not judged; the stage does not learn the temperature of its frames";
  default:
    return "not judged; the losses that would be compared are not finite";
  }
}

/* what would make a change less noisy, as long as more are used */
static std::string more_of(const TrainingVerdict &v)
{
  if (v.n_test_frames == 0) return ": use more steps, which are judged by more samples";
  const size_t most = bgen_validation_size_for(static_cast<size_t>(-1), 1).n_frames;
  return v.n_test_frames < most ? ": add test frames" : "";
}

static std::string words(const TrainingVerdict &v)
{
  const bgen_estimate &rise = v.course.since_best, &lately = v.course.lately;
  switch (v.outcome) {
  case BGEN_OUTCOME_CONVERGED:
    return "converged; the loss changed by " + change(lately, 1.0) +
           text(" from step %lld on", v.compared_step);
  case BGEN_OUTCOME_IMPROVING:
    return "still improving; the loss fell by " + change(lately, -1.0) +
           text(" from step %lld on: train for more steps", v.compared_step);
  case BGEN_OUTCOME_OVERFITTED:
    return "overfitting; the test loss rose by " + change(rise, 1.0) +
           text(" from step %lld on, the training loss did not: add training frames, or train for "
                "fewer steps",
                v.best_step);
  case BGEN_OUTCOME_UNSTABLE:
    return "unstable; the loss rose by " + change(rise, 1.0) +
           text(" from step %lld on: use a lower lr, or a second lr to which it falls",
                v.best_step);
  case BGEN_OUTCOME_UNCERTAIN:
    return "uncertain; the loss changed by " + change(lately, 1.0) +
           text(" from step %lld on, which is too noisy to tell", v.compared_step) + more_of(v);
  case BGEN_OUTCOME_DIVERGED:
    return text("diverged; the parameters or the loss are not finite at step %lld: use a lower lr",
                v.last_step);
  default:
    return why_not(v);
  }
}

static std::string kept(const TrainingVerdict &v)
{
  return v.kept_step ? text("kept step %lld", v.kept_step)
                     : "kept the parameters from before this stage";
}

std::string bgen::training_verdict(const TrainingVerdict &v)
{
  std::string lines = "verdict on basin " + v.basin + ": " + words(v) + "; " + kept(v) + "\n";
  if (v.judged != TrainingVerdict::NO_FRAMES && v.n_test_frames == 0)
    lines += "basin " + v.basin + " has no test frames: a lost mode would not be seen\n";
  if (bgen_is_lost_mode(v.lost, v.n_test_frames))
    lines += text("lost mode in basin %s: %.3g %% of the test frames lie where the flow has lost "
                  "density, too low by a factor of 1000 or more: add training frames there, or "
                  "give ml more weight\n",
                  v.basin.c_str(), 100.0 * v.lost);
  return lines;
}

/* ---- the file ---- */

std::string bgen::training_file_head(const std::string &fix_id, const std::string &numbered_basins)
{
  return "# training of fix " + fix_id + "; basins:" + numbered_basins + "\n" +
         table().file_header();
}

std::string bgen::training_file_line(const TrainingLine &line)
{
  return table().file_row(cells(line));
}

std::string bgen::explored_line(const bgen_explore_report &f, const std::string &cv)
{
  std::string line =
      text("%9s %zu near moves of frames, %.2f %% accepted; mean energy %.2f kT", "", f.n_moved,
           f.n_moved ? 100.0 * f.n_accepted / f.n_moved : 0.0, f.mean_energy);
  if (!cv.empty()) line += text(", %s from %.4g to %.4g", cv.c_str(), f.least, f.most);
  return line + "\n";
}
