/* SPDX-License-Identifier: MIT */
#include "sample/chain.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sample/chain_state.h"
#include "sample/metropolis.h"

/* ---- to make one ---- */

static bool copy_texts(const bgen_markov_options *o, bgen_markov_chain *c)
{
  const char *text[BGEN_MARKOV_TEXTS] = {o->moves, o->cvs, o->basins, o->offsets};
  bool all = true;
  for (size_t i = 0; i < BGEN_MARKOV_TEXTS; i++) {
    c->text[i] = strdup(text[i] ? text[i] : "");
    all = all && c->text[i];
  }
  return all;
}

static bool copy_move(const bgen_markov_move *move, size_t k, bgen_markov_chain *c)
{
  c->move[k] = *move;
  c->move[k].untuned = NULL;
  c->move[k].fits = NULL;
  for (size_t b = 0; b <= c->n_basins; b++)
    c->fits[b * c->n_moves + k] = !move->fits || move->fits[b];
  c->frequency[k] = move->frequency;
  c->tuned[k] = calloc(move->n_tuned + 1, sizeof *c->tuned[k]);
  if (!c->tuned[k]) return false;
  for (size_t i = 0; i < move->n_tuned; i++) c->tuned[k][i] = move->untuned[i];
  c->tuning |= move->tunes_step || move->tunes_schedule;
  return true;
}

/* exactly 0 where all moves fit, so that numbers are as without */
static void find_lost_shares(bgen_markov_chain *c)
{
  for (size_t b = 0; b <= c->n_basins; b++) {
    double all = 0, fitting = 0;
    for (size_t k = 0; k < c->n_moves; k++) {
      all += c->frequency[k];
      fitting += c->fits[b * c->n_moves + k] ? c->frequency[k] : 0;
    }
    c->lost[b] = -log(fitting / all);
  }
}

static bool allocate(bgen_markov_chain *c)
{
  c->move = calloc(c->n_moves, sizeof *c->move);
  c->frequency = calloc(c->n_moves, sizeof *c->frequency);
  c->fits = calloc((c->n_basins + 1) * c->n_moves, sizeof *c->fits);
  c->lost = calloc(c->n_basins + 1, sizeof *c->lost);
  c->chosen = calloc(c->n_moves, sizeof *c->chosen);
  c->tuned = calloc(c->n_moves, sizeof *c->tuned);
  c->offset = calloc(c->n_basins, sizeof *c->offset);
  c->visits = calloc(bgen_visits_words(c->n_basins), sizeof *c->visits);
  return c->move && c->frequency && c->fits && c->lost && c->chosen && c->tuned && c->offset &&
         c->visits && !bgen_totals_create(c->n_moves, c->n_basins, &c->totals) &&
         !bgen_work_lists_create(c->n_moves, c->n_basins, &c->works);
}

static void drop_visits(bgen_markov_chain *c)
{
  c->visited = bgen_visits_begin(c->n_basins, c->visits);
}

static bool fill(const bgen_markov_options *o, bgen_markov_chain *c)
{
  if (!allocate(c) || !copy_texts(o, c)) return false;
  c->tuning = o->tunes_offsets;
  for (size_t k = 0; k < c->n_moves; k++)
    if (!copy_move(&o->move[k], k, c)) return false;
  find_lost_shares(c);
  for (size_t k = 0; o->offset && k < c->n_basins; k++) c->offset[k] = o->offset[k];
  drop_visits(c);
  return true;
}

bgen_status bgen_markov_create(const bgen_markov_options *options, bgen_markov_chain **chain)
{
  assert(options->n_basins > 0 && options->n_moves > 0);
  bgen_markov_chain *c = calloc(1, sizeof *c);
  if (c) {
    c->seed = options->seed, c->tunes_offsets = options->tunes_offsets;
    c->n_moves = options->n_moves, c->n_basins = options->n_basins;
  }
  if (!c || !fill(options, c)) {
    bgen_markov_destroy(c);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for a chain of %zu moves between %zu basins",
                     options->n_moves, options->n_basins);
  }
  *chain = c;
  return BGEN_OK;
}

void bgen_markov_destroy(bgen_markov_chain *c)
{
  if (!c) return;
  for (size_t k = 0; c->tuned && k < c->n_moves; k++) free(c->tuned[k]);
  for (size_t i = 0; i < BGEN_MARKOV_TEXTS; i++) free(c->text[i]);
  bgen_totals_destroy(c->totals);
  bgen_work_lists_destroy(c->works);
  bgen_markov_leave_pool(c);
  free(c->move);
  free(c->frequency);
  free(c->fits);
  free(c->lost);
  free(c->chosen);
  free(c->tuned);
  free(c->offset);
  free(c->visits);
  free(c);
}

/* ---- the next attempt ---- */

