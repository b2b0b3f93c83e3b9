/* SPDX-License-Identifier: GPL-2.0-or-later */
/* variables.h - the collective variables and basins of a fix bgen, as functions of a configuration

   x[dim] is a configuration of the group of the fix (engine/body.h).  Cvs and basins are numbered
   from 0 on in the order of the input line, and -1 is none. */

#ifndef BGEN_STATE_VARIABLES_H
#define BGEN_STATE_VARIABLES_H

#include "coords/basin.h"
#include "engine/body.h"
#include "input/fix_options.h"

#include <string>
#include <vector>

namespace bgen {

inline bgen_layout layout_of(const Body &body)
{
  return {static_cast<size_t>(body.n_particles()), static_cast<size_t>(body.n_space)};
}

class Variables {
public:
  /* Throws where a cv or a list of identical atoms names an atom that is not in the group. */
  Variables(const Settings &settings, const Body &body);

  Variables(const Variables &) = delete;
  Variables &operator=(const Variables &) = delete;

  const bgen_layout &layout() const { return basins_.layout; }
  size_t dim() const { return layout().n_particles * layout().n_space; }
  size_t n_shape() const { return bgen_shape_size(&layout(), settings_.coords); } // what flows see
  const bgen_basins &basins() const { return basins_; } // valid as long as these Variables
  int n_cvs() const { return static_cast<int>(cvs_.size()); }
  int n_basins() const { return static_cast<int>(settings_.basins.size()); }

  const std::string &cv_name(int k) const { return cvs_[k].name; }
  const bgen_cv &cv_of(int k) const { return cores_[k]; }
  double cv(int k, const double *x) const { return bgen_basins_cv(&basins_, k, x); }
  void cv_gradient(int k, const double *x, double *grad) const // grad[dim]
  {
    bgen_basins_cv_gradient(&basins_, k, x, grad);
  }
  int cv_named(const std::string &name) const { return index_of(cvs_, name); } // -1: none
  int read_cv(Line &line) const; // by its name, or throws

  const std::string &basin_name(int k) const { return settings_.basins[k].name; }
  int basin_of(const double *x) const { return bgen_basin_of(&basins_, x); }
  int read_basin(Line &line) const;    // by its name, or throws
  std::string numbered_basins() const; // " 1 left 2 right", as the headers of tables have them

  /* [n_particles] as core/coords/relabel.h has them; empty: all particles are distinct */
  const std::vector<int> &species() const { return species_; }

private:
  const Settings &settings_;
  std::vector<CvSettings> cvs_; // with the particles of their terms
  std::vector<int> species_;
  /* what basins_ points to */
  std::vector<bgen_cv> cores_;
  std::vector<bgen_cv_range> ranges_;
  bgen_basins basins_;

  void find_cvs(const Body &body);
  void find_types(const Body &body);
  void find_atoms(const Body &body);
};

} // namespace bgen

#endif
