/* SPDX-License-Identifier: MIT */
#include "train/wander.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "coords/superpose.h"
#include "coords/vectors.h"

enum { BLOCKS = 16 };

static const double LEAST_RETURN = 5. / BLOCKS, MOST_LOST = 0.8, LEAST_LEFT = 0.3;

/* a quantity of some components along the runs that are long enough */
typedef struct walk {
  size_t size, n_runs;
  double *mean; /* [n_runs][BLOCKS][size] */
} walk;

typedef struct body {
  bgen_layout layout;
  size_t dim, n;
  double *reference, *shape, *turned;       /* [dim] */
  double *sum, *square, *sum_turned;        /* [dim] of shapes, and of the rotated reference */
  double centre[3], rotation[9], origin[3]; /* of a frame, and of the first one */
  double mean_rotation[9];                  /* in space */
  walk centres, orientations;
} body;

static size_t block_begin(size_t length, size_t b)
{
  return (b * length + BLOCKS - 1) / BLOCKS;
}

static size_t n_long_runs(const bgen_runs *runs)
{
  size_t n = 0;
  for (size_t r = 0; r < runs->n; r++) n += bgen_run_length(runs, r) >= BLOCKS;
  return n;
}

/* ---- frames ---- */

/* centre, rotation and shape of a frame beside the reference */
static void superpose(body *of, const double *x)
{
  const size_t n_space = of->layout.n_space;
  double correlation[9] = {0};
  bgen_see_from_centroid(&of->layout, x, of->centre, of->turned);
  for (size_t i = 0; i < of->dim; i += n_space)
    for (size_t a = 0; a < n_space; a++)
      for (size_t b = 0; b < n_space; b++)
        correlation[a * n_space + b] += of->turned[i + a] * of->reference[i + b];
  bgen_superpose(n_space, correlation, of->rotation);
  for (size_t j = 0; j < of->dim; j++) {
    of->shape[j] = 0;
    for (size_t a = 0; a < n_space; a++)
      of->shape[j] +=
          of->rotation[a * n_space + j % n_space] * of->turned[j / n_space * n_space + a];
  }
}

/* The reference becomes the mean of shapes that are superposed on it. */
static void average_shapes(body *of, const double *x)
{
  memset(of->sum, 0, of->dim * sizeof *of->sum);
  for (size_t i = 0; i < of->n; i++) {
    superpose(of, x + i * of->dim);
    for (size_t j = 0; j < of->dim; j++) of->sum[j] += of->shape[j] / (double) of->n;
  }
  memcpy(of->reference, of->sum, of->dim * sizeof *of->sum);
}

static void turn_reference(body *of)
{
  const size_t n_space = of->layout.n_space;
  for (size_t j = 0; j < of->dim; j++) {
    of->turned[j] = 0;
    for (size_t b = 0; b < n_space; b++)
      of->turned[j] +=
          of->rotation[j % n_space * n_space + b] * of->reference[j / n_space * n_space + b];
  }
}

static void add_to_block(const walk *to, size_t run, size_t block, double part, const double *value)
{
  double *mean = to->mean + (run * BLOCKS + block) * to->size;
  for (size_t c = 0; c < to->size; c++) mean[c] += part * value[c];
}

static void add_frame(body *of, const double *x)
{
  superpose(of, x);
  turn_reference(of);
  for (size_t c = 0; c < 3; c++) of->centre[c] -= of->origin[c];
  for (size_t k = 0; k < of->layout.n_space * of->layout.n_space; k++)
    of->mean_rotation[k] += of->rotation[k] / (double) of->n;
  for (size_t j = 0; j < of->dim; j++) {
    const double off = of->shape[j] - of->reference[j];
    of->sum[j] += off / (double) of->n;
    of->square[j] += off * off / (double) of->n;
    of->sum_turned[j] += of->turned[j] / (double) of->n;
  }
}

/* sums of shapes and orientations, means of blocks */
static void read_frames(body *of, const bgen_runs *runs, const double *x)
{
  size_t run = 0;
  memset(of->sum, 0, of->dim * sizeof *of->sum);
  for (size_t r = 0; r < runs->n; r++) {
    const size_t begin = bgen_run_begin(runs, r), length = bgen_run_length(runs, r);
    for (size_t b = 0; b < BLOCKS; b++) {
      const size_t first = block_begin(length, b), end = block_begin(length, b + 1);
      for (size_t i = first; i < end; i++) {
        add_frame(of, x + (begin + i) * of->dim);
        if (length < BLOCKS) continue;
        add_to_block(&of->centres, run, b, 1 / (double) (end - first), of->centre);
        add_to_block(&of->orientations, run, b, 1 / (double) (end - first), of->turned);
      }
    }
    run += length >= BLOCKS;
  }
}

/* ---- what they tell ---- */

/* sum over runs of the products of a component: from block to block, and its squares */
typedef struct returning {
  double products, squares, variance; /* the last a mean */
} returning;

