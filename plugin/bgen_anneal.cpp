/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_anneal.h"

#include "bgen_counts.h"
#include "bgen_dump.h"
#include "bgen_model.h"
#include "bgen_points.h"
#include "bgen_settings.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "fix_bgen.h"
#include "sample/annealed.h"
#include "update.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr double LEAST_ESS = 0.5; // of a population, below which it is resampled
static constexpr char KEYWORDS[] =
    "from, to, basin, stages, steps, dt, damp, power, repeats, resample, start, file, dump";

BgenAnneal::BgenAnneal(LAMMPS *lmp, FixBgen &_fix, BgenWords &words)
    : Pointers(lmp), fix(_fix), model(*_fix.model), root(comm->me == 0),
      n(words.integer(1, "number of walkers")), from(-1), only(-1), to(0.0), n_stages(20),
      n_repeats(8), power(0.0), resampling(true), start(NONE),
      at_start(model.n_basins, bgen_estimate{0.0, 0.0}), walkers(nullptr), n_calls(0)
{
  langevin.n_steps = 10;
  read(words);
  check(words);
  lambda.resize(n_stages + 1);
  bgen_annealed_schedule(n_stages, power > 0.0 ? power : 1.0, lambda.data());
  for (int k = 0; k < model.n_basins; k++) {
    if (only >= 0 && only != k) continue;
    basins.push_back({});
    basins.back().k = k;
    basins.back().stages.resize(n_stages + 1);
    basins.back().stages[0].families = basins.back().stages[0].acceptance = NAN; // no move there
  }
  if (start == FRAMES && (fix.counts->has_offsets() || fix.settings->tunes_offsets))
    words.fail("start frames takes basins as often as they are visited, but offsets have changed "
               "that: use start given");
  find_start();
  find_reverse();
}

BgenAnneal::~BgenAnneal()
{
  bgen_population_destroy(walkers);
}

/* ---- the input line ---- */

void BgenAnneal::read(BgenWords &words)
{
  while (words.more())
    if (!langevin.read(words)) read_keyword(words.text("a keyword"), words);
}

void BgenAnneal::read_keyword(const std::string &keyword, BgenWords &words)
{
  if (keyword == "from")
    from = words.choice({"flow", "frames"}, "start of annealing");
  else if (keyword == "to")
    to = words.number_above(0.0, "temperature to anneal to");
  else if (keyword == "basin")
    only = model.read_basin(words);
  else if (keyword == "stages")
    n_stages = words.integer(1, "number of stages");
  else if (keyword == "power")
    power = words.number_above(0.0, "power of a schedule");
  else if (keyword == "repeats")
    n_repeats = words.integer(2, "number of repeats");
  else if (keyword == "resample")
    resampling = words.choice({"no", "yes"}, "choice of resampling") == 1;
  else if (keyword == "start")
    read_start(words);
  else if (keyword == "file")
    path = words.text("a file name");
  else if (keyword == "dump")
    dump_path = words.text("a file name");
  else
    words.fail("unknown keyword '" + keyword + "' of anneal: use one of " + KEYWORDS);
}

void BgenAnneal::read_start(BgenWords &words)
{
  start = (Start) words.choice({"none", "frames", "given"}, "start of differences");
  for (int k = 1; start == GIVEN && k < model.n_basins; k++) {
    const double value = words.number_finite("a free energy difference at the start");
    at_start[k] = {-value, words.number_from(0.0, "error of a free energy difference")};
  }
}

void BgenAnneal::check(BgenWords &words)
{
  if (from < 0) words.fail("anneal must know where it begins: from flow, or from frames");
  from_flow = from == 0;
  if (from_flow && (to > 0.0 || start != NONE))
    words.fail("to and start are of anneal from frames; from flow it ends at the temperature of "
               "the fix, and free energies are absolute");
  if (!from_flow && power > 0.0)
    words.fail("power is of anneal from flow; from frames temperatures are a geometric series");
  if (start != NONE && (only >= 0 || model.n_basins < 2))
    words.fail("start is of differences between basins: leave it out for one basin");
  if (from_flow)
    model.need_flows(words);
  else
    check_frames(words);
  reference = from_flow ? fix.temperature() : model.training_temperature();
  if (to == 0.0) to = fix.temperature();
  if (!from_flow && to == reference)
    words.fail(bgen_text("the frames are of temperature %g already: give another one by to, or "
                         "by the fix",
                         to));
}

