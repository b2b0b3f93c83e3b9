/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "fix_bgen.h"

#include "bgen_annealed_move.h"
#include "bgen_counts.h"
#include "bgen_driven_move.h"
#include "bgen_model.h"
#include "bgen_rerun.h"
#include "bgen_settings.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "error.h"
#include "input.h"
#include "lammps_compat.h"
#include "modify.h"
#include "update.h"
#include "variable.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace LAMMPS_NS;
using namespace FixConst;

static constexpr int N_COUNTS = 14;           // values of the vector before the cvs
static constexpr int BASIN = 10, WEIGHT = 13; // those among them that are no counts

/* kT by which a symmetry may change the energy, besides rounding: no acceptance shows it. In two dimensions each run of fix
   langevin with gjf begins with a step that leaves the plane by some 1e-3, which makes atoms differ by 1e-4 kT. */
static constexpr double SAME_ENERGY = 1e-3, SAME_ROUNDING = 1e-6;

static bigint n_fixes_ever = 0;

FixBgen::FixBgen(LAMMPS *lmp, int narg, char **arg)
    : Fix(lmp, narg, arg), takes_frames(true), frames_are_tests(false), continued(false),
      serial(n_fixes_ever++), stepping(false), symmetries_checked(false), target(0.0),
      basin_kept(-1)
{
  settings = std::make_unique<BgenSettings>(lmp, narg, arg);
  configuration = std::make_unique<BgenConfiguration>(lmp, igroup, settings->n_space);
  configuration->set_screen(settings->overlap, settings->bond_max);
  configuration->init();
  resolve_cvs();
  resolve_species();
  model = std::make_unique<BgenModel>(lmp, *settings, *configuration);
  counts = std::make_unique<BgenCounts>(*settings);
  rerun = std::make_unique<BgenRerun>(lmp, *configuration);
  create_paths();
  counts_before_run = std::make_unique<BgenTotals>(*counts);
  for (auto *x : {&x_old, &x_chosen, &grad_old, &grad_new}) x->resize(model->dim);

  moves = settings->nevery > 0;
  nevery = 1; // end_of_step() must see every frame of a rerun, whatever its step
  force_reneighbor = moves;
  next_reneighbor = -1;
  pre_exchange_migrate = 1;
  restart_global = 1;
  scalar_flag = vector_flag = array_flag = 1;
  size_vector = N_COUNTS + (int) settings->cvs.size();
  size_array_rows = model->n_basins;
  size_array_cols = N_FREE_ENERGIES;
  free_energies.resize(model->n_basins);
  for (auto &row : free_energies) row.fill(NAN);
  global_freq = 1;
  extscalar = extvector = extarray = 0;
  if (settings->temperature.compare(0, 2, "v_") != 0)
    temperature(); // a word that is none ends here
}

/* here, where the classes are complete */
FixBgen::~FixBgen() = default;

FixBgen *FixBgen::find(Modify *modify, const char *id)
{
  Fix *fix = fix_named(modify, id);
  return fix && strcmp(fix->style, "bgen") == 0 ? dynamic_cast<FixBgen *>(fix) : nullptr;
}

FixBgen &FixBgen::read(BgenWords &words, Modify *modify)
{
  const std::string id = words.text("the ID of a fix bgen");
  FixBgen *fix = find(modify, id.c_str());
  if (!fix) words.fail("there is no fix bgen with the ID '" + id + "'");
  return *fix;
}

/* atom IDs become places in x, types must be those of the group */
void FixBgen::resolve_cvs()
{
  for (BgenVariable &cv : settings->cvs) {
    for (size_t k = 0; k < cv.tags.size(); k++) {
      const int place = configuration->particle(cv.tags[k]);
      if (place < 0)
        error->all(FLERR, bgen_text("fix bgen: atom %lld of cv %s is not in the group of the fix",
                                    (long long) cv.tags[k], cv.name.c_str()));
      cv.terms[k].particle = place;
    }
    cv.of.n_terms = cv.terms.size();
    cv.of.term = cv.terms.data();
  }
}

/* a number for each type of relabel, then for each swap */
void FixBgen::resolve_species()
{
  const std::vector<int> &relabelled = settings->relabel_types;
  std::vector<int> &species = settings->species;
  if (relabelled.empty() && settings->swaps.empty()) return;
  const int *types = configuration->types();
  int n_species = 0;
  species.assign(configuration->n_particles(), -1);
  for (const int type : relabelled) {
    for (size_t i = 0; i < species.size(); i++)
      if (types[i] == type) species[i] = n_species;
    if (std::find(species.begin(), species.end(), n_species++) == species.end())
      error->all(
          FLERR,
          bgen_text("fix bgen: relabel type %d, but no atom of the group has this type", type));
  }
  for (const std::vector<tagint> &tags : settings->swaps) {
    for (const tagint tag : tags) {
      const int place = configuration->particle(tag);
      if (place < 0 || species[place] >= 0)
        error->all(FLERR, bgen_text("fix bgen: atom %lld of swap %s", (long long) tag,
                                    place < 0 ? "is not in the group of the fix"
                                              : "is identical to others already"));
      species[place] = n_species;
    }
    n_species++;
  }
}

