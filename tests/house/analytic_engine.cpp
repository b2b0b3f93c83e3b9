/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "analytic_engine.h"

#include "input/error.h"
#include "input/text.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace bgen {

World::World(int n_particles, int n_space) : masses(n_particles, 1.0)
{
  body.n_space = n_space;
  body.tags.resize(n_particles);
  std::iota(body.tags.begin(), body.tags.end(), 1);
  body.types.assign(n_particles, 1);
  x.assign(body.dim(), 0.0);
  v.assign(body.dim(), 0.0);
}

/* ---- the engine ---- */

AnalyticEngine::AnalyticEngine(World &world, const std::vector<int64_t> &tags)
    : world_(world), tags_(tags), grad_(world.body.dim())
{
  find();
}

void AnalyticEngine::find()
{
  body_ = {};
  body_.n_space = world_.body.n_space;
  place_.clear();
  for (const int64_t tag : tags_) {
    const int particle = world_.body.particle(tag);
    if (particle < 0) throw std::logic_error("no such atom");
    body_.tags.push_back(tag);
    body_.types.push_back(world_.body.types[particle]);
    for (int c = 0; c < body_.n_space; c++) place_.push_back(particle * body_.n_space + c);
  }
}

int AnalyticEngine::renew()
{
  if (body_.tags == tags_) return n_changes_;
  find();
  return ++n_changes_;
}

void AnalyticEngine::gather(double *x)
{
  for (size_t c = 0; c < place_.size(); c++) x[c] = world_.x[place_[c]];
}

/* all of the world, with the particles of this engine at x */
std::vector<double> AnalyticEngine::with(const double *x) const
{
  std::vector<double> all(before_.x);
  for (size_t c = 0; c < place_.size(); c++) all[place_[c]] = x[c];
  return all;
}

void AnalyticEngine::begin_trial()
{
  if (trying_) throw std::logic_error("a trial within a trial");
  trying_ = true;
  before_ = {world_.x, world_.v};
}

const char *AnalyticEngine::refusal(const double *x)
{
  if (!trying_) throw std::logic_error("refusal() outside a trial");
  for (size_t c = 0; c < place_.size(); c++)
    if (!std::isfinite(x[c])) return "a position is not finite";
  return world_.refusal ? world_.refusal(with(x).data()) : nullptr;
}

/* of world_.x */
Energy AnalyticEngine::evaluate()
{
  n_calls_++;
  double sum = world_.energy(world_.x.data(), grad_.data());
  std::vector<double> grad(grad_.size());
  for (const World::Fix &fix : world_.fixes) {
    if (!fix.named.counted) continue;
    sum += fix.energy(world_.x.data(), grad.data());
    for (size_t c = 0; c < grad.size(); c++) grad_[c] += grad[c];
  }
  return {sum, nullptr};
}

Energy AnalyticEngine::energy(const double *x)
{
  const char *refused = refusal(x);
  if (refused) return {NAN, refused};
  world_.x = with(x);
  return evaluate();
}

Energy AnalyticEngine::present_energy()
{
  std::vector<double> x(place_.size());
  for (size_t c = 0; c < place_.size(); c++) x[c] = before_.x[place_[c]];
  return energy(x.data());
}

void AnalyticEngine::gradient(double *grad)
{
  for (size_t c = 0; c < place_.size(); c++) grad[c] = grad_[place_[c]];
}

void AnalyticEngine::restore()
{
  if (!trying_) throw std::logic_error("restore() without a trial");
  trying_ = false;
  world_.x = before_.x;
  world_.v = before_.v;
}

void AnalyticEngine::accept()
{
  if (!trying_) throw std::logic_error("accept() without a trial");
  trying_ = false;
}

void AnalyticEngine::go_back()
{
  world_.x = kept_.x;
  world_.v = kept_.v;
  for (double &v : world_.v) v = -v;
}

/* ---- the probe ---- */

bgen_slope AnalyticEngine::slope(const std::vector<double> &grad, const double *direction) const
{
  bgen_slope slope = {0.0, 0.0, 0.0};
  for (size_t c = 0; c < place_.size(); c++) {
    const double one = grad[place_[c]] * direction[c];
    slope.slope += one;
    slope.scale += one * one;
  }
  slope.scale = std::sqrt(slope.scale);
  return slope;
}

