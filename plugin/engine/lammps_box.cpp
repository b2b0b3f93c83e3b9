/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/lammps_box.h"

#include "domain.h"
#include "input/text.h"

#include <cmath>

using namespace LAMMPS_NS;

namespace bgen {

static constexpr double SAME_BOX = 1e-6; // relative: some formats keep single precision

bgen_cell LammpsBox::cell() const
{
  bgen_cell cell = {0.0, 0.0, 0.0, domain->yz, domain->xz, domain->xy, {false, false, false}};
  double *const edges[] = {&cell.xx, &cell.yy, &cell.zz};
  for (int c = 0; c < 3; c++) {
    const bool is_given = domain->boundary[c][0] < 2 && domain->boundary[c][1] < 2; // p or f
    if (is_given) *edges[c] = domain->prd[c];
    cell.periodic[c] = domain->periodicity[c];
  }
  return cell;
}

std::string LammpsBox::text() const
{
  char boundary[9];
  const double *lo = domain->triclinic ? domain->boxlo_bound : domain->boxlo;
  const double *hi = domain->triclinic ? domain->boxhi_bound : domain->boxhi;
  const double tilt[3] = {domain->xy, domain->xz, domain->yz};
  domain->boundary_string(boundary);
  std::string text = domain->triclinic ? "ITEM: BOX BOUNDS xy xz yz " : "ITEM: BOX BOUNDS ";
  text += std::string(boundary) + "\n";
  for (int c = 0; c < 3; c++) {
    text += bgen::text("%.15g %.15g", lo[c], hi[c]);
    if (domain->triclinic) text += bgen::text(" %.15g", tilt[c]);
    text += "\n";
  }
  return text;
}

/* Lengths, then the tilts xy, xz, yz, of the periodic directions, else 0. */
std::vector<double> LammpsBox::periodic() const
{
  const int *wraps = domain->periodicity;
  return {wraps[0] ? domain->xprd : 0.0, wraps[1] ? domain->yprd : 0.0,
          wraps[2] ? domain->zprd : 0.0, wraps[1] ? domain->xy : 0.0,
          wraps[2] ? domain->xz : 0.0,   wraps[2] ? domain->yz : 0.0};
}

void LammpsBox::hold()
{
  if (held_.empty()) held_ = periodic();
}

/* to what SAME_BOX tells apart */
std::string LammpsBox::lengths() const
{
  const std::vector<double> of = held_.empty() ? periodic() : held_;
  return bgen::text("%.6g %.6g %.6g, tilts %.6g %.6g %.6g", of[0], of[1], of[2], of[3], of[4],
                    of[5]);
}

bool LammpsBox::is_sampled() const
{
  return domain->box_change != 0;
}

std::string LammpsBox::change() const
{
  static const char *const names[] = {"length in x", "length in y", "length in z",
                                      "tilt xy",     "tilt xz",     "tilt yz"};
  if (held_.empty()) return "";
  const std::vector<double> now = periodic();
  for (int k = 0; k < 6; k++) {
    const double scale = k < 3 ? held_[k] : domain->prd[k < 4 ? 1 : 2];
    if (!(std::fabs(now[k] - held_[k]) <= SAME_BOX * scale))
      return bgen::text("%s %.10g, not %.10g", names[k], now[k], held_[k]);
  }
  return "";
}

} // namespace bgen
