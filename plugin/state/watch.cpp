/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/watch.h"

#include "base/hash.h"
#include "input/error.h"

#include <cmath>

using namespace bgen;

static constexpr size_t N_KEPT = 4096; // configurations whose values are kept

Watch::Watch(Host &host, Engine &engine, const std::vector<Observable> &observables)
    : host_(host), engine_(engine), observables_(observables), x_(engine.body().dim()),
      keys_(N_KEPT), values_(N_KEPT)
{
  for (const Observable &one : observables) {
    const std::string trouble = host.trouble_with(one);
    if (!trouble.empty()) throw Error("fix bgen: " + trouble);
  }
}

/* ---- trials ---- */

/* the engine has begun one */
void Watch::start(Phase phase, bool sets_up)
{
  phase_ = phase;
  keys_.assign(N_KEPT, 0);
  at_.clear();
  latest_.clear();
  present_.resize(engine_.body().dim());
  engine_.gather(present_.data());
  if (!sets_up) return;
  const std::string trouble = host_.probe(engine_).begin_watching(observables_, true);
  if (!trouble.empty()) throw Error(trouble);
}

void Watch::begin_trial()
{
  if (phase_ == OWN) { // from where the atoms have gone meanwhile
    phase_ = TRIAL;
    return;
  }
  engine_.begin_trial();
  start(TRIAL, false);
}

void Watch::begin_session()
{
  closed().begin_session();
  start(SESSION, true);
}

Engine &Watch::closed()
{
  if (phase_ == OWN) {
    phase_ = IDLE;
    engine_.restore();
  }
  return engine_;
}

void Watch::begin_jump()
{
  jumping_ = true;
  check();
}

/* Once a run: what depends on velocities, which are changed and put back, is found out. */
void Watch::check()
{
  if (checked_) return;
  checked_ = true;
  const Trial trial(engine_);
  const std::string trouble = host_.probe(engine_).begin_watching(observables_, false);
  if (!trouble.empty()) throw Error(trouble);
}

void Watch::end_jump()
{
  closed();
  jumping_ = false;
}

/* ---- energies ---- */

/* a configuration that is refused leaves the atoms somewhere */
Energy Watch::move(const double *x)
{
  const Energy energy = engine_.energy(x);
  at_.clear();
  if (!energy.refused) at_.assign(x, x + engine_.body().dim());
  energy_ = energy.value;
  return energy;
}

Energy Watch::energy(const double *x)
{
  const Energy energy = move(x);
  if (energy.refused) return energy;
  latest_ = at_;
  if (phase_ == SESSION) known(latest_.data());
  return energy;
}

Energy Watch::present_energy()
{
  return energy(present_.data());
}

Engine &Watch::at_latest()
{
  if (!latest_.empty() && at_ != latest_) move(latest_.data());
  return engine_;
}

/* ---- values ---- */

namespace {
/* a quantity may look at this fix */
class Busy {
public:
  explicit Busy(bool &busy) : busy_(busy) { busy = true; }
  ~Busy() { busy_ = false; }
  Busy(const Busy &) = delete;
  Busy &operator=(const Busy &) = delete;

private:
  bool &busy_;
};
} // namespace

/* within a trial */
const std::vector<double> &Watch::known(const double *x)
{
  const size_t dim = engine_.body().dim();
  const uint64_t hash = bgen_hash_bytes(BGEN_HASH_START, x, dim * sizeof *x) | 1;
  std::vector<double> &values = values_[hash / 2 % N_KEPT];
  if (keys_[hash / 2 % N_KEPT] == hash) return values;
  const Busy busy(busy_);
  const bool is_there = !at_.empty() && std::equal(at_.begin(), at_.end(), x);
  if (is_there || !move(x).refused)
    values = host_.probe(engine_).watch(energy_);
  else
    values.assign(n(), NAN);
  keys_[hash / 2 % N_KEPT] = hash;
  return values;
}

double Watch::value(size_t k, const double *x)
{
  if (busy_)
    throw Error("fix bgen: cv " + observables_[k].name + " depends on itself: it must not use " +
                "output of the fix");
  if (phase_ != IDLE) return known(x)[k];
  if (jumping_) {
    engine_.begin_trial();
    start(OWN, false);
    return known(x)[k];
  }
  return host_.probe(engine_).in_run() ? now(k, x) : in_session(k, x);
}

double Watch::in_session(size_t k, const double *x)
{
  const std::vector<double> there(x, x + engine_.body().dim());
  begin_session();
  try {
    const double value = known(there.data())[k];
    end_trial();
    engine_.end_session();
    return value;
  } catch (...) {
    end_trial();
    engine_.end_session();
    throw;
  }
}

/* NaN anywhere else */
double Watch::now(size_t k, const double *x)
{
  engine_.gather(x_.data());
  if (!std::equal(x_.begin(), x_.end(), x)) return NAN;
  const Busy busy(busy_);
  return host_.probe(engine_).watch_now(observables_)[k];
}
