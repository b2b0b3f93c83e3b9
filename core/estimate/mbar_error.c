/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "estimate/mbar_overlap.h"

/* With N the diagonal matrix of counts, A that of overlaps and d = e_j - e_i the variance is d A s,
   where (I - N A) s = d: the paper's pseudo-inverse acts on such d as an inverse.  s of state 1 may
   be 0, for s = N 1 changes nothing; s of a state without samples is d. */
static bgen_status variance_by_overlap(const bgen_mbar *m, bgen_mbar_overlap *w, const double *d,
                                       double *s, double *variance)
{
  const size_t k = m->n_states;
  bgen_mbar_find_overlap(m, w);
  for (size_t i = 1; i < k; i++) s[i] = m->count[i] ? 0 : d[i];
  for (size_t a = 0; a < w->n_free; a++) {
    const size_t i = w->free_state[a];
    w->step[a] = d[i];
    for (size_t j = 1; j < k; j++)
      w->step[a] += (double) m->count[i] * w->overlap[i * k + j] * s[j];
  }
  const bgen_status status = bgen_mbar_solve_rows(m, w, 1, w->step);
  if (status) return status;
  for (size_t a = 0; a < w->n_free; a++)
    s[w->free_state[a]] = (double) m->count[w->free_state[a]] * w->step[a];
  *variance = 0;
  for (size_t i = 0; i < k; i++)
    for (size_t j = 1; j < k; j++) *variance += d[i] * w->overlap[i * k + j] * s[j];
  return BGEN_OK;
}

bgen_status bgen_mbar_independent_error(const bgen_mbar *m, size_t i, size_t j, double *error)
{
  bgen_mbar_overlap w;
  double variance = 0;
  assert(m->n_known == 1 && i < m->n_states && j < m->n_states);
  bgen_status status = bgen_mbar_overlap_create(m, &w);
  if (status) return status;
  w.in[j] += 1, w.in[i] -= 1; /* d */
  status = variance_by_overlap(m, &w, w.in, w.out, &variance);
  if (!status) *error = sqrt(fmax(variance, 0));
  bgen_mbar_overlap_free(&w);
  return status;
}

/* to v: how f_i depends on those of the matrix, times sign */
static void add_dependence(const bgen_mbar *m, const bgen_mbar_overlap *w, size_t i, double sign,
                           double *v)
{
  for (size_t a = 0; a < w->n_free; a++) {
    const size_t j = w->free_state[a];
    const double own =
        m->count[i] ? j == i : (double) m->count[j] * w->overlap[i * m->n_states + j];
    v[a] += sign * own;
  }
}

/* The matrix of solve_rows is H. */
bgen_status bgen_mbar_information(const bgen_mbar *m, size_t i, size_t j, double *information)
{
  bgen_mbar_overlap w;
  const bgen_status status = bgen_mbar_overlap_create(m, &w);
  if (status) return status;
  double variance = 0;
  bgen_mbar_find_overlap(m, &w);
  add_dependence(m, &w, j, 1, w.start);
  add_dependence(m, &w, i, -1, w.start);
  memcpy(w.step, w.start, w.n_free * sizeof *w.step);
  const bool hidden = bgen_mbar_solve_rows(m, &w, 1, w.step) != BGEN_OK;
  for (size_t a = 0; a < w.n_free; a++) variance += w.start[a] * w.step[a];
  *information = hidden || isnan(variance) ? 0 : 1 / fmax(variance, 0);
  bgen_mbar_overlap_free(&w);
  return BGEN_OK;
}

double bgen_mbar_effective(const bgen_mbar *m, size_t state)
{
  double squares = 0;
  for (size_t s = 0; s < m->n; s++) {
    const double weight = bgen_mbar_weight(m, state, s);
    squares += weight * weight;
  }
  return 1 / squares;
}

