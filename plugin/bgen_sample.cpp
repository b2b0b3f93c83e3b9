/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_sample.h"

#include "bgen_dump.h"
#include "bgen_model.h"
#include "bgen_points.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "estimate/free_energy.h"
#include "fix_bgen.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;

BgenSample::BgenSample(LAMMPS *lmp, FixBgen &_fix, BgenWords &words)
    : Pointers(lmp), fix(_fix), temperature(_fix.temperature()),
      n_samples(words.integer(1, "number of samples")), only(-1), observables(lmp, _fix)
{
  while (words.more()) {
    const std::string keyword = words.text("a keyword");
    if (keyword == "file")
      path = words.text("a file name");
    else if (keyword == "dump")
      dump_path = words.text("a file name");
    else if (keyword == "basin")
      only = fix.model->read_basin(words);
    else if (keyword == "also")
      do observables.add(words);
      while (observables.is_one(words.peek()));
    else
      words.fail("unknown keyword '" + keyword + "' of sample: use one of file, dump, basin, also");
  }
  fix.model->need_flows(words);
}

void BgenSample::run()
{
  const BgenFile file(lmp, path, "w");
  BgenPoints points(lmp, fix);
  points.keep_x = !dump_path.empty();
  fix.configuration->begin_command();
  fix.check_symmetries();
  if (observables.size()) {
    observables.begin();
    points.observe(&observables);
  }
  points.add_samples(only, n_samples);
  fix.configuration->end_command();
  report(points);
  if (points.keep_x) bgen_write_dump(lmp, dump_path, fix, points);
  if (!file.fp) return;
  fprintf(file.fp, "# samples of fix %s at temperature %g; basin 0: none\n", fix.id, temperature);
  fprintf(file.fp, "# index component basin in_domain %s\n", points.columns().c_str());
  for (size_t i = 0; i < points.n(); i++)
    fprintf(file.fp, "%zu %d %d %d %s\n", i + 1, points.component[i] + 1, points.basin[i] + 1,
            points.in_domain[i], points.row(i).c_str());
}

void BgenSample::report(const BgenPoints &points)
{
  if (comm->me) return;
  std::vector<double> log_w(points.n());
  for (size_t i = 0; i < points.n(); i++) log_w[i] = points.log_w(i);
  const double percent = 100.0 / points.n();
  const size_t inside = std::count(points.in_domain.begin(), points.in_domain.end(), 1);
  utils::logmesg(lmp,
                 bgen_text("\nbgen %s sample: %zu samples, %.2f %% in the domain of their flow, "
                           "effective sample size %.2f %%\n",
                           fix.id, points.n(), inside * percent,
                           bgen_kish_ess(points.n(), log_w.data()) * percent));
}
