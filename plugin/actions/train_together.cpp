/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/train_together.h"

#include "estimate/free_energy.h"

#include <algorithm>

using namespace bgen;

void bgen::take_part(const Pool &pool, bgen_train_options &options)
{
  options.part = static_cast<size_t>(pool.number());
  options.n_parts = static_cast<size_t>(pool.n());
}

bgen_status bgen::descend(Pool &pool, bgen_trainer *trainer, size_t n_params,
                          const bgen_train_batch &batch, bgen_train_report &report)
{
  bgen_train_sums own, sums = {0.0, 0.0, 0.0, 0.0};
  bgen_real *gradient = bgen_trainer_gradient(trainer, &batch, &own);
  pool.sum(n_params, gradient);
  for (const bgen_train_sums &of : one_of_each(pool, own)) {
    sums.ml += of.ml, sums.kl += of.kl;
    sums.n_not_finite += of.n_not_finite, sums.n_capped += of.n_capped;
  }
  return bgen_trainer_descend(trainer, &sums, &report);
}

double bgen::effective_samples(Pool &pool, const bgen_trainer *trainer,
                               const bgen_train_options &options)
{
  const size_t n = options.batch_flow, begin = pool.part_begin(n), end = pool.part_end(n);
  const double *own = bgen_trainer_log_weights(trainer);
  std::vector<double> all(n), log_w;
  std::copy(own, own + (end - begin), all.begin() + static_cast<std::ptrdiff_t>(begin));
  pool.complete(n, 1, all.data());
  for (size_t i = 0; i < n; i += options.n_tau) log_w.push_back(all[i]);
  return bgen_kish_ess(log_w.size(), log_w.data()) / static_cast<double>(log_w.size());
}
