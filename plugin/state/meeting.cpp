/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/meeting.h"

#include "base/hash.h"
#include "input/error.h"
#include "input/text.h"
#include "state/owned.h"
#include "state/state.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

using namespace bgen;

/* of a frame that waits */
enum { USE, TEMPERATURE, WALKER, X };

/* by which energies of the same configuration may differ: sums of other orders */
static constexpr double ROUNDING = 1e-6;

/* what actions count, alike in all partitions */
static constexpr bgen_counter COUNTED[] = {BGEN_COUNT_SAMPLES, BGEN_COUNT_TRAIN_SAMPLES,
                                           BGEN_COUNT_TRAIN_STEPS, BGEN_COUNT_EXPLORED,
                                           BGEN_COUNT_ANNEALED};
static constexpr size_t N_COUNTED = sizeof COUNTED / sizeof COUNTED[0];

struct Meeting::Greeting {
  uint64_t line, fix, seed;
  int64_t counts[N_COUNTED];
};

uint64_t Meeting::seed() const
{
  return state_.pool.is_shared() ? seed_ : state_.chain.seed();
}

long long Meeting::n_energy_calls() const
{
  return static_cast<long long>(state_.pool.sum(static_cast<double>(state_.n_energy_calls())));
}

/* ---- frames ---- */

void Meeting::take_frame(const double *x)
{
  Frames &frames = state_.frames;
  const double temperature = state_.temperature();
  if (!state_.pool.is_shared()) return frames.add(frames.use, x, temperature);
  waiting_.insert(waiting_.end(), {static_cast<double>(frames.use), temperature,
                                   static_cast<double>(frames.walker)});
  waiting_.insert(waiting_.end(), x, x + state_.variables.dim());
}

void Meeting::share_frames()
{
  const std::vector<std::vector<double>> all = state_.pool.gather(waiting_);
  waiting_.clear();
  for (int p = 0; p < state_.pool.n(); p++) add_frames(all[p], p);
  warn_of_repeats();
}

void Meeting::warn_of_repeats()
{
  const std::string repeated = state_.frames.repeat_counts.take_sentence();
  if (!repeated.empty()) state_.host.print("WARNING: fix bgen: " + repeated + "\n");
}

/* no two partitions have a walker in common */
void Meeting::add_frames(const std::vector<double> &of_partition, int number)
{
  const size_t length = X + state_.variables.dim();
  for (size_t at = 0; at < of_partition.size(); at += length) {
    const double *frame = &of_partition[at];
    const int walker = static_cast<int>(frame[WALKER]) * state_.pool.n() + number;
    state_.frames.add(static_cast<FrameUse>(frame[USE]), frame + X, frame[TEMPERATURE], walker);
  }
}

double Meeting::memory_usage() const
{
  return static_cast<double>(waiting_.capacity() * sizeof(double));
}

/* Those of frames must be the same; who has seen no atoms yet has those of the others. */
void Meeting::share_sites()
{
  Sites &sites = state_.sites;
  if (!sites.wanted()) return;
  const std::vector<std::vector<double>> all = state_.pool.gather(sites.where());
  size_t first = 0;
  while (first < all.size() && all[first].empty()) first++;
  for (size_t p = first + 1; p < all.size(); p++)
    if (!all[p].empty() && !sites.agree(all[first].data(), all[p].data()))
      throw Error(text("bgen: pool of fix %s: the crystal has atoms at other periodic images in "
                       "partition %zu than in %zu: begin from the same configuration in all "
                       "partitions, or load the same model before any frames",
                       state_.id.c_str(), p, first));
  if (!sites.known() && first < all.size()) sites.set(all[first].data());
}

/* ---- works ---- */

/* model, temperature, and for each list how many works, and these */
static std::vector<double> packed(const bgen_markov_chain *chain)
{
  const bgen_work_lists &works = *bgen_markov_works(chain);
  const uint64_t model = bgen_markov_model(chain);
  std::vector<double> all(2, bgen_markov_temperature(chain));
  std::memcpy(&all[0], &model, sizeof model);
  for (size_t i = 0; i < works.n_moves * works.n_basins * works.n_basins; i++) {
    const bgen_work_list &list = works.list[i];
    all.push_back(static_cast<double>(list.n));
    all.insert(all.end(), list.work, list.work + list.n);
  }
  return all;
}

