/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_counts.h"

#include "bgen_words.h"

using namespace LAMMPS_NS;

static constexpr uint64_t REVISION = 3; // of what pack() writes

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
  std::string text = "  jumps accepted:   " + parts(within, in, between, out);
  for (int kind = 0; kind < BgenMove::N_KINDS; kind++) {
    const bigint n =
        attempts[kind][0] - before.attempts[kind][0] + attempts[kind][1] - before.attempts[kind][1];
    if (n > 0 && n < within + between)
      text += bgen_text("    %-16s", BgenMove::name(kind)) + of_kind(kind, before);
  }
  return text +
         bgen_text("  proposals:        %lld, of them %lld outside the domain, %lld screened, "
                   "%lld without a finite energy\n",
                   (long long) (proposals - before.proposals),
                   (long long) (outside - before.outside), (long long) (screened - before.screened),
                   (long long) (not_finite - before.not_finite));
}

/* all that is counted, in the order of the file; one list for writing and for reading */
std::vector<bigint *> BgenCounts::all()
{
  std::vector<bigint *> list = {&proposals,   &outside,       &screened,
                                &not_finite,  &energy_calls,  &samples,
                                &train_steps, &train_samples, &explored};
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
