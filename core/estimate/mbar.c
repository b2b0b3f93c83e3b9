/* SPDX-License-Identifier: MIT
   The unknown f of states with samples minimise the convex
     L = sum_n ln sum_k count_k e^(f_k - u_k(x_n)) - sum_i count_i f_i,
   the negative log-likelihood of the states that samples came from.  With p_nk = count_k W_nk, the
   probability that n is a sample of state k, its slope along f_i is what flows in, sum of p_ni over
   samples of other states, less what flows out, sum of p_nk, k not i, over samples of i:
   differences of sums of positive numbers, which stay exact where states hardly overlap and 1 -
   sum_n W_ni would be rounding. */
#include "estimate/mbar.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "estimate/free_energy.h"
#include "estimate/mbar_overlap.h"

enum { MOST_STEPS = 100 }; /* of Newton; half a dozen will do unless states hardly overlap */

/* ---- what is refused ---- */

static bgen_status check_sample(const bgen_mbar *m, size_t own, size_t first, size_t sample)
{
  for (size_t i = 0; i < m->n_states; i++) {
    const double u = m->u[i * m->n + sample];
    if (isnan(u) || u == -INFINITY)
      return bgen_fail(BGEN_NOT_FINITE, "sample %zu of state %zu has the energy %g in state %zu",
                       sample - first + 1, own + 1, u, i + 1);
  }
  if (m->u[own * m->n + sample] == INFINITY)
    return bgen_fail(BGEN_NOT_FINITE, "sample %zu of state %zu has an infinite energy there",
                     sample - first + 1, own + 1);
  return BGEN_OK;
}

/* joined[from][to]: a sample of the one has a density in the other */
static bgen_status check_samples(const bgen_mbar *m, double *joined)
{
  size_t first = 0;
  for (size_t own = 0; own < m->n_states; first += m->count[own++])
    for (size_t s = first; s < first + m->count[own]; s++) {
      const bgen_status status = check_sample(m, own, first, s);
      if (status) return status;
      for (size_t i = 0; i < m->n_states; i++)
        if (m->u[i * m->n + s] < INFINITY) joined[own * m->n_states + i] = 1;
    }
  assert(first == m->n && m->n > 0);
  return BGEN_OK;
}

/* reached[]: there is a path of samples from a known state with samples, or the other way to one */
static void find_reached(const bgen_mbar *m, const double *joined, bool backwards, double *reached)
{
  const size_t k = m->n_states;
  for (size_t i = 0; i < k; i++) reached[i] = i < m->n_known && m->count[i];
  for (size_t pass = 0; pass < k; pass++)
    for (size_t i = 0; i < k; i++)
      for (size_t j = 0; j < k; j++)
        if (reached[i] && joined[backwards ? j * k + i : i * k + j]) reached[j] = 1;
}

/* L has a minimum if and only if each of its states is reached both ways */
static bgen_status check(const bgen_mbar *m, bgen_mbar_overlap *w)
{
  const bgen_status status = check_samples(m, w->overlap);
  if (status) return status;
  find_reached(m, w->overlap, false, w->in);
  find_reached(m, w->overlap, true, w->out);
  for (size_t i = m->n_known; i < m->n_states; i++)
    if (!w->in[i] || (m->count[i] && !w->out[i]))
      return bgen_fail(
          BGEN_NOT_FINITE,
          "state %zu does not overlap: no chain of samples of finite energies leads %s it %s %s",
          i + 1, w->in[i] ? "from" : "to", w->in[i] ? "to" : "from",
          m->n_known == 1 ? "state 1" : "a state of known free energy");
  return BGEN_OK;
}

/* ---- the solution ---- */

/* p of a sample, all but its own summed to `others`; its log_mixture */
static double find_row(const bgen_mbar *m, size_t own, size_t sample, double *row, double *others)
{
  double top = -INFINITY, sum = 0;
  for (size_t k = 0; k < m->n_states; k++) {
    row[k] = m->count[k] ? m->free_energy[k] - m->u[k * m->n + sample] : -INFINITY;
    top = fmax(top, row[k]);
  }
  for (size_t k = 0; k < m->n_states; k++) {
    row[k] = (double) m->count[k] * exp(row[k] - top);
    if (k != own) sum += row[k];
  }
  const double whole = sum + row[own];
  for (size_t k = 0; k < m->n_states; k++) row[k] /= whole;
  *others = sum / whole;
  return top + log(whole);
}

