/* SPDX-License-Identifier: GPL-2.0-or-later */
/* known_molecule.h - a molecule of seven atoms of which bonds, angles and torsions are independent,
   so that exact configurations and free energies are known

       4 5 6        C1 (atom 1) has three equal leaves, 4 5 6; C3 has one, 7; all on the tree whose
        \|/         root is atom 2, with
     7   1
      \ /           u = sum over 6 bonds of K_BOND/2 (r - R0)^2 + over 5 angles K_ANGLE/2 (t - T0)^2
       3 - 2            + leaves(chi, delta) + turn(phi)

   where chi is the torsion of atom 4 about the bond of 1 and 2, delta those of 5 and 6 against it,
   and phi is that of atom 7 about the bond of 3 and 2, with two wells.  (The sketch is not true to
   scale.)  Group spine has atoms 1, 2, 3.  Units: kT is 1. */

#ifndef BGEN_TESTS_HOUSE_KNOWN_MOLECULE_H
#define BGEN_TESTS_HOUSE_KNOWN_MOLECULE_H

#include "actions/actions.h"
#include "analytic_engine.h"
#include "state/state.h"

#include <memory>
#include <string>
#include <vector>

namespace bgen {

struct KnownMolecule : Surroundings {
  enum { N = 7, DIM = 3 * N, N_SHAPE = DIM - 6 };
  enum { Y = 5, PHI = 14 }; // numbers of a shape: the torsions chi and phi

  /* words of the fix; two basins, plus (0 < phi < 180) and minus */
  explicit KnownMolecule(const std::string &words = "", int n_frames = 600);

  World world;
  AnalyticHost host;
  std::unique_ptr<State> state;
  double spoiled = 0.0; // of a spring that only atom 4 feels

  State *find(const std::string &) override { return nullptr; }
  void act(const std::string &words);
  std::string sentence(const std::string &words); // that it ends in; "": none

  const bgen_tree &tree() const { return *tree_; } // of bonds, whatever the fix has
  double energy(const double *x, double *grad);
  /* of both basins (k < 0) or one, anywhere, turned anyhow; a number has its own */
  void draw(uint64_t number, int k, double *x);

  static double exact(int k);        // F of basin k, of shapes up to the names of the leaves
  static double share();             // of basin plus
  static double mean_sin_phi(int k); // k < 0: of both

private:
  Owned<bgen_tree, bgen_tree_destroy> tree_;
};

} // namespace bgen

#endif
