/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/jumps.h"

#include "estimate/overlap.h"
#include "input/error.h"
#include "input/text.h"
#include "report/table.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static constexpr double REACH = 2.0;     // kT above F(b) - F(a): works beyond say little about it
static constexpr size_t FEW = 30;        // works within reach that an error bar should rest on
static constexpr double PER_CALLS = 1e6; // energy evaluations that rates are given for

/* ---- counts since the snapshot ---- */

namespace {
struct Jumps {
  const bgen_markov_chain *chain;
  const bgen_totals *before;
  const JumpNames &names;
  const PooledJumps known; // free energies come from these

  int n_moves() const { return static_cast<int>(names.moves.size()); }
  int n_basins() const { return static_cast<int>(names.basins.size()); }
  const std::string &move(int k) const { return names.moves[k]; }
  std::string basin(int k) const { return k < 0 ? "none" : names.basins[k]; }
  int64_t count(bgen_counter counter) const
  {
    return bgen_markov_count(chain, counter) - (before ? before->count[counter] : 0);
  }
  template <class Find, class Which> bgen_tally since(Find find, Which which) const
  {
    const bgen_tally all = find(bgen_markov_totals(chain), which);
    return before ? bgen_tally_difference(all, find(before, which)) : all;
  }
  bgen_tally sum(bgen_jumps which) const { return since(bgen_totals_sum, which); }
  bgen_tally of(int move) const { return since(bgen_totals_of, move); }
  bgen_tally tally(int move, int from, int to) const
  {
    const bgen_tally all = *bgen_totals_tally(bgen_markov_totals(chain), move, from, to);
    return before ? bgen_tally_difference(all, *bgen_totals_tally(before, move, from, to)) : all;
  }
};

/* of a move: all attempts, and how many of them went from one basin to another */
struct Rate {
  std::string move;
  int64_t changes, energy_calls;
  double seconds;

  double per_second() const { return seconds > 0.0 ? changes / seconds : 0.0; }
  double per_calls() const { return energy_calls ? PER_CALLS * changes / energy_calls : 0.0; }
};
} // namespace

static double percent(const bgen_tally &tally)
{
  return tally.attempts > 0 ? 100.0 * tally.accepted / tally.attempts : 0.0;
}

static std::string part(const char *where, const bgen_tally &tally)
{
  return text("%lld of %lld %s (%.3g %%)", (long long) tally.accepted, (long long) tally.attempts,
              where, percent(tally));
}

/* of those with the next higher temperature */
static std::string exchanges(const Jumps &j)
{
  const auto all = static_cast<long long>(j.count(BGEN_COUNT_EXCHANGES)),
             accepted = static_cast<long long>(j.count(BGEN_COUNT_EXCHANGED)),
             plain = static_cast<long long>(j.count(BGEN_COUNT_AS_THEY_ARE));
  if (all == 0) return "";
  const double in_percent = 100.0 / static_cast<double>(all);
  return text("  exchanges:        %lld of %lld with the next higher temperature were accepted "
              "(%.3g %%), of plain exchange %lld (%.3g %%)\n",
              accepted, all, in_percent * static_cast<double>(accepted), plain,
              in_percent * static_cast<double>(plain));
}

/* of the paths of a move; nothing where it has none */
static std::string tested_steps(const Jumps &j, int k)
{
  const bgen_tally of = j.of(k);
  if (of.tested == 0) return "";
  return text("  tested steps:     %lld of %s, of which %lld were undone (%.3g %%)\n",
              (long long) of.tested, j.move(k).c_str(), (long long) of.undone,
              100.0 * of.undone / of.tested);
}

