/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/move_options.h"

#include "input/error.h"
#include "input/limits.h"
#include "input/text.h"
#include "sample/annealed.h"
#include "sample/driven.h"

using namespace bgen;

/* where the user does not say how fast velocities are forgotten */
static constexpr double DAMP_IN_STEPS = 100.0;
static constexpr double LATENT_DT = 0.3;  // all periods are some 2 pi
static constexpr double FIRST_STEP = 0.3; // of a near move that is tuned

static const std::vector<const char *> ESCORTS = {"no", "yes", "frames"};
static const std::vector<const char *> STARTS = {"any", "other", "transfer"};

using Move = MoveSettings;
using Langevin = LangevinSettings;
using Moves = std::vector<Option<Move>>;

/* ---- keywords ---- */

static const Option<Move> STEPS = {
    "steps", "M", "-", "Langevin steps of a path",
    within(&Move::langevin,
           from_one(&Langevin::n_steps, "the number of steps of a path", MOST_PATH_STEPS))};
static const Option<Move> DT = {
    "dt", "D", "that of the run", "timestep of a path",
    within(&Move::langevin, positive(&Langevin::dt, "the timestep of a path"))};
static const Option<Move> DAMP = {
    "damp", "G", "100 timesteps", "damping time of a path",
    within(&Move::langevin, positive(&Langevin::damp, "the damping time of a path"))};

static const Moves FRESH_OPTIONS = {
    {"tries", "K", "1", "proposals of a jump, of which one is chosen",
     from_one(&Move::tries, "the number of proposals of a jump", MOST_TRIES)},
};

static const Moves ANNEALED_OPTIONS = {
    STEPS,
    {"dt", "D", "that of the run, 0.3 in latent space", "timestep of a path", DT.read},
    DAMP,
    {"start", "any|other|transfer", "any", "where the path out of a flow begins",
     one_of(&Move::start, STARTS, "the start of annealed paths")},
    {"power", "P", "1", "power of the schedule", positive(&Move::power, "the power of a schedule")},
    {"space", "x|latent", "x", "where the paths go",
     one_of(&Move::latent, {"x", "latent"}, "the space of annealed paths")},
    {"metropolis", "path|steps", "path", "whether steps are accepted or undone one by one",
     one_of(&Move::tested, {"path", "steps"}, "what the Metropolis test is of")},
    {"schedule", "fixed|auto", "fixed", "whether the schedule is tuned",
     one_of(&Move::adapts, {"fixed", "auto"}, "the schedule of annealed paths")},
};

static const Moves DRIVEN_OPTIONS = {
    {"spring", "K", "-", "spring constant: energy/distance^2, or energy/degree^2 of an angle",
     positive(&Move::spring, "the spring of a driven move")},
    STEPS,
    DT,
    DAMP,
    {"escort", "no|yes|frames", "no", "whether atoms are displaced along with the spring",
     one_of(&Move::escort, ESCORTS, "the escort of a driven move")},
    {"heat", "T", "that of the jump", "temperature half way",
     positive(&Move::heat, "the temperature half way of a driven move")},
    {"atoms", "group", "all", "group of atoms that the move moves",
     word(&Move::atoms, "the group of atoms that a driven move moves")},
};

/* ---- kinds ---- */

using Cvs = std::vector<CvSettings>;

static void nothing_more(Line &, const Cvs &, Move &) {}
static void all_right(const Line &, const Cvs &, const Move &) {}

/* move near F step|auto */
static void begin_near(Line &line, const Cvs &, Move &to)
{
  to.adapts = line.next_is("auto");
  to.step = to.adapts ? FIRST_STEP : line.number_above(0.0, "the step of a near move, or auto");
}

/* move driven F cv a b */
static void begin_driven(Line &line, const Cvs &cvs, Move &to)
{
  const std::string of = line.text("the name of a cv");
  to.cv = index_of(cvs, of);
  if (to.cv < 0)
    line.fail("move driven needs cv " + of + ", which no cv keyword before it defines");
  if (!cvs[to.cv].has_gradient())
    line.fail("cv " + of +
              " cannot be driven, because a compute or a variable has no gradient: use "
              "a cv of another kind");
  for (double &end : to.ends) end = line.number_finite("an end of a driven move");
  if (to.ends[0] == to.ends[1])
    line.fail("move driven must lead from one value of its cv to another");
}

