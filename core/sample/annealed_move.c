/* SPDX-License-Identifier: MIT */
#include "sample/annealed_move.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/shapes.h"
#include "sample/proposal.h"

static const size_t FIRST_PATHS = 40;    /* before a schedule is adapted, then ever more */
static const double LEAST_SPREAD = 1e-6; /* kT, of the work of a step */

/* Works of one step. */
typedef struct notes {
  size_t n, capacity;
  double *work;
} notes;

typedef enum stage { UP, DOWN, ENDED } stage;

struct bgen_annealed_move {
  const bgen_generator *generator;
  bgen_workspace *workspace; /* both are the caller's */
  bgen_annealed_start start;
  bgen_annealed *paths; /* one after the other */
  bgen_annealed_attempt attempt;
  stage stage;
  bgen_status begun; /* how the path up has begun */
  size_t to;
  double work;    /* of all that is behind */
  double by_step; /* of the work */
  int64_t n_tested, n_undone;
  bool outside;
  double *x_start;          /* [dim] x_0'; behind it memory for another one */
  double *weight;           /* [n_components] memory */
  size_t n_steps;           /* of each path */
  notes *step;              /* [n_steps] of the latest paths, in the order from the flow */
  size_t n_wanted;          /* paths before the next schedule */
  double work_noted;        /* of the present path */
  size_t at_noted;          /* its step */
  double *spread, *adapted; /* [n_steps], [n_steps + 1] memory */
};

/* ---- creation ---- */

static bgen_status allocate(bgen_annealed_move *m, const bgen_annealed_way *way)
{
  const size_t n = m->n_steps;
  m->x_start = malloc(2 * bgen_generator_dim(m->generator) * sizeof *m->x_start);
  m->weight = malloc(bgen_generator_n_components(m->generator) * sizeof *m->weight);
  m->step = calloc(n, sizeof *m->step);
  m->spread = malloc(n * sizeof *m->spread);
  m->adapted = malloc((n + 1) * sizeof *m->adapted);
  if (!m->x_start || !m->weight || !m->step || !m->spread || !m->adapted)
    return bgen_fail(BGEN_NO_MEMORY, "no memory for an annealed move of %zu steps", n);
  return way->tested
             ? bgen_annealed_create_tested(m->generator, m->workspace, way->latent, 1, &m->paths)
             : bgen_annealed_create(m->generator, m->workspace, 1, &m->paths);
}

bgen_status bgen_annealed_move_create(const bgen_generator *generator, bgen_workspace *workspace,
                                      const bgen_annealed_way *way, bgen_annealed_move **result)
{
  const size_t n_steps = way->n_steps;
  assert(n_steps > 0);
  const double n_bytes = (double) n_steps * (double) (sizeof(notes) + 4 * sizeof(double));
  const bgen_status fits = bgen_memory_check(n_bytes, "annealed paths of %zu steps", n_steps);
  if (fits) return fits;
  bgen_annealed_move *m = calloc(1, sizeof *m);
  if (!m) return bgen_fail(BGEN_NO_MEMORY, "no memory for an annealed move");
  m->generator = generator;
  m->workspace = workspace;
  m->start = way->start;
  m->n_steps = n_steps;
  m->n_wanted = FIRST_PATHS;
  m->stage = ENDED;
  const bgen_status status = allocate(m, way);
  if (status)
    bgen_annealed_move_destroy(m);
  else
    *result = m;
  return status;
}

void bgen_annealed_move_destroy(bgen_annealed_move *m)
{
  if (!m) return;
  for (size_t t = 0; m->step && t < m->n_steps; t++) free(m->step[t].work);
  free(m->x_start), free(m->weight), free(m->step), free(m->spread), free(m->adapted);
  bgen_annealed_destroy(m->paths);
  free(m);
}

/* ---- works of steps ---- */

static bgen_status append(notes *of, double work)
{
  if (of->n == of->capacity) {
    const size_t capacity = of->capacity ? 2 * of->capacity : FIRST_PATHS;
    double *more = realloc(of->work, capacity * sizeof *more);
    if (!more) return bgen_fail(BGEN_NO_MEMORY, "no memory for the works of %zu paths", capacity);
    of->work = more;
    of->capacity = capacity;
  }
  of->work[of->n++] = work;
  return BGEN_OK;
}

