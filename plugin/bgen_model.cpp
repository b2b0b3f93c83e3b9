/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_model.h"

#include "base/linalg.h"
#include "bgen_words.h"
#include "configuration.h"
#include "error.h"
#include "model/model_file.h"
#include "sample/proposal.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <sched.h>

using namespace LAMMPS_NS;

static constexpr int DRAW_AHEAD = BGEN_CHUNK; // proposals in one pass of the flow
static constexpr int MOST_THREADS = 16;

void LAMMPS_NS::bgen_check(LAMMPS *lmp, bgen_status status)
{
  int code = status;
  MPI_Bcast(&code, 1, MPI_INT, 0, lmp->world);
  if (code == BGEN_OK) return;
  char sentence[1024] = {0};
  strncpy(sentence, bgen_last_error(), sizeof sentence - 1);
  MPI_Bcast(sentence, sizeof sentence, MPI_CHAR, 0, lmp->world);
  lmp->error->all(FLERR, std::string("bgen: ") + sentence);
}

/* OMP_NUM_THREADS, or this rank's share of the cores it may run on */
static int default_threads(MPI_Comm world)
{
  MPI_Comm node;
  int n_ranks;
  MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  MPI_Comm_size(node, &n_ranks);
  MPI_Comm_free(&node);
  const char *text = getenv("OMP_NUM_THREADS");
  const long wish = text ? strtol(text, nullptr, 10) : 0;
  if (wish > 0) return static_cast<int>(std::min<long>(wish, MOST_THREADS));
  cpu_set_t cores;
  const int n_cores = sched_getaffinity(0, sizeof cores, &cores) ? 1 : CPU_COUNT(&cores);
  return std::max(1, std::min(n_cores / n_ranks, MOST_THREADS));
}

BgenModel::BgenModel(LAMMPS *lmp, const BgenSettings &_settings,
                     const BgenConfiguration &configuration)
    : Pointers(lmp), generator(nullptr), layout{(size_t) configuration.n_particles(),
                                                (size_t) configuration.n_space()},
      dim(configuration.dim()), n_basins(_settings.basins.size()),
      n_threads(_settings.n_threads ? _settings.n_threads : default_threads(world)),
      settings(_settings), complete(false), trained_at(0.0), asked_at(0.0), is_fitted(n_basins, 0),
      sum(0), training_set(dim, n_basins, 0.0), no_set(dim, n_basins, 0.0), walker(0), n_dropped(0),
      visit_counts(BGEN_VISITS_BLOCKS * n_basins), all_visits{(size_t) n_basins,
                                                              visit_counts.data(), 1, 0},
      first_drawn(0), n_drawn(0), drawn_x(DRAW_AHEAD * dim), drawn(DRAW_AHEAD), x_from(dim)
{
  int me;
  MPI_Comm_rank(world, &me);
  bgen_check(lmp, me == 0 ? create() : BGEN_OK);
}

BgenModel::~BgenModel()
{
  bgen_generator_destroy(generator);
}

bgen_status BgenModel::create()
{
  std::vector<const char *> names;
  for (const BgenBasin &basin : settings.basins) names.push_back(basin.name.c_str());

  bgen_blas_threads(1); // the batch is split instead
  bgen_generator_options options = {};
  options.layout = layout;
  options.spec = settings.flow.c_str();
  options.species = settings.species.empty() ? nullptr : settings.species.data();
  std::vector<bgen_mirror> mirrors;
  for (const BgenMirror &mirror : settings.mirrors)
    mirrors.push_back({(size_t) mirror.axis, mirror.plane});
  options.n_mirrors = mirrors.size();
  options.mirrors = mirrors.data();
  options.n_components = names.size();
  options.names = names.data();
  options.seed = settings.seed;
  options.n_threads = n_threads;
  return bgen_generator_create(&options, &generator);
}

/* ---- basins ---- */

double BgenModel::cv(int k, const double *x) const
{
  return bgen_cv_value(&settings.cvs[k].of, &layout, x);
}

void BgenModel::cv_gradient(int k, const double *x, double *grad) const
{
  std::fill(grad, grad + dim, 0.0);
  bgen_cv_gradient(&settings.cvs[k].of, &layout, x, 1.0, grad);
}

int BgenModel::cv_named(const std::string &name) const
{
  for (size_t k = 0; k < settings.cvs.size(); k++)
    if (settings.cvs[k].name == name) return (int) k;
  return -1;
}

int BgenModel::read_cv(BgenWords &words) const
{
  const std::string name = words.text("the name of a cv");
  const int k = cv_named(name);
  if (k < 0) words.fail("there is no cv '" + name + "'");
  return k;
}

