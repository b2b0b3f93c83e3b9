/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/line.h"

#include "input/error.h"
#include "input/text.h"

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

double Line::number(const char *meaning)
{
  const std::string word = text(meaning);
  double value;
  if (!read_number(word, value))
    fail(bgen::text("invalid value '%s': expected a number as %s", word.c_str(), meaning));
  return value;
}

double Line::number_finite(const char *meaning)
{
  const double value = number(meaning);
  if (std::isinf(value))
    fail(bgen::text("invalid value '%s': expected a finite number as %s", args_[at_ - 1].c_str(),
                    meaning));
  return value;
}

double Line::number_above(double least, const char *meaning)
{
  const double value = number(meaning);
  if (!(value > least) || std::isinf(value))
    fail(bgen::text("invalid value '%s': expected a number greater than %g as %s",
                    args_[at_ - 1].c_str(), least, meaning));
  return value;
}

double Line::number_from(double least, const char *meaning)
{
  const double value = number(meaning);
  if (!(value >= least) || std::isinf(value))
    fail(bgen::text("invalid value '%s': expected a number of at least %g as %s",
                    args_[at_ - 1].c_str(), least, meaning));
  return value;
}

long long Line::integer(long long least, const char *meaning)
{
  const std::string word = text(meaning);
  char *end = nullptr;
  errno = 0;
  const long long value = strtoll(word.c_str(), &end, 10);
  if (end == word.c_str() || *end || errno || value < least || value > INT_MAX)
    fail(bgen::text("invalid value '%s': expected a whole number between %lld and %d as %s",
                    word.c_str(), least, INT_MAX, meaning));
  return value;
}

int Line::choice(std::initializer_list<const char *> choices, const char *meaning)
{
  const std::string word = text(meaning);
  std::string all;
  int place = 0;
  for (const char *one : choices) {
    if (word == one) return place;
    all += (place++ ? ", " : "") + std::string(one);
  }
  fail(bgen::text("invalid value '%s': expected one of %s as %s", word.c_str(), all.c_str(),
                  meaning));
}

bool Line::yes(const char *meaning)
{
  return choice({"no", "yes"}, meaning) == 1;
}

void Line::end() const
{
  if (more()) fail("unexpected argument '" + args_[at_] + "'");
}
