/* SPDX-License-Identifier: GPL-2.0-or-later */
/* the files of "bgen fix-ID free_energy" */

#include "bgen_free_energy.h"

#include "bgen_model.h"
#include "bgen_observables.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "error.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

/* of the points, from the first row of a convergence file to the last */
static constexpr int DOUBLINGS = 6;

/* ---- results ---- */

void BgenFreeEnergy::write_table() const
{
  const BgenFile file(lmp, table_path, "w");
  if (!file.fp) return;
  fprintf(
      file.fp,
      "# results of fix %s: energies in kT and in energy units, averages <> in units of their own\n"
      "# T what value_kT error_kT value error\n",
      fix.id);
  for (const BgenResult &one : results) {
    const double kT = one.is_energy ? fix.configuration->kT(one.temperature) : 1.0;
    std::string what = one.what; // one word
    what.erase(std::remove(what.begin(), what.end(), ' '), what.end());
    fprintf(file.fp, "%.10g %s %.10g %.6g %.10g %.6g\n", one.temperature, what.c_str(),
            one.is_energy ? one.of.value : NAN, one.is_energy ? one.of.error : NAN,
            kT * one.of.value, kT * one.of.error);
  }
}

/* samples in NAME.flow.dat, frames in NAME.md.dat, those of the first temperature */
void BgenFreeEnergy::write_points(bool md)
{
  const BgenFile file(lmp, path.empty() ? path : path + (md ? ".md.dat" : ".flow.dat"), "w");
  if (!file.fp) return;
  fprintf(file.fp, "# %s of fix %s at T = %g; basins:%s", md ? "test frames" : "samples", fix.id,
          temperatures[0], model.numbered_basins().c_str());
  for (int k = 0; k < model.n_basins; k++)
    fprintf(file.fp, "\n# F(%s) = %.6f kT", model.basin_name(k).c_str(),
            ensemble->free_energy(0, k).value);
  fprintf(file.fp, "\n# flow basin in_domain %s\n", ensemble->points_of(0).columns().c_str());
  for (int k = 0; k < model.n_basins; k++) {
    const BgenPoints &points = ensemble->points_of(k);
    const size_t first = md ? ensemble->first_frame(0, k) : 0;
    const size_t n = md ? ensemble->n_frames(0, k) : n_samples;
    for (size_t i = first; i < first + n; i++)
      fprintf(file.fp, "%d %d %d %s\n", k + 1, points.basin[i] + 1, points.in_domain[i],
              ensemble->row(0, k, i).c_str());
  }
}

/* ---- profile ---- */

/* Ends that nobody gave are those of the points of weight, with as many bins as said. */
bgen_axis BgenFreeEnergy::resolved(const Axis &axis, const std::vector<double> &s)
{
  if (!std::isnan(axis.low)) return {axis.n_bins, axis.low, axis.high};
  const std::vector<double> log_weight = ensemble->log_weights(0);
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < s.size(); i++)
    if (log_weight[i] > -INFINITY) low = std::min(low, s[i]), high = std::max(high, s[i]);
  const double margin = 1e-9 * (high - low);
  return {n_bins, low - margin, high + margin};
}

/* rank 0 alone */
bgen_status BgenFreeEnergy::write_profile(FILE *file, const bgen_profile &profile,
                                          const std::vector<std::vector<double>> &s)
{
  const double *columns[] = {s[0].data(), s.back().data()};
  std::vector<bgen_estimate> bins(bgen_profile_n_bins(&profile));
  const bgen_status status =
      bgen_profile_estimate(&profile, &ensemble->pool(0), columns, bins.data());
  size_t n_in_row = 0; // of a plane: an empty line after each
  for (size_t b = 0; !status && b < bins.size(); b++) {
    for (size_t k = 0; k < axes.size(); k++)
      fprintf(file, "%.10g ", bgen_profile_centre(&profile, k, b));
    fprintf(file, "%.6f %.6f\n", bins[b].value, bins[b].error);
    if (axes.size() == 1 || ++n_in_row < profile.axis[0].n_bins) continue;
    fprintf(file, "\n");
    n_in_row = 0;
  }
  return status;
}

void BgenFreeEnergy::write_profile()
{
  const BgenFile file(lmp, profile_path, "w");
  if (!file.fp) return;
  std::vector<std::vector<double>> s;
  bgen_profile profile = {axes.size(), {}};
  std::string names;
  for (size_t k = 0; k < axes.size(); k++) {
    s.push_back(ensemble->observable(axes[k].observable));
    profile.axis[k] = resolved(axes[k], s[k]);
    names += observables->name(axes[k].observable) + " ";
  }
  fprintf(file.fp, "# free energy -ln p of fix %s in kT at T = %g, of samples%s\n# %sF error\n",
          fix.id, temperatures[0], ensemble->has_frames(0) ? " and test frames" : "",
          names.c_str());
  bgen_status status = bgen_profile_check(&profile);
  if (!status) status = write_profile(file.fp, profile, s);
  if (status) error->warning(FLERR, "bgen: " + profile_path + " stays empty: " + bgen_last_error());
}

/* ---- convergence ---- */

static std::string columns(const std::string &basin)
{
  std::string text;
  for (const char *what :
       {"frames", "F", "error", "from_flow", "error_flow", "from_frames", "error_frames"})
    text += " " + std::string(what) + "(" + basin + ")";
  return text;
}

/* of one basin: by both sides and by either one; nan where a part is too small to tell */
std::string BgenFreeEnergy::convergence_columns(int k, bool solved)
{
  const BgenEnsemble::Works samples = ensemble->works_of_samples(0, k),
                            frames = ensemble->works_of_frames(0, k);
  const bgen_estimate best = solved ? ensemble->free_energy(0, k) : bgen_estimate{NAN, NAN},
                      flow = ensemble->from_samples(samples),
                      md = ensemble->from_frames(frames, samples);
  return bgen_text(" %zu %.6f %.6f %.6f %.6f %.6f %.6f", frames.work.size(), best.value, best.error,
                   flow.value, flow.error, md.value, md.error);
}

/* a growing part of all points, doubled from row to row */
void BgenFreeEnergy::write_convergence()
{
  const BgenFile file(lmp, convergence_path, "w");
  if (!file.fp) return;
  fprintf(file.fp, "# F in kT at T = %g from a part of the points of fix %s\n# samples",
          temperatures[0], fix.id);
  for (int k = 0; k < model.n_basins; k++) fputs(columns(model.basin_name(k)).c_str(), file.fp);
  for (int halved = DOUBLINGS; halved >= 0; halved--) {
    const double fraction = std::pow(0.5, halved);
    const bool solved = ensemble->try_solve({fraction, decorrelated}) == BGEN_OK;
    fprintf(file.fp, "\n%.0f", std::ceil(fraction * n_samples));
    for (int k = 0; k < model.n_basins; k++) fputs(convergence_columns(k, solved).c_str(), file.fp);
  }
  fputs("\n", file.fp);
}