/* move exchange N learned|plain */
static void begin_exchange(Line &line, const Cvs &, Move &to)
{
  to.every = line.integer(1, "the number of attempts N of which one is an exchange");
  to.plain = line.choice({"learned", "plain"}, "what is exchanged") == 1;
}

static void end_path(const Line &line, const Cvs &, const Move &move)
{
  if (move.langevin.n_steps == 0)
    line.fail(std::string("move ") + Move::name(move.kind) +
              " needs its number of steps, as in steps 100");
}

static void end_annealed(const Line &line, const Cvs &cvs, const Move &move)
{
  end_path(line, cvs, move);
  if (move.tested && move.langevin.damp > 0.0)
    line.fail("metropolis steps draws velocities anew at each step: leave out damp");
}

static void end_driven(const Line &line, const Cvs &cvs, const Move &move)
{
  end_path(line, cvs, move);
  if (move.spring == 0.0) line.fail("move driven needs a spring, as in spring 200");
  const bgen_cv of = cvs[move.cv].of();
  if (move.escort == Move::OF_CV && !bgen_driven_can_escort(&of))
    line.fail("cv " + cvs[move.cv].name +
              " has no escort: only coordinates, linear cvs and distances have one");
}

struct Kind {
  const char *name, *head; // head: what stands before the keywords
  void (*begin)(Line &line, const Cvs &cvs, Move &to);
  const Moves options;
  void (*end)(const Line &line, const Cvs &cvs, const Move &move);
};

static const Kind KINDS[Move::N_KINDS] = {
    {"fresh", "move fresh F", nothing_more, FRESH_OPTIONS, all_right},
    {"near", "move near F step", begin_near, {}, all_right},
    {"transfer", "move transfer F", nothing_more, {}, all_right},
    {"annealed", "move annealed F", nothing_more, ANNEALED_OPTIONS, end_annealed},
    {"driven", "move driven F cv a b", begin_driven, DRIVEN_OPTIONS, end_driven},
    {"exchange", "move exchange N learned|plain", begin_exchange, {}, all_right},
};

const char *MoveSettings::name(int kind)
{
  return KINDS[kind].name;
}

static Move::Kind read_kind(Line &line)
{
  if (line.next_is("several"))
    line.fail("move 'several' no longer exists: use move fresh F tries K");
  std::vector<const char *> names;
  for (const Kind &kind : KINDS) names.push_back(kind.name);
  return static_cast<Move::Kind>(line.choice(names, "the move"));
}

MoveSettings bgen::read_move(Line &line, const Cvs &cvs)
{
  Move move;
  move.kind = read_kind(line);
  const Kind &kind = KINDS[move.kind];
  move.frequency =
      move.kind == Move::EXCHANGE ? 0.0 : line.number_above(0.0, "the frequency of a move");
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
  if (!(step > 0.0))
    throw Error(
        bgen::text("bgen: a path has the timestep of the run, which is %g: give it a dt, or "
                   "set a timestep above 0",
                   timestep));
  return {step, 1.0 / (damp > 0.0 ? damp : DAMP_IN_STEPS * step), variance, nullptr};
}

bgen_dynamics LangevinSettings::in_latent_space() const
{
  return dynamics(LATENT_DT, nullptr);
}

std::string LangevinSettings::text() const
{
  std::string text = bgen::text(" steps %d", n_steps);
  if (dt > 0.0) text += bgen::text(" dt %.15g", dt);
  if (damp > 0.0) text += bgen::text(" damp %.15g", damp);
  return text;
}

std::string MoveSettings::text(const Cvs &cvs) const
{
  using bgen::text;
  if (kind == EXCHANGE) return text("exchange %d %s", every, plain ? "plain" : "learned");
  std::string all = text("%s %g", name(kind), frequency);
  if (tries > 1) all += text(" tries %d", tries);
  if (kind == NEAR) all += adapts ? " step auto" : text(" step %g", step);
  if (kind == DRIVEN)
    all += text(" %s %.15g %.15g spring %.15g", cvs[cv].name.c_str(), ends[0], ends[1], spring);
  if (kind == ANNEALED) all += text(" start %s power %g", STARTS[start], power);
  if (latent) all += " space latent";
  if (tested) all += " metropolis steps";
  if (kind == ANNEALED && adapts) all += " schedule auto";
  if (langevin.n_steps) all += langevin.text();
  if (atoms != "all") all += " atoms " + atoms;
  if (escort != NO_ESCORT) all += text(" escort %s", ESCORTS[escort]);
  if (heat > 0.0) all += text(" heat %.15g", heat);
  return all;
}
