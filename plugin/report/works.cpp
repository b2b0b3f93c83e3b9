/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/works.h"

#include "input/text.h"
#include "report/diagnosis.h"
#include "report/table.h"

#include <algorithm>

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

static std::vector<Cell> cells(const WorksOfMove &of, double kT)
{
  const bgen_side &there = of.evidence.forward, &back = of.evidence.reverse;
  const bgen_estimate &bar = of.evidence.estimate;
  return {of.move,
          of.first,
          of.other,
          there.n,
          back.n,
          there.one_sided.value,
          there.one_sided.error,
          back.one_sided.value,
          back.one_sided.error,
          bar.value,
          bar.error,
          kT * bar.value,
          kT * bar.error};
}

std::string bgen::works_table(const WorksTable &table)
{
  if (table.rows.empty()) return "";
  std::string lines = text("\nbgen %s works: F(to) - F(from) in kT, T = %g, by works from either "
                           "side alone (Jarzynski) and by both (BAR)\n",
                           table.fix_id.c_str(), table.temperature) +
                      columns().header();
  for (const WorksOfMove &row : table.rows)
    lines += columns().row(cells(row, table.kT)) + diagnosis_lines(row.move, row.evidence);
  return lines;
}

/* ---- the file ---- */

std::string bgen::works_file_head(const std::string &fix_id)
{
  return "# works in kT of the moves of fix " + fix_id + "\n# move from to work\n";
}

/* blanks in names of moves would make two columns */
std::string bgen::works_file_lines(const std::string &move, const std::string &from,
                                   const std::string &to, const bgen_works &works)
{
  std::string name = move, lines;
  std::replace(name.begin(), name.end(), ' ', '_');
  for (size_t i = 0; i < works.n; i++)
    lines += text("%s %s %s %.10g\n", name.c_str(), from.c_str(), to.c_str(), works.work[i]);
  return lines;
}
