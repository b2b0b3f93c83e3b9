/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "two_wells.h"

#include "double_well.h"

#include <sstream>

#include "checks.h" // last: cmocka has a macro fail

namespace bgen {

static constexpr double CENTRE[2] = {2.5, -2.5};
static constexpr double QUARTIC = 0.1;
static constexpr char LINE[] =
    "1 1.0 7 cv s coordinate 1 x basin right s 0 10 basin left s -10 0 flow whiten threads 1 ";

/* ---- what is true ---- */

double WellForce::energy(double x, double y) const
{
  const int b = x < 0.0 ? LEFT : RIGHT;
  const double d = x - CENTRE[b];
  return raised[b] + 0.5 * k[b] * d * d + 0.5 * y * y + QUARTIC * y * y * y * y + tilt * y;
}

/* by midpoints, which is exact to rounding where all has vanished at the ends */
static double integral(double low, double high, int n, const std::function<double(double)> &f)
{
  const double step = (high - low) / n;
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += f(low + (i + 0.5) * step);
  return sum * step;
}

static double plane_integral(const WellForce &force, double T, double low, double high,
                             const Function &of)
{
  return integral(low, high, 1000, [&](double x) {
    return integral(-8.0, 8.0, 200,
                    [&](double y) { return of(x, y) * std::exp(-force.energy(x, y) / T); });
  });
}

static double in_basin(const WellForce &force, double T, Basin basin, double low, double high,
                       const Function &of)
{
  const double left = plane_integral(force, T, low, std::fmin(high, 0.0), of),
               right = plane_integral(force, T, std::fmax(low, 0.0), high, of);
  return (basin != RIGHT && low < 0.0 ? left : 0.0) + (basin != LEFT && high > 0.0 ? right : 0.0);
}

double exact_free_energy(const WellForce &force, double T, Basin basin, double low, double high)
{
  return -std::log(in_basin(force, T, basin, low, high, [](double, double) { return 1.0; }));
}

double exact_mean(const WellForce &force, double T, Basin basin, const Function &of)
{
  return in_basin(force, T, basin, -10.0, 10.0, of) *
         std::exp(exact_free_energy(force, T, basin, -10.0, 10.0));
}

/* ---- the simulation ---- */

std::string WellHost::removed;

WellHost::WellHost(World &world, WellForce &force, const std::string &id, Pool *pool)
    : AnalyticHost(world, pool), world_(world), force_(force), id_(id)
{
  observables["v_r2"] = [](const double *x) { return x[0] * x[0] + x[1] * x[1]; };
  observables["v_y"] = [](const double *x) { return x[1]; };
}

void WellHost::command(const std::string &line)
{
  AnalyticHost::command(line);
  std::istringstream words(line);
  std::string word;
  words >> word;
  if (word == "unfix") words >> removed;
  if (word == "temperature") words >> world_.temperature;
  if (word == "tilt") words >> force_.tilt;
  int basin = 0;
  if (word == "k") words >> basin >> force_.k[basin];
  if (word == "raised") words >> basin >> force_.raised[basin];
}

void WellHost::check_alive(const std::string &command)
{
  if (removed == id_) throw Error("bgen: '" + command + "' of perturb has removed fix " + id_);
}

static World make_world(const WellForce &force)
{
  World world(1, 2);
  world.x = {CENTRE[RIGHT], 0.0};
  world.energy = [&force](const double *x, double *grad) {
    const int b = x[0] < 0.0 ? LEFT : RIGHT;
    grad[0] = force.k[b] * (x[0] - CENTRE[b]);
    grad[1] = x[1] + 4.0 * QUARTIC * x[1] * x[1] * x[1] + force.tilt;
    return force.energy(x[0], x[1]);
  };
  return world;
}

TwoWells::TwoWells(const std::string &more, Pool *pool)
    : world(make_world(force)), host(world, force, "bg", pool),
      state("bg", settings_of(LINE + more, 2), host, host.all())
{
  WellHost::removed.clear();
  train(state, 1.0);
}

/* exactly: normal numbers are accepted by what the quartic term adds, and within the basin */
void TwoWells::draw(Basin basin, double T, double *x)
{
  bgen_rng rng = bgen_rng_at(11, BGEN_STREAM_TEST, n_drawn_++);
  double y;
  do {
    double normal[2];
    bgen_rng_normals(&rng, 2, normal);
    x[0] = CENTRE[basin] + std::sqrt(T / force.k[basin]) * normal[0];
    x[1] = y = std::sqrt(T) * normal[1];
  } while ((x[0] < 0.0) != (basin == LEFT) ||
           bgen_rng_uniform(&rng) > std::exp(-QUARTIC * y * y * y * y / T));
}

void TwoWells::train(State &to, double T)
{
  double x[2];
  for (const Basin basin : {RIGHT, LEFT}) {
    for (int i = 0; i < 300; i++) {
      draw(basin, T, x);
      to.frames.add(FrameUse::TRAIN, x, T);
    }
    to.frames.prepare(basin, Frames::KEEP);
  }
  to.model.changed();
}

void TwoWells::add_test_frames(State &to, double T, int n_walkers, int n, int repeated)
{
  double x[2];
  for (int walker = 0; walker < n_walkers; walker++) {
    to.frames.walker++;
    for (const Basin basin : {RIGHT, LEFT})
      for (int i = 0; i < n; i++) {
        draw(basin, T, x);
        for (int k = 0; k < repeated; k++) to.frames.add(FrameUse::TEST, x, T);
      }
  }
}

void TwoWells::wander(double right)
{
  bgen_rng rng = bgen_rng_at(12, BGEN_STREAM_TEST, n_drawn_);
  draw(bgen_rng_uniform(&rng) < right ? RIGHT : LEFT, world.temperature, world.x.data());
}

State &TwoWells::other(const std::string &id, double T)
{
  other_world_ = std::make_unique<World>(make_world(force));
  other_world_->temperature = T;
  other_host_ = std::make_unique<WellHost>(*other_world_, force, id);
  other_ = std::make_unique<State>(id, settings_of(LINE, 2), *other_host_, other_host_->all());
  train(*other_, T);
  return *other_;
}

void TwoWells::jump(int n, int walker)
{
  const double left = exact_free_energy(force, 1.0, LEFT),
               right = exact_free_energy(force, 1.0, RIGHT);
  go_on(1000000 * static_cast<uint64_t>(walker));
  for (int i = 0; i < n; i++) {
    wander(1.0 / (1.0 + std::exp(right - left)));
    state.attempt_jump();
  }
}

State *TwoWells::find(const std::string &id)
{
  if (other_ && id == other_->id) return other_.get();
  return id == state.id ? &state : nullptr;
}

bool TwoWells::act(const std::string &words)
{
  Line line = line_of("bgen", words);
  host.printed.clear();
  host.warned.clear();
  try {
    bgen::act(state, line, *this);
    sentence.clear();
  } catch (const Error &error) {
    sentence = error.what();
  }
  return sentence.empty();
}

std::vector<std::string> data_lines(const std::string &path)
{
  std::vector<std::string> data;
  for (const std::string &line : lines_of(content_of(path)))
    if (!line.empty() && line[0] != '#') data.push_back(line);
  return data;
}

void near(const std::string &what, const bgen_estimate &of, double exact, double most_error)
{
  if (std::fabs(of.value - exact) <= 5.0 * of.error && of.error > 0.0 && of.error <= most_error)
    return;
  fail_msg("%s is %.6f +- %.6f, expected %.6f +- at most %g", what.c_str(), of.value, of.error,
           exact, most_error);
}

} // namespace bgen
