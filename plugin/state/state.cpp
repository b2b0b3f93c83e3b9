/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/state.h"

#include "input/error.h"
#include "input/text.h"
#include "sample/chain_restart.h"
#include "state/energies.h"
#include "state/quantities.h"
#include "state/run_warnings.h"

#include <climits>
#include <cmath>

using namespace bgen;

static std::unique_ptr<Watch> watch_of(const Settings &settings, Host &host, Engine &engine)
{
  std::vector<Observable> computed;
  for (const CvSettings &cv : settings.cvs)
    if (!cv.quantity.empty())
      computed.push_back(observable_of(Line("fix bgen", 0, nullptr), cv.quantity));
  std::unique_ptr<Watch> watch;
  if (!computed.empty()) watch = std::make_unique<Watch>(host, engine, computed);
  return watch;
}

State::State(const std::string &_id, const Settings &_settings, Host &_host, Engine &_engine)
    : id(_id), settings(_settings), host(_host), pool(host.pool()),
      watch_(watch_of(settings, host, _engine)),
      watched_(watch_ ? std::make_unique<WatchedEngine>(*watch_) : nullptr),
      engine(watched_ ? *watched_ : _engine), variables(settings, host, engine, watch_.get()),
      model(settings, variables, host.n_cores()), frames(settings, variables, model),
      chain(settings, variables, pool.number()), symmetries(settings, variables, host, engine),
      sites(settings, variables, host, engine), rerun(host, engine.body(), settings.coords),
      proposals(model), jumps(*this), guards(*this), meeting(*this),
      free_energies(variables.n_basins()), before_run_(chain), x_(variables.dim())
{
  for (auto &of_basin : free_energies) of_basin.fill(NAN);
}

/* ---- hooks of the fix ---- */

void State::initialize()
{
  if (watch_) watch_->forget();
  engine.gather(x_.data());
  if (sites.wanted() && !sites.known()) sites.set(x_.data());
  rerun.begin(x_.data());
  symmetries.forget();
  before_run_.take(chain);
}

void State::begin_run()
{
  jumps.begin_run();
  guards.begin_run();
}

/* a run may jump, a rerun may not */
void State::first_step()
{
  if (settings.nevery == 0) return;
  host.begin_jumps();
  guards.first_step();
  if (jumps.ready()) {
    warn_of_start(*this);
    return;
  }
  const std::string sentence =
      "fix bgen: " + id + " cannot jump, because not every basin has a trained flow: ";
  if (settings.collect == 0)
    throw Error(sentence + "train or load them first with the bgen command, or use N = 0");
  if (!told_that_it_waits_) host.warn(sentence + "it collects frames and does not jump yet");
  told_that_it_waits_ = true;
}

void State::collect_frame(bool of_rerun)
{
  if (of_rerun) engine.forget(); // no MD leads from what is kept to here
  if (frames.use == FrameUse::NONE) return;
  if (of_rerun) rerun.check_energy();
  engine.gather(x_.data());
  if (of_rerun)
    rerun.check(x_.data());
  else if (!host.box().is_sampled())
    host.box().hold();
  (frames.use == FrameUse::TEST ? bystanders : bystanders_of_training).note(engine.other_atoms());
  sites.choose_images(x_.data());
  meeting.take_frame(x_.data());
}

namespace {
class WatchedJump {
public:
  explicit WatchedJump(Watch *watch) : watch_(watch)
  {
    if (watch_) watch_->begin_jump();
  }
  ~WatchedJump()
  {
    if (watch_) watch_->end_jump();
  }
  WatchedJump(const WatchedJump &) = delete;
  WatchedJump &operator=(const WatchedJump &) = delete;

private:
  Watch *const watch_;
};
} // namespace

bool State::attempt_jump()
{
  if (!jumps.ready()) return false;
  guards.before_attempt(jumps.engines());
  const WatchedJump watched(watch_.get());
  const bool undone = jumps.end_segment();
  const Move *move = jumps.attempt();
  if (undone) guards.forget();
  if (move) guards.jumped(move->engine, move->energy());
  return undone || move;
}

bool State::end_of_run()
{
  if (rerun.n_frames() > 0) {
    rerun.end();
    frames.walker++;
    meeting.warn_of_repeats();
  }
  warn_of_run(*this);
  return chain.n_attempts() != before_run_.n_attempts();
}

/* ---- fix_modify ---- */

void State::set_tuning(bool tunes)
{
  if (tunes && !settings.tunes)
    throw Error("fix_modify: fix " + id +
                " has nothing to tune: use offset auto, move near with step auto, or move annealed "
                "with schedule auto");
  check(bgen_markov_set_tuning(chain, tunes));
}

/* ---- for actions ---- */

size_t State::reduced_energies(double temperature, size_t n, const double *x, double *u,
                               double *grad_u)
{
  return bgen::reduced_energies(engine, temperature, n, x, u, grad_u);
}

long long State::n_energy_calls() const
{
  return chain.count(BGEN_COUNT_ENERGY_CALLS) + jumps.n_energy_calls();
}

/* what must match makes the file of another system unusable */
std::vector<Note> State::notes() const
{
  const Body &body = engine.body();
  return {{"units", host.units()},
          {"atoms", text("%d", body.n_particles())},
          {"atom_ids_and_types", text("%016llx", static_cast<unsigned long long>(body.hash()))},
          {"coords", settings.coords_text()},
          {"relabel", settings.identical_text()},
          {"mirrors", settings.mirrors_text()},
          {"cvs", variables.cvs_text()},
          {"basins", settings.basins_text()}};
}

