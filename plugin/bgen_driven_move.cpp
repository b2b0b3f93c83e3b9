/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_driven_move.h"

#include "bgen_counts.h"
#include "bgen_model.h"
#include "bgen_settings.h"
#include "bgen_words.h"
#include "configuration.h"
#include "error.h"
#include "fix_bgen.h"
#include "group.h"

#include <cmath>

using namespace LAMMPS_NS;

BgenDrivenMove::BgenDrivenMove(LAMMPS *lmp, FixBgen &_fix, const BgenMove &_move)
    : BgenPathMove(lmp, _fix, _move), path(nullptr)
{
  const int igroup = group->find(move.atoms.c_str());
  if (igroup < 0)
    error->all(FLERR,
               "fix bgen: there is no group '" + move.atoms + "' that a driven move could move");
  moved = std::make_unique<BgenConfiguration>(lmp, igroup, fix.configuration->n_space());
  moved->set_screen(fix.settings->overlap, fix.settings->bond_max);
  moved->init();
  find_places();
  find_basins();
  x_group.resize(fix.configuration->dim());
  escort_grad.resize(moved->dim());
  bgen_check(lmp, root ? bgen_path_create(moved->dim(), 1, &path) : BGEN_OK);
}

BgenDrivenMove::~BgenDrivenMove()
{
  bgen_path_destroy(path);
}

void BgenDrivenMove::init()
{
  moved->init();
}

bigint BgenDrivenMove::n_energy_calls() const
{
  return moved->n_energy_calls();
}

double BgenDrivenMove::memory_usage() const
{
  return BgenPathMove::memory_usage() + moved->memory_usage() +
         (double) (x_group.capacity() + shift.capacity() + 4 * escort_grad.capacity()) *
             sizeof(double);
}

/* of the atoms of the fix, and of its variable */
void BgenDrivenMove::find_places()
{
  const BgenConfiguration &of_fix = *fix.configuration;
  const int n_space = of_fix.n_space();
  for (int i = 0; i < of_fix.n_particles(); i++) {
    const int particle = moved->particle(of_fix.tags()[i]);
    if (particle < 0)
      error->all(FLERR,
                 bgen_text("fix bgen: atom %lld of its group is not in group %s, whose atoms "
                           "its driven move moves",
                           (long long) of_fix.tags()[i], move.atoms.c_str()));
    for (int c = 0; c < n_space; c++) place.push_back(particle * n_space + c);
  }
  const BgenVariable &variable = fix.settings->cvs[move.cv];
  terms = variable.terms;
  for (size_t k = 0; k < terms.size(); k++) terms[k].particle = moved->particle(variable.tags[k]);
  cv = {variable.of.type, terms.size(), terms.data()};
}

/* the only basin that holds a value of one cv; -1: none, or several */
static int basin_at(const std::vector<BgenBasin> &basins, int cv, double s)
{
  int found = -1;
  for (size_t k = 0; k < basins.size(); k++) {
    if (!bgen_cv_range_holds(&basins[k].ranges[cv], s)) continue;
    if (found >= 0) return -1;
    found = (int) k;
  }
  return found;
}

void BgenDrivenMove::find_basins()
{
  for (int end = 0; end < 2; end++)
    basin[end] = basin_at(fix.settings->basins, move.cv, move.ends[end]);
  if (basin[0] < 0 || basin[1] < 0 || basin[0] == basin[1]) basin[0] = basin[1] = -1;
  if (move.escort != BgenMove::BY_FRAMES) return;
  if (basin[0] < 0)
    error->all(FLERR, std::string("fix bgen: escort frames of a driven move needs a basin around "
                                  "each of its ends"));
  if (!fix.settings->species.empty() || !fix.settings->mirrors.empty())
    error->all(FLERR, std::string("fix bgen: escort frames goes from mean to mean of the frames of "
                                  "two basins, which says nothing with relabel, swap or mirror: "
                                  "leave the escort out"));
}

