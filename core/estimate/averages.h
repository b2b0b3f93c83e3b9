/* SPDX-License-Identifier: MIT
   averages.h - averages and free energies over the Boltzmann distribution, from all points that are
   known of it.

   Configurations fall into basins, and each basin has points of its own: flow samples and MD
   frames, whose free energies bgen_mbar has found.  Together, each basin as much as its Z, they are
   samples of e^-u. Points stand basin after basin, those of a basin as in its bgen_mbar.

   Every error contains that of the free energies, and that frames are correlated.  It is INFINITY,
   see overlap.h,
     (a) where points of a basin take part whose free energy is not known;
     (b) where a state is not told: it is less of a basin than 2 independent frames of the basin
         are, and fewer points carry it there than a one-sided estimate needs.  Those that would
         matter may be elsewhere, as on a barrier that no frame has crossed.  Of a basin without
         points in the state nothing is asked: it is taken not to reach there;
     (c) for a free energy, from 0.71 kT on. */
#ifndef BGEN_ESTIMATE_AVERAGES_H
#define BGEN_ESTIMATE_AVERAGES_H

#include <stdbool.h>

#include "base/api.h"
#include "estimate/free_energy.h"
#include "estimate/mbar.h"

BGEN_API_BEGIN

typedef struct bgen_averages {
  size_t n_basins, n;             /* n points in all */
  const bgen_mbar *basin;         /* [n_basins], solved */
  const double *const *influence; /* [n_basins] of bgen_mbar_influence */
  const size_t *state;            /* [n_basins] which of its states is e^-u in the basin */
  double *work;                   /* [3 n], the caller's */
  const bool *known;              /* [n_basins] their free energies; NULL: all */
  const double *n_frames; /* [n_basins] independent frames of e^-u; NULL: as many as counted */
} bgen_averages;

/* ln of the share of each point in the distribution: log_weight[n], their sum is 1.  Basins of a
   free energy of NaN have none. */
void bgen_averages_log_weights(const bgen_averages *pool, double *log_weight);

/* F(a) = -ln int a e^-u in kT, of a[n] >= 0 at all points: 1 where a point belongs to a state, else
   0, or any factor; NULL: 1 everywhere.  contribution[n] is what each point contributes to F, so
   that of a difference, also of two pools of the same points, is the difference of theirs.
   BGEN_NOT_FINITE where no point of any weight has an a > 0. Values of a at points of no weight do
   not matter.  Where F is not told (b), contribution[0] is NaN, and every error that it enters
   INFINITY. */
bgen_status bgen_averages_integral(const bgen_averages *pool, const double *a, double *free_energy,
                                   double *contribution);

/* Of anything to which the points contribute so much. */
double bgen_averages_error(const bgen_averages *pool, const double *contribution);
/* Of a free energy (c). */
double bgen_averages_error_of_f(const bgen_averages *pool, const double *contribution);

/* F(a), and F(a) - F(b), with their errors. */
bgen_status bgen_averages_free_energy(const bgen_averages *pool, const double *a,
                                      bgen_estimate *estimate);
bgen_status bgen_averages_difference(const bgen_averages *pool, const double *a, const double *b,
                                     bgen_estimate *estimate);

/* F in `after` less F in `before`, over b in both: two distributions over the same points. */
bgen_status bgen_averages_change(const bgen_averages *before, const bgen_averages *after,
                                 const double *b, bgen_estimate *estimate);

/* <a b> / <b>, the mean of a[n] in the state b (NULL: everywhere). */
bgen_status bgen_averages_mean(const bgen_averages *pool, const double *a, const double *b,
                               bgen_estimate *estimate);

/* Entropy in k of the state b, <u> - F, from u[n] itself: its error knows that <u> and F are of the
   same points. */
bgen_status bgen_averages_entropy(const bgen_averages *pool, const double *u, const double *b,
                                  bgen_estimate *estimate);

BGEN_API_END
#endif
