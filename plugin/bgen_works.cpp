/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_works.h"

#include "bgen_counts.h"
#include "bgen_free_energy.h"
#include "bgen_points.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

BgenWorks::BgenWorks(LAMMPS *lmp, FixBgen &_fix, BgenWords &words)
    : Pointers(lmp), fix(_fix), counts(*_fix.counts), path(words.text("a file name"))
{
  words.end();
}

void BgenWorks::run()
{
  write();
  if (comm->me == 0)
    utils::logmesg(lmp, table() + "bgen " + fix.id + ": works written to " + path + "\n");
}

/* ---- the file ---- */

/* from one basin to another by one move; blanks in names of moves would make two columns */
void BgenWorks::write(FILE *file, int move, int from, int to) const
{
  std::string name = counts.move_name(move);
  std::replace(name.begin(), name.end(), ' ', '_');
  for (const double work : counts.works_of(move, from, to))
    fprintf(file, "%s %s %s %.10g\n", name.c_str(), counts.basin_name(from).c_str(),
            counts.basin_name(to).c_str(), work);
}

void BgenWorks::write() const
{
  const BgenFile file(lmp, path, "w");
  if (!file.fp) return;
  fprintf(file.fp, "# works in kT of the moves of fix %s\n# move from to work\n", fix.id);
  for (int move = 0; move < counts.n_moves(); move++)
    for (int from = 0; from < counts.n_basins; from++)
      for (int to = 0; to < counts.n_basins; to++) write(file.fp, move, from, to);
}

/* ---- the table ---- */

/* What the works of one way tell, those of the other way only by how many arrive; in order of time they are one run.
   sign: of F(to) - F(from). */
static bgen_side side_of(const std::vector<double> &works, const std::vector<double> &others,
                         double sign)
{
  bgen_side side = bgen_evidence_unknown().forward;
  std::vector<double> log_w(works);
  for (double &value : log_w) value = -value;
  side.n = works.size();
  side.effective = bgen_kish_ess(log_w.size(), log_w.data());
  const size_t n_others = others.size();
  const bgen_works all = {side.n, works.data(), {1, &side.n}},
                   back = {n_others, others.data(), {1, &n_others}};
  if (bgen_estimate_one_sided(&all, &back, &side.one_sided)) side.one_sided = {NAN, NAN};
  side.one_sided.value *= sign;
  return side;
}

/* F(b) - F(a) by the works from a, by those from b, and by both; NaN where they do not tell */
std::string BgenWorks::row(int move, int a, int b) const
{
  const std::vector<double> &there = counts.works_of(move, a, b),
                            &back = counts.works_of(move, b, a);
  if (there.empty() || back.empty()) return "";
  bgen_evidence all = bgen_evidence_unknown();
  all.forward = side_of(there, back, +1.0);
  all.reverse = side_of(back, there, -1.0);
  if (counts.difference_by_works(move, a, b, &all.estimate)) all.estimate = {NAN, NAN};
  const bgen_estimate &f = all.forward.one_sided, &r = all.reverse.one_sided, &bar = all.estimate;
  const double kT = fix.configuration->kT(counts.temperature);
  const std::string &name = counts.move_name(move);
  return bgen_text(
             "%-11s %-12s %-12s %8zu %8zu %10.4f %8.4f %10.4f %8.4f %10.4f %8.4f %12.6g %10.2g\n",
             name.c_str(), counts.basin_name(a).c_str(), counts.basin_name(b).c_str(), there.size(),
             back.size(), f.value, f.error, r.value, r.error, bar.value, bar.error, kT * bar.value,
             kT * bar.error) +
         bgen_diagnosis_lines(name, all);
}

std::string BgenWorks::table() const
{
  std::string rows;
  for (int move = 0; move < counts.n_moves(); move++)
    for (int a = 0; a < counts.n_basins; a++)
      for (int b = a + 1; b < counts.n_basins; b++) rows += row(move, a, b);
  if (rows.empty()) return "";
  return bgen_text("\nbgen %s works: F(to) - F(from) in kT, T = %g, by works from either side "
                   "alone (Jarzynski) and by "
                   "both (BAR)\n%-11s %-12s %-12s %8s %8s %10s %8s %10s %8s %10s %8s %12s %10s\n",
                   fix.id, counts.temperature, "Move", "From", "To", "There", "Back", "By-there",
                   "Error", "By-back", "Error", "BAR", "Error", "Energy", "Error") +
         rows;
}