static double apart(const bgen_cv &cv, double a, double b)
{
  return fabs(cv.type->period > 0.0 ? std::remainder(a - b, cv.type->period) : a - b);
}

/* The end that a configuration of the fix belongs to, 0 or 1: that in its basin, or the nearer one; -1: neither. */
int BgenDrivenMove::end_of(const double *x) const
{
  if (basin[0] >= 0) {
    const int now = fix.model->basin_of(x);
    return now == basin[0] ? 0 : now == basin[1] ? 1 : -1;
  }
  const double s = fix.model->cv(move.cv, x);
  return apart(cv, s, move.ends[0]) < apart(cv, s, move.ends[1]) ? 0 : 1;
}

/* x of the atoms that follow, as the fix has it */
const double *BgenDrivenMove::group_of(const double *x)
{
  for (size_t c = 0; c < place.size(); c++) x_group[c] = x[place[c]];
  return x_group.data();
}

/* on rank 0: from the mean frame of one basin to that of the other; atoms outside the group are not displaced */
void BgenDrivenMove::find_shift(int from)
{
  if (!root || move.escort != BgenMove::BY_FRAMES) return;
  const bgen_component *component = fix.model->generator->component;
  const double *here = component[basin[from]].reference;
  const double *there = component[basin[1 - from]].reference;
  shift.assign(moved->dim(), 0.0);
  for (size_t c = 0; c < place.size(); c++) shift[place[c]] = there[c] - here[c];
}

bgen_driven BgenDrivenMove::drag(int from)
{
  bgen_driven d = {};
  d.cv = &cv;
  d.layout = {(size_t) moved->n_particles(), (size_t) moved->n_space()};
  d.from = move.ends[from];
  d.to = move.ends[1 - from];
  d.spring = move.spring / moved->kT(temperature());
  d.heat = move.heat > 0.0 ? temperature() / move.heat : 1.0;
  d.escort = move.escort == BgenMove::OF_CV;
  d.shift = shift.empty() ? nullptr : shift.data();
  d.n_steps = move.langevin.n_steps;
  d.path = path;
  d.escort_grad = escort_grad.data();
  return d;
}

/* The path from the present configuration, x_now, to the other end: its work, and x_now and u where it has led. Where it
   breaks off, the work is not finite. */
double BgenDrivenMove::follow(int from, BgenAttempt &attempt, double &u)
{
  find_shift(from);
  bgen_driven d = drag(from);
  const bgen_dynamics how = dynamics(*moved);
  if (root)
    bgen_driven_begin(&d, &how, fix.counts->seed, BGEN_STREAM_PATH, point_of_path(0), x_now.data(),
                      u, grad_now.data());
  double *x = root ? path->x : x_now.data();
  for (int goes_on = 1;;) {
    if (root) goes_on = bgen_driven_next(&d);
    MPI_Bcast(&goes_on, 1, MPI_INT, 0, world);
    if (!goes_on) return end_of_path(path);
    u = evaluate(*moved, x, attempt);
    if (root) bgen_driven_arrive(&d, u, grad_now.data());
  }
}

void BgenDrivenMove::attempt(BgenAttempt &attempt)
{
  gather(*moved);
  const int from = end_of(group_of(x_now.data()));
  attempt.work = INFINITY;
  attempt.outside = from < 0;
  if (from < 0) return;
  attempt.to = basin[0] < 0 ? attempt.from : basin[1 - from];
  moved->remember();
  double u = present(*moved);
  const double work = follow(from, attempt, u);
  attempt.not_finite = !attempt.screened && !std::isfinite(work);
  if (!std::isfinite(work) || end_of(group_of(x_now.data())) != 1 - from) return moved->restore();
  attempt.to = fix.model->basin_of(x_group.data());
  attempt.work = work;
  attempt.accepted = fix.settle(*moved, attempt, u, -work, grad_old);
}
