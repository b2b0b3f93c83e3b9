/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "molecules.h"

#include <math.h>

#include "fixture.h"

/* atoms 0-5 are the ring, 6-11 its leaves, 9 has two more */
#define RING_BONDS                                                                                 \
  {                                                                                                \
    {0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 0}, {0, 6}, {1, 7}, {2, 8}, {3, 9}, {4, 10},       \
        {5, 11}, {9, 12},                                                                          \
    {                                                                                              \
      9, 13                                                                                        \
    }                                                                                              \
  }

/* water, an ion, a diatomic one, four in a row */
#define MIXTURE_BONDS                                                                              \
  {                                                                                                \
    {1, 0}, {1, 2}, {4, 5}, {9, 8}, {8, 7},                                                        \
    {                                                                                              \
      7, 6                                                                                         \
    }                                                                                              \
  }

/* ACE 0-5, ALA 6-15, NME 16-21 */
#define DIPEPTIDE_BONDS                                                                            \
  {                                                                                                \
    {0, 1}, {1, 2}, {1, 3}, {1, 4}, {4, 5}, {4, 6}, {6, 7}, {6, 8}, {8, 9}, {8, 10}, {10, 11},     \
        {10, 12}, {10, 13}, {8, 14}, {14, 15}, {14, 16}, {16, 17}, {16, 18}, {18, 19}, {18, 20},   \
    {                                                                                              \
      18, 21                                                                                       \
    }                                                                                              \
  }

const molecules some_molecules[N_MOLECULES] = {
    {"chain", 5, 4, 1, 0, {{0, 1}, {1, 2}, {2, 3}, {3, 4}}, 0, {0}},
    {"star", 5, 4, 1, 0, {{2, 0}, {2, 1}, {2, 3}, {2, 4}}, 0, {0}},
    {"three", 3, 2, 1, 0, {{0, 1}, {2, 0}}, 0, {0}},
    {"ring with branches", 14, 14, 1, 1, RING_BONDS, 0, {0}},
    {"mixture", 10, 6, 4, 0, MIXTURE_BONDS, 0, {0}},
    {"dipeptide", 22, 21, 1, 0, DIPEPTIDE_BONDS, 0, {0}},
};

const molecules mixed_molecules[N_MIXED] = {
    {"dipeptide, backbone aligned", 22, 21, 1, 6, DIPEPTIDE_BONDS, 7, {1, 4, 6, 8, 14, 16, 18}},
    {"dipeptide, three atoms apart aligned", 22, 21, 1, 2, DIPEPTIDE_BONDS, 3, {4, 10, 16}},
    {"mixture, aligned atoms of two molecules", 10, 6, 3, 1, MIXTURE_BONDS, 3, {1, 7, 8}},
    {"ring with branches, the ring aligned", 14, 14, 1, 6, RING_BONDS, 6, {0, 1, 2, 3, 4, 5}},
};

static void count_bonds(const molecules *of, size_t *degree)
{
  for (size_t b = 0; b < of->n_bonds; b++) degree[of->bond[b][0]]++, degree[of->bond[b][1]]++;
}

/* hydrogens are those at the end of one bond, but for the oxygens of the dipeptide */
static void fill_masses(const molecules *of, double *mass)
{
  size_t degree[MOST_ATOMS] = {0};
  count_bonds(of, degree);
  for (size_t i = 0; i < of->n_atoms; i++) mass[i] = degree[i] > 1 ? 12 : 1;
  if (of->n_atoms == 22) mass[5] = mass[15] = 16;
}

void fill_species(const molecules *of, int *species)
{
  size_t degree[MOST_ATOMS] = {0};
  count_bonds(of, degree);
  for (size_t i = 0; i < of->n_atoms; i++) species[i] = degree[i] > 1 ? 10 + (int) i : 1;
  if (of->n_atoms == 22) species[5] = species[15] = 2;
}

bgen_status make_tree(const molecules *of, const double *x, bgen_tree **tree)
{
  double mass[MOST_ATOMS];
  fill_masses(of, mass);
  const bgen_molecules bonded = {of->n_atoms, of->n_bonds, of->bond,      mass,
                                 x,           NULL,        of->n_aligned, of->aligned};
  return bgen_tree_create(&bonded, tree);
}

subject make_subject(size_t k)
{
  return make_subject_at(k, k);
}

subject subject_of(const molecules *of, uint64_t key)
{
  subject s = {.of = of, .dim = 3 * of->n_atoms};
  fill_varied(key, s.dim, s.x);
  for (size_t j = 0; j < s.dim; j++) s.x[j] *= 2;
  CHECK_OK(make_tree(s.of, s.x, &s.tree));
  s.n_shape = bgen_internal_kinds(s.tree, NULL);
  s.n_placement = s.dim - s.n_shape;
  return s;
}

subject make_subject_at(size_t k, uint64_t key)
{
  return subject_of(&some_molecules[k], key);
}

/* ---- placements ---- */

/* rotation *= the turn by angle in a plane of its columns */
static void turn(size_t plane, double angle, double *rotation)
{
  const size_t a = (plane + 1) % 3, b = (plane + 2) % 3;
  for (size_t i = 0; i < 3; i++) {
    const double u = rotation[3 * i + a], v = rotation[3 * i + b];
    rotation[3 * i + a] = cos(angle) * u + sin(angle) * v;
    rotation[3 * i + b] = cos(angle) * v - sin(angle) * u;
  }
}

void strew(size_t n_molecules, uint64_t key, bgen_placement *at)
{
  for (size_t m = 0; m < n_molecules; m++)
    for (size_t c = 0; c < 3; c++) {
      at[m].centre[c] = 3 * varied(key, 6 * m + c);
      turn(c, 3 * varied(key, 6 * m + 3 + c), at[m].rotation);
    }
}

void move_placement(const bgen_tree *tree, size_t p, double h, bgen_placement *at)
{
  static const size_t n_of_size[4] = {0, 3, 5, 6};
  size_t m = 0;
  for (;; m++) {
    const size_t size = tree->first[m + 1] - tree->first[m], n = n_of_size[size < 3 ? size : 3];
    if (p < n) break;
    p -= n;
  }
  if (p < 3)
    at[m].centre[p] += h;
  else
    turn(p - 3, h, at[m].rotation);
}

/* ---- functions ---- */

double function_of(size_t n, const double *x)
{
  double sum = 0;
  for (size_t j = 0; j < n; j++) sum += sin(x[j] + 0.3 * (double) j) * x[(j + 1) % n];
  return sum;
}

void gradient_of(size_t n, const double *x, double *grad)
{
  for (size_t j = 0; j < n; j++) {
    const size_t before = (j + n - 1) % n;
    grad[j] =
        cos(x[j] + 0.3 * (double) j) * x[(j + 1) % n] + sin(x[before] + 0.3 * (double) before);
  }
}
