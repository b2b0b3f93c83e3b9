/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/body.h"

#include "base/hash.h"

#include <algorithm>

using namespace bgen;

int Body::particle(int64_t tag) const
{
  const int64_t guess = tag - tags.front(); // right if IDs are consecutive
  if (guess >= 0 && guess < n_particles() && tags[guess] == tag) return static_cast<int>(guess);
  const auto found = std::lower_bound(tags.begin(), tags.end(), tag);
  return found == tags.end() || *found != tag ? -1 : static_cast<int>(found - tags.begin());
}

uint64_t Body::hash() const
{
  uint64_t hash = bgen_hash_integer(BGEN_HASH_START, n_space);
  for (const int64_t tag : tags) hash = bgen_hash_integer(hash, tag);
  for (const int type : types) hash = bgen_hash_integer(hash, type);
  return hash;
}
