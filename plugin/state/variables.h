/* SPDX-License-Identifier: GPL-2.0-or-later */
/* variables.h - the collective variables and basins of a fix bgen, as functions of a configuration

   x[dim] is a configuration of the group of the fix (engine/body.h).  Cvs and basins are numbered
   from 0 on in the order of the input line, and -1 is none. */

#ifndef BGEN_STATE_VARIABLES_H
#define BGEN_STATE_VARIABLES_H

#include "coords/basin.h"
#include "engine/host.h"
#include "input/fix_options.h"
#include "state/molecules.h"
#include "state/watch.h"

#include <string>
#include <vector>

namespace bgen {

inline bgen_layout layout_of(const Body &body)
{
  return {static_cast<size_t>(body.n_particles()), static_cast<size_t>(body.n_space)};
}

class Variables {
public:
  /* Throws where a cv or a list of identical atoms names an atom that is not in the group. Sets of
     atoms are those of now. watch: of the cvs that the host computes; nullptr: there are none. */
  Variables(const Settings &settings, Host &host, Engine &engine, Watch *watch);

  Variables(const Variables &) = delete;
  Variables &operator=(const Variables &) = delete;

  const Molecules molecules; // with coords internal

  const bgen_layout &layout() const { return basins_.layout; }
  size_t dim() const { return layout().n_particles * layout().n_space; }
  size_t n_shape() const // what flows see
  {
    return molecules.tree() ? molecules.n_shape() : bgen_shape_size(&layout(), settings_.coords);
  }
  /* Valid as long as these Variables; in the box as it was when any function here was called. */
  const bgen_basins &basins() const { return in_box(); }
  bool has_computed() const { return !computed_.empty(); } // cvs that the host computes
  int n_cvs() const { return static_cast<int>(cvs_.size()); }
  int n_basins() const { return static_cast<int>(settings_.basins.size()); }

  const std::string &cv_name(int k) const { return cvs_[k].name; }
  const CvSettings &settings_of(int k) const { return cvs_[k]; } // with all its atoms
  std::string cvs_text() const { return bgen::cvs_text(cvs_); }  // with checksums of files
  double cv(int k, const double *x) const { return bgen_basins_cv(&in_box(), k, x); }
  void cv_gradient(int k, const double *x, double *grad) const // grad[dim]
  {
    bgen_basins_cv_gradient(&in_box(), k, x, grad);
  }
  int cv_named(const std::string &name) const { return index_of(cvs_, name); } // -1: none
  int read_cv(Line &line) const; // by its name, or throws

  const std::string &basin_name(int k) const { return settings_.basins[k].name; }
  int basin_of(const double *x) const { return bgen_basin_of(&in_box(), x); }
  int read_basin(Line &line) const;    // by its name, or throws
  std::string numbered_basins() const; // " 1 left 2 right", as the headers of tables have them

  /* [n_particles] as core/coords/relabel.h has them; empty: all particles are distinct */
  const std::vector<int> &species() const { return species_; }

private:
  /* One that the host computes. */
  struct Computed : bgen_cv_source {
    Watch *watch;
    size_t number; // of the observable
  };
  const Settings &settings_;
  const Box &box_;
  mutable bgen_cell cell_;      // of the present box, in which the core looks at nearest images
  std::vector<CvSettings> cvs_; // with the particles of their terms
  std::vector<int> species_;
  /* what basins_ points to */
  std::vector<Computed> computed_;
  std::vector<bgen_cv> cores_;
  std::vector<bgen_cv_range> ranges_;
  bgen_basins basins_;

  const bgen_basins &in_box() const
  {
    cell_ = box_.cell();
    return basins_;
  }
  void find_cvs(Host &host, Engine &engine);
  void find_computed(Watch *watch);
  void find_types(const Body &body);
  void find_atoms(const Body &body);
};

} // namespace bgen

#endif