/* phi of the samples in the block, for the states of the matrix, whose inverse is w->solved */
static void influence_of_block(const bgen_mbar *m, const bgen_mbar_overlap *w, size_t first,
                               size_t rows, double *influence)
{
  for (size_t a = 0; a < w->n_free; a++)
    for (size_t s = 0; s < rows; s++) {
      double sum = 0;
      for (size_t b = 0; b < w->n_free; b++) {
        const size_t j = w->free_state[b];
        sum += w->solved[a * w->n_free + b] * (double) m->count[j] * w->block[s * m->n_states + j];
      }
      influence[w->free_state[a] * m->n + first + s] = -sum;
    }
}

static void influence_without_samples(const bgen_mbar *m, const bgen_mbar_overlap *w, size_t i,
                                      double *influence)
{
  for (size_t s = 0; s < m->n; s++) influence[i * m->n + s] = -bgen_mbar_weight(m, i, s);
  for (size_t a = 0; a < w->n_free; a++) {
    const size_t j = w->free_state[a];
    const double slope = (double) m->count[j] * w->overlap[i * m->n_states + j];
    for (size_t s = 0; s < m->n; s++) influence[i * m->n + s] += slope * influence[j * m->n + s];
  }
}

bgen_status bgen_mbar_influence(const bgen_mbar *m, double *influence)
{
  bgen_mbar_overlap w;
  bgen_status status = bgen_mbar_overlap_create(m, &w);
  if (status) return status;
  bgen_mbar_find_overlap(m, &w);
  for (size_t a = 0; a < w.n_free; a++) w.solved[a * w.n_free + a] = 1;
  status = bgen_mbar_solve_rows(m, &w, w.n_free, w.solved);
  if (!status) {
    memset(influence, 0, m->n_known * m->n * sizeof *influence);
    for (size_t first = 0; first < m->n; first += BGEN_MBAR_BLOCK)
      influence_of_block(m, &w, first, bgen_mbar_fill_block(m, &w, first), influence);
    for (size_t i = m->n_known; i < m->n_states; i++)
      if (!m->count[i]) influence_without_samples(m, &w, i, influence);
  }
  bgen_mbar_overlap_free(&w);
  return status;
}

void bgen_mbar_set_zero(bgen_mbar *m, double *influence, size_t state)
{
  const double zero = m->free_energy[state];
  for (size_t i = 0; i < m->n_states; i++) m->free_energy[i] -= zero;
  for (size_t s = 0; s < m->n; s++) {
    const double of_zero = influence[state * m->n + s];
    m->log_mixture[s] -= zero;
    for (size_t i = 0; i < m->n_states; i++) influence[i * m->n + s] -= of_zero;
  }
}

/* W_ni a_n. Bins of a profile are 0 at most samples, and a is anything where a sample has no
   weight. */
static double weighted(const bgen_mbar *m, size_t state, const double *a, size_t sample)
{
  const double weight = a[sample] == 0 ? 0 : bgen_mbar_weight(m, state, sample);
  return weight == 0 ? 0 : weight * a[sample];
}

/* Influences of a state of known free energy are 0, unless another one has been set to 0. */
void bgen_mbar_integral(const bgen_mbar *m, const double *influence, size_t state, const double *a,
                        double *value, double *contribution)
{
  double sum = 0;
  for (size_t s = 0; s < m->n; s++) sum += contribution[s] = weighted(m, state, a, s);
  *value = sum;
  for (size_t j = 0; j < m->n_states; j++) {
    if (!m->count[j]) continue;
    double slope = 0;
    for (size_t s = 0; s < m->n; s++) {
      const double counted = weighted(m, state, a, s);
      if (counted != 0) slope -= (double) m->count[j] * counted * bgen_mbar_weight(m, j, s);
    }
    for (size_t s = 0; s < m->n; s++) contribution[s] += slope * influence[j * m->n + s];
  }
}

double bgen_mbar_variance(const bgen_mbar *m, const double *contribution)
{
  double sum = 0;
  for (size_t i = 0; i < m->n_states; contribution += m->count[i++])
    if (m->count[i])
      sum += bgen_spread_of_sum(m->count[i], contribution, m->runs ? &m->runs[i] : NULL).variance;
  return sum;
}
