/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chains.h"

#include <math.h>
#include <stdlib.h>

#include "fixture.h"
#include "sample/chain_restart.h"

bgen_markov_chain *make_chain(uint64_t seed)
{
  static const double step[1] = {0.5}, schedule[SCHEDULE] = {0, 0.25, 0.5, 1};
  static const bgen_markov_move moves[CHAIN_MOVES] = {
      {.frequency = 2},
      {.frequency = 1, .tunes_step = true, .n_tuned = 1, .untuned = step},
      {.frequency = 1, .has_work = true},
      {.frequency = 3,
       .has_work = true,
       .tunes_schedule = true,
       .n_tuned = SCHEDULE,
       .untuned = schedule}};
  const bgen_markov_options options = {.seed = seed,
                                       .n_basins = CHAIN_BASINS,
                                       .n_moves = CHAIN_MOVES,
                                       .tunes_offsets = true,
                                       .move = moves,
                                       .moves = "fresh 2, near 1 auto",
                                       .cvs = "d distance 1 2",
                                       .basins = "a d 0 1; b d 1 2",
                                       .offsets = "auto"};
  bgen_markov_chain *chain;
  CHECK_OK(bgen_markov_create(&options, &chain));
  return chain;
}

/* from basin to basin, or to none, by the attempt's own numbers */
static bgen_attempt made_up(bgen_markov_chain *chain)
{
  bgen_rng rng = bgen_markov_rng(chain, BGEN_STREAM_TEST);
  const int from = (int) bgen_rng_below(&rng, CHAIN_BASINS + 1) - 1;
  bgen_attempt attempt = bgen_attempt_begin(bgen_markov_choose_move(chain, from), from);
  double z;
  bgen_rng_normals(&rng, 1, &z);
  attempt.to = (int) bgen_rng_below(&rng, CHAIN_BASINS + 1) - 1;
  if (bgen_markov_has_work(chain, attempt.move)) attempt.work = z < 1.5 ? 1.0 + z : INFINITY;
  attempt.accepted = bgen_markov_accepts(chain, &attempt, z, -0.5 - z);
  attempt.proposals = attempt.move == FRESH ? 5 : 1;
  attempt.outside = z > 1;
  attempt.refused = attempt.move == FRESH ? 2 : 0;
  attempt.not_finite = z < -1;
  attempt.path_work = z, attempt.step_work = z < 0 ? 0.25 * z : NAN;
  attempt.tested = 7, attempt.undone = z < 0 ? 7 : 3;
  attempt.energy_calls = 1 + (int64_t) bgen_rng_below(&rng, 9);
  attempt.seconds = 0.125;
  return attempt;
}

void live(bgen_markov_chain *chain, int64_t n)
{
  for (int64_t i = 0; i < n; i++) {
    bgen_markov_begin(chain, 77, 300.0);
    const bgen_attempt attempt = made_up(chain);
    bgen_markov_crosses(chain, attempt.to, attempt.from);
    CHECK_OK(bgen_markov_add(chain, &attempt));
    CHECK_OK(bgen_markov_tune(chain, &attempt));
    if (attempt.move == ANNEALED) bgen_markov_tuned(chain, ANNEALED)[1] += 1e-4;
    bgen_markov_count_up(chain, BGEN_COUNT_SAMPLES, 3);
  }
}

uint64_t *packed(const bgen_markov_chain *chain, size_t *n)
{
  *n = bgen_markov_packed_size(chain);
  uint64_t *words = must_allocate(*n * sizeof *words);
  bgen_markov_pack(chain, bgen_markov_count(chain, BGEN_COUNT_ENERGY_CALLS), words);
  return words;
}

void check_same_chains(const bgen_markov_chain *a, const bgen_markov_chain *b)
{
  size_t n_a, n_b;
  uint64_t *of_a = packed(a, &n_a), *of_b = packed(b, &n_b);
  assert_int_equal(n_a, n_b);
  CHECK_SAME(n_a, of_a, of_b);
  free(of_a);
  free(of_b);
}