/* the work since the last note, of the step that the path has just ended, if any */
static bgen_status note_step(bgen_annealed_move *m)
{
  if (!m->attempt.noted) return BGEN_OK;
  const bgen_annealed *a = m->paths;
  const double work = a->path->work[0], of_step = work - m->work_noted;
  m->work_noted = work;
  if (a->at == m->at_noted || !isfinite(of_step)) return BGEN_OK;
  m->at_noted = a->at;
  return append(&m->step[a->to_flow ? m->n_steps - a->at : a->at - 1], of_step);
}

static int compare(const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* The distance between the quartiles: works have tails. */
static double spread_of(notes *of)
{
  qsort(of->work, of->n, sizeof *of->work, compare);
  return of->work[3 * of->n / 4] - of->work[of->n / 4];
}

/* of every step: where all paths break off early there is nothing to tune */
static bool enough_works(const bgen_annealed_move *m)
{
  for (size_t t = 0; t < m->n_steps; t++)
    if (m->step[t].n < m->n_wanted) return false;
  return true;
}

bool bgen_annealed_move_adapt(bgen_annealed_move *m, double *lambda)
{
  if (!enough_works(m)) return false;
  for (size_t t = 0; t < m->n_steps; t++) m->spread[t] = fmax(spread_of(&m->step[t]), LEAST_SPREAD);
  bgen_annealed_adapt(m->n_steps, lambda, m->spread, m->adapted);
  memcpy(lambda, m->adapted, (m->n_steps + 1) * sizeof *lambda);
  for (size_t t = 0; t < m->n_steps; t++) m->step[t].n = 0;
  m->n_wanted *= 2;
  return true;
}

/* ---- the way ---- */

static bgen_anneal path_of(const bgen_annealed_move *m, size_t k)
{
  return (bgen_anneal){k, m->attempt.temperature, m->n_steps, m->attempt.lambda};
}

/* where the random numbers of a path begin */
static uint64_t point_of_path(const bgen_annealed_move *m, unsigned second)
{
  return 2 * m->attempt.number + second;
}

static void begin_notes(bgen_annealed_move *m)
{
  m->work_noted = 0;
  m->at_noted = 0;
}

/* `to`; and what it costs that it is chosen with another probability than the present one */
static double choose(bgen_annealed_move *m)
{
  const size_t n = bgen_generator_n_components(m->generator), from = m->attempt.from;
  bgen_rng rng = bgen_rng_at(m->attempt.seed, BGEN_STREAM_COMPONENT, m->attempt.number);
  const bool any = m->start == BGEN_START_ANY;
  for (size_t k = 0; k < n; k++)
    m->weight[k] = any ? bgen_generator_weight(m->generator, k) : k != from;
  m->to = bgen_rng_choose(&rng, n, m->weight);
  return any ? log(m->weight[from] / m->weight[m->to]) : 0;
}

size_t bgen_annealed_move_begin(bgen_annealed_move *m, const bgen_annealed_attempt *attempt)
{
  m->attempt = *attempt;
  m->stage = UP;
  m->outside = false;
  m->work = -choose(m);
  m->by_step = 0;
  m->n_tested = m->n_undone = 0;
  begin_notes(m);
  const bgen_anneal path = path_of(m, attempt->from);
  m->begun =
      bgen_annealed_to_flow(m->paths, &path, &attempt->dynamics, attempt->seed, BGEN_STREAM_PATH,
                            point_of_path(m, 0), 1, attempt->x, &attempt->u, attempt->grad_u);
  return m->to;
}

/* a sample, x_start, comes to where the path up has ended */
static void place_start(bgen_annealed_move *m)
{
  const size_t dim = bgen_generator_dim(m->generator);
  double *placed = m->x_start + dim;
  if (bgen_generator_coords(m->generator) == BGEN_CARTESIAN) return;
  bgen_generator_place(m->generator, m->workspace, m->attempt.from, m->paths->x, m->to, m->x_start,
                       placed);
  memcpy(m->x_start, placed, dim * sizeof *placed);
}

/* x_start becomes x_0', or is outside; *log_mapped of F_l o F_k^-1 is the logarithm of its volume
   factor */
static bgen_status start_at_flow(bgen_annealed_move *m, double *log_mapped)
{
  const bgen_annealed_attempt *a = &m->attempt;
  bgen_draw draw = {0};
  *log_mapped = NAN;
  const bgen_status status =
      m->start == BGEN_START_TRANSFER
          ? bgen_transfer_component(m->generator, m->workspace, a->from, m->to, m->paths->x,
                                    m->x_start, log_mapped)
          : bgen_generator_sample_component(m->generator, m->workspace, m->to, a->temperature,
                                            a->seed, BGEN_STREAM_PROPOSAL, a->number, 1, m->x_start,
                                            &draw);
  if (status) return status;
  m->outside = !draw.in_domain && !isfinite(*log_mapped);
  if (!m->outside && draw.in_domain) place_start(m);
  if (!m->outside)
    bgen_generator_reflect(m->generator, a->seed, BGEN_STREAM_MIRROR, a->number, m->x_start);
  return BGEN_OK;
}

/* of z from flow to flow, where the volume factor of both flows is in u_t already; 0 if it stays as
   it is, which rounding would spoil */
static double log_converted(const bgen_annealed_move *m, double log_mapped, double log_det)
{
  const bool converts = bgen_latent_circles(m->generator, m->attempt.from) ||
                        bgen_latent_circles(m->generator, m->to);
  return converts ? log_mapped - (m->paths->log_det[0] - log_det) : 0;
}

/* from the flow, with the work of a map from flow to flow */
static bgen_status go_down(bgen_annealed_move *m)
{
  const bgen_annealed_attempt *a = &m->attempt;
  const bgen_anneal path = path_of(m, m->to);
  const double before = m->paths->path->u[0], log_det = m->paths->log_det[0];
  double log_mapped;
  bgen_status status = start_at_flow(m, &log_mapped);
  if (status || m->outside) return status;
  status = bgen_annealed_from_flow(m->paths, &path, &a->dynamics, a->seed, BGEN_STREAM_PATH,
                                   point_of_path(m, 1), 1, m->x_start);
  if (m->paths->latent) log_mapped = log_converted(m, log_mapped, log_det);
  if (m->start == BGEN_START_TRANSFER) m->work += m->paths->path->u[0] - before - log_mapped;
  begin_notes(m);
  m->stage = DOWN;
  return status;
}

/* A path has ended. */
static bgen_status end_path(bgen_annealed_move *m)
{
  const stage ended = m->stage;
  m->work += m->paths->path->work[0];
  m->by_step += m->paths->path->by_step[0];
  m->n_tested += m->paths->n_tested;
  m->n_undone += m->paths->n_undone;
  m->stage = ENDED;
  m->outside = m->paths->latent && isnan(m->paths->log_det[0]);
  return ended == UP && isfinite(m->work) ? go_down(m) : BGEN_OK;
}

bgen_status bgen_annealed_move_next(bgen_annealed_move *m, bgen_wanted *wanted)
{
  bgen_status status = m->begun;
  *wanted = (bgen_wanted){0, m->paths->x, true};
  while (!status && m->stage != ENDED) {
    status = bgen_annealed_next(m->paths, wanted);
    if (status || wanted->n) return status;
    status = note_step(m);
    if (!status) status = end_path(m);
  }
  return status;
}

bgen_status bgen_annealed_move_arrive(bgen_annealed_move *m, const double *u, const double *grad_u)
{
  const bgen_status status = bgen_annealed_arrive(m->paths, u, grad_u);
  return status ? status : note_step(m);
}

bgen_annealed_result bgen_annealed_move_result(const bgen_annealed_move *m)
{
  assert(m->stage == ENDED);
  const bool arrived = !m->paths->to_flow && !m->outside && isfinite(m->work);
  return (bgen_annealed_result){.arrived = arrived,
                                .outside = m->outside,
                                .to = m->to,
                                .work = m->work,
                                .u = m->paths->energy[0],
                                .by_step = m->by_step,
                                .n_tested = m->n_tested,
                                .n_undone = m->n_undone,
                                .x = m->paths->x};
}
