/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/cv_options.h"

#include "coords/basin.h"
#include "input/text.h"
#include "model/generator.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

static constexpr int LONGEST_NAME = BGEN_NAME_LENGTH - 1;
static constexpr char NAME_LETTERS[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/* ---- collective variables ---- */

static void read_atom(Line &line, CvSettings &cv)
{
  const int64_t tag = line.integer(1, "the ID of an atom of a cv");
  cv.tags.push_back(tag);
  cv.terms.push_back({0, 0, 1.0});
  cv.text += text(" %lld", static_cast<long long>(tag));
}

static void read_component(Line &line, CvSettings &cv)
{
  read_atom(line, cv);
  cv.terms.back().axis = line.choice({"x", "y", "z"}, "the component of a position");
  cv.text += text(" %c", "xyz"[cv.terms.back().axis]);
}

static void read_combination(Line &line, CvSettings &cv)
{
  cv.type = &bgen_cv_linear;
  do {
    read_component(line, cv);
    const double coefficient = line.number_finite(("a coefficient of cv " + cv.name).c_str());
    cv.terms.back().coefficient = coefficient;
    cv.text += text(" %.15g", coefficient);
  } while (line.number_follows());
}

template <const bgen_cv_type *type> static void read_different_atoms(Line &line, CvSettings &cv)
{
  cv.type = type;
  for (size_t k = 0; k < cv.type->n_terms; k++) {
    read_atom(line, cv);
    if (std::count(cv.tags.begin(), cv.tags.end(), cv.tags[k]) > 1)
      line.fail(
          text("cv %s names atom %lld twice", cv.name.c_str(), static_cast<long long>(cv.tags[k])));
  }
}

static const std::vector<Option<CvSettings>> KINDS = {
    {"coordinate", "I axis", "-", "one component of the position of atom I; axis is x, y or z",
     [](Line &line, CvSettings &cv) {
       cv.type = &bgen_cv_linear;
       read_component(line, cv);
     }},
    {"linear", "I axis C ...", "-", "sum of components, each times its coefficient C",
     read_combination},
    {"distance", "I J", "-", "distance of two atoms", read_different_atoms<&bgen_cv_distance>},
    {"angle", "I J K", "-", "angle at J", read_different_atoms<&bgen_cv_angle>},
    {"dihedral", "I J K L", "-", "dihedral angle about the bond from J to K",
     read_different_atoms<&bgen_cv_dihedral>},
};

CommandHelp bgen::cv_help()
{
  return {"cv name", keywords_of(KINDS)};
}

/* words that mean something else where a quantity is named */
static bool is_other_quantity(const std::string &name)
{
  return name == "pe" || name.rfind("v_", 0) == 0 || name.rfind("c_", 0) == 0;
}

void bgen::read_cv(Line &line, std::vector<CvSettings> &cvs)
{
  CvSettings cv;
  cv.name = line.text("the name of a cv");
  if (index_of(cvs, cv.name) >= 0) line.fail("cv " + cv.name + " is defined twice");
  if (is_other_quantity(cv.name))
    line.fail("a cv cannot be named " + cv.name +
              ": pe, v_NAME and c_ID are other quantities of lines that name a cv");
  if (!line.more()) line.text("the kind of a cv");
  cv.text = line.peek();
  if (!read_option(line, KINDS, cv)) fail_unknown(line, line.peek(), keywords_of(KINDS), {});
  cvs.push_back(cv);
}

std::vector<int64_t> bgen::neighbors(const std::vector<CvSettings> &cvs)
{
  std::vector<int64_t> pairs;
  for (const CvSettings &cv : cvs)
    for (size_t k = 1; cv.type != &bgen_cv_linear && k < cv.tags.size(); k++)
      pairs.insert(pairs.end(), {cv.tags[k - 1], cv.tags[k]});
  return pairs;
}

const char *CvSettings::unit() const
{
  return type == &bgen_cv_angle || type == &bgen_cv_dihedral ? "degree" : "distance";
}

void CvSettings::check_space(const Line &line, size_t n_space) const
{
  if (n_space < type->least_space)
    line.fail(bgen::text("cv %s (%s) needs %zu components of positions, but coords moves only %zu",
                         name.c_str(), type->name, type->least_space, n_space));
  for (const bgen_cv_term &term : terms)
    if (term.axis >= n_space)
      line.fail("cv " + name + " uses a component that coords does not move");
}

/* ---- basins ---- */

void BasinSettings::extend(size_t n_cvs)
{
  ranges.resize(n_cvs, {-INFINITY, INFINITY});
}

/* false for the range that extend() gives */
static bool is_limited(const bgen_cv_range &range)
{
  return std::isfinite(range.low) || std::isfinite(range.high);
}

static bgen_cv_range read_range(Line &line, const std::string &basin, const CvSettings &cv)
{
  const double low = line.number("the lower end of a basin");
  const double high = line.number("the upper end of a basin");
  const double half = cv.type->period / 2;
  if (half > 0.0 && !(std::fabs(low) <= half && std::fabs(high) <= half))
    line.fail(text("basin %s is %g to %g, but cv %s runs from %g to %g: a range that wraps around "
                   "is written as 120 -60",
                   basin.c_str(), low, high, cv.name.c_str(), -half, half));
  if (half > 0.0 ? low == high : low >= high)
    line.fail(text("basin %s is empty: %g to %g", basin.c_str(), low, high));
  return bgen_cv_range_between(cv.type, low, high);
}

/* words that lines or results use instead of the name of a basin */
static const char *const RESERVED[] = {"all", "auto", "help", "none"};

static void check_name(const Line &line, const std::string &name)
{
  for (const char *word : RESERVED)
    if (name == word)
      line.fail("invalid basin name '" + name + "': the words all, auto, help and none have " +
                "meanings of their own: use another name");
  if (name.size() > LONGEST_NAME || name.find_first_not_of(NAME_LETTERS) != std::string::npos)
    line.fail(text("invalid basin name '%s': expected up to %d letters, digits, _ and -",
                   name.c_str(), LONGEST_NAME));
}

/* A second range of a basin narrows it; on a circle two pieces might remain, so there is none. */
static void narrow(const Line &line, const BasinSettings &basin, const CvSettings &cv,
                   const bgen_cv_range &by, bgen_cv_range &range)
{
  if (cv.type->period > 0.0) {
    if (is_limited(range))
      line.fail("basin " + basin.name + " has two ranges of cv " + cv.name +
                ": give a periodic cv one range");
    range = by;
    return;
  }
  range = {std::max(range.low, by.low), std::min(range.high, by.high)};
  if (!(range.low < range.high))
    line.fail("basin " + basin.name + " is empty: its ranges do not overlap");
}

void bgen::read_basin(Line &line, const std::vector<CvSettings> &cvs,
                      std::vector<BasinSettings> &basins)
{
  const std::string name = line.text("the name of a basin"), cv = line.text("the name of a cv");
  const int k = index_of(cvs, cv);
  if (k < 0)
    line.fail("basin " + name + " needs cv " + cv + ", which no cv keyword before it defines");
  const bgen_cv_range range = read_range(line, name, cvs[k]);
  check_name(line, name);
  if (index_of(basins, name) < 0) basins.push_back({name, {}});
  BasinSettings &basin = basins[index_of(basins, name)];
  basin.extend(cvs.size());
  narrow(line, basin, cvs[k], range, basin.ranges[k]);
}

void bgen::check_disjoint(const Line &line, const std::vector<BasinSettings> &basins)
{
  for (size_t i = 0; i < basins.size(); i++)
    for (size_t j = 0; j < i; j++)
      if (bgen_basins_overlap(basins[i].ranges.size(), basins[i].ranges.data(),
                              basins[j].ranges.data()))
        line.fail("basins " + basins[j].name + " and " + basins[i].name + " overlap");
}

std::string BasinSettings::text(const std::vector<CvSettings> &cvs) const
{
  std::string text = name;
  for (size_t k = 0; k < cvs.size(); k++)
    if (is_limited(ranges[k]))
      text += bgen::text(" %s %.15g %.15g", cvs[k].name.c_str(), ranges[k].low, ranges[k].high);
  return text;
}
