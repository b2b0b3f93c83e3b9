/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/observables.h"

#include "compute.h"
#include "error.h"
#include "input.h"
#include "input/text.h"
#include "modify.h"
#include "update.h"
#include "variable.h"

#include <cmath>

using namespace LAMMPS_NS;

namespace bgen {

/* LAMMPS takes what it has computed at a step as valid for this step: flags of computes, vector-
   style variables, chunks, occasional neighbor lists. Only the flags can be cleared from outside.
   So each point is evaluated at a step of its own: later than that of the point before, for those
   that ask "later than"; before the first step of any run, so that whatever they remember is out of
   date at once when a run goes on; and divisible by no frequency, so that a fix with values at some
   steps only is asked in vain. */
static constexpr bigint FIRST_STEP = -5040000000000001, STEPS_APART = 5040;
static bigint latest_step = FIRST_STEP; // of this process, whose LAMMPS remembers it

namespace {
/* the time of one point, as long as it exists */
class OwnStep {
public:
  OwnStep(Update *_update, Modify *_modify)
      : update(_update), modify(_modify), step(update->ntimestep), energy_step(update->eflag_global)
  {
    update->ntimestep = update->eflag_global = latest_step += STEPS_APART;
    modify->clearstep_compute();
  }
  ~OwnStep()
  {
    update->ntimestep = step;
    update->eflag_global = energy_step;
    modify->clearstep_compute();
  }
  OwnStep(const OwnStep &) = delete;
  OwnStep &operator=(const OwnStep &) = delete;

private:
  Update *const update;
  Modify *const modify;
  const bigint step, energy_step;
};
} // namespace

/* ---- what has a value ---- */

/* no pressure and no stress without a virial; the rest is in begin() */
static const char *lacks(const Compute *compute)
{
  if (compute->tempflag) return "depends on velocities, which a point does not have";
  if (compute->pressflag) return "needs the virial, which is not computed for a point";
  return nullptr;
}

static bool has_value(const Compute *compute, int index)
{
  if (index < 0) return compute->scalar_flag;
  return compute->vector_flag && (compute->size_vector_variable || index < compute->size_vector);
}

/* why a compute has no such global value; empty: it has */
static std::string missing(const Compute *compute, int index)
{
  if (lacks(compute)) return lacks(compute);
  if (has_value(compute, index)) return "";
  const std::string what =
      std::string("has no global ") + (index < 0 ? "scalar" : "vector with this element");
  if (compute->peratom_flag || compute->local_flag)
    return what + ": compute reduce makes one of its values";
  if (compute->vector_flag)
    return what + text(": its vector has %d elements", compute->size_vector);
  return what + (compute->array_flag ? ": an equal-style variable takes c_ID[m][n]" : "");
}

std::string Observables::trouble_with(const Observable &observable) const
{
  const std::string &id = observable.id;
  if (observable.kind == Observable::VARIABLE) {
    const int ivar = input->variable->find(id.c_str());
    if (ivar < 0) return "there is no variable '" + id + "'";
    if (!input->variable->equalstyle(ivar))
      return "variable " + id + " is not of style equal: one number is needed";
  }
  if (observable.kind == Observable::COMPUTE) {
    const int icompute = modify->find_compute(id);
    if (icompute < 0) return "there is no compute '" + id + "'";
    const Compute *compute = modify->compute[icompute];
    const std::string trouble = missing(compute, observable.index);
    if (!trouble.empty()) return "compute " + id + " (" + compute->style + ") " + trouble;
  }
  return "";
}

/* ---- values ---- */

static std::string more_than_positions(const std::string &name, double once, double again)
{
  return "bgen: " + name +
         text(" depends on more than positions: it is %.15g and %.15g in one configuration, where "
              "only velocities, the step and random numbers differ",
              once, again);
}

/* Chunks and degrees of freedom are set up as at the beginning of a run. Then the same positions
   are seen twice, at two steps and with other velocities: what is of positions alone has the same
   bits. */
std::string Observables::begin(const std::vector<Observable> &all, LammpsEngine &engine,
                               bool sets_up)
{
  all_ = all;
  MPI_Allreduce(MPI_IN_PLACE, &latest_step, 1, MPI_LMP_BIGINT, MPI_MAX, world);
  for (int i = 0; sets_up && i < modify->ncompute; i++) modify->compute[i]->setup();
  const Energy now = engine.present_energy();
  if (now.refused) return ""; // there is no point to look at yet
  std::vector<double> once(all_.size()), again(all_.size());
  evaluate(now.value, once.data());
  engine.group_atoms.disturb_velocities();
  evaluate(now.value, again.data());
  for (size_t i = 0; i < all_.size(); i++)
    if (once[i] < again[i] || once[i] > again[i])
      return more_than_positions(all_[i].name, once[i], again[i]);
  return "";
}

void Observables::evaluate(double energy, double *values)
{
  const OwnStep now(update, modify);
  for (size_t i = 0; i < all_.size(); i++)
    values[i] = all_[i].kind == Observable::ENERGY ? energy : value(all_[i]);
}

namespace {
/* What computes say that they have computed, which may have been at another step. Who takes thermo
   output asks afterwards which of them it has used, to have them ready at the next one. */
class NothingInvoked {
public:
  explicit NothingInvoked(Modify *_modify) : modify(_modify)
  {
    for (int i = 0; i < modify->ncompute; i++) {
      before_.push_back(modify->compute[i]->invoked_flag);
      modify->compute[i]->invoked_flag = 0;
    }
  }
  ~NothingInvoked()
  {
    for (size_t i = 0; i < before_.size(); i++) modify->compute[i]->invoked_flag |= before_[i];
  }
  NothingInvoked(const NothingInvoked &) = delete;
  NothingInvoked &operator=(const NothingInvoked &) = delete;

private:
  Modify *const modify;
  std::vector<int> before_;
};
} // namespace

std::vector<double> Observables::evaluate_now(const std::vector<Observable> &all)
{
  const NothingInvoked now(modify);
  std::vector<double> values;
  values.reserve(all.size());
  for (const Observable &one : all) values.push_back(value(one));
  return values;
}

static double value_of_compute(Compute *compute, int index)
{
  const int what = index < 0 ? Compute::INVOKED_SCALAR : Compute::INVOKED_VECTOR;
  if (!(compute->invoked_flag & what)) {
    if (index < 0)
      compute->compute_scalar();
    else
      compute->compute_vector();
    compute->invoked_flag |= what;
  }
  if (index < 0) return compute->scalar;
  return index < compute->size_vector ? compute->vector[index] : NAN;
}

/* variables and computes may be defined anew, or deleted, at any time before */
double Observables::value(const Observable &observable)
{
  const std::string &id = observable.id;
  const bool is_variable = observable.kind == Observable::VARIABLE;
  const int i = is_variable ? input->variable->find(id.c_str()) : modify->find_compute(id);
  if (i < 0)
    error->all(FLERR, std::string("bgen: ") + (is_variable ? "variable " : "compute ") + id +
                          " no longer exists");
  if (is_variable) return input->variable->compute_equal(i);
  return value_of_compute(modify->compute[i], observable.index);
}

} // namespace bgen
