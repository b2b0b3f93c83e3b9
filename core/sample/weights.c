/* SPDX-License-Identifier: MIT */
#include "sample/weights.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bgen_status bgen_weights_create(size_t capacity, bgen_weights **result)
{
  bgen_weights *w = calloc(1, sizeof *w);
  double *log_w = malloc((capacity + 1) * sizeof *log_w);
  size_t *family = malloc((2 * capacity + 1) * sizeof *family);
  char *alive = malloc(capacity + 1);
  if (!w || !log_w || !family || !alive) {
    free(w), free(log_w), free(family), free(alive);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the weights of %zu walkers", capacity);
  }
  *w = (bgen_weights){capacity, 0, 0, log_w, family, family + capacity, alive};
  *result = w;
  return BGEN_OK;
}

void bgen_weights_destroy(bgen_weights *w)
{
  if (!w) return;
  free(w->log_w);
  free(w->family); /* and order */
  free(w->alive);
  free(w);
}

void bgen_weights_begin(bgen_weights *w, size_t n)
{
  assert(n <= w->capacity);
  w->n = n;
  w->log_mean = 0;
  for (size_t i = 0; i < n; i++) {
    w->log_w[i] = 0;
    w->family[i] = w->order[i] = i;
  }
}

void bgen_weights_lose(bgen_weights *w, size_t i, double work)
{
  w->log_w[i] = isfinite(work) ? w->log_w[i] - work : -INFINITY;
}

static double greatest(const bgen_weights *w)
{
  double top = -INFINITY;
  for (size_t i = 0; i < w->n; i++) top = fmax(top, w->log_w[i]);
  return top;
}

/* sum of w e^-top */
static double sum(const bgen_weights *w, double top)
{
  double all = 0;
  for (size_t i = 0; i < w->n; i++) all += exp(w->log_w[i] - top);
  return all;
}

double bgen_weights_log_z(const bgen_weights *w)
{
  const double top = greatest(w);
  return isfinite(top) ? w->log_mean + top + log(sum(w, top) / (double) w->n) : -INFINITY;
}

/* order[i] = j where the running sum of weights first exceeds (i + uniform) / n of the whole */
static void find_order(bgen_weights *w, double top, double uniform)
{
  const double share = sum(w, top) / (double) w->n;
  double running = exp(w->log_w[0] - top);
  size_t j = 0, last = w->n - 1;
  while (!isfinite(w->log_w[last])) last--; /* where rounding might end */
  for (size_t i = 0; i < w->n; i++) {
    while (j < last && running <= ((double) i + uniform) * share)
      running += exp(w->log_w[++j] - top);
    w->order[i] = j;
  }
}

/* Orders rise.  So what is copied down, first and from below, never comes from a place that has
   been written, and neither does what is copied up, from above, thereafter: where both meet, a
   walker stays. */
void bgen_weights_follow(const bgen_weights *w, size_t n_bytes, void *values)
{
  char *value = values;
  for (size_t i = 0; i < w->n; i++)
    if (w->order[i] > i) memcpy(value + i * n_bytes, value + w->order[i] * n_bytes, n_bytes);
  for (size_t i = w->n; i-- > 0;)
    if (w->order[i] < i) memcpy(value + i * n_bytes, value + w->order[i] * n_bytes, n_bytes);
}

bool bgen_weights_resample(bgen_weights *w, double uniform)
{
  const double top = greatest(w);
  if (!isfinite(top)) return false;
  w->log_mean = bgen_weights_log_z(w);
  find_order(w, top, uniform);
  for (size_t i = 0; i < w->n; i++) w->log_w[i] = 0;
  bgen_weights_follow(w, sizeof *w->family, w->family);
  return true;
}

size_t bgen_weights_families(const bgen_weights *w)
{
  size_t n = 0;
  memset(w->alive, 0, w->n);
  for (size_t i = 0; i < w->n; i++)
    if (isfinite(w->log_w[i])) w->alive[w->family[i]] = 1;
  for (size_t i = 0; i < w->n; i++) n += w->alive[i] != 0;
  return n;
}
