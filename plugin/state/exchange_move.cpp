/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange_move.cpp - two partitions at different temperatures exchange their configurations, as
   they are (parallel tempering) or as the flows have them at the other temperature
   (core/sample/proposal.h)

   With each configuration come its velocities, scaled to the other temperature, at which they are
   then distributed.  All partitions take part in what is gathered, also one that has nobody to
   exchange with this time. */

#include "input/error.h"
#include "input/text.h"
#include "sample/metropolis.h"
#include "sample/proposal.h"
#include "state/move.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace bgen;

namespace {

struct Greeting {
  double temperature;
  uint64_t atoms, model; // must be the same in all partitions
  int64_t n_times;       // exchanges before
};

/* What a partition gives away: these values, then x[dim] and v[dim], those of the whole step. */
enum { LOG_RATIO, U, BASIN, UNIFORM, X };

/* What a partition knows of ln of the acceptance ratio, and of that of plain exchange. */
struct Answer {
  double log_ratio = NAN, plain = NAN;
};

class ExchangeMove : public Move {
public:
  ExchangeMove(State &state, int number);
  void attempt(Jump &jump) override;

private:
  std::vector<Greeting> all_; // of all partitions
  int partner_ = -1;          // the partition to exchange with; -1: none
  double u_new_ = NAN;        // of what the partner offers

  Greeting greeting() const;
  void greet();
  void find_partner();
  void meet_nobody();
  void meet(Jump &jump);
  std::vector<double> offer(const Jump &jump, double u);
  double change_temperature(const Jump &jump); // of x_
  void whole_velocities(double *v);
  Answer answer(const std::vector<double> &offered, double u, Jump &jump);
  bool decide(const Answer &own, const Answer &other, double uniform);
  void take(Trial &trial, const std::vector<double> &offered);

  double temperature_of(int partition) const { return all_[partition].temperature; }
  bool is_colder() const;
  double offset(double basin) const
  {
    return bgen_markov_offset(state.chain, static_cast<int>(basin));
  }
};

ExchangeMove::ExchangeMove(State &_state, int _number) : Move(_state, _number, _state.engine)
{
  x_.resize(state.variables.dim());
  if (!state.pool.is_shared())
    throw Error("fix bgen: move exchange has no partition to exchange with: start LAMMPS with "
                "-partition, or remove the move");
}

/* ---- who exchanges with whom ---- */

void ExchangeMove::attempt(Jump &jump)
{
  jump.attempt.proposals = 0;
  state.pool.together([&] {
    greet();
    find_partner();
    partner_ < 0 ? meet_nobody() : meet(jump);
  });
}

Greeting ExchangeMove::greeting() const
{
  const Chain &chain = state.chain;
  return {temperature(), engine.body().hash(), settings.plain ? 0 : bgen_markov_model(chain),
          (chain.n_attempts() + chain.count(BGEN_COUNT_IDLE)) / settings.every};
}

void ExchangeMove::greet()
{
  const Greeting own = greeting();
  all_ = one_of_each(state.pool, own);
  for (size_t p = 1; p < all_.size(); p++) {
    const char *other = all_[p].atoms != all_[0].atoms   ? "other atoms"
                        : all_[p].model != all_[0].model ? "another model"
                                                         : nullptr;
    if (other)
      throw Error(
          text("bgen: pool of fix %s: partition %zu has %s than partition 0, so nothing can "
               "be exchanged: use the same in all partitions",
               state.id.c_str(), p, other));
  }
}

/* The coldest meets the next, the third the fourth and so on; the next time the second meets the
   third.  Two always meet. */
void ExchangeMove::find_partner()
{
  const int n = static_cast<int>(all_.size()), first = n > 2 ? all_[0].n_times % 2 : 0;
  std::vector<int> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [this](int a, int b) { return temperature_of(a) < temperature_of(b); });
  const auto at = std::find(order.begin(), order.end(), state.pool.number());
  const int here = static_cast<int>(at - order.begin()),
            there = (here + first) % 2 ? here - 1 : here + 1;
  partner_ = there < 0 || there >= n ? -1 : order[there];
}

/* of equal temperatures the first one is taken as the colder */
bool ExchangeMove::is_colder() const
{
  const int own = state.pool.number();
  const double difference = temperature_of(partner_) - temperature_of(own);
  return difference > 0.0 || (difference == 0.0 && own < partner_);
}

/* ---- an exchange ---- */

void ExchangeMove::meet_nobody()
{
  state.pool.gather(std::vector<double>(), "gather offers");
  state.pool.gather(std::vector<Answer>(), "gather answers");
}

