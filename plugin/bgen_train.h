/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_train.h - "bgen fix-ID train": one stage of training, one basin after the other */

#ifndef LMP_BGEN_TRAIN_H
#define LMP_BGEN_TRAIN_H

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
  class BgenModel &model;
  const bool root; // rank 0 of world, which has networks, frames and files

  bgen_train_options options;
  int only;     // the basin to train; -1: all
  bigint every; // steps from line to line of the table
  bool refit, append;
  std::string path;
  std::unique_ptr<class BgenFile> table;

  /* of the basin in training; all but the first three on rank 0 only */
  bgen_status status;
  bigint n_skipped; // steps that found no finite gradient
  double started;
  bgen_trainer *trainer;
  std::vector<double> x_data, x_flow, u, grad_u, x_test;
  bgen_train_report report;
  double sum_ml, sum_kl; // since the last line of the table
  bigint n_ml, n_kl;

  bool by_energy() const { return options.weight_kl > 0.0; }
  void read_keyword(BgenWords &words, const std::string &keyword);
  void read_rates(BgenWords &words);
  void read_batches(BgenWords &words);
  void finish_options(BgenWords &words);
  void open_file();
  void train(int k);
  void start(int k);
  bgen_status create_trainer(int k);
  void choose_test_frames(int k);
  void learn(int k);
  void tabulate(int k, bigint step);
  double loss_of_test_frames(int k);
  void print_header(int k);
};

} // namespace LAMMPS_NS

#endif
