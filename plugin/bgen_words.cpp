/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_words.h"

#include "error.h"

#include <cerrno>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace LAMMPS_NS;

std::string LAMMPS_NS::bgen_text(const char *format, ...)
{
  va_list values, again;
  va_start(values, format);
  va_copy(again, values);
  const int length = vsnprintf(nullptr, 0, format, values);
  va_end(values);
  std::string text(length > 0 ? length : 0, ' ');
  vsnprintf(&text[0], text.size() + 1, format, again);
  va_end(again);
  return text;
}

BgenWords::BgenWords(LAMMPS *lmp, const char *_subject, int _narg, char **_arg)
    : Pointers(lmp), subject(_subject), narg(_narg), iarg(0), arg(_arg)
{
}

void BgenWords::fail(const std::string &sentence) const
{
  error->all(FLERR, subject + ": " + sentence);
  std::abort(); // never reached, but not every LAMMPS tells the compiler
}

/* inf and -inf are numbers here, NaN is none */
static bool read_number(const char *word, double &value)
{
  char *end = nullptr;
  value = strtod(word, &end);
  return end != word && *end == '\0' && !std::isnan(value);
}

bool BgenWords::number_follows() const
{
  double value;
  return more() && read_number(arg[iarg], value);
}

bool BgenWords::next_is(const char *keyword)
{
  const bool is = more() && std::strcmp(arg[iarg], keyword) == 0;
  if (is) iarg++;
  return is;
}

std::string BgenWords::text(const char *meaning)
{
  if (!more()) {
    const char *last = narg > 0 ? arg[narg - 1] : "";
    fail(bgen_text("the line ends after '%s', where %s must follow", last, meaning));
  }
  return arg[iarg++];
}

double BgenWords::number(const char *meaning)
{
  const std::string word = text(meaning);
  double value;
  if (!read_number(word.c_str(), value))
    fail(bgen_text("'%s' is no number, where %s must stand", word.c_str(), meaning));
  return value;
}

double BgenWords::number_finite(const char *meaning)
{
  const double value = number(meaning);
  if (std::isinf(value)) fail(bgen_text("'%s' is infinite, as %s", arg[iarg - 1], meaning));
  return value;
}

double BgenWords::number_above(double least, const char *meaning)
{
  const double value = number(meaning);
  if (!(value > least) || std::isinf(value))
    fail(bgen_text("'%s' is no %s: it must be greater than %g", arg[iarg - 1], meaning, least));
  return value;
}

double BgenWords::number_from(double least, const char *meaning)
{
  const double value = number(meaning);
  if (!(value >= least) || std::isinf(value))
    fail(bgen_text("'%s' is no %s: it must be %g or more", arg[iarg - 1], meaning, least));
  return value;
}

bigint BgenWords::integer(bigint least, const char *meaning)
{
  const std::string word = text(meaning);
  char *end = nullptr;
  errno = 0;
  const long long value = strtoll(word.c_str(), &end, 10);
  if (end == word.c_str() || *end || errno || value < least || value > MAXSMALLINT)
    fail(bgen_text("'%s' is no %s: it must be a whole number from %lld to %d", word.c_str(),
                   meaning, (long long) least, MAXSMALLINT));
  return value;
}

int BgenWords::choice(std::initializer_list<const char *> choices, const char *meaning)
{
  const std::string word = text(meaning);
  std::string all;
  int place = 0;
  for (const char *one : choices) {
    if (word == one) return place;
    all += (place++ ? ", " : "") + std::string(one);
  }
  fail(bgen_text("'%s' is no %s: use one of %s", word.c_str(), meaning, all.c_str()));
}

void BgenWords::end() const
{
  if (more()) fail(bgen_text("'%s' is one word too many", arg[iarg]));
}
