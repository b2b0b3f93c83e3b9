/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/pool.h"

#include "train/trainer.h"

#include <algorithm>

using namespace bgen;

/* the first byte of what is exchanged: the rest is data, or a sentence */
static constexpr char GOOD = '+', BAD = '-';

size_t Pool::part_begin(size_t n_points, int part) const
{
  return bgen_trainer_part_begin(n_points, part, n());
}

static bool all_are(const std::vector<std::string> &all, const std::string &text)
{
  return std::all_of(all.begin(), all.end(), [&](const std::string &one) { return one == text; });
}

/* all have failed alike where they read the same line: then it is nobody's own */
void Pool::stop_all(const std::vector<std::string> &all)
{
  size_t first = 0;
  while (all[first][0] != BAD) first++;
  std::string sentence = all[first].substr(1);
  if (!all_are(all, all[first])) sentence = "partition " + std::to_string(first) + ": " + sentence;
  has_failed_ = true;
  say(sentence);
  throw AgreedError(sentence);
}

std::vector<std::string> Pool::meet(const std::string &own)
{
  std::vector<std::string> all = exchange(GOOD + own);
  for (const std::string &one : all)
    if (one[0] == BAD) stop_all(all);
  for (std::string &one : all) one.erase(0, 1);
  return all;
}

/* all at once, but for errors */
void Pool::leave()
{
  const std::string own = BAD + std::string("bgen: this partition has ended, or has removed the "
                                            "fixes of its pool, while others wait for it: use the "
                                            "same lines bgen in all partitions");
  if (has_failed_) return;
  try {
    const std::vector<std::string> all = exchange(own);
    if (!all_are(all, own)) stop_all(all);
  } catch (const AgreedError &) { // the others stop, and the program with them
  }
}

void Pool::agree(const std::string &sentence)
{
  if (sentence.empty())
    meet("");
  else
    stop_all(exchange(BAD + sentence));
}

void Pool::sum(size_t n, bgen_real *values)
{
  if (!is_shared()) return;
  meet("");
  add_up(n, values);
}

double Pool::sum(double value)
{
  double all = 0.0;
  for (const double one : joined(std::vector<double>(1, value))) all += one;
  return all;
}

bool Pool::any(bool own)
{
  return sum(own ? 1.0 : 0.0) > 0.0;
}

void Pool::complete(size_t n_points, size_t n_each, double *values)
{
  if (!is_shared()) return;
  const std::vector<double> own(values + part_begin(n_points) * n_each,
                                values + part_end(n_points) * n_each),
      all = joined(own);
  std::copy(all.begin(), all.end(), values);
}
