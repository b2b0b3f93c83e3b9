/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/pool.h"

#include "train/trainer.h"

#include <algorithm>

using namespace bgen;

/* the first byte of what is exchanged: the rest is what is done, and data, or a sentence */
static constexpr char GOOD = '+', BAD = '-';
static constexpr char END = '\n'; // of the words for what is done

size_t Pool::part_begin(size_t n_points, int part) const
{
  return bgen_trainer_part_begin(n_points, part, n());
}

static bool all_are(const std::vector<std::string> &all, const std::string &text)
{
  return std::all_of(all.begin(), all.end(), [&](const std::string &one) { return one == text; });
}

void Pool::stop_all(const std::string &sentence)
{
  has_failed_ = true;
  say(sentence);
  throw AgreedError(sentence);
}

/* all have failed alike where they read the same line: then it is nobody's own */
static std::string sentence_of(const std::vector<std::string> &all)
{
  size_t first = 0;
  while (all[first][0] != BAD) first++;
  const std::string sentence = all[first].substr(1);
  return all_are(all, all[first]) ? sentence
                                  : "partition " + std::to_string(first) + ": " + sentence;
}

static std::string what_of(const std::string &one)
{
  return one.substr(1, one.find(END) - 1);
}

/* "": all do the same */
static std::string difference(const std::vector<std::string> &all)
{
  for (size_t p = 1; p < all.size(); p++)
    if (what_of(all[p]) != what_of(all[0]))
      return "bgen: the partitions of a pool do different things: partition 0 would " +
             what_of(all[0]) + ", but partition " + std::to_string(p) + " would " +
             what_of(all[p]) + "; use the same lines bgen in all partitions";
  return "";
}

std::vector<std::string> Pool::meet(const std::string &what, const std::string &own)
{
  std::vector<std::string> all = exchange(GOOD + what + END + own);
  for (const std::string &one : all)
    if (one[0] == BAD) stop_all(sentence_of(all));
  const std::string differs = difference(all);
  if (!differs.empty()) stop_all(differs);
  for (std::string &one : all) one.erase(0, one.find(END) + 1);
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
    if (!all_are(all, own)) stop_all(sentence_of(all));
  } catch (const AgreedError &) { // the others stop, and the program with them
  }
}

void Pool::agree(const std::string &sentence)
{
  if (sentence.empty())
    meet("end a line", "");
  else
    stop_all(sentence_of(exchange(BAD + sentence)));
}

void Pool::sum(size_t n, bgen_real *values)
{
  if (!is_shared()) return;
  meet("add up " + std::to_string(n) + " values", "");
  add_up(n, values);
}

double Pool::sum(double value)
{
  double all = 0.0;
  for (const double one : joined(std::vector<double>(1, value))) all += one;
  return all;
}

void Pool::complete(size_t n_points, size_t n_each, double *values)
{
  if (!is_shared()) return;
  const std::vector<double> own(values + part_begin(n_points) * n_each,
                                values + part_end(n_points) * n_each);
  const std::string what = "share " + std::to_string(n_points * n_each) + " values";
  for (const std::vector<double> &part : gather(own, what))
    values = std::copy(part.begin(), part.end(), values);
}