/* each repeat begins with frames of its own */
void BgenAnneal::check_frames(BgenWords &words) const
{
  for (int k = 0; k < model.n_basins; k++) {
    const bigint n_frames = model.n_frames(BgenModel::TRAIN, k);
    if ((only < 0 || only == k) && n_frames < (bigint) n_repeats)
      words.fail(bgen_text("basin %s has %lld frames to train by, of which %zu repeats cannot "
                           "each take their own",
                           model.basin_name(k).c_str(), (long long) n_frames, n_repeats));
  }
}

/* where frames are of one run that has visited all basins */
void BgenAnneal::find_start()
{
  for (int k = 1; start == FRAMES && k < model.n_basins; k++)
    bgen_check(lmp, bgen_visits_difference(&model.visits(), 0, k, &at_start[k]));
}

/* works back to the flow want frames that it has not learned from */
void BgenAnneal::find_reverse()
{
  with_reverse = from_flow && !resampling && reference == model.training_temperature();
  for (const Basin &basin : basins)
    if (model.n_frames(BgenModel::TEST, basin.k) == 0) with_reverse = false;
}

/* ---- stages ---- */

double BgenAnneal::temperature(size_t t) const
{
  if (from_flow) return reference;
  return reference * std::pow(to / reference, (double) t / n_stages);
}

bgen_stage BgenAnneal::stage(size_t t) const
{
  if (from_flow) return {1.0 - lambda[t], lambda[t]};
  return {0.0, reference / temperature(t)};
}

void BgenAnneal::run()
{
  const BgenFile file(lmp, path, "w");
  model.set_temperature(reference);
  n_calls = -fix.n_energy_calls();
  bgen_check(lmp, root ? bgen_population_create(from_flow ? model.generator : nullptr, model.dim, n,
                                                &walkers)
                       : BGEN_OK);
  fix.configuration->begin_command();
  fix.check_symmetries();
  for (Basin &basin : basins) {
    for (size_t repeat = 0; repeat < n_repeats; repeat++) anneal(basin, repeat);
    keep(basin.k);
    if (with_reverse) go_back(basin);
  }
  fix.configuration->end_command();
  n_calls += fix.n_energy_calls();
  for (Basin &basin : basins) estimate(basin);
  if (root) report(file.fp);
  if (!dump_path.empty()) bgen_write_dump(lmp, dump_path, fix, dumped, "u log_w", columns);
}

void BgenAnneal::anneal(Basin &basin, size_t repeat)
{
  draw(basin.k, repeat);
  begin(basin.k, 0);
  record(basin.stages[0]);
  for (size_t t = 1; t <= n_stages; t++) {
    if (root) bgen_population_enter(walkers, stage(t));
    record(basin.stages[t]);
    if (resampling) resample();
    record_move(basin.stages[t], move(basin.k, t));
  }
  if (!root || resampling) return;
  for (size_t i = 0; i < n; i++) basin.forward.push_back(-walkers->weights->log_w[i]);
}

/* x and within of all walkers at the first stage */
void BgenAnneal::draw(int k, size_t repeat)
{
  x.resize(n * model.dim);
  within.assign(n, 1);
  if (from_flow)
    draw_flow(k);
  else if (root)
    draw_frames(k, repeat);
  fix.counts->annealed += n;
}

void BgenAnneal::draw_flow(int k)
{
  std::vector<bgen_draw> draws(n);
  bgen_check(lmp,
             root ? bgen_generator_sample_component(model.generator, k, BGEN_STREAM_SAMPLE,
                                                    fix.counts->samples, n, x.data(), draws.data())
                  : BGEN_OK);
  fix.counts->samples += n;
  if (!root) return;
  find_within(k, x.data());
  for (size_t i = 0; i < n; i++)
    if (!draws[i].in_domain) within[i] = 0;
}

/* from a run of frames that no other repeat takes: then their correlation shows in the spread of repeats */
void BgenAnneal::draw_frames(int k, size_t repeat)
{
  const bgen_frames &frames = model.frames(BgenModel::TRAIN, k);
  const size_t first = repeat * frames.n / n_repeats;
  const size_t n_own = (repeat + 1) * frames.n / n_repeats - first;
  for (size_t i = 0; i < n; i++) {
    bgen_rng rng = bgen_rng_at(fix.counts->seed, BGEN_STREAM_ANNEAL, fix.counts->annealed + i);
    const size_t frame = first + bgen_rng_below(&rng, n_own);
    std::copy_n(frames.x + frame * model.dim, model.dim, &x[i * model.dim]);
  }
}

