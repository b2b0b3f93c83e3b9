/* SPDX-License-Identifier: GPL-2.0-or-later
   coverage.c - how often error bars of barely overlapping data hold the truth

   coverage [N]: N independent data sets (400) of each case, from fixed seeds, with free energies
   that are known.  A line each: the overlap of overlap.h, in % how many bars are finite, how many
   of these hold the truth by one and by two bars, and of all data sets how many have a finite bar
   that misses.  Fails where bars of one error miss in more than 39 %, or bars of two in more than
   10 %, of all data sets (32 % and 5 % are due; the binomial error of 400 is 2.3 % and 1.1 %).
   One-sided estimates, whose bias no bar knows, may miss in 45 % and 25 %, and so may bars of a few
   repeats: of two, two bars hold 83 % (Student). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "estimate/bootstrap.h"
#include "estimate/overlap.h"
#include "estimate/visits.h"

enum { MOST = 10000, DIM = 10, ATTEMPTS = 2000, STATES = 2 };

static double forward[MOST], reverse[MOST];

static void must(bgen_status status)
{
  if (!status) return;
  fprintf(stderr, "coverage: %s\n", bgen_last_error());
  exit(2);
}

/* ---- works of known F: parameter p, n there and back; returns F ---- */

typedef struct trial {
  const char *name;
  double (*fill)(bgen_rng *rng, const struct trial *of);
  double p;
  size_t n_forward, n_reverse;
  double memory; /* of Gaussian works, from one to the next */
} trial;

static void fill_normal(bgen_rng *rng, double memory, size_t n, double *value)
{
  bgen_rng_normals(rng, n, value);
  for (size_t i = 1; i < n; i++)
    value[i] = memory * value[i - 1] + sqrt(1 - memory * memory) * value[i];
}

/* two Gaussians of width 1 at a distance p */
static double gaussians(bgen_rng *rng, const trial *of)
{
  fill_normal(rng, of->memory, of->n_forward, forward);
  fill_normal(rng, of->memory, of->n_reverse, reverse);
  for (size_t i = 0; i < of->n_forward; i++) forward[i] = 0.5 * of->p * of->p + of->p * forward[i];
  for (size_t i = 0; i < of->n_reverse; i++) reverse[i] = 0.5 * of->p * of->p + of->p * reverse[i];
  return 0;
}

/* the same, where half of the attempts there lead elsewhere */
static double half_arrive(bgen_rng *rng, const trial *of)
{
  const double f = gaussians(rng, of);
  for (size_t i = 0; i < of->n_forward; i += 2) forward[i] = INFINITY;
  return f + log(2);
}

/* exponential works of rate p there, from 0 on, and p + 1 back */
static double exponential(bgen_rng *rng, const trial *of)
{
  for (size_t i = 0; i < of->n_forward; i++) forward[i] = -log(bgen_rng_uniform(rng)) / of->p;
  for (size_t i = 0; i < of->n_reverse; i++) reverse[i] = log(bgen_rng_uniform(rng)) / (of->p + 1);
  return log((of->p + 1) / of->p);
}

static double squares(bgen_rng *rng)
{
  double z[DIM], sum = 0;
  bgen_rng_normals(rng, DIM, z);
  for (size_t k = 0; k < DIM; k++) sum += z[k] * z[k];
  return sum;
}

/* harmonic wells of 10 dimensions, of width 1 and p */
static double wells(bgen_rng *rng, const trial *of)
{
  const double difference = 0.5 / (of->p * of->p) - 0.5;
  for (size_t i = 0; i < of->n_forward; i++) forward[i] = difference * squares(rng);
  for (size_t i = 0; i < of->n_reverse; i++)
    reverse[i] = -difference * of->p * of->p * squares(rng);
  return -DIM * log(of->p);
}

/* ---- what is counted ---- */

typedef struct counts {
  size_t n, n_finite, n_one, n_two; /* bars of one and of two errors that hold the truth */
  double overlap;
} counts;

