/* SPDX-License-Identifier: MIT
   Thresholds are where a conclusion changes.  All comparisons are false for NaN. */
#include "estimate/diagnosis.h"

#include "estimate/lost_modes.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "estimate/overlap.h"

/* of two numbers that agree, farther apart once in 370 cases */
static const double most_errors = 3;

/* -ln of a mean over n effective weights is off by 1/(2 n) and has the error 1/sqrt(n): below 25
   its bias is a tenth of its error, and as the weights that make it up are the largest of many,
   larger ones are still to come.  That is so too, whatever their number, if 99 of 100 samples count
   nothing. */
static const double least_effective = 25, least_share = 0.01;

/* the error grows by a fifth, and g of some hundred values is not known better */
static const double most_inefficiency = 1.5;

/* error bars are a first order in F, and p of a work changes by e as F does by 1 kT */
static const double most_error = 1;

typedef struct sentences {
  char *text;
  size_t length, n;
} sentences;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
say(sentences *all, const char *format, ...)
{
  const size_t left = BGEN_DIAGNOSIS_LENGTH - all->length;
  va_list values;
  va_start(values, format);
  const int length = vsnprintf(all->text + all->length, left, format, values);
  va_end(values);
  if (length > 0) all->length += (size_t) length < left ? (size_t) length : left - 1;
  all->n++;
}

/* ---- of one direction ---- */

static void judge_weights(const bgen_evidence *e, const bgen_side *side, const char *name,
                          sentences *all)
{
  const double n = (double) side->n;
  const char *advice = isinf(e->estimate.error) ? "" : ": use BAR";
  if (side->effective < fmax(least_effective, least_share * n) && side->effective < n / 2)
    say(all, "the %s one-sided estimate is dominated by %.3g of %zu samples%s\n", name,
        side->effective, side->n, advice);
}

static void judge_correlation(const bgen_evidence *e, const bgen_side *side, const char *name,
                              sentences *all)
{
  const double ratio = e->estimate.error / e->independent_error;
  if (!(side->inefficiency >= most_inefficiency)) return;
  const double count = (double) side->n / side->inefficiency;
  if (ratio > 1 && isfinite(ratio))
    say(all,
        "%s samples are correlated: %zu count as %.0f independent ones; without this the error "
        "would be %.3g times too small\n",
        name, side->n, count, ratio);
  else
    say(all, "%s samples are correlated: %zu count as %.0f independent ones\n", name, side->n,
        count);
}

static void judge_walkers(const bgen_side *side, const char *name, sentences *all)
{
  if (side->n_walkers == 1)
    say(all,
        "the %s come from one walker; the error bar cannot include what it never visited: add test "
        "frames from independent runs\n",
        name);
  if (side->walkers_differ && side->between > 0)
    say(all,
        "the walkers of the %s differ %.3g times more than their correlation explains: each may "
        "have visited only a part of the basin; use more or longer walkers\n",
        name, sqrt(side->between));
}

/* the difference of an estimate that uses less from one that uses more has less than both variances
   together; where split, one side alone is of frames in wrong proportions, and the estimate is
   not */
static void judge_overlap(const bgen_evidence *e, const bgen_side *side, const char *name,
                          sentences *all)
{
  const double errors = fabs(side->one_sided.value - e->estimate.value) /
                        hypot(side->one_sided.error, e->estimate.error);
  if (errors > most_errors && !e->split)
    say(all,
        "the %s one-sided estimate differs from BAR by %.3g standard errors: too few samples "
        "overlap\n",
        name, errors);
}

/* If works are infinite because the other state does not reach there, all is well; if energies
   failed that should be finite, F is off by up to -ln of the share that is left. */
static void judge_not_finite(const bgen_evidence *e, const bgen_side *side, const char *name,
                             sentences *all)
{
  const double shift = -log1p(-(double) side->n_not_finite / (double) side->n);
  const double error = isfinite(e->estimate.error) ? e->estimate.error : side->one_sided.error;
  if (side->n_not_finite && !(shift <= error))
    say(all,
        "%zu of %zu %s works are not finite: if their energies failed, the estimate is off by up "
        "to %.3g kT\n",
        side->n_not_finite, side->n, name, shift);
}

static void judge_side(const bgen_evidence *e, const bgen_side *side, const char *name,
                       sentences *all)
{
  if (side->n == 0) return;
  judge_not_finite(e, side, name, all);
  judge_weights(e, side, name, all);
  judge_overlap(e, side, name, all);
  judge_correlation(e, side, name, all);
  judge_walkers(side, side == &e->reverse ? "test frames" : "samples", all);
}

