/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_train.h - "bgen fix-ID train": one stage of training, one basin after the other */

#ifndef LMP_BGEN_TRAIN_H
#define LMP_BGEN_TRAIN_H

#include "bgen_model.h"
#include "pointers.h"
#include "train/trainer.h"

#include <memory>
#include <string>
#include <vector>

namespace LAMMPS_NS {

class BgenTrain : protected Pointers {
public:
  BgenTrain(LAMMPS *lmp, class FixBgen &fix, class BgenWords &words);
  ~BgenTrain() override;
  BgenTrain(const BgenTrain &) = delete;
  BgenTrain &operator=(const BgenTrain &) = delete;
  void run();

private:
  FixBgen &fix;
  BgenModel &model;
  const bool root; // rank 0 of world, which has networks, frames and files

  bgen_train_options options;
  int only;     // the basin to train; -1: all
  bigint every; // steps from line to line of the table
  BgenModel::Refit refit;
  bool append;
  bool keep_best;                   // go back to the best line of the table
  bigint patience;                  // lines without a better one before a stage ends; 0: all of it
  std::vector<double> temperatures; // to be learned at once; none: that of the fix
  double explore_step;              // of near moves of the frames, in latent space; 0: they stay
  int spread_cv;                    // along which samples are spread; -1: none
  std::string path;
  std::unique_ptr<class BgenFile> table;

  /* of the basin in training; the trainer and what follows it on rank 0 only */
  bgen_status status;
  bigint n_skipped; // steps that found no finite gradient
  double started;
  std::unique_ptr<class BgenJudge> judge;
  std::unique_ptr<class BgenExplore> explorer;
  bgen_trainer *trainer;
  bool judged;    // some line was the best so far
  bigint n_worse; // lines since then
  std::vector<double> x_data, x_flow, u, grad_u, s, grad_s;
  bgen_train_report report;
  double sum_ml, sum_kl, sum_rc; // since the last line of the table
  bigint n_ml, n_kl;

  bool by_energy() const { return options.weight_kl > 0.0 || options.weight_rc > 0.0; }
  void read_keyword(BgenWords &words, const std::string &keyword);
  void read_rates(BgenWords &words);
  void read_batches(BgenWords &words);
  void read_weights(BgenWords &words);
  void read_spread(BgenWords &words);
  void finish_options(BgenWords &words);
  void open_file();
  void train(int k);
  void set_temperatures();
  bool learns_training_temperature() const;
  void propose();
  void start(int k);
  bgen_status create_trainer(int k);
  void learn(int k);
  bool line(int k, bigint step);
  double mix_losses(double ml, double kl, double rc) const;
  double effective_samples() const;
  void tabulate(int k, bigint step, const struct BgenVerdict &verdict);
  void print_header(int k);
};

} // namespace LAMMPS_NS

#endif
