/* SPDX-License-Identifier: MIT */
#include "sample/metropolis.h"

#include <math.h>

double bgen_metropolis_log_ratio(double u_old, double log_q_old, double u_new, double log_q_new)
{
  return (u_old + log_q_old) - (u_new + log_q_new);
}

bool bgen_metropolis_accept(double u_new, double log_ratio, double uniform)
{
  return isfinite(u_new) && log(uniform) < log_ratio;
}
