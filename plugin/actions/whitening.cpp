/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/whitening.h"

#include "actions/placement.h"
#include "actions/session.h"
#include "model/gaussian.h"
#include "model/hessian.h"
#include "model/shapes.h"
#include "report/training.h"

using namespace bgen;

/* the kind that is meant; frames where there is nothing to choose */
static bgen_gaussian_kind kind_of(State &state, int kind, int k)
{
  if (kind != WHITEN_AS_USUAL) return static_cast<bgen_gaussian_kind>(kind);
  const bool whitens = bgen_flow_whitens(bgen_generator_flow(state.model.generator(), k));
  const bool has_sites =
      state.settings.coords == BGEN_CRYSTAL || state.settings.coords == BGEN_ALIGNED;
  return whitens && has_sites ? BGEN_GAUSSIAN_AUTO : BGEN_GAUSSIAN_FRAMES;
}

static bgen_lattice lattice_of(State &state)
{
  const bgen_cell cell = state.host.box().cell();
  return bgen_lattice_of(&cell, state.variables.layout().n_space);
}

static void fit_whitening(State &state, int kind, int k)
{
  Model &model = state.model;
  const bgen_frames &frames = state.frames.train(k);
  bgen_gaussian_options options = {};
  options.kind = kind_of(state, kind, k);
  if (options.kind == BGEN_GAUSSIAN_FRAMES) return;
  options.kinds = state.engine.body().types.data();
  options.lattice = lattice_of(state);
  Owned<bgen_hessian, bgen_hessian_destroy> hessian;
  const long long before = state.meeting.n_energy_calls();
  if (options.kind == BGEN_GAUSSIAN_HESSIAN) {
    create(hessian, bgen_hessian_create, model.generator(), model.workspace(),
           static_cast<size_t>(k), frames.n, frames.x);
    follow(state, model.training_temperature(), hessian, bgen_hessian_next, bgen_hessian_arrive);
    options.hessian = bgen_hessian_matrix(hessian.get());
  }
  bgen_gaussian_report report;
  check(bgen_generator_fit_gaussian(model.generator(), model.workspace(), k, &options, frames.n,
                                    frames.x, &report));
  model.changed();
  state.host.print(whitening_lines(state.id, state.variables.basin_name(k), report,
                                   state.meeting.n_energy_calls() - before));
}

void bgen::prepare_flow(State &state, Frames::Refit refit, int kind, int k)
{
  const bgen_lattice lattice = lattice_of(state);
  check(bgen_generator_set_crystal(state.model.generator(), &lattice,
                                   state.engine.body().types.data()));
  if (!state.frames.prepare(k, refit)) return;
  need_one_hand(state, k);
  fit_whitening(state, kind, k);
}
