/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/works.h"

#include "input/text.h"
#include "report/free_energy.h"
#include "report/table.h"

#include <algorithm>
#include <cmath>

using namespace bgen;

/* ---- the table ---- */

static const Table &columns()
{
  static const Table TABLE({{"Move", -11, "s"},
                            {"From", -12, "s"},
                            {"To", -12, "s"},
                            {"There", 8, "d"},
                            {"Back", 8, "d"},
                            {"By-there", 10, ".4f"},
                            {"Error", 8, ".4f"},
                            {"By-back", 10, ".4f"},
                            {"Error", 8, ".4f"},
                            {"BAR", 10, ".4f"},
                            {"Error", 8, ".4f"},
                            {"Energy", 12, ".6g"},
                            {"Error", 10, ".2g"}});
  return TABLE;
}

static bgen_works works_of(const bgen_work_lists *all, int move, int from, int to)
{
  return bgen_work_list_in_time(bgen_work_lists_of(all, move, from, to));
}

/* a line and its warnings; "" where there are no works both ways */
static std::string lines_of(const bgen_work_lists *works, const JumpNames &names, double kT,
                            int move, int a, int b)
{
  const bgen_works forward = works_of(works, move, a, b), reverse = works_of(works, move, b, a);
  if (!forward.n || !reverse.n) return "";
  bgen_estimate bar; // of F(b) - F(a)
  if (bgen_work_lists_difference(works, move, a, b, &bar)) bar = {NAN, INFINITY};
  const bgen_evidence evidence = bgen_evidence_of_works(&forward, &reverse, &bar);
  const bgen_estimate there = evidence.forward.one_sided, back = evidence.reverse.one_sided;
  return columns().row({names.moves[move], names.basins[a], names.basins[b], forward.n, reverse.n,
                        there.value, there.error, back.value, back.error, bar.value, bar.error,
                        kT * bar.value, kT * bar.error}) +
         diagnosis_lines(names.moves[move], evidence);
}

std::string bgen::works_table(const bgen_work_lists *works, const JumpNames &names,
                              const std::string &fix_id, double temperature, double kT)
{
  const int n_moves = static_cast<int>(names.moves.size()),
            n_basins = static_cast<int>(names.basins.size());
  std::string lines;
  for (int move = 0; move < n_moves; move++)
    for (int a = 0; a < n_basins; a++)
      for (int b = a + 1; b < n_basins; b++) lines += lines_of(works, names, kT, move, a, b);
  if (lines.empty()) return "";
  return text("\nbgen %s works: F(to) - F(from) in kT, T = %g, by works from either side alone "
              "(Jarzynski) and by both (BAR)\n",
              fix_id.c_str(), temperature) +
         columns().header() + lines;
}

/* ---- the file ---- */

/* blanks in names of moves would make two columns */
std::string bgen::works_file(const bgen_work_lists *works, const JumpNames &names,
                             const std::string &fix_id)
{
  std::string lines = "# works in kT of the moves of fix " + fix_id + "\n# move from to work\n";
  for (size_t move = 0; move < names.moves.size(); move++) {
    std::string name = names.moves[move];
    std::replace(name.begin(), name.end(), ' ', '_');
    for (size_t from = 0; from < names.basins.size(); from++)
      for (size_t to = 0; to < names.basins.size(); to++) {
        const bgen_works all =
            works_of(works, static_cast<int>(move), static_cast<int>(from), static_cast<int>(to));
        for (size_t i = 0; i < all.n; i++)
          lines += text("%s %s %s %.10g\n", name.c_str(), names.basins[from].c_str(),
                        names.basins[to].c_str(), all.work[i]);
      }
  }
  return lines;
}