void bgen_markov_note_works(bgen_markov_chain *c)
{
  for (size_t i = 0; i < c->n_moves * c->n_basins * c->n_basins; i++)
    c->totals->n_works[i] = c->works->list[i].n;
}

static void drop_works(bgen_markov_chain *c)
{
  bgen_markov_leave_pool(c);
  bgen_work_lists_clear(c->works);
  bgen_markov_note_works(c);
  c->totals->count[BGEN_COUNT_WORKS_DROPPED]++;
}

void bgen_markov_begin(bgen_markov_chain *c, uint64_t model, double temperature)
{
  const bool other_temperature = c->temperature != temperature;
  if (c->model != model || other_temperature) drop_works(c);
  if (other_temperature) drop_visits(c);
  c->model = model;
  c->temperature = temperature;
}

bgen_rng bgen_markov_rng(const bgen_markov_chain *c, bgen_stream stream)
{
  return bgen_rng_at(c->seed, stream, (uint64_t) bgen_totals_attempts(c->totals));
}

uint64_t bgen_markov_path_point(const bgen_markov_chain *c, int second)
{
  return 2 * (uint64_t) c->totals->count[BGEN_COUNT_PROPOSALS] + (uint64_t) second;
}

bool bgen_markov_fits(const bgen_markov_chain *c, int move, int basin)
{
  return c->fits[(size_t) (basin + 1) * c->n_moves + (size_t) move];
}

bool bgen_markov_joins(const bgen_markov_chain *c, int move, int a, int b)
{
  return bgen_markov_fits(c, move, a) && bgen_markov_fits(c, move, b);
}

double bgen_markov_bias(const bgen_markov_chain *c, int move, int basin)
{
  if (!bgen_markov_fits(c, move, basin)) return -INFINITY;
  return bgen_markov_offset(c, basin) + c->lost[basin + 1];
}

int bgen_markov_choose_move(const bgen_markov_chain *c, int from)
{
  bgen_rng rng = bgen_markov_rng(c, BGEN_STREAM_MOVE);
  if (!isfinite(c->lost[from + 1])) return -1;
  for (size_t k = 0; k < c->n_moves; k++)
    c->chosen[k] = bgen_markov_fits(c, (int) k, from) ? c->frequency[k] : 0;
  return (int) bgen_rng_choose(&rng, c->n_moves, c->chosen);
}

void bgen_markov_skip(bgen_markov_chain *c, int from)
{
  c->totals->count[BGEN_COUNT_IDLE]++;
  bgen_visits_add(&c->visited, from < 0 ? c->n_basins : (size_t) from);
}

bool bgen_markov_accepts(const bgen_markov_chain *c, const bgen_attempt *attempt, double u_new,
                         double log_ratio)
{
  bgen_rng rng = bgen_markov_rng(c, BGEN_STREAM_ACCEPT);
  log_ratio += bgen_markov_bias(c, attempt->move, attempt->to) -
               bgen_markov_bias(c, attempt->move, attempt->from);
  return bgen_metropolis_accept(u_new, log_ratio, bgen_rng_uniform(&rng));
}

bool bgen_markov_crosses(bgen_markov_chain *c, int from, int to)
{
  if (from == to) return true;
  c->totals->count[BGEN_COUNT_CROSSINGS]++;
  bgen_rng rng = bgen_markov_rng(c, BGEN_STREAM_BORDER);
  const double log_ratio = bgen_markov_offset(c, to) - bgen_markov_offset(c, from);
  if (bgen_metropolis_accept(0.0, log_ratio, bgen_rng_uniform(&rng))) return true;
  c->totals->count[BGEN_COUNT_UNDONE]++;
  return false;
}

static bgen_status add_work(bgen_markov_chain *c, const bgen_attempt *attempt)
{
  if (!c->move[attempt->move].has_work || attempt->from < 0) return BGEN_OK;
  const bgen_status status =
      bgen_work_lists_add(c->works, attempt->move, attempt->from, attempt->to, attempt->work);
  bgen_markov_note_works(c);
  return status;
}

bgen_status bgen_markov_add(bgen_markov_chain *c, const bgen_attempt *attempt)
{
  const bgen_status status = add_work(c, attempt);
  if (status) return status;
  bgen_tally_add(bgen_totals_tally(c->totals, attempt->move, attempt->from, attempt->to), attempt);
  c->totals->count[BGEN_COUNT_PROPOSALS] += attempt->proposals;
  const int now = attempt->accepted ? attempt->to : attempt->from;
  bgen_visits_add(&c->visited, now < 0 ? c->n_basins : (size_t) now);
  return BGEN_OK;
}

/* ---- tuning ---- */