static void count(counts *c, const bgen_estimate *e, double truth, double overlap)
{
  const double off = fabs(e->value - truth);
  c->n++;
  c->overlap += overlap;
  if (!isfinite(e->error)) return;
  c->n_finite++;
  c->n_one += off <= e->error;
  c->n_two += off <= 2 * e->error;
}

static double percent(size_t part, size_t whole)
{
  return whole ? 100 * (double) part / (double) whole : NAN;
}

/* returns whether bars cover */
static int print(const char *what, const char *name, double p, size_t n, const counts *c,
                 double most_one, double most_two)
{
  const double one = percent(c->n_finite - c->n_one, c->n),
               two = percent(c->n_finite - c->n_two, c->n);
  const int good = one <= most_one && two <= most_two;
  printf("%-10s %-12s %7g %6zu %9.3g %7.1f %7.1f %7.1f %7.1f %7.1f%s\n", what, name, p, n,
         c->overlap / (double) c->n, percent(c->n_finite, c->n), percent(c->n_one, c->n_finite),
         percent(c->n_two, c->n_finite), one, two, good ? "" : "  TOO SMALL");
  return good;
}

/* ---- estimates of works ---- */

static int check_works(const trial *of, size_t n_sets)
{
  const size_t n_runs = of->memory > 0;
  const bgen_works there = {of->n_forward, forward, {n_runs, &of->n_forward}},
                   back = {of->n_reverse, reverse, {n_runs, &of->n_reverse}};
  counts bar = {0}, fep = {0}, drawn = {0};
  for (size_t k = 0; k < n_sets; k++) {
    bgen_rng rng = bgen_rng_at(101 + of->n_forward, BGEN_STREAM_TEST, k);
    const double truth = of->fill(&rng, of);
    bgen_estimate e;
    must(bgen_estimate_bar(&there, &back, &e));
    count(&bar, &e, truth, bgen_bar_overlap(&there, &back, e.value));
    must(bgen_estimate_fep(&there, &e));
    count(&fep, &e, truth, bgen_works_effective(&there));
    if (k % 10) continue; /* 50 estimates each */
    must(bgen_bootstrap_bar(&there, &back, 50, k, &e));
    count(&drawn, &e, truth, NAN);
  }
  int good = print("BAR", of->name, of->p, of->n_forward, &bar, 39, 10);
  if (n_sets >= 4000) good &= print("bootstrap", of->name, of->p, of->n_forward, &drawn, 45, 13);
  return good & print("one side", of->name, of->p, of->n_forward, &fep, 45, 25);
}

/* ---- visits of a chain of two states ---- */

/* as many crossings on average, a fraction of time in the second state */
static void walk(bgen_rng *rng, double crossings, double fraction, bgen_visits *visits)
{
  const double leave[STATES] = {crossings / (2 * ATTEMPTS * (1 - fraction)),
                                crossings / (2 * ATTEMPTS * fraction)};
  size_t now = bgen_rng_uniform(rng) < fraction;
  for (size_t i = 0; i < ATTEMPTS; i++) {
    bgen_visits_add(visits, now);
    if (bgen_rng_uniform(rng) < leave[now]) now = 1 - now;
  }
}

static int check_visits(double crossings, double fraction, size_t n_sets)
{
  counts c = {0};
  char name[32];
  if (crossings > 2 * ATTEMPTS * fraction) return 1; /* there is no such chain */
  uint64_t *words = malloc(bgen_visits_words(STATES) * sizeof *words);
  if (!words) exit(2);
  for (size_t k = 0; k < n_sets; k++) {
    bgen_rng rng = bgen_rng_at(103, BGEN_STREAM_TEST, k);
    bgen_visits visits = bgen_visits_begin(STATES, words);
    bgen_estimate e = {NAN, INFINITY};
    walk(&rng, crossings, fraction, &visits);
    if (bgen_visits_difference(1, &visits, 0, 1, &e)) e = (bgen_estimate){NAN, INFINITY};
    count(&c, &e, log((1 - fraction) / fraction),
          (double) bgen_visits_crossings(&visits, 0, 1) / 4);
  }
  free(words);
  snprintf(name, sizeof name, "part %g", fraction);
  return print("visits", name, crossings, ATTEMPTS, &c, 39, 10);
}

