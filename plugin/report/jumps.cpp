/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/jumps.h"

#include "input/text.h"
#include "report/table.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static constexpr double REACH = 2.0;     // kT above F(b) - F(a): works beyond say little about it
static constexpr size_t FEW = 30;        // works within reach that an error bar should rest on
static constexpr double PER_CALLS = 1e6; // energy evaluations that rates are given for

namespace {

/* of a move: all attempts, and how many of them went from one basin to another */
struct Rate {
  int move;
  int64_t changes, energy_calls;
  double seconds;

  double per_second() const { return seconds > 0.0 ? changes / seconds : 0.0; }
  double per_calls() const { return energy_calls ? PER_CALLS * changes / energy_calls : 0.0; }
};

class JumpsReport {
public:
  JumpsReport(const bgen_markov_chain *chain, const bgen_totals *before, const JumpNames &names)
      : chain_(chain), now_(bgen_markov_totals(chain)), before_(before), names_(names),
        n_moves_((int) now_->n_moves), n_basins_((int) now_->n_basins)
  {
  }

  std::string text() const;

private:
  const bgen_markov_chain *chain_;
  const bgen_totals *now_, *before_;
  const JumpNames &names_;
  const int n_moves_, n_basins_;

  const std::string &move(int k) const { return names_.moves[k]; }
  std::string basin(int k) const { return k < 0 ? "none" : names_.basins[k]; }
  int64_t count(bgen_counter counter) const;
  bgen_tally sum(bgen_jumps which) const;
  bgen_tally tally(int move, int from, int to) const;

  std::string totals() const;
  std::string border() const;

  Table columns() const;
  std::string table() const;
  std::vector<Cell> row(int move, int from, int to, const bgen_tally &tally) const;

  std::vector<Rate> rates() const;
  std::string rate_lines(const std::vector<Rate> &rates) const;
  std::string compared(const Rate &rate, const Rate &best) const;
  std::string verdict(const std::vector<Rate> &rates) const;

  std::string difference(int a, int b) const;
  std::string few_works(int move, int from, int to, double difference) const;
  std::string by_works(int move, int a, int b) const;
  std::string by_visits(int a, int b) const;
  std::string free_energies() const;
};

} // namespace

/* ---- counts since the snapshot ---- */

int64_t JumpsReport::count(bgen_counter counter) const
{
  return now_->count[counter] - (before_ ? before_->count[counter] : 0);
}

bgen_tally JumpsReport::sum(bgen_jumps which) const
{
  const bgen_tally all = bgen_totals_sum(now_, which);
  return before_ ? bgen_tally_difference(all, bgen_totals_sum(before_, which)) : all;
}

bgen_tally JumpsReport::tally(int move, int from, int to) const
{
  const bgen_tally all = *bgen_totals_tally(now_, move, from, to);
  return before_ ? bgen_tally_difference(all, *bgen_totals_tally(before_, move, from, to)) : all;
}

static double percent(const bgen_tally &tally)
{
  return tally.attempts > 0 ? 100.0 * tally.accepted / tally.attempts : 0.0;
}

static std::string part(const char *where, const bgen_tally &tally)
{
  return bgen::text("%lld of %lld %s (%.3g %%)", (long long) tally.accepted,
                    (long long) tally.attempts, where, percent(tally));
}

std::string JumpsReport::totals() const
{
  const bgen_tally all = sum(BGEN_JUMPS_ALL);
  return "  jumps accepted:   " + part("in all", all) + ", " +
         part("within basins", sum(BGEN_JUMPS_WITHIN)) + ", " +
         part("between basins", sum(BGEN_JUMPS_BETWEEN)) + "\n" +
         bgen::text("  proposals:        %lld, of which %lld lie outside the domain of their flow, "
                    "%lld were rejected by screening, %lld have no finite energy\n",
                    (long long) count(BGEN_COUNT_PROPOSALS), (long long) all.outside,
                    (long long) all.refused, (long long) all.not_finite);
}

