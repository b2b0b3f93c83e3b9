/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_model.h - the generator of one fix bgen, its frames and the jumps it proposes

   Networks and frames are on rank 0 of world, where the core runs; what all ranks must know they know.
   Every function that is not const is collective. */

#ifndef LMP_BGEN_MODEL_H
#define LMP_BGEN_MODEL_H

#include "bgen_frames.h"
#include "bgen_settings.h"
#include "estimate/visits.h"
#include "model/generator.h"

#include <memory>

namespace LAMMPS_NS {

class BgenConfiguration;

/* Turns the status that rank 0 got from the core into error->all on all ranks; the only place for it. */
void bgen_check(LAMMPS *lmp, bgen_status status);

class BgenModel : protected Pointers {
public:
  BgenModel(LAMMPS *lmp, const BgenSettings &settings, const BgenConfiguration &configuration);
  ~BgenModel() override;
  BgenModel(const BgenModel &) = delete;
  BgenModel &operator=(const BgenModel &) = delete;

  bgen_generator *generator; // nullptr but on rank 0
  const bgen_layout layout;
  const size_t dim;
  const int n_basins, n_threads;

  double cv(int k, const double *x) const;
  void cv_gradient(int k, const double *x, double *grad) const; // grad[dim]
  int cv_named(const std::string &name) const;                  // -1: there is none
  int read_cv(class BgenWords &words) const;                    // by its name
  int basin_of(const double *x) const;                          // -1: none
  int read_basin(class BgenWords &words) const;                 // by its name
  std::string numbered_basins() const; // " 1 left 2 right", as the heads of tables have them
  const std::string &basin_name(int k) const { return settings.basins[k].name; }

  /* Frames: those to train by are of one temperature, those to test by may be of several, a set for each. The test frames
     meant where no set is named are those of the temperature of training. */
  enum Use { TRAIN, TEST };
  void add_frame(Use use, const double *x, double temperature);
  void begin_walker() { walker++; } // frames from now on are of another one
  std::vector<double> reflected(const double *x, const BgenMirror &mirror) const;
  bigint n_frames(Use use, int k) const { return set_of(use).n(k); }
  bigint n_frames(Use use) const { return set_of(use).n(); }
  bigint n_outside() const { return n_dropped; } // frames that lay in no basin
  /* of basins by all frames to train by, as they came */
  const bgen_visits &visits() const { return all_visits; }
  bgen_frames &frames(Use use, int k) { return set_of(use).basins[k]; } // on rank 0
  const bgen_frames &frames(Use use, int k) const { return set_of(use).basins[k]; }

  static bool same_temperature(double a, double b); // but for rounding
  double
  known_temperature(double temperature) const; // as test frames or training have it, if the same
  int test_set(double temperature) const;      // its number, -1: there is none
  int n_test_sets() const { return (int) test_sets.size(); }
  double test_temperature(int set) const { return test_sets[set]->temperature; }
  bigint n_test_frames(int set, int k) const { return test_sets[set]->n(k); }
  const bgen_frames &test_frames(int set, int k) const { return test_sets[set]->basins[k]; }
  /* as bgen_runs.end, on all ranks: one run a walker that has frames in basin k */
  const std::vector<size_t> &test_ends(int set, int k) const { return test_sets[set]->ends[k]; }
  std::string frames_text() const; // all sets, a line each

  /* Component k, made ready to learn: fitted to its frames, at first or again on demand, and the frames
     folded to its reference. PRIOR: of what was fitted only the mixture in latent space is fitted again. */
  enum Refit { KEEP, ALL, PRIOR };
  void prepare(int k, Refit refit);

  /* Densities, proposals and samples are those of a temperature from now on; at first, and after load, of that
     of training. */
  void set_temperature(double temperature);
  double training_temperature() const { return trained_at; }
  bool ready() const { return complete; } // every component has been fitted or loaded
  bool fitted(int k) const { return is_fitted[k]; }
  void need_flows(const BgenWords &words) const; // stops unless ready()

  void save(const char *path, const BgenConfiguration &configuration);
  void load(const char *path, const BgenConfiguration &configuration);

  /* Shares of the flows in the mixture, positive, up to a common factor. */
  void set_weights(const std::vector<double> &weights);

  /* To be called when the parameters have changed. */
  void changed();
  uint64_t checksum() const { return sum; } // of all that a proposal depends on; 0 before ready()

  /* What a jump may do, the same on all ranks: from density q whatever the present x, or through latent space from it.
     Each takes a number of its own. */
  struct Proposal {
    const double *x; // [dim]
    bool in_domain;
    bool fresh;
    double log_q;     // of the mixture at x, if fresh
    double log_ratio; // see core/sample/proposal.h, if not
    int aim;          // basin of the flow that a transfer goes to; -1: no transfer
  };
  Proposal fresh(bigint number);
  Proposal from(const double *x_old, const BgenMove &move, bigint number);
  void forget_proposals() { n_drawn = 0; }

  double log_q(const double *x); // of the mixture
  double memory_usage() const;

private:
  const BgenSettings &settings;
  bool complete;
  double trained_at, asked_at; // temperatures; 0: not known yet, or no more
  std::vector<char> is_fitted;
  uint64_t sum;
  BgenFrames training_set;
  BgenFrames no_set; // stays empty
  std::vector<std::unique_ptr<BgenFrames>> test_sets;
  int walker;
  bigint n_dropped;
  std::vector<uint64_t> visit_counts;
  bgen_visits all_visits;

  bigint first_drawn, n_drawn; // numbers of the fresh proposals that have been drawn
  std::vector<double> drawn_x;
  std::vector<bgen_draw> drawn;
  std::vector<double> x_from;

  const BgenFrames &set_of(Use use) const;
  BgenFrames &set_of(Use use) { return const_cast<BgenFrames &>(std::as_const(*this).set_of(use)); }
  BgenFrames &set_to_test(double temperature);
  void check_training_temperature(double temperature);
  void check_mirrors(const double *x, int basin) const;
  void unfold(int k);
  bgen_status create();
  bgen_status fit(int k);
  bgen_status fit_prior(int k);
  void fold(BgenFrames &set, int k);
  void draw_proposals(bigint first);
};

} // namespace LAMMPS_NS

#endif