/* ---- of both ---- */

static void judge_error(const bgen_evidence *e, sentences *all)
{
  const bgen_side *frames = &e->reverse;
  const bool alike = frames->n && frames->effective >= 0.99 * (double) frames->n; /* weights */
  if (isinf(e->estimate.error) && alike && frames->inefficiency >= (double) frames->n)
    say(all,
        "the error is infinite: the test frames, %zu, count as one, because all of them have one "
        "weight; are their atoms held, or was one frame read again and again?\n",
        frames->n);
  else if (isinf(e->estimate.error) && e->split)
    say(all, "the error is infinite: see the sub-states below\n");
  else if (isinf(e->estimate.error) && e->overlap < BGEN_LEAST_OVERLAP)
    say(all,
        "the error is infinite: forward and reverse works overlap by %.2g effective samples, at "
        "least %d are needed; the value means nothing\n",
        e->overlap, (int) BGEN_LEAST_OVERLAP);
  else if (isinf(e->estimate.error))
    say(all,
        "the error is infinite: too few samples carry the estimate; the value means nothing\n");
  else if (e->estimate.error > most_error)
    say(all, "an error of %.3g kT is not reliable: forward and reverse works hardly overlap\n",
        e->estimate.error);
}

/* The whole is the mean of two halves, so it has moved by its own variance, that of a half less
   that of the whole; if the half thinks that it knows better than the whole, it does not. */
static void judge_doubling(const bgen_evidence *e, sentences *all)
{
  const double whole = e->estimate.error, half = e->half.error;
  const double error = half > sqrt(2) * whole ? sqrt(half * half - whole * whole) : whole;
  const double errors = fabs(e->estimate.value - e->half.value) / error;
  if (errors > most_errors)
    say(all,
        "the estimate changed by %.3g standard errors when the data doubled: it has not "
        "converged\n",
        errors);
}

bgen_evidence bgen_evidence_unknown(void)
{
  const bgen_side side = {
      .effective = NAN, .one_sided = {NAN, NAN}, .inefficiency = NAN, .between = NAN};
  return (bgen_evidence){side, side, {NAN, NAN}, NAN, {NAN, NAN}, NAN, NAN, false};
}

/* What the works of one direction tell, those of the other only by how many arrive.  sign: of F_1 -
   F_0 */
static bgen_side side_of_works(const bgen_works *works, const bgen_works *others, double sign)
{
  bgen_side side = bgen_evidence_unknown().forward;
  side.n = works->n;
  side.effective = bgen_works_effective(works);
  if (bgen_estimate_one_sided(works, others, &side.one_sided))
    side.one_sided = (bgen_estimate){NAN, NAN};
  side.one_sided.value *= sign;
  return side;
}

bgen_evidence bgen_evidence_of_works(const bgen_works *forward, const bgen_works *reverse,
                                     const bgen_estimate *estimate)
{
  bgen_evidence all = bgen_evidence_unknown();
  all.forward = side_of_works(forward, reverse, +1);
  all.reverse = side_of_works(reverse, forward, -1);
  all.estimate = *estimate;
  all.overlap = bgen_bar_overlap(forward, reverse, estimate->value);
  return all;
}

/* a part of the basin that the flow has lost is in none of its samples */
static void judge_sides(const bgen_evidence *e, sentences *all)
{
  if (e->forward.n && !e->reverse.n)
    say(all, "no test frames at this temperature: flow samples alone cannot show what the flow has "
             "missed\n");
  if (bgen_is_lost_mode(e->lost, e->reverse.n))
    say(all,
        "lost mode: %.3g %% of the test frames lie where the flow has lost density, too low by a "
        "factor of 1000 or more: jumps hardly ever reach them, train the flow on frames of it\n",
        100 * e->lost);
}

size_t bgen_diagnosis(const bgen_evidence *evidence, char text[BGEN_DIAGNOSIS_LENGTH])
{
  sentences all = {text, 0, 0};
  judge_sides(evidence, &all);
  judge_error(evidence, &all);
  judge_doubling(evidence, &all);
  judge_side(evidence, &evidence->forward, "forward", &all);
  judge_side(evidence, &evidence->reverse, "reverse", &all);
  const size_t n_warnings = all.n;
  if (n_warnings == 0)
    say(&all,
        "no warning: as far as they are known, both directions, the walkers and the halves of the "
        "data agree\n");
  return n_warnings;
}
