/* SPDX-License-Identifier: GPL-2.0-or-later */
/* partitions.h - the partitions of LAMMPS (switch -partition) as a Pool, on the ranks that lead */

#ifndef BGEN_ENGINE_PARTITIONS_H
#define BGEN_ENGINE_PARTITIONS_H

#include "engine/pool.h"
#include "pointers.h"

#include <memory>
#include <string>
#include <vector>

namespace bgen {

class Partitions : public Pool, protected LAMMPS_NS::Pointers {
public:
  /* Those of a LAMMPS, as long as somebody has them; all its pools share them, so that an error in
     one reaches who waits in another.  Collective over the ranks that lead: a partition without a
     fix in a pool never comes, and the screen says who waits for it. */
  static std::shared_ptr<Partitions> of(LAMMPS_NS::LAMMPS *lmp, const std::string &fix_id);
  Partitions(LAMMPS_NS::LAMMPS *lmp, const std::string &fix_id);
  ~Partitions() noexcept override; // as in LammpsBox

  int n() const override;
  int number() const override;

private:
  MPI_Comm leaders_; // in the order of their partitions
  std::vector<bgen_real> pieces_;

  std::vector<std::string> exchange(const std::string &own) override;
  void add_up(size_t n, bgen_real *values) override;
  void say(const std::string &sentence) override;
};

/* Where LAMMPS has partitions, the screen shows nothing of what they print: an error of this one is
   said there, by its first rank. */
void tell_universe(LAMMPS_NS::LAMMPS *lmp, const std::string &sentence);

} // namespace bgen

#endif