void BgenAnneal::find_within(int k, const double *points)
{
  for (size_t i = 0; i < within.size(); i++)
    within[i] = model.basin_of(points + i * model.dim) == k;
}

/* the walkers x, at stage t */
void BgenAnneal::begin(int k, size_t t)
{
  const size_t n_now = x.size() / model.dim;
  u.resize(n_now);
  grad.resize(x.size());
  fix.reduced_energies(reference, n_now, x.data(), u.data(), grad.data());
  bgen_check(lmp, root ? bgen_population_begin(walkers, k, stage(t), n_now, x.data(), u.data(),
                                               grad.data(), within.data())
                       : BGEN_OK);
}

/* one move of all walkers; how many were accepted, on rank 0 */
size_t BgenAnneal::move(int k, size_t t)
{
  const size_t n_now = x.size() / model.dim;
  variance.resize(model.dim);
  fix.configuration->velocity_variance(temperature(t), variance.data());
  const bgen_dynamics how = langevin.dynamics(update->dt, variance.data());
  if (root)
    bgen_population_set_out(walkers, &how, fix.counts->seed, BGEN_STREAM_ANNEAL,
                            fix.counts->annealed);
  fix.counts->annealed += n_now;
  for (int step = 0; step < langevin.n_steps; step++) {
    if (root) bgen_population_next(walkers);
    if (root) std::copy_n(walkers->path->x, x.size(), x.data());
    fix.reduced_energies(reference, n_now, x.data(), u.data(), grad.data());
    bgen_check(lmp, root ? bgen_population_arrive(walkers, u.data(), grad.data()) : BGEN_OK);
  }
  if (!root) return 0;
  find_within(k, walkers->path->x);
  return bgen_population_settle(walkers, within.data());
}

static double ess_of(const bgen_weights &weights)
{
  return bgen_kish_ess(weights.n, weights.log_w) / weights.n;
}

void BgenAnneal::resample()
{
  bgen_rng rng = bgen_rng_at(fix.counts->seed, BGEN_STREAM_ANNEAL, fix.counts->annealed++);
  if (root && ess_of(*walkers->weights) < LEAST_ESS)
    bgen_population_resample(walkers, bgen_rng_uniform(&rng));
}

void BgenAnneal::record(Stage &of) const
{
  if (!root) return;
  of.values.push_back(-bgen_weights_log_z(walkers->weights));
  of.ess += ess_of(*walkers->weights) / n_repeats;
}

void BgenAnneal::record_move(Stage &of, size_t n_accepted) const
{
  if (!root) return;
  const bgen_weights &weights = *walkers->weights;
  const auto alive = std::count_if(weights.log_w, weights.log_w + n,
                                   [](double log_w) { return std::isfinite(log_w); });
  of.families += (double) bgen_weights_families(&weights) / n_repeats;
  of.acceptance += (double) n_accepted / alive / n_repeats;
}

/* from all test frames, in the order of time */
void BgenAnneal::go_back(Basin &basin)
{
  const size_t n_frames = model.n_frames(BgenModel::TEST, basin.k);
  for (size_t first = 0; first < n_frames; first += n)
    go_back(basin, first, std::min(n, n_frames - first));
}

void BgenAnneal::go_back(Basin &basin, size_t first, size_t n_now)
{
  x.resize(n_now * model.dim);
  within.assign(n_now, 1);
  if (root)
    std::copy_n(model.frames(BgenModel::TEST, basin.k).x + first * model.dim, x.size(), x.data());
  begin(basin.k, n_stages);
  for (size_t t = n_stages; t-- > 0;) {
    if (root) bgen_population_enter(walkers, stage(t));
    if (t > 0) move(basin.k, t);
  }
  if (!root) return;
  for (size_t i = 0; i < n_now; i++) basin.reverse.push_back(-walkers->weights->log_w[i]);
}

/* the walkers with a weight as they are, for the dump */
void BgenAnneal::keep(int k)
{
  if (!root || dump_path.empty()) return;
  const bgen_weights &weights = *walkers->weights;
  for (size_t i = 0; i < n; i++) {
    if (!std::isfinite(weights.log_w[i])) continue;
    const double *x_i = walkers->x + i * model.dim;
    dumped.insert(dumped.end(), x_i, x_i + model.dim);
    columns.push_back(walkers->at.u[i] * stage(n_stages).energy);
    columns.push_back(weights.log_w[i] + weights.log_mean - at_start[k].value);
  }
}
