/* SPDX-License-Identifier: MIT
   One function says what comes after what; it is gone through to count, to write, to check (and to
   make room) and to read.  Only a state that has passed the check is read. */
#include "sample/chain_restart.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "sample/chain_state.h"

static const size_t WORD = sizeof(uint64_t);
static const double GREATEST = 1.7976931348623157e308;
static const uint64_t MOST_COUNTED = UINT64_C(1) << 62; /* so that no sum of two overflows */

typedef enum purpose { COUNT, WRITE, CHECK, READ } purpose;

typedef struct file {
  purpose purpose;
  uint64_t *words;      /* to WRITE to */
  const char *bytes;    /* to CHECK and READ from */
  size_t at, n;         /* words: the next one, and all there are to read from */
  const char *wrong;    /* what does not fit; NULL: nothing so far */
  int64_t energy_calls; /* to WRITE */
} file;

static bool reads(const file *f)
{
  return f->purpose >= CHECK;
}

static void must(file *f, bool fits, const char *what)
{
  if (reads(f) && !fits && !f->wrong) f->wrong = what;
}

/* the next word, from memory or into it; nothing is read beyond the end or after a mistake */
static void word(file *f, void *number)
{
  must(f, f->at < f->n, "it ends too early");
  if (f->wrong) return;
  if (f->purpose == WRITE) memcpy(&f->words[f->at], number, WORD);
  if (reads(f)) memcpy(number, f->bytes + f->at * WORD, WORD);
  f->at++;
}

/* Each takes a value that the chain keeps only when it is READ. */
static void unsigned_number(file *f, uint64_t *value, uint64_t most, const char *what)
{
  uint64_t number = *value;
  word(f, &number);
  must(f, number <= most, what);
  if (f->purpose == READ) *value = number;
}

static void real_number(file *f, double *value, double least, double most, const char *what)
{
  double number = *value;
  word(f, &number);
  must(f, number >= least && number <= most, what);
  if (f->purpose == READ) *value = number;
}

/* the length of a list, between least and most; what is left could hold it */
static size_t length(file *f, size_t n, size_t least, size_t most, const char *what)
{
  uint64_t number = n;
  word(f, &number);
  must(f, number >= least && number <= most && number <= f->n - f->at, what);
  return f->wrong ? 0 : (size_t) number;
}

/* ---- the parts of a chain ---- */

/* n_sum: so many of them are summed somewhere */
static void counted(file *f, size_t n, int64_t *value, size_t n_sum, const char *what)
{
  for (size_t i = 0; i < n; i++) {
    word(f, &value[i]);
    must(f, value[i] >= 0 && (uint64_t) value[i] <= MOST_COUNTED / n_sum, what);
  }
}

static void counters(file *f, bgen_totals *totals)
{
  int64_t count[BGEN_N_COUNTERS];
  memcpy(count, totals->count, sizeof count);
  if (f->purpose == WRITE) count[BGEN_COUNT_ENERGY_CALLS] = f->energy_calls;
  counted(f, BGEN_N_COUNTERS, count, 1, "a count is negative or too large");
  must(f, count[BGEN_COUNT_UNDONE] <= count[BGEN_COUNT_CROSSINGS],
       "more MD segments were undone than changed the basin");
  must(f,
       count[BGEN_COUNT_EXCHANGED] <= count[BGEN_COUNT_EXCHANGES] &&
           count[BGEN_COUNT_AS_THEY_ARE] <= count[BGEN_COUNT_EXCHANGES],
       "more exchanges were accepted than made");
  if (f->purpose == READ) memcpy(totals->count, count, sizeof count);
}

static void one_tally(file *f, size_t n_tallies, bgen_tally *tally)
{
  bgen_tally t = *tally;
  int64_t *const counts[] = {&t.attempts,     &t.accepted, &t.outside, &t.refused, &t.not_finite,
                             &t.energy_calls, &t.paths,    &t.stepped, &t.tested,  &t.undone};
  double *const sums[] = {&t.path_work, &t.step_work, &t.seconds};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    counted(f, 1, counts[i], n_tallies, "a tally is negative or too large");
  must(f, t.accepted <= t.attempts, "more attempts were accepted than made");
  must(f, t.undone <= t.tested, "more steps were undone than tested");
  for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
    real_number(f, sums[i], -GREATEST, GREATEST, "a work or the time of a move is not finite");
  if (f->purpose == READ) *tally = t;
}

static void tallies(file *f, bgen_totals *totals)
{
  const size_t n = totals->n_basins + 1, n_tallies = totals->n_moves * n * n;
  assert(n_tallies > 0);
  for (size_t i = 0; i < n_tallies; i++) one_tally(f, n_tallies, &totals->tally[i]);
}

/* works are finite or +inf */
static bgen_status list_of_works(file *f, bgen_work_list *list, size_t most)
{
  const size_t n = length(f, list->n, 0, most, "a list of works is longer than it may be");
  bgen_status status = BGEN_OK;
  if (f->purpose == CHECK) status = bgen_work_list_reserve(list, n);
  for (size_t i = 0; !status && i < n; i++) {
    double work = reads(f) ? 0.0 : list->work[i];
    word(f, &work);
    must(f, work >= -GREATEST, "a work is NaN or -inf");
    if (f->purpose == READ) list->work[i] = work;
  }
  if (f->purpose == READ) list->n = n;
  return status;
}

