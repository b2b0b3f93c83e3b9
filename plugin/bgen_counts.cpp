/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_counts.h"

#include "bgen_words.h"

#include <algorithm>
#include <cstring>

using namespace LAMMPS_NS;

static constexpr uint64_t REVISION = 6;                // of what pack() writes
static constexpr size_t MOST_WORKS = (size_t) 1 << 20; // in a list, and
static constexpr size_t ALL_WORKS = (size_t) 1 << 27; // in all: LAMMPS keeps at most 2 GiB of a fix

/* ---- totals ---- */

size_t BgenTotals::place(int move, int from, int to) const
{
  const size_t n = n_basins + 1;
  return ((size_t) move * n + from + 1) * n + to + 1;
}

size_t BgenTotals::list_place(int move, int a, int b) const
{
  return ((size_t) move * n_basins + a) * n_basins + b;
}

BgenTally BgenTotals::tally(int move, int from, int to, const BgenTotals &before) const
{
  BgenTally since = tallies[place(move, from, to)];
  if (!before.tallies.empty()) since -= before.tallies[place(move, from, to)];
  return since;
}

BgenTally BgenTotals::sum(int between) const
{
  const size_t n = n_basins + 1;
  BgenTally whole;
  for (size_t i = 0; i < tallies.size(); i++)
    if ((i / n % n != i % n) == (between != 0)) whole += tallies[i];
  return whole;
}

BgenTally BgenTotals::sum() const
{
  BgenTally whole;
  for (const BgenTally &one : tallies) whole += one;
  return whole;
}

bigint BgenTotals::attempts_of(int move) const
{
  bigint n = 0;
  for (size_t i = place(move, -1, -1); i < place(move + 1, -1, -1); i++) n += tallies[i].attempts;
  return n;
}

/* ---- counting ---- */

BgenCounts::BgenCounts(const BgenSettings &settings)
    : seed(settings.seed), moves_text(settings.moves_text()), cvs_text(settings.cvs_text()),
      basins_text(settings.basins_text()), offsets_text(settings.offsets_text())
{
  n_basins = settings.basins.size();
  const size_t n = n_basins, n_all = settings.moves.size();
  for (const BgenBasin &basin : settings.basins) basin_names.push_back(basin.name);
  std::vector<int> seen(BgenMove::N_KINDS, 0);
  for (const BgenMove &move : settings.moves) {
    const int number = ++seen[move.kind];
    move_names.push_back(BgenMove::name(move.kind) +
                         (number > 1 ? bgen_text(" %d", number) : std::string()));
    with_work.push_back(move.has_work());
  }
  tallies.resize(n_all * (n + 1) * (n + 1));
  works.resize(n_all * n * n);
  n_works.assign(works.size(), 0);
  for (const BgenMove &move : settings.moves) {
    tuned.push_back(move.untuned());
    adapts.push_back(move.adapts);
  }
  offset = settings.offsets;
  tuning = settings.tunes;
  visits.resize(BGEN_VISITS_BLOCKS * n);
  drop_visits();
}

void BgenCounts::drop_visits()
{
  std::fill(visits.begin(), visits.end(), 0);
  population = {(size_t) n_basins, visits.data(), 1, 0};
}

void BgenCounts::drop_works()
{
  for (std::vector<double> &list : works) list.clear();
  std::fill(n_works.begin(), n_works.end(), 0);
  works_dropped++;
}

void BgenCounts::begin(uint64_t of_model, double of_temperature)
{
  const bool other_temperature = temperature != of_temperature;
  if (model != of_model || other_temperature) drop_works();
  if (other_temperature) drop_visits();
  model = of_model;
  temperature = of_temperature;
}

void BgenCounts::set_offsets(const std::vector<double> &reduced)
{
  if (reduced == offset) return;
  offset = reduced;
  drop_visits();
}

size_t BgenCounts::most_works() const
{
  const size_t n_lists = std::max(works.size(), (size_t) 1);
  return std::min(MOST_WORKS, ALL_WORKS / n_lists);
}

const std::vector<double> &BgenCounts::works_of(int move, int from, int to) const
{
  return works[list_place(move, from, to)];
}

void BgenCounts::add(const BgenAttempt &attempt)
{
  tallies[place(attempt.move, attempt.from, attempt.to)].add(attempt);
  proposals += attempt.proposals;
  const int now = attempt.accepted ? attempt.to : attempt.from;
  bgen_visits_add(&population, now < 0 ? n_basins : now);
  if (!has_work(attempt.move) || attempt.from < 0) return;
  for (int to = 0; to < n_basins; to++) {
    const size_t place = list_place(attempt.move, attempt.from, to);
    if (to == attempt.from || n_works[place] >= most_works()) continue;
    const bool arrives = to == attempt.to && std::isfinite(attempt.work);
    works[place].push_back(arrives ? attempt.work : INFINITY);
    n_works[place]++;
  }
}

