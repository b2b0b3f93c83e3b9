/* SPDX-License-Identifier: GPL-2.0-or-later
   wells.h - MBAR of harmonic wells u = stiffness (x - centre)^2 / 2 + offset, for which f = offset
   + ln(stiffness) / 2, apart from a constant that is the same for all. */
#ifndef BGEN_TESTS_WELLS_H
#define BGEN_TESTS_WELLS_H

#include "estimate/mbar.h"
#include "series.h"

enum { STATES = 5, MOST = 10000 };

typedef struct well {
  double stiffness, centre, offset;
} well;

extern const well wells[STATES];
double truth(size_t k);

/* Memory of the problem at hand, with room for MOST samples; contribution is what difference_error
   writes. */
extern double x[], u[], f[], log_mixture[], influence[], contribution[];
extern size_t count[];

/* Of the first states; what is known of f is what is true. */
bgen_mbar problem(size_t n_states, size_t n_known, const size_t *counts);

/* Fills x with samples of each state, correlated where it has runs, and u. */
void draw(const bgen_mbar *m, uint64_t key);

/* Fills u of the x as they are. */
void fill_energies(size_t n_states, size_t n);

/* f, log_mixture and influence. */
void solve(bgen_mbar *m);

/* Of f_j - f_i of what is solved, by what samples contribute and by the formula for independent
   ones. */
double difference_error(const bgen_mbar *m, size_t i, size_t j);
double independent_error(const bgen_mbar *m, size_t i, size_t j);

#endif