int BgenModel::basin_of(const double *x) const
{
  std::vector<char> inside(n_basins, 1);
  for (size_t k = 0; k < settings.cvs.size(); k++) {
    const double s = cv(k, x);
    for (int b = 0; b < n_basins; b++)
      if (!bgen_cv_range_holds(&settings.basins[b].ranges[k], s)) inside[b] = 0;
  }
  const auto first = std::find(inside.begin(), inside.end(), 1);
  return first == inside.end() ? -1 : first - inside.begin();
}

int BgenModel::read_basin(BgenWords &words) const
{
  const std::string name = words.text("the name of a basin");
  int k = 0;
  while (k < n_basins && basin_name(k) != name) k++;
  if (k == n_basins) words.fail("there is no basin '" + name + "'");
  return k;
}

std::string BgenModel::numbered_basins() const
{
  std::string text;
  for (int k = 0; k < n_basins; k++) text += bgen_text(" %d ", k + 1) + basin_name(k);
  return text;
}

void BgenModel::need_flows(const BgenWords &words) const
{
  for (int k = 0; k < n_basins; k++)
    if (!fitted(k)) words.fail("basin " + basin_name(k) + " has no flow yet: train or load first");
}

/* ---- learning ---- */

/* a basin that has a reference keeps it */
bgen_status BgenModel::fit(int k)
{
  bgen_frames &buffer = training_set.basins[k];
  const double *old = generator->component[k].reference;
  std::vector<double> reference(old, old + dim);
  if (!is_fitted[k]) {
    const bgen_status status =
        bgen_generator_mean_reference(generator, buffer.n, buffer.x, reference.data());
    if (status) return status;
  }
  unfold(k);
  training_set.n_folded[k] = buffer.n; // the fit folds them
  return bgen_generator_fit(generator, k, reference.data(), buffer.n, buffer.x);
}

bgen_status BgenModel::fit_prior(int k)
{
  const bgen_frames &buffer = training_set.basins[k];
  return bgen_flow_fit_prior(generator->component[k].flow, buffer.n, buffer.x);
}

void BgenModel::set_temperature(double temperature)
{
  if (temperature == asked_at) return;
  asked_at = temperature;
  forget_proposals();
  if (generator) bgen_generator_set_temperature(generator, temperature);
}

void BgenModel::prepare(int k, Refit refit)
{
  if (generator) generator->temperature = trained_at;
  const bool fits = refit == ALL || !is_fitted[k];
  if (fits) bgen_check(lmp, generator ? fit(k) : BGEN_OK);
  if (generator) {
    fold(training_set, k);
    for (const auto &set : test_sets) fold(*set, k);
  }
  if (refit == PRIOR) bgen_check(lmp, generator ? fit_prior(k) : BGEN_OK);
  if (fits || refit == PRIOR) changed();
}

/* ---- parameters ---- */

static uint64_t add_to_sum(uint64_t sum, const void *bytes, size_t n) // FNV-1a
{
  for (size_t i = 0; i < n; i++)
    sum = (sum ^ static_cast<const unsigned char *>(bytes)[i]) * 0x100000001b3u;
  return sum;
}

static uint64_t sum_of(const bgen_generator *generator)
{
  uint64_t sum = 0xcbf29ce484222325u;
  for (size_t k = 0; k < generator->n_components; k++) {
    const bgen_component &one = generator->component[k];
    const bgen_bijection *map = one.flow->map;
    sum = add_to_sum(sum, one.flow->theta, map->n_params * sizeof *one.flow->theta);
    sum =
        add_to_sum(sum, one.flow->fitted, bgen_flow_n_fitted(one.flow) * sizeof *one.flow->fitted);
    sum = add_to_sum(sum, one.reference, generator->dim * sizeof *one.reference);
    sum = add_to_sum(sum, &one.weight, sizeof one.weight);
  }
  sum = add_to_sum(sum, &generator->temperature, sizeof generator->temperature);
  return sum;
}

void BgenModel::set_weights(const std::vector<double> &weights)
{
  double sum = 0.0;
  for (const double weight : weights) sum += weight;
  for (int k = 0; generator && k < n_basins; k++) generator->component[k].weight = weights[k] / sum;
  changed();
}

void BgenModel::changed()
{
  forget_proposals();
  for (int k = 0; generator && k < n_basins; k++) is_fitted[k] = generator->component[k].fitted;
  MPI_Bcast(is_fitted.data(), n_basins, MPI_CHAR, 0, world);
  complete = std::find(is_fitted.begin(), is_fitted.end(), 0) == is_fitted.end();
  sum = generator && complete ? sum_of(generator) : 0;
  MPI_Bcast(&sum, 1, MPI_UINT64_T, 0, world);
  if (generator) trained_at = generator->temperature;
  MPI_Bcast(&trained_at, 1, MPI_DOUBLE, 0, world);
  asked_at = 0.0; // components may be new: whoever asks next sets theirs
}