static bgen_status works(file *f, bgen_work_lists *lists)
{
  bgen_status status = BGEN_OK;
  for (size_t i = 0; !status && i < lists->n_moves * lists->n_basins * lists->n_basins; i++)
    status = list_of_works(f, &lists->list[i], lists->most);
  return status;
}

/* as many as the chain has */
static void real_numbers(file *f, size_t n, double *value, const char *how_many, const char *what)
{
  const size_t found = length(f, n, n, n, how_many);
  for (size_t i = 0; i < found; i++) real_number(f, &value[i], -GREATEST, GREATEST, what);
}

static void all_tuned(file *f, bgen_markov_chain *c)
{
  for (size_t k = 0; k < c->n_moves; k++)
    real_numbers(f, c->move[k].n_tuned, c->tuned[k], "the length of a tuned schedule does not fit",
                 "a tuned step or schedule is not finite");
}

/* what blocks of visits hold */
typedef struct held {
  uint64_t all, fullest;
  size_t last; /* block that is not empty */
} held;

static held blocks(file *f, bgen_markov_chain *c)
{
  const size_t n_all = BGEN_VISITS_BLOCKS * c->n_basins;
  const size_t n = length(f, n_all, n_all, n_all, "the number of blocks of visits does not fit");
  held sum = {0, 0, 0};
  uint64_t block = 0;
  assert(c->n_basins > 0);
  for (size_t i = 0; i < n; i++) {
    uint64_t number = c->visits[i];
    word(f, &number);
    must(f, number <= MOST_COUNTED / n_all, "there are too many visits");
    if (f->purpose == READ) c->visits[i] = number;
    block = i % c->n_basins ? block + number : number;
    sum.all += number;
    if (block > sum.fullest) sum.fullest = block;
    if (number) sum.last = i / c->n_basins;
  }
  return sum;
}

static void crossings(file *f, bgen_markov_chain *c, uint64_t all)
{
  const size_t n = c->n_basins;
  for (size_t i = 0; i < n * n; i++)
    unsigned_number(f, &c->visited.crossings[i], i % (n + 1) ? all : 0,
                    "there are more crossings than visits");
  for (size_t i = 0; i < n; i++)
    unsigned_number(f, &c->visited.last[i], all, "a visit is later than all");
}

/* A block has a length, and after all moments comes none: bgen_visits_add() relies on both. */
static void visits(file *f, bgen_markov_chain *c)
{
  const held sum = blocks(f, c);
  uint64_t block = c->visited.length, all = c->visited.n;
  word(f, &block);
  must(f, block > 0 && block <= MOST_COUNTED / BGEN_VISITS_BLOCKS && sum.fullest <= block,
       "blocks of visits have no length that fits");
  word(f, &all);
  must(f, all <= BGEN_VISITS_BLOCKS * block && sum.all <= all && (!all || sum.last * block < all),
       "visits do not fit in their blocks");
  crossings(f, c, all);
  if (f->purpose == READ) c->visited.length = block, c->visited.n = all;
}

static void texts(file *f, const bgen_markov_chain *c)
{
  for (size_t k = 0; k < BGEN_MARKOV_TEXTS; k++) {
    uint64_t n = strlen(c->text[k]);
    word(f, &n);
    for (size_t i = 0; i < n; i++) {
      uint64_t letter = (uint64_t) c->text[k][i];
      word(f, &letter);
    }
  }
}

/* everything after the texts, which are compared before */
static bgen_status exchange(file *f, bgen_markov_chain *c)
{
  unsigned_number(f, &c->seed, UINT64_MAX, NULL);
  unsigned_number(f, &c->model, UINT64_MAX, NULL);
  real_number(f, &c->temperature, 0.0, GREATEST, "the temperature is not finite or negative");
  unsigned_number(f, &c->tuning, 1, "whether it tunes is neither yes nor no");
  counters(f, c->totals);
  tallies(f, c->totals);
  const bgen_status status = works(f, c->works);
  if (status) return status;
  real_numbers(f, c->n_basins, c->offset, "the number of offsets does not fit",
               "an offset is not finite");
  all_tuned(f, c);
  visits(f, c);
  must(f, f->at == f->n, "it has a rest that belongs to nothing");
  return BGEN_OK;
}

/* ---- the head ---- */

/* revision, words in all, checksum of the words after the head, checksum of the three before */
enum { HEAD_REVISION, HEAD_SIZE, HEAD_CHECKSUM, HEAD_OWN_CHECKSUM, HEAD };

static uint64_t checksum_of(size_t n_words, const void *words)
{
  return bgen_hash_bytes(BGEN_HASH_START, words, n_words * WORD);
}

void bgen_restart_seal(uint64_t *words)
{
  words[HEAD_CHECKSUM] = checksum_of((size_t) words[HEAD_SIZE] - HEAD, words + HEAD);
  words[HEAD_OWN_CHECKSUM] = checksum_of(HEAD_OWN_CHECKSUM, words);
}

