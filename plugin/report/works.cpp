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

std::vector<WorksBothWays> bgen::works_both_ways(const bgen_work_lists *works,
                                                 const JumpNames &names)
{
  const int n_moves = static_cast<int>(names.moves.size()),
            n_basins = static_cast<int>(names.basins.size());
  std::vector<WorksBothWays> all;
  for (int move = 0; move < n_moves; move++)
    for (int a = 0; a < n_basins; a++)
      for (int b = a + 1; b < n_basins; b++) {
        WorksBothWays of = {names.moves[move],
                            names.basins[a],
                            names.basins[b],
                            works_of(works, move, a, b),
                            works_of(works, move, b, a),
                            {NAN, INFINITY}};
        if (!of.there.n || !of.back.n) continue;
        if (bgen_work_lists_difference(works, move, a, b, &of.bar)) of.bar = {NAN, INFINITY};
        all.push_back(of);
      }
  return all;
}

/* with its warnings */
static std::string lines_of(const WorksBothWays &of, double kT)
{
  const bgen_evidence evidence = bgen_evidence_of_works(&of.there, &of.back, &of.bar);
  const bgen_estimate there = evidence.forward.one_sided, back = evidence.reverse.one_sided;
  return columns().row({of.move, of.from, of.to, of.there.n, of.back.n, there.value, there.error,
                        back.value, back.error, of.bar.value, of.bar.error, kT * of.bar.value,
                        kT * of.bar.error}) +
         diagnosis_lines(of.move, evidence);
}

std::string bgen::works_table(const std::vector<WorksBothWays> &works, const std::string &fix_id,
                              double temperature, double kT)
{
  std::string lines;
  for (const WorksBothWays &of : works) lines += lines_of(of, kT);
  if (lines.empty()) return "";
  return text("\nbgen %s works: F(to) - F(from) in kT, T = %g, by works from either side alone "
              "(Jarzynski) and by both (BAR)\n",
              fix_id.c_str(), temperature) +
         columns().header() + lines;
}

/* ---- the file ---- */

std::string bgen::one_word(std::string name)
{
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

std::string bgen::works_file(const bgen_work_lists *works, const JumpNames &names,
                             const std::string &fix_id)
{
  std::string lines = "# works in kT of the moves of fix " + fix_id + "\n# move from to work\n";
  for (size_t move = 0; move < names.moves.size(); move++) {
    const std::string name = one_word(names.moves[move]);
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
