/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/line.h"

#include "base/memory.h"
#include "input/error.h"
#include "input/text.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <filesystem>

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

long long Line::integer(long long least, const char *meaning, long long most)
{
  const std::string word = text(meaning);
  char *end = nullptr;
  errno = 0;
  const long long value = strtoll(word.c_str(), &end, 10);
  if (end == word.c_str() || *end || errno || value < least || value > most)
    invalid(bgen::text("a whole number between %lld and %lld", least, most), meaning);
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

std::string Line::file(const char *meaning)
{
  std::string path = text(meaning);
  will_write(path);
  return path;
}

std::string Line::beginning_of_files()
{
  std::string path = text("the beginning of file names");
  if (path.empty()) fail("the beginning of file names is empty: give a name");
  return path;
}

void Line::will_write(const std::string &path)
{
  if (path.empty()) fail("the name of a file is empty: give a name");
  const std::string plain = std::filesystem::path(path).lexically_normal().string();
  if (std::find(files_.begin(), files_.end(), plain) != files_.end())
    fail("file '" + path + "' is named twice: give each output a file of its own");
  files_.push_back(plain);
}

void Line::need_memory(double n_bytes, const std::string &what) const
{
  if (bgen_memory_check(n_bytes, "%s", what.c_str()))
    fail(std::string(bgen_last_error()) + ": use a smaller number");
}

std::string Line::text_of_all() const
{
  return joined(args_, " ", [](const std::string &word) { return word; });
}

std::string Line::text_since(size_t position) const
{
  const std::vector<std::string> words(args_.begin() + static_cast<std::ptrdiff_t>(position),
                                       args_.begin() + static_cast<std::ptrdiff_t>(at_));
  return joined(words, " ", [](const std::string &word) { return word; });
}

void Line::end() const
{
  if (more()) fail("unexpected argument '" + args_[at_] + "'");
}
