/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/split.h"

#include "input/text.h"
#include "report/table.h"

#include <cmath>

using namespace bgen;

static const Table &table()
{
  static const Table TABLE({{"Sub-state of", -12, "s"},
                            {"F", 10, ".4f"},
                            {"Error", 8, ".2g"},
                            {"Share-%", 8, ".3f"},
                            {"Frames-%", 8, ".3f"},
                            {"Frames", 8, "d"},
                            {"Samples", 8, "d"},
                            {"Ranges", -20, "s"}});
  return TABLE;
}

/* "phi -60 to 60, d -inf to 3" */
static std::string ranges_of(const std::vector<std::string> &quantities,
                             const std::vector<bgen_cut> &cuts, size_t sub_state)
{
  std::string ranges;
  for (size_t k = 0; k < cuts.size(); k++) {
    double ends[2];
    bgen_cuts_ends(cuts.size(), cuts.data(), sub_state, k, ends);
    ranges += text("%s%s %g to %g", k ? ", " : "", quantities[k].c_str(), ends[0], ends[1]);
  }
  return ranges;
}

/* of a sub-state that both have visited, nothing */
static std::string sentence_of(const std::string &where, const bgen_sub_state &sub)
{
  if (sub.n_frames == 0)
    return text("  %s: no test frames: F is by samples of the flow alone\n", where.c_str());
  if (sub.n_samples == 0 && std::isfinite(sub.least))
    return text("  %s: no samples of the flow: F is above %.4f (95 %%)\n", where.c_str(),
                sub.least);
  if (!std::isfinite(sub.free_energy.value))
    return text("  %s: no frame has a finite energy in the domain of the flow: F is unknown\n",
                where.c_str());
  return "";
}

std::string bgen::split_table(const std::vector<std::string> &basins,
                              const std::vector<std::string> &quantities,
                              const std::vector<bgen_cut> &cuts, const bgen_solution *solution)
{
  std::string rows, sentences;
  for (size_t k = 0; k < basins.size(); k++) {
    const bgen_split *split = bgen_solution_split(solution, k);
    size_t n_unseen = 0;
    for (size_t i = 0; i < split->n; i++) {
      const bgen_sub_state &sub = bgen_solution_sub_states(solution, k)[i];
      const std::string ranges = ranges_of(quantities, cuts, i);
      if (sub.n_frames + sub.n_samples == 0 && ++n_unseen) continue;
      rows += table().row(
          {basins[k], sub.free_energy.value, sub.free_energy.error, 100.0 * sub.share,
           100.0 * static_cast<double>(sub.n_frames) / static_cast<double>(split->reverse.n),
           sub.n_frames, sub.n_samples, ranges});
      sentences += sentence_of(basins[k] + ", " + ranges, sub);
    }
    if (n_unseen)
      sentences += text("  %s: %zu of %zu sub-states have neither test frames nor samples and do "
                        "not count\n",
                        basins[k].c_str(), n_unseen, split->n);
  }
  return "\n" + table().header() + rows + sentences;
}
