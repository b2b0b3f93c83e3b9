/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lammps_box.h - the simulation box of LAMMPS; nothing of it is collective */

#ifndef BGEN_ENGINE_LAMMPS_BOX_H
#define BGEN_ENGINE_LAMMPS_BOX_H

#include "engine/box.h"

#include "pointers.h"

#include <vector>

namespace bgen {

class LammpsBox : public Box, protected LAMMPS_NS::Pointers {
public:
  explicit LammpsBox(LAMMPS_NS::LAMMPS *lmp) : Pointers(lmp) {}
  ~LammpsBox() noexcept override {} // newer Pointers have a destructor that may throw

  std::string text() const override;
  bgen_cell cell() const override;
  void hold() override;
  std::string change() const override;
  std::string lengths() const override;
  bool is_sampled() const override;

private:
  std::vector<double> held_; // as periodic(); empty: none

  std::vector<double> periodic() const;
};

} // namespace bgen

#endif
