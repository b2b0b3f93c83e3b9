/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_settings.h"

#include "bgen_words.h"
#include "domain.h"
#include "model/generator.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

static constexpr int LONGEST_NAME = BGEN_NAME_LENGTH - 1;
static constexpr char NAME_LETTERS[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
static constexpr char KEYWORDS[] =
    "coords, relabel, mirror, cv, basin, flow, collect, velocity, threads, overlap, bond";

BgenSettings::BgenSettings(LAMMPS *lmp, int narg, char **arg)
{
  BgenWords words(lmp, "fix bgen", narg - 3, arg + 3);
  nevery = words.integer(0, "number of steps between jumps N");
  temperature = words.text("a temperature");
  seed = words.integer(1, "seed");
  n_space = lmp->domain->dimension;
  while (words.more()) read_keyword(words, words.text("a keyword"));
  finish(words);
}

void BgenSettings::read_keyword(BgenWords &words, const std::string &keyword)
{
  if (keyword == "coords") {
    words.choice({"cartesian"}, "kind of coordinates");
    n_space = 1 + words.choice({"x", "xy", "xyz"}, "set of moved components");
  } else if (keyword == "relabel")
    read_relabel(words);
  else if (keyword == "mirror")
    read_mirror(words);
  else if (keyword == "cv")
    read_cv(words);
  else if (keyword == "basin")
    read_basin(words);
  else if (keyword == "flow")
    flow = words.text("a flow, as in \"whiten; realnvp blocks 12\"");
  else if (keyword == "collect")
    collect = words.integer(1, "number of steps between frames");
  else if (keyword == "velocity")
    resample = words.choice({"keep", "resample"}, "treatment of velocities") == 1;
  else if (keyword == "threads")
    n_threads = words.integer(1, "number of threads");
  else if (keyword == "overlap")
    overlap = words.number_above(0.0, "least distance of atoms");
  else if (keyword == "bond")
    bond_max = words.number_above(0.0, "greatest length of bonds");
  else
    words.fail("unknown keyword '" + keyword + "': use one of " + KEYWORDS);
}

/* relabel none, or relabel type and the types that follow */
void BgenSettings::read_relabel(BgenWords &words)
{
  relabel_types.clear();
  if (words.choice({"none", "type"}, "way to relabel") == 0) return;
  do {
    const int type = words.integer(1, "atom type to relabel");
    if (std::count(relabel_types.begin(), relabel_types.end(), type))
      words.fail(bgen_text("relabel type %d is given twice: atoms are of one species", type));
    relabel_types.push_back(type);
  } while (words.number_follows());
}

void BgenSettings::read_mirror(BgenWords &words)
{
  const int axis = words.choice({"x", "y", "z"}, "component to mirror");
  const double plane = words.number("the place of a mirror");
  for (const BgenMirror &other : mirrors)
    if (other.axis == axis) words.fail(bgen_text("there are two mirrors across %c", "xyz"[axis]));
  mirrors.push_back({axis, plane});
}

void BgenSettings::read_cv(BgenWords &words)
{
  BgenVariable cv;
  cv.name = words.text("the name of a cv");
  for (const BgenVariable &other : cvs)
    if (other.name == cv.name) words.fail("cv " + cv.name + " is defined twice");
  cv.of = {};
  cv.of.kind = words.choice({"coordinate", "distance"}, "kind of cv") ? BGEN_CV_DISTANCE
                                                                      : BGEN_CV_COORDINATE;
  cv.tag[0] = cv.tag[1] = words.integer(1, "atom ID of a cv");
  if (cv.of.kind == BGEN_CV_DISTANCE) {
    cv.tag[1] = words.integer(1, "atom ID of a cv");
    if (cv.tag[0] == cv.tag[1])
      words.fail("cv " + cv.name + " is the distance of an atom from itself");
    cv.text = bgen_text("distance %lld %lld", (long long) cv.tag[0], (long long) cv.tag[1]);
  } else {
    cv.of.axis = words.choice({"x", "y", "z"}, "component of a position");
    cv.text = bgen_text("coordinate %lld %c", (long long) cv.tag[0], "xyz"[cv.of.axis]);
  }
  cvs.push_back(cv);
}

/* a second range for a basin narrows it */
void BgenSettings::read_basin(BgenWords &words)
{
  const std::string name = words.text("the name of a basin"), cv = words.text("the name of a cv");
  size_t k = 0;
  while (k < cvs.size() && cvs[k].name != cv) k++;
  if (k == cvs.size())
    words.fail("basin " + name + " needs cv " + cv + ", which no cv keyword before it defines");
  const double low = words.number("the lower end of a basin");
  const double high = words.number("the upper end of a basin");
  if (!(low < high)) words.fail(bgen_text("basin %s is empty: %g to %g", name.c_str(), low, high));
  if (name.size() > LONGEST_NAME || name.find_first_not_of(NAME_LETTERS) != std::string::npos)
    words.fail(bgen_text("'%s' is no name of a basin: use up to %d letters, digits, _ and -",
                         name.c_str(), LONGEST_NAME));
  BgenBasin &basin = basin_named(name);
  basin.low[k] = std::max(basin.low[k], low);
  basin.high[k] = std::min(basin.high[k], high);
}

BgenBasin &BgenSettings::basin_named(const std::string &name)
{
  size_t k = 0;
  while (k < basins.size() && basins[k].name != name) k++;
  if (k == basins.size()) basins.push_back({name, {}, {}});
  basins[k].low.resize(cvs.size(), -INFINITY);
  basins[k].high.resize(cvs.size(), INFINITY);
  return basins[k];
}

bool BgenSettings::disjoint(const BgenBasin &a, const BgenBasin &b) const
{
  for (size_t k = 0; k < cvs.size(); k++)
    if (a.high[k] <= b.low[k] || b.high[k] <= a.low[k]) return true;
  return false;
}

void BgenSettings::finish(const BgenWords &words)
{
  if (basins.empty()) basin_named("all");
  for (BgenBasin &basin : basins) basin_named(basin.name); // cvs may have been added since
  for (const BgenVariable &cv : cvs)
    if (cv.of.kind == BGEN_CV_COORDINATE && cv.of.axis >= (size_t) n_space)
      words.fail("cv " + cv.name + " is a component that coords does not move");
  for (const BgenMirror &mirror : mirrors)
    if (mirror.axis >= n_space)
      words.fail(
          bgen_text("mirror %c is a component that coords does not move", "xyz"[mirror.axis]));
  for (const BgenBasin &basin : basins)
    for (size_t k = 0; k < cvs.size(); k++)
      if (!(basin.low[k] < basin.high[k]))
        words.fail("the ranges of basin " + basin.name + " leave nothing of it");
  for (size_t i = 0; i < basins.size(); i++)
    for (size_t j = 0; j < i; j++)
      if (!disjoint(basins[i], basins[j]))
        words.fail("basins " + basins[j].name + " and " + basins[i].name + " overlap");
}

std::string BgenSettings::relabel_text() const
{
  std::string text = relabel_types.empty() ? "none" : "type";
  for (const int type : relabel_types) text += bgen_text(" %d", type);
  return text;
}

std::string BgenSettings::mirrors_text() const
{
  std::string text;
  for (const BgenMirror &mirror : mirrors)
    text += bgen_text("%s%c %.15g", text.empty() ? "" : " ", "xyz"[mirror.axis], mirror.plane);
  return text.empty() ? "none" : text;
}

std::string BgenSettings::cvs_text() const
{
  std::string text;
  for (const BgenVariable &cv : cvs) text += (text.empty() ? "" : "; ") + cv.name + " " + cv.text;
  return text;
}

std::string BgenSettings::basins_text() const
{
  std::string text;
  for (const BgenBasin &basin : basins) {
    text += (text.empty() ? "" : "; ") + basin.name;
    for (size_t k = 0; k < cvs.size(); k++)
      if (std::isfinite(basin.low[k]) || std::isfinite(basin.high[k]))
        text += bgen_text(" %s %.15g %.15g", cvs[k].name.c_str(), basin.low[k], basin.high[k]);
  }
  return text;
}