/* ---- repeats ---- */

static int check_repeats(size_t n, double s, size_t n_sets)
{
  counts c = {0};
  for (size_t k = 0; k < n_sets; k++) {
    bgen_rng rng = bgen_rng_at(104, BGEN_STREAM_TEST, k);
    bgen_estimate e;
    bgen_rng_normals(&rng, n, forward);
    for (size_t i = 0; i < n; i++) forward[i] = 0.5 * s * s + s * forward[i]; /* <e^-F> = 1 */
    must(bgen_estimate_repeats(n, forward, &e));
    count(&c, &e, 0, 1 / ((double) n * e.error * e.error));
  }
  return print("repeats", "lognormal", s, n, &c, 45, 25);
}

int main(int n_arguments, char **argument)
{
  static const trial trials[] = {{"Gaussians", gaussians, 3, 1000, 1000, 0},
                                 {"Gaussians", gaussians, 5, 1000, 1000, 0},
                                 {"Gaussians", gaussians, 5.5, 1000, 1000, 0},
                                 {"Gaussians", gaussians, 6, 1000, 1000, 0},
                                 {"Gaussians", gaussians, 6.5, 1000, 1000, 0},
                                 {"Gaussians", gaussians, 7.5, 1000, 1000, 0},
                                 {"Gaussians", gaussians, 12, 1000, 1000, 0},
                                 {"Gaussians", gaussians, 7.5, 10000, 10000, 0},
                                 {"Gaussians", gaussians, 5, 3000, 300, 0},
                                 {"Gaussians", gaussians, 6, 3000, 300, 0},
                                 {"Gaussians", gaussians, 4, 100, 100, 0},
                                 {"Gaussians", gaussians, 5, 100, 100, 0},
                                 {"in time", gaussians, 3, 2000, 2000, 0.8},
                                 {"in time", gaussians, 4, 2000, 2000, 0.8},
                                 {"in time", gaussians, 5, 2000, 2000, 0.8},
                                 {"in time", gaussians, 6, 2000, 2000, 0.8},
                                 {"in time", gaussians, 4, 1000, 1000, 0.95},
                                 {"half arrive", half_arrive, 3, 400, 400, 0},
                                 {"half arrive", half_arrive, 5, 400, 400, 0},
                                 {"exponential", exponential, 0.1, 1000, 1000, 0},
                                 {"exponential", exponential, 0.003, 1000, 1000, 0},
                                 {"exponential", exponential, 0.001, 1000, 1000, 0},
                                 {"exponential", exponential, 1e-4, 1000, 1000, 0},
                                 {"wells", wells, 0.5, 1000, 1000, 0},
                                 {"wells", wells, 0.3, 1000, 1000, 0},
                                 {"wells", wells, 0.2, 1000, 1000, 0},
                                 {"wells", wells, 0.15, 1000, 1000, 0}};
  static const double crossings[] = {0.5, 1, 2, 4, 6, 8, 12, 20, 40, 80},
                      fractions[] = {0.5, 0.2, 0.05, 0.01};
  const size_t n_sets = n_arguments > 1 ? (size_t) strtoul(argument[1], NULL, 10) : 400;
  int good = n_sets > 0;
  printf("%-10s %-12s %7s %6s %9s %7s %7s %7s %7s %7s\n", "# bars of", "works", "p", "n", "overlap",
         "finite%", "in-1%", "in-2%", "miss-1%", "miss-2%");
  for (size_t k = 0; k < sizeof trials / sizeof *trials; k++)
    good &= check_works(&trials[k], n_sets);
  for (size_t f = 0; f < 4; f++)
    for (size_t k = 0; k < 10; k++) good &= check_visits(crossings[k], fractions[f], n_sets);
  for (size_t n = 2; n <= 8; n *= 2)
    for (double s = 0.1; s < 4; s *= 3) good &= check_repeats(n, s, n_sets);
  return good ? 0 : 1;
}