MdForces AnalyticEngine::forces(const double *x, const double *direction, double *felt)
{
  MdForces all;
  all.refused = refusal(x);
  if (all.refused) return all;
  world_.x = with(x);
  std::vector<double> grad(world_.x.size()), sum(world_.x.size());
  const double energy = world_.energy(world_.x.data(), sum.data());
  all.at = slope(sum, direction);
  all.at.energy = energy;
  all.longest = 0.01;
  all.suspects = "the world";
  std::vector<std::vector<double>> added;
  for (const World::Fix &fix : world_.fixes) {
    all.fixes.push_back(fix.named);
    const double of_fix = fix.energy(world_.x.data(), grad.data());
    all.fixes.back().at.energy = fix.named.counted ? of_fix : 0.0;
    added.push_back(grad);
    for (size_t c = 0; c < grad.size(); c++) sum[c] += grad[c];
  }
  for (size_t k = 0; k < added.size(); k++) {
    FixForces &fix = all.fixes[k];
    for (size_t c = 0; c < grad.size(); c++)
      if (!fix.counted && sum[c] == 0.0) added[k][c] = 0.0;
    const double of_fix = fix.at.energy;
    fix.at = slope(added[k], direction);
    fix.at.energy = of_fix;
  }
  for (size_t c = 0; c < place_.size(); c++) felt[c] = -sum[place_[c]];
  return all;
}

MdForces AnalyticEngine::forces_at_mark()
{
  std::vector<double> x(place_.size()), still(place_.size()), felt(place_.size());
  for (size_t c = 0; c < place_.size(); c++) x[c] = mark_[place_[c]];
  before_.x = mark_; // all atoms: of them the trial puts back what it began with
  const std::vector<double> present = world_.x;
  const MdForces all = forces(x.data(), still.data(), felt.data());
  before_.x = present;
  return all;
}

void AnalyticEngine::velocities(double *v)
{
  for (size_t c = 0; c < place_.size(); c++) v[c] = world_.v[place_[c]];
}

/* ---- velocities ---- */

std::vector<int> AnalyticEngine::in_group(const std::string &group)
{
  if (!world_.groups.count(group)) throw Error("fix bgen: there is no group '" + group + "'");
  std::vector<int> is_in(body_.n_particles(), 0);
  for (const int64_t tag : world_.groups[group])
    if (body_.particle(tag) >= 0) is_in[body_.particle(tag)] = 1;
  return is_in;
}

std::string AnalyticEngine::begin_watching(const std::vector<Observable> &all, bool)
{
  watched_ = all;
  return "";
}

/* within a trial alone */
std::vector<double> AnalyticEngine::watch(double)
{
  if (!trying_) throw Error("a test asks for cvs outside of a trial");
  std::vector<double> values;
  for (const Observable &one : watched_)
    values.push_back(world_.observables.at(one.name)(world_.x.data()));
  return values;
}

std::vector<double> AnalyticEngine::watch_now(const std::vector<Observable> &all)
{
  if (trying_ || !world_.runs) throw Error("a test asks for present cvs within a trial");
  std::vector<double> values;
  for (const Observable &one : all)
    values.push_back(world_.observables.at(one.name)(world_.x.data()));
  return values;
}

void AnalyticEngine::velocity_variance(double temperature, double *variance)
{
  for (size_t c = 0; c < place_.size(); c++)
    variance[c] = temperature / world_.masses[place_[c] / body_.n_space];
}

void AnalyticEngine::set_velocities(const double *v)
{
  for (size_t c = 0; c < place_.size(); c++) world_.v[place_[c]] = v[c];
}

void AnalyticEngine::kick_half_step(const double *grad)
{
  for (size_t c = 0; c < place_.size(); c++)
    world_.v[place_[c]] -=
        0.5 * world_.timestep * grad[c] / world_.masses[place_[c] / body_.n_space];
}

/* ---- the box ---- */

std::string AnalyticBox::text() const
{
  std::string lines = length > 0.0 ? "ITEM: BOX BOUNDS pp pp pp\n" : "ITEM: BOX BOUNDS ss ss ss\n";
  for (int c = 0; c < 3; c++) lines += bgen::text("0 %g\n", length);
  return lines;
}

void AnalyticBox::hold()
{
  if (held_ < 0.0) held_ = length;
}