static returning of_component(const walk *w, size_t c)
{
  returning all = {0, 0, 0};
  for (size_t r = 0; r < w->n_runs; r++) {
    const double *m = w->mean + r * BLOCKS * w->size + c;
    double mean = 0, square = 0;
    for (size_t b = 0; b + 1 < BLOCKS; b++) mean += m[b * w->size] / (BLOCKS - 1);
    for (size_t b = 0; b + 1 < BLOCKS; b++) {
      const double off = m[b * w->size] - mean;
      all.products -= (m[(b + 1) * w->size] - m[b * w->size]) * off;
      square += off * off;
    }
    all.squares += square;
    all.variance += square / (double) ((BLOCKS - 1) * w->n_runs);
  }
  return all;
}

static bool returns(const walk *w)
{
  double products = 0, squares = 0;
  for (size_t c = 0; c < w->size; c++) {
    const returning of = of_component(w, c);
    products += of.products, squares += of.squares;
  }
  return !(products < LEAST_RETURN * squares);
}

static double widest(const walk *w)
{
  double most = 0;
  for (size_t c = 0; c < w->size; c++) most = fmax(most, of_component(w, c).variance);
  return sqrt(most);
}

static double root_mean(const walk *w)
{
  double sum = 0;
  for (size_t c = 0; c < w->size; c++) sum += of_component(w, c).variance;
  return sqrt(sum / (double) w->size);
}

/* eigenvalues, rising, of A^T A of n rows of three */
static void square_eigenvalues(size_t n, const double *rows, double eigenvalue[3])
{
  double matrix[9] = {0};
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < 9; k++) matrix[k] += rows[3 * i + k / 3] * rows[3 * i + k % 3];
  bgen_symmetric_eigen_small(3, matrix, eigenvalue);
}

/* whether it turns about an axis that stays; the rotations of a body on a line are not known */
static bool spins(const body *of)
{
  double widths[3], left[3];
  if (of->layout.n_space < 3) return false;
  square_eigenvalues(of->layout.n_particles, of->reference, widths);
  square_eigenvalues(3, of->mean_rotation, left);
  return widths[1] > 1e-3 * widths[2] && left[1] < LEAST_LEFT * LEAST_LEFT;
}

static bgen_wander judge(const body *of)
{
  bgen_wander found = {0, 0, false, false};
  double of_shape = 0, whole = 0, left = 0;
  for (size_t j = 0; j < of->dim; j++) {
    of_shape += fmax(0, of->square[j] - of->sum[j] * of->sum[j]) / (double) of->dim;
    whole += of->reference[j] * of->reference[j];
    left += of->sum_turned[j] * of->sum_turned[j];
  }
  of_shape = sqrt(of_shape);
  if (!(of_shape > 0) || of->centres.n_runs == 0) return found;
  const bool lost = !(whole - left <= MOST_LOST * whole) || spins(of);
  const double all = sqrt(fmax(0, whole - left) / (double) of->dim);
  found.centre = widest(&of->centres) / of_shape;
  found.drifts = found.centre > 1 && !returns(&of->centres);
  if (of->layout.n_space == 1) return found;
  found.orientation = (lost ? all : root_mean(&of->orientations)) / of_shape;
  found.turns = found.orientation > 1 && (lost || !returns(&of->orientations));
  return found;
}

/* ---- memory ---- */

static void free_body(body *of)
{
  free(of->reference);
  free(of->centres.mean);
  free(of->orientations.mean);
}

static bool allocate(body *of, const bgen_runs *runs)
{
  const size_t n_runs = n_long_runs(runs), dim = of->dim;
  double *all = of->reference = calloc(6 * dim, sizeof *all);
  if (!all) return false;
  of->shape = all + dim, of->turned = all + 2 * dim;
  of->sum = all + 3 * dim, of->square = all + 4 * dim, of->sum_turned = all + 5 * dim;
  of->centres = (walk){of->layout.n_space, n_runs, NULL};
  of->orientations = (walk){dim, n_runs, NULL};
  of->centres.mean = calloc((n_runs + 1) * BLOCKS * of->centres.size, sizeof(double));
  of->orientations.mean = calloc((n_runs + 1) * BLOCKS * dim, sizeof(double));
  return of->centres.mean && of->orientations.mean;
}

bgen_status bgen_wander_find(const bgen_layout *layout, const bgen_runs *runs, const double *x,
                             bgen_wander *found)
{
  assert(runs->n > 0 && layout->n_space >= 1 && layout->n_space <= 3);
  const size_t n = runs->end[runs->n - 1];
  body of = {.layout = *layout, .dim = layout->n_particles * layout->n_space, .n = n};
  *found = (bgen_wander){0, 0, false, false};
  if (layout->n_particles < 2) return BGEN_OK;
  if (!allocate(&of, runs)) {
    free_body(&of);
    return bgen_fail(BGEN_NO_MEMORY, "no memory to look at %zu runs of frames", runs->n);
  }
  bgen_see_from_centroid(layout, x, of.origin, of.reference);
  average_shapes(&of, x);
  read_frames(&of, runs, x);
  *found = judge(&of);
  free_body(&of);
  return BGEN_OK;
}
