/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/cv_sets.h"

#include "base/hash.h"
#include "input/error.h"
#include "input/text.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

using namespace bgen;

static std::string text_of(const AtomSet &set)
{
  if (set.type > 0) return text("type %d", set.type);
  return set.group.empty() ? "all" : "group " + set.group;
}

[[noreturn]] static void fail(const CvSettings &cv, const std::string &sentence)
{
  throw Error("fix bgen: cv " + cv.name + " (" + cv.type->name + ") " + sentence);
}

/* ---- atoms ---- */

/* that of each particle, but for a factor that all have in common */
static std::vector<double> masses_of(const CvSettings &cv, Engine &engine)
{
  const Body &body = engine.body();
  std::vector<double> variance(body.dim()), masses;
  engine.velocity_variance(1.0, variance.data());
  for (int i = 0; i < body.n_particles(); i++) {
    masses.push_back(variance[0] / variance[i * static_cast<size_t>(body.n_space)]);
    if (!(masses.back() > 0.0 && std::isfinite(masses.back())))
      fail(cv, "needs the masses of its atoms: set them before the fix");
  }
  return masses;
}

static std::vector<size_t> particles_of(const AtomSet &set, Host &host, Engine &engine)
{
  const Body &body = engine.body();
  const bool by_group = !set.group.empty();
  const std::vector<int> in_group =
      by_group ? host.probe(engine).in_group(set.group) : std::vector<int>();
  std::vector<size_t> particles;
  for (size_t i = 0; i < body.tags.size(); i++)
    if ((set.type == 0 || body.types[i] == set.type) && (!by_group || in_group[i]))
      particles.push_back(i);
  return particles;
}

static void need_no_shared_atoms(const CvSettings &cv)
{
  std::vector<int64_t> tags = cv.tags;
  std::sort(tags.begin(), tags.end());
  const auto twice = std::adjacent_find(tags.begin(), tags.end());
  if (twice != tags.end())
    fail(cv, text("has atom %lld in both of its sets: use sets that share no atom",
                  static_cast<long long>(*twice)));
}

/* terms of a set; those of a plane_distance are its center, in a vector */
static void add_set(CvSettings &cv, size_t which, Host &host, Engine &engine,
                    const std::vector<double> &weights)
{
  const AtomSet &set = cv.sets[which];
  const bool is_center = cv.type == &bgen_cv_plane_distance;
  const std::vector<size_t> particles = particles_of(set, host, engine);
  const size_t least = cv.sets.size() == 1 ? 2 : 1;
  if (particles.size() < least)
    fail(cv, text("finds %zu atoms of the group of the fix in its set '%s', but needs %zu or more",
                  particles.size(), text_of(set).c_str(), least));
  double all = 0.0;
  for (const size_t i : particles) all += weights[i];
  for (const size_t i : particles) {
    cv.tags.push_back(engine.body().tags[i]);
    cv.terms.push_back({i, is_center ? set.vector : which,
                        is_center ? set.factor * weights[i] / all : weights[i]});
  }
}

/* ---- the reference of an rmsd ---- */

/* three numbers after the first word of a line */
static bool read_position(const std::string &line, double *position)
{
  std::istringstream words(line);
  std::string name;
  return words >> name >> position[0] >> position[1] >> position[2] &&
         std::isfinite(position[0] + position[1] + position[2]);
}

static void read_reference(CvSettings &cv, int n_space)
{
  std::ifstream file(cv.file);
  std::string line, comment;
  const size_t n = cv.tags.size();
  std::getline(file, line);
  if (!file) fail(cv, "cannot read the file " + cv.file);
  if (std::strtoull(line.c_str(), nullptr, 10) != n)
    fail(cv, text("has %zu atoms, but the first line of %s is '%s': expected an xyz file of these "
                  "atoms, in the order of their IDs",
                  n, cv.file.c_str(), line.c_str()));
  std::getline(file, comment);
  for (size_t i = 0; i < n; i++) {
    double position[3];
    std::getline(file, line);
    if (!file || !read_position(line, position))
      fail(cv, text("cannot read line %zu of %s: expected a name and three coordinates", i + 3,
                    cv.file.c_str()));
    cv.numbers.insert(cv.numbers.end(), position, position + n_space);
  }
  const uint64_t hash =
      bgen_hash_bytes(BGEN_HASH_START, cv.numbers.data(), cv.numbers.size() * sizeof(double));
  cv.text += text(" reference %016llx", static_cast<unsigned long long>(hash));
}

void bgen::find_sets(CvSettings &cv, Host &host, Engine &engine)
{
  const Body &body = engine.body();
  std::vector<double> weights(body.n_particles(), 1.0);
  const bool has_vectors = cv.type == &bgen_cv_plane_distance;
  if (has_vectors || cv.type == &bgen_cv_rg || cv.type == &bgen_cv_com_distance)
    weights = masses_of(cv, engine);
  for (size_t which = 0; which < cv.sets.size(); which++) add_set(cv, which, host, engine, weights);
  if (!has_vectors) need_no_shared_atoms(cv);
  if (!cv.file.empty()) read_reference(cv, body.n_space);
}
