/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <math.h>
#include <string.h>

void check_close(const char *what, double value, double expected, double tolerance,
                 const char *file, int line)
{
  if (fabs(value - expected) <= tolerance) return;
  print_error("%s is %.17g, expected %.17g: off by %.3g, allowed %.3g\n", what, value, expected,
              value - expected, tolerance);
  _fail(file, line);
}

void check_relative(const char *what, double value, double expected, double tolerance,
                    const char *file, int line)
{
  const double size = fabs(expected) > 1 ? fabs(expected) : 1;
  check_close(what, value, expected, tolerance * size, file, line);
}

void check_within(const char *what, double value, double low, double high, const char *file,
                  int line)
{
  if (value >= low && value <= high) return;
  print_error("%s is %.17g, expected %.6g ... %.6g\n", what, value, low, high);
  _fail(file, line);
}

void check_same(const char *what, size_t n_bytes, const void *a, const void *b, const char *file,
                int line)
{
  const unsigned char *p = a, *q = b;
  if (n_bytes == 0 || !memcmp(a, b, n_bytes)) return;
  size_t first = 0;
  while (p[first] == q[first]) first++;
  print_error("%s differ first in byte %zu of %zu\n", what, first, n_bytes);
  _fail(file, line);
}

void check_status(bgen_status status, bgen_status expected, const char *word, const char *file,
                  int line)
{
  if (status == expected && (status == BGEN_OK || strstr(bgen_last_error(), word))) return;
  print_error("status is %d, expected %d with '%s' in: %s\n", (int) status, (int) expected, word,
              bgen_last_error());
  _fail(file, line);
}

void average_add(average *m, double number)
{
  const double step = number - m->value;
  m->n++;
  m->value += step / (double) m->n;
  m->squares += step * (number - m->value);
}

double average_variance(const average *m)
{
  return m->squares / (double) (m->n - 1);
}

double average_sigmas(const average *m, double expected)
{
  return (m->value - expected) / sqrt(average_variance(m) / (double) m->n);
}

double chi_square_sigmas(size_t n_cells, const size_t *count)
{
  double total = 0, sum = 0;
  for (size_t k = 0; k < n_cells; k++) total += (double) count[k];
  const double expected = total / (double) n_cells, freedom = (double) (n_cells - 1);
  for (size_t k = 0; k < n_cells; k++)
    sum += ((double) count[k] - expected) * ((double) count[k] - expected) / expected;
  const double spread = 2 / (9 * freedom);
  return (cbrt(sum / freedom) - (1 - spread)) / sqrt(spread);
}
