/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/reduced.h"

#include "input/text.h"
#include "report/reduced.h"
#include "state/state.h"

using namespace bgen;

std::string bgen::reduced_path(const State &state, const std::string &path, int k)
{
  return path + "." + state.variables.basin_name(k) + ".u_nk.csv";
}

ReducedFiles::ReducedFiles(const State &state, const std::string &path)
{
  for (int k = 0; !path.empty() && k < state.variables.n_basins(); k++)
    files_.push_back(std::make_unique<File>(reduced_path(state, path, k)));
}

/* in the order in which the core has them; temperatures are named where there are several */
static std::vector<std::string> state_names(const bgen_ensemble &e)
{
  std::vector<std::string> names;
  const auto add = [&](const char *name, size_t n) {
    for (size_t l = 0; l < n; l++)
      names.push_back(e.n_levels > 1 ? text("%s_%g", name, e.level[l]) : name);
  };
  add("flow", e.n_temperatures);
  add("md", e.n_levels);
  if (bgen_ensemble_has_changed(&e)) add("changed", e.n_temperatures);
  return names;
}

/* samples of flows, then frames of each temperature */
static std::vector<bgen_group> groups_of(const bgen_ensemble &e, int k)
{
  const bgen_basin_points &points = e.points[k];
  std::vector<bgen_group> groups(points.samples, points.samples + e.n_temperatures);
  groups.insert(groups.end(), points.frames, points.frames + e.n_levels);
  groups.resize(bgen_ensemble_n_states(&e), {0, 0, {0, nullptr}});
  return groups;
}

static void write_basin(File &file, const Ensemble &ensemble, const Solution &solution, int k)
{
  const bgen_ensemble &e = ensemble.data();
  const State &state = ensemble.state;
  const double temperature = ensemble.temperatures[0];
  const std::vector<bgen_group> groups = groups_of(e, k);
  ReducedTable table = {"basin " + state.variables.basin_name(k) + " of fix " + state.id,
                        temperature,
                        state.engine.kT(temperature),
                        state.host.units(),
                        state_names(e),
                        {},
                        "",
                        bgen_solution_free_energy(solution, 0, k)};
  table.difference = "F(" + table.states[e.n_temperatures] + ") - F(" + table.states[0] + ")";
  for (const bgen_group &group : groups) table.n_samples.push_back(group.n);
  file.print(reduced_head(table));
  std::vector<double> u(groups.size());
  for (size_t s = 0; s < groups.size(); s++)
    for (size_t i = 0; i < groups[s].n; i++) {
      bgen_ensemble_energies(&e, k, groups[s].first + i, 1, u.data());
      file.print(reduced_row(table, i, s, u));
    }
  file.close();
}

void ReducedFiles::write(const Ensemble &ensemble, const Solution &solution)
{
  for (size_t k = 0; k < files_.size(); k++)
    write_basin(*files_[k], ensemble, solution, static_cast<int>(k));
}