/* MD under offsets */
std::string JumpsReport::border() const
{
  if (count(BGEN_COUNT_CROSSINGS) == 0) return "";
  return bgen::text(
      "  boundaries:       MD segments that changed the basin: %lld, of which %lld were "
      "undone\n",
      (long long) count(BGEN_COUNT_CROSSINGS), (long long) count(BGEN_COUNT_UNDONE));
}

/* ---- the table ---- */

Table JumpsReport::columns() const
{
  int width = 4;
  for (const std::string &name : names_.basins) width = std::max(width, (int) name.size());
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
                {"energies", 10, "d"},
                {"seconds", 10, ".4g"}});
}

/* mean and standard deviation of those that are finite; NaN where there are none, or one */
static void moments(const double *works, size_t n_works, double &mean, double &deviation)
{
  size_t n = 0;
  double sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < n_works; i++)
    if (std::isfinite(works[i])) sum += works[i], n++;
  mean = n ? sum / n : NAN;
  for (size_t i = 0; i < n_works; i++)
    if (std::isfinite(works[i])) squares += (works[i] - mean) * (works[i] - mean);
  deviation = n > 1 ? sqrt(squares / (n - 1)) : NAN;
}

std::vector<Cell> JumpsReport::row(int k, int from, int to, const bgen_tally &tally) const
{
  double mean = NAN, deviation = NAN;
  size_t n = 0;
  if (from >= 0 && to >= 0) {
    const double *works = bgen_markov_works_since(chain_, before_, k, from, to, &n);
    moments(works, n, mean, deviation);
  }
  return {move(k),        basin(from),        basin(to),     tally.attempts,   tally.accepted,
          percent(tally), tally.outside,      tally.refused, tally.not_finite, mean,
          deviation,      tally.energy_calls, tally.seconds};
}

std::string JumpsReport::table() const
{
  const Table table = columns();
  std::string lines = "  " + table.header();
  for (int k = 0; k < n_moves_; k++)
    for (int from = -1; from < n_basins_; from++)
      for (int to = -1; to < n_basins_; to++) {
        const bgen_tally one = tally(k, from, to);
        if (one.attempts) lines += "  " + table.row(row(k, from, to, one));
      }
  return lines;
}

/* ---- which move is best ---- */

/* three digits, or all before the point; never a power of ten */
static std::string plain(double rate)
{
  return rate < 1000.0 ? bgen::text("%.3g", rate) : bgen::text("%.0f", rate);
}

/* of the moves that were tried */
std::vector<Rate> JumpsReport::rates() const
{
  std::vector<Rate> rates;
  for (int k = 0; k < n_moves_; k++) {
    bgen_tally all = {};
    int64_t changes = 0;
    for (int from = -1; from < n_basins_; from++)
      for (int to = -1; to < n_basins_; to++) {
        const bgen_tally one = tally(k, from, to);
        all = bgen_tally_sum(all, one);
        if (from >= 0 && to >= 0 && from != to) changes += one.accepted;
      }
    if (all.attempts > 0) rates.push_back({k, changes, all.energy_calls, all.seconds});
  }
  return rates;
}

std::string JumpsReport::rate_lines(const std::vector<Rate> &rates) const
{
  std::string lines = "  basin changes, per second and per 1e6 energy evaluations of the move\n";
  for (const Rate &rate : rates)
    lines +=
        bgen::text("    %-11s %9lld  %9s %9s\n", move(rate.move).c_str(), (long long) rate.changes,
                   plain(rate.per_second()).c_str(), plain(rate.per_calls()).c_str());
  return lines;
}

std::string JumpsReport::compared(const Rate &rate, const Rate &best) const
{
  if (rate.changes == 0) return move(rate.move) + " has none";
  return move(rate.move) +
         bgen::text(" has %.2g times as many per second", rate.per_second() / best.per_second());
}

