/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/led.h"

#include "engine/led_probe.h"
#include "engine/partitions.h"
#include "engine/requirements.h"
#include "input/error.h"
#include "universe.h"

using namespace LAMMPS_NS;

namespace bgen {

/* the box is held by this rank alone */
void LedEngine::begin_session()
{
  const std::string change = box_ ? box_->change() : "";
  if (!change.empty())
    throw Error("bgen: the periodic box now has " + change +
                " as the frames: change it back, or use a fix of its own for this box");
  led_.all<&L::begin_session>();
}

LedHost::LedHost(LAMMPS *lmp, Orders &orders, int lead, LammpsHost &host, const bool &alive)
    : Pointers(lmp), led_{orders, lead, Order::HOST, host}, alive_(alive)
{
  terminal = Terminal(screen);
  if (host.fix().pools && lmp->universe->nworlds > 1) pool_ = Partitions::of(lmp, host.fix().id);
  lead_last_engine();
}

void LedHost::print(const std::string &text)
{
  terminal.show("");
  utils::logmesg(lmp, text);
}

void LedHost::warn(const std::string &sentence)
{
  terminal.show("");
  error->warning(FLERR, sentence);
}

void LedHost::begin_jumps()
{
  const std::string news = led_.all<&L::begin_jumps>();
  if (!news.empty()) print(news);
}

void LedHost::check_reversible()
{
  const std::string trouble = trouble_with_reversing(lmp);
  if (!trouble.empty()) throw Error(trouble);
}

void LedHost::check_alive(const std::string &command)
{
  if (!alive_)
    throw Error("bgen: '" + command + "' of perturb has removed fix " + led_.own.fix().id);
}

double LedHost::temperature()
{
  return has_fixed_temperature(led_.own.fix()) ? led_.own.temperature()
                                               : led_.all<&L::temperature>();
}

Engine &LedHost::lead_last_engine()
{
  const int number = led_.own.n_engines() - 1;
  engines_.push_back(std::make_unique<LedEngine>(
      Led<LammpsEngine, CallsOfEngine>{led_.orders, led_.lead, number, led_.own.engine(number)},
      number == 0 ? &led_.own.box : nullptr));
  probes_.push_back(std::make_unique<LedProbe>(Led<LammpsProbe, CallsOfProbe>{
      led_.orders, led_.lead, Order::PROBE - number, led_.own.probe(number)}));
  return *engines_.back();
}

Probe &LedHost::probe(const Engine &engine)
{
  size_t i = 0;
  while (engines_[i].get() != &engine.itself()) i++;
  return *probes_[i];
}

std::vector<Thermostat> LedHost::check_fixes(bool with_offsets)
{
  const OtherFixes others = led_.all<&L::check_fixes>(with_offsets);
  for (const std::string &warning : others.warnings) warn(warning);
  return others.thermostats;
}

Engine &LedHost::engine_of_group(const std::string &group)
{
  led_.all<&L::add_engine>(group);
  return lead_last_engine();
}

/* Values may differ between ranks, so that one of them has to judge. */
void LedHost::begin_observing(const std::vector<Observable> &observables)
{
  const std::string trouble = led_.all<&L::begin_observing>(observables);
  if (!trouble.empty()) throw Error(trouble);
}

} // namespace bgen
