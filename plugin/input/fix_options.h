/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fix_options.h - the line "fix ID group bgen N T seed keyword values ...", as plain data */

#ifndef BGEN_INPUT_FIX_OPTIONS_H
#define BGEN_INPUT_FIX_OPTIONS_H

#include "coords/pose.h"
#include "coords/symmetry.h"
#include "input/cv_options.h"
#include "input/move_options.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace bgen {

struct Settings {
  long long nevery = 0;    // steps from jump to jump; 0: none
  std::string temperature; // a number, v_name, or the ID of a thermostat fix
  uint64_t seed = 0;
  bgen_coords coords = BGEN_CARTESIAN;
  int n_space = 0; // components of a position that are moved
  bool free_chirality = false;

  /* with coords internal */
  std::string tree_file;     // "": the tree follows from bonds
  std::string aligned_group; // whose atoms are aligned as one body; "": none
  enum Circles { AUTO, ALL, NONE, LISTED } circles = AUTO;
  std::vector<int64_t> circle_atoms; // LISTED: whose torsions are circles
  bool distinct = false;             // identical none

  std::vector<int> identical_types;                  // each a species of identical particles
  std::vector<std::vector<int64_t>> identical_atoms; // so are the atoms of each of these
  std::vector<bgen_mirror> mirrors;                  // reflections that leave the energy as it is

  std::vector<CvSettings> cvs;
  std::vector<BasinSettings> basins; // at least one
  std::vector<MoveSettings> moves;   // at least one

  std::vector<double> offsets; // of the basins, reduced
  bool tunes_offsets = false;
  bool tunes = false; // these, or a move: what makes the chain inexact while it changes

  std::string flow;
  long long collect = 0; // steps from frame to frame of a run; 0: none
  bool resample_velocities = false;
  bool pools = false;    // with the fixes of the same ID in all partitions
  int n_threads = 0;     // 0: as many as this rank may use
  double overlap = 0.0;  // least distance of atoms; 0: any
  double bond_max = 0.0; // greatest length of bonds; 0: any

  std::string keywords; // as typed, but for those of the machine: what a pool must have in common

  bool only_drives() const
  {
    return std::all_of(moves.begin(), moves.end(),
                       [](const MoveSettings &move) { return move.kind == MoveSettings::DRIVEN; });
  }
  bool has_identical() const { return !identical_types.empty() || !identical_atoms.empty(); }
  /* equal atoms that hang from one atom are identical by themselves */
  bool folds_leaves() const
  {
    return coords == BGEN_INTERNAL && !distinct && identical_atoms.empty();
  }
  std::vector<std::string> basin_names() const;
  /* by kind, the second and later of a kind with a number: "fresh", "near", "fresh 2" */
  std::vector<std::string> move_names() const;

  /* One line each, for model files, restart files and "bgen info"; files compare them. */
  std::string coords_text() const;
  std::string circles_text() const;
  std::string identical_text() const;
  std::string mirrors_text() const;
  std::string basins_text() const;
  std::string moves_text() const;
  std::string offsets_text() const;

  /* as the keyword identical has it: "types 1 2; atoms 5 6" */
  std::string identical_as_typed() const;
};

/* Reads "N T seed keyword values ..." to its end; dimension: of the simulation, the default number
   of moved components.  Throws, also if the line is just "help": then the message is the table. */
Settings read_fix_settings(Line &line, int dimension);

CommandHelp fix_help();

} // namespace bgen

#endif
