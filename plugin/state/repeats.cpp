/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/repeats.h"

#include "base/hash.h"

using namespace bgen;

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
  const bool follows = last.any && last.walker == walker;
  if (follows && last.hash == hash) return last.repeats;
  const bool known = !all_.insert(hash).second;
  last = {true, known, known && follows && last.was_known, walker, hash};
  return last.repeats;
}

double Repeats::memory_usage() const
{
  return static_cast<double>(all_.bucket_count() * sizeof(void *) +
                             all_.size() * (sizeof(uint64_t) + 2 * sizeof(void *)));
}
