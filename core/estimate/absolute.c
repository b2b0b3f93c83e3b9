/* SPDX-License-Identifier: MIT */
#include "estimate/absolute.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

/* ---- units ---- */

#define PLANCK 6.62607015e-34       /* J s */
#define AVOGADRO 6.02214076e23      /* 1/mol */
#define CHARGE 1.602176634e-19      /* C */
#define HARTREE 4.3597447222071e-18 /* J */
#define BOHR 5.29177210903e-11      /* m */
#define CALORIE 4.184               /* J */

static const bgen_unit_style styles[] = {
    {"lj", 0, 1},
    /* kcal/mol fs; atm A^3 */
    {"real", PLANCK *AVOGADRO / (1e3 * CALORIE) * 1e15,
     101325 * 1e-30 * AVOGADRO / (1e3 * CALORIE)},
    /* eV ps; bar A^3 */
    {"metal", PLANCK / CHARGE * 1e12, 1e5 * 1e-30 / CHARGE},
    {"si", PLANCK, 1},
    {"cgs", PLANCK * 1e7, 1},
    /* Hartree fs; Pa Bohr^3 */
    {"electron", PLANCK / HARTREE * 1e15, BOHR *BOHR *BOHR / HARTREE},
    /* pg um^2/us^2 us, ag nm^2/ns^2 ns */
    {"micro", PLANCK * 1e15 * 1e6, 1},
    {"nano", PLANCK * 1e21 * 1e9, 1},
};

const bgen_unit_style *bgen_units(const char *name)
{
  for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
    if (strcmp(styles[i].name, name) == 0) return &styles[i];
  return NULL;
}

/* m kT = kT^2 / (kT / m) */
double bgen_thermal_wavelength(double planck, double kT, double variance)
{
  return planck / kT * sqrt(variance / (2 * PI));
}

/* ---- terms ---- */

typedef struct list {
  size_t n;
  bgen_term *term;
} list;

static void add(list *to, double value, const char *format, ...)
{
  bgen_term *term = &to->term[to->n++];
  va_list arguments;
  assert(to->n <= BGEN_MOST_TERMS);
  term->value = value;
  va_start(arguments, format);
  vsnprintf(term->meaning, sizeof term->meaning, format, arguments);
  va_end(arguments);
}

static const char *extent(size_t n_space)
{
  static const char *const names[] = {"length", "area", "volume"};
  return names[n_space - 1];
}

static void add_placement(const bgen_absolute *of, list *to)
{
  if (of->centre)
    add(to, -log(of->volume), "-ln V: center of mass anywhere in the %s V = %.8g",
        extent(of->n_space), of->volume);
  if (of->n_translations > 0)
    add(to, log((double) of->n_translations),
        "ln n: n = %zu lattice translations give the same crystal", of->n_translations);
  if (of->orientation && of->n_space == 3 && of->n_particles == 2)
    add(to, -log(4 * PI), "-ln 4 pi: any direction");
  if (of->orientation && of->n_space == 3 && of->n_particles > 2)
    add(to, -log(8 * PI * PI), "-ln 8 pi^2: any orientation");
  if (of->orientation && of->n_space == 2) add(to, -log(2 * PI), "-ln 2 pi: any orientation");
}

static void add_images(const bgen_absolute *of, list *to)
{
  if (of->orientation)
    add(to, log((double) of->symmetry_number), "ln s: symmetry number s = %zu",
        of->symmetry_number);
  if (of->mirror_image) add(to, -log(2.0), "-ln 2: the mirror image of the body counts too");
  if (of->n_mirrors > 0)
    add(to, -(double) of->n_mirrors * log(2.0), "-m ln 2: both sides of m = %zu mirrors",
        of->n_mirrors);
}

static void add_lengths(const bgen_absolute *of, list *to)
{
  const size_t dim = of->n_space * of->n_particles;
  double sum = 0;
  for (size_t i = 0; i < of->n_particles; i++) sum += log(of->length[i]);
  const double mean = exp(sum / (double) of->n_particles);
  if (of->thermal)
    add(to, (double) of->n_space * sum, "%zu ln L: thermal wavelength L = %.8g%s", dim, mean,
        of->n_particles > 1 ? " (geometric mean)" : "");
  else
    add(to, (double) of->n_space * sum, "%zu ln L: unit of length L = %.8g", dim, mean);
}

size_t bgen_absolute_terms(const bgen_absolute *of, bgen_term terms[BGEN_MOST_TERMS])
{
  list all = {0, terms};
  assert(of->n_space >= 1 && of->n_space <= 3 && of->symmetry_number > 0);
  add_placement(of, &all);
  add_images(of, &all);
  add_lengths(of, &all);
  return all.n;
}

double bgen_sum_of_terms(size_t n, const bgen_term *terms)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += terms[i].value;
  return sum;
}
