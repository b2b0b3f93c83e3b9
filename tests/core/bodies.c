/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bodies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum { N_FRAMES = 400 };

/* the energy tells identical particles apart: a move keeps their order */
static const int pairs[4] = {0, 0, 1, 1}, alike[4] = {0, 0, 0, 0}, leaves[5] = {3, 2, 1, 0, 0};
const scene body_scenes[N_BODY_SCENES] = {
    {{3, 3}, BGEN_ALIGNED, 1, NULL, false, 0},  {{4, 3}, BGEN_ALIGNED, 2, NULL, false, 0},
    {{3, 2}, BGEN_ALIGNED, 2, NULL, false, 0},  {{4, 2}, BGEN_ALIGNED, 1, NULL, false, 0},
    {{3, 3}, BGEN_CRYSTAL, 1, NULL, false, 0},  {{4, 2}, BGEN_CRYSTAL, 2, pairs, false, 0},
    {{3, 3}, BGEN_ALIGNED, 1, alike, false, 0}, {{4, 3}, BGEN_ALIGNED, 2, alike, false, 0},
    {{4, 2}, BGEN_ALIGNED, 2, pairs, false, 0}, {{4, 3}, BGEN_ALIGNED, 1, pairs, true, 0},
    {{4, 3}, BGEN_INTERNAL, 2, NULL, false, 0}, {{5, 3}, BGEN_INTERNAL, 1, leaves, false, 0},
    {{5, 3}, BGEN_INTERNAL, 1, NULL, false, 3},
};

/* particles about their tethers */
void fill_exact(const world *v, uint64_t point, double *x)
{
  bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_TEST, point);
  bgen_rng_normals(&rng, v->dim, x);
  for (size_t j = 0; j < v->dim; j++) x[j] = v->tether[j] + TETHER_WIDTH * x[j];
}

double energy_of_body(const world *v, const double *x, double *grad)
{
  double sum = 0;
  for (size_t j = 0; j < v->dim; j++) {
    const double apart = (x[j] - v->tether[j]) / TETHER_WIDTH;
    sum += 0.5 * apart * apart;
    if (grad) grad[j] = apart / TETHER_WIDTH;
  }
  return sum;
}

/* frames of component k are another body each, in many places */
void fit_body(world *v, size_t k)
{
  double *x = must_allocate(N_FRAMES * v->dim * sizeof *x), reference[MOST_OF_BODY];
  for (size_t i = 0; i < N_FRAMES; i++) {
    fill_exact(v, 1000000 + 1000 * k + i, x + i * v->dim);
    for (size_t j = 0; j < v->dim; j++) {
      x[i * v->dim + j] += 0.3 * (double) k * varied(k, j);
      x[i * v->dim + j] += 2 * varied(70 + i, j % v->of.layout.n_space);
    }
  }
  CHECK_OK(bgen_generator_mean_reference(v->g, v->w, N_FRAMES, x, reference));
  CHECK_OK(bgen_generator_fit(v->g, v->w, k, reference, N_FRAMES, x));
  bgen_flow *flow = bgen_generator_flow(v->g, k);
  perturb(3 + k, 0.1, flow->map->n_params, flow->theta);
  free(x);
}

/* each atom is bonded to the one before it, but the second of two leaves to that before both */
static bgen_tree *make_chain(const world *v)
{
  size_t bond[4][2];
  double mass[5] = {1, 1, 1, 1, 1};
  bgen_tree *tree = NULL;
  const size_t n = v->of.layout.n_particles;
  if (v->of.coords != BGEN_INTERNAL) return NULL;
  for (size_t i = 1; i < n; i++)
    bond[i - 1][0] = v->of.species && i == n - 1 ? i - 2 : i - 1, bond[i - 1][1] = i;
  static const size_t aligned[] = {1, 2, 3};
  const bgen_molecules of = {n,         n - 1, (const size_t(*)[2]) bond, mass,
                             v->tether, NULL,  v->of.n_aligned,           aligned};
  CHECK_OK(bgen_tree_create(&of, &tree));
  return tree;
}

world make_world(size_t s)
{
  static const char *const names[] = {"a", "b"};
  static const double weights[] = {1, 2};
  world v = {.of = body_scenes[s],
             .dim = body_scenes[s].layout.n_particles * body_scenes[s].layout.n_space};
  fill_varied(40 + s, v.dim, v.tether);
  for (size_t j = 0; j < v.dim; j++) v.tether[j] *= 1.5;
  v.tree = make_chain(&v);
  const bgen_generator_options options = {.layout = v.of.layout,
                                          .coords = v.of.coords,
                                          .mirrored = v.of.mirrored,
                                          .spec = v.tree ? MOLECULES_SPEC : BODIES_SPEC,
                                          .species = v.of.species,
                                          .tree = v.tree,
                                          .n_components = v.of.n_components,
                                          .names = names,
                                          .seed = 3};
  CHECK_OK(bgen_generator_create(&options, &v.g));
  CHECK_OK(bgen_workspace_create(v.g, 1, &v.w));
  for (size_t k = 0; k < v.of.n_components; k++) fit_body(&v, k);
  bgen_generator_set_weights(v.g, weights);
  return v;
}

void free_world(world *v)
{
  bgen_workspace_destroy(v->w);
  bgen_generator_destroy(v->g);
  bgen_tree_destroy(v->tree);
}

double log_q_of_body(const world *v, const double *x)
{
  double log_q = NAN;
  CHECK_OK(bgen_generator_log_q(v->g, v->w, 1, 1, x, &log_q));
  return log_q;
}