static bool belong_together(const std::vector<double> &a, const std::vector<double> &b)
{
  uint64_t models[2];
  std::memcpy(&models[0], &a[0], sizeof models[0]);
  std::memcpy(&models[1], &b[0], sizeof models[1]);
  return models[0] == models[1] && a[1] == b[1];
}

using Works = Owned<bgen_work_lists, bgen_work_lists_destroy>;

static bool any_works(const std::vector<double> &all)
{
  return std::any_of(all.begin() + 2, all.end(), [](double one) { return one != 0.0; });
}

/* without works where they are of another model, or of another temperature, than the own ones */
static Works unpacked(const std::vector<double> &all, bool belongs, const bgen_work_lists &like)
{
  Works works;
  create(works, bgen_work_lists_create, like.n_moves, like.n_basins);
  const double *next = all.data() + 2;
  for (size_t i = 0; belongs && i < like.n_moves * like.n_basins * like.n_basins; i++) {
    bgen_work_list &list = works->list[i];
    list.n = static_cast<size_t>(*next++);
    check(bgen_work_list_reserve(&list, list.n));
    std::copy_n(next, list.n, list.work);
    next += list.n;
  }
  return works;
}

void Meeting::share_works()
{
  Chain &chain = state_.chain;
  const std::vector<double> own = packed(chain);
  const std::vector<std::vector<double>> all = state_.pool.gather(own);
  std::vector<Works> of_chains(all.size());
  n_left_out_ = 0;
  for (size_t p = 0; p < all.size(); p++) {
    if (static_cast<int>(p) == state_.pool.number()) continue;
    const bool belongs = belong_together(all[p], own);
    n_left_out_ += !belongs && any_works(all[p]);
    of_chains[p] = unpacked(all[p], belongs, *bgen_markov_works(chain));
  }
  std::vector<bgen_work_lists *> given;
  given.reserve(all.size());
  for (Works &works : of_chains) given.push_back(works.release()); // the chain owns them now
  check(bgen_markov_pool(chain, given.size(), given.data()));
  check(bgen_markov_balance(chain));
}

void Meeting::warn_left_out(const std::string &what, size_t n, const std::string &differs) const
{
  if (n > 0)
    state_.host.warn(text("bgen %s: %s of %zu partition%s are left out, which are %s than those of "
                          "partition %d",
                          state_.id.c_str(), what.c_str(), n, n == 1 ? "" : "s", differs.c_str(),
                          state_.pool.number()));
}

std::string Meeting::whose_jumps() const
{
  const Pool &pool = state_.pool;
  return pool.is_shared() ? text(" of partition %d of %d", pool.number(), pool.n()) : "";
}

/* ---- before and after an action ---- */

static uint64_t hash_of(const std::string &text)
{
  return bgen_hash_bytes(BGEN_HASH_START, text.data(), text.size());
}

/* but for the temperature, which matters where energies are shared; what words stand for as well */
static std::string fix_text(const State &state)
{
  const Settings &s = state.settings;
  return text("%s %lld %llu %016llx", state.id.c_str(), static_cast<long long>(s.nevery),
              static_cast<unsigned long long>(s.seed),
              static_cast<unsigned long long>(state.engine.body().hash())) +
         s.keywords + "\n" + s.flow + "\n" + state.variables.cvs_text();
}

Meeting::Greeting Meeting::greeting(const std::string &line) const
{
  Greeting own = {hash_of(line), hash_of(fix_text(state_)), state_.chain.seed(), {}};
  for (size_t i = 0; i < N_COUNTED; i++) own.counts[i] = state_.chain.count(COUNTED[i]);
  return own;
}

void Meeting::need_own_seeds(const std::vector<Greeting> &all) const
{
  std::set<uint64_t> seeds;
  for (const Greeting &one : all)
    if (!seeds.insert(one.seed).second)
      throw Error("bgen: pool of fix " + state_.id +
                  ": two partitions have the same chain: their jumps would have the same random "
                  "numbers");
}

