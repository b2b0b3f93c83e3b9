/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_tally.h"

using namespace LAMMPS_NS;

void BgenTally::add(const BgenAttempt &attempt)
{
  attempts++;
  accepted += attempt.accepted;
  outside += attempt.outside;
  screened += attempt.screened;
  not_finite += attempt.not_finite;
  energy_calls += attempt.energy_calls;
  seconds += attempt.seconds;
}

/* a + sign b */
static void combine(BgenTally &a, const BgenTally &b, int sign)
{
  a.attempts += sign * b.attempts;
  a.accepted += sign * b.accepted;
  a.outside += sign * b.outside;
  a.screened += sign * b.screened;
  a.not_finite += sign * b.not_finite;
  a.energy_calls += sign * b.energy_calls;
  a.seconds += sign * b.seconds;
}

BgenTally &BgenTally::operator+=(const BgenTally &other)
{
  combine(*this, other, 1);
  return *this;
}

BgenTally &BgenTally::operator-=(const BgenTally &before)
{
  combine(*this, before, -1);
  return *this;
}
