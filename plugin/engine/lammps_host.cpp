/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/lammps_host.h"

#include "compute.h"
#include "engine/lammps_compat.h"
#include "engine/other_fixes.h"
#include "group.h"
#include "input.h"
#include "input/error.h"
#include "input/text.h"
#include "modify.h"
#include "update.h"
#include "variable.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <mpi.h>
#include <sched.h>
#include <utility>

using namespace LAMMPS_NS;

namespace bgen {

/* OMP_NUM_THREADS, or this rank's share of the cores it may run on */
static int cores_of_rank(MPI_Comm world)
{
  MPI_Comm node;
  int n_ranks;
  MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  MPI_Comm_size(node, &n_ranks);
  MPI_Comm_free(&node);
  const char *text = getenv("OMP_NUM_THREADS");
  const long wish = text ? strtol(text, nullptr, 10) : 0;
  if (wish > 0) return static_cast<int>(std::min<long>(wish, MAXSMALLINT));
  cpu_set_t cores;
  const int n_cores = sched_getaffinity(0, sizeof cores, &cores) ? 1 : CPU_COUNT(&cores);
  return std::max(1, n_cores / n_ranks);
}

LammpsHost::LammpsHost(LAMMPS *lmp, const FixInLammps &fix)
    : Pointers(lmp), box(lmp), fix_(fix), md_(lmp), observables_(lmp),
      n_cores_(cores_of_rank(world))
{
  make_engine(fix.igroup);
}

double LammpsHost::memory_usage() const
{
  double n_bytes = 0.0;
  for (const auto &engine : engines_) n_bytes += memory_of(*engine);
  return n_bytes;
}

/* ---- engines ---- */

void LammpsHost::make_engine(int igroup)
{
  const bool follow = !engines_.empty();
  const Owner owner = {"fix bgen " + fix_.id, &md_, follow ? fix_.igroup : -1,
                       follow || fix_.drives};
  auto engine =
      std::make_unique<LammpsEngine>(lmp, igroup, fix_.n_space, fix_.limits, owner, fix_.pairs);
  engine->init();
  engines_.push_back(std::move(engine));
  probes_.push_back(std::make_unique<LammpsProbe>(lmp, *engines_.back()));
}

void LammpsHost::add_engine(const std::string &name)
{
  const int igroup = group->find(name.c_str());
  if (igroup < 0)
    throw Error("fix bgen: there is no group '" + name + "' that a driven move could move");
  make_engine(igroup);
}

void LammpsHost::init()
{
  for (const auto &engine : engines_) engine->init();
}

/* ---- runs that jump ---- */

std::string LammpsHost::begin_jumps()
{
  const std::string fix = "fix bgen " + fix_.id;
  if (std::strncmp(update->integrate_style, "respa", 5) == 0)
    throw Error(fix + ": jumps need run_style verlet; under run_style respa a jump would leave the "
                      "inner levels with the forces of the configuration before it");
  md_.find(fix_.n_space);
  std::string news = about_own(fix);
  for (int k = 1; k < n_engines(); k++) news += about_others(fix, *engines_[k]);
  std::swap(news, jumping_);
  return news == jumping_ ? "" : jumping_;
}

std::string LammpsHost::about_own(const std::string &fix)
{
  const std::vector<bigint> n = md_.count_hindered(group->bitmask[fix_.igroup], 0);
  const auto atoms = [&](size_t k) {
    return text("%lld of the %d atoms of group %s", static_cast<long long>(n[k]),
                engines_[0]->body().n_particles(), group->names[fix_.igroup]);
  };
  for (size_t k = 1; k < n.size() && md_.any(); k++)
    if (n[k] > 0)
      throw Error(text("%s: %s holds %s, but MD must move them by the forces of the energy; use a "
                       "group without them, or unfix it",
                       fix.c_str(), md_.holder(k).c_str(), atoms(k).c_str()));
  if (n[0] == 0) return "";
  return text("WARNING: %s: no fix integrates %s; only jumps move them, and they get no "
              "velocities\n",
              fix.c_str(), atoms(0).c_str());
}

std::string LammpsHost::about_others(const std::string &fix, LammpsEngine &engine)
{
  if (!md_.changing_holder().empty())
    throw Error(text("%s: %s holds atoms of a dynamic group, but which atoms follow a driven move "
                     "must not depend on where they are; unfix it, or use a group that is not "
                     "dynamic",
                     fix.c_str(), md_.changing_holder().c_str()));
  engine.renew();
  const int igroup = engine.group_atoms.igroup();
  const std::vector<bigint> n =
      md_.count_hindered(group->bitmask[igroup], group->bitmask[fix_.igroup]);
  std::string news;
  for (size_t k = 0; k < n.size(); k++)
    if (n[k] > 0)
      news += text("%s %lld that %s", news.empty() ? "" : ",", static_cast<long long>(n[k]),
                   k == 0 ? "no fix integrates" : (md_.holder(k) + " holds").c_str());
  if (news.empty()) return "";
  return text("%s: these atoms of group %s do not follow its driven move:%s\n", fix.c_str(),
              group->names[igroup], news.c_str());
}

/* ---- temperature ---- */

static bool read_number(const std::string &word, double &value)
{
  char *end = nullptr;
  value = strtod(word.c_str(), &end);
  return end != word.c_str() && !*end;
}

bool has_fixed_temperature(const FixInLammps &fix)
{
  double value;
  return read_number(fix.temperature, value);
}

void LammpsHost::set_temperature(double temperature)
{
  fix_.temperature = text("%.17g", temperature);
}

/* -1: it is none; throws if it is one that there is not */
static int variable_of(Variable *variable, const std::string &word)
{
  if (word.compare(0, 2, "v_") != 0) return -1;
  const int ivar = variable->find(word.substr(2).c_str());
  if (ivar < 0 || !variable->equalstyle(ivar))
    throw Error("fix bgen: temperature '" + word + "' is no equal-style variable: define " +
                word.substr(2) + " by 'variable " + word.substr(2) + " equal ...' before the fix");
  return ivar;
}

static double temperature_elsewhere(Input *input, const Modify *modify, const std::string &word)
{
  const int ivar = variable_of(input->variable, word);
  if (ivar >= 0) return input->variable->compute_equal(ivar);
  Fix *thermostat = fix_named(modify, word.c_str());
  int dim = 0;
  const auto *target =
      thermostat ? static_cast<double *>(thermostat->extract("t_target", dim)) : nullptr;
  if (target && dim == 0) return *target;
  throw Error("fix bgen: temperature '" + word +
              "' is neither a number nor an equal-style variable v_name nor the ID of a fix that "
              "sets a temperature");
}

double LammpsHost::temperature()
{
  double value;
  if (!read_number(fix_.temperature, value)) {
    value = temperature_elsewhere(input, modify, fix_.temperature);
    MPI_Bcast(&value, 1, MPI_DOUBLE, 0, world); // a variable may differ between ranks
  }
  if (!(value > 0.0) || std::isinf(value))
    throw Error(
        text("fix bgen: temperature '%s' has the invalid value %g: expected a number above 0",
             fix_.temperature.c_str(), value));
  return value;
}

void LammpsHost::check_temperature() const
{
  variable_of(input->variable, fix_.temperature);
}

/* ---- other fixes ---- */

using Engines = std::vector<std::unique_ptr<LammpsEngine>>;

static std::vector<std::string> warnings_of_fixes(LAMMPS *lmp, const Engines &engines,
                                                  const JumpConditions &jumps)
{
  std::vector<std::string> warnings;
  for (const auto &engine : engines) {
    const std::string trouble = trouble_with_fixes(lmp, engine->group_atoms, jumps, warnings);
    if (!trouble.empty()) throw Error(trouble);
  }
  std::sort(warnings.begin(), warnings.end());
  warnings.erase(std::unique(warnings.begin(), warnings.end()), warnings.end());
  return warnings;
}

/* A temperature that differs from atom to atom is no number, and 0 here. */
static double target_of(Fix *fix)
{
  int dim = 0;
  const auto *target = static_cast<double *>(fix->extract("t_target", dim));
  return target && dim == 0 ? *target : 0.0;
}

std::vector<Thermostat> LammpsHost::thermostats()
{
  std::vector<Thermostat> all;
  for (int i = 0; i < modify->nfix; i++) {
    Fix *fix = modify->fix[i];
    if (strcmp(fix->style, "bgen") == 0 || fix_.temperature == fix->id) continue;
    const double target = target_of(fix);
    if (!(target > 0.0)) continue;
    bool shares = false;
    for (const auto &engine : engines_)
      shares = shares_atoms(lmp, fix, engine->group_atoms) || shares;
    if (shares) all.push_back({name_of(fix), target});
  }
  return all;
}

OtherFixes LammpsHost::check_fixes(bool with_offsets)
{
  const auto warnings = warnings_of_fixes(lmp, engines_, {fix_.id, with_offsets});
  return {warnings, thermostats()};
}

/* ---- anything else ---- */

void LammpsHost::command(const std::string &line)
{
  input->one(line);
}

double LammpsHost::step_energy()
{
  return modify->compute[modify->find_compute("thermo_pe")]->compute_scalar();
}

std::string LammpsHost::begin_observing(const std::vector<Observable> &all)
{
  n_observed = static_cast<int>(all.size());
  return observables_.begin(all, *engines_[0], true);
}

} // namespace bgen
