/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/absolute.h"

#include "input/text.h"

#include <cmath>

using namespace bgen;

static std::string term_line(double value, const std::string &meaning)
{
  return text("%16.5f  %s\n", value + 0.0, meaning.c_str()); // no -0
}

static std::string body(const AbsoluteFreeEnergy &of)
{
  static const char *const KINDS[] = {"confined body", "crystal", "free body", "molecule"};
  return text("%s of %zu atom%s", KINDS[of.coords], of.n_particles, of.n_particles == 1 ? "" : "s");
}

static const char *placement(bgen_coords coords)
{
  static const char *const ALL[] = {"F: -ln of the integral of exp(-U/kT)",
                                    "F with the center of mass at one place",
                                    "F with the center of mass at one place and one orientation",
                                    "F with the molecule at one place and in one orientation"};
  return ALL[coords];
}

static std::string sum_line(const char *name, const bgen_estimate &of, double kT, size_t n)
{
  const double each = 1.0 / static_cast<double>(n);
  return text("  %s = %.5f +- %.2g kT = %.10g +- %.2g energy units\n"
              "  %s per atom = %.6f +- %.2g kT = %.10g +- %.2g energy units\n",
              name, of.value, of.error, kT * of.value, kT * of.error, name, each * of.value,
              each * of.error, kT * each * of.value, kT * each * of.error);
}

bgen_estimate bgen::gibbs(const AbsoluteFreeEnergy &of)
{
  return {of.F.value + of.pV, of.F.error};
}

std::string bgen::absolute_lines(const AbsoluteFreeEnergy &of, const std::string &fix_id,
                                 const std::string &method)
{
  std::string lines = text("\nbgen %s free_energy: absolute F of basin %s, %s, in kT, T = %g, kT "
                           "= %g, by %s\n",
                           fix_id.c_str(), of.basin.c_str(), body(of).c_str(), of.temperature,
                           of.kT, method.c_str()) +
                      term_line(of.at_placement.value, placement(of.coords));
  for (const bgen_term &term : of.terms) lines += term_line(term.value, term.meaning);
  lines += sum_line("F", of.F, of.kT, of.n_particles);
  if (!std::isnan(of.by_atoms))
    lines += text("  with n = %zu, one for each atom, as many published values have it: F per atom "
                  "= %.6f kT\n",
                  of.n_particles, of.by_atoms / static_cast<double>(of.n_particles));
  if (std::isinf(of.F.error))
    lines +=
        "  the flow and the frames do not overlap, so F is not known: use 'by paths', or train "
        "the flow further\n";
  if (std::isnan(of.pressure)) return lines;
  return lines + term_line(of.pV, text("p V: pressure p = %g", of.pressure)) +
         sum_line("G", gibbs(of), of.kT, of.n_particles);
}
