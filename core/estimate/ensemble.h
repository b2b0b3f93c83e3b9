/* SPDX-License-Identifier: MIT
   ensemble.h - samples of flows and frames of MD, put together: what both tell of the Boltzmann
   distribution.

   Configurations fall into basins.  Each basin has a flow and points of its own, and for bgen_mbar
   (mbar.h) these states:
     flows     at each of the temperatures that are asked about; a flow is normalised: F = -ln Z = 0
     levels    the Boltzmann distribution e^-u at these temperatures, then at others of which there
               are frames
     changed   e^-u' at these temperatures, if the points have energies in a changed force field
   A point has weight in e^-u where it lies in the domain of its flow and in its basin, and has a
   finite energy.

   The caller fills a bgen_ensemble with arrays of its own, which it keeps as they are for as long
   as solutions of it live.  bgen_solution_create (solution.h) then finds all free energies, from
   all points or a part of them. */
#ifndef BGEN_ESTIMATE_ENSEMBLE_H
#define BGEN_ESTIMATE_ENSEMBLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/api.h"
#include "estimate/uncertainty.h"

BGEN_API_BEGIN

/* Points in a row: samples of a flow, or frames of one temperature in order of time. */
typedef struct bgen_group {
  size_t first, n;
  bgen_runs walkers; /* that the frames come from, ends counted from 0; n = 0 for samples */
} bgen_group;

typedef struct bgen_basin_points {
  const char *name; /* for sentences */
  size_t n;
  const double *u;       /* [n] reduced by the temperature of the ensemble; NaN, inf: no weight */
  const double *log_q;   /* [n][n_temperatures] of the flow of the basin; NaN: outside its domain */
  const int *basin;      /* [n] where the point lies */
  const char *in_domain; /* [n] of the flow */
  const double *u_changed;   /* [n] as u, in the changed force field; NULL: there is none */
  const bgen_group *samples; /* [n_temperatures] */
  const bgen_group *frames;  /* [n_levels], n = 0 where there are none */
  const char *doubt; /* why no free energy of the basin can be right; NULL: nobody knows of it */
  const size_t *sub_state; /* [n] where the point lies (split.h), if the ensemble has sub-states */
} bgen_basin_points;

typedef struct bgen_ensemble {
  size_t n_basins;
  const bgen_basin_points *points; /* [n_basins]; in all of them u_changed, or in none */
  double temperature;              /* that u is reduced by */
  size_t n_temperatures;           /* that are asked about, and of the flows */
  size_t n_levels;                 /* these, and others of which there are frames */
  const double *level;             /* [n_levels] temperatures, all different */
  size_t n_sub_states; /* of each basin, for an ensemble of one temperature; 0: it is not split */
} bgen_ensemble;

/* ---- states, in the order in which bgen_mbar has them ---- */

enum bgen_field { BGEN_FIELD_FIRST, BGEN_FIELD_CHANGED };

bool bgen_ensemble_has_changed(const bgen_ensemble *e);
size_t bgen_ensemble_n_states(const bgen_ensemble *e);
/* of e^-u, or e^-u', at temperature t; the flow at temperature t is state t */
size_t bgen_ensemble_state(const bgen_ensemble *e, size_t t, enum bgen_field field);

/* ---- points ---- */

/* Whether e^-u has a density at point i of basin k. */
bool bgen_ensemble_has_weight(const bgen_ensemble *e, size_t k, size_t i);

/* An energy that is reduced by the temperature of the ensemble, at another one. */
double bgen_ensemble_u_at(const bgen_ensemble *e, double temperature, double u);

/* u + log q at temperature t: the work from the flow to e^-u, +inf where either has no density. */
double bgen_ensemble_work(const bgen_ensemble *e, size_t t, size_t k, size_t i);

/* Reduced energies of point i of basin k in all states: u[n_states] with a stride; -log q in flows,
   +inf where there is no density. */
void bgen_ensemble_energies(const bgen_ensemble *e, size_t k, size_t i, size_t stride, double *u);

/* Frames of temperature t in every basin. */
bool bgen_ensemble_has_frames(const bgen_ensemble *e, size_t t);

/* Samples of the flow at temperature t within domain and basin whose energy is NaN. */
size_t bgen_ensemble_n_failed(const bgen_ensemble *e, size_t t, size_t k);

/* Points of weight whose energy in the changed force field is finite, in basin k, and NaN, in all
   basins. */
size_t bgen_ensemble_n_changed(const bgen_ensemble *e, size_t k);
size_t bgen_ensemble_n_failed_changed(const bgen_ensemble *e);

BGEN_API_END
#endif
