/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write_tables.cpp - the files of reduced potentials, of wells that are known, for
   tests/estimate/test_tables.py: fe.*, changed.*, warm.* and works.*, and the tables of results */

#include "two_wells.h"

#include "double_well.h"

using namespace bgen;

static bool act(TwoWells &well, const std::string &line)
{
  if (well.act(line)) return true;
  fprintf(stderr, "%s: %s\n", line.c_str(), well.sentence.c_str());
  return false;
}

static bool write_free_energies()
{
  TwoWells well;
  well.add_test_frames(well.state, 1.0, 4, 200);
  well.add_test_frames(well.state, 2.0, 2, 150);
  return act(well, "free_energy samples 1500 u_nk fe table fe.dat") &&
         act(well, "free_energy samples 500 temperatures 1 2 u_nk warm table warm.dat") &&
         act(well, "free_energy samples 1200 u_nk changed table changed.dat perturb \"k 0 3.4\"");
}

static bool write_works()
{
  TwoWells well("move transfer 1 move transfer 2");
  for (int i = 0; i < 2000; i++) {
    well.wander(0.6);
    well.state.attempt_jump();
  }
  return act(well, "works works.dat u_nk works");
}

int main()
{
  return write_free_energies() && write_works() ? 0 : 1;
}
