/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "compute_bgen.h"

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_words.h"
#include "configuration.h"
#include "fix_bgen.h"
#include "modify.h"
#include "update.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr int N_VALUES = 4;

ComputeBgen::ComputeBgen(LAMMPS *lmp, int narg, char **arg)
    : Compute(lmp, narg, arg), fix(nullptr), latent(false)
{
  BgenWords words(lmp, "compute bgen", narg - 3, arg + 3);
  fix = &FixBgen::read(words, modify);
  fix_id = fix->id;
  while (words.more()) {
    words.choice({"latent"}, "keyword");
    latent = words.choice({"no", "yes"}, "choice for latent") == 1;
  }
  scalar_flag = vector_flag = 1;
  size_vector = N_VALUES + (latent ? static_cast<int>(fix->model->dim) : 0);
  extscalar = extvector = 0;
  timeflag = peflag = 1; // so that LAMMPS tallies the energy at the steps in question
  vector = new double[size_vector];
}

ComputeBgen::~ComputeBgen()
{
  delete[] vector;
}

/* it may be gone, or defined anew, at any time */
void ComputeBgen::find_fix()
{
  fix = FixBgen::find(modify, fix_id.c_str());
  if (!fix) BgenWords(lmp, "compute bgen", 0, nullptr).fail("fix " + fix_id + " is no more");
  x.resize(fix->model->dim);
  if (latent && size_vector != N_VALUES + static_cast<int>(x.size()))
    BgenWords(lmp, "compute bgen", 0, nullptr)
        .fail("fix " + fix_id + " has another number of coordinates now: define the compute anew");
}

void ComputeBgen::init()
{
  find_fix();
}

double ComputeBgen::weight()
{
  find_fix();
  fix->configuration->gather(x.data());
  return exp(-fix->counts->offset_of(fix->model->basin_of(x.data())));
}

double ComputeBgen::compute_scalar()
{
  invoked_scalar = update->ntimestep;
  return scalar = weight();
}

/* without a flow there is no q */
void ComputeBgen::compute_vector()
{
  invoked_vector = update->ntimestep;
  Compute *pe = modify->compute[modify->find_compute("thermo_pe")];
  vector[3] = weight();
  const double temperature = fix->temperature();
  vector[0] = pe->compute_scalar() / fix->configuration->kT(temperature);
  fix->model->set_temperature(temperature);
  vector[1] = fix->model->ready() ? fix->model->log_q(x.data()) : NAN;
  vector[2] = -vector[0] - vector[1];
  if (latent) find_latent(vector + N_VALUES);
}

/* of x, in the flow of its basin, or in the one it most likely comes from */
void ComputeBgen::find_latent(double *z)
{
  const BgenModel &model = *fix->model;
  const int basin = model.basin_of(x.data());
  std::fill_n(z, model.dim, NAN);
  if (basin < 0 ? !model.ready() : !model.fitted(basin)) return;
  bgen_generator *g = model.generator;
  bgen_status status = BGEN_OK;
  size_t k = basin;
  double log_det;
  if (g && basin < 0) status = bgen_generator_likeliest(g, x.data(), &k);
  if (g && !status) status = bgen_generator_latent(g, k, 1, x.data(), z, &log_det);
  bgen_check(lmp, status);
  MPI_Bcast(z, static_cast<int>(model.dim), MPI_DOUBLE, 0, world);
}