static std::string totals(const Jumps &j)
{
  const bgen_tally all = j.sum(BGEN_JUMPS_ALL);
  std::string lines =
      "  jumps accepted:   " + part("in all", all) + ", " +
      part("within basins", j.sum(BGEN_JUMPS_WITHIN)) + ", " +
      part("between basins", j.sum(BGEN_JUMPS_BETWEEN)) + "\n" +
      text("  proposals:        %lld, of which %lld lie outside the domain of their flow, "
           "%lld were rejected by screening, %lld have no finite energy\n",
           (long long) j.count(BGEN_COUNT_PROPOSALS), (long long) all.outside,
           (long long) all.refused, (long long) all.not_finite);
  lines += exchanges(j);
  if (j.count(BGEN_COUNT_IDLE))
    lines += text("  no attempt:       %lld times, where no move could begin\n",
                  (long long) j.count(BGEN_COUNT_IDLE));
  if (j.count(BGEN_COUNT_CROSSINGS)) // MD under offsets
    lines +=
        text("  boundaries:       MD segments that changed the basin: %lld, of which %lld "
             "were undone\n",
             (long long) j.count(BGEN_COUNT_CROSSINGS), (long long) j.count(BGEN_COUNT_UNDONE));
  for (int k = 0; k < j.n_moves(); k++) lines += tested_steps(j, k);
  return lines;
}

/* ---- the table ---- */

static Table columns(const std::vector<std::string> &basins)
{
  int width = 4;
  for (const std::string &name : basins) width = std::max(width, (int) name.size());
  return Table({{"move", -12, "s"},
                {"from", -width - 1, "s"},
                {"to", -width, "s"},
                {"attempts", 9, "d"},
                {"accepted", 9, "d"},
                {"%", 7, ".2f"},
                {"outside", 8, "d"},
                {"screened", 9, "d"},
                {"infinite", 9, "d"},
                {"work", 10, ".4g"},
                {"std", 10, ".4g"},
                {"all-work", 10, ".4g"},
                {"dt-work", 10, ".4g"},
                {"energies", 10, "d"},
                {"seconds", 10, ".4g"}});
}

static std::vector<Cell> row(const Jumps &j, int k, int from, int to, const bgen_tally &tally)
{
  double arrived = NAN, deviation = NAN;
  size_t n = 0;
  if (from >= 0 && to >= 0) {
    const double *works = bgen_markov_works_since(j.chain, j.before, k, from, to, &n);
    bgen_works_moments(n, works, &arrived, &deviation);
  }
  const double all = tally.path_work / tally.paths, // 0/0 where there are none
      by_dt = tally.step_work / tally.stepped;
  return {j.move(k),      j.basin(from), j.basin(to),   tally.attempts,     tally.accepted,
          percent(tally), tally.outside, tally.refused, tally.not_finite,   arrived,
          deviation,      all,           by_dt,         tally.energy_calls, tally.seconds};
}

/* a line for each move, from and to with attempts; and the rates of the moves that were tried */
static std::string table_lines(const Jumps &j, std::vector<Rate> &rates)
{
  const Table table = columns(j.names.basins);
  std::string lines = "  " + table.header();
  for (int k = 0; k < j.n_moves(); k++) {
    Rate rate = {j.move(k), 0, 0, 0.0};
    int64_t n_attempts = 0;
    for (int from = -1; from < j.n_basins(); from++)
      for (int to = -1; to < j.n_basins(); to++) {
        const bgen_tally one = j.tally(k, from, to);
        if (one.attempts) lines += "  " + table.row(row(j, k, from, to, one));
        if (from >= 0 && to >= 0 && from != to) rate.changes += one.accepted;
        n_attempts += one.attempts;
        rate.energy_calls += one.energy_calls;
        rate.seconds += one.seconds;
      }
    if (n_attempts) rates.push_back(rate);
  }
  return lines;
}

/* ---- which move is best ---- */

/* three digits, or all before the point; never a power of ten */
static std::string plain(double rate)
{
  return rate < 1000.0 ? text("%.3g", rate) : text("%.0f", rate);
}

static std::string rate_lines(const std::vector<Rate> &rates)
{
  std::string lines = "  basin changes, per second and per 1e6 energy evaluations of the move\n";
  for (const Rate &rate : rates)
    lines += text("    %-11s %9lld  %9s %9s\n", rate.move.c_str(), (long long) rate.changes,
                  plain(rate.per_second()).c_str(), plain(rate.per_calls()).c_str());
  return lines;
}

static std::string compared(const Rate &rate, const Rate &best)
{
  if (rate.changes == 0) return rate.move + " has none";
  return rate.move +
         text(" has %.2g times as many per second", rate.per_second() / best.per_second());
}

