/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/molecules.h"

#include "input/error.h"
#include "input/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

using namespace bgen;

Molecules::Molecules(const Settings &settings, Host &host, Engine &engine)
    : settings_(settings), body_(engine.body())
{
  if (settings.coords != BGEN_INTERNAL) return;
  x_.resize(body_.dim());
  engine.gather(x_.data());
  topology_ = host.topology();
  find_masses(engine);
  find_neighbors();
  if (!settings_.aligned_group.empty())
    find_aligned(host.probe(engine).in_group(settings_.aligned_group));
  if (settings_.tree_file.empty()) need_bonds();
  grow();
  find_molecules();
  if (settings_.tree_file.empty()) need_no_pieces();
  need_whole(host.box());
  if (settings_.folds_leaves()) find_leaves();
  if (settings_.circles != Settings::AUTO) find_circles();
}

void Molecules::refuse(const std::string &sentence) const
{
  throw Error("fix bgen: coords internal: " + sentence);
}

/* ---- what LAMMPS knows ---- */

void Molecules::find_masses(Engine &engine)
{
  std::vector<double> variance(body_.dim());
  engine.velocity_variance(1.0, variance.data());
  for (size_t i = 0; i < body_.tags.size(); i++) {
    masses_.push_back(1.0 / variance[3 * i]);
    if (!(masses_[i] > 0.0 && std::isfinite(masses_[i])))
      refuse(text("atom %lld has no mass yet: set the masses before the fix is defined", id(i)));
  }
}

/* LAMMPS may know a bond from both of its ends */
void Molecules::find_neighbors()
{
  neighbors_.resize(body_.tags.size());
  std::vector<std::pair<int, int>> bonds;
  for (size_t b = 0; b < topology_.bonds.size(); b += 2)
    bonds.push_back(std::minmax(topology_.bonds[b], topology_.bonds[b + 1]));
  std::sort(bonds.begin(), bonds.end());
  bonds.erase(std::unique(bonds.begin(), bonds.end()), bonds.end());
  topology_.bonds.clear();
  for (const auto &[i, j] : bonds) {
    topology_.bonds.insert(topology_.bonds.end(), {i, j});
    neighbors_[i].push_back(j);
    neighbors_[j].push_back(i);
  }
}

void Molecules::find_aligned(const std::vector<int> &in_group)
{
  for (size_t i = 0; i < in_group.size(); i++)
    if (in_group[i]) aligned_.push_back(i);
  if (aligned_.size() == in_group.size())
    refuse("all atoms are in the group " + settings_.aligned_group +
           " that is aligned: use coords aligned");
}

void Molecules::need_bonds() const
{
  if (topology_.bonds.empty())
    refuse("LAMMPS has no bonds between the atoms of the group: give them in the data file, or by "
           "create_bonds, or use 'coords internal file F'");
  for (size_t i = 0; i < neighbors_.size(); i++)
    if (neighbors_[i].empty() && !std::count(aligned_.begin(), aligned_.end(), i))
      refuse(
          text("atom %lld has no bond to another atom of the group, so no jump would move it: add "
               "its bonds, or leave it out of the group",
               id(i)));
}

/* ---- the tree ---- */

void Molecules::grow()
{
  const size_t n_bonds = topology_.bonds.size() / 2;
  std::vector<std::array<size_t, 2>> bonds(n_bonds + 1); // no empty array
  for (size_t b = 0; b < 2 * n_bonds; b++) bonds[b / 2][b % 2] = topology_.bonds[b];
  const bgen_molecules of = {
      body_.tags.size(), n_bonds,        reinterpret_cast<const size_t(*)[2]>(bonds.data()),
      masses_.data(),    x_.data(),      body_.tags.data(),
      aligned_.size(),   aligned_.data()};
  bgen_tree *made = nullptr;
  if (settings_.tree_file.empty()) {
    check(bgen_tree_create(&of, &made), "fix bgen");
  } else {
    const std::vector<bgen_tree_node> nodes = read_nodes();
    check(bgen_tree_of_nodes(&of, nodes.size(), nodes.data(), &made),
          ("fix bgen: " + settings_.tree_file).c_str());
  }
  tree_.reset(made);
}

size_t Molecules::particle_named(long long name, int line) const
{
  if (name == 0) return BGEN_NO_ATOM;
  const int particle = body_.particle(name);
  if (particle < 0)
    refuse(text("line %d of %s: atom %lld is not in the group of the fix", line,
                settings_.tree_file.c_str(), name));
  return particle;
}

/* "ID bond angle torsion" a line, 0: none; what follows # is left out */
std::vector<bgen_tree_node> Molecules::read_nodes() const
{
  std::ifstream file(settings_.tree_file);
  if (!file) refuse("cannot read the file " + settings_.tree_file);
  std::vector<bgen_tree_node> nodes;
  std::string line;
  for (int n = 1; std::getline(file, line); n++) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string first, more;
    if (!(words >> first)) continue;
    words.seekg(0);
    long long name[4] = {};
    words >> name[0] >> name[1] >> name[2] >> name[3];
    if (!words || words >> more || *std::min_element(name, name + 4) < 0 || name[0] == 0)
      refuse(text("line %d of %s is '%s': expected four atom IDs, of the atom and of the bond, the "
                  "angle and the torsion that place it, or 0 for none",
                  n, settings_.tree_file.c_str(), line.c_str()));
    nodes.push_back({particle_named(name[0], n), particle_named(name[1], n),
                     particle_named(name[2], n), particle_named(name[3], n)});
  }
  return nodes;
}

