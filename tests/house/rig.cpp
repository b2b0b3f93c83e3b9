/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig.h"

#include <algorithm>
#include <cmath>

namespace bgen {

const char TWO_BASINS[] = "cv s coordinate 1 x basin left s -inf 0 basin right s 0 inf ";
const char SMALL_FLOW[] = "flow \"whiten; realnvp blocks 2 width 8 depth 1\" threads 1 ";

static constexpr size_t N_FRAMES = 1000;

Wells two_wells()
{
  return {{{1.0, {-1.2, 0.0, 0.3, -0.2}, 0.6}, {0.5, {1.2, 0.4, -0.3, 0.1}, 0.4}}};
}

Wells distant_wells()
{
  return {{{1.0, {0.0, 0.0, 1.0, 0.2}, 0.2}, {0.5, {0.1, 0.0, 2.2, -0.1}, 0.3}}};
}

Wells three_wells()
{
  return {{{1.0, {-2.2, 0.0, 0.3, -0.2}, 0.6},
           {0.5, {0.0, 0.4, -0.3, 0.1}, 0.4},
           {0.8, {2.0, -0.2, 0.1, 0.3}, 0.5}}};
}

/* the third goes along from well to well */
Wells wells_in_a_bath()
{
  Wells all = two_wells();
  all.wells[0].mean.insert(all.wells[0].mean.end(), {-0.5, 1.0});
  all.wells[1].mean.insert(all.wells[1].mean.end(), {0.2, 1.3});
  return all;
}

/* each well with its images */
static Wells with_images(const Wells &of)
{
  Wells all;
  for (const Wells::Well &well : of.wells)
    for (int image = 0; image < 4; image++) {
      Wells::Well one = well;
      if (image & 1) std::swap_ranges(&one.mean[0], &one.mean[2], &one.mean[2]);
      if (image & 2) one.mean[1] = -one.mean[1], one.mean[3] = -one.mean[3];
      all.wells.push_back(one);
    }
  return all;
}

Wells symmetric_wells()
{
  return with_images(two_wells());
}

Wells distant_symmetric_wells()
{
  return with_images(distant_wells());
}

static Engine &pair(AnalyticHost &host)
{
  host.groups["pair"] = {1, 2};
  return host.engine_of_group("pair");
}

static World world_of(const Wells &wells)
{
  World world(static_cast<int>(wells.wells[0].mean.size() / 2), 2);
  world.observables["c_d[2]"] = [](const double *x) {
    return std::hypot(x[0] - x[2], x[1] - x[3]);
  };
  return world;
}

Rig::Rig(const Wells &_wells, const std::string &line, Pool *pool, double temperature)
    : wells(_wells), world(world_of(_wells)), host(world, pool),
      state("bg", settings_of("1 2.0 7 " + line, 2), host, pair(host))
{
  world.temperature = temperature;
  world.energy = [this](const double *x, double *grad) {
    const double u = wells.energy(x, grad);
    for (size_t c = 0; c < world.x.size(); c++) grad[c] *= world.temperature;
    return world.temperature * u;
  };
  wells.draw(n_drawn++, world.x.data());
}

void Rig::train(double perturbation)
{
  Model &model = state.model;
  std::vector<double> x(world.x.size()); // of which the first are the pair
  for (size_t i = 0; i < N_FRAMES; i++) {
    wells.draw(1000000000 + i, x.data());
    state.frames.add(FrameUse::TRAIN, x.data(), KT);
  }
  bgen_rng rng = bgen_rng_at(3, BGEN_STREAM_TEST, 0);
  for (int k = 0; k < model.n_basins(); k++) {
    state.frames.prepare(k, Frames::KEEP);
    bgen_flow *flow = bgen_generator_flow(model.generator(), k);
    for (size_t i = 0; i < flow->map->n_params; i++)
      flow->theta[i] += static_cast<bgen_real>(perturbation * (2.0 * bgen_rng_uniform(&rng) - 1.0));
  }
  model.changed();
  if (model.n_basins() == 2) model.set_weights({1.0, 3.0});
}

void Rig::draw()
{
  const Chain &chain = state.chain;
  double most = 0.0;
  for (int k = 0; k < state.variables.n_basins(); k++)
    most = std::max(most, bgen_markov_offset(chain, k));
  for (;;) {
    wells.draw(n_drawn, world.x.data());
    bgen_rng rng = bgen_rng_at(4, BGEN_STREAM_TEST, n_drawn++);
    if (world.refusal && world.refusal(world.x.data())) continue;
    const double offset = bgen_markov_offset(chain, state.variables.basin_of(world.x.data()));
    if (bgen_rng_uniform(&rng) < std::exp(offset - most)) return;
  }
}

double Rig::u() const
{
  std::vector<double> grad(world.x.size());
  return wells.energy(world.x.data(), grad.data());
}

} // namespace bgen
