/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_train.h"

#include "bgen_counts.h"
#include "bgen_explore.h"
#include "bgen_judge.h"
#include "bgen_points.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "error.h"
#include "estimate/free_energy.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr bgen_train_options DEFAULTS = BGEN_TRAIN_DEFAULTS;
static constexpr int LINES = 20; // of the table, unless the user says
static constexpr char KEYWORDS[] =
    "iter, batch, lr, weights, rc, temperatures, ehigh, clip, explore, "
    "basin, every, refit, keep, stop, file, "
    "append";

/* ---- the input line ---- */

BgenTrain::BgenTrain(LAMMPS *lmp, FixBgen &_fix, BgenWords &words)
    : Pointers(lmp), fix(_fix), model(*_fix.model), root(comm->me == 0), options(DEFAULTS),
      only(-1), every(0), refit(BgenModel::KEEP), append(false), keep_best(true), patience(0),
      explore_step(0.0), spread_cv(-1), trainer(nullptr)
{
  while (words.more()) read_keyword(words, words.text("a keyword"));
  finish_options(words);
}

BgenTrain::~BgenTrain()
{
  bgen_trainer_destroy(trainer);
}

void BgenTrain::read_keyword(BgenWords &words, const std::string &keyword)
{
  if (keyword == "iter")
    options.n_steps = words.integer(1, "number of steps");
  else if (keyword == "batch")
    read_batches(words);
  else if (keyword == "lr")
    read_rates(words);
  else if (keyword == "weights")
    read_weights(words);
  else if (keyword == "rc")
    read_spread(words);
  else if (keyword == "temperatures")
    do temperatures.push_back(words.number_above(0.0, "temperature"));
    while (words.number_follows());
  else if (keyword == "ehigh")
    options.energy_high = words.number_above(0.0, "energy cap in kT");
  else if (keyword == "clip")
    options.clip = words.number_from(0.0, "greatest norm of a gradient");
  else if (keyword == "explore")
    explore_step = words.number_above(0.0, "step in latent space");
  else if (keyword == "basin")
    only = model.read_basin(words);
  else if (keyword == "every")
    every = words.integer(1, "number of steps between lines of the table");
  else if (keyword == "refit")
    refit = (BgenModel::Refit) words.choice({"no", "yes", "prior"}, "choice of what to fit anew");
  else if (keyword == "keep")
    keep_best = words.choice({"last", "best"}, "choice of parameters") == 1;
  else if (keyword == "stop")
    patience = words.integer(0, "number of lines of the table");
  else if (keyword == "file" || keyword == "append") {
    append = keyword == "append";
    path = words.text("a file name");
  } else
    words.fail("unknown keyword '" + keyword + "' of train: use one of " + KEYWORDS);
}

/* one number for frames and samples, or one for each */
void BgenTrain::read_batches(BgenWords &words)
{
  options.batch_data = options.batch_flow = words.integer(1, "batch size");
  if (words.number_follows()) options.batch_flow = words.integer(1, "batch size");
}

/* a constant rate, or where it begins and where it ends */
void BgenTrain::read_rates(BgenWords &words)
{
  options.lr = options.lr_end = words.number_above(0.0, "learning rate");
  if (words.number_follows()) options.lr_end = words.number_from(0.0, "last learning rate");
}

/* of learning by example, by energy, and along a cv */
void BgenTrain::read_weights(BgenWords &words)
{
  options.weight_ml = words.number_from(0.0, "weight of learning by example");
  options.weight_kl = words.number_from(0.0, "weight of learning by energy");
  if (words.number_follows()) options.weight_rc = words.number_from(0.0, "weight along a cv");
}

void BgenTrain::read_spread(BgenWords &words)
{
  spread_cv = model.read_cv(words);
  options.rc_low = words.number("the lower end of a range");
  options.rc_high = words.number("the upper end of a range");
  if (!(options.rc_low < options.rc_high) || std::isinf(options.rc_high - options.rc_low))
    words.fail(bgen_text("rc needs a finite range, not %g to %g", options.rc_low, options.rc_high));
}

void BgenTrain::finish_options(BgenWords &words)
{
  if (options.weight_ml == 0.0 && !by_energy()) words.fail("weights 0 0 leave nothing to train by");
  if (options.weight_rc > 0.0 && spread_cv < 0)
    words.fail("a third weight needs rc, the cv along which samples are to be spread");
  if (options.weight_rc == 0.0 && spread_cv >= 0) words.fail("rc needs a third weight to count");
  if (options.weight_kl == 0.0 && !temperatures.empty())
    words.fail("temperatures are learned by energy: give it a weight");
  if (temperatures.size() > BGEN_MOST_TAU)
    words.fail(bgen_text("there are %zu temperatures: %d are the most", temperatures.size(),
                         (int) BGEN_MOST_TAU));
  if (every == 0) every = std::max<bigint>(1, options.n_steps / LINES);
  options.seed = fix.counts->seed;
  options.n_threads = model.n_threads;
  for (int k = 0; k < model.n_basins; k++) {
    if ((only >= 0 && only != k) || model.n_frames(BgenModel::TRAIN, k)) continue;
    if (options.weight_ml > 0.0 || explore_step > 0.0 || refit || !model.fitted(k))
      words.fail(
          "basin " + model.basin_name(k) +
          " has no frames to train by: rerun a dump file of it, or run with the keyword collect");
  }
}

