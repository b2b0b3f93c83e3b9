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
    "coords, relabel, swap, mirror, cv, basin, move, offset, flow, collect, "
    "velocity, threads, overlap, bond";

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
  else if (keyword == "swap")
    read_swap(words);
  else if (keyword == "mirror")
    read_mirror(words);
  else if (keyword == "cv")
    read_cv(words);
  else if (keyword == "basin")
    read_basin(words);
  else if (keyword == "move")
    read_move(words);
  else if (keyword == "offset")
    read_offset(words);
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

void BgenSettings::read_swap(BgenWords &words)
{
  std::vector<tagint> tags;
  do tags.push_back(words.integer(1, "atom ID to swap"));
  while (words.number_follows());
  if (tags.size() < 2) words.fail(bgen_text("swap %lld needs a second atom", (long long) tags[0]));
  swaps.push_back(tags);
}

void BgenSettings::read_mirror(BgenWords &words)
{
  const int axis = words.choice({"x", "y", "z"}, "component to mirror");
  const double plane = words.number("the place of a mirror");
  for (const BgenMirror &other : mirrors)
    if (other.axis == axis) words.fail(bgen_text("there are two mirrors across %c", "xyz"[axis]));
  mirrors.push_back({axis, plane});
}

static void read_atom(BgenWords &words, BgenVariable &cv)
{
  const tagint tag = words.integer(1, "atom ID of a cv");
  cv.tags.push_back(tag);
  cv.terms.push_back({0, 0, 1.0});
  cv.text += bgen_text(" %lld", (long long) tag);
}

static void read_component(BgenWords &words, BgenVariable &cv)
{
  read_atom(words, cv);
  cv.terms.back().axis = words.choice({"x", "y", "z"}, "component of a position");
  cv.text += bgen_text(" %c", "xyz"[cv.terms.back().axis]);
}

static void read_combination(BgenWords &words, BgenVariable &cv)
{
  do {
    read_component(words, cv);
    const double coefficient = words.number("the coefficient of a cv");
    if (std::isinf(coefficient)) words.fail("cv " + cv.name + " has an infinite coefficient");
    cv.terms.back().coefficient = coefficient;
    cv.text += bgen_text(" %.15g", coefficient);
  } while (words.number_follows());
}

static void read_different_atoms(BgenWords &words, BgenVariable &cv)
{
  for (size_t k = 0; k < cv.of.type->n_terms; k++) {
    read_atom(words, cv);
    if (std::count(cv.tags.begin(), cv.tags.end(), cv.tags[k]) > 1)
      words.fail(bgen_text("cv %s names atom %lld twice", cv.name.c_str(), (long long) cv.tags[k]));
  }
}

void BgenSettings::read_cv(BgenWords &words)
{
  static const bgen_cv_type *const types[] = {&bgen_cv_linear, &bgen_cv_linear, &bgen_cv_distance,
                                              &bgen_cv_angle, &bgen_cv_dihedral};
  BgenVariable cv;
  cv.name = words.text("the name of a cv");
  for (const BgenVariable &other : cvs)
    if (other.name == cv.name) words.fail("cv " + cv.name + " is defined twice");
  const int kind =
      words.choice({"coordinate", "linear", "distance", "angle", "dihedral"}, "kind of cv");
  cv.of = {types[kind], 0, nullptr};
  cv.text = kind == 0 ? "coordinate" : types[kind]->name;
  if (kind == 0)
    read_component(words, cv);
  else if (kind == 1)
    read_combination(words, cv);
  else
    read_different_atoms(words, cv);
  cvs.push_back(cv);
}

/* false for what basin_named() begins with */
static bool limited(const bgen_cv_range &range)
{
  return std::isfinite(range.low) || std::isfinite(range.high);
}

static bgen_cv_range read_range(BgenWords &words, const std::string &basin, const BgenVariable &cv)
{
  const double low = words.number("the lower end of a basin");
  const double high = words.number("the upper end of a basin");
  const double half = cv.of.type->period / 2;
  if (half > 0.0 && !(std::fabs(low) <= half && std::fabs(high) <= half))
    words.fail(bgen_text("basin %s is %g to %g, but cv %s runs from %g to %g: a range that wraps "
                         "around is written as 120 -60",
                         basin.c_str(), low, high, cv.name.c_str(), -half, half));
  if (half > 0.0 ? low == high : low >= high)
    words.fail(bgen_text("basin %s is empty: %g to %g", basin.c_str(), low, high));
  return bgen_cv_range_between(cv.of.type, low, high);
}

/* a second range for a basin narrows it; on a circle two pieces may remain, so there is no second one */
void BgenSettings::read_basin(BgenWords &words)
{
  const std::string name = words.text("the name of a basin"), cv = words.text("the name of a cv");
  size_t k = 0;
  while (k < cvs.size() && cvs[k].name != cv) k++;
  if (k == cvs.size())
    words.fail("basin " + name + " needs cv " + cv + ", which no cv keyword before it defines");
  const bgen_cv_range range = read_range(words, name, cvs[k]);
  if (name.size() > LONGEST_NAME || name.find_first_not_of(NAME_LETTERS) != std::string::npos)
    words.fail(bgen_text("'%s' is no name of a basin: use up to %d letters, digits, _ and -",
                         name.c_str(), LONGEST_NAME));
  bgen_cv_range &whole = basin_named(name).ranges[k];
  if (cvs[k].of.type->period > 0.0) {
    if (limited(whole))
      words.fail("basin " + name + " has two ranges of cv " + cv +
                 ": give a periodic cv one range");
    whole = range;
    return;
  }
  whole = {std::max(whole.low, range.low), std::min(whole.high, range.high)};
  if (!(whole.low < whole.high)) words.fail("the ranges of basin " + name + " leave nothing of it");
}

