/* SPDX-License-Identifier: GPL-2.0-or-later
   fixture.h - numbers, frames and flows that the core tests share. */
#ifndef BGEN_TESTS_FIXTURE_H
#define BGEN_TESTS_FIXTURE_H

#include <stdbool.h>

#include "check.h"
#include "model/generator.h"

/* Memory that the test ends without; of exactly n bytes, so that sanitizers see every overrun. */
void *must_allocate(size_t n_bytes);

/* Reproducible numbers without pattern, in (-1,1). */
double varied(uint64_t key, size_t i);
void fill_varied(uint64_t key, size_t n, double *values);
void fill_varied_real(uint64_t key, size_t n, bgen_real *values);

/* Moves parameters away from where init left them, by up to size each. */
void perturb(uint64_t key, double size, size_t n_params, bgen_real *theta);

/* n correlated normal frames with a mean and widths between 0.5 and 1.5. */
void fill_frames(uint64_t key, size_t n, size_t dim, double *x);

/* A flow from a line of text, fitted to 200 such frames and perturbed by up to size. */
bgen_flow *make_flow(const char *spec, bgen_layout layout, uint64_t key, double size);

bgen_passes *make_passes(const bgen_flow *flow, int n_threads);

/* What a generator is blind to. */
typedef struct symmetry {
  const int *species;
  size_t n_mirrors;
  bgen_mirror mirror[3];
} symmetry;

static const symmetry no_symmetry = {NULL, 0, {{0, 0}, {0, 0}, {0, 0}}};

/* A generator of up to 3 components "a", "b", "c" with weights as 1 : 2 : 3, each with a reference
   of its own and fitted to 200 frames about it, then perturbed by up to size. */
bgen_generator *make_generator(bgen_layout layout, symmetry blind_to, size_t n_components,
                               const char *spec, double size);

bgen_workspace *make_workspace(const bgen_generator *g, int n_threads);

/* Such a generator, asked by one thread of control at the temperature T. */
typedef struct model {
  bgen_generator *g;
  bgen_workspace *w;
  size_t dim, n_components;
  double T; /* 1, that of training, unless a test changes it */
} model;

model make_model(bgen_layout layout, symmetry blind_to, size_t n_components, const char *spec,
                 double size, int n_threads);
void free_model(model *m);

/* A map with the memory of its passes over up to n points. */
typedef struct rig {
  bgen_bijection *map;
  bgen_real *theta;
  double *fitted, *tape, *scratch;
} rig;

/* Takes a map that is fitted to frames, which refuses none, one, and frames that are not finite,
   the last with this word, and writes nothing then. */
void check_refused_frames(bgen_bijection *map, const char *word);

/* Takes the map; initialises, fits and perturbs as make_flow does. */
rig make_rig(bgen_bijection *map, size_t n, uint64_t key, double size);
void free_rig(rig *r);

/* log_det is set, not added to. */
void rig_apply(const rig *r, bgen_direction direction, size_t n, bool taped, const double *in,
               double *out, double *log_det);

/* after rig_apply with a tape; grad_theta is added to, or NULL */
void rig_vjp(const rig *r, bgen_direction direction, size_t n, const double *grad_out,
             const double *grad_log_det, double *grad_in, bgen_real *grad_theta);

/* ln|det a| of a[dim][dim], which is overwritten */
double log_abs_det(size_t dim, double *a);

/* d f / d t at t = 0 from four values of f at -2h, -h, h, 2h */
double slope_of(const double f[4], double h);

#endif
