/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "styles/fix_bgen.h"

#include "domain.h"
#include "engine/lammps_compat.h"
#include "engine/lead.h"
#include "input.h"
#include "input/error.h"
#include "memory.h"
#include "report/jumps.h"
#include "state/state.h"
#include "styles/modify_options.h"
#include "update.h"
#include "variable.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

using namespace LAMMPS_NS;
using namespace FixConst;
using bgen::State;

/* a variable may hold all of a flow, v_NAME, or, in quotes, numbers of it: ${NAME} or $(formula) */
static std::string flow_text(LAMMPS *lmp, const bgen::Line &line, const std::string &word)
{
  if (word.compare(0, 2, "v_") == 0) {
    const char *text = lmp->input->variable->retrieve(word.substr(2).c_str());
    if (!text) line.fail("flow '" + word + "': there is no variable " + word.substr(2));
    return text;
  }
  if (word.find('$') == std::string::npos) return word;
  int length = static_cast<int>(word.size()) + 1, other_length = length;
  auto *text = static_cast<char *>(lmp->memory->smalloc(length, "bgen:flow")),
       *other = static_cast<char *>(lmp->memory->smalloc(length, "bgen:flow"));
  strcpy(text, word.c_str());
  lmp->input->substitute(text, other, length, other_length, 0);
  std::string flow = text;
  lmp->memory->sfree(text);
  lmp->memory->sfree(other);
  return flow;
}

FixBgen::FixBgen(LAMMPS *lmp, int narg, char **arg) : Fix(lmp, narg, arg)
{
  bgen::or_stop(lmp, [&] {
    bgen::Line line("fix bgen", narg - 3, arg + 3);
    settings_ = bgen::read_fix_settings(line, domain->dimension);
    settings_.flow = flow_text(lmp, line, settings_.flow);
    line_ = line.text_of_all();
  });
  lead = std::make_shared<bgen::Lead>(
      lmp,
      bgen::FixInLammps{id, igroup, settings_.n_space, settings_.temperature,
                        bgen::Limits{settings_.overlap, settings_.bond_max},
                        bgen::neighbors(settings_.cvs), settings_.pools, settings_.only_drives()});
  bgen::or_stop(lmp, [&] { lead->lammps().check_temperature(); });
  n_shape_ = static_cast<size_t>(lead->value([&] {
    bgen::with_memory("fix bgen", line_, [&] { create_state(); });
    return static_cast<double>(state->variables.n_shape());
  }));
  set_flags();
}

FixBgen::~FixBgen()
{
  if (lead) lead->fix_is_gone();
}

/* a temperature that is none ends here; a variable may not be ready to be evaluated */
void FixBgen::create_state()
{
  state = std::make_shared<State>(id, settings_, lead->host(), lead->engine());
  if (settings_.temperature.compare(0, 2, "v_") != 0) state->temperature();
}

void FixBgen::set_flags()
{
  moves_atoms_ = settings_.nevery > 0;
  has_offsets_ =
      settings_.tunes_offsets || std::any_of(settings_.offsets.begin(), settings_.offsets.end(),
                                             [](double offset) { return offset != 0.0; });
  nevery = 1; // end_of_step() must see every frame of a rerun, whatever its step
  force_reneighbor = moves_atoms_;
  next_reneighbor = -1;
  pre_exchange_migrate = 1;
  restart_global = 1;
  scalar_flag = vector_flag = array_flag = 1;
  size_vector = State::N_COUNTS + static_cast<int>(settings_.cvs.size());
  size_array_rows = static_cast<int>(settings_.basins.size());
  size_array_cols = bgen::N_FREE_ENERGIES;
  global_freq = 1;
  extscalar = extvector = extarray = 0;
}

FixBgen *FixBgen::find(const Modify *modify, const std::string &id)
{
  Fix *fix = fix_named(modify, id.c_str());
  return fix && strcmp(fix->style, "bgen") == 0 ? dynamic_cast<FixBgen *>(fix) : nullptr;
}

FixBgen &FixBgen::read(bgen::Line &line, const Modify *modify)
{
  const std::string id = line.text("the ID of a fix bgen");
  FixBgen *fix = find(modify, id);
  if (!fix) line.fail("there is no fix bgen with the ID '" + id + "'");
  return *fix;
}

/* ---- runs ---- */

int FixBgen::setmask()
{
  return INITIAL_INTEGRATE | INITIAL_INTEGRATE_RESPA | END_OF_STEP |
         (moves_atoms_ ? PRE_EXCHANGE | POST_INTEGRATE : 0);
}

/* also called for every frame of a rerun */
void FixBgen::init()
{
  lead->lammps().init();
  lead->run([&] { state->initialize(); });
  stepping_ = false;
  arrival.jumped = -1;
  arrival.expects_energy = moves_atoms_;
  if (moves_atoms_) next_reneighbor = (update->ntimestep / settings_.nevery + 1) * settings_.nevery;
}