std::string AnalyticBox::change() const
{
  if (held_ < 0.0 || held_ == length) return "";
  return bgen::text("length in x %g, not %g", length, held_);
}

std::string AnalyticBox::lengths() const
{
  return bgen::text("%g", held_ < 0.0 ? length : held_);
}

/* ---- the host ---- */

AnalyticHost::AnalyticHost(World &world, Pool *pool)
    : groups(world.groups), observables(world.observables), world_(world)
{
  pool_ = std::shared_ptr<Pool>(pool, [](Pool *) {}); // which is the test's
  groups["all"] = world.body.tags;
}

Engine &AnalyticHost::engine_of_group(const std::string &group)
{
  if (!groups.count(group)) throw Error("bgen: there is no group '" + group + "'");
  std::unique_ptr<AnalyticEngine> &engine = engines_[group];
  if (!engine) engine = std::make_unique<AnalyticEngine>(world_, groups[group]);
  return *engine;
}

void AnalyticHost::check_reversible()
{
  if (!reversible) throw Error("bgen: fix shake cannot go back in time");
}

std::vector<Thermostat> AnalyticHost::check_fixes(bool with_offsets)
{
  if (with_offsets && !bad_fix.empty()) throw Error("fix bgen: " + bad_fix);
  return kept;
}

double AnalyticHost::step_energy()
{
  if (!std::isnan(world_.step_energy)) return world_.step_energy;
  std::vector<double> grad(world_.x.size());
  double sum = world_.energy(world_.x.data(), grad.data());
  for (const World::Fix &fix : world_.fixes)
    if (fix.named.counted) sum += fix.energy(world_.x.data(), grad.data());
  return sum;
}

std::string AnalyticHost::trouble_with(const Observable &observable) const
{
  if (observable.kind == Observable::ENERGY || observables.count(observable.name)) return "";
  return "there is no '" + observable.name + "'";
}

void AnalyticHost::observe(double energy, double *values)
{
  for (size_t i = 0; i < observed_.size(); i++)
    values[i] = observed_[i].kind == Observable::ENERGY
                    ? energy
                    : observables.at(observed_[i].name)(world_.x.data());
}

/* ---- input lines ---- */

Line line_of(const std::string &subject, const std::string &words)
{
  std::vector<std::string> args(1);
  bool quoted = false;
  for (const char letter : words)
    if (letter == '"')
      quoted = !quoted;
    else if (letter == ' ' && !quoted)
      args.emplace_back();
    else
      args.back() += letter;
  std::vector<char *> pointers;
  for (std::string &arg : args)
    if (!arg.empty()) pointers.push_back(&arg[0]);
  return Line(subject, static_cast<int>(pointers.size()), pointers.data());
}

Settings settings_of(const std::string &words, int dimension)
{
  Line line = line_of("fix bgen", words);
  return read_fix_settings(line, dimension);
}

/* ---- wells ---- */

double Wells::density(const Well &well, const double *x) const
{
  double square = 0.0;
  for (size_t c = 0; c < well.mean.size(); c++)
    square += (x[c] - well.mean[c]) * (x[c] - well.mean[c]);
  return well.share * std::exp(-0.5 * square / (well.width * well.width)) /
         std::pow(well.width, static_cast<double>(well.mean.size()));
}

double Wells::energy(const double *x, double *grad) const
{
  const size_t dim = wells[0].mean.size();
  double sum = 0.0;
  for (size_t c = 0; c < dim; c++) grad[c] = 0.0;
  for (const Well &well : wells) {
    const double one = density(well, x), square = well.width * well.width;
    sum += one;
    for (size_t c = 0; c < dim; c++) grad[c] += one * (x[c] - well.mean[c]) / square;
  }
  for (size_t c = 0; c < dim; c++) grad[c] /= sum;
  return -std::log(sum);
}

void Wells::draw(uint64_t number, double *x) const
{
  bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_TEST, number);
  std::vector<double> shares;
  for (const Well &well : wells) shares.push_back(well.share);
  const Well &well = wells[bgen_rng_choose(&rng, shares.size(), shares.data())];
  bgen_rng_normals(&rng, well.mean.size(), x);
  for (size_t c = 0; c < well.mean.size(); c++) x[c] = well.mean[c] + well.width * x[c];
}

} // namespace bgen
