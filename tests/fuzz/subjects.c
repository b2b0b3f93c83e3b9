/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "subjects.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const bgen_note fuzz_notes[FUZZ_NOTES] = {{"units", "lj", true}, {"history", "none", false}};

void fuzz_must(bool is_so, const char *what)
{
  if (is_so) return;
  fprintf(stderr, "not so: %s (%s)\n", what, bgen_last_error());
  abort();
}

/* ---- a model ---- */

static void fit(bgen_generator *g, bgen_workspace *w)
{
  enum { N = 40 };
  static double x[N * FUZZ_DIM];
  const double reference[FUZZ_DIM] = {0};
  for (size_t k = 0; k < 2; k++) {
    for (size_t i = 0; i < N; i++) {
      bgen_rng rng = bgen_rng_at(3 + k, BGEN_STREAM_TEST, i);
      bgen_rng_normals(&rng, FUZZ_DIM, x + i * FUZZ_DIM);
    }
    fuzz_must(!bgen_generator_fit(g, w, k, reference, N, x), "a model is fitted");
  }
}

bgen_generator *fuzz_generator(void)
{
  static const char *const names[] = {"a", "b"};
  const bgen_generator_options options = {
      .layout = {2, 2},
      .spec = "whiten; actnorm; linear permute yes; realnvp blocks 1 width 2 depth 1; "
              "nsf blocks 1 width 2 depth 1 bins 2; mixture modes 2",
      .n_components = 2,
      .names = names,
      .seed = 5};
  bgen_generator *g = NULL;
  bgen_workspace *w = NULL;
  fuzz_must(!bgen_generator_create(&options, &g), "a model is made");
  fuzz_must(!bgen_workspace_create(g, 1, &w), "a workspace is made");
  fit(g, w);
  bgen_workspace_destroy(w);
  return g;
}

/* ---- a chain ---- */

void fuzz_live(bgen_markov_chain *chain, int n)
{
  for (int i = 0; i < n; i++) {
    bgen_markov_begin(chain, 77, 300.0);
    bgen_rng rng = bgen_markov_rng(chain, BGEN_STREAM_TEST);
    const int from = (int) bgen_rng_below(&rng, 3) - 1;
    bgen_attempt attempt = bgen_attempt_begin(bgen_markov_choose_move(chain, from), from);
    attempt.to = (int) bgen_rng_below(&rng, 3) - 1;
    if (bgen_markov_has_work(chain, attempt.move)) attempt.work = 2 * bgen_rng_uniform(&rng);
    attempt.accepted = bgen_markov_accepts(chain, &attempt, 1.0, -attempt.work);
    bgen_markov_crosses(chain, attempt.to, attempt.from);
    fuzz_must(!bgen_markov_add(chain, &attempt), "an attempt is added");
    fuzz_must(!bgen_markov_tune(chain, &attempt), "a chain is tuned");
    bgen_estimate estimate;
    bgen_markov_difference(chain, 1, bgen_markov_visits(chain), 0, 1, &estimate);
    bgen_work_lists_difference(bgen_markov_works(chain), 2, 0, 1, &estimate);
  }
}

bgen_markov_chain *fuzz_chain(void)
{
  static const double step[1] = {0.5}, schedule[3] = {0, 0.5, 1};
  static const bgen_markov_move moves[] = {
      {.frequency = 1},
      {.frequency = 1, .tunes_step = true, .n_tuned = 1, .untuned = step},
      {.frequency = 1, .has_work = true},
      {.frequency = 1,
       .has_work = true,
       .tunes_schedule = true,
       .n_tuned = 3,
       .untuned = schedule}};
  const bgen_markov_options options = {.seed = 5,
                                       .n_basins = 2,
                                       .n_moves = 4,
                                       .tunes_offsets = true,
                                       .move = moves,
                                       .moves = "m",
                                       .cvs = "d",
                                       .basins = "a; b",
                                       .offsets = "auto"};
  bgen_markov_chain *chain = NULL;
  fuzz_must(!bgen_markov_create(&options, &chain), "a chain is made");
  return chain;
}