/* log_mixture and flows of f as it is */
static void find_flows(bgen_mbar *m, bgen_mbar_overlap *w)
{
  size_t sample = 0;
  memset(w->in, 0, m->n_states * sizeof *w->in);
  for (size_t own = 0; own < m->n_states; own++) {
    w->out[own] = 0;
    for (size_t s = 0; s < m->count[own]; s++, sample++) {
      double others;
      m->log_mixture[sample] = find_row(m, own, sample, w->row, &others);
      w->row[own] = 0;
      w->out[own] += others;
      for (size_t k = 0; k < m->n_states; k++) w->in[k] += w->row[k];
    }
  }
}

/* -ln sum_n e^(-u_i(x_n) - log_mixture_n) */
static double self_consistent(const bgen_mbar *m, size_t i)
{
  const double *u = m->u + i * m->n;
  double top = -INFINITY, sum = 0;
  for (size_t s = 0; s < m->n; s++) top = fmax(top, -u[s] - m->log_mixture[s]);
  for (size_t s = 0; s < m->n; s++) sum += exp(-u[s] - m->log_mixture[s] - top);
  return -(top + log(sum));
}

/* ---- where Newton starts ----
   States join those of known f one after another, each with its f by BAR between it and the mixture
   of those that have joined, which needs no guess; log_mixture is that of this mixture. */

static void join(bgen_mbar *m, bgen_mbar_overlap *w, size_t i)
{
  const double log_count = log((double) m->count[i]);
  w->joined[i] = 1;
  for (size_t s = 0; s < m->n; s++) {
    const double more = log_count + m->free_energy[i] - m->u[i * m->n + s],
                 top = fmax(more, m->log_mixture[s]);
    if (top > -INFINITY)
      m->log_mixture[s] = top + log(exp(more - top) + exp(m->log_mixture[s] - top));
  }
}

/* Works from the mixture to state i at samples of those that have joined, then back at those of i;
   returns how many are the former. */
static size_t fill_works(const bgen_mbar *m, bgen_mbar_overlap *w, size_t i)
{
  size_t n_joined = 0, first = 0, at = 0;
  for (size_t k = 0; k < m->n_states; k++) n_joined += w->joined[k] ? m->count[k] : 0;
  const double log_count = log((double) n_joined);
  for (size_t k = 0; k < m->n_states; first += m->count[k++])
    for (size_t s = first; s < first + m->count[k]; s++) {
      const double work = m->u[i * m->n + s] + m->log_mixture[s] - log_count;
      if (w->joined[k]) w->work[at++] = work;
      if (k == i) w->work[n_joined + s - first] = -work;
    }
  return n_joined;
}

static double least(size_t n, const double *value)
{
  double low = INFINITY;
  for (size_t i = 0; i < n; i++) low = fmin(low, value[i]);
  return low;
}

typedef struct candidate {
  size_t n_joined;
  double value; /* its f */
  double gap;   /* between works there and works back, less than 0 where they overlap */
} candidate;

/* If works are finite one way only, other states will lead the other way: f is where the overlap on
   this way begins. */
static candidate look_at(const bgen_mbar *m, bgen_mbar_overlap *w, size_t i)
{
  const size_t n_joined = fill_works(m, w, i);
  const double there = least(n_joined, w->work), back = least(m->count[i], w->work + n_joined);
  return (candidate){n_joined, there < INFINITY ? there : -back, there + back};
}

/* a failure, with works beyond the range of numbers, leaves the value as it was */
static double bar_with_mixture(const bgen_mbar *m, bgen_mbar_overlap *w, size_t i)
{
  const candidate c = look_at(m, w, i);
  bgen_estimate bar = {c.value, 0};
  if (c.gap < INFINITY)
    bgen_estimate_bar(&(bgen_works){c.n_joined, w->work, {0, NULL}},
                      &(bgen_works){m->count[i], w->work + c.n_joined, {0, NULL}}, &bar);
  return bar.value;
}

/* of the states that have not joined, the one that overlaps best; n_states if all have */
static size_t next_to_join(const bgen_mbar *m, bgen_mbar_overlap *w)
{
  size_t best = m->n_states;
  double least_gap = INFINITY;
  for (size_t a = 0; a < w->n_free; a++) {
    const size_t i = w->free_state[a];
    if (w->joined[i]) continue;
    const candidate c = look_at(m, w, i);
    if (c.gap < least_gap || (best == m->n_states && isfinite(c.value)))
      best = i, least_gap = c.gap;
  }
  return best;
}

