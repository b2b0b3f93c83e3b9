/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/led_host.h"

#include "engine/requirements.h"
#include "error.h"
#include "input/error.h"
#include "update.h"

#include <sstream>

using namespace LAMMPS_NS;

namespace bgen {

LedHost::LedHost(LAMMPS *lmp, Orders &orders, int lead, LammpsHost &host, const bool &alive)
    : Pointers(lmp), orders_(orders), lead_(lead), host_(host), alive_(alive)
{
  lead_last_engine();
}

Order LedHost::order(Order::What what) const
{
  Order order = {what};
  order.lead = lead_;
  return order;
}

/* ---- what this rank knows by itself ---- */

void LedHost::print(const std::string &text)
{
  utils::logmesg(lmp, text);
}

void LedHost::warn(const std::string &sentence)
{
  error->warning(FLERR, sentence);
}

double LedHost::timestep() const
{
  return update->dt;
}

long long LedHost::step() const
{
  return update->ntimestep;
}

std::string LedHost::units() const
{
  return update->unit_style;
}

void LedHost::check_reversible()
{
  const std::string trouble = trouble_with_reversing(lmp);
  if (!trouble.empty()) throw Error(trouble);
}

void LedHost::check_alive(const std::string &command)
{
  if (!alive_) throw Error("bgen: '" + command + "' of perturb has removed fix " + host_.fix().id);
}

std::string LedHost::trouble_with(const Observable &observable) const
{
  return host_.trouble_with(observable);
}

/* ---- what needs all ranks ---- */

double LedHost::temperature()
{
  if (host_.has_fixed_temperature()) return host_.temperature();
  return orders_.together(order(Order::TEMPERATURE), [&] { return host_.temperature(); });
}

Engine &LedHost::lead_last_engine()
{
  const int number = host_.n_engines() - 1;
  engines_.push_back(std::make_unique<LedEngine>(orders_, lead_, number, host_.engine(number),
                                                 number == 0 ? &host_.box : nullptr));
  return *engines_.back();
}

Engine &LedHost::engine_of_group(const std::string &group)
{
  orders_.together(order(Order::ENGINE_OF_GROUP), nullptr, group, [&] { host_.add_engine(group); });
  return lead_last_engine();
}

void LedHost::command(const std::string &line)
{
  orders_.together(order(Order::COMMAND), nullptr, line, [&] { host_.command(line); });
}

bool LedHost::all_atoms_there()
{
  return orders_.together(order(Order::ALL_ATOMS_THERE),
                          [&] { return host_.engine(0).group_atoms().all_there(); });
}

double LedHost::step_energy()
{
  return orders_.together(order(Order::STEP_ENERGY), [&] { return host_.step_energy(); });
}

std::vector<int> LedHost::bonds()
{
  return orders_.together(order(Order::BONDS),
                          [&] { return host_.engine(0).group_atoms().bonds(); });
}

/* names and IDs have no blanks */
static std::string written(const std::vector<Observable> &observables)
{
  std::ostringstream out;
  for (const Observable &one : observables)
    out << one.kind << ' ' << one.index << ' ' << one.name << ' ' << (one.id.empty() ? "-" : one.id)
        << '\n';
  return out.str();
}

static std::vector<Observable> read(const std::string &text)
{
  std::vector<Observable> observables;
  std::istringstream in(text);
  int kind;
  for (Observable one; in >> kind >> one.index >> one.name >> one.id;) {
    one.kind = static_cast<Observable::Kind>(kind);
    observables.push_back(one);
  }
  return observables;
}

void LedHost::begin_observing(const std::vector<Observable> &observables)
{
  orders_.together(order(Order::BEGIN_OBSERVING), nullptr, written(observables),
                   [&] { host_.begin_observing(observables); });
}

void LedHost::observe(double energy, double *values)
{
  Order with_energy = order(Order::OBSERVE);
  with_energy.value = energy;
  orders_.together(with_energy, [&] { host_.observe(energy, values); });
}

/* ---- the other ranks ---- */

void obey(LammpsHost &host, Received &received)
{
  switch (received.order.what) {
  case Order::ENGINE_OF_GROUP:
    return host.add_engine(received.letters);
  case Order::TEMPERATURE:
    return (void) host.temperature();
  case Order::COMMAND:
    return host.command(received.letters);
  case Order::ALL_ATOMS_THERE:
    return (void) host.engine(0).group_atoms().all_there();
  case Order::STEP_ENERGY:
    return (void) host.step_energy();
  case Order::BONDS:
    return (void) host.engine(0).group_atoms().bonds();
  case Order::BEGIN_OBSERVING:
    return host.begin_observing(read(received.letters));
  case Order::OBSERVE:
    return host.observe(received.order.value, received.room(host.n_observed()));
  default:
    return obey(host.engine(received.order.engine), received);
  }
}

} // namespace bgen
