/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What BgenCounts says after a run. */

#include "bgen_counts.h"
#include "bgen_words.h"

#include <algorithm>

using namespace LAMMPS_NS;

static constexpr double REACH = 2.0;     // kT above F(b) - F(a): works beyond say little about it
static constexpr size_t FEW = 30;        // works within reach that an error bar should rest on
static constexpr double PER_CALLS = 1e6; // energy calls that rates are given for

namespace {

class Summary {
public:
  Summary(const BgenCounts &_now, const BgenTotals &_before) : now(_now), before(_before) {}

  std::string totals() const;
  std::string border() const;
  std::string table() const;
  std::string rates() const;
  std::string free_energies() const;
  std::string verdict() const;

private:
  /* of a move in this run: all attempts, and how many of them went from basin to basin */
  struct Rate {
    int move;
    bigint attempts, changes, energy_calls;
    double seconds;

    double per_second() const { return seconds > 0.0 ? changes / seconds : 0.0; }
    double per_calls() const { return energy_calls ? PER_CALLS * changes / energy_calls : 0.0; }
  };

  const BgenCounts &now;
  const BgenTotals &before;

  std::vector<Rate> tried() const;
  std::string compared(const Rate &rate, const Rate &best) const;
  std::string work_columns(int move, int from, int to) const;
  std::string row(int move, int from, int to, int width) const;
  std::string by_works(int move, int a, int b) const;
  std::string by_visits(int a, int b) const;
  std::string few_works(int move, int from, int to, double difference) const;
  std::string difference(int a, int b) const;
};

} // namespace

static double percent(const BgenTally &tally)
{
  return tally.attempts > 0 ? 100.0 * tally.accepted / tally.attempts : 0.0;
}

static std::string part(const char *where, const BgenTally &tally)
{
  return bgen_text("%lld of %lld %s (%.3g %%)", (long long) tally.accepted,
                   (long long) tally.attempts, where, percent(tally));
}

/* pieces of MD under offsets */
std::string Summary::border() const
{
  if (now.crossings == before.crossings) return "";
  return bgen_text(
      "  border:           %lld pieces of MD changed the basin, %lld of them were undone\n",
      (long long) (now.crossings - before.crossings), (long long) (now.undone - before.undone));
}

std::string Summary::totals() const
{
  BgenTally within = now.sum(0), between = now.sum(1), all = now.sum();
  within -= before.sum(0);
  between -= before.sum(1);
  all -= before.sum();
  return "  jumps accepted:   " + part("in all", all) + ", " + part("within basins", within) +
         ", " + part("between basins", between) + "\n" +
         bgen_text("  proposals:        %lld, of them %lld outside the domain, %lld screened, "
                   "%lld without a finite energy\n",
                   (long long) (now.proposals - before.proposals), (long long) all.outside,
                   (long long) all.screened, (long long) all.not_finite);
}

/* ---- the table ---- */

/* mean and standard deviation of the finite works of this run */
std::string Summary::work_columns(int move, int from, int to) const
{
  size_t first = 0, n = 0;
  double sum = 0.0, squares = 0.0;
  if (from < 0 || to < 0) return bgen_text(" %10s %10s", "-", "-");
  if (!before.n_works.empty() && before.works_dropped == now.works_dropped)
    first = before.n_works[now.list_place(move, from, to)];
  const std::vector<double> &works = now.works_of(move, from, to);
  for (size_t i = first; i < works.size(); i++)
    if (std::isfinite(works[i])) sum += works[i], n++;
  for (size_t i = first; i < works.size(); i++)
    if (std::isfinite(works[i])) squares += (works[i] - sum / n) * (works[i] - sum / n);
  if (n == 0) return bgen_text(" %10s %10s", "-", "-");
  const std::string deviation = n > 1 ? bgen_text("%.4g", sqrt(squares / (n - 1))) : "-";
  return bgen_text(" %10.4g %10s", sum / n, deviation.c_str());
}

std::string Summary::row(int move, int from, int to, int width) const
{
  const BgenTally tally = now.tally(move, from, to, before);
  if (tally.attempts == 0) return "";
  return bgen_text("  %-11s  %-*s  %-*s %9lld %9lld %7.2f %8lld %9lld %9lld",
                   now.move_name(move).c_str(), width, now.basin_name(from).c_str(), width,
                   now.basin_name(to).c_str(), (long long) tally.attempts,
                   (long long) tally.accepted, percent(tally), (long long) tally.outside,
                   (long long) tally.screened, (long long) tally.not_finite) +
         work_columns(move, from, to) +
         bgen_text(" %10lld %10.4g\n", (long long) tally.energy_calls, tally.seconds);
}

std::string Summary::table() const
{
  size_t width = 4;
  for (int basin = 0; basin < now.n_basins; basin++)
    width = std::max(width, now.basin_name(basin).size());
  std::string text =
      bgen_text("  %-11s  %-*s  %-*s %9s %9s %7s %8s %9s %9s %10s %10s %10s %10s\n", "move",
                (int) width, "from", (int) width, "to", "attempts", "accepted", "%", "outside",
                "screened", "infinite", "work", "std", "energies", "seconds");
  for (int move = 0; move < now.n_moves(); move++)
    for (int from = -1; from < now.n_basins; from++)
      for (int to = -1; to < now.n_basins; to++) text += row(move, from, to, (int) width);
  return text;
}

/* ---- which move pays ---- */