void FixBgen::create_paths()
{
  needs_flow = false;
  for (const BgenMove &move : settings->moves) {
    needs_flow |= move.needs_flow();
    paths.emplace_back();
    if (move.kind == BgenMove::DRIVEN)
      paths.back() = std::make_unique<BgenDrivenMove>(lmp, *this, move);
    if (move.kind == BgenMove::ANNEALED)
      paths.back() = std::make_unique<BgenAnnealedMove>(lmp, *this, move);
  }
}

int FixBgen::setmask()
{
  return INITIAL_INTEGRATE | INITIAL_INTEGRATE_RESPA | END_OF_STEP | (moves ? PRE_EXCHANGE : 0);
}

/* also called for every frame of a rerun */
void FixBgen::init()
{
  configuration->init();
  for (const auto &path : paths)
    if (path) path->init();
  configuration->gather(x_old.data());
  rerun->begin(x_old.data());
  stepping = symmetries_checked = false;
  if (moves) next_reneighbor = (update->ntimestep / settings->nevery + 1) * settings->nevery;
  *counts_before_run = *counts;
}

/* the first sign that this is a run, which may jump, and no rerun, which may not */
void FixBgen::first_step()
{
  stepping = true;
  if (!moves || !needs_flow || model->ready()) return;
  const std::string sentence =
      std::string("fix bgen: ") + id + " is to jump but has no trained flow for every basin: ";
  if (!settings->collect)
    error->all(FLERR, sentence + "train or load one first with the bgen command, or use N = 0");
  if (comm->me == 0) error->warning(FLERR, sentence + "it collects frames and makes no jump yet");
}

void FixBgen::initial_integrate(int)
{
  if (!stepping) first_step();
}

void FixBgen::initial_integrate_respa(int, int, int)
{
  if (!stepping) first_step();
}

/* ---- temperature ---- */

double FixBgen::temperature()
{
  const char *word = settings->temperature.c_str();
  char *end = nullptr;
  double value = strtod(word, &end);
  if (end == word || *end) {
    const int ivar = strncmp(word, "v_", 2) ? -1 : input->variable->find((char *) word + 2);
    Fix *fix = fix_named(modify, word);
    int dim = 0;
    double *of_fix = fix ? (double *) fix->extract("t_target", dim) : nullptr;
    if (ivar >= 0 && input->variable->equalstyle(ivar))
      value = input->variable->compute_equal(ivar);
    else if (of_fix && dim == 0)
      value = *of_fix;
    else
      error->all(FLERR,
                 std::string("fix bgen: temperature '") + word +
                     "' is neither a number nor an equal-style variable v_name nor the ID of a fix "
                     "that sets a temperature");
  }
  if (!(value > 0.0) || std::isinf(value))
    error->all(FLERR,
               bgen_text("fix bgen: temperature %s is %g: it must be positive", word, value));
  return value;
}

void FixBgen::reset_target(double t_new)
{
  settings->temperature = bgen_text("%.17g", t_new);
}

void *FixBgen::extract(const char *name, int &dim)
{
  dim = 0;
  if (strcmp(name, "t_target") == 0) {
    target = temperature();
    return &target;
  }
  if (strcmp(name, "mc_active") == 0) return &moves;
  return nullptr;
}

/* ---- frames ---- */

void FixBgen::end_of_step()
{
  const bigint every = settings->collect;
  if (!stepping) configuration->forget(); // a rerun: no MD leads from what is kept to here
  if (stepping && update->ntimestep + settings->nevery == next_reneighbor) begin_piece();
  if (!stepping || (every > 0 && update->ntimestep % every == 0)) collect_frame();
}

void FixBgen::collect_frame()
{
  if (!takes_frames) return;
  configuration->gather(x_old.data());
  if (!stepping)
    rerun->check(x_old.data());
  else if (!configuration->box.is_sampled())
    configuration->box.hold();
  model->add_frame(frames_are_tests ? BgenModel::TEST : BgenModel::TRAIN, x_old.data(),
                   temperature());
}

/* ---- energies ---- */

void FixBgen::reduced_energies(double temperature, int n, double *x, double *u, double *grad_u)
{
  reduced_energies(*configuration, temperature, n, x, u, grad_u);
}

void FixBgen::reduced_energies(BgenConfiguration &of, double temperature, int n, double *x,
                               double *u, double *grad_u)
{
  const double kT = of.kT(temperature);
  const size_t dim = of.dim();
  MPI_Bcast(x, n * dim, MPI_DOUBLE, 0, world);
  for (int i = 0; i < n; i++) {
    u[i] = of.energy(x + i * dim) / kT;
    const bool refused = of.refused();
    if (refused) u[i] = INFINITY;
    if (!grad_u) continue;
    double *grad = grad_u + i * dim;
    if (refused)
      std::fill(grad, grad + dim, 0.0);
    else
      of.gradient(grad);
    for (size_t c = 0; c < dim; c++) grad[c] /= kT;
  }
}