static void join_all(bgen_mbar *m, bgen_mbar_overlap *w)
{
  for (size_t s = 0; s < m->n; s++) m->log_mixture[s] = -INFINITY;
  for (size_t i = 0; i < m->n_known; i++)
    if (m->count[i]) join(m, w, i);
  for (size_t i = m->n_known; i < m->n_states; i++)
    if (!m->count[i]) m->free_energy[i] = -INFINITY; /* weighs nothing until all others are found */
  for (size_t i; (i = next_to_join(m, w)) < m->n_states;) {
    m->free_energy[i] = bar_with_mixture(m, w, i);
    join(m, w, i);
  }
  find_flows(m, w);
}

/* ---- Newton ---- */

/* the slope of L along the step at start + t step */
static double move(bgen_mbar *m, bgen_mbar_overlap *w, double t)
{
  double slope = 0;
  for (size_t a = 0; a < w->n_free; a++)
    m->free_energy[w->free_state[a]] = w->start[a] + t * w->step[a];
  find_flows(m, w);
  for (size_t a = 0; a < w->n_free; a++)
    slope += w->step[a] * (w->in[w->free_state[a]] - w->out[w->free_state[a]]);
  return slope;
}

/* Along the step the slope of L rises from `first` < 0: steps that take it half as far above 0 are
   halved. */
static void search(bgen_mbar *m, bgen_mbar_overlap *w, double first)
{
  double t = 1, slope = move(m, w, 1);
  while (!(slope <= -0.5 * first) && t > 1e-9) t /= 2, slope = move(m, w, t);
}

/* its greatest component, and the slope of L along it */
static bgen_status find_step(const bgen_mbar *m, bgen_mbar_overlap *w, double *size, double *slope)
{
  for (size_t a = 0; a < w->n_free; a++) {
    w->step[a] = w->out[w->free_state[a]] - w->in[w->free_state[a]];
    w->start[a] = m->free_energy[w->free_state[a]];
  }
  bgen_mbar_find_overlap(m, w);
  const bgen_status status = bgen_mbar_solve_rows(m, w, 1, w->step);
  if (status) return status;
  *size = *slope = 0;
  for (size_t a = 0; a < w->n_free; a++) {
    *size = fmax(*size, fabs(w->step[a]));
    *slope += w->step[a] * (w->in[w->free_state[a]] - w->out[w->free_state[a]]);
  }
  if (!isfinite(*slope)) return bgen_fail(BGEN_NO_CONVERGENCE, "MBAR: energies are too large");
  return BGEN_OK;
}

/* The last step is below 1e-8, and as steps become as their squares, what is left is rounding. */
static bgen_status newton(bgen_mbar *m, bgen_mbar_overlap *w)
{
  double size = INFINITY, slope;
  for (size_t k = 0; k < MOST_STEPS && size > 1e-8; k++) {
    const bgen_status status = find_step(m, w, &size, &slope);
    if (status) return status;
    if (size > 1e-8)
      search(m, w, slope);
    else
      move(m, w, 1);
  }
  if (size > 1e-8)
    return bgen_fail(BGEN_NO_CONVERGENCE,
                     "MBAR still moves free energies by %g after %d steps: states hardly overlap",
                     size, (int) MOST_STEPS);
  return BGEN_OK;
}

static bgen_status search_from_start(bgen_mbar *m, bgen_mbar_overlap *w)
{
  join_all(m, w);
  memcpy(w->kept, m->free_energy, m->n_states * sizeof *w->kept);
  const bgen_status status = newton(m, w);
  if (status) {
    memcpy(m->free_energy, w->kept, m->n_states * sizeof *w->kept);
    find_flows(m, w);
  }
  for (size_t i = m->n_known; i < m->n_states; i++)
    if (!m->count[i]) m->free_energy[i] = self_consistent(m, i);
  return status;
}

bgen_status bgen_mbar_solve(bgen_mbar *m)
{
  bgen_mbar_overlap w;
  assert(m->n_known >= 1 && m->n_known <= m->n_states);
  bgen_status status = bgen_mbar_overlap_create(m, &w);
  if (status) return status;
  status = check(m, &w);
  if (!status) status = search_from_start(m, &w);
  bgen_mbar_overlap_free(&w);
  return status;
}
