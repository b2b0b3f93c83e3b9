/* SPDX-License-Identifier: GPL-2.0-or-later
   estimates.c - the estimators of the core on numbers that come as text, for comparisons with other
   programs

   Standard input: the number of states K, K counts of samples, then the reduced energies of all
   samples in the first state, in the second ...  Standard output: a line each of F_0 ... F_K-1 and
   of the errors of F_j - F_i for i, then j, from MBAR; for two states with samples, of BAR and of
   the one-sided estimate and their errors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "estimate/free_energy.h"
#include "estimate/mbar.h"

static void must(bgen_status status)
{
  if (status) {
    fprintf(stderr, "estimates: %s\n", bgen_last_error());
    exit(1);
  }
}

static void *allocate(size_t n, size_t size)
{
  void *memory = calloc(n ? n : 1, size);
  if (!memory) must(bgen_fail(BGEN_NO_MEMORY, "no memory"));
  return memory;
}

static double number(void)
{
  char word[64], *end = word;
  double value = 0;
  if (scanf("%63s", word) == 1) value = strtod(word, &end);
  if (end == word || *end) must(bgen_fail(BGEN_BAD_INPUT, "a number is missing"));
  return value;
}

static void write_mbar(bgen_mbar *m)
{
  must(bgen_mbar_solve(m));
  for (size_t i = 0; i < m->n_states; i++) printf("%.17g ", m->free_energy[i]);
  printf("\n");
  for (size_t i = 0; i < m->n_states; i++)
    for (size_t j = 0; j < m->n_states; j++) {
      double error = NAN;
      must(bgen_mbar_independent_error(m, i, j, &error));
      printf("%.17g ", error);
    }
  printf("\n");
}

static void write_two(const bgen_mbar *m)
{
  double *work = allocate(m->n, sizeof *work);
  for (size_t s = 0; s < m->n; s++)
    work[s] = s < m->count[0] ? m->u[m->n + s] - m->u[s] : m->u[s] - m->u[m->n + s];
  const bgen_works forward = {m->count[0], work, {0, NULL}},
                   reverse = {m->count[1], work + m->count[0], {0, NULL}};
  bgen_estimate bar, fep;
  must(bgen_estimate_bar(&forward, &reverse, &bar));
  must(bgen_estimate_fep(&forward, &fep));
  printf("%.17g %.17g\n%.17g %.17g\n", bar.value, bar.error, fep.value, fep.error);
  free(work);
}

int main(void)
{
  const size_t n_states = (size_t) number();
  size_t *count = allocate(n_states, sizeof *count);
  bgen_mbar m = {.n_states = n_states, .n_known = 1, .count = count};
  for (size_t k = 0; k < n_states; k++) m.n += count[k] = (size_t) number();
  double *u = allocate(n_states * m.n, sizeof *u);
  for (size_t i = 0; i < n_states * m.n; i++) u[i] = number();
  m.u = u;
  m.free_energy = allocate(n_states, sizeof *m.free_energy);
  m.log_mixture = allocate(m.n, sizeof *m.log_mixture);
  write_mbar(&m);
  if (n_states == 2 && count[0] && count[1]) write_two(&m);
  free(count), free(u), free(m.free_energy), free(m.log_mixture);
  return 0;
}