/* The random numbers of actions go on where they do in the first partition. */
void Meeting::begin(const std::string &line)
{
  if (!state_.pool.is_shared()) return;
  const Greeting own = greeting(line);
  const std::vector<Greeting> all = one_of_each(state_.pool, own);
  for (size_t p = 0; p < all.size(); p++) {
    const char *differs = all[p].fix != all[0].fix     ? "the fix has another line, or other atoms,"
                          : all[p].line != all[0].line ? "this line is another one"
                                                       : nullptr;
    if (differs)
      throw Error(text("bgen: pool of fix %s: %s in partition %zu than in 0: use the same in all "
                       "partitions",
                       state_.id.c_str(), differs, p));
  }
  need_own_seeds(all);
  seed_ = all[0].seed;
  for (size_t i = 0; i < N_COUNTED; i++)
    state_.chain.count_up(COUNTED[i], all[0].counts[i] - own.counts[i]);
  share_sites();
  share_frames();
  share_works();
}

void Meeting::end()
{
  const uint64_t own = state_.model.checksum();
  for (const uint64_t other : one_of_each(state_.pool, own))
    if (other != own)
      throw Error("bgen: pool of fix " + state_.id +
                  ": the models of the partitions differ: load the same file in all of them, and "
                  "use machines of one kind");
}

void Meeting::compare_temperatures()
{
  const std::vector<double> all = one_of_each(state_.pool, state_.temperature());
  for (size_t p = 1; p < all.size(); p++)
    if (!Frames::same_temperature(all[p], all[0]))
      throw Error(text("bgen: pool of fix %s: the temperature is %g in partition 0, but %g in %zu: "
                       "energies are shared at one temperature, so use the same in all partitions",
                       state_.id.c_str(), all[0], all[p], p));
}

static std::string energy_text(const Energy &energy)
{
  return energy.refused ? "no energy (" + std::string(energy.refused) + ")"
                        : text("the energy %g", energy.value);
}

/* false: it has no energy in any of them */
bool Meeting::compare_energies_at(const double *x)
{
  const Energy own = state_.engine.energy(x);
  const std::vector<double> all = one_of_each(state_.pool, own.value);
  const std::string words = energy_text(own);
  for (size_t p = 1; p < all.size(); p++) {
    if (std::fabs(all[p] - all[0]) <= ROUNDING * (1.0 + std::fabs(all[0]))) continue;
    if (!std::isfinite(all[p]) && !std::isfinite(all[0])) continue;
    const auto of = state_.pool.gather(std::vector<char>(words.begin(), words.end()));
    throw Error(text("bgen: pool of fix %s: the same configuration has %.*s in partition 0, but "
                     "%.*s in %zu: force field, box and all atoms outside the group must be the "
                     "same",
                     state_.id.c_str(), static_cast<int>(of[0].size()), of[0].data(),
                     static_cast<int>(of[p].size()), of[p].data(), p));
  }
  return std::isfinite(all[0]);
}

/* at the first of their configurations that has one */
void Meeting::compare_energies()
{
  if (!state_.pool.is_shared()) return;
  compare_temperatures();
  std::vector<double> x(state_.variables.dim());
  state_.engine.gather(x.data());
  for (const std::vector<double> &of_partition : state_.pool.gather(x))
    if (compare_energies_at(of_partition.data())) return;
  state_.host.warn("bgen: pool of fix " + state_.id +
                   ": the energies of the partitions cannot be compared, since where their atoms "
                   "are now there is " +
                   energy_text(state_.engine.energy(x.data())));
}

size_t Meeting::energies(double temperature, size_t n, const double *x, double *u, double *grad_u)
{
  Pool &pool = state_.pool;
  const size_t first = pool.part_begin(n), n_own = pool.part_end(n) - first;
  const size_t dim = state_.variables.dim();
  const size_t n_refused = state_.reduced_energies(temperature, n_own, x + first * dim, u + first,
                                                   grad_u ? grad_u + first * dim : nullptr);
  pool.complete(n, 1, u);
  if (grad_u) pool.complete(n, dim, grad_u);
  return static_cast<size_t>(pool.sum(static_cast<double>(n_refused)));
}