static std::string verdict(const std::vector<Rate> &rates)
{
  const auto slower = [](const Rate &a, const Rate &b) { return a.per_second() < b.per_second(); };
  const auto costlier = [](const Rate &a, const Rate &b) { return a.per_calls() < b.per_calls(); };
  const Rate &best = *std::max_element(rates.begin(), rates.end(), slower);
  const Rate &cheapest = *std::max_element(rates.begin(), rates.end(), costlier);
  if (best.changes == 0) return "  No move has changed the basin.\n";
  std::string line = "  Move " + best.move + (rates.size() > 1 ? " pays best: " : " makes ") +
                     plain(best.per_second()) + " basin changes per second and " +
                     plain(best.per_calls()) + " per 1e6 energy evaluations";
  for (const Rate &rate : rates)
    if (&rate != &best) line += "; " + compared(rate, best);
  if (cheapest.per_calls() > best.per_calls())
    line += ". By energy evaluations " + cheapest.move +
            " is better: " + plain(cheapest.per_calls()) + " per 1e6";
  return line + ".\n";
}

/* ---- free energies ---- */

static std::string difference(const Jumps &j, int a, int b)
{
  return "    F(" + j.basin(a) + ") - F(" + j.basin(b) + ")";
}

/* `difference` is F(to) - F(from); works far above it say little about it */
static std::string few_works(const Jumps &j, int k, int from, int to, double difference)
{
  const bgen_work_list *list = bgen_work_lists_of(j.known.works, k, from, to);
  const size_t n = std::count_if(list->work, list->work + list->n,
                                 [&](double work) { return work <= difference + REACH; });
  if (n >= FEW) return "";
  return text("      works of %s from %s to %s: only %zu of %zu are less than %g kT above the "
              "difference: the estimate rests on few works\n",
              j.move(k).c_str(), j.basin(from).c_str(), j.basin(to).c_str(), n, list->n, REACH);
}

/* why the error is infinite */
static std::string no_overlap(const Jumps &j, int k, int a, int b, const bgen_estimate &of)
{
  if (std::isfinite(of.error)) return "";
  const bgen_work_lists *works = j.known.works;
  const bgen_works forward = bgen_work_list_in_time(bgen_work_lists_of(works, k, b, a)),
                   reverse = bgen_work_list_in_time(bgen_work_lists_of(works, k, a, b));
  return text("      works of %s both ways overlap by %.2g effective samples, at least %d are "
              "needed: the error is infinite, the value means nothing\n",
              j.move(k).c_str(), bgen_bar_overlap(&forward, &reverse, of.value),
              static_cast<int>(BGEN_LEAST_OVERLAP));
}

static std::string by_works(const Jumps &j, int k, int a, int b)
{
  const bgen_work_lists *works = j.known.works;
  const size_t from_a = bgen_work_lists_of(works, k, a, b)->n,
               from_b = bgen_work_lists_of(works, k, b, a)->n;
  bgen_estimate estimate; // of F(a) - F(b)
  if (from_a + from_b == 0) return "";
  if (bgen_work_lists_difference(works, k, b, a, &estimate))
    return difference(j, a, b) + " is unknown from works of " + j.move(k) + ": " +
           bgen_last_error() + "\n";
  return difference(j, a, b) +
         text(" = %.4f +- %.4f by BAR of works of %s, %zu from %s and %zu from %s\n",
              estimate.value, estimate.error, j.move(k).c_str(), from_a, j.basin(a).c_str(), from_b,
              j.basin(b).c_str()) +
         no_overlap(j, k, a, b, estimate) + few_works(j, k, a, b, -estimate.value) +
         few_works(j, k, b, a, estimate.value);
}

static unsigned long long n_visits(const Jumps &j, int basin)
{
  unsigned long long n = 0;
  for (const bgen_visits &of_chain : j.known.visits) n += bgen_visits_of(&of_chain, basin);
  return n;
}

static std::string few_crossings(const Jumps &j, int a, int b, const bgen_estimate &of)
{
  unsigned long long n = 0;
  if (std::isfinite(of.error)) return "";
  for (const bgen_visits &of_chain : j.known.visits) n += bgen_visits_crossings(&of_chain, a, b);
  return text("      crossings from one to the other: %llu, at least %d are needed: the error is "
              "infinite\n",
              n, static_cast<int>(BGEN_LEAST_CROSSINGS));
}

