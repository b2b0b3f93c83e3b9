/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model.h - the generator of a fix bgen, with the workspace of its only thread of control

   Temperatures are those of LAMMPS; that of training is part of the model and stands in its
   file. */

#ifndef BGEN_STATE_MODEL_H
#define BGEN_STATE_MODEL_H

#include "input/fix_options.h"
#include "model/generator.h"
#include "model/model_file.h"
#include "state/owned.h"
#include "state/variables.h"
#include "train/frames.h"

#include <string>
#include <vector>

namespace bgen {

/* Key and value of what a model file says besides its parameters: all of it must match to load
   it. */
struct Note {
  std::string key, value;
};

class Model {
public:
  Model(const Settings &settings, const Variables &variables, int n_cores);

  bgen_generator *generator() { return generator_.get(); }
  const bgen_generator *generator() const { return generator_.get(); }
  bgen_workspace *workspace() { return workspace_.get(); }
  int n_threads() const { return n_threads_; }
  size_t dim() const { return bgen_generator_dim(generator()); }
  int n_basins() const { return static_cast<int>(bgen_generator_n_components(generator())); }
  std::string basin_name(int k) const { return bgen_generator_name(generator(), k); }

  bool ready() const { return bgen_generator_ready(generator()); } // all basins are fitted
  bool fitted(int k) const { return bgen_generator_fitted(generator(), k); }
  void need_flows(const Line &line) const; // throws unless ready()

  double training_temperature() const { return trained_at_; } // 0: not known yet
  void train_at(double temperature);                          // before it has learned anything

  /* ---- what changes it; each ends with changed() ---- */
  void fit(int k, bgen_frames &frames); // which it folds; a reference is kept
  void fit_prior(int k, const bgen_frames &frames);
  void set_weights(const std::vector<double> &weights); // positive, up to a common factor
  void save(const std::string &path, const std::vector<Note> &notes, const bgen_note &box) const;
  /* supercell: parameters of another number of atoms (core/model/model_file.h) */
  void load(const std::string &path, const std::vector<Note> &notes, bool supercell,
            bgen_model_says &says);

  /* To be called when a trainer has changed parameters. */
  void changed();
  uint64_t checksum() const { return checksum_; } // of all that a proposal depends on; 0: not ready
  uint64_t n_changes() const { return n_changes_; } // calls of changed(): who keeps proposals asks

  /* ---- what only asks it ---- */
  double log_q(double temperature, const double *x); // of the mixture, x[dim]
  /* of n points: of the mixture (k < 0), or of one flow */
  void log_q(double temperature, int k, size_t n, const double *x, double *log_q);
  /* z[n_shape] of x in the flow of this basin, or, for -1, of the one x most likely comes from; NaN
     where there is no flow */
  void latent(double temperature, int basin, const double *x, double *z);

private:
  Owned<bgen_generator, bgen_generator_destroy> generator_;
  Owned<bgen_workspace, bgen_workspace_destroy> workspace_; // of the generator
  const int n_threads_;
  double trained_at_ = 0.0;
  uint64_t checksum_ = 0, n_changes_ = 0;

  void create_generator(const Settings &settings, const Variables &variables);
};

} // namespace bgen

#endif
