/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/lead.h"

#include "engine/led_probe.h"
#include "engine/partitions.h"

#include "error.h"
#include "input/error.h"

#include <new>

using namespace LAMMPS_NS;

namespace bgen {

/* Thrown on by all ranks, after the exception has ended: error->all() may throw, or end the
   program. */
void or_stop(LAMMPS *lmp, const std::function<void()> &work)
{
  std::string sentence;
  bool one = false; // who has no memory may be alone
  try {
    work();
  } catch (const AgreedError &e) { // which has been said
    sentence = e.what();
  } catch (const Error &e) {
    sentence = e.what();
    tell_universe(lmp, sentence);
  } catch (const std::bad_alloc &) {
    sentence = "bgen: no memory is left on one of the ranks";
    one = true;
  }
  if (one) lmp->error->one(FLERR, sentence);
  if (!sentence.empty()) lmp->error->all(FLERR, sentence);
}

Lead::Lead(LAMMPS *lmp, const FixInLammps &fix)
    : Pointers(lmp), orders_(Orders::of(lmp)), host_(lmp, fix), number_(orders_->join(*this))
{
  if (leads()) led_ = std::make_unique<LedHost>(lmp, *orders_, number_, host_, alive_);
}

Lead::~Lead() noexcept
{
  orders_->leave(number_);
}

void Lead::run(const std::function<void()> &work)
{
  values(0, nullptr, work);
}

double Lead::value(const std::function<double()> &work)
{
  double value = 0.0;
  values(1, &value, [&] { value = work(); });
  return value;
}

void Lead::values(size_t n, double *values, const std::function<void()> &work)
{
  bool agreed = false; // by all partitions
  const auto watched = [&] {
    try {
      work();
    } catch (const AgreedError &) {
      agreed = true;
      throw;
    }
  };
  or_stop(lmp, [&] {
    const std::string sentence =
        leads() ? orders_->lead(watched, n, values) : orders_->follow(n, values);
    if (agreed) throw AgreedError(sentence);
    if (!sentence.empty()) throw Error(sentence);
  });
}

void Lead::obey(Message &message)
{
  if (message.order.engine == Order::HOST)
    return CallsOfHost::obey(host_, array_length(host_), message);
  if (message.order.engine <= Order::PROBE) {
    LammpsProbe &probe = host_.probe(Order::PROBE - message.order.engine);
    return CallsOfProbe::obey(probe, array_length(probe), message);
  }
  LammpsEngine &engine = host_.engine(message.order.engine);
  CallsOfEngine::obey(engine, array_length(engine), message);
}

} // namespace bgen
