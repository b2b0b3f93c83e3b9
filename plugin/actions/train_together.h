/* SPDX-License-Identifier: GPL-2.0-or-later */
/* train_together.h - a step of training by all partitions of a pool, each of which has its part of
   the batch */

#ifndef BGEN_ACTIONS_TRAIN_TOGETHER_H
#define BGEN_ACTIONS_TRAIN_TOGETHER_H

#include "engine/pool.h"
#include "train/trainer.h"

namespace bgen {

/* From here on the trainer has the part of this partition. */
void take_part(const Pool &pool, bgen_train_options &options);

/* Along the gradient of all partitions: as bgen_trainer_step(). */
bgen_status descend(Pool &pool, bgen_trainer *trainer, size_t n_params,
                    const bgen_train_batch &batch, bgen_train_report &report);

/* Effective sample size of the last batch at the first of its temperatures; a fraction. */
double effective_samples(Pool &pool, const bgen_trainer *trainer,
                         const bgen_train_options &options);

} // namespace bgen

#endif