void BgenSettings::read_move(BgenWords &words)
{
  BgenMove move;
  move.read(words, cvs);
  moves.push_back(move);
}

/* offset auto, or offset basin value */
void BgenSettings::read_offset(BgenWords &words)
{
  const std::string name = words.text("the name of a basin, or auto");
  if (name == "auto")
    tunes_offsets = true;
  else
    named_offsets.emplace_back(name, words.number_finite("the offset of a basin in kT"));
}

void BgenSettings::resolve_offsets(const BgenWords &words)
{
  offsets.assign(basins.size(), 0.0);
  for (const auto &[name, value] : named_offsets) {
    size_t k = 0;
    while (k < basins.size() && basins[k].name != name) k++;
    if (k == basins.size()) words.fail("offset of '" + name + "', but there is no such basin");
    offsets[k] = value;
  }
  tunes = tunes_offsets;
  for (const BgenMove &move : moves) tunes |= move.adapts;
  if (tunes_offsets && basins.size() < 2) words.fail("offset auto needs two basins");
}

BgenBasin &BgenSettings::basin_named(const std::string &name)
{
  size_t k = 0;
  while (k < basins.size() && basins[k].name != name) k++;
  if (k == basins.size()) basins.push_back({name, {}});
  basins[k].ranges.resize(cvs.size(), {-INFINITY, INFINITY});
  return basins[k];
}

bool BgenSettings::disjoint(const BgenBasin &a, const BgenBasin &b) const
{
  for (size_t k = 0; k < cvs.size(); k++)
    if (!bgen_cv_ranges_overlap(&a.ranges[k], &b.ranges[k])) return true;
  return false;
}

void BgenSettings::check_space(const BgenWords &words, const BgenVariable &cv) const
{
  if ((size_t) n_space < cv.of.type->least_space)
    words.fail(bgen_text("cv %s (%s) needs %zu components of positions, but coords moves only %d",
                         cv.name.c_str(), cv.of.type->name, cv.of.type->least_space, n_space));
  for (const bgen_cv_term &term : cv.terms)
    if (term.axis >= (size_t) n_space)
      words.fail("cv " + cv.name + " has a component that coords does not move");
}

void BgenSettings::finish(const BgenWords &words)
{
  if (basins.empty()) basin_named("all");
  for (const BgenMove &move : moves)
    if ((move.kind == BgenMove::TRANSFER ||
         (move.kind == BgenMove::ANNEALED && move.start != BgenMove::ANY)) &&
        basins.size() < 2)
      words.fail("move " + move.text(cvs) + " needs a second basin to go to");
  resolve_offsets(words);
  if (moves.empty()) moves.push_back(BgenMove());
  for (BgenBasin &basin : basins) basin_named(basin.name); // cvs may have been added since
  for (const BgenVariable &cv : cvs) check_space(words, cv);
  for (const BgenMirror &mirror : mirrors)
    if (mirror.axis >= n_space)
      words.fail(
          bgen_text("mirror %c is a component that coords does not move", "xyz"[mirror.axis]));
  for (size_t i = 0; i < basins.size(); i++)
    for (size_t j = 0; j < i; j++)
      if (!disjoint(basins[i], basins[j]))
        words.fail("basins " + basins[j].name + " and " + basins[i].name + " overlap");
}

std::string BgenSettings::relabel_text() const
{
  std::string text = relabel_types.empty() ? "" : "type";
  for (const int type : relabel_types) text += bgen_text(" %d", type);
  for (const std::vector<tagint> &tags : swaps) {
    text += text.empty() ? "swap" : "; swap";
    for (const tagint tag : tags) text += bgen_text(" %lld", (long long) tag);
  }
  return text.empty() ? "none" : text;
}

std::string BgenSettings::mirrors_text() const
{
  std::string text;
  for (const BgenMirror &mirror : mirrors)
    text += bgen_text("%s%c %.15g", text.empty() ? "" : " ", "xyz"[mirror.axis], mirror.plane);
  return text.empty() ? "none" : text;
}

std::string BgenSettings::moves_text() const
{
  std::string text;
  for (const BgenMove &move : moves) text += (text.empty() ? "" : ", ") + move.text(cvs);
  return text;
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
      if (limited(basin.ranges[k]))
        text += bgen_text(" %s %.15g %.15g", cvs[k].name.c_str(), basin.ranges[k].low,
                          basin.ranges[k].high);
  }
  return text;
}

std::string BgenSettings::offsets_text() const
{
  std::string text = tunes_offsets ? "auto" : "";
  for (size_t k = 0; k < basins.size(); k++)
    if (offsets[k] != 0.0)
      text += (text.empty() ? "" : ", ") + basins[k].name + bgen_text(" %.15g", offsets[k]);
  return text.empty() ? "none" : text;
}