/* What a model file says besides its parameters; what must match makes another system's file unusable. */
struct Notes {
  std::vector<std::string> values;
  std::vector<bgen_note> notes;

  Notes(const BgenSettings &settings, const BgenConfiguration &configuration)
  {
    values = {configuration.unit_style(),
              bgen_text("%d", configuration.n_particles()),
              bgen_text("%016llx", (unsigned long long) configuration.hash()),
              bgen_text("cartesian %.*s", configuration.n_space(), "xyz"),
              settings.relabel_text(),
              settings.mirrors_text(),
              settings.cvs_text(),
              settings.basins_text()};
    const char *keys[] = {"units", "atoms", "atom_ids_and_types", "coords", "relabel", "mirrors",
                          "cvs",   "basins"};
    for (size_t i = 0; i < values.size(); i++) notes.push_back({keys[i], values[i].c_str(), true});
  }
};

void BgenModel::save(const char *path, const BgenConfiguration &configuration)
{
  const Notes all(settings, configuration);
  bgen_check(lmp, generator ? bgen_model_save(generator, all.notes.size(), all.notes.data(), path)
                            : BGEN_OK);
}

void BgenModel::load(const char *path, const BgenConfiguration &configuration)
{
  const Notes all(settings, configuration);
  bgen_check(lmp, generator ? bgen_model_load(generator, all.notes.size(), all.notes.data(), path)
                            : BGEN_OK);
  for (int k = 0; k < n_basins; k++) unfold(k);
  changed();
}

/* ---- jumps ---- */

void BgenModel::draw_proposals(bigint first)
{
  const bgen_stream stream = BGEN_STREAM_PROPOSAL;
  bgen_check(lmp, generator ? bgen_generator_sample(generator, stream, first, DRAW_AHEAD,
                                                    drawn_x.data(), drawn.data())
                            : BGEN_OK);
  for (int i = 0; generator && i < DRAW_AHEAD; i++)
    bgen_generator_reflect(generator, BGEN_STREAM_MIRROR, first + i, &drawn_x[i * dim]);
  MPI_Bcast(drawn_x.data(), drawn_x.size(), MPI_DOUBLE, 0, world);
  MPI_Bcast(drawn.data(), DRAW_AHEAD * sizeof(bgen_draw), MPI_BYTE, 0, world);
  first_drawn = first;
  n_drawn = DRAW_AHEAD;
}

BgenModel::Proposal BgenModel::fresh(bigint number)
{
  if (number < first_drawn || number >= first_drawn + n_drawn) draw_proposals(number);
  const bigint i = number - first_drawn;
  return {drawn_x.data() + i * dim, drawn[i].in_domain, true, drawn[i].log_q, 0.0, -1};
}

BgenModel::Proposal BgenModel::from(const double *x_old, const BgenMove &move, bigint number)
{
  double *x = x_from.data(), log_ratio = NAN;
  size_t to = 0;
  bgen_status status = BGEN_OK;
  if (generator && move.kind == BgenMove::NEAR)
    status = bgen_near(generator, move.step, number, x_old, x, &log_ratio);
  if (generator && move.kind == BgenMove::TRANSFER)
    status = bgen_transfer(generator, number, x_old, x, &log_ratio, &to);
  bgen_check(lmp, status);
  if (generator) bgen_generator_reflect(generator, BGEN_STREAM_MIRROR, number, x);
  MPI_Bcast(x, dim, MPI_DOUBLE, 0, world);
  MPI_Bcast(&log_ratio, 1, MPI_DOUBLE, 0, world);
  int aim = move.kind == BgenMove::TRANSFER ? (int) to : -1;
  MPI_Bcast(&aim, 1, MPI_INT, 0, world);
  return {x, std::isfinite(log_ratio), false, 0.0, log_ratio, aim};
}

double BgenModel::log_q(const double *x)
{
  double log_q;
  bgen_check(lmp, generator ? bgen_generator_log_q(generator, 1, x, &log_q) : BGEN_OK);
  MPI_Bcast(&log_q, 1, MPI_DOUBLE, 0, world);
  return log_q;
}

double BgenModel::memory_usage() const
{
  double n = drawn_x.size();
  for (const bgen_frames &buffer : training_set.basins) n += (double) buffer.capacity * dim;
  for (const auto &set : test_sets)
    for (const bgen_frames &buffer : set->basins) n += (double) buffer.capacity * dim;
  for (int k = 0; generator && k < n_basins; k++)
    n += generator->component[k].flow->map->n_params / 2.;
  return n * sizeof(double);
}
