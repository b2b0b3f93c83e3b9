/* SPDX-License-Identifier: GPL-2.0-or-later
   two_basins.h - two basins with harmonic energies u = offset + stiffness (x - middle)^2 / 2, each
   known from samples of a normal "flow" that is somewhat off and from frames that follow e^-u, one
   after the other with memory. Arrays are those of the last make(). */
#ifndef BGEN_TWO_BASINS_H
#define BGEN_TWO_BASINS_H

#include <stdint.h>

#include "estimate/averages.h"

enum { N_BASINS = 2, SAMPLES = 400, FRAMES = 900, ONE = SAMPLES + FRAMES, ALL = N_BASINS * ONE };

typedef struct basin {
  double offset, stiffness, middle; /* of the energy */
  double mean, width;               /* of the flow */
} basin;
extern const basin basins[N_BASINS];

extern double x[ALL], energy[ALL], u[N_BASINS][2 * ONE]; /* u of the flow, and of e^-u */
extern double influence[N_BASINS][2 * ONE], work[3 * ALL], free_energy[N_BASINS][2];
extern const size_t frames_end[2], states[N_BASINS];
extern bgen_mbar mbar[N_BASINS];

double exact(const basin *b);     /* F */
bgen_averages make(uint64_t key); /* other points for each key */
void solve(void);                 /* again, after a change of u */

#endif
