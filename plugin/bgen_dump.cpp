/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_dump.h"

#include "bgen_points.h"
#include "configuration.h"
#include "fix_bgen.h"

using namespace LAMMPS_NS;

static void write_frame(FILE *file, const BgenConfiguration &configuration,
                        const BgenPoints &points, size_t i)
{
  const int n_space = configuration.n_space();
  const double *x = &points.x[i * configuration.dim()];
  fprintf(file, "ITEM: TIMESTEP\n%zu\nITEM: NUMBER OF ATOMS\n%d\n%sITEM: ATOMS id type", i + 1,
          configuration.n_particles(), configuration.box_text().c_str());
  for (int c = 0; c < n_space; c++) fprintf(file, " %cu", "xyz"[c]);
  fprintf(file, " u log_q log_w\n");
  for (int p = 0; p < configuration.n_particles(); p++) {
    fprintf(file, "%lld %d", (long long) configuration.tags()[p], configuration.types()[p]);
    for (int c = 0; c < n_space; c++) fprintf(file, " %.12g", x[p * n_space + c]);
    fprintf(file, " %.10g %.10g %.10g\n", points.u[i], points.log_q[i], points.log_w(i));
  }
}

void LAMMPS_NS::bgen_write_dump(LAMMPS *lmp, const std::string &path, const FixBgen &fix,
                                const BgenPoints &points)
{
  const BgenFile file(lmp, path, "w");
  for (size_t i = 0; file.fp && i < points.n(); i++)
    write_frame(file.fp, *fix.configuration, points, i);
}
