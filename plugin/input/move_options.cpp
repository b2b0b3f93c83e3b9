/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/move_options.h"

#include "input/text.h"
#include "sample/annealed.h"
#include "sample/driven.h"

using namespace bgen;

/* where the user does not say how fast velocities are forgotten */
static constexpr double DAMP_IN_STEPS = 100.0;
static constexpr double FIRST_STEP = 0.3; // of a near move that is tuned

static const char *const ESCORTS[] = {"no", "yes", "frames"};
static const char *const STARTS[] = {"any", "other", "transfer"};

using MoveOption = Option<MoveSettings>;

/* ---- keywords ---- */

static const MoveOption STEPS = {
    "steps", "M", "-", "Langevin steps of a path", [](Line &line, MoveSettings &to) {
      to.langevin.n_steps = line.integer(1, "the number of steps of a path");
    }};
static const MoveOption DT = {"dt", "D", "that of the run", "timestep of a path",
                              [](Line &line, MoveSettings &to) {
                                to.langevin.dt = line.number_above(0.0, "the timestep of a path");
                              }};
static const MoveOption DAMP = {
    "damp", "G", "100 timesteps", "damping time of a path", [](Line &line, MoveSettings &to) {
      to.langevin.damp = line.number_above(0.0, "the damping time of a path");
    }};

static const std::vector<MoveOption> FRESH_OPTIONS = {
    {"tries", "K", "1", "proposals of a jump, of which one is chosen",
     [](Line &line, MoveSettings &to) {
       to.tries = line.integer(1, "the number of proposals of a jump");
     }},
};

static const std::vector<MoveOption> ANNEALED_OPTIONS = {
    STEPS,
    DT,
    DAMP,
    {"start", "any|other|transfer", "any", "where the path out of a flow begins",
     [](Line &line, MoveSettings &to) {
       to.start = static_cast<MoveSettings::Start>(
           line.choice({STARTS[0], STARTS[1], STARTS[2]}, "the start of annealed paths"));
     }},
    {"power", "P", "1", "power of the schedule",
     [](Line &line, MoveSettings &to) {
       to.power = line.number_above(0.0, "the power of a schedule");
     }},
    {"schedule", "fixed|auto", "fixed", "whether the schedule is tuned",
     [](Line &line, MoveSettings &to) {
       to.adapts = line.choice({"fixed", "auto"}, "the schedule of annealed paths") == 1;
     }},
};

static const std::vector<MoveOption> DRIVEN_OPTIONS = {
    {"spring", "K", "-", "spring constant that drags the cv (energy units)",
     [](Line &line, MoveSettings &to) {
       to.spring = line.number_above(0.0, "the spring of a driven move");
     }},
    STEPS,
    DT,
    DAMP,
    {"escort", "no|yes|frames", "no", "whether atoms are displaced along with the spring",
     [](Line &line, MoveSettings &to) {
       to.escort = static_cast<MoveSettings::Escort>(
           line.choice({ESCORTS[0], ESCORTS[1], ESCORTS[2]}, "the escort of a driven move"));
     }},
    {"heat", "T", "that of the jump", "temperature half way",
     [](Line &line, MoveSettings &to) {
       to.heat = line.number_above(0.0, "the temperature half way of a driven move");
     }},
    {"atoms", "group", "all", "group of atoms that the move moves",
     [](Line &line, MoveSettings &to) {
       to.atoms = line.text("the group of atoms that a driven move moves");
     }},
};

/* ---- kinds ---- */

/* move near F step|auto */
static void begin_near(Line &line, const std::vector<CvSettings> &, MoveSettings &to)
{
  to.adapts = line.next_is("auto");
  to.step = to.adapts ? FIRST_STEP : line.number_above(0.0, "the step of a near move, or auto");
}

/* move driven F cv a b */
static void begin_driven(Line &line, const std::vector<CvSettings> &cvs, MoveSettings &to)
{
  const std::string of = line.text("the name of a cv");
  to.cv = index_of(cvs, of);
  if (to.cv < 0)
    line.fail("move driven needs cv " + of + ", which no cv keyword before it defines");
  for (double &end : to.ends) end = line.number_finite("an end of a driven move");
  if (to.ends[0] == to.ends[1])
    line.fail("move driven must lead from one value of its cv to another");
}

static void need_steps(const Line &line, const MoveSettings &move)
{
  if (move.langevin.n_steps == 0)
    line.fail(std::string("move ") + MoveSettings::name(move.kind) +
              " needs its number of steps, as in steps 100");
}

