/* SPDX-License-Identifier: GPL-2.0-or-later
   check.h - what the core tests compare with, on top of cmocka.

   Every comparison is written so that NaN fails it.  A failure prints the numbers and ends its
   test. */
#ifndef BGEN_TESTS_CHECK_H
#define BGEN_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/real.h"
#include "base/status.h"

/* true where the core was built with double networks, whose gradients differences can reach */
enum { DOUBLE_NETWORKS = sizeof(bgen_real) == sizeof(double) };

/* |value - expected| <= tolerance */
#define CHECK_CLOSE(value, expected, tolerance)                                                    \
  check_close(#value, value, expected, tolerance, __FILE__, __LINE__)

/* |value - expected| <= tolerance max(1, |expected|) */
#define CHECK_RELATIVE(value, expected, tolerance)                                                 \
  check_relative(#value, value, expected, tolerance, __FILE__, __LINE__)

/* low <= value <= high */
#define CHECK_WITHIN(value, low, high) check_within(#value, value, low, high, __FILE__, __LINE__)

/* n elements, bit for bit */
#define CHECK_SAME(n, a, b) check_same(#a " and " #b, (n) * sizeof *(a), a, b, __FILE__, __LINE__)

#define CHECK_OK(status) check_status(status, BGEN_OK, "", __FILE__, __LINE__)

/* the status, and a sentence that holds the word */
#define CHECK_REFUSED(status, expected, word)                                                      \
  check_status(status, expected, word, __FILE__, __LINE__)

void check_close(const char *what, double value, double expected, double tolerance,
                 const char *file, int line);
void check_relative(const char *what, double value, double expected, double tolerance,
                    const char *file, int line);
void check_within(const char *what, double value, double low, double high, const char *file,
                  int line);
void check_same(const char *what, size_t n_bytes, const void *a, const void *b, const char *file,
                int line);
void check_status(bgen_status status, bgen_status expected, const char *word, const char *file,
                  int line);

/* Running mean of independent numbers. */
typedef struct average {
  size_t n;
  double value, squares; /* squares: sum of (number - value)^2 */
} average;

void average_add(average *m, double number);
double average_variance(const average *m);

/* distance of the mean from expected in standard errors; NaN if anything was NaN */
double average_sigmas(const average *m, double expected);

/* Statistical checks draw from fixed seeds and allow 5 standard errors: had the seed been free, one
   check in 1.7 million would fail without cause. */
#define CHECK_MEAN(m, expected) CHECK_WITHIN(average_sigmas(m, expected), -5, 5)

/* chi-square of counts against equal expected ones, as a normal deviate (Wilson and Hilferty) */
double chi_square_sigmas(size_t n_cells, const size_t *count);

#endif
