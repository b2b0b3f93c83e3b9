/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/proposals.h"

#include "input/error.h"
#include "model/flow.h"

using namespace bgen;

static constexpr size_t AHEAD = BGEN_CHUNK; // proposals in one pass of the flows

Proposals::Proposals(Model &model) : model_(model), x_(AHEAD * model.dim()), draws_(AHEAD) {}

bool Proposals::has(uint64_t seed, double temperature, uint64_t number) const
{
  return number >= first_ && number < first_ + n_ && seed == seed_ && temperature == temperature_ &&
         change_ == model_.n_changes();
}

void Proposals::draw()
{
  check(bgen_generator_sample(model_.generator(), model_.workspace(), temperature_, seed_,
                              BGEN_STREAM_PROPOSAL, first_, AHEAD, x_.data(), draws_.data()));
  for (size_t i = 0; i < AHEAD; i++)
    bgen_generator_reflect(model_.generator(), seed_, BGEN_STREAM_MIRROR, first_ + i,
                           &x_[i * model_.dim()]);
  n_ = AHEAD;
}

Proposal Proposals::fresh(uint64_t seed, double temperature, uint64_t number)
{
  if (!has(seed, temperature, number)) {
    n_ = 0; // until they are there
    first_ = number, seed_ = seed, temperature_ = temperature;
    change_ = model_.n_changes();
    draw();
  }
  const size_t i = number - first_;
  return {&x_[i * model_.dim()], draws_[i].in_domain, draws_[i].log_q, draws_[i].component};
}

double Proposals::memory_usage() const
{
  return static_cast<double>(x_.size() * sizeof(double) + draws_.size() * sizeof(bgen_draw));
}
