/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lammps_snapshot.h - what LAMMPS has in memory when a trial begins, put back bit for bit when it
   ends */

#ifndef BGEN_ENGINE_LAMMPS_SNAPSHOT_H
#define BGEN_ENGINE_LAMMPS_SNAPSHOT_H

#include "engine/group_atoms.h"

namespace LAMMPS_NS {
class Compute;
}

namespace bgen {

/* The atoms of this rank, in their order, and the box. */
struct PackedAtoms {
  std::vector<double> atoms; // as AtomVec::pack_exchange leaves them; more room than they take
  int nlocal = 0, nfirst = 0;
  double boxlo[3], boxhi[3];
};

class LammpsSnapshot : protected LAMMPS_NS::Pointers {
public:
  explicit LammpsSnapshot(LAMMPS_NS::LAMMPS *lmp);

  void pack(PackedAtoms &state) const;
  void unpack(const PackedAtoms &state);       // ghosts and neighbor lists are gone then
  void put_back_box(const PackedAtoms &state); // after that

  /* Where LAMMPS keeps energies and virials: whenever its styles may be others than before. */
  void find_energies();

  void take();
  void put_back_atoms(); // with their forces
  void put_back_box() { put_back_box(state_); }
  void put_back_tallies();

  double memory_usage() const { return n_bytes(state_.atoms, state_.f, state_.tallies); }

private:
  struct State : PackedAtoms {
    std::vector<double> f, tallies; // [nlocal][3] and as tallies_
    LAMMPS_NS::bigint eflag_global, pe_step, list_calls, list_dangers, list_step;
    int list_age;
  };
  State state_ = {};
  LAMMPS_NS::Compute *pe_ = nullptr;
  std::vector<double *> tallies_; // the energies and virials of the styles
};

} // namespace bgen

#endif