/* ---- the stage ---- */

void BgenTrain::run()
{
  open_file();
  fix.continued = false; // from here on the chain has another model
  fix.configuration->begin_command();
  fix.check_symmetries();
  for (int k = 0; k < model.n_basins; k++)
    if (only < 0 || only == k) train(k);
  fix.configuration->end_command();
  model.changed();
}

void BgenTrain::open_file()
{
  table = std::make_unique<BgenFile>(lmp, path, append ? "a" : "w");
  FILE *file = table->fp;
  if (!file) return;
  fprintf(file, "# training of fix %s; basins:%s", fix.id, model.numbered_basins().c_str());
  fprintf(
      file,
      "\n# basin step loss ml ml_test kl rc ess outside acceptance bar_error capped not_finite lr "
      "grad_norm energy_calls seconds\n");
}

void BgenTrain::train(int k)
{
  const bigint n_steps = options.n_steps;
  model.prepare(k, refit);
  set_temperatures();
  start(k);
  bigint step = 0;
  while (step < n_steps) {
    step++;
    if (explorer) explorer->move(options.batch_data);
    if (by_energy()) propose();
    if (trainer && !status) learn(k);
    if (step % every && step != n_steps) continue;
    bgen_check(lmp, status);
    if (!line(k, step)) break;
  }
  if (trainer && keep_best && learns_training_temperature()) bgen_trainer_take_best(trainer);
  bgen_trainer_destroy(trainer);
  trainer = nullptr;
  if (n_skipped)
    error->warning(FLERR,
                   bgen_text("bgen: %lld of %lld steps were left out, their gradients were not "
                             "finite; a lower ehigh or lr may help",
                             (long long) n_skipped, (long long) step));
}

/* relative to that of training; energies are given to the trainer at the latter */
void BgenTrain::set_temperatures()
{
  std::vector<double> all = temperatures;
  if (all.empty()) all.push_back(fix.temperature());
  options.n_tau = all.size();
  for (size_t i = 0; i < all.size(); i++) options.tau[i] = all[i] / model.training_temperature();
}

/* only there can it be judged: frames are of that temperature */
bool BgenTrain::learns_training_temperature() const
{
  const double *end = options.tau + options.n_tau;
  return !by_energy() || std::find(options.tau, end, 1.0) != end;
}

void BgenTrain::propose()
{
  const size_t n = options.batch_flow, dim = model.dim;
  if (trainer) bgen_trainer_propose(trainer, x_flow.data());
  fix.reduced_energies(model.training_temperature(), n, x_flow.data(), u.data(), grad_u.data());
  fix.counts->train_samples += n;
  for (size_t i = 0; options.weight_rc > 0.0 && i < n; i++) {
    s[i] = model.cv(spread_cv, &x_flow[i * dim]);
    model.cv_gradient(spread_cv, &x_flow[i * dim], &grad_s[i * dim]);
  }
}

void BgenTrain::start(int k)
{
  if (by_energy()) {
    for (auto *each : {&x_flow, &grad_u, &grad_s}) each->resize(options.batch_flow * model.dim);
    for (auto *each : {&u, &s}) each->resize(options.batch_flow);
  }
  options.first_sample = fix.counts->train_samples;
  status = BGEN_OK;
  n_skipped = n_ml = n_kl = n_worse = 0;
  judged = false;
  sum_ml = sum_kl = sum_rc = 0.0;
  bgen_check(lmp, root ? create_trainer(k) : BGEN_OK);
  judge = std::make_unique<BgenJudge>(lmp, fix, k, options.energy_high);
  if (explore_step > 0.0) explorer = std::make_unique<BgenExplore>(lmp, fix, k, explore_step);
  if (explorer && spread_cv >= 0) explorer->spread(spread_cv, options.rc_low, options.rc_high);
  x_data.resize(options.batch_data * model.dim);
  started = MPI_Wtime();
  if (root) print_header(k);
}

bgen_status BgenTrain::create_trainer(int k)
{
  return bgen_trainer_create(model.generator->component[k].flow, &options, &trainer);
}

