/* SPDX-License-Identifier: GPL-2.0-or-later */
/* evaluation.h - the atoms go to a configuration, LAMMPS computes its energy and forces

   Everything is collective and gives the same bits on all ranks. */

#ifndef BGEN_ENGINE_EVALUATION_H
#define BGEN_ENGINE_EVALUATION_H

#include "engine/home.h"

#include <memory>

namespace LAMMPS_NS {
class Compute;
class Fix;
class Irregular;
} // namespace LAMMPS_NS

namespace bgen {

class Evaluation : protected LAMMPS_NS::Pointers {
public:
  Evaluation(LAMMPS_NS::LAMMPS *lmp, const GroupAtoms &group_atoms, const Home &home);
  ~Evaluation() override;

  /* Whenever styles and fixes may be others than before. */
  void prepare();

  /* Ghosts and neighbor lists may belong to atoms elsewhere. */
  void forget_lists() { listed_ = false; }

  /* The particles go where home wants them; false: LAMMPS has lost atoms, which the snapshot must
     put back. */
  bool move();
  /* New ghosts and lists of the atoms as they are; setup: between runs. False as above. */
  bool rebuild(bool setup);

  double energy(); // where the atoms are, ghosts and lists being right
  /* The same in parts, which are not counted: the fixes come between. */
  void forces_without_fixes();
  double potential_energy();
  void gradient(double *grad);

  LAMMPS_NS::bigint n_energy_calls() const { return n_energy_calls_; }
  double memory_usage() const { return n_bytes(here_); }

private:
  const GroupAtoms &group_;
  const Home &home_;
  LAMMPS_NS::Compute *pe_ = nullptr;
  std::vector<LAMMPS_NS::Fix *> energy_fixes_; // whose forces and energies belong to pe
  std::unique_ptr<LAMMPS_NS::Irregular> irregular_;
  bool warned_ = false;
  bool listed_ = false;   // ghosts and neighbor lists belong to the atoms as they are
  bool complete_ = false; // if so, the same ones belong to them anywhere
  LAMMPS_NS::bigint n_energy_calls_ = 0;

  /* The particles of this rank, in the order of LAMMPS, since the lists were built. */
  struct Here {
    int i, k;                      // local atom, particle
    double shift[3], listed_at[3]; // from the box to where home has it; where it was in the box
  };
  std::vector<Here> here_;

  void find_energy_fixes();
  void put_into_box();
  void put_beside_lists();
  bool lists_hold() const;
  bool lists_are_complete() const;
  bool has_ghosts() const;
  void find_here();
  LAMMPS_NS::imageint image_of(const double *u, LAMMPS_NS::imageint old) const;
  void new_box_and_owners(bool setup);
  void clear_forces();
};

} // namespace bgen

#endif
