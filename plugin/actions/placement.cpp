/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/placement.h"

#include "actions/session.h"
#include "coords/drift.h"
#include "coords/rigid.h"
#include "input/error.h"
#include "input/text.h"
#include "model/shapes.h"
#include "train/wander.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static bgen_drift_found look_at(State &state, const bgen_frames &frames)
{
  const long long n_calls = state.n_energy_calls();
  Owned<bgen_drift, bgen_drift_destroy> drift;
  create(drift, bgen_drift_create, &state.variables.layout(), frames.n, frames.x);
  {
    const ComparedSession session(state);
    follow(state, state.temperature(), drift, bgen_drift_next, bgen_drift_arrive);
  }
  state.chain.count_up(BGEN_COUNT_ENERGY_CALLS, n_calls - state.n_energy_calls());
  return bgen_drift_find(drift.get());
}

/* coordinates for what is free; internal is for space */
static const char *cure(const State &state, bool turns)
{
  const bool in_space = state.settings.n_space == 3;
  if (!turns) return "crystal, or aligned for a body that also turns";
  return in_space ? "aligned, or internal for a molecule with bonds, since they also turn"
                  : "aligned, since they also turn";
}

static bgen_wander wander_of(const State &state, int k, FrameUse of, const bgen_frames &frames)
{
  const std::vector<size_t> &ends = state.frames.set(of).ends[k];
  const bgen_runs walkers = {ends.size(), ends.data()};
  bgen_wander found;
  check(bgen_wander_find(&state.variables.layout(), &walkers, frames.x, &found));
  return found;
}

/* no energy changes if the body turns about its centroid, and the frames have it turned */
static void need_orientation(const State &state, int k, double widths)
{
  if (!(widths > 1.0)) return;
  throw Error(text("bgen %s: nothing holds the orientation of the atoms, so coords cartesian is "
                   "much wider than their shape: no frame of basin %s changes its energy if all "
                   "atoms are turned about their center, and they turn by %.3g times the width of "
                   "the shape; use coords %s",
                   state.id.c_str(), state.variables.basin_name(k).c_str(), widths,
                   state.settings.n_space == 3 ? "aligned, or internal for a molecule with bonds"
                                               : "aligned"));
}

void bgen::need_held(State &state, int k, FrameUse of)
{
  const bgen_frames &frames = of == FrameUse::TRAIN ? state.frames.train(k) : state.frames.test(k);
  if (state.settings.coords != BGEN_CARTESIAN || frames.n < 2) return;
  const bgen_drift_found found = look_at(state, frames);
  if (found.axis < 0 && found.turns)
    need_orientation(state, k, wander_of(state, k, of, frames).orientation);
  if (found.axis < 0) return;
  throw Error(text("bgen %s: nothing holds the atoms in space, so coords cartesian has no finite "
                   "width: no frame of basin %s changes its energy if all atoms are moved by %.3g "
                   "along %c; use coords %s; if a fix holds them, its energy must count: "
                   "'fix_modify ID energy yes'",
                   state.id.c_str(), state.variables.basin_name(k).c_str(), found.shift,
                   "xyz"[found.axis], cure(state, found.turns)));
}

static std::string drift_of(const bgen_wander &found)
{
  static const char *const OF_SHAPE = "times the width of its shape and does not return";
  std::string says;
  if (found.drifts) says = text("its center of mass drifts by %.3g ", found.centre) + OF_SHAPE;
  if (found.turns)
    says +=
        text("%sits orientation changes by %.3g ", found.drifts ? ", " : "", found.orientation) +
        OF_SHAPE;
  return says;
}

void bgen::need_no_drift(State &state, int k, bool warn)
{
  const bgen_frames &frames = state.frames.train(k);
  if (state.settings.coords != BGEN_CARTESIAN || frames.n < 2) return;
  if (!any(state.pool, state.bystanders_of_training.move())) return;
  const bgen_wander found = wander_of(state, k, FrameUse::TRAIN, frames);
  if (!found.drifts && !found.turns) return;
  const std::string says =
      text("bgen %s: nothing in the training frames of basin %s shows that the group is held in "
           "coords cartesian: ",
           state.id.c_str(), state.variables.basin_name(k).c_str()) +
      drift_of(found) + ", among other atoms that move";
  if (warn) return state.host.warn(says);
  throw Error(says + "; use coords " + cure(state, found.turns) +
              "; if something holds the atoms, add 'drift warn'");
}

/* ---- molecules ---- */

/* the atom whose torsion, alone, takes the reference out of the domain as well; 0: none does */
static long long atom_outside(const State &state, const bgen_conformer *conformer,
                              const double *shape, double *work)
{
  const bgen_tree &tree = *state.variables.molecules.tree();
  std::vector<double> tried(state.variables.n_shape());
  for (size_t k = 0, j = 0; k < tree.n_atoms; k++) {
    const bgen_tree_node &node = tree.node[k];
    j += bgen_tree_node_size(&node);
    if (node.torsion == BGEN_NO_ATOM) continue;
    bgen_conformer_home_shape(conformer, tried.data());
    tried[j - 1] = shape[j - 1];
    if (!std::isfinite(bgen_conformer_log_jacobian(conformer, tried.data(), work)))
      return static_cast<long long>(state.engine.body().tags[node.atom]);
  }
  return 0;
}

