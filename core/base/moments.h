/* SPDX-License-Identifier: MIT
   moments.h - means and widths of frames, for maps that are fitted to them. */
#ifndef BGEN_BASE_MOMENTS_H
#define BGEN_BASE_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* mean[dim] of x[n][dim], n > 0 */
void bgen_means(size_t n, size_t dim, const double *x, double *mean);

/* Variances become widths, their square roots.  None is less than 1e-4 of the root mean square of
   all, so a map that divides by them exists for frozen coordinates too.  Returns the sum of their
   logarithms; not finite if a variance is not. */
double bgen_widths(size_t dim, double *variance);

/* sum is what the logarithms of width[dim], all of them positive, sum to in whatever order. */
bool bgen_sum_of_logs(size_t dim, const double *width, double sum);

#ifdef __cplusplus
}
#endif
#endif
