/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_counts.h"

#include "bgen_words.h"

using namespace LAMMPS_NS;

static constexpr uint64_t REVISION = 2; // of what pack() writes

static double share(bigint part, bigint whole)
{
  return whole > 0 ? (double) part / whole : 0.0;
}

static bigint sum_over_kinds(const bigint (*counts)[2], int between)
{
  bigint sum = 0;
  for (int kind = 0; kind < BgenMove::N_KINDS; kind++) sum += counts[kind][between];
  return sum;
}

bigint BgenCounts::all_attempts(int between) const
{
  return sum_over_kinds(attempts, between);
}

bigint BgenCounts::all_accepted(int between) const
{
  return sum_over_kinds(accepted, between);
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

static std::string parts(bigint within, bigint in, bigint between, bigint out)
{
  return part("in all", in + out, within + between) + ", " + part("within basins", in, within) +
         ", " + part("between basins", out, between) + "\n";
}

std::string BgenCounts::of_kind(int kind, const BgenCounts &before) const
{
  return parts(
      attempts[kind][0] - before.attempts[kind][0], accepted[kind][0] - before.accepted[kind][0],
      attempts[kind][1] - before.attempts[kind][1], accepted[kind][1] - before.accepted[kind][1]);
}

std::string BgenCounts::summary(const BgenCounts &before) const
{
  const bigint within = all_attempts(0) - before.all_attempts(0),
               in = all_accepted(0) - before.all_accepted(0),
               between = all_attempts(1) - before.all_attempts(1),
               out = all_accepted(1) - before.all_accepted(1);
  const bigint n_outside = outside - before.outside, n_screened = screened - before.screened,
               n_not_finite = not_finite - before.not_finite,
               n_refused = within + between - in - out;
  std::string text = "  jumps accepted:   " + parts(within, in, between, out);
  const int near = BgenMove::NEAR;
  if (attempts[near][0] + attempts[near][1] > before.attempts[near][0] + before.attempts[near][1])
    text += "    fresh:          " + of_kind(BgenMove::FRESH, before) +
            "    near:           " + of_kind(near, before);
  return text +
         bgen_text("  jumps refused:    %lld outside the domain, %lld screened, %lld without a "
                   "finite energy, %lld by the Metropolis test\n",
                   (long long) n_outside, (long long) n_screened, (long long) n_not_finite,
                   (long long) (n_refused - n_outside - n_screened - n_not_finite));
}

/* all that is counted, in the order of the file; one list for writing and for reading */
std::vector<bigint *> BgenCounts::all()
{
  std::vector<bigint *> list = {&outside, &screened,    &not_finite,    &energy_calls,
                                &samples, &train_steps, &train_samples, &explored};
  for (bigint(*kind)[2] : {attempts, accepted})
    for (int k = 0; k < BgenMove::N_KINDS; k++)
      for (int between = 0; between < 2; between++) list.push_back(&kind[k][between]);
  return list;
}

std::vector<uint64_t> BgenCounts::pack() const
{
  std::vector<uint64_t> words = {REVISION, seed, model};
  BgenCounts copy(*this);
  for (const bigint *count : copy.all()) words.push_back((uint64_t) *count);
  return words;
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
  for (bigint *count : all()) *count = (bigint) *words++;
}
