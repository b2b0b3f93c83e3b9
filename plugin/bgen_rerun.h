/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_rerun.h - what may be wrong with the frames that a rerun reads, told by the frames alone

   LAMMPS reads a dump without complaint that lacks atoms (they stay where they were), that has positions in the box but no
   image flags (atoms jump by a box where they cross its border), or positions beyond the box that it takes for positions in
   the box (image flags grow from frame to frame). */

#ifndef LMP_BGEN_RERUN_H
#define LMP_BGEN_RERUN_H

#include "pointers.h"

#include <string>
#include <vector>

namespace LAMMPS_NS {

/* All functions are collective, and x[dim] is the same on all ranks. */
class BgenRerun : protected Pointers {
public:
  BgenRerun(LAMMPS *lmp, class BgenConfiguration &configuration);

  /* Each time that LAMMPS makes ready to compute, before a rerun and at each of its frames: where the atoms are. */
  void begin(const double *x);

  /* A frame: stops with one sentence if it is not to be used. */
  void check(const double *x);

  /* After the last frame: stops, or warns, if the frames together show a mistake. */
  void end();

  bigint n_frames() const { return n; } // since the last end()

private:
  BgenConfiguration &configuration;
  const int n_space, n_particles;
  std::vector<double> now, before; // where the atoms are, and where they were at the begin() before
  bigint n, n_moving;              // frames, and those in which an atom moved
  bool moves;                      // an atom has moved between two frames of this rerun
  std::vector<bigint> streak; // frames in a row in which an atom has moved, or, negative, has not
  bool knows_bonds;
  std::vector<int> bonds;         // two ends each
  std::vector<double> bond_boxes; // [bonds][3] boxes between them in the first frame of all
  bigint n_across, n_half;        // displacements by about a box, and by about half of one
  std::string across;             // the first of them

  std::string where() const;
  std::string atom_text(int i) const;
  void warn(const std::string &sentence) const;
  void check_energy() const;
  void check_box() const;
  void count_still(const double *x);
  void judge_still(bigint length) const;
  void check_bonds(const double *x);
  void count_across(const double *x);
};

} // namespace LAMMPS_NS

#endif