bgen_status bgen_markov_tune(bgen_markov_chain *c, const bgen_attempt *attempt)
{
  if (!c->tuning) return BGEN_OK;
  bgen_status status = BGEN_OK;
  if (c->tunes_offsets && bgen_offsets_are_due(bgen_totals_attempts(c->totals)))
    status = bgen_markov_balance_now(c);
  double *step = c->tuned[attempt->move];
  if (c->move[attempt->move].tunes_step)
    *step = bgen_tuned_step(*step, attempt->accepted,
                            bgen_totals_of(c->totals, attempt->move).attempts);
  return status;
}

bool bgen_markov_tuning(const bgen_markov_chain *c)
{
  return c->tuning != 0;
}

bgen_status bgen_markov_set_tuning(bgen_markov_chain *c, bool tunes)
{
  const bool ends = c->tuning && !tunes;
  c->tuning = tunes;
  return ends && c->tunes_offsets ? bgen_markov_balance_now(c) : BGEN_OK;
}

double *bgen_markov_tuned(bgen_markov_chain *c, int move)
{
  return c->tuned[move];
}

const double *bgen_markov_tuned_values(const bgen_markov_chain *c, int move, size_t *n)
{
  *n = c->move[move].n_tuned;
  return c->tuned[move];
}

bool bgen_markov_adapts(const bgen_markov_chain *c, int move)
{
  return c->move[move].tunes_step || c->move[move].tunes_schedule;
}

/* numbers are compared, so -0 is 0 */
void bgen_markov_set_offsets(bgen_markov_chain *c, const double *offset)
{
  bool same = true;
  for (size_t k = 0; k < c->n_basins; k++) same = same && offset[k] == c->offset[k];
  if (same) return;
  memcpy(c->offset, offset, c->n_basins * sizeof *offset);
  drop_visits(c);
}

bool bgen_markov_has_offsets(const bgen_markov_chain *c)
{
  for (size_t k = 0; k < c->n_basins; k++)
    if (c->offset[k] != 0.0) return true;
  return false;
}

double bgen_markov_offset(const bgen_markov_chain *c, int basin)
{
  return basin < 0 ? 0.0 : c->offset[basin];
}

bool bgen_markov_tunes_offsets(const bgen_markov_chain *c)
{
  return c->tunes_offsets;
}

/* ---- what it knows ---- */

uint64_t bgen_markov_seed(const bgen_markov_chain *c)
{
  return c->seed;
}

uint64_t bgen_markov_model(const bgen_markov_chain *c)
{
  return c->model;
}

double bgen_markov_temperature(const bgen_markov_chain *c)
{
  return c->temperature;
}

bool bgen_markov_has_work(const bgen_markov_chain *c, int move)
{
  return c->move[move].has_work;
}

int64_t bgen_markov_count(const bgen_markov_chain *c, bgen_counter counter)
{
  return c->totals->count[counter];
}

void bgen_markov_count_up(bgen_markov_chain *c, bgen_counter counter, int64_t n)
{
  c->totals->count[counter] += n;
}

const bgen_totals *bgen_markov_totals(const bgen_markov_chain *c)
{
  return c->totals;
}

const bgen_work_lists *bgen_markov_works(const bgen_markov_chain *c)
{
  return c->works;
}

const double *bgen_markov_works_since(const bgen_markov_chain *c, const bgen_totals *before,
                                      int move, int a, int b, size_t *n)
{
  const bgen_work_list *list = bgen_work_lists_of(c->works, move, a, b);
  const bool goes_on = before && before->count[BGEN_COUNT_WORKS_DROPPED] ==
                                     c->totals->count[BGEN_COUNT_WORKS_DROPPED];
  const size_t first = goes_on ? *bgen_totals_works(before, move, a, b) : 0;
  *n = list->n - first;
  return list->work ? list->work + first : NULL;
}

const bgen_visits *bgen_markov_visits(const bgen_markov_chain *c)
{
  return &c->visited;
}

bgen_status bgen_markov_difference(const bgen_markov_chain *c, size_t n_chains,
                                   const bgen_visits *visits, int a, int b, bgen_estimate *estimate)
{
  const bgen_status status =
      bgen_visits_difference(n_chains, visits, (size_t) a, (size_t) b, estimate);
  if (!status) estimate->value += c->offset[b] - c->offset[a];
  return status;
}

double bgen_markov_acceptance(const bgen_markov_chain *c)
{
  const bgen_tally whole = bgen_totals_sum(c->totals, BGEN_JUMPS_ALL);
  return whole.attempts > 0 ? (double) whole.accepted / (double) whole.attempts : 0.0;
}

size_t bgen_markov_memory(const bgen_markov_chain *c)
{
  const size_t n = c->n_basins, n_lists = c->n_moves * n * n;
  size_t n_doubles = bgen_visits_words(c->n_basins);
  for (size_t i = 0; i < n_lists; i++) n_doubles += c->works->list[i].capacity;
  return n_doubles * sizeof(double) + c->n_moves * (n + 1) * (n + 1) * sizeof(bgen_tally);
}
