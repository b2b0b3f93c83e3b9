/* SPDX-License-Identifier: GPL-2.0-or-later
   seeds FOLDER: FOLDER/model and FOLDER/restart get a file each that is right. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sample/chain_restart.h"
#include "subjects.h"

static void write_chain(const char *path)
{
  bgen_markov_chain *chain = fuzz_chain();
  fuzz_live(chain, 12);
  const size_t n = bgen_markov_packed_size(chain);
  uint64_t *words = calloc(n, sizeof *words);
  fuzz_must(words != NULL, "there is memory");
  bgen_markov_pack(chain, 9, words);
  FILE *file = fopen(path, "wb");
  fuzz_must(file && fwrite(words, sizeof *words, n, file) == n && !fclose(file), "it is written");
  free(words);
  bgen_markov_destroy(chain);
}

int main(int n_arguments, char **argument)
{
  char path[4096];
  const char *folder = n_arguments == 2 ? argument[1] : ".";
  bgen_generator *g = fuzz_generator();
  snprintf(path, sizeof path, "%s/model/whole", folder);
  fuzz_must(!bgen_model_save(g, FUZZ_NOTES, fuzz_notes, path), "a model is saved");
  bgen_generator_destroy(g);
  snprintf(path, sizeof path, "%s/restart/whole", folder);
  write_chain(path);
  return 0;
}
