/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rerun_checks.h - what may be wrong with the frames that a rerun reads, found from the frames
   alone

   LAMMPS reads without complaint a dump that lacks atoms or a component (they stay where they
   were), that has positions in the box but no image flags (atoms jump by a box where they cross its
   boundary), or positions beyond the box that it takes for positions in the box (image flags grow
   from frame to frame). */

#ifndef BGEN_STATE_RERUN_CHECKS_H
#define BGEN_STATE_RERUN_CHECKS_H

#include "coords/pose.h"
#include "engine/host.h"

#include <string>
#include <vector>

namespace bgen {

class RerunChecks {
public:
  RerunChecks(Host &host, const Body &body, bgen_coords coords);

  /* Each time that LAMMPS makes ready to compute, before a rerun and at each of its frames: where
     the atoms are, x[dim]. */
  void begin(const double *x);
  /* A frame: throws one sentence if it is not to be used.  Its energy first: only where no atom is
     lost there is an x. */
  void check_energy() const;
  void check(const double *x);
  /* After the last frame: throws, or warns, if the frames together show a mistake. */
  void end();
  long long n_frames() const { return n_; } // since the last end()

private:
  Host &host_;
  const Body &body_;
  const int n_space_, n_particles_;
  const bool drifts_;                // it does not matter where the atoms are as a whole
  std::vector<double> now_, before_; // where the atoms are, and were at the begin() before
  long long n_ = 0, n_moving_ = 0;   // frames, and those in which an atom moved
  /* an atom has moved between two frames of this rerun, and along this component */
  bool moves_ = false, moves_along_[3] = {false, false, false};
  /* frames in a row in which an atom has moved, or, negative, has not */
  std::vector<long long> streak_;
  bool knows_bonds_ = false;
  std::vector<int> bonds_;              // two ends each
  std::vector<double> bond_boxes_;      // [bonds][3] boxes between them in the first frame of all
  long long n_across_ = 0, n_half_ = 0; // displacements by about a box, and by about half of one
  std::string across_;                  // the first of them

  std::string where() const;
  std::string atom_text(int i) const;
  void warn(const std::string &sentence) const;
  void check_box() const;
  std::vector<char> find_moved(const double *x) const;
  bool has_moved(const double *x, size_t c, double scale) const;
  void find_components(const double *x);
  void warn_of_still() const;
  void count_still(const double *x);
  void judge_still(long long length) const;
  void check_bonds(const double *x);
  void fractions(const double *a, const double *b, double *s) const;
  void check_bond(size_t bond, const double *s, bool first);
  void count_across(const double *x);
};

} // namespace bgen

#endif