void ExchangeMove::meet(Jump &jump)
{
  Trial trial(engine);
  if (!settings.plain) state.symmetries.check(jump.x);
  const double u = present_u();
  const std::vector<double> own = offer(jump, u);
  const std::vector<double> other = state.pool.gather(own, "gather offers")[partner_];
  const Answer mine = std::isfinite(own[LOG_RATIO]) ? answer(other, u, jump) : Answer();
  const Answer theirs =
      state.pool.gather(std::vector<Answer>(1, mine), "gather answers")[partner_][0];
  jump.attempt.proposals = 1;
  jump.attempt.to = static_cast<int>(state.variables.basin_of(&other[X]));
  jump.attempt.outside = !std::isfinite(other[LOG_RATIO]);
  jump.attempt.accepted = decide(mine, theirs, is_colder() ? own[UNIFORM] : other[UNIFORM]);
  if (jump.attempt.accepted) take(trial, other);
}

/* x_ is where the configuration is at the temperature of the partner; ln of the ratio of it */
double ExchangeMove::change_temperature(const Jump &jump)
{
  Model &model = state.model;
  const uint64_t seed = state.chain.seed();
  double log_ratio = 0.0;
  x_ = jump.x;
  if (settings.plain) return log_ratio;
  check(bgen_exchange(model.generator(), model.workspace(), temperature(), temperature_of(partner_),
                      seed, proposal(), jump.x.data(), x_.data(), &log_ratio));
  bgen_generator_reflect(model.generator(), seed, BGEN_STREAM_MIRROR, proposal(), x_.data());
  return log_ratio;
}

/* without the half of a step by which velocities are behind: see Move::set_velocities() */
void ExchangeMove::whole_velocities(double *v)
{
  const double dt = state.host.timestep(), kT = engine.kT(temperature());
  std::vector<double> variance(x_.size());
  engine.velocity_variance(temperature(), variance.data());
  state.host.probe(engine).velocities(v);
  for (size_t c = 0; c < variance.size(); c++) v[c] -= 0.5 * dt * variance[c] / kT * grad_old_[c];
}

std::vector<double> ExchangeMove::offer(const Jump &jump, double u)
{
  const size_t dim = x_.size();
  bgen_rng rng = bgen_markov_rng(state.chain, BGEN_STREAM_ACCEPT);
  std::vector<double> offered(X + 2 * dim, 0.0);
  offered[LOG_RATIO] = change_temperature(jump);
  offered[U] = u;
  offered[BASIN] = jump.attempt.from;
  offered[UNIFORM] = bgen_rng_uniform(&rng);
  std::copy_n(x_.data(), dim, &offered[X]);
  if (!state.settings.resample_velocities) whole_velocities(&offered[X + dim]);
  return offered;
}

/* The energy of what is offered; plain exchange has the same energies at the other temperature. */
Answer ExchangeMove::answer(const std::vector<double> &offered, double u, Jump &jump)
{
  const double *x = &offered[X];
  const double from = offset(jump.attempt.from);
  if (!std::isfinite(offered[LOG_RATIO])) return {};
  if (engine.refusal(x)) {
    jump.attempt.refused++;
    return {};
  }
  u_new_ = engine.energy(x).value / engine.kT(temperature());
  if (!std::isfinite(u_new_)) jump.attempt.not_finite++;
  const double u_there = offered[U] * temperature_of(partner_) / temperature();
  return {u - u_new_ + offered[LOG_RATIO] + offset(state.variables.basin_of(x)) - from,
          u - u_there + offset(offered[BASIN]) - from};
}

/* The same in both, which add up the same numbers in the same order. */
bool ExchangeMove::decide(const Answer &mine, const Answer &theirs, double uniform)
{
  const bool counts = is_colder();
  const Answer &first = counts ? mine : theirs, &second = counts ? theirs : mine;
  const bool accepted = bgen_metropolis_accept(0.0, first.log_ratio + second.log_ratio, uniform);
  const bool as_they_are = bgen_metropolis_accept(0.0, first.plain + second.plain, uniform);
  state.chain.count_up(BGEN_COUNT_EXCHANGES, counts);
  state.chain.count_up(BGEN_COUNT_EXCHANGED, counts && accepted);
  state.chain.count_up(BGEN_COUNT_AS_THEY_ARE, counts && as_they_are);
  return accepted;
}

void ExchangeMove::take(Trial &trial, const std::vector<double> &offered)
{
  const double scale = std::sqrt(temperature() / temperature_of(partner_));
  std::vector<double> v(offered.begin() + X + static_cast<std::ptrdiff_t>(x_.size()),
                        offered.end());
  for (double &component : v) component *= scale;
  stay(trial, u_new_, v.data());
}

} // namespace

std::unique_ptr<Move> bgen::create_exchange_move(State &state, int number)
{
  return std::make_unique<ExchangeMove>(state, number);
}
