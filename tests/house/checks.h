/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checks.h - what the tests of the house compare with, on top of cmocka; NaN fails */

#ifndef BGEN_TESTS_HOUSE_CHECKS_H
#define BGEN_TESTS_HOUSE_CHECKS_H

#include <cmath>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <string>

#include "input/error.h"
#include "input/line.h" // before cmocka, which has a macro fail

extern "C" {
#include <cmocka.h>
}

/* |value - expected| <= tolerance */
#define CHECK_CLOSE(value, expected, tolerance)                                                    \
  check_close(#value, value, expected, tolerance, __FILE__, __LINE__)

/* throws an Error with a sentence that holds the words */
#define CHECK_THROWS(statement, words)                                                             \
  do {                                                                                             \
    std::string said = "nothing";                                                                  \
    try {                                                                                          \
      statement;                                                                                   \
    } catch (const bgen::Error &error) {                                                           \
      said = error.what();                                                                         \
    }                                                                                              \
    if (said.find(words) == std::string::npos)                                                     \
      fail_msg("%s says: %s; expected: %s", #statement, said.c_str(), words);                      \
  } while (0)

inline void check_close(const char *what, double value, double expected, double tolerance,
                        const char *file, int line)
{
  if (std::fabs(value - expected) <= tolerance) return;
  print_error("%s is %.17g, expected %.17g +- %g\n", what, value, expected, tolerance);
  _fail(file, line);
}

/* Mean of independent numbers. */
struct Average {
  size_t n = 0;
  double sum = 0.0, squares = 0.0;

  void add(double number)
  {
    n++;
    sum += number;
    squares += number * number;
  }
  double mean() const { return sum / static_cast<double>(n); }
  double error() const
  {
    return std::sqrt((squares / static_cast<double>(n) - mean() * mean()) /
                     static_cast<double>(n - 1));
  }
};

/* Statistical checks draw from fixed seeds and allow 5 standard errors: had the seed been free, one
   in 1.7 million would fail without cause. */
static constexpr double MOST_SIGMAS = 5.0;

#endif
