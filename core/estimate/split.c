/* SPDX-License-Identifier: MIT */
#include "estimate/split.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* ---- ranges ---- */

static size_t n_ranges(const bgen_cut *cut)
{
  return cut->circle ? cut->n : cut->n + 1;
}

/* low <= value < high */
static size_t range_of(const bgen_cut *cut, double value)
{
  size_t above = 0;
  assert(cut->n > 0);
  while (above < cut->n && value >= cut->edge[above]) above++;
  return cut->circle ? (above + cut->n - 1) % cut->n : above;
}

size_t bgen_cuts_n_sub_states(size_t n, const bgen_cut *cut)
{
  size_t all = 1;
  for (size_t k = 0; k < n; k++) all *= n_ranges(&cut[k]);
  return all;
}

size_t bgen_cuts_sub_state(size_t n, const bgen_cut *cut, const double *value)
{
  size_t sub_state = 0;
  for (size_t k = 0; k < n; k++) {
    if (isnan(value[k])) return bgen_cuts_n_sub_states(n, cut);
    sub_state = sub_state * n_ranges(&cut[k]) + range_of(&cut[k], value[k]);
  }
  return sub_state;
}

void bgen_cuts_ends(size_t n, const bgen_cut *cut, size_t sub_state, size_t k, double ends[2])
{
  const bgen_cut *of = &cut[k];
  const size_t range = sub_state / bgen_cuts_n_sub_states(n - k - 1, of + 1) % n_ranges(of);
  if (of->circle) {
    ends[0] = of->edge[range], ends[1] = of->edge[(range + 1) % of->n];
    return;
  }
  ends[0] = range ? of->edge[range - 1] : -INFINITY;
  ends[1] = range < of->n ? of->edge[range] : INFINITY;
}

/* ---- works of one sub-state ---- */

typedef struct room {
  double *memory, *forward, *reverse, *influence; /* [forward n], [reverse n], [both] */
  size_t *end;                                    /* [runs of reverse] */
} room;

static void room_free(room *r)
{
  free(r->memory);
  free(r->end);
}

static bgen_status no_memory(size_t n)
{
  (void) bgen_fail(BGEN_NO_MEMORY, "no memory for %zu works", n);
  return BGEN_NO_MEMORY; /* as analyzers can see */
}

static bgen_status make_room(const bgen_split *s, room *r)
{
  const size_t n = s->forward.n, m = s->reverse.n;
  double *memory = malloc((2 * (n + m) + 1) * sizeof *memory);
  *r = (room){.memory = memory, .end = malloc((s->reverse.runs.n + 1) * sizeof *r->end)};
  if (!memory || !r->end) return no_memory(n + m);
  r->forward = memory, r->reverse = memory + n;
  r->influence = r->reverse + m;
  return BGEN_OK;
}

static bgen_works forward_of(const bgen_split *s, size_t i, room *r)
{
  for (size_t k = 0; k < s->forward.n; k++)
    r->forward[k] = s->sample_in[k] == i ? s->forward.work[k] : INFINITY;
  return (bgen_works){s->forward.n, r->forward, s->forward.runs};
}

static bgen_works reverse_of(const bgen_split *s, size_t i, room *r)
{
  const bgen_runs *runs = &s->reverse.runs;
  size_t n = 0, run = 0;
  for (size_t k = 0; k < s->reverse.n; k++) {
    for (; run < runs->n && runs->end[run] == k; run++) r->end[run] = n;
    if (s->frame_in[k] == i) r->reverse[n++] = s->reverse.work[k];
  }
  for (; run < runs->n; run++) r->end[run] = n;
  return (bgen_works){n, r->reverse, {runs->n, r->end}};
}

static size_t count_finite(const bgen_works *w)
{
  size_t n = 0;
  for (size_t k = 0; k < w->n; k++) n += isfinite(w->work[k]);
  return n;
}

/* ---- one sub-state ---- */

/* Z_i is the part of the flow that lies in i over <q e^u> of the frames.  None of n samples lies
   there: were it 3/n or more, that would happen once in e^3 = 20 cases. */
static double least_of(const bgen_works *forward, const bgen_works *reverse)
{
  bgen_estimate back;
  if (bgen_estimate_fep_first_order(reverse, &back)) return -INFINITY;
  return log((double) forward->n / 3) - back.value;
}