void bgen::need_one_hand(State &state, int k)
{
  Model &model = state.model;
  const bgen_conformer *conformer = bgen_generator_conformer(model.generator(), k);
  const bgen_frames &frames = state.frames.train(k);
  const size_t dim = state.variables.dim();
  std::vector<double> shape(state.variables.n_shape()), work(3 * dim);
  size_t n = 0;
  long long atom = 0;
  for (size_t i = 0; conformer && i < frames.n; i++) {
    bgen_generator_to_shapes(model.generator(), model.workspace(), k, 1, frames.x + i * dim,
                             shape.data());
    if (std::isfinite(bgen_conformer_log_jacobian(conformer, shape.data(), work.data()))) continue;
    if (n++ == 0) atom = atom_outside(state, conformer, shape.data(), work.data());
  }
  if (n == 0) return;
  throw Error(text("bgen %s: in %zu of the %zu training frames of basin %s the atoms%s have the "
                   "other hand than in the mean of the frames: use frames of one hand in which "
                   "equal atoms have the same IDs, or a basin for each hand",
                   state.id.c_str(), n, frames.n, state.variables.basin_name(k).c_str(),
                   atom ? text(" about atom %lld", atom).c_str() : ""));
}

static long long atom_of_torsion(const State &state, size_t torsion)
{
  const bgen_tree &tree = *state.variables.molecules.tree();
  for (size_t k = 0, j = 0; k < tree.n_atoms; k++) {
    j += bgen_tree_node_size(&tree.node[k]);
    if (torsion < j) return static_cast<long long>(state.engine.body().tags[tree.node[k].atom]);
  }
  return 0;
}

void bgen::need_old_circles(State &state, int k)
{
  Model &model = state.model;
  const bgen_frames &frames = state.frames.train(k);
  const size_t n_shape = state.variables.n_shape();
  if (!bgen_generator_conformer(model.generator(), k)) return;
  const std::unique_ptr<bool[]> now(new bool[n_shape]);
  check(bgen_generator_find_circles(model.generator(), model.workspace(), k, frames.n, frames.x,
                                    now.get()));
  const bool *before = bgen_generator_circles(model.generator(), k);
  for (size_t j = 0; j < n_shape; j++)
    if (now[j] && !before[j])
      throw Error(
          text("bgen %s: the torsion of atom %lld turns in the training frames of basin %s, "
               "and the flow was fitted to frames in which it did not: read all frames into "
               "a new fix bgen and use 'train' there",
               state.id.c_str(), atom_of_torsion(state, j), state.variables.basin_name(k).c_str()));
}

/* kT that a molecule may feel of the others; what tables and cutoffs round is less */
static constexpr double NOT_FELT = 1e-3, SHIFT = 0.5; // of the smallest distance
static constexpr size_t MOST_FRAMES = 4, MOST_MOLECULES = 8;

/* x is that of a frame with a molecule of the tree moved */
static bool feels_others(State &state, size_t molecule, const double *frame, std::vector<double> x)
{
  const bgen_tree &tree = *state.variables.molecules.tree();
  const bgen_cell cell = state.host.box().cell();
  const double kT = state.engine.kT(state.temperature()), u = state.engine.energy(frame).value / kT;
  const double shift = SHIFT * bgen_smallest_distance(&state.variables.layout(), &cell, frame);
  for (size_t k = tree.first[molecule]; k < tree.first[molecule + 1]; k++)
    x[3 * tree.node[k].atom] += shift;
  return !(std::fabs(state.engine.energy(x.data()).value / kT - u) <= NOT_FELT);
}

/* with coords internal: a molecule of the group feels where another one is */
static bool molecules_feel_each_other(State &state, const bgen_frames &frames)
{
  const bgen_tree *tree = state.variables.molecules.tree();
  if (!tree || tree->n_molecules < 2) return false;
  const long long n_calls = state.n_energy_calls();
  bool found = false;
  {
    const ComparedSession session(state);
    const size_t dim = state.variables.dim(), n = std::min(frames.n, MOST_FRAMES);
    for (size_t i = 0; !found && i < n; i++) {
      const double *frame = frames.x + i * frames.n / n * dim;
      for (size_t m = 1; !found && m < std::min(tree->n_molecules, MOST_MOLECULES); m++)
        found = feels_others(state, m, frame, std::vector<double>(frame, frame + dim));
    }
  }
  state.chain.count_up(BGEN_COUNT_ENERGY_CALLS, n_calls - state.n_energy_calls());
  return any(state.pool, found);
}

static std::string felt(State &state, const bgen_frames &frames)
{
  const bgen_coords coords = state.settings.coords;
  if (coords == BGEN_CARTESIAN || frames.n < 2) return "";
  if (molecules_feel_each_other(state, frames))
    return "its energy changes if one of the molecules is moved, but samples stand where the "
           "reference of the basin does, and frames where they were; use the works of jumps, or a "
           "fix for one molecule alone";
  const bgen_drift_found found = look_at(state, frames);
  const bool turns = coords >= BGEN_ALIGNED && state.variables.layout().n_space > 1;
  if (found.drifts && (found.turns || !turns)) return "";
  return text("its energy changes if all atoms are %s as one body, but samples stand where the "
              "reference of the basin does, and frames where they were; use the works of jumps, or "
              "coords cartesian in place of %s",
              found.drifts ? "turned" : "moved", bgen_coords_name(coords));
}

std::string bgen::doubt_of(State &state, const bgen_frames &frames)
{
  if (!state.frames.test_sets().empty() &&
      any(state.pool, state.bystanders.have_moved(state.engine.other_atoms())))
    return "atoms outside the group of fix " + state.id +
           " have moved since its test frames came, whose energies are those of their own "
           "surroundings; use the works of jumps, or hold these atoms";
  return felt(state, frames);
}
