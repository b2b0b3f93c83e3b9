/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/volumes.h"

#include "input/error.h"
#include "input/text.h"
#include "report/file.h"
#include "report/table.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace bgen;

/* ---- the file ---- */

static std::string head(const std::string &units)
{
  return "# volumes of bgen free_energy, units " + units +
         "; F and lengths (dN ln L) in kT\n# V F error N kT lengths\n";
}

static std::string line_of(const AbsoluteFreeEnergy &one)
{
  return text("%.10g %.10g %.4g %zu %.10g %.10g\n", one.volume, one.F.value, one.F.error,
              one.n_particles, one.kT, one.terms.back().value);
}

/* "": there is none yet */
static std::string content_of(const std::string &path)
{
  if (!std::filesystem::exists(path)) return "";
  if (!std::filesystem::is_regular_file(path))
    throw Error("bgen: " + path + " is no file that volumes can be read from");
  std::ostringstream all;
  all << std::ifstream(path).rdbuf();
  if (!all.str().empty() && all.str().back() != '\n')
    throw Error("bgen: the last line of " + path + " is not whole: remove this line");
  return all.str();
}

/* strtod reads inf, which streams do not */
static double number_of(std::istringstream &words)
{
  std::string word;
  words >> word;
  char *end = nullptr;
  const double number = strtod(word.c_str(), &end);
  if (word.empty() || *end) words.setstate(std::ios::failbit);
  return number;
}

static void add_line(const std::string &line, const std::string &where, Volumes &to)
{
  std::istringstream words(line);
  const double volume = number_of(words), F = number_of(words), error = number_of(words);
  std::string rest;
  std::getline(words >> std::ws, rest);
  std::istringstream common(rest);
  const double n = number_of(common), kT = number_of(common), lengths = number_of(common);
  if (!words || !common || !common.eof() || !(n >= 1) || !(kT > 0) || std::isnan(lengths))
    throw Error("bgen: cannot read '" + line + "' in " + where +
                ": expected V F error N kT lengths");
  if (!to.alike.empty() && rest != to.alike)
    throw Error("bgen: " + where + " mixes N kT lengths = " + to.alike + " with " + rest +
                ": give each body and each temperature a file of its own");
  to.volume.push_back(volume);
  to.F.push_back({F, error});
  to.n_particles = static_cast<size_t>(n);
  to.kT = kT;
  to.alike = rest;
}

static Volumes volumes_in(const std::string &content, const std::string &path,
                          const std::string &units)
{
  Volumes all;
  const std::string first = head(units);
  if (content.compare(0, first.size(), first) != 0)
    throw Error("bgen: " + path + " does not begin as a file of volumes with units " + units +
                " does: remove it, or give another name");
  std::istringstream lines(content.substr(first.size()));
  for (std::string line; std::getline(lines, line);)
    if (line[0] != '#') add_line(line, path, all);
  return all;
}

Volumes bgen::read_volumes(const std::string &path, const std::string &units)
{
  const std::string content = content_of(path);
  if (content.empty())
    throw Error("bgen: there are no volumes in " + path +
                ": add them by 'free_energy absolute ... volumes " + path + "'");
  return volumes_in(content, path, units);
}

void bgen::check_volumes(const std::string &path, const std::string &units,
                         const AbsoluteFreeEnergy &one)
{
  const std::string content = content_of(path);
  if (!content.empty()) volumes_in(content + line_of(one), path, units);
}

/* What is there is never written again: of several runs that add at once all lines remain. */
void bgen::add_volume(const std::string &path, const std::string &units,
                      const AbsoluteFreeEnergy &one)
{
  const std::string content = content_of(path), line = line_of(one);
  check_volumes(path, units, one);
  if (content.find("\n" + line) != std::string::npos)
    throw Error("bgen: the same volume and F are in " + path +
                " already: remove the file before its volumes are computed again, or change the "
                "seeds");
  File file(path, File::APPEND);
  file.print((content.empty() ? head(units) : "") + line);
  file.close();
}

/* ---- the minimum ---- */

static std::string warnings(const Volumes &volumes, const std::vector<GibbsResult> &results)
{
  const bgen_gibbs &fit = results[0].minimum;
  std::string lines;
  if (fit.n < volumes.F.size())
    lines += text("  %zu of %zu F have an infinite error and are left out\n",
                  volumes.F.size() - fit.n, volumes.F.size());
  if (fit.n == 3) lines += "  three F always lie on a parabola: more would check it\n";
  if (fit.widening > 1)
    lines += text("  the parabola misses the F by more than their errors, chi-square is %.3g for "
                  "%zu degrees of freedom: all errors are multiplied by %.3g; use volumes closer "
                  "to each other\n",
                  fit.chi_square, fit.n - 3, fit.widening);
  if (fit.flat)
    lines += "  the curvature of F(V) is not known, and so no minimum: use volumes further apart, "
             "or more samples and frames\n";
  for (const GibbsResult &result : results)
    if (result.minimum.outside)
      lines += text("  p = %g: the minimum lies outside the volumes, so G is not known: add %s "
                    "volumes\n",
                    result.pressure, result.minimum.outside < 0 ? "smaller" : "larger");
  return lines;
}

static const Table &columns()
{
  static const Table TABLE({{"Pressure", 10, ".6g", "p", ".10g"},
                            {"V", 12, ".7g", "V", ".10g"},
                            {"Error", 8, ".2g", "error", ".4g"},
                            {"G", 14, ".4f", "G", ".10g"},
                            {"Error", 8, ".2g", "error", ".4g"},
                            {"G/N-energy", 14, ".8g", "G/N_energy", ".10g"},
                            {"Error", 8, ".2g", "error", ".4g"},
                            {"Bulk-modulus", 12, ".6g", "bulk_modulus", ".6g"},
                            {"Error", 8, ".2g", "error", ".4g"}});
  return TABLE;
}

static std::vector<Cell> cells(const Volumes &volumes, const GibbsResult &result)
{
  const bgen_estimate &V = result.minimum.volume, &G = result.minimum.free_energy,
                      &K = result.minimum.bulk_modulus;
  const double each = volumes.kT / static_cast<double>(volumes.n_particles),
               unit = volumes.kT / result.pressure_volume;
  return {result.pressure, V.value,        V.error,        G.value,       G.error,
          each * G.value,  each * G.error, unit * K.value, unit * K.error};
}

std::string bgen::gibbs_lines(const Volumes &volumes, const std::vector<GibbsResult> &results,
                              const std::string &path, const std::string &fix_id)
{
  std::string lines =
      text("\nbgen %s gibbs: minimum of F + pV by a parabola in V^(-2/3) through %zu F in %s, %zu "
           "atoms, in kT, "
           "kT = %g\n",
           fix_id.c_str(), results[0].minimum.n, path.c_str(), volumes.n_particles, volumes.kT) +
      columns().header();
  for (const GibbsResult &result : results) lines += columns().row(cells(volumes, result));
  return lines + warnings(volumes, results);
}

std::string bgen::gibbs_file(const Volumes &volumes, const std::vector<GibbsResult> &results,
                             const std::string &path)
{
  std::string lines = "# minimum of F + pV by the volumes in " + path + ", in kT\n";
  lines += columns().file_header();
  for (const GibbsResult &result : results) lines += columns().file_row(cells(volumes, result));
  return lines;
}
