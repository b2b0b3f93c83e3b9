/* SPDX-License-Identifier: MIT
   solution.h - the free energies of an ensemble, found by MBAR from its points or a part of them

   A solution is constant once it is made: what it tells depends on no order of calls, and several
   threads may read it.  Free energies F = -ln Z are in kT, those at temperature number t relative
   to the flow of the same temperature, which overlaps best with e^-u there. */
#ifndef BGEN_ESTIMATE_SOLUTION_H
#define BGEN_ESTIMATE_SOLUTION_H

#include "base/api.h"
#include "base/status.h"
#include "estimate/diagnosis.h"
#include "estimate/ensemble.h"
#include "estimate/split.h"

BGEN_API_BEGIN

/* Which points count. */
typedef struct bgen_part {
  /* the first of the samples of each flow and of the frames of each walker; 1: all */
  double fraction;
  /* of the frames only every g-th, g being the statistical inefficiency of their works */
  bool decorrelated;
} bgen_part;

typedef struct bgen_solution bgen_solution;

/* BGEN_NO_MEMORY alone is a failure: where points do not tell, an error is INFINITY. */
bgen_status bgen_solution_create(const bgen_ensemble *ensemble, const bgen_part *part,
                                 bgen_solution **solution);
void bgen_solution_destroy(bgen_solution *solution); /* may be NULL */

/* BGEN_OK, or why MBAR of basin k has no solution, or its points are in doubt: the sentence begins
   with the name of the basin.  Free energies are then by BAR at each temperature, where it tells;
   all that is in doubt, and all else of a basin without a solution, has an error of INFINITY. */
bgen_status bgen_solution_status(const bgen_solution *solution, size_t k);

/* ---- free energies of basin k at temperature t ---- */

/* The error is INFINITY where samples and frames do not overlap enough (overlap.h), the value NaN
   where they do not overlap at all. */
bgen_estimate bgen_solution_free_energy(const bgen_solution *solution, size_t t, size_t k);
/* its error, were all frames independent */
double bgen_solution_independent_error(const bgen_solution *solution, size_t t, size_t k);
/* how much it rests on (overlap.h); 0 where it is unknown */
double bgen_solution_overlap(const bgen_solution *solution, size_t t, size_t k);
/* of what frames contribute to it */
bgen_spread bgen_solution_frame_spread(const bgen_solution *solution, size_t t, size_t k);

/* ---- sub-states of basin k, where the ensemble is split ----
   The free energy of the basin and its error, and nothing else, are then those of the union.  NULL
   where it is not split. */

const bgen_split *bgen_solution_split(const bgen_solution *solution, size_t k);
const bgen_sub_state *bgen_solution_sub_states(const bgen_solution *solution, size_t k);

/* ---- works in order of time, +inf where the other side has no density; not to be freed ---- */

/* u + log q of the samples of the flow at temperature t, and the negative of it of the frames. */
bgen_works bgen_solution_sample_works(const bgen_solution *solution, size_t t, size_t k);
bgen_works bgen_solution_frame_works(const bgen_solution *solution, size_t t, size_t k);

/* F by either side alone; NaN where it does not tell. */
bgen_estimate bgen_solution_by_samples(const bgen_solution *solution, size_t t, size_t k);
bgen_estimate bgen_solution_by_frames(const bgen_solution *solution, size_t t, size_t k);

/* Of jumps within basin k to samples of its flow: their mean acceptance, NaN without frames. */
double bgen_solution_acceptance(const bgen_solution *solution, size_t t, size_t k);

/* The same from one basin to samples of the flow of another, were both made equally probable.
   BGEN_NOT_FINITE where the error of either F is not finite. */
bgen_status bgen_solution_balanced_acceptance(const bgen_solution *solution, size_t t, size_t from,
                                              size_t to, double *mean);

/* Fraction of the frames in modes that the flow at temperature t has lost (lost_modes.h). */
double bgen_solution_lost(const bgen_solution *solution, size_t t, size_t k);

/* All that bgen_diagnosis judges of F of basin k; half: from half of the points, may be NULL. */
bgen_evidence bgen_solution_evidence(const bgen_solution *solution, const bgen_solution *half,
                                     size_t t, size_t k);

BGEN_API_END
#endif
