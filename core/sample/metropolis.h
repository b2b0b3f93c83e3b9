/* SPDX-License-Identifier: MIT
   metropolis.h - the test that every jump passes.

   An independent proposal x' ~ q from x is accepted with probability
     min(1, e^log_ratio),  log_ratio = [u(x) + log q(x)] - [u(x') + log q(x')]. */
#ifndef BGEN_SAMPLE_METROPOLIS_H
#define BGEN_SAMPLE_METROPOLIS_H

#include <stdbool.h>

#include "base/api.h"

BGEN_API_BEGIN

double bgen_metropolis_log_ratio(double u_old, double log_q_old, double u_new, double log_q_new);

/* uniform in (0,1).  Never true if u_new is not finite or log_ratio is NaN. */
bool bgen_metropolis_accept(double u_new, double log_ratio, double uniform);

BGEN_API_END
#endif
