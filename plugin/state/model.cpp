/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/model.h"

#include "base/linalg.h"
#include "input/error.h"
#include "model/latent.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static constexpr int MOST_THREADS = 16;

static int threads_of(const Settings &settings, int n_cores)
{
  if (settings.n_threads > 0) return settings.n_threads;
  return std::max(1, std::min(n_cores, MOST_THREADS));
}

void Model::create_generator(const Settings &settings, const Variables &variables)
{
  std::vector<const char *> names;
  for (const BasinSettings &basin : settings.basins) names.push_back(basin.name.c_str());
  bgen_generator_options options = {};
  options.layout = variables.layout();
  options.coords = settings.coords;
  options.mirrored = settings.free_chirality;
  options.spec = settings.flow.c_str();
  options.species = variables.species().empty() ? nullptr : variables.species().data();
  options.tree = variables.molecules.tree();
  if (!variables.molecules.circles().empty()) options.circle = variables.molecules.circles().data();
  options.n_mirrors = settings.mirrors.size();
  options.mirrors = settings.mirrors.data();
  options.n_components = names.size();
  options.names = names.data();
  options.seed = settings.seed;
  bgen_generator *made = nullptr;
  check(bgen_generator_create(&options, &made), "fix bgen");
  generator_.reset(made);
}

Model::Model(const Settings &settings, const Variables &variables, int n_cores)
    : n_threads_(threads_of(settings, n_cores))
{
  bgen_blas_threads(1); // the batch is split instead
  create_generator(settings, variables);
  bgen_workspace *made = nullptr;
  check(bgen_workspace_create(generator(), n_threads_, &made), "fix bgen");
  workspace_.reset(made);
}

void Model::need_flows(const Line &line) const
{
  for (int k = 0; k < n_basins(); k++)
    if (!fitted(k))
      line.fail("basin " + basin_name(k) + " has no flow yet: train one or load a model first");
}

/* ---- what changes it ---- */

void Model::train_at(double temperature)
{
  trained_at_ = temperature;
  bgen_generator_set_temperature(generator(), temperature);
}

/* a basin that has a reference keeps it */
void Model::fit(int k, bgen_frames &frames)
{
  const double *old = bgen_generator_reference(generator(), k);
  std::vector<double> reference(old, old + dim());
  if (!fitted(k))
    check(bgen_generator_mean_reference(generator(), workspace(), frames.n, frames.x,
                                        reference.data()));
  check(bgen_generator_fit(generator(), workspace(), k, reference.data(), frames.n, frames.x));
}

void Model::fit_prior(int k, const bgen_frames &frames)
{
  check(bgen_generator_fit_prior(generator(), workspace(), k, frames.n, frames.x));
}

void Model::set_weights(const std::vector<double> &weights)
{
  bgen_generator_set_weights(generator(), weights.data());
  changed();
}

void Model::changed()
{
  n_changes_++;
  checksum_ = bgen_generator_checksum(generator());
  trained_at_ = bgen_generator_temperature(generator());
}

static std::vector<bgen_note> notes_of(const std::vector<Note> &notes)
{
  std::vector<bgen_note> all;
  all.reserve(notes.size());
  for (const Note &note : notes) all.push_back({note.key.c_str(), note.value.c_str(), true});
  return all;
}

void Model::save(const std::string &path, const std::vector<Note> &notes,
                 const bgen_note &box) const
{
  std::vector<bgen_note> all = notes_of(notes);
  all.push_back(box);
  check(bgen_model_save(generator(), all.size(), all.data(), path.c_str()));
}

void Model::load(const std::string &path, const std::vector<Note> &notes, bool supercell,
                 bgen_model_says &says)
{
  const std::vector<bgen_note> all = notes_of(notes);
  const auto read = supercell ? bgen_model_load_supercell : bgen_model_load;
  check(read(generator(), all.size(), all.data(), path.c_str(), &says));
  changed();
}

/* ---- what only asks it ---- */

double Model::log_q(double temperature, const double *x)
{
  double log_q = NAN;
  this->log_q(temperature, -1, 1, x, &log_q);
  return log_q;
}

void Model::log_q(double temperature, int k, size_t n, const double *x, double *log_q)
{
  if (k < 0)
    check(bgen_generator_log_q(generator(), workspace(), temperature, n, x, log_q));
  else
    check(bgen_generator_log_q_component(generator(), workspace(), k, temperature, n, x, log_q));
}

void Model::latent(double temperature, int basin, const double *x, double *z)
{
  size_t k = basin;
  double log_det;
  std::fill_n(z, bgen_generator_n_shape(generator()), NAN);
  if (basin < 0 ? !ready() : !fitted(basin)) return;
  if (basin < 0) check(bgen_generator_likeliest(generator(), workspace(), temperature, x, &k));
  check(bgen_generator_latent(generator(), workspace(), k, 1, x, z, &log_det));
  bgen_latent_wrap(generator(), k, 1, z);
}