void State::save(const std::string &path) const
{
  const std::string box = trained_box_.lengths(host, frames.n(FrameUse::TRAIN) > 0);
  if (pool.is_first()) model.save(path, notes(), trained_box_.note(box));
}

void State::load(const std::string &path, bool supercell)
{
  const double of_frames = frames.n(FrameUse::TRAIN) ? model.training_temperature() : 0.0;
  bgen_model_says says = TrainedBox::question();
  std::vector<Note> all = notes();
  if (supercell) all.erase(all.begin() + 1, all.begin() + 3); // how many atoms, and which
  model.load(path, all, supercell, says);
  frames.training().forget();
  if (!says.has_checksum)
    host.warn("bgen: " + path +
              " has no checksum, so damage to its numbers cannot be seen: save it again");
  if (supercell) {
    continued = false; // from here on the chain has another model
    return;
  }
  if (of_frames > 0.0 && !Frames::same_temperature(of_frames, model.training_temperature()))
    throw Error(text("bgen: %s was trained at temperature %g, but the training frames of fix %s "
                     "are at %g: load it before any frames, or into another fix bgen",
                     path.c_str(), model.training_temperature(), id.c_str(), of_frames));
  trained_box_.read(path, says, host);
  for (int k = 0; k < variables.n_basins(); k++) frames.unfold(k);
  sites.take(model, frames.n(FrameUse::TRAIN) || !frames.test_sets().empty(), id, path);
  const uint64_t jumped_with = bgen_markov_model(chain);
  if (continued && jumped_with && model.checksum() != jumped_with)
    throw Error("bgen: " + path + " is not the model that the restarted fix " + id +
                " jumped with: load that one, or give the fix another ID to begin anew");
  continued = false; // the chain has what it had
}

/* ---- restart files ---- */

std::vector<uint64_t> State::pack() const
{
  std::vector<uint64_t> words(bgen_markov_packed_size(chain));
  if (words.size() * sizeof words[0] > INT_MAX)
    throw Error("fix bgen " + id + ": its state is too long for a restart file");
  bgen_markov_pack(chain, n_energy_calls(), words.data());
  return words;
}

/* Partitions that go on from one file would draw the same numbers, and count its works several
   times. */
static std::string other_chain(const State &state, uint64_t _seed)
{
  const char *id = state.id.c_str();
  const auto seed = static_cast<unsigned long long>(_seed);
  if (state.pool.is_shared())
    return text("fix bgen %s: the restart file has the chain of another partition: partition %d "
                "begins one of its own with seed %llu, without the works, counts and tuned values "
                "of the file",
                id, state.pool.number(), seed);
  return text("fix bgen %s: the chain of the restart file goes on with its seed %llu, not %llu: "
              "give the fix another ID to begin anew",
              id, static_cast<unsigned long long>(state.chain.seed()), seed);
}

void State::unpack(const void *bytes)
{
  size_t n_bytes = 0;
  bgen_status status = bgen_restart_size(bytes, &n_bytes);
  if (!status) status = bgen_markov_unpack(chain, n_bytes, bytes);
  if (status) throw Error("fix bgen " + id + ": " + bgen_last_error());
  /* they are added to those of this run */
  chain.count_up(BGEN_COUNT_ENERGY_CALLS, -jumps.n_energy_calls());
  continued = true;
  const uint64_t seed = Chain::seed_of(settings, pool.number());
  if (chain.seed() == seed) return;
  host.warn(other_chain(*this, seed));
  if (!pool.is_shared()) return;
  chain = Chain(settings, variables, pool.number());
  continued = false;
}

/* ---- output of the fix ---- */

double State::acceptance() const
{
  return bgen_markov_acceptance(chain);
}

double State::weight(int basin) const
{
  return std::exp(-bgen_markov_offset(chain, basin));
}

double State::value(int i)
{
  if (i < N_COUNTS && i != BASIN && i != WEIGHT) return count(i);
  engine.gather(x_.data());
  if (i >= N_COUNTS) return variables.cv(i - N_COUNTS, x_.data());
  const int basin = variables.basin_of(x_.data());
  return i == BASIN ? basin + 1 : weight(basin);
}

double State::count(int i) const
{
  const bgen_totals *totals = bgen_markov_totals(chain);
  const bgen_tally all = bgen_totals_sum(totals, BGEN_JUMPS_ALL),
                   within = bgen_totals_sum(totals, BGEN_JUMPS_WITHIN),
                   between = bgen_totals_sum(totals, BGEN_JUMPS_BETWEEN);
  const long long n_train = frames.n(FrameUse::TRAIN), n_test = frames.n(FrameUse::TEST);
  const long long values[N_COUNTS] = {all.attempts,     all.accepted,
                                      within.attempts,  within.accepted,
                                      between.attempts, between.accepted,
                                      all.outside,      all.refused,
                                      all.not_finite,   n_energy_calls(),
                                      0 /* BASIN */,    n_train,
                                      n_test,           0 /* WEIGHT */};
  return static_cast<double>(values[i]);
}

double State::memory_usage() const
{
  size_t n_params = 0;
  for (int k = 0; k < variables.n_basins(); k++)
    n_params += bgen_generator_n_params(model.generator(), k);
  return frames.memory_usage() + meeting.memory_usage() + proposals.memory_usage() +
         jumps.memory_usage() +
         static_cast<double>(bgen_markov_memory(chain) + n_params * sizeof(float));
}
