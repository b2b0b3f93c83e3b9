/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "styles/compute_bgen.h"

#include "engine/lead.h"
#include "error.h"
#include "styles/fix_bgen.h"
#include "update.h"

using namespace LAMMPS_NS;

ComputeBgen::ComputeBgen(LAMMPS *lmp, int narg, char **arg) : Compute(lmp, narg, arg)
{
  bgen::or_stop(lmp, [&] {
    bgen::Line line("compute bgen", narg - 3, arg + 3);
    const FixBgen &of = FixBgen::read(line, modify);
    fix_id_ = of.id;
    columns_ = bgen::read_columns(line, of.settings());
    size_vector = static_cast<int>(columns_.n_values(of.n_shape()));
  });
  scalar_flag = vector_flag = 1;
  extscalar = extvector = 0;
  timeflag = peflag = 1; // so that LAMMPS tallies the energy at the steps in question
  vector = new double[size_vector];
}

ComputeBgen::~ComputeBgen()
{
  delete[] vector;
}

FixBgen &ComputeBgen::fix() const
{
  FixBgen *found = FixBgen::find(modify, fix_id_);
  if (!found) error->all(FLERR, "compute bgen: fix " + fix_id_ + " no longer exists");
  if (size_vector != static_cast<int>(columns_.n_values(found->n_shape())))
    error->all(FLERR, "compute bgen: fix " + fix_id_ +
                          " has another number of coordinates now: "
                          "define the compute anew");
  return *found;
}

void ComputeBgen::init()
{
  fix();
}

double ComputeBgen::compute_scalar()
{
  invoked_scalar = update->ntimestep;
  const FixBgen &of = fix();
  return scalar = of.lead->value([&] { return bgen::present_weight(*of.state); });
}

void ComputeBgen::compute_vector()
{
  invoked_vector = update->ntimestep;
  const FixBgen &of = fix();
  of.lead->values(size_vector, vector, [&] { columns_.evaluate(*of.state, vector); });
}
