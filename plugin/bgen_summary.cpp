/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What BgenCounts says after a run. */

#include "bgen_counts.h"
#include "bgen_words.h"

using namespace LAMMPS_NS;

static double share(bigint part, bigint whole)
{
  return whole > 0 ? (double) part / whole : 0.0;
}

static std::string part(const char *where, const BgenTally &tally)
{
  return bgen_text("%lld of %lld %s (%.3g %%)", (long long) tally.accepted,
                   (long long) tally.attempts, where,
                   100.0 * share(tally.accepted, tally.attempts));
}

std::string BgenCounts::summary(const BgenTotals &before) const
{
  BgenTally within = sum(0), between = sum(1), all = sum();
  within -= before.sum(0);
  between -= before.sum(1);
  all -= before.sum();
  return "  jumps accepted:   " + part("in all", all) + ", " + part("within basins", within) +
         ", " + part("between basins", between) + "\n" +
         bgen_text("  proposals:        %lld, of them %lld outside the domain, %lld screened, "
                   "%lld without a finite energy\n",
                   (long long) (proposals - before.proposals), (long long) all.outside,
                   (long long) all.screened, (long long) all.not_finite);
}
