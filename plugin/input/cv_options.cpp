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

/* ---- of sets of atoms ---- */

static void read_set(Line &line, CvSettings &cv)
{
  AtomSet set;
  const int by = line.choice({"all", "type", "group"}, "a set of atoms of a cv");
  cv.text += by == 0 ? " all" : "";
  if (by == 1) {
    set.type = static_cast<int>(line.integer(1, "the type of a set of atoms"));
    cv.text += text(" type %d", set.type);
  }
  if (by == 2) {
    set.group = line.text("the group of a set of atoms");
    cv.text += " group " + set.group;
  }
  cv.sets.push_back(set);
}

template <const bgen_cv_type *type, int n_sets> static void read_sets(Line &line, CvSettings &cv)
{
  cv.type = type;
  for (int k = 0; k < n_sets; k++) read_set(line, cv);
}

/* coefficients and centers, which move the vector nowhere if all atoms are moved */
static void read_vector(Line &line, CvSettings &cv, size_t vector, const char *name)
{
  static constexpr double ROUNDING = 1e-12; // of coefficients that were typed
  double sum = 0.0, all = 0.0;
  do {
    const double factor = line.number_finite("the coefficient of a center");
    cv.text += text(" %.15g", factor);
    read_set(line, cv);
    cv.sets.back().vector = vector;
    cv.sets.back().factor = factor;
    sum += factor, all += std::fabs(factor);
  } while (line.number_follows());
  if (std::fabs(sum) > ROUNDING * all)
    line.fail(text("the coefficients of vector %s of cv %s have the sum %g, but a vector needs the "
                   "sum 0, as in %s 1 group a -1 group b",
                   name, cv.name.c_str(), sum, name));
}

static void read_plane_distance(Line &line, CvSettings &cv)
{
  static const char *const VECTORS[] = {"of", "u", "v"};
  cv.type = &bgen_cv_plane_distance;
  for (size_t k = 0; k < 3; k++) {
    if (!line.next_is(VECTORS[k]))
      line.fail(text("plane_distance needs the vectors of, u and v, in this order, as in %s 1 "
                     "group a -1 group b",
                     VECTORS[k]));
    cv.text += std::string(" ") + VECTORS[k];
    read_vector(line, cv, k, VECTORS[k]);
  }
}

static double read_exponent(Line &line, double above)
{
  const long long n = line.integer(1, "an exponent of a coordination", BGEN_CV_MAX_EXPONENT);
  const double exponent = static_cast<double>(n);
  if (n % 2 || !(exponent > above))
    line.fail(text("invalid exponent %lld of a coordination: expected even numbers, the second "
                   "larger than the first, as in exponents 6 12",
                   n));
  return exponent;
}

static void read_coordination(Line &line, CvSettings &cv)
{
  read_sets<&bgen_cv_coordination, 1>(line, cv);
  if (line.peek() != "r0" && line.more()) read_set(line, cv);
  if (!line.next_is("r0"))
    line.fail("coordination needs the distance of a contact after its sets of atoms, as in r0 1.5");
  cv.numbers = {line.number_above(0.0, "r0 of a coordination"), 6, 12};
  if (line.next_is("exponents")) {
    cv.numbers[1] = read_exponent(line, 0.0);
    cv.numbers[2] = read_exponent(line, cv.numbers[1]);
  }
  cv.text += text(" r0 %.15g exponents %g %g", cv.numbers[0], cv.numbers[1], cv.numbers[2]);
}

static void read_rmsd(Line &line, CvSettings &cv)
{
  read_sets<&bgen_cv_rmsd, 1>(line, cv);
  if (!line.next_is("file"))
    line.fail("rmsd needs a reference after its set of atoms, as in file reference.xyz");
  cv.file = line.text("the xyz file of an rmsd");
}

static void read_compute(Line &line, CvSettings &cv)
{
  cv.type = &bgen_cv_custom;
  const std::string id = line.text("the ID of a compute");
  cv.quantity = id.compare(0, 2, "c_") == 0 ? id : "c_" + id;
  cv.text += " " + cv.quantity;
}

static void read_variable(Line &line, CvSettings &cv)
{
  cv.type = &bgen_cv_custom;
  const std::string name = line.text("the name of an equal-style variable");
  cv.quantity = name.compare(0, 2, "v_") == 0 ? name : "v_" + name;
  cv.text += " " + cv.quantity;
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
    {"rg", "A", "-", "radius of gyration of a set A of atoms: all, type N or group ID",
     read_sets<&bgen_cv_rg, 1>},
    {"coordination", "A [B] r0 R [exponents N M]", "exponents 6 12",
     "number of contacts within A, or between A and B", read_coordination},
    {"com_distance", "A B", "-", "distance of the centers of mass of A and B",
     read_sets<&bgen_cv_com_distance, 2>},
    {"plane_distance", "of C A ... u C A ... v C A ...", "-",
     "distance of the end of vector of from the plane of u and v; a vector is a sum of centers of "
     "mass, each times a coefficient C",
     read_plane_distance},
    {"rmsd", "A file F", "-", "deviation of A from the structure in an xyz file, superposed",
     read_rmsd},
    {"compute", "c_ID or c_ID[n]", "-",
     "global scalar of a compute, or element n of its vector; it has no gradient", read_compute},
    {"variable", "v_name", "-", "value of an equal-style variable; it has no gradient",
     read_variable},
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

std::string bgen::cvs_text(const std::vector<CvSettings> &cvs)
{
  std::string all;
  for (const CvSettings &cv : cvs) all += (all.empty() ? "" : "; ") + cv.name + " " + cv.text;
  return all;
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
  if (type == &bgen_cv_coordination) return "contact";
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
