/* SPDX-License-Identifier: GPL-2.0-or-later */
/* body.h - the atoms of a group, as the particles of a configuration x

   x[i * n_space + c] is component c of the unwrapped position of particle i; particles stand in the
   order of their atom IDs, whichever rank owns them. */

#ifndef BGEN_ENGINE_BODY_H
#define BGEN_ENGINE_BODY_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bgen {

struct Body {
  int n_space = 0;           // the first components of a position that are moved: 1 x, 2 xy, 3 xyz
  std::vector<int64_t> tags; // [n_particles], ascending
  std::vector<int> types;    // [n_particles]

  int n_particles() const { return static_cast<int>(tags.size()); }
  size_t dim() const { return tags.size() * static_cast<size_t>(n_space); }
  int particle(int64_t tag) const; // -1: not an atom of the group
  uint64_t hash() const;           // of n_space, tags and types
};

/* What LAMMPS knows of the molecules of a body. */
struct Topology {
  std::vector<int> bonds;         // between particles, i then j of each; some twice
  std::vector<int64_t> molecules; // [n_particles] IDs, 0: none
  std::vector<double> charges;    // [n_particles]
};

} // namespace bgen

#endif
