/* SPDX-License-Identifier: GPL-2.0-or-later */
/* what the populations of bgen_annealed.h have found */

#include "bgen_anneal.h"

#include "bgen_model.h"
#include "bgen_words.h"
#include "configuration.h"
#include "fix_bgen.h"

#include <cmath>

using namespace LAMMPS_NS;

/* collective, for bgen_check() is */
void BgenAnneal::estimate(Basin &basin)
{
  for (Stage &at : basin.stages)
    bgen_check(lmp, root ? bgen_estimate_repeats(n_repeats, at.values.data(), &at.free_energy)
                         : BGEN_OK);
  if (!with_reverse) return;
  const size_t n_frames = basin.reverse.size();
  const bgen_works there = {basin.forward.size(), basin.forward.data(), {0, nullptr}},
                   back = {n_frames, basin.reverse.data(), {1, &n_frames}};
  bgen_check(lmp, root ? bgen_estimate_bar(&there, &back, &basin.bar) : BGEN_OK);
  bgen_check(lmp, root ? bgen_estimate_fep(&back, &basin.from_frames) : BGEN_OK);
  basin.from_frames.value *= -1.0;
}

bgen_estimate BgenAnneal::difference(const Basin &a, const Basin &b, size_t t) const
{
  const bgen_estimate parts[] = {at_start[a.k], a.stages[t].free_energy, at_start[b.k],
                                 b.stages[t].free_energy};
  double variance = 0.0;
  for (const bgen_estimate &part : parts) variance += part.error * part.error;
  return {parts[0].value + parts[1].value - parts[2].value - parts[3].value, std::sqrt(variance)};
}

std::string BgenAnneal::row(const Basin &basin, size_t t) const
{
  const Stage &at = basin.stages[t];
  const double kT = fix.configuration->kT(temperature(t)), F = at.free_energy.value + 0.0; // no -0
  return bgen_text("%-12s %5zu %10.5g %10.4f %8.4f %12.6g %10.2g %7.2f %8.1f %12.2f\n",
                   model.basin_name(basin.k).c_str(), t, from_flow ? lambda[t] : temperature(t), F,
                   at.free_energy.error, kT * F, kT * at.free_energy.error, 100.0 * at.ess,
                   at.families, 100.0 * at.acceptance);
}

std::string BgenAnneal::table() const
{
  std::string text = bgen_text("%-12s %5s %10s %10s %8s %12s %10s %7s %8s %12s\n", "Basin", "Stage",
                               from_flow ? "Lambda" : "T", "F", "Error", "F-energy", "Error",
                               "ESS-%", "Families", "Acceptance-%");
  for (const Basin &basin : basins)
    for (size_t t = 0; t <= n_stages; t++) text += row(basin, t);
  return text;
}

std::string BgenAnneal::reverse_lines() const
{
  std::string text;
  for (const Basin &basin : basins)
    text += bgen_text("F(%s) = %.4f +- %.4f kT (BAR), %.4f +- %.4f kT (from %zu frames alone)\n",
                      model.basin_name(basin.k).c_str(), basin.bar.value, basin.bar.error,
                      basin.from_frames.value, basin.from_frames.error, basin.reverse.size());
  return text;
}

std::string BgenAnneal::difference_line(const Basin &to, const bgen_estimate &of, size_t t,
                                        const char *method) const
{
  const double kT = fix.configuration->kT(temperature(t));
  return bgen_text("F(%s) - F(%s) = %.4f +- %.4f kT = %.6g +- %.2g energy units (T = %g%s)\n",
                   model.basin_name(basins[0].k).c_str(), model.basin_name(to.k).c_str(), of.value,
                   of.error, of.value * kT, of.error * kT, temperature(t), method);
}

/* between the first basin and the others, where it is known what they have in common at the start */
std::string BgenAnneal::difference_lines() const
{
  std::string text;
  if (!from_flow && start == NONE) return text;
  for (size_t b = 1; b < basins.size(); b++) {
    const bgen_estimate &one = basins[0].bar, &other = basins[b].bar;
    for (size_t t = from_flow ? n_stages : 0; t <= n_stages; t++)
      text += difference_line(basins[b], difference(basins[0], basins[b], t), t, "");
    if (with_reverse)
      text += difference_line(basins[b], bgen_estimate_difference(&one, &other), n_stages, ", BAR");
  }
  return text;
}

/* on rank 0 */
void BgenAnneal::report(FILE *file) const
{
  const std::string how = bgen_text(
      "%zu populations of %zu walkers of each basin%s, %zu stages of %d steps, %lld energies",
      n_repeats, n, resampling ? "" : " that are not resampled", n_stages, langevin.n_steps,
      (long long) n_calls);
  const std::string what =
      from_flow
          ? bgen_text("F = -ln Z in kT, kT = %g, from flow", fix.configuration->kT(reference))
          : bgen_text("F = -ln Z(T)/Z(%g) in kT, from frames of T = %g", reference, reference);
  utils::logmesg(lmp, bgen_text("\nbgen %s anneal: %s; %s\n", fix.id, what.c_str(), how.c_str()) +
                          table() + (with_reverse ? reverse_lines() : "") + difference_lines());
  if (file)
    fprintf(file, "# anneal of fix %s: %s; %s\n# %s", fix.id, what.c_str(), how.c_str(),
            table().c_str());
}
