/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_observables.h"

#include "bgen_model.h"
#include "bgen_settings.h"
#include "bgen_words.h"
#include "compute.h"
#include "configuration.h"
#include "error.h"
#include "fix_bgen.h"
#include "input.h"
#include "modify.h"
#include "update.h"
#include "variable.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace LAMMPS_NS;

/* LAMMPS takes what it has computed at a step as valid for this step: flags of computes, vector-style variables, chunks,
   occasional neighbor lists. Only the flags can be cleared from outside. So each point is evaluated at a step of its own:
   later than that of the point before, for those that ask "later than"; before the first step of any run, so that whatever
   they remember is out of date at once when a run goes on; and divisible by no frequency, so that a fix with values at some
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

BgenObservables::BgenObservables(LAMMPS *lmp, FixBgen &_fix) : Pointers(lmp), fix(_fix) {}

/* ---- names ---- */

bool BgenObservables::is_one(const std::string &word) const
{
  const std::string begin = word.substr(0, 2);
  return fix.model->cv_named(word) >= 0 || word == "pe" || begin == "v_" || begin == "c_";
}

int BgenObservables::add(BgenWords &words)
{
  return add(words, words.text("a cv, pe, v_NAME, c_ID or c_ID[n]"));
}

int BgenObservables::add(const BgenWords &words, const std::string &word)
{
  for (int i = 0; i < size(); i++)
    if (name(i) == word) return i;
  const Quantity quantity = read(words, word);
  check(words, quantity);
  all.push_back(quantity);
  return size() - 1;
}

BgenObservables::Quantity BgenObservables::read(const BgenWords &words,
                                                const std::string &word) const
{
  const int cv = fix.model->cv_named(word);
  if (cv >= 0) return {Quantity::CV, word, "", cv};
  if (word == "pe") return {Quantity::ENERGY, word, "", -1};
  if (!is_one(word))
    words.fail("'" + word + "' is no quantity: use the name of a cv, pe, v_NAME, c_ID or c_ID[n]");
  if (word[0] == 'v') return {Quantity::VARIABLE, word, word.substr(2), -1};
  const size_t bracket = word.find('[');
  if (bracket == std::string::npos) return {Quantity::COMPUTE, word, word.substr(2), -1};
  char *end = nullptr;
  const long index = strtol(word.c_str() + bracket + 1, &end, 10);
  if (strcmp(end, "]") != 0 || index < 1 || index > MAXSMALLINT)
    words.fail("'" + word +
               "' is no element of a vector: write c_ID[n] with n from 1 on, and an "
               "equal-style variable for c_ID[m][n]");
  return {Quantity::COMPUTE, word, word.substr(2, bracket - 2), static_cast<int>(index - 1)};
}

/* no pressure and no stress without a virial; the rest is in begin() */
static const char *lacks(const Compute *compute)
{
  if (compute->tempflag) return "is of velocities, which a point has none of";
  if (compute->pressflag) return "needs the virial, which is not computed for a point";
  return nullptr;
}

/* why a compute has no such global value; empty: it has */
static std::string missing(const Compute *compute, int index)
{
  if (lacks(compute)) return lacks(compute);
  if (index < 0
          ? compute->scalar_flag
          : compute->vector_flag && (compute->size_vector_variable || index < compute->size_vector))
    return "";
  const bool vector = compute->vector_flag;
  return std::string("has no global ") + (index < 0 ? "scalar" : "vector with this element") +
         (compute->peratom_flag || compute->local_flag ? ": compute reduce makes one of its values"
          : vector              ? bgen_text(": its vector has %d elements", compute->size_vector)
          : compute->array_flag ? ": an equal-style variable takes c_ID[m][n]"
                                : "");
}

void BgenObservables::check(const BgenWords &words, const Quantity &quantity) const
{
  if (quantity.kind == Quantity::VARIABLE) {
    const int ivar = input->variable->find(quantity.id.c_str());
    if (ivar < 0) words.fail("there is no variable '" + quantity.id + "'");
    if (!input->variable->equalstyle(ivar))
      words.fail("variable " + quantity.id + " is not of style equal: one number is needed");
  }
  if (quantity.kind == Quantity::COMPUTE) {
    const int icompute = modify->find_compute(quantity.id);
    if (icompute < 0) words.fail("there is no compute '" + quantity.id + "'");
    const Compute *compute = modify->compute[icompute];
    const std::string trouble = missing(compute, quantity.index);
    if (!trouble.empty())
      words.fail("compute " + quantity.id + " (" + compute->style + ") " + trouble);
  }
}

/* ---- values ---- */

/* Chunks and degrees of freedom are set up as at the beginning of a run. Then the same positions are seen twice, at two
   steps and with other velocities: what is of positions alone has the same bits. */
void BgenObservables::begin()
{
  MPI_Allreduce(MPI_IN_PLACE, &latest_step, 1, MPI_LMP_BIGINT, MPI_MAX, world);
  for (int i = 0; i < modify->ncompute; i++) modify->compute[i]->setup();
  std::vector<double> x(fix.model->dim), once(size()), again(size());
  const double energy = fix.configuration->energy();
  if (fix.configuration->refused()) return; // there is no point to look at yet
  fix.configuration->gather(x.data());
  evaluate(x.data(), energy, once.data());
  fix.configuration->disturb_velocities();
  evaluate(x.data(), energy, again.data());
  for (int i = 0; i < size(); i++)
    if (once[i] < again[i] || once[i] > again[i])
      error->all(FLERR, "bgen: " + name(i) +
                            bgen_text(" depends on more than positions: it is %.15g and %.15g in "
                                      "one configuration, where only velocities, the step and "
                                      "random numbers differ",
                                      once[i], again[i]));
}

void BgenObservables::evaluate(const double *x, double energy, double *values)
{
  const OwnStep now(update, modify);
  for (int i = 0; i < size(); i++) values[i] = value(all[i], x, energy);
}

double BgenObservables::value(const Quantity &quantity, const double *x, double energy)
{
  switch (quantity.kind) {
  case Quantity::CV:
    return fix.model->cv(quantity.index, x);
  case Quantity::ENERGY:
    return energy;
  case Quantity::VARIABLE:
    return value_of_variable(quantity);
  default:
    return value_of_compute(quantity);
  }
}

/* variables and computes may be defined anew, or deleted, at any time before */
double BgenObservables::value_of_variable(const Quantity &quantity)
{
  const int ivar = input->variable->find(quantity.id.c_str());
  if (ivar < 0) error->all(FLERR, "bgen: variable " + quantity.id + " is no more");
  return input->variable->compute_equal(ivar);
}

double BgenObservables::value_of_compute(const Quantity &quantity)
{
  const int icompute = modify->find_compute(quantity.id);
  if (icompute < 0) error->all(FLERR, "bgen: compute " + quantity.id + " is no more");
  Compute *compute = modify->compute[icompute];
  const int what = quantity.index < 0 ? Compute::INVOKED_SCALAR : Compute::INVOKED_VECTOR;
  if (!(compute->invoked_flag & what)) {
    if (quantity.index < 0)
      compute->compute_scalar();
    else
      compute->compute_vector();
    compute->invoked_flag |= what;
  }
  if (quantity.index < 0) return compute->scalar;
  return quantity.index < compute->size_vector ? compute->vector[quantity.index] : NAN;
}
