/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_counts.h - what a fix bgen has counted: the whole state of its chain, and what a restart file keeps */

#ifndef LMP_BGEN_COUNTS_H
#define LMP_BGEN_COUNTS_H

#include "bgen_settings.h"
#include "lmptype.h"

#include <cstdint>
#include <string>
#include <vector>

namespace LAMMPS_NS {

struct BgenCounts {
  uint64_t seed = 0;
  uint64_t model = 0; // checksum of the model that the chain has jumped with; 0: of none
  bigint attempts[BgenMove::N_KINDS][2] = {}; // of jumps: within the basin, between basins
  bigint accepted[BgenMove::N_KINDS][2] = {};
  bigint proposals = 0;    // of all jumps: where their stream goes on
  bigint outside = 0;      // proposals that lay outside the domain of their flow
  bigint screened = 0;     // proposals that LAMMPS must not see
  bigint not_finite = 0;   // proposals without a finite energy
  bigint energy_calls = 0; // by runs before the present one; the configuration counts on from there
  bigint samples = 0;      // of "bgen sample" and "bgen free_energy": where their stream goes on
  bigint train_steps = 0, train_samples = 0;
  bigint explored = 0; // near moves of frames in training

  /* of all kinds; within basins (0) or between them (1), or both */
  bigint all_attempts(int between) const;
  bigint all_accepted(int between) const;
  bigint all_attempts() const { return all_attempts(0) + all_attempts(1); }
  bigint all_accepted() const { return all_accepted(0) + all_accepted(1); }
  double acceptance() const;

  /* One paragraph on the jumps since `before`. */
  std::string summary(const BgenCounts &before) const;

  /* As numbers for a restart file; the first of them says whether this bgen can read the others. */
  std::vector<uint64_t> pack() const;
  static bool known(uint64_t first);
  void unpack(const uint64_t *words);

private:
  std::vector<bigint *> all();
  std::string of_kind(int kind, const BgenCounts &before) const;
};

} // namespace LAMMPS_NS

#endif
