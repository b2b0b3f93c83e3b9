/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_move.h"

#include "bgen_settings.h"
#include "bgen_words.h"
#include "sample/annealed.h"
#include "sample/driven.h"

using namespace LAMMPS_NS;

static constexpr double FIRST_STEP = 0.3; // of a near move that is tuned
/* where the user does not say how fast velocities are forgotten */
static constexpr double DAMP_IN_STEPS = 100.0;

static const char *const NAMES[BgenMove::N_KINDS] = {"fresh",   "near",     "transfer",
                                                     "several", "annealed", "driven"};
static const char *const ESCORTS[] = {"no", "yes", "frames"};
static const char *const STARTS[] = {"any", "other", "transfer"};

const char *BgenMove::name(int kind)
{
  return NAMES[kind];
}

void BgenMove::read(BgenWords &words, const std::vector<BgenVariable> &cvs)
{
  kind = (Kind) words.choice({NAMES[0], NAMES[1], NAMES[2], NAMES[3], NAMES[4], NAMES[5]},
                             "kind of move");
  frequency = words.number_above(0.0, "frequency of a move");
  if (kind == NEAR) read_near(words);
  if (kind == SEVERAL) n = words.integer(1, "number of proposals of a move");
  if (kind == ANNEALED) read_annealed(words);
  if (kind == DRIVEN) read_driven(words, cvs);
}

/* move near F step|auto */
void BgenMove::read_near(BgenWords &words)
{
  adapts = words.next_is("auto");
  step = adapts ? FIRST_STEP : words.number_above(0.0, "step of a near move in latent space");
}

void BgenMove::need_steps(const BgenWords &words) const
{
  if (langevin.n_steps == 0)
    words.fail(std::string("move ") + name(kind) + " needs its number of steps, as in steps 100");
}

/* move annealed F steps M [dt D] [damp G] [start any|other|transfer] [power P]
   [schedule fixed|auto] */
void BgenMove::read_annealed(BgenWords &words)
{
  for (;;)
    if (words.next_is("start"))
      start = (Start) words.choice({STARTS[0], STARTS[1], STARTS[2]}, "start of annealed paths");
    else if (words.next_is("power"))
      power = words.number_above(0.0, "power of a schedule");
    else if (words.next_is("schedule"))
      adapts = words.choice({"fixed", "auto"}, "schedule of annealed paths") == 1;
    else if (!langevin.read(words))
      break;
  need_steps(words);
}

/* move driven F cv a b spring K steps M [dt D] [damp G] [escort no|yes|frames] [heat T]
   [atoms group] */
void BgenMove::read_driven(BgenWords &words, const std::vector<BgenVariable> &cvs)
{
  const std::string of = words.text("the name of a cv");
  for (cv = 0; cv < (int) cvs.size() && cvs[cv].name != of;) cv++;
  if (cv == (int) cvs.size())
    words.fail("move driven needs cv " + of + ", which no cv keyword before it defines");
  for (double &end : ends) end = words.number_finite("an end of a driven move");
  if (ends[0] == ends[1]) words.fail("move driven must lead from one value of its cv to another");
  for (;;)
    if (words.next_is("spring"))
      spring = words.number_above(0.0, "spring of a driven move");
    else if (words.next_is("escort"))
      escort = (Escort) words.choice({ESCORTS[0], ESCORTS[1], ESCORTS[2]}, "choice of an escort");
    else if (words.next_is("atoms"))
      atoms = words.text("the group of atoms that a driven move moves");
    else if (words.next_is("heat"))
      heat = words.number_above(0.0, "temperature half way of a driven move");
    else if (!langevin.read(words))
      break;
  need_steps(words);
  if (spring == 0.0) words.fail("move driven needs a spring, as in spring 200");
  if (escort == OF_CV && !bgen_driven_can_escort(&cvs[cv].of))
    words.fail("cv " + of + " has no escort: only coordinates, linear cvs and distances have one");
}

std::vector<double> BgenMove::untuned() const
{
  std::vector<double> values(kind == ANNEALED ? langevin.n_steps + 1 : 1, step);
  if (kind == ANNEALED) bgen_annealed_schedule(langevin.n_steps, power, values.data());
  return values;
}

bool BgenLangevin::read(BgenWords &words)
{
  if (words.next_is("steps"))
    n_steps = words.integer(1, "number of steps of a path");
  else if (words.next_is("dt"))
    dt = words.number_above(0.0, "timestep of a path");
  else if (words.next_is("damp"))
    damp = words.number_above(0.0, "damping time of a path");
  else
    return false;
  return true;
}

bgen_dynamics BgenLangevin::dynamics(double timestep, const double *variance) const
{
  const double step = dt > 0.0 ? dt : timestep;
  return {step, 1.0 / (damp > 0.0 ? damp : DAMP_IN_STEPS * step), variance};
}

std::string BgenLangevin::text() const
{
  std::string text = bgen_text(" steps %d", n_steps);
  if (dt > 0.0) text += bgen_text(" dt %.15g", dt);
  if (damp > 0.0) text += bgen_text(" damp %.15g", damp);
  return text;
}

std::string BgenMove::text(const std::vector<BgenVariable> &cvs) const
{
  std::string text = bgen_text("%s %g", name(kind), frequency);
  if (kind == NEAR) text += adapts ? " step auto" : bgen_text(" step %g", step);
  if (kind == SEVERAL) text += bgen_text(" of %d", n);
  if (kind == DRIVEN)
    text += " " + cvs[cv].name + bgen_text(" %.15g %.15g spring %.15g", ends[0], ends[1], spring);
  if (kind == ANNEALED)
    text += std::string(" start ") + STARTS[start] + bgen_text(" power %g", power);
  if (kind == ANNEALED && adapts) text += " schedule auto";
  if (langevin.n_steps) text += langevin.text();
  if (atoms != "all") text += " atoms " + atoms;
  if (escort != NO_ESCORT) text += std::string(" escort ") + ESCORTS[escort];
  if (heat > 0.0) text += bgen_text(" heat %.15g", heat);
  return text;
}
