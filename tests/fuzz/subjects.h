/* SPDX-License-Identifier: GPL-2.0-or-later
   subjects.h - what bytes are read into, the same at each start. */
#ifndef BGEN_TESTS_FUZZ_SUBJECTS_H
#define BGEN_TESTS_FUZZ_SUBJECTS_H

#include "model/generator.h"
#include "model/model_file.h"
#include "sample/chain.h"

enum { FUZZ_NOTES = 2, FUZZ_DIM = 4 };
extern const bgen_note fuzz_notes[FUZZ_NOTES];

/* Two components in four dimensions, with a map of each kind that is fitted. */
bgen_generator *fuzz_generator(void);

/* Moves of each kind between two basins, some attempts old. */
bgen_markov_chain *fuzz_chain(void);

/* n more attempts. */
void fuzz_live(bgen_markov_chain *chain, int n);

/* Stops the program, as a sanitizer does, if this is not so. */
void fuzz_must(bool is_so, const char *what);

#endif
