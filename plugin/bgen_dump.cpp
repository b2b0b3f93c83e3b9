/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_dump.h"

#include "bgen_points.h"
#include "bgen_words.h"
#include "configuration.h"
#include "fix_bgen.h"

using namespace LAMMPS_NS;

/* the values stand in each line */
static void write_frame(FILE *file, const BgenConfiguration &configuration, size_t step,
                        const double *x, const std::string &columns, const std::string &values)
{
  const int n_space = configuration.n_space();
  fprintf(file, "ITEM: TIMESTEP\n%zu\nITEM: NUMBER OF ATOMS\n%d\n%sITEM: ATOMS id type", step,
          configuration.n_particles(), configuration.box.text().c_str());
  for (int c = 0; c < n_space; c++) fprintf(file, " %cu", "xyz"[c]);
  fprintf(file, " %s\n", columns.c_str());
  for (int p = 0; p < configuration.n_particles(); p++) {
    fprintf(file, "%lld %d", (long long) configuration.tags()[p], configuration.types()[p]);
    for (int c = 0; c < n_space; c++) fprintf(file, " %.12g", x[p * n_space + c]);
    fprintf(file, "%s\n", values.c_str());
  }
}

void LAMMPS_NS::bgen_write_dump(LAMMPS *lmp, const std::string &path, const FixBgen &fix,
                                const std::vector<double> &x, const std::string &columns,
                                const std::vector<double> &values)
{
  const BgenFile file(lmp, path, "w");
  const size_t n = x.size() / fix.configuration->dim(), n_columns = n ? values.size() / n : 0;
  for (size_t i = 0; file.fp && i < n; i++) {
    std::string text;
    for (size_t c = 0; c < n_columns; c++) text += bgen_text(" %.10g", values[i * n_columns + c]);
    write_frame(file.fp, *fix.configuration, i + 1, &x[i * fix.configuration->dim()], columns,
                text);
  }
}

void LAMMPS_NS::bgen_write_dump(LAMMPS *lmp, const std::string &path, const FixBgen &fix,
                                const BgenPoints &points)
{
  std::vector<double> values;
  for (size_t i = 0; i < points.n(); i++)
    values.insert(values.end(), {points.u[i], points.log_q[i], points.log_w(i)});
  bgen_write_dump(lmp, path, fix, points.x, "u log_q log_w", values);
}
