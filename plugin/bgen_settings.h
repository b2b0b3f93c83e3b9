/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_settings.h - what the line "fix ID group bgen N T seed keyword value ..." says */

#ifndef LMP_BGEN_SETTINGS_H
#define LMP_BGEN_SETTINGS_H

#include "bgen_move.h"
#include "coords/cv.h"
#include "pointers.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace LAMMPS_NS {

/* A collective variable as the user wrote it. The particles of its terms, and of.term, are filled in
   once the atoms are known. */
struct BgenVariable {
  std::string name, text;
  std::vector<tagint> tags;        // one for each term
  std::vector<bgen_cv_term> terms; // what of.term points to
  bgen_cv of;
};

/* A basin holds the configurations whose cvs all lie in its ranges. */
struct BgenBasin {
  std::string name;
  std::vector<bgen_cv_range> ranges; // one for each cv
};

/* Reflection of component axis about a plane, which the user says leaves the energy as it is. */
struct BgenMirror {
  int axis;
  double plane;
};

struct BgenSettings {
  bigint nevery = 0;       // steps from jump to jump; 0: none
  std::string temperature; // a number, v_name, or the ID of a thermostat fix
  uint64_t seed = 0;
  int n_space = 0;                        // components of a position that are moved
  std::vector<int> relabel_types;         // each a species of identical particles
  std::vector<std::vector<tagint>> swaps; // so are the atoms of each of these
  std::vector<int>
      species; // [n_particles] as in core/coords/relabel.h, filled in once the atoms are known;
               // empty: all are distinct
  std::vector<BgenMirror> mirrors;
  std::vector<BgenVariable> cvs;
  std::vector<BgenBasin> basins; // at least one
  std::vector<BgenMove> moves;   // at least one
  std::vector<double> offsets;   // of the basins, reduced
  bool tunes_offsets = false;
  bool tunes = false; // these, or a move: what makes the chain inexact while it changes
  std::string flow = "whiten; realnvp blocks 12 width 100 depth 2";
  bigint collect = 0; // steps from frame to frame of a run; 0: none
  bool resample = false;
  int n_threads = 0; // 0: as many as this rank may use
  double overlap = 0.0;
  double bond_max = 0.0;

  /* arg as LAMMPS gives it to a fix; any mistake ends in error->all */
  BgenSettings(class LAMMPS *lmp, int narg, char **arg);

  /* One line each, for model files and "bgen info". */
  std::string relabel_text() const;
  std::string moves_text() const;
  std::string mirrors_text() const;
  std::string cvs_text() const;
  std::string basins_text() const;
  std::string offsets_text() const;

private:
  void read_keyword(class BgenWords &words, const std::string &keyword);
  void read_relabel(BgenWords &words);
  void read_swap(BgenWords &words);
  void read_mirror(BgenWords &words);
  void read_cv(BgenWords &words);
  void read_basin(BgenWords &words);
  void read_move(BgenWords &words);
  void read_offset(BgenWords &words);
  std::vector<std::pair<std::string, double>> named_offsets; // until the basins are known
  void resolve_offsets(const BgenWords &words);
  BgenBasin &basin_named(const std::string &name);
  void finish(const BgenWords &words);
  void check_space(const BgenWords &words, const BgenVariable &cv) const;
  bool disjoint(const BgenBasin &a, const BgenBasin &b) const;
};

} // namespace LAMMPS_NS

#endif