void Molecules::find_molecules()
{
  molecule_.resize(body_.tags.size());
  for (size_t m = 0; m < tree_->n_molecules; m++)
    for (size_t k = tree_->first[m]; k < tree_->first[m + 1]; k++)
      molecule_[tree_->node[k].atom] = static_cast<int>(m);
}

void Molecules::need_no_pieces() const
{
  std::map<int64_t, size_t> one; // of each molecule ID
  for (size_t i = 0; i < molecule_.size(); i++) {
    if (topology_.molecules[i] == 0) continue;
    const size_t j = one.emplace(topology_.molecules[i], i).first->second;
    if (molecule_[i] != molecule_[j])
      refuse(
          text("atoms %lld and %lld are of molecule %lld, but no bonds in the group lead from one "
               "to the other: add the bonds that are missing, take the whole molecule into the "
               "group, or give molecules IDs of their own (reset_mol_ids)",
               id(j), id(i), static_cast<long long>(topology_.molecules[i])));
  }
}

void Molecules::need_whole(const Box &box) const
{
  const bgen_cell cell = box.cell();
  for (size_t k = 0; k < tree_->n_atoms; k++)
    if (const bgen_tree_node &node = tree_->node[k]; node.bond != BGEN_NO_ATOM)
      need_short(cell, node.bond, node.atom);
  for (size_t b = 0; b < 2 * tree_->n_closing; b += 2)
    need_short(cell, tree_->closing[b], tree_->closing[b + 1]);
}

void Molecules::need_short(const bgen_cell &cell, size_t i, size_t j) const
{
  double d[3], s[3];
  for (int c = 0; c < 3; c++) d[c] = x_[3 * j + c] - x_[3 * i + c];
  bgen_cell_fractions(&cell, 3, d, s);
  for (int c = 0; c < 3; c++)
    if (std::fabs(s[c]) > 0.5)
      refuse(text("the bond of atoms %lld and %lld is longer than half the box in %c: the molecule "
                  "must be whole, so correct the image flags, or it is bonded to its own image and "
                  "needs coords crystal",
                  id(i), id(j), "xyz"[c]));
}

/* ---- leaves ---- */

/* species[n_particles], -1: of no other; in the order of the atoms that they hang from */
std::vector<bgen_rotor> Molecules::rotors(const std::vector<int> &species) const
{
  std::vector<bgen_rotor> found(tree_->n_atoms);
  found.resize(bgen_rotors_find(tree(), species.data(), found.data()));
  std::sort(found.begin(), found.end(), [this](const bgen_rotor &one, const bgen_rotor &other) {
    return neighbors_[one.leaf[0]] < neighbors_[other.leaf[0]];
  });
  return found;
}

/* alike by type and charge */
void Molecules::find_leaves()
{
  const size_t n = body_.tags.size();
  std::map<std::pair<int, double>, int> kinds;
  std::vector<int> species(n), leaves(n, -1);
  for (size_t i = 0; i < n; i++)
    species[i] =
        kinds.emplace(std::pair(body_.types[i], topology_.charges[i]), kinds.size()).first->second;
  const std::vector<bgen_rotor> all = rotors(species);
  for (size_t r = 0; r < all.size(); r++)
    for (size_t l = 0; l < all[r].n_leaves; l++) leaves[all[r].leaf[l]] = static_cast<int>(r);
  if (!all.empty()) leaves_ = leaves;
}

void Molecules::check_identical(const std::vector<int> &particles) const
{
  std::vector<int> species(body_.tags.size(), -1);
  for (const int i : particles) species[i] = 0;
  const std::vector<bgen_rotor> all = rotors(species);
  if (all.size() != 1 || all[0].n_leaves != particles.size())
    refuse(
        text("identical atoms must be all atoms that are bonded to one atom and to no other, but "
             "for one of its bonds, as the hydrogens of a methyl group; atoms %lld ... %lld are "
             "not: remove them from identical",
             id(particles.front()), id(particles.back())));
}

/* ---- circles ---- */

void Molecules::find_circles()
{
  std::vector<bgen_internal_kind> kind(n_shape());
  bgen_internal_kinds(tree(), kind.data());
  circles_.assign(kind.size(), 0);
  std::map<int64_t, size_t> torsion; // of an atom
  for (size_t k = 0, j = 0; k < tree_->n_atoms; k++) {
    const bgen_tree_node &node = tree_->node[k];
    j += bgen_tree_node_size(&node);
    if (node.torsion != BGEN_NO_ATOM) torsion[id(node.atom)] = j - 1;
  }
  for (const auto &[atom, j] : torsion) circles_[j] = settings_.circles == Settings::ALL;
  for (const int64_t atom : settings_.circle_atoms) {
    if (!torsion.count(atom))
      throw Error(text("fix bgen: circles: atom %lld has no torsion; 'bgen ID info' lists them",
                       static_cast<long long>(atom)));
    circles_[torsion[atom]] = 1;
  }
}

/* ---- collective variables ---- */

void Molecules::check_cv(const CvSettings &cv) const
{
  for (const auto &term : cv.terms) {
    const size_t first = cv.terms[0].particle;
    if (molecule_[term.particle] != molecule_[first])
      throw Error(text("fix bgen: cv %s looks at atoms %lld and %lld of two molecules, but with "
                       "coords internal each molecule stays where it is in a jump: use a cv of one "
                       "molecule, or other coords",
                       cv.name.c_str(), id(first), id(term.particle)));
  }
}