/* ---- to pack ---- */

/* a chain that is packed or counted stays as it is */
static size_t put(const bgen_markov_chain *chain, file *f)
{
  uint64_t head[HEAD] = {BGEN_RESTART_REVISION, f->n};
  for (size_t i = 0; i < HEAD; i++) word(f, &head[i]);
  texts(f, chain);
  exchange(f, (bgen_markov_chain *) chain);
  return f->at;
}

size_t bgen_markov_packed_size(const bgen_markov_chain *chain)
{
  file f = {.purpose = COUNT, .n = SIZE_MAX};
  return put(chain, &f);
}

void bgen_markov_pack(const bgen_markov_chain *chain, int64_t energy_calls, uint64_t *words)
{
  file f = {.purpose = WRITE, .words = words, .energy_calls = energy_calls};
  f.n = bgen_markov_packed_size(chain);
  put(chain, &f);
  bgen_restart_seal(words);
}

/* ---- to unpack ---- */

static bgen_status not_a_state(const char *what)
{
  return bgen_fail(BGEN_BAD_FILE, "the restart file holds no valid state of a chain: %s", what);
}

bgen_status bgen_restart_size(const void *head, size_t *n_bytes)
{
  uint64_t words[HEAD];
  memcpy(words, head, WORD); /* an older state may be shorter than a head */
  if (words[HEAD_REVISION] != BGEN_RESTART_REVISION)
    return bgen_fail(BGEN_BAD_FILE,
                     "the restart file was written by another version of bgen (its state has "
                     "revision %llu, expected %llu): continue with that version",
                     (unsigned long long) words[HEAD_REVISION],
                     (unsigned long long) BGEN_RESTART_REVISION);
  memcpy(words, head, sizeof words);
  if (words[HEAD_OWN_CHECKSUM] != checksum_of(HEAD_OWN_CHECKSUM, words))
    return not_a_state("its first words are damaged");
  if (words[HEAD_SIZE] < HEAD || words[HEAD_SIZE] > INT32_MAX / WORD)
    return bgen_fail(BGEN_BAD_FILE, "the restart file holds no valid state of a chain: %llu words",
                     (unsigned long long) words[HEAD_SIZE]);
  *n_bytes = (size_t) words[HEAD_SIZE] * WORD;
  return BGEN_OK;
}

enum { SHOWN = 800 }; /* letters of a text, in a sentence */

/* the next text; true if it is `expected`; its beginning in shown[SHOWN + 1] */
static bool same_text(file *f, const char *expected, char *shown)
{
  const size_t n = length(f, 0, 0, SIZE_MAX, "a text is longer than the rest");
  bool same = n == strlen(expected);
  for (size_t i = 0; i < n; i++) {
    uint64_t letter = 0;
    word(f, &letter);
    must(f, letter == (uint64_t) (char) letter, "a text has no letters");
    same = same && (char) letter == expected[i];
    if (i < SHOWN) shown[i] = (char) letter;
  }
  shown[n < SHOWN ? n : SHOWN] = 0;
  return same;
}

/* of the same options? */
static bgen_status compare_texts(file *f, const bgen_markov_chain *c)
{
  static const char *const of[BGEN_MARKOV_TEXTS] = {"moves", "cvs", "basins", "offsets"};
  char shown[SHOWN + 1];
  for (size_t k = 0; k < BGEN_MARKOV_TEXTS; k++) {
    const bool same = same_text(f, c->text[k], shown);
    if (f->wrong) return not_a_state(f->wrong);
    if (!same)
      return bgen_fail(BGEN_BAD_INPUT,
                       "the restart file holds a chain with the %s '%s', not '%.*s': continue "
                       "with the same, or give the fix another ID to begin anew",
                       of[k], shown, SHOWN, c->text[k]);
  }
  return BGEN_OK;
}

static bgen_status go_through(file f, purpose why, bgen_markov_chain *c)
{
  f.purpose = why;
  const bgen_status status = exchange(&f, c);
  return status ? status : f.wrong ? not_a_state(f.wrong) : BGEN_OK;
}

bgen_status bgen_markov_unpack(bgen_markov_chain *chain, size_t n_bytes, const void *bytes)
{
  size_t expected = 0;
  uint64_t checksum;
  if (n_bytes < BGEN_RESTART_HEAD) return not_a_state("it ends too early");
  bgen_status status = bgen_restart_size(bytes, &expected);
  if (!status && expected != n_bytes) status = not_a_state("its length is not what it says");
  if (status) return status;
  file f = {.purpose = CHECK, .bytes = bytes, .at = HEAD, .n = n_bytes / WORD};
  memcpy(&checksum, f.bytes + HEAD_CHECKSUM * WORD, WORD);
  if (checksum != checksum_of(f.n - HEAD, f.bytes + HEAD * WORD))
    return not_a_state("it is damaged (the checksum differs): restart from another file");
  status = compare_texts(&f, chain);
  if (!status) status = go_through(f, CHECK, chain);
  if (!status) status = go_through(f, READ, chain);
  if (!status) bgen_markov_note_works(chain);
  return status;
}
