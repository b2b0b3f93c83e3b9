/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/line.h"

#include "input/error.h"
#include "input/text.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdlib>

using namespace bgen;

Line::Line(const std::string &subject, int narg, char **arg)
    : subject_(subject), args_(arg, arg + narg)
{
}

void Line::fail(const std::string &sentence) const
{
  throw Error(subject_ + ": " + sentence);
}

static bool read_number(const std::string &word, double &value)
{
  char *end = nullptr;
  value = strtod(word.c_str(), &end);
  return end != word.c_str() && *end == '\0' && !std::isnan(value);
}

bool Line::number_follows() const
{
  double value;
  return more() && read_number(args_[at_], value);
}

bool Line::next_is(const char *keyword)
{
  const bool is = more() && args_[at_] == keyword;
  if (is) at_++;
  return is;
}

std::string Line::text(const char *meaning)
{
  if (!more()) {
    const std::string after = args_.empty() ? "" : " after '" + args_.back() + "'";
    fail(bgen::text("missing argument%s: expected %s", after.c_str(), meaning));
  }
  return args_[at_++];
}

void Line::invalid(const std::string &expected, const char *meaning) const
{
  fail("invalid value '" + args_[at_ - 1] + "': expected " + expected + " as " + meaning);
}

double Line::number(const char *meaning)
{
  double value;
  if (!read_number(text(meaning), value)) invalid("a number", meaning);
  return value;
}

double Line::number_finite(const char *meaning)
{
  const double value = number(meaning);
  if (std::isinf(value)) invalid("a finite number", meaning);
  return value;
}

double Line::number_above(double least, const char *meaning)
{
  const double value = number(meaning);
  if (!(value > least) || std::isinf(value))
    invalid(bgen::text("a number greater than %g", least), meaning);
  return value;
}

double Line::number_from(double least, const char *meaning)
{
  const double value = number(meaning);
  if (!(value >= least) || std::isinf(value))
    invalid(bgen::text("a number of at least %g", least), meaning);
  return value;
}

long long Line::integer(long long least, const char *meaning)
{
  const std::string word = text(meaning);
  char *end = nullptr;
  errno = 0;
  const long long value = strtoll(word.c_str(), &end, 10);
  if (end == word.c_str() || *end || errno || value < least || value > INT_MAX)
    invalid(bgen::text("a whole number between %lld and %d", least, INT_MAX), meaning);
  return value;
}

int Line::choice(const std::vector<const char *> &choices, const char *meaning)
{
  const auto found = std::find(choices.begin(), choices.end(), text(meaning));
  if (found == choices.end())
    invalid("one of " + joined(choices, ", ", [](const char *one) { return one; }), meaning);
  return static_cast<int>(found - choices.begin());
}

bool Line::yes(const char *meaning)
{
  return choice({"no", "yes"}, meaning) == 1;
}

void Line::end() const
{
  if (more()) fail("unexpected argument '" + args_[at_] + "'");
}
