/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/led_engine.h"

#include "input/error.h"

namespace bgen {

LedEngine::LedEngine(Orders &orders, int lead, int number, LammpsEngine &engine, const Box *box)
    : orders_(orders), lead_(lead), number_(number), engine_(engine), box_(box)
{
}

Order LedEngine::order(Order::What what, double value) const
{
  Order order = {what};
  order.lead = lead_;
  order.engine = number_;
  order.value = value;
  return order;
}

/* or a gradient: [dim] numbers */
Order LedEngine::order_with_x(Order::What what) const
{
  Order with_x = order(what);
  with_x.n_numbers = body().dim();
  return with_x;
}

void LedEngine::gather(double *x)
{
  orders_.together(order(Order::GATHER), [&] { engine_.gather(x); });
}

void LedEngine::begin_trial()
{
  orders_.together(order(Order::BEGIN_TRIAL), [&] { engine_.begin_trial(); });
}

const char *LedEngine::refusal(const double *x)
{
  return orders_.together(order_with_x(Order::REFUSAL), x, "", [&] { return engine_.refusal(x); });
}

Energy LedEngine::energy(const double *x)
{
  return orders_.together(order_with_x(Order::ENERGY), x, "", [&] { return engine_.energy(x); });
}

Energy LedEngine::present_energy()
{
  return orders_.together(order(Order::PRESENT_ENERGY), [&] { return engine_.present_energy(); });
}

void LedEngine::gradient(double *grad)
{
  orders_.together(order(Order::GRADIENT), [&] { engine_.gradient(grad); });
}

void LedEngine::restore()
{
  orders_.put_back(order(Order::RESTORE), [&] { engine_.restore(); });
}

void LedEngine::accept()
{
  orders_.together(order(Order::ACCEPT), [&] { engine_.accept(); });
}

/* the box is held by this rank alone */
void LedEngine::begin_session()
{
  const std::string change = box_ ? box_->change() : "";
  if (!change.empty())
    throw Error("bgen: the periodic box now has " + change +
                " as the frames: change it back, or use a fix of its own for this box");
  orders_.together(order(Order::BEGIN_SESSION), [&] { engine_.begin_session(); });
}

void LedEngine::end_session()
{
  orders_.put_back(order(Order::END_SESSION), [&] { engine_.end_session(); });
}

void LedEngine::keep()
{
  orders_.together(order(Order::KEEP), [&] { engine_.keep(); });
}

void LedEngine::go_back()
{
  orders_.together(order(Order::GO_BACK), [&] { engine_.go_back(); });
}

void LedEngine::forget()
{
  orders_.together(order(Order::FORGET), [&] { engine_.forget(); });
}

void LedEngine::velocity_variance(double temperature, double *variance)
{
  orders_.together(order(Order::VELOCITY_VARIANCE, temperature),
                   [&] { engine_.velocity_variance(temperature, variance); });
}

void LedEngine::resample_velocities(double temperature, bgen_rng rng)
{
  Order with_rng = order(Order::RESAMPLE_VELOCITIES, temperature);
  with_rng.rng = rng;
  orders_.together(with_rng, [&] { engine_.resample_velocities(temperature, rng); });
}

void LedEngine::kick_half_step(const double *grad)
{
  orders_.together(order_with_x(Order::KICK_HALF_STEP), grad, "",
                   [&] { engine_.kick_half_step(grad); });
}

/* ---- the other ranks ---- */

static void obey_of_velocities(LammpsEngine &engine, Received &received)
{
  const double temperature = received.order.value;
  if (received.order.what == Order::VELOCITY_VARIANCE)
    engine.velocity_variance(temperature, received.room(engine.body().dim()));
  if (received.order.what == Order::RESAMPLE_VELOCITIES)
    engine.resample_velocities(temperature, received.order.rng);
  if (received.order.what == Order::KICK_HALF_STEP) engine.kick_half_step(received.numbers.data());
}

void obey(LammpsEngine &engine, Received &received)
{
  const double *x = received.numbers.data();
  switch (received.order.what) {
  case Order::GATHER:
    return engine.gather(received.room(engine.body().dim()));
  case Order::BEGIN_TRIAL:
    return engine.begin_trial();
  case Order::REFUSAL:
    return (void) engine.refusal(x);
  case Order::ENERGY:
    return (void) engine.energy(x);
  case Order::PRESENT_ENERGY:
    return (void) engine.present_energy();
  case Order::GRADIENT:
    return engine.gradient(received.room(engine.body().dim()));
  case Order::RESTORE:
    return engine.restore();
  case Order::ACCEPT:
    return engine.accept();
  case Order::BEGIN_SESSION:
    return engine.begin_session();
  case Order::END_SESSION:
    return engine.end_session();
  case Order::KEEP:
    return engine.keep();
  case Order::GO_BACK:
    return engine.go_back();
  case Order::FORGET:
    return engine.forget();
  default:
    return obey_of_velocities(engine, received);
  }
}

} // namespace bgen