/* Relabelling is exact only if the energy cannot tell the atoms of a species apart. So exchange them all in turn, once,
   and compare: that also finds charges, bonds, and fixes that know an atom by its ID. Mirrors are tried as well. */
void FixBgen::check_symmetries()
{
  if (symmetries_checked || (settings->species.empty() && settings->mirrors.empty())) return;
  configuration->energy();
  if (configuration->refused()) return; // says nothing about symmetries: the next one may
  symmetries_checked = true;
  configuration->gather(x_old.data());
  for (const auto &image : images(x_old)) {
    if (model->basin_of(image.second.data()) != model->basin_of(x_old.data()))
      error->all(FLERR, "fix bgen: " + image.first +
                            " leads to another basin: leave out the atoms that its cv names");
    check_same_energy(image.second, image.first);
  }
}

std::vector<std::pair<std::string, std::vector<double>>>
FixBgen::images(const std::vector<double> &x) const
{
  std::vector<std::pair<std::string, std::vector<double>>> all;
  if (!settings->species.empty())
    all.emplace_back("exchanging the identical atoms (" + settings->relabel_text() + ")",
                     exchanged(x));
  for (const BgenMirror &mirror : settings->mirrors)
    all.emplace_back(bgen_text("mirror %c", "xyz"[mirror.axis]),
                     model->reflected(x.data(), mirror));
  return all;
}

/* every atom takes the place of the next of its species */
std::vector<double> FixBgen::exchanged(const std::vector<double> &x) const
{
  std::vector<double> image(x);
  const std::vector<int> &species = settings->species;
  const int n = species.size(), n_space = configuration->n_space();
  for (int i = 0; i < n; i++) {
    if (species[i] < 0) continue;
    int next = (i + 1) % n;
    while (species[next] != species[i]) next = (next + 1) % n;
    std::copy_n(&x[next * n_space], n_space, &image[i * n_space]);
  }
  return image;
}

void FixBgen::check_same_energy(const std::vector<double> &x, const std::string &what)
{
  const double kT = configuration->kT(temperature());
  const double u = configuration->energy() / kT, changed = configuration->energy(x.data()) / kT;
  const char *refused = configuration->refused();
  if (refused)
    error->all(FLERR, "fix bgen: " + what + " is no symmetry of this system: " + refused);
  if (!(fabs(u - changed) <= SAME_ENERGY + SAME_ROUNDING * fabs(u)))
    error->all(FLERR,
               "fix bgen: " + what +
                   bgen_text(" changes the energy by %g kT: it is no symmetry of this system",
                             changed - u));
}

/* of this run of LAMMPS */
bigint FixBgen::own_energy_calls() const
{
  bigint n = configuration->n_energy_calls();
  for (const auto &path : paths)
    if (path) n += path->n_energy_calls();
  return n;
}

bigint FixBgen::n_energy_calls() const
{
  return counts->energy_calls + own_energy_calls();
}

void FixBgen::post_run()
{
  stepping = false;
  if (rerun->n_frames() > 0) {
    rerun->end();
    model->begin_walker();
  }
  if (comm->me || counts->all_attempts() == counts_before_run->all_attempts()) return;
  utils::logmesg(lmp,
                 std::string("\nfix bgen ") + id + ":\n" + counts->summary(*counts_before_run));
}

/* ---- output ---- */

double FixBgen::compute_scalar()
{
  return counts->acceptance();
}

double FixBgen::compute_vector(int i)
{
  const BgenTally all = counts->sum(), within = counts->sum(0), between = counts->sum(1);
  const bigint values[] = {all.attempts,
                           all.accepted,
                           within.attempts,
                           within.accepted,
                           between.attempts,
                           between.accepted,
                           all.outside,
                           all.screened,
                           all.not_finite,
                           n_energy_calls(),
                           0,
                           model->n_frames(BgenModel::TRAIN),
                           model->n_frames(BgenModel::TEST),
                           0};
  static_assert(sizeof values / sizeof *values == N_COUNTS, "the vector is what N_COUNTS says");
  if (i != BASIN && i != WEIGHT && i < N_COUNTS) return (double) values[i];
  configuration->gather(x_old.data());
  if (i >= N_COUNTS) return model->cv(i - N_COUNTS, x_old.data());
  const int basin = model->basin_of(x_old.data());
  return i == BASIN ? basin + 1 : exp(-counts->offset_of(basin));
}

double FixBgen::compute_array(int i, int j)
{
  return free_energies[i][j];
}

double FixBgen::memory_usage()
{
  double n = configuration->memory_usage() + model->memory_usage() + counts->memory_usage();
  for (const auto &path : paths)
    if (path) n += path->memory_usage();
  return n;
}