/* three digits or all before the point, never a power of ten */
static std::string plain(double rate)
{
  return bgen_text(rate < 1000.0 ? "%.3g" : "%.0f", rate);
}

/* the moves of this run */
std::vector<Summary::Rate> Summary::tried() const
{
  std::vector<Rate> rates;
  for (int move = 0; move < now.n_moves(); move++) {
    BgenTally all;
    bigint changes = 0;
    for (int from = -1; from < now.n_basins; from++)
      for (int to = -1; to < now.n_basins; to++) {
        const BgenTally tally = now.tally(move, from, to, before);
        all += tally;
        if (from >= 0 && to >= 0 && from != to) changes += tally.accepted;
      }
    if (all.attempts > 0)
      rates.push_back({move, all.attempts, changes, all.energy_calls, all.seconds});
  }
  return rates;
}

std::string Summary::rates() const
{
  std::string text;
  for (const Rate &rate : tried())
    text += bgen_text("    %-11s %9lld  %9s %9s\n", now.move_name(rate.move).c_str(),
                      (long long) rate.changes, plain(rate.per_second()).c_str(),
                      plain(rate.per_calls()).c_str());
  return "  basin changes, per second and per 1e6 energy calls of the move itself\n" + text;
}

std::string Summary::compared(const Rate &rate, const Rate &best) const
{
  const std::string &name = now.move_name(rate.move);
  if (rate.changes == 0) return name + " has none";
  return name +
         bgen_text(" has %.2g times as many per second", rate.per_second() / best.per_second());
}

std::string Summary::verdict() const
{
  const std::vector<Rate> rates = tried();
  const auto slower = [](const Rate &a, const Rate &b) { return a.per_second() < b.per_second(); };
  const auto dearer = [](const Rate &a, const Rate &b) { return a.per_calls() < b.per_calls(); };
  const Rate &best = *std::max_element(rates.begin(), rates.end(), slower);
  const Rate &cheapest = *std::max_element(rates.begin(), rates.end(), dearer);
  if (best.changes == 0) return "  No move ever changed the basin.\n";
  std::string text = "  Move " + now.move_name(best.move) +
                     (rates.size() > 1 ? " pays best: " : " makes ") + plain(best.per_second()) +
                     " basin changes per second and " + plain(best.per_calls()) +
                     " per 1e6 energy calls";
  for (const Rate &rate : rates)
    if (rate.move != best.move) text += "; " + compared(rate, best);
  if (cheapest.per_calls() > best.per_calls())
    text += ". By energy calls " + now.move_name(cheapest.move) +
            " is better: " + plain(cheapest.per_calls()) + " per 1e6";
  return text + ".\n";
}

/* ---- free energies ---- */

std::string Summary::difference(int a, int b) const
{
  return "    F(" + now.basin_name(a) + ") - F(" + now.basin_name(b) + ")";
}

/* `difference` is F(to) - F(from); works far above it do not tell it */
std::string Summary::few_works(int move, int from, int to, double difference) const
{
  const std::vector<double> &works = now.works_of(move, from, to);
  const size_t n = std::count_if(works.begin(), works.end(),
                                 [&](double work) { return work <= difference + REACH; });
  if (n >= FEW) return "";
  return "      works of " + now.move_name(move) + " from " + now.basin_name(from) + " to " +
         now.basin_name(to) +
         bgen_text(
             ": only %zu of %zu are less than %g kT above Delta F: the estimate rests on few\n", n,
             works.size(), REACH);
}

std::string Summary::by_works(int move, int a, int b) const
{
  bgen_estimate estimate; // of F(a) - F(b)
  const size_t from_a = now.works_of(move, a, b).size(), from_b = now.works_of(move, b, a).size();
  if (from_a + from_b == 0) return "";
  if (now.difference_by_works(move, b, a, &estimate))
    return difference(a, b) + " is unknown from works of " + now.move_name(move) + ": " +
           bgen_last_error() + "\n";
  return difference(a, b) +
         bgen_text(" = %.4f +- %.4f by BAR of works of %s, %zu from %s and %zu from %s\n",
                   estimate.value, estimate.error, now.move_name(move).c_str(), from_a,
                   now.basin_name(a).c_str(), from_b, now.basin_name(b).c_str()) +
         few_works(move, a, b, -estimate.value) + few_works(move, b, a, estimate.value);
}

std::string Summary::by_visits(int a, int b) const
{
  bgen_estimate estimate;
  if (now.difference_by_visits(b, a, &estimate)) return "";
  return difference(a, b) +
         bgen_text(" = %.4f +- %.4f by visits, %llu of %s and %llu of %s\n", estimate.value,
                   estimate.error, (unsigned long long) now.visits_of(a), now.basin_name(a).c_str(),
                   (unsigned long long) now.visits_of(b), now.basin_name(b).c_str());
}

std::string Summary::free_energies() const
{
  std::string text;
  for (int a = 0; a < now.n_basins; a++)
    for (int b = a + 1; b < now.n_basins; b++) {
      for (int move = 0; move < now.n_moves(); move++) text += by_works(move, a, b);
      text += by_visits(a, b);
    }
  return text.empty()
             ? ""
             : "  free energies in kT, from all jumps with this model and temperature\n" + text;
}

std::string BgenCounts::summary(const BgenTotals &before) const
{
  const Summary of(*this, before);
  std::string text = of.totals() + of.border();
  if (all_attempts() == before.all_attempts()) return text;
  text += of.table();
  if (n_basins > 1) text += of.rates() + of.free_energies() + of.verdict();
  return text;
}
