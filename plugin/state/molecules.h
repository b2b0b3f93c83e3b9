/* SPDX-License-Identifier: GPL-2.0-or-later */
/* molecules.h - atoms of a fix as molecules of bonds, angles and torsions, with coords internal,
   where the atoms of one group may be aligned as one body, from which the others hang

   The tree (core/coords/tree.h) is that of the bonds, masses and positions that LAMMPS has when the
   fix is defined, or of a file. */

#ifndef BGEN_STATE_MOLECULES_H
#define BGEN_STATE_MOLECULES_H

#include "coords/internal.h"
#include "coords/rotors.h"
#include "engine/host.h"
#include "input/cv_options.h"
#include "input/fix_options.h"
#include "state/owned.h"

#include <string>
#include <vector>

namespace bgen {

class Molecules {
public:
  /* Nothing with other coordinates.  Throws where the atoms are no molecules: no bonds, some that
     are missing, three atoms on one line, a molecule that is not whole. */
  Molecules(const Settings &settings, Host &host, Engine &engine);

  const bgen_tree *tree() const { return tree_.get(); } // nullptr: other coordinates
  size_t n_shape() const { return bgen_internal_kinds(tree(), nullptr); }
  /* [n_particles]: a number for equal leaves that turn about one bond, -1 for others; empty: there
     are none. */
  const std::vector<int> &leaves() const { return leaves_; }
  /* [n_shape]: 1 circle, 0 line, -1 as the frames tell; empty: all as the frames tell. */
  const std::vector<signed char> &circles() const { return circles_; }
  const std::vector<double> &first() const { return x_; } // the configuration it was made from

  /* Throws unless they turn about one bond. */
  void check_identical(const std::vector<int> &particles) const;
  /* With particles: jumps carry molecules along, and see nothing of where they are. */
  void check_cv(const CvSettings &cv) const;

private:
  const Settings &settings_;
  const Body &body_;
  std::vector<double> x_, masses_;
  Topology topology_;
  std::vector<std::vector<int>> neighbors_; // of each particle
  std::vector<size_t> aligned_;             // particles that are aligned as one body
  std::vector<int> molecule_;               // of each particle, as the tree numbers them
  Owned<bgen_tree, bgen_tree_destroy> tree_;
  std::vector<int> leaves_;
  std::vector<signed char> circles_;

  [[noreturn]] void refuse(const std::string &sentence) const;
  long long id(size_t particle) const { return body_.tags[particle]; }
  void find_masses(Engine &engine);
  void find_neighbors();
  void find_aligned(const std::vector<int> &in_group);
  void grow();
  std::vector<bgen_tree_node> read_nodes() const;
  size_t particle_named(long long name, int line) const;
  void find_molecules();
  void need_bonds() const;
  void need_whole(const Box &box) const;
  void need_short(const bgen_cell &cell, size_t i, size_t j) const;
  void need_no_pieces() const;
  std::vector<bgen_rotor> rotors(const std::vector<int> &species) const;
  void find_leaves();
  void find_circles();
};

} // namespace bgen

#endif
