/* SPDX-License-Identifier: MIT */
#include "coords/site_symmetry.h"

#include <stdlib.h>
#include <string.h>

#include "coords/site_motions.h"

struct bgen_site_symmetry {
  size_t n_particles, n_space, dim;
  bgen_motions translations, points;
  double *offset; /* [dim], from the sites to their average over all motions */
};

void bgen_site_symmetry_destroy(bgen_site_symmetry *s)
{
  if (!s) return;
  bgen_motions_free(&s->translations);
  bgen_motions_free(&s->points);
  free(s->offset);
  free(s);
}

size_t bgen_site_symmetry_n_translations(const bgen_site_symmetry *s)
{
  return s->translations.n;
}

size_t bgen_site_symmetry_n_points(const bgen_site_symmetry *s)
{
  return s->points.n;
}

/* ---- averages ---- */

/* out += weight M v */
static void add_turned(size_t n_space, const double *matrix, double weight, const double *v,
                       double *out)
{
  for (size_t a = 0; a < n_space; a++)
    for (size_t b = 0; b < n_space; b++) out[a] += weight * matrix[3 * a + b] * v[b];
}

/* out[dim] = the average of P v */
static void average_vector(const bgen_site_symmetry *s, const bgen_motions *motions,
                           const double *v, double *out)
{
  const size_t d = s->n_space;
  memset(out, 0, s->dim * sizeof *out);
  for (size_t m = 0; m < motions->n; m++)
    for (size_t i = 0; i < s->n_particles; i++)
      add_turned(d, motions->matrix[m], 1 / (double) motions->n, v + i * d,
                 out + motions->order[m * s->n_particles + i] * d);
}

/* out += weight M block M^T, blocks of matrices[dim][dim] */
static void add_turned_block(size_t n_space, size_t dim, const double *matrix, double weight,
                             const double *block, double *out)
{
  double half[9] = {0};
  for (size_t a = 0; a < n_space; a++)
    for (size_t b = 0; b < n_space; b++)
      for (size_t c = 0; c < n_space; c++)
        half[3 * a + c] += weight * matrix[3 * a + b] * block[b * dim + c];
  for (size_t a = 0; a < n_space; a++)
    for (size_t b = 0; b < n_space; b++)
      for (size_t c = 0; c < n_space; c++) out[a * dim + b] += half[3 * a + c] * matrix[3 * b + c];
}

/* as with the identity */
static void add_block(size_t n_space, size_t dim, double weight, const double *block, double *out)
{
  for (size_t a = 0; a < n_space; a++)
    for (size_t b = 0; b < n_space; b++) out[a * dim + b] += weight * block[a * dim + b];
}

/* covariance becomes the average of P covariance P^T; turns: the matrices are not the identity */
static void average_matrix(const bgen_site_symmetry *s, const bgen_motions *motions, bool turns,
                           double *work, double *covariance)
{
  const size_t n = s->n_particles, d = s->n_space, dim = s->dim;
  const double weight = 1 / (double) motions->n;
  if (motions->n == 1) return;
  memcpy(work, covariance, dim * dim * sizeof *work);
  memset(covariance, 0, dim * dim * sizeof *covariance);
  for (size_t m = 0; m < motions->n; m++) {
    const size_t *order = motions->order + m * n;
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++) {
        const double *block = work + i * d * dim + j * d;
        double *out = covariance + order[i] * d * dim + order[j] * d;
        if (turns)
          add_turned_block(d, dim, motions->matrix[m], weight, block, out);
        else
          add_block(d, dim, weight, block, out);
      }
  }
}

/* translations first: the points are one for each of their cosets */
void bgen_site_symmetry_average(const bgen_site_symmetry *s, double *work, double *covariance)
{
  average_matrix(s, &s->translations, false, work, covariance);
  average_matrix(s, &s->points, true, work, covariance);
}

void bgen_site_symmetry_average_mean(const bgen_site_symmetry *s, double *work,
                                     double *displacement)
{
  average_vector(s, &s->translations, displacement, work);
  average_vector(s, &s->points, work, displacement);
  for (size_t j = 0; j < s->dim; j++) displacement[j] += s->offset[j];
}

/* ---- creation ---- */

/* the mean of what the motions of one list miss each site by */
static double missed(const bgen_site_symmetry *s, const bgen_motions *motions, size_t j)
{
  return motions->missed[3 * (j / s->n_space) + j % s->n_space] / (double) motions->n;
}

static bgen_status set_offset(bgen_site_symmetry *s)
{
  double *by_translations = calloc(s->dim, sizeof *by_translations);
  s->offset = malloc(s->dim * sizeof *s->offset);
  if (!s->offset || !by_translations) {
    free(by_translations);
    return bgen_fail(BGEN_NO_MEMORY, "no memory for the symmetry of %zu sites", s->n_particles);
  }
  for (size_t j = 0; j < s->dim; j++) by_translations[j] = missed(s, &s->translations, j);
  average_vector(s, &s->points, by_translations, s->offset);
  for (size_t j = 0; j < s->dim; j++) s->offset[j] += missed(s, &s->points, j);
  free(by_translations);
  return BGEN_OK;
}

bgen_status bgen_site_symmetry_create(const bgen_layout *layout, const int *kinds,
                                      const bgen_lattice *lattice, const double *sites,
                                      double tolerance, bgen_site_symmetry **symmetry)
{
  const size_t n = layout->n_particles, n_space = layout->n_space;
  bgen_site_symmetry *s = calloc(1, sizeof *s);
  if (!s) return bgen_fail(BGEN_NO_MEMORY, "no memory for the symmetry of %zu sites", n);
  s->n_particles = n, s->n_space = n_space, s->dim = n * n_space;
  bgen_status status =
      bgen_site_motions(layout, kinds, lattice, sites, tolerance, &s->translations, &s->points);
  if (!status) status = set_offset(s);
  if (status)
    bgen_site_symmetry_destroy(s);
  else
    *symmetry = s;
  return status;
}

/* number m = translation + n_translations point: the translation comes first */
void bgen_site_symmetry_motion(const bgen_site_symmetry *s, size_t m, size_t *order, double *matrix)
{
  const size_t t = m % s->translations.n, p = m / s->translations.n;
  for (size_t i = 0; i < s->n_particles; i++)
    order[i] = s->points.order[p * s->n_particles + s->translations.order[t * s->n_particles + i]];
  for (size_t a = 0; a < s->n_space; a++)
    for (size_t b = 0; b < s->n_space; b++)
      matrix[a * s->n_space + b] = s->points.matrix[p][3 * a + b];
}