double BgenCounts::acceptance() const
{
  const BgenTally whole = sum();
  return whole.attempts > 0 ? (double) whole.accepted / whole.attempts : 0.0;
}

double BgenCounts::memory_usage() const
{
  size_t n = visits.size();
  for (const std::vector<double> &list : works) n += list.capacity();
  return (double) n * sizeof(double) + (double) tallies.size() * sizeof(BgenTally);
}

/* ---- free energies ---- */

bgen_status BgenCounts::difference_by_works(int move, int a, int b, bgen_estimate *estimate) const
{
  const std::vector<double> &there = works_of(move, a, b), &back = works_of(move, b, a);
  const size_t n_there = there.size(), n_back = back.size();
  const bgen_works forward = {n_there, there.data(), {1, &n_there}},
                   reverse = {n_back, back.data(), {1, &n_back}};
  return bgen_estimate_bar(&forward, &reverse, estimate);
}

bgen_status BgenCounts::difference_by_visits(int a, int b, bgen_estimate *estimate) const
{
  const bgen_status status = bgen_visits_difference(&population, a, b, estimate);
  if (!status) estimate->value += offset[b] - offset[a];
  return status;
}

/* ---- restart files: 8 bytes each ---- */

namespace {

struct Writer {
  std::vector<uint64_t> &words;

  template <class T> void value(T &number)
  {
    static_assert(sizeof number == sizeof words[0], "a word each");
    words.push_back(0);
    memcpy(&words.back(), &number, sizeof number);
  }
  template <class T> void list(std::vector<T> &numbers)
  {
    uint64_t n = numbers.size();
    value(n);
    for (T &number : numbers) value(number);
  }
};

struct Reader {
  const uint64_t *words;

  template <class T> void value(T &number) { memcpy(&number, words++, sizeof number); }
  template <class T> void list(std::vector<T> &numbers)
  {
    uint64_t n;
    value(n);
    numbers.resize(n);
    for (T &number : numbers) value(number);
  }
  std::string text()
  {
    std::vector<uint64_t> letters;
    list(letters);
    return std::string(letters.begin(), letters.end());
  }
};

} // namespace

/* all but the texts; one order for writing and for reading */
template <class File> void BgenCounts::exchange(File &file)
{
  file.value(seed);
  file.value(model);
  file.value(temperature);
  file.value(tuning);
  for (bigint *count : {&proposals, &energy_calls, &samples, &train_steps, &train_samples,
                        &annealed, &explored, &crossings, &undone, &works_dropped})
    file.value(*count);
  for (BgenTally &one : tallies) one.exchange(file);
  for (std::vector<double> &list : works) file.list(list);
  file.list(offset);
  for (std::vector<double> &list : tuned) file.list(list);
  file.list(visits);
  file.value(population.length);
  file.value(population.n);
}

std::vector<uint64_t> BgenCounts::pack(bigint energy_calls_so_far)
{
  std::vector<uint64_t> words = {REVISION, 0};
  Writer file = {words};
  for (const std::string &text : {moves_text, cvs_text, basins_text, offsets_text}) {
    std::vector<uint64_t> letters(text.begin(), text.end());
    file.list(letters);
  }
  const bigint before = energy_calls;
  energy_calls = energy_calls_so_far;
  exchange(file);
  energy_calls = before;
  words[1] = words.size();
  return words;
}

bool BgenCounts::known(uint64_t first)
{
  return first == REVISION;
}

std::string BgenCounts::unpack(const uint64_t *words)
{
  Reader file = {words + 2};
  const std::string moves = file.text(), cvs = file.text(), basins = file.text();
  const std::string offsets = file.text();
  if (moves != moves_text) return "moves '" + moves + "', not '" + moves_text + "'";
  if (cvs != cvs_text) return "cvs '" + cvs + "', not '" + cvs_text + "'";
  if (basins != basins_text) return "basins '" + basins + "', not '" + basins_text + "'";
  if (offsets != offsets_text) return "offsets '" + offsets + "', not '" + offsets_text + "'";
  exchange(file);
  for (size_t i = 0; i < works.size(); i++) n_works[i] = works[i].size();
  return "";
}
