/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets of basins, from the works of moves between them. */

#include "bgen_counts.h"
#include "bgen_words.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr size_t LEAST_WORKS = 20; // from one side, before they are believed

namespace {

/* F(b) - F(a), both ways if possible */
struct Difference {
  bgen_estimate estimate = {0.0, INFINITY};
  bool both_ways = false;

  bool better_than(const Difference &other) const
  {
    if (both_ways != other.both_ways) return both_ways;
    return estimate.error < other.estimate.error;
  }
};

} // namespace

static void try_one_side(const std::vector<double> &works, double sign, Difference &best)
{
  Difference one;
  if (works.size() < LEAST_WORKS || best.both_ways) return;
  const size_t n = works.size();
  const bgen_works in_time = {n, works.data(), {1, &n}};
  if (bgen_estimate_fep(&in_time, &one.estimate)) return;
  one.estimate.value *= sign;
  if (one.better_than(best)) best = one;
}

static Difference difference(const BgenCounts &counts, int a, int b)
{
  Difference best;
  for (int move = 0; move < counts.n_moves(); move++) {
    Difference bar;
    bar.both_ways = true;
    if (std::min(counts.works_of(move, a, b).size(), counts.works_of(move, b, a).size()) >=
            LEAST_WORKS &&
        counts.difference_by_works(move, a, b, &bar.estimate) == BGEN_OK && bar.better_than(best))
      best = bar;
    try_one_side(counts.works_of(move, a, b), 1.0, best);
    try_one_side(counts.works_of(move, b, a), -1.0, best);
  }
  return best;
}

/* from the first basin on to the one whose difference from a known one is known best, and so on */
std::vector<double> BgenCounts::balancing_offsets() const
{
  std::vector<double> found(offset);
  std::vector<char> known(n_basins, 0);
  for (known[0] = 1;;) {
    Difference best;
    int last = -1, next = -1;
    for (int a = 0; a < n_basins; a++)
      for (int b = 0; b < n_basins; b++) {
        if (!known[a] || known[b]) continue;
        const Difference one = difference(*this, a, b);
        if (one.better_than(best)) best = one, last = a, next = b;
      }
    if (next < 0) break;
    found[next] = found[last] + best.estimate.value;
    known[next] = 1;
  }
  const double least = *std::min_element(found.begin(), found.end());
  for (double &one : found) one -= least;
  return found;
}

bool BgenCounts::has_offsets() const
{
  return std::any_of(offset.begin(), offset.end(), [](double one) { return one != 0.0; });
}

std::string BgenCounts::tuned_text() const
{
  std::string text;
  for (int k = 0; has_offsets() && k < n_basins; k++)
    text += (k ? ", " : ", offsets in kT: ") + basin_name(k) + bgen_text(" %.4f", offset[k]);
  for (int move = 0; move < n_moves(); move++) {
    if (!adapts[move]) continue;
    text += ", " + move_name(move) + ":";
    for (const double value : tuned[move]) text += bgen_text(" %.4g", value);
  }
  return text;
}
