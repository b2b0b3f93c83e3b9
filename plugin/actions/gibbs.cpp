/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bgen ID gibbs": the minimum of F + pV by free energies at a few volumes */

#include "actions/actions.h"
#include "input/error.h"
#include "report/file.h"
#include "report/volumes.h"
#include "state/state.h"

using namespace bgen;

namespace {
struct GibbsSettings {
  std::vector<double> pressures;
  std::string table_path;
};
} // namespace

static void read_pressures(Line &line, GibbsSettings &to)
{
  do to.pressures.push_back(line.number_finite("a pressure"));
  while (line.number_follows());
}

static const std::vector<Option<GibbsSettings>> KEYWORDS = {
    {"pressure", "p ...", "0", "pressures", read_pressures},
    {"table", "name", "-", "file for all results",
     [](auto &line, auto &to) { to.table_path = line.file(); }}};

static void find_minimum(State &state, Line &line, Surroundings &)
{
  const std::string path = line.text("a file of volumes"), units = state.host.units();
  line.will_write(path); // not by this line, which must not name it for its table
  GibbsSettings settings;
  read_options(line, KEYWORDS, {}, settings);
  if (settings.pressures.empty()) settings.pressures.push_back(0.0);
  const Volumes volumes = read_volumes(path, units);
  const double unit = bgen_units(units.c_str()) ? bgen_units(units.c_str())->pressure_volume : 1.0;
  std::vector<GibbsResult> results;
  for (const double pressure : settings.pressures) {
    GibbsResult result = {pressure, unit, {}};
    check(bgen_gibbs_minimum(volumes.F.size(), volumes.volume.data(), volumes.F.data(),
                             pressure * unit / volumes.kT, &result.minimum),
          ("bgen: " + path).c_str());
    results.push_back(result);
  }
  File table(state.pool.to_write(settings.table_path));
  state.host.print(gibbs_lines(volumes, results, path, state.id));
  table.print(gibbs_file(volumes, results, path));
  table.close();
}

ActionKind bgen::gibbs_action()
{
  return {"gibbs",
          "Gibbs free energies from free energies at a few volumes",
          {"bgen ID gibbs FILE", keywords_of(KEYWORDS)},
          find_minimum};
}
