/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/repeats.h"

#include "base/hash.h"
#include "input/text.h"

using namespace bgen;

static constexpr long long IN_A_ROW = 4;

uint64_t Repeats::hash(size_t dim, const double *x)
{
  uint64_t hash = BGEN_HASH_START;
  for (size_t j = 0; j < dim; j++) {
    const float rounded = static_cast<float>(x[j]) + 0.0F; // -0 is 0
    hash = bgen_hash_bytes(hash, &rounded, sizeof rounded);
  }
  return hash;
}

bool Repeats::add(int k, int walker, uint64_t hash)
{
  Last &last = last_[k];
  const bool follows = last.walker == walker;
  if (follows && last.hash == hash) return last.n_in_row >= IN_A_ROW;
  const Place read = all_.insert({hash, {walker, n_++}}).first->second;
  const bool goes_on = follows && last.n_in_row > 0 && read.walker == last.read.walker &&
                       read.number > last.read.number;
  const long long before = goes_on ? last.n_in_row : 0;
  last = {read, read.walker == walker ? 0 : before + 1, walker, hash};
  return last.n_in_row >= IN_A_ROW;
}

double Repeats::memory_usage() const
{
  return static_cast<double>(all_.bucket_count() * sizeof(void *) +
                             all_.size() * (sizeof(uint64_t) + sizeof(Place) + 2 * sizeof(void *)));
}

void RepeatCounts::add(bool is_repeated, bool is_shared)
{
  n_++;
  n_repeated_ += is_repeated;
  n_in_row_ = is_shared ? n_in_row_ + 1 : 0;
  if (n_in_row_ >= IN_A_ROW && !is_repeated) n_shared_ += n_in_row_ == IN_A_ROW ? IN_A_ROW : 1;
}

std::string RepeatCounts::take_sentence()
{
  std::string sentence;
  if (n_repeated_)
    sentence = text("%lld of %lld frames repeat frames that were read before, and are not stored "
                    "again: read each trajectory once",
                    n_repeated_, n_);
  else if (n_shared_)
    sentence =
        text("%lld of %lld frames are training frames and test frames: a test on what a flow "
             "was trained on shows neither overfitting nor lost modes",
             n_shared_, n_);
  *this = RepeatCounts();
  return sentence;
}
