/* SPDX-License-Identifier: MIT */
#include "model/model_tree.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODE_LENGTH = 5 * 21 + 3 }; /* five numbers of 64 bits, what separates them */

/* ---- writing ---- */

static size_t number(size_t atom)
{
  return atom == BGEN_NO_ATOM ? 0 : atom + 1;
}

char *bgen_model_tree_text(const bgen_tree *tree, const int *species)
{
  char *text = calloc(tree->n_atoms + 1, NODE_LENGTH), *end = text;
  for (size_t k = 0, m = 1; text && k < tree->n_atoms; k++) {
    const bgen_tree_node *node = &tree->node[k];
    const char *before = k == 0 ? "" : k == tree->first[m] ? " / " : ", ";
    if (k == tree->first[m]) m++;
    end += snprintf(end, NODE_LENGTH, "%s%zu %zu %zu %zu %d", before, number(node->atom),
                    number(node->bond), number(node->angle), number(node->torsion),
                    species ? species[node->atom] + 1 : 0);
  }
  return text;
}

/* ---- comparing ---- */

typedef struct placed {
  size_t atom, by[3], leaf;
} placed;

typedef struct placing {
  size_t n, n_molecules;
  placed *node;
} placing;

static bool read_node(const char **text, placed *p)
{
  size_t *const to[] = {&p->atom, &p->by[0], &p->by[1], &p->by[2], &p->leaf};
  for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
    char *end = NULL;
    *to[i] = strtoul(*text, &end, 10);
    if (end == *text) return false;
    *text = end;
  }
  return true;
}

/* no more than are understood */
static void read_placing(const char *text, placing *of)
{
  of->node = calloc(strlen(text) / 10 + 2, sizeof *of->node); /* "1 0 0 0 0," */
  of->n = 0, of->n_molecules = 1;
  while (of->node && read_node(&text, &of->node[of->n])) {
    of->n++;
    text += strspn(text, " ");
    of->n_molecules += *text == '/';
    text += *text != 0;
  }
}

static const placed *of_atom(const placing *of, size_t atom)
{
  for (size_t k = 0; k < of->n; k++)
    if (of->node[k].atom == atom) return &of->node[k];
  return NULL;
}

typedef char words[80];

static const char *by(const placed *p, words text)
{
  const size_t n = (size_t) (p->by[0] > 0) + (size_t) (p->by[1] > 0) + (size_t) (p->by[2] > 0);
  if (n == 0) return "by no other atom";
  if (n == 1) snprintf(text, sizeof(words), "by %zu", p->by[0]);
  if (n == 2) snprintf(text, sizeof(words), "by %zu and %zu", p->by[0], p->by[1]);
  if (n == 3) snprintf(text, sizeof(words), "by %zu, %zu and %zu", p->by[0], p->by[1], p->by[2]);
  return text;
}

#define CURE "give the fix the same bonds, or the same file by 'coords internal file'"

/* of two that place the same number of atoms */
static bgen_status compare_nodes(const char *path, const placing *there, const placing *here)
{
  words text[2];
  for (size_t k = 0; k < here->n; k++) {
    const placed *b = &here->node[k], *a = of_atom(there, b->atom);
    if (!a || memcmp(a->by, b->by, sizeof a->by) != 0)
      return bgen_fail(BGEN_BAD_INPUT,
                       "%s was saved with other molecules: atom %zu of the group was placed %s, "
                       "but here it is placed %s: " CURE,
                       path, b->atom, a ? by(a, text[0]) : "by none", by(b, text[1]));
    if (a->leaf != b->leaf)
      return bgen_fail(BGEN_BAD_INPUT,
                       "%s was saved with other molecules: atom %zu of the group %s, but here it "
                       "%s: give the fix the same types, charges and keyword identical",
                       path, b->atom, a->leaf ? "was one of identical leaves" : "was distinct",
                       b->leaf ? a->leaf ? "is one of others" : "is one of identical leaves"
                               : "is distinct");
  }
  return bgen_fail(
      BGEN_BAD_INPUT,
      "%s was saved with other molecules: their atoms were placed in another order: " CURE, path);
}

static bgen_status compare(const char *path, const placing *there, const placing *here)
{
  if (!there->node || !here->node) return bgen_fail(BGEN_NO_MEMORY, "no memory to load %s", path);
  if (there->n == here->n && there->n_molecules == here->n_molecules)
    return compare_nodes(path, there, here);
  return bgen_fail(BGEN_BAD_INPUT,
                   "%s was saved with molecules that differ: %zu of %zu atoms in all, but here the "
                   "group has %zu of %zu atoms: " CURE,
                   path, there->n_molecules, there->n, here->n_molecules, here->n);
}

bgen_status bgen_model_tree_compare(const char *path, const char *there, const char *here)
{
  placing a, b;
  if (!strcmp(there, here)) return BGEN_OK;
  read_placing(there, &a);
  read_placing(here, &b);
  const bgen_status status = compare(path, &a, &b);
  free(a.node), free(b.node);
  return status;
}