/* on rank 0 */
void BgenTrain::learn(int k)
{
  const bigint at = fix.counts->train_steps++;
  if (options.weight_ml > 0.0)
    bgen_frames_batch(&model.frames(BgenModel::TRAIN, k), options.seed, at, options.batch_data,
                      x_data.data());
  const bgen_train_batch batch = {x_data.data(), u.data(), grad_u.data(), s.data(), grad_s.data()};
  status = bgen_trainer_step(trainer, &batch, &report);
  if (status == BGEN_NOT_FINITE) {
    n_skipped++;
    status = BGEN_OK;
  }
  if (std::isfinite(report.ml)) sum_ml += report.ml, n_ml++;
  if (std::isfinite(report.kl)) sum_kl += report.kl, sum_rc += report.rc, n_kl++;
}

/* ---- the table ---- */

void BgenTrain::print_header(int k)
{
  const bgen_bijection *map = model.generator->component[k].flow->map;
  utils::logmesg(
      lmp, bgen_text("\nbgen %s train: basin %s, %lld frames, %lld test frames, %zu parameters, %d "
                     "threads\n%8s %9s %9s %9s %6s %8s %8s %7s %9s %7s %9s\n",
                     fix.id, model.basin_name(k).c_str(),
                     (long long) model.n_frames(BgenModel::TRAIN, k),
                     (long long) model.n_frames(BgenModel::TEST, k), map->n_params, model.n_threads,
                     "Step", "ML", "ML-test", "KL", "ESS-%", "Outside%", "Accept-%", "BAR-err",
                     "Energies", "Steps/s", "Time-left"));
}

/* One line: false if the stage is to end, the same on all ranks. What counts as best are held-out frames, and samples from
   the same latent points in each line: those of the batches differ by more than the parameters make. */
bool BgenTrain::line(int k, bigint step)
{
  const BgenVerdict verdict = judge->judge();
  if (root) {
    const double loss = mix_losses(verdict.ml, verdict.kl, sum_rc / n_kl);
    const bool best = bgen_trainer_keep_if_best(trainer, loss);
    judged = judged || best;
    n_worse = best || !judged ? 0 : n_worse + 1;
    tabulate(k, step, verdict);
    if (explorer) utils::logmesg(lmp, explorer->report());
  }
  MPI_Bcast(&n_worse, 1, MPI_LMP_BIGINT, 0, world);
  return patience == 0 || n_worse < patience;
}

/* what has no weight may be NaN */
double BgenTrain::mix_losses(double ml, double kl, double rc) const
{
  return (options.weight_ml > 0.0 ? options.weight_ml * ml : 0.0) +
         (options.weight_kl > 0.0 ? options.weight_kl * kl : 0.0) +
         (options.weight_rc > 0.0 ? options.weight_rc * rc : 0.0);
}

static std::string cell(int width, int decimals, double value)
{
  return std::isnan(value) ? bgen_text(" %*s", width, "-")
                           : bgen_text(" %*.*f", width, decimals, value);
}

/* of the last batch, of its samples at the first of the temperatures, in percent */
double BgenTrain::effective_samples() const
{
  if (!by_energy()) return NAN;
  const double *all = bgen_trainer_log_weights(trainer);
  std::vector<double> log_w;
  for (size_t i = 0; i < options.batch_flow; i += options.n_tau) log_w.push_back(all[i]);
  return 100.0 * bgen_kish_ess(log_w.size(), log_w.data()) / log_w.size();
}

/* on rank 0; losses are means since the last line */
void BgenTrain::tabulate(int k, bigint step, const BgenVerdict &verdict)
{
  const double ml = n_ml ? sum_ml / n_ml : NAN;
  const double kl = n_kl ? sum_kl / n_kl : NAN, rc = n_kl ? sum_rc / n_kl : NAN;
  const double ess = effective_samples();
  const double seconds = MPI_Wtime() - started, rate = step / seconds;
  const double outside = 100.0 * verdict.outside, acceptance = 100.0 * verdict.acceptance;
  const long left = lround((options.n_steps - step) / rate);
  const bigint calls = fix.n_energy_calls();
  utils::logmesg(lmp, bgen_text("%8lld", (long long) step) + cell(9, 3, ml) +
                          cell(9, 3, verdict.ml) + cell(9, 3, kl) + cell(6, 2, ess) +
                          cell(8, 2, outside) + cell(8, 3, acceptance) +
                          cell(7, 3, verdict.bar_error) +
                          bgen_text(" %9lld %7.1f %3ld:%02ld:%02ld\n", (long long) calls, rate,
                                    left / 3600, left / 60 % 60, left % 60));
  if (FILE *file = table->fp) {
    fprintf(file,
            "%d %lld %.6f %.6f %.6f %.6f %.6f %.4f %.3f %.5f %.5f %zu %zu %.4g %.4g %lld %.2f\n",
            k + 1, (long long) step, mix_losses(ml, kl, rc), ml, verdict.ml, kl, rc, ess, outside,
            acceptance, verdict.bar_error, report.n_capped, report.n_not_finite, report.lr,
            report.grad_norm, (long long) calls, seconds);
    fflush(file);
  }
  sum_ml = sum_kl = sum_rc = 0.0;
  n_ml = n_kl = 0;
}