static bgen_status find_sub_state(const bgen_split *s, size_t i, room *r, bgen_sub_state *sub)
{
  const bgen_works forward = forward_of(s, i, r), reverse = reverse_of(s, i, r);
  const size_t n_finite = count_finite(&reverse);
  *sub = (bgen_sub_state){count_finite(&forward), reverse.n, {NAN, INFINITY}, NAN, 0};
  if (sub->n_samples && n_finite) return bgen_estimate_bar(&forward, &reverse, &sub->free_energy);
  if (sub->n_samples && !reverse.n) return bgen_estimate_fep(&forward, &sub->free_energy);
  if (reverse.n) sub->least = n_finite ? least_of(&forward, &reverse) : -INFINITY;
  return BGEN_OK;
}

/* ---- all of them ---- */

static double free_energy_of_all(size_t n, const bgen_sub_state *sub)
{
  double least = INFINITY, sum = 0;
  for (size_t i = 0; i < n; i++) least = fmin(least, sub[i].free_energy.value);
  for (size_t i = 0; i < n; i++)
    if (!isnan(sub[i].free_energy.value)) sum += exp(least - sub[i].free_energy.value);
  return sum > 0 ? least - log(sum) : NAN;
}

/* frames about the mean of their sub-state, whose number is not what is asked */
static void add_influence(const bgen_split *s, size_t i, const bgen_sub_state *sub, room *r,
                          double *sum)
{
  const bgen_works forward = forward_of(s, i, r), reverse = reverse_of(s, i, r);
  const double mean = reverse.n ? 1 / (double) reverse.n : 0;
  const double *of_frame = r->influence + forward.n;
  if (reverse.n)
    bgen_bar_influence(&forward, &reverse, sub->free_energy.value, r->influence);
  else
    bgen_fep_influence(&forward, sub->free_energy.value, r->influence);
  for (size_t k = 0; k < forward.n; k++) sum[k] += sub->share * r->influence[k];
  for (size_t k = 0; k < s->reverse.n; k++)
    if (s->frame_in[k] == i) sum[forward.n + k] = sub->share * (*of_frame++ - mean);
}

bgen_status bgen_split_influence(const bgen_split *s, const bgen_sub_state *sub, double *influence)
{
  room r;
  const bgen_status status = make_room(s, &r);
  for (size_t i = 0; i < s->n && !status; i++)
    if (sub[i].share > 0) add_influence(s, i, &sub[i], &r, influence);
  room_free(&r);
  return status;
}

/* of those whose error is infinite, as much as they may have */
static double unknown_share(const bgen_split *s, const bgen_sub_state *sub, double f)
{
  double share = 0;
  for (size_t i = 0; i < s->n; i++) {
    if (!isnan(sub[i].least))
      share += exp(f - sub[i].least);
    else if (isinf(sub[i].free_energy.error))
      share += sub[i].share;
  }
  for (size_t k = 0; k < s->forward.n; k++)
    if (s->sample_in[k] >= s->n && isfinite(s->forward.work[k])) return INFINITY;
  for (size_t k = 0; k < s->reverse.n; k++)
    if (s->frame_in[k] >= s->n) return INFINITY;
  return share;
}

static bgen_status find_error(const bgen_split *s, const bgen_sub_state *sub, bgen_estimate *all)
{
  const size_t n = s->forward.n, m = s->reverse.n;
  double *influence = calloc(n + m + 1, sizeof *influence);
  if (!influence) return no_memory(n + m);
  const bgen_status status = bgen_split_influence(s, sub, influence);
  if (!status) {
    const double unknown = unknown_share(s, sub, all->value),
                 error = sqrt(bgen_spread_of_sum(n, influence, &s->forward.runs).variance +
                              bgen_spread_of_sum(m, influence + n, &s->reverse.runs).variance);
    all->error = unknown <= error ? hypot(error, unknown) : INFINITY;
  }
  free(influence);
  return status;
}

static bgen_status find_sub_states(const bgen_split *s, bgen_sub_state *sub)
{
  room r;
  bgen_status status = make_room(s, &r);
  for (size_t i = 0; i < s->n && !status; i++) status = find_sub_state(s, i, &r, &sub[i]);
  room_free(&r);
  return status;
}

bgen_status bgen_split_estimate(const bgen_split *s, bgen_sub_state *sub, bgen_estimate *all)
{
  const bgen_status status = find_sub_states(s, sub);
  if (status) return status;
  *all = (bgen_estimate){free_energy_of_all(s->n, sub), INFINITY};
  if (isnan(all->value)) return BGEN_OK;
  for (size_t i = 0; i < s->n; i++)
    if (!isnan(sub[i].free_energy.value)) sub[i].share = exp(all->value - sub[i].free_energy.value);
  return find_error(s, sub, all);
}
