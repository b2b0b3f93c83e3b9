/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_counts.h"

#include "bgen_words.h"

using namespace LAMMPS_NS;

static constexpr uint64_t REVISION = 1; // of what pack() writes

static double share(bigint part, bigint whole)
{
  return whole > 0 ? (double) part / whole : 0.0;
}

double BgenCounts::acceptance() const
{
  return share(all_accepted(), all_attempts());
}

static std::string part(const char *where, bigint accepted, bigint attempts)
{
  return bgen_text("%lld of %lld %s (%.3g %%)", (long long) accepted, (long long) attempts, where,
                   100.0 * share(accepted, attempts));
}

std::string BgenCounts::summary(const BgenCounts &before) const
{
  const bigint within = attempts[0] - before.attempts[0], made = accepted[0] - before.accepted[0];
  const bigint between = attempts[1] - before.attempts[1], left = accepted[1] - before.accepted[1];
  return "  jumps accepted:   " + part("in all", made + left, within + between) + ", " +
         part("within basins", made, within) + ", " + part("between basins", left, between) + "\n" +
         bgen_text(
             "  jumps refused:    %lld outside the domain, %lld screened, %lld without a finite "
             "energy, %lld by the Metropolis test\n",
             (long long) (outside - before.outside), (long long) (screened - before.screened),
             (long long) (not_finite - before.not_finite),
             (long long) (within + between - made - left - (outside - before.outside) -
                          (screened - before.screened) - (not_finite - before.not_finite)));
}

std::vector<uint64_t> BgenCounts::pack() const
{
  return {REVISION,
          seed,
          model,
          (uint64_t) attempts[0],
          (uint64_t) attempts[1],
          (uint64_t) accepted[0],
          (uint64_t) accepted[1],
          (uint64_t) outside,
          (uint64_t) screened,
          (uint64_t) not_finite,
          (uint64_t) energy_calls,
          (uint64_t) samples,
          (uint64_t) train_steps,
          (uint64_t) train_samples};
}

bool BgenCounts::known(uint64_t first)
{
  return first == REVISION;
}

void BgenCounts::unpack(const uint64_t *words)
{
  words++; // the revision
  seed = *words++;
  model = *words++;
  for (bigint *count : {&attempts[0], &attempts[1], &accepted[0], &accepted[1], &outside, &screened,
                        &not_finite, &energy_calls, &samples, &train_steps, &train_samples})
    *count = (bigint) *words++;
}