static std::string by_visits(const Jumps &j, int a, int b)
{
  const std::vector<bgen_visits> &visits = j.known.visits;
  bgen_estimate estimate;
  if (bgen_markov_difference(j.chain, visits.size(), visits.data(), b, a, &estimate)) return "";
  return difference(j, a, b) +
         text(" = %.4f +- %.4f by visits, %llu of %s and %llu of %s\n", estimate.value,
              estimate.error, n_visits(j, a), j.basin(a).c_str(), n_visits(j, b),
              j.basin(b).c_str()) +
         few_crossings(j, a, b, estimate);
}

static std::string free_energies(const Jumps &j)
{
  std::string lines;
  for (int a = 0; a < j.n_basins(); a++)
    for (int b = a + 1; b < j.n_basins(); b++) {
      for (int k = 0; k < j.n_moves(); k++)
        if (bgen_markov_joins(j.chain, k, a, b)) lines += by_works(j, k, a, b);
      lines += by_visits(j, a, b);
    }
  const char *title = "  free energy differences in kT, from all attempts with this model and "
                      "temperature\n";
  return lines.empty() ? "" : title + lines;
}

std::string bgen::jumps_report(const bgen_markov_chain *chain, const bgen_totals *before,
                               const JumpNames &names, const PooledJumps *pool)
{
  const PooledJumps own = {bgen_markov_works(chain), {*bgen_markov_visits(chain)}};
  const Jumps jumps = {chain, before, names, pool ? *pool : own};
  std::vector<Rate> rates;
  std::string lines = totals(jumps), table = table_lines(jumps, rates);
  if (rates.empty()) return lines;
  if (names.basins.size() < 2) return lines + table;
  lines += table + rate_lines(rates) + free_energies(jumps);
  for (const std::string &sentence : offsets_not_found(chain, names))
    lines += "  " + sentence + "\n";
  return lines + verdict(rates);
}

/* ---- what is tuned ---- */

static std::string offsets_text(const bgen_markov_chain *chain, const JumpNames &names)
{
  std::string line;
  if (!bgen_markov_has_offsets(chain)) return line;
  for (size_t k = 0; k < names.basins.size(); k++)
    line += (k ? ", " : ", offsets in kT: ") + names.basins[k] +
            text(" %.4f", bgen_markov_offset(chain, (int) k));
  return line;
}

/* why the offset of a basin was not found */
static std::string not_found(const bgen_offset &known, const std::string &basin,
                             const std::string &from)
{
  if (known.from < 0) return "works do not lead both ways between it and another basin";
  return text("works between it and basin %s overlap too little (F(%s) - F(%s) = %.4g +- inf kT)",
              from.c_str(), basin.c_str(), from.c_str(), known.difference.value);
}

std::vector<std::string> bgen::offsets_not_found(const bgen_markov_chain *chain,
                                                 const JumpNames &names)
{
  std::vector<std::string> sentences;
  if (!bgen_markov_tunes_offsets(chain)) return sentences;
  std::vector<bgen_offset> known(names.basins.size());
  check(bgen_offsets_known(bgen_markov_works(chain), known.data()));
  for (size_t k = 0; k < known.size(); k++)
    if (!known[k].found)
      sentences.push_back(text(
          "the offset of basin %s was not found and stays at %.4f: %s; make more attempts, "
          "longer paths or better flows",
          names.basins[k].c_str(), bgen_markov_offset(chain, (int) k),
          not_found(known[k], names.basins[k], known[k].from < 0 ? "" : names.basins[known[k].from])
              .c_str()));
  return sentences;
}

std::string bgen::tuned_text(const bgen_markov_chain *chain, const JumpNames &names)
{
  std::string line = offsets_text(chain, names);
  for (size_t k = 0; k < names.moves.size(); k++) {
    size_t n = 0;
    const double *values = bgen_markov_tuned_values(chain, (int) k, &n);
    if (!bgen_markov_adapts(chain, (int) k)) continue;
    line += ", " + names.moves[k] + ":";
    for (size_t i = 0; i < n; i++) line += text(" %.4g", values[i]);
  }
  return line;
}