std::string JumpsReport::verdict(const std::vector<Rate> &rates) const
{
  const auto slower = [](const Rate &a, const Rate &b) { return a.per_second() < b.per_second(); };
  const auto costlier = [](const Rate &a, const Rate &b) { return a.per_calls() < b.per_calls(); };
  const Rate &best = *std::max_element(rates.begin(), rates.end(), slower);
  const Rate &cheapest = *std::max_element(rates.begin(), rates.end(), costlier);
  if (best.changes == 0) return "  No move has changed the basin.\n";
  std::string line = "  Move " + move(best.move) + (rates.size() > 1 ? " pays best: " : " makes ") +
                     plain(best.per_second()) + " basin changes per second and " +
                     plain(best.per_calls()) + " per 1e6 energy evaluations";
  for (const Rate &rate : rates)
    if (rate.move != best.move) line += "; " + compared(rate, best);
  if (cheapest.per_calls() > best.per_calls())
    line += ". By energy evaluations " + move(cheapest.move) +
            " is better: " + plain(cheapest.per_calls()) + " per 1e6";
  return line + ".\n";
}

/* ---- free energies ---- */

std::string JumpsReport::difference(int a, int b) const
{
  return "    F(" + basin(a) + ") - F(" + basin(b) + ")";
}

/* `difference` is F(to) - F(from); works far above it say little about it */
std::string JumpsReport::few_works(int k, int from, int to, double difference) const
{
  const bgen_work_list *list = bgen_work_lists_of(bgen_markov_works(chain_), k, from, to);
  const size_t n = std::count_if(list->work, list->work + list->n,
                                 [&](double work) { return work <= difference + REACH; });
  if (n >= FEW) return "";
  return "      works of " + move(k) + " from " + basin(from) + " to " + basin(to) +
         bgen::text(": only %zu of %zu are less than %g kT above the difference: the estimate "
                    "rests on few works\n",
                    n, list->n, REACH);
}

std::string JumpsReport::by_works(int k, int a, int b) const
{
  const bgen_work_lists *works = bgen_markov_works(chain_);
  const size_t from_a = bgen_work_lists_of(works, k, a, b)->n,
               from_b = bgen_work_lists_of(works, k, b, a)->n;
  bgen_estimate estimate; // of F(a) - F(b)
  if (from_a + from_b == 0) return "";
  if (bgen_work_lists_difference(works, k, b, a, &estimate))
    return difference(a, b) + " is unknown from works of " + move(k) + ": " + bgen_last_error() +
           "\n";
  return difference(a, b) +
         bgen::text(" = %.4f +- %.4f by BAR of works of %s, %zu from %s and %zu from %s\n",
                    estimate.value, estimate.error, move(k).c_str(), from_a, basin(a).c_str(),
                    from_b, basin(b).c_str()) +
         few_works(k, a, b, -estimate.value) + few_works(k, b, a, estimate.value);
}

std::string JumpsReport::by_visits(int a, int b) const
{
  bgen_estimate estimate;
  if (bgen_markov_difference(chain_, b, a, &estimate)) return "";
  return difference(a, b) +
         bgen::text(" = %.4f +- %.4f by visits, %llu of %s and %llu of %s\n", estimate.value,
                    estimate.error, (unsigned long long) bgen_markov_visits(chain_, a),
                    basin(a).c_str(), (unsigned long long) bgen_markov_visits(chain_, b),
                    basin(b).c_str());
}

std::string JumpsReport::free_energies() const
{
  std::string lines;
  for (int a = 0; a < n_basins_; a++)
    for (int b = a + 1; b < n_basins_; b++) {
      for (int k = 0; k < n_moves_; k++) lines += by_works(k, a, b);
      lines += by_visits(a, b);
    }
  return lines.empty() ? ""
                       : "  free energy differences in kT, from all attempts with this model and "
                         "temperature\n" +
                             lines;
}

std::string JumpsReport::text() const
{
  const std::vector<Rate> tried = rates();
  std::string lines = totals() + border();
  if (tried.empty()) return lines;
  lines += table();
  if (n_basins_ > 1) lines += rate_lines(tried) + free_energies() + verdict(tried);
  return lines;
}

std::string bgen::jumps_report(const bgen_markov_chain *chain, const bgen_totals *before,
                               const JumpNames &names)
{
  return JumpsReport(chain, before, names).text();
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