static void end_driven(const Line &line, const std::vector<CvSettings> &cvs,
                       const MoveSettings &move)
{
  need_steps(line, move);
  if (move.spring == 0.0) line.fail("move driven needs a spring, as in spring 200");
  const bgen_cv of = cvs[move.cv].of();
  if (move.escort == MoveSettings::OF_CV && !bgen_driven_can_escort(&of))
    line.fail("cv " + cvs[move.cv].name +
              " has no escort: only coordinates, linear cvs and distances have one");
}

struct Kind {
  const char *name, *head; // head: what stands before the keywords
  void (*begin)(Line &line, const std::vector<CvSettings> &cvs, MoveSettings &to);
  const std::vector<MoveOption> options;
  void (*end)(const Line &line, const std::vector<CvSettings> &cvs, const MoveSettings &move);
};

static void nothing_more(Line &, const std::vector<CvSettings> &, MoveSettings &) {}
static void all_right(const Line &, const std::vector<CvSettings> &, const MoveSettings &) {}
static void end_annealed(const Line &line, const std::vector<CvSettings> &,
                         const MoveSettings &move)
{
  need_steps(line, move);
}

static const Kind KINDS[MoveSettings::N_KINDS] = {
    {"fresh", "move fresh F", nothing_more, FRESH_OPTIONS, all_right},
    {"near", "move near F step", begin_near, {}, all_right},
    {"transfer", "move transfer F", nothing_more, {}, all_right},
    {"annealed", "move annealed F", nothing_more, ANNEALED_OPTIONS, end_annealed},
    {"driven", "move driven F cv a b", begin_driven, DRIVEN_OPTIONS, end_driven},
};

const char *MoveSettings::name(int kind)
{
  return KINDS[kind].name;
}

static MoveSettings::Kind read_kind(Line &line)
{
  if (line.next_is("several"))
    line.fail("move 'several' no longer exists: use move fresh F tries K");
  return static_cast<MoveSettings::Kind>(line.choice(
      {KINDS[0].name, KINDS[1].name, KINDS[2].name, KINDS[3].name, KINDS[4].name}, "the move"));
}

MoveSettings bgen::read_move(Line &line, const std::vector<CvSettings> &cvs)
{
  MoveSettings move;
  move.kind = read_kind(line);
  const Kind &kind = KINDS[move.kind];
  move.frequency = line.number_above(0.0, "the frequency of a move");
  kind.begin(line, cvs, move);
  while (read_option(line, kind.options, move)) {
  }
  kind.end(line, cvs, move);
  return move;
}

std::vector<CommandHelp> bgen::move_helps()
{
  std::vector<CommandHelp> helps;
  for (const Kind &kind : KINDS) helps.push_back({kind.head, keywords_of(kind.options)});
  return helps;
}

/* ---- what was read ---- */

std::vector<double> MoveSettings::untuned() const
{
  std::vector<double> values(kind == ANNEALED ? langevin.n_steps + 1 : 1, step);
  if (kind == ANNEALED) bgen_annealed_schedule(langevin.n_steps, power, values.data());
  return values;
}

bgen_dynamics LangevinSettings::dynamics(double timestep, const double *variance) const
{
  const double step = dt > 0.0 ? dt : timestep;
  return {step, 1.0 / (damp > 0.0 ? damp : DAMP_IN_STEPS * step), variance};
}

std::string LangevinSettings::text() const
{
  std::string text = bgen::text(" steps %d", n_steps);
  if (dt > 0.0) text += bgen::text(" dt %.15g", dt);
  if (damp > 0.0) text += bgen::text(" damp %.15g", damp);
  return text;
}

std::string MoveSettings::text(const std::vector<CvSettings> &cvs) const
{
  std::string text = bgen::text("%s %g", name(kind), frequency);
  if (tries > 1) text += bgen::text(" tries %d", tries);
  if (kind == NEAR) text += adapts ? " step auto" : bgen::text(" step %g", step);
  if (kind == DRIVEN)
    text += " " + cvs[cv].name + bgen::text(" %.15g %.15g spring %.15g", ends[0], ends[1], spring);
  if (kind == ANNEALED)
    text += std::string(" start ") + STARTS[start] + bgen::text(" power %g", power);
  if (kind == ANNEALED && adapts) text += " schedule auto";
  if (langevin.n_steps) text += langevin.text();
  if (atoms != "all") text += " atoms " + atoms;
  if (escort != NO_ESCORT) text += std::string(" escort ") + ESCORTS[escort];
  if (heat > 0.0) text += bgen::text(" heat %.15g", heat);
  return text;
}
