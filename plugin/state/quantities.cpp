/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/quantities.h"

#include "state/state.h"

#include <climits>
#include <cstdlib>
#include <cstring>

using namespace bgen;

/* ---- names ---- */

bool Quantities::is_one(const std::string &word) const
{
  const std::string begin = word.substr(0, 2);
  return state_.variables.cv_named(word) >= 0 || word == "pe" || begin == "v_" || begin == "c_";
}

int Quantities::add(Line &line)
{
  return add(line, line.text("the name of a cv, pe, v_NAME, c_ID or c_ID[n]"));
}

int Quantities::add(const Line &line, const std::string &word)
{
  for (int i = 0; i < size(); i++)
    if (name(i) == word) return i;
  const int cv = state_.variables.cv_named(word);
  if (cv < 0) {
    observables_.push_back(read(line, word));
    const std::string trouble = state_.host.trouble_with(observables_.back());
    if (!trouble.empty()) line.fail(trouble);
  }
  names_.push_back(word);
  cv_.push_back(cv);
  return size() - 1;
}

Observable Quantities::read(const Line &line, const std::string &word) const
{
  if (word == "pe") return {Observable::ENERGY, word, "", -1};
  if (!is_one(word))
    line.fail("invalid value '" + word +
              "': expected the name of a cv, pe, v_NAME, c_ID or c_ID[n]");
  return observable_of(line, word);
}

Observable bgen::observable_of(const Line &line, const std::string &word)
{
  if (word[0] == 'v') return {Observable::VARIABLE, word, word.substr(2), -1};
  const size_t bracket = word.find('[');
  if (bracket == std::string::npos) return {Observable::COMPUTE, word, word.substr(2), -1};
  char *end = nullptr;
  const long index = strtol(word.c_str() + bracket + 1, &end, 10);
  if (strcmp(end, "]") != 0 || index < 1 || index > INT_MAX)
    line.fail("invalid value '" + word +
              "': expected c_ID[n] with n from 1 on; use an equal-style variable for c_ID[m][n]");
  return {Observable::COMPUTE, word, word.substr(2, bracket - 2), static_cast<int>(index - 1)};
}

/* ---- values ---- */

void Quantities::begin()
{
  observed_.resize(observables_.size());
  state_.host.begin_observing(observables_);
}

void Quantities::evaluate(const double *x, double energy, double *values)
{
  if (!observables_.empty()) state_.host.observe(energy, observed_.data());
  const double *next = observed_.data();
  for (int i = 0; i < size(); i++)
    values[i] = cv_[i] >= 0 ? state_.variables.cv(cv_[i], x) : *next++;
}