void FixBgen::setup(int)
{
  lead->run([&] { state->begin_run(); });
  if (arrival.expects_energy) bgen::expect_energy(lmp, next_reneighbor);
}

/* the first sign that this is a run, which may jump, and no rerun, which may not */
void FixBgen::initial_integrate(int)
{
  if (stepping_) return;
  stepping_ = true;
  lead->run([&] { state->first_step(); });
}

void FixBgen::initial_integrate_respa(int, int, int)
{
  initial_integrate(0);
}

/* What another fix bgen has moved, nobody can find in place. */
static void forget_jumps(const Modify *modify)
{
  for (int i = 0; i < modify->nfix; i++)
    if (FixBgen *fix = FixBgen::find(modify, modify->fix[i]->id)) fix->arrival.jumped = -1;
}

/* What has jumped in this step, or in the one before. */
static void check_arrival(FixBgen &fix, LAMMPS *lmp)
{
  const bool is_now = lmp->update->ntimestep == fix.arrival.jumped;
  if (!is_now) fix.arrival.jumped = -1;
  const bool has_energy = is_now && fix.arrival.expects_energy && bgen::has_energy(lmp);
  if (has_energy) fix.arrival.expects_energy = false; // once a run is enough
  fix.lead->run([&] {
    bgen::Guards &guards = fix.state->guards;
    is_now ? guards.arrived(has_energy) : guards.still_there();
  });
}

void FixBgen::pre_exchange()
{
  if (update->ntimestep != next_reneighbor) return;
  next_reneighbor += settings_.nevery;
  const double moved = lead->value([&] { return state->attempt_jump(); });
  if (moved != 0.0) forget_jumps(modify);
  if (moved != 0.0) arrival.jumped = update->ntimestep;
  if (arrival.expects_energy) bgen::expect_energy(lmp, next_reneighbor);
}

void FixBgen::post_integrate()
{
  if (arrival.jumped >= 0 && update->ntimestep == arrival.jumped + 1)
    lead->run([&] { state->guards.still_there(); });
}

void FixBgen::end_of_step()
{
  const bigint every = settings_.collect;
  if (arrival.jumped >= 0) check_arrival(*this, lmp);
  if (stepping_ && update->ntimestep + settings_.nevery == next_reneighbor)
    lead->run([&] { state->begin_segment(); });
  if (!stepping_ || (every > 0 && update->ntimestep % every == 0))
    lead->run([&] { state->collect_frame(!stepping_); });
}

void FixBgen::post_run()
{
  stepping_ = false;
  lead->run([&] {
    if (state->end_of_run())
      state->host.print("\nfix bgen " + state->id + state->meeting.whose_jumps() + ":\n" +
                        bgen::jumps_report(state->chain, state->before_run(),
                                           {settings_.move_names(), settings_.basin_names()}));
  });
}

/* ---- temperature ---- */

void FixBgen::reset_target(double t_new)
{
  lead->lammps().set_temperature(t_new);
}

void *FixBgen::extract(const char *name, int &dim)
{
  dim = 0;
  if (strcmp(name, "mc_active") == 0) return &moves_atoms_;
  if (strcmp(name, "bgen_offsets") == 0) return &has_offsets_;
  if (strcmp(name, "t_target") != 0) return nullptr;
  bgen::or_stop(lmp, [&] { target_ = lead->lammps().temperature(); });
  return &target_;
}

/* ---- output ---- */

double FixBgen::compute_scalar()
{
  return lead->value([&] { return state->acceptance(); });
}

double FixBgen::compute_vector(int i)
{
  return lead->value([&] { return state->value(i); });
}

double FixBgen::compute_array(int i, int j)
{
  return lead->value([&] { return state->free_energy(i, j); });
}

double FixBgen::memory_usage()
{
  return lead->lammps().memory_usage() + (state ? state->memory_usage() : 0.0);
}

int FixBgen::modify_param(int narg, char **arg)
{
  bgen::Line line(std::string("fix_modify ") + id, narg, arg);
  bgen::ModifySettings change;
  bgen::or_stop(lmp, [&] { change = bgen::read_modify_option(line); });
  lead->run([&] { bgen::modify(*state, change); });
  return static_cast<int>(line.position());
}

/* ---- restart ---- */

/* LAMMPS does not ask whether its own writes succeed: what waits in its buffer is asked for here */
void FixBgen::write_restart(FILE *file)
{
  lead->run([&] {
    const std::vector<uint64_t> words = state->pack();
    const int n_bytes = static_cast<int>(words.size() * sizeof words[0]);
    if (fwrite(&n_bytes, sizeof n_bytes, 1, file) != 1 ||
        fwrite(words.data(), n_bytes, 1, file) != 1 || fflush(file))
      throw bgen::Error(std::string("fix bgen ") + id +
                        ": cannot write its state to the restart file: " + strerror(errno));
  });
}

void FixBgen::restart(char *bytes)
{
  lead->run([&] { state->unpack(bytes); });
}
