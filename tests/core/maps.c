/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "maps.h"

#include <stdlib.h>
#include <string.h>

#include "coords/whiten.h"
#include "fixture.h"
#include "layers/actnorm.h"
#include "layers/chain.h"
#include "layers/circle_coupling.h"
#include "layers/coupling.h"
#include "layers/linear.h"
#include "layers/local.h"
#include "layers/spline_coupling.h"
#include "model/spec.h"

/* A mask is a word, m for moved and k for kept. */
static size_t read_mask(const char *mask, bool *moved)
{
  const size_t dim = strlen(mask);
  for (size_t j = 0; j < dim; j++) moved[j] = mask[j] == 'm';
  return dim;
}

static bgen_bijection *coupling(const char *mask, size_t width, size_t depth)
{
  bgen_bijection *map = NULL;
  bool moved[16];
  const size_t dim = read_mask(mask, moved);
  CHECK_OK(bgen_coupling_create(dim, moved, width, depth, &map));
  return map;
}

static bgen_bijection *splines(const char *mask, size_t width, size_t depth, bgen_spline spline)
{
  bgen_bijection *map = NULL;
  bool moved[16];
  const size_t dim = read_mask(mask, moved);
  CHECK_OK(bgen_spline_coupling_create(dim, moved, width, depth, spline, &map));
  return map;
}

/* Capital letters are circles. */
static bgen_bijection *circles(const char *mask, size_t width, size_t depth, size_t n_bins)
{
  bgen_bijection *map = NULL;
  bool moved[16], circle[16];
  double shift[16];
  const size_t dim = strlen(mask);
  for (size_t j = 0; j < dim; j++) {
    circle[j] = mask[j] < 'a';
    moved[j] = mask[j] == 'm' || mask[j] == 'M';
  }
  fill_varied(31, dim, shift);
  const bgen_circle_coupling of = {dim, moved, circle, shift, n_bins};
  CHECK_OK(bgen_circle_coupling_create(&of, width, depth, &map));
  return map;
}

static bgen_bijection *whiten(size_t dim, bgen_whitening kind)
{
  bgen_bijection *map = NULL;
  CHECK_OK(bgen_whiten_create(dim, kind, NULL, &map));
  return map;
}

static bgen_bijection *chain(size_t n, bgen_bijection *const *maps)
{
  bgen_bijection *map = NULL;
  CHECK_OK(bgen_chain_create(n, maps, &map));
  return map;
}

static bgen_bijection *spec_of_shape(const char *line, bgen_layout layout, size_t dim,
                                     const bool *circle)
{
  bgen_bijection *map = NULL;
  size_t n_modes;
  CHECK_OK(bgen_spec_build_shape(line, &layout, dim, circle, 7, &map, &n_modes));
  return map;
}

static bgen_bijection *spec(const char *line, size_t n_particles, size_t n_space)
{
  return spec_of_shape(line, (bgen_layout){n_particles, n_space}, n_particles * n_space, NULL);
}

/* The coordinates in reverse order: it writes what it has yet to read, should anyone run it in
   place. */
static void reverse_apply(const bgen_bijection *map, const bgen_pass *pass, const double *in,
                          double *out, double *log_det)
{
  (void) log_det;
  for (size_t i = 0; i < pass->n; i++)
    for (size_t j = 0; j < map->dim; j++) out[i * map->dim + j] = in[(i + 1) * map->dim - 1 - j];
}

static void reverse_vjp(const bgen_bijection *map, const bgen_pass *pass, const double *grad_out,
                        const double *grad_log_det, double *grad_in, bgen_real *grad_theta)
{
  (void) grad_log_det, (void) grad_theta;
  reverse_apply(map, pass, grad_out, grad_in, NULL);
}

static void reverse_destroy(bgen_bijection *map)
{
  free(map);
}

static bgen_bijection *reverse(size_t dim)
{
  static const bgen_bijection_type type = {"reverse", reverse_apply, reverse_vjp,    NULL,
                                           NULL,      NULL,          reverse_destroy};
  bgen_bijection *map = must_allocate(sizeof *map);
  *map = (bgen_bijection){.type = &type, .dim = dim};
  return map;
}

static bgen_bijection *whiten_3(void)
{
  return whiten(3, BGEN_ZCA);
}

static bgen_bijection *whiten_around_circles(void)
{
  const bool circle[] = {false, true, false, false, true, true};
  bgen_bijection *map = NULL;
  CHECK_OK(bgen_whiten_create(6, BGEN_ZCA, circle, &map));
  return map;
}

static bgen_bijection *whiten_pca(void)
{
  return whiten(5, BGEN_PCA);
}

static bgen_bijection *whiten_9(void)
{
  return whiten(9, BGEN_ZCA);
}

static bgen_bijection *alternate(void)
{
  return coupling("mkmkmk", 7, 2);
}

static bgen_bijection *deep(void)
{
  return coupling("mmkkkmk", 5, 4);
}

static bgen_bijection *shallow_and_wide(void)
{
  return coupling("kkm", 19, 1);
}

static bgen_bijection *one_kept(void)
{
  return coupling("mmmmkm", 8, 2);
}

static bgen_bijection *smallest(void)
{
  return coupling("km", 1, 1);
}

static bgen_bijection *splines_wide(void)
{
  return splines("mkmkmk", 7, 2, (bgen_spline){5, 6, false});
}

/* some of the coordinates lie outside */
static bgen_bijection *splines_with_tails(void)
{
  return splines("mmk", 6, 1, (bgen_spline){4, 2.5, false});
}

static bgen_bijection *splines_smallest(void)
{
  return splines("km", 1, 1, (bgen_spline){2, 3, false});
}

static bgen_bijection *circles_and_lines(void)
{
  return circles("mMkKmKmM", 7, 2, 4);
}

static bgen_bijection *circles_alone(void)
{
  return circles("MK", 4, 1, 2);
}

static bgen_bijection *lines_alone(void)
{
  return circles("mkm", 4, 1, 3);
}

static bgen_bijection *chain_of_circles(void)
{
  return chain(3, (bgen_bijection *[]){circles("mMkK", 5, 1, 4), circles("kKmM", 5, 1, 4),
                                       circles("MKmk", 5, 1, 4)});
}

static bgen_bijection *actnorm(size_t dim)
{
  bgen_bijection *map = NULL;
  CHECK_OK(bgen_actnorm_create(dim, &map));
  return map;
}

static bgen_bijection *actnorm_1(void)
{
  return actnorm(1);
}

static bgen_bijection *actnorm_5(void)
{
  return actnorm(5);
}

static bgen_bijection *chain_with_actnorm(void)
{
  return chain(3, (bgen_bijection *[]){actnorm(4), coupling("mmkk", 6, 2), actnorm(4)});
}

/* order as digits */
static bgen_bijection *linear(const char *digits)
{
  bgen_bijection *map = NULL;
  size_t order[16];
  const size_t dim = strlen(digits);
  for (size_t j = 0; j < dim; j++) order[j] = (size_t) (digits[j] - '0');
  CHECK_OK(bgen_linear_create(dim, order, &map));
  return map;
}

static bgen_bijection *linear_1(void)
{
  return linear("0");
}

static bgen_bijection *linear_in_order(void)
{
  return linear("0123");
}

static bgen_bijection *linear_permuted(void)
{
  return linear("3140265");
}

static bgen_bijection *all_in_one(void)
{
  return spec("actnorm; linear permute yes; realnvp blocks 1 width 5; linear", 3, 2);
}

static bgen_bijection *chain_of_one(void)
{
  return chain(1, (bgen_bijection *[]){coupling("kmm", 6, 2)});
}

static bgen_bijection *chain_of_reversals(void)
{
  return chain(5, (bgen_bijection *[]){reverse(5), coupling("mmkkk", 6, 1), reverse(5),
                                       coupling("mkmkm", 6, 2), reverse(5)});
}

/* the widening in the middle is fitted to what the coupling on its x side leaves of the frames */
static bgen_bijection *chain_with_whiten(void)
{
  return chain(
      3, (bgen_bijection *[]){coupling("mmkk", 6, 2), whiten(4, BGEN_ZCA), coupling("kmkm", 6, 2)});
}

static bgen_bijection *chain_of_chains(void)
{
  return chain(3, (bgen_bijection *[]){chain_with_whiten(), reverse(4), chain_with_whiten()});
}

static bgen_bijection *realnvp_mixed(void)
{
  return spec("whiten; realnvp blocks 2 width 9 depth 2", 4, 2);
}

static bgen_bijection *realnvp_coordinates(void)
{
  return spec("realnvp blocks 2 width 6 depth 1 masks coordinates; whiten", 5, 1);
}

static bgen_bijection *realnvp_evenodd(void)
{
  return spec("whiten pca; realnvp blocks 1 width 6 masks evenodd", 5, 1);
}

static bgen_bijection *nsf_mixed(void)
{
  return spec("whiten; nsf blocks 1 width 6 depth 2 bins 4", 3, 2);
}

static bgen_bijection *torsions(const char *line, size_t n_space, const bool *circle)
{
  return spec_of_shape(line, (bgen_layout){3, n_space}, 2 * n_space, circle);
}

static bgen_bijection *circular_after_whiten(void)
{
  const bool circle[] = {false, true, false, false, true, false};
  return torsions("whiten; circular blocks 2 width 4 depth 1 bins 3", 3, circle);
}

static bgen_bijection *circular_after_pca(void)
{
  const bool circle[] = {true, false, true, false};
  return torsions("whiten pca; circular blocks 1 width 6 depth 1 bins 4 masks evenodd", 2, circle);
}

static bgen_bijection *circular_without_circles(void)
{
  return torsions("whiten; circular blocks 1 width 6", 2, NULL);
}

/* ---- sites of a crystal: the neighbors of fixture.c ---- */

static bgen_bijection *local(size_t n_particles, size_t n_space, bgen_local options)
{
  bgen_bijection *map = NULL;
  CHECK_OK(bgen_local_create(&(bgen_layout){n_particles, n_space}, &options, &map));
  return map;
}

static bgen_bijection *local_1_class(void)
{
  return local(5, 3, (bgen_local){1, 4, 1, 6, 2});
}

static bgen_bijection *local_2_classes(void)
{
  return local(4, 3, (bgen_local){2, 3, 3, 5, 1});
}

/* neighbors that are there twice or the site itself */
static bgen_bijection *local_in_a_plane(void)
{
  return local(5, 2, (bgen_local){0, 6, 1, 7, 1});
}

static bgen_bijection *local_smallest(void)
{
  return local(2, 2, (bgen_local){1, 1, 2, 1, 1});
}

static bgen_bijection *local_blocks(void)
{
  return spec_of_shape("whiten; local blocks 1 neighbors 3 width 4", (bgen_layout){5, 3}, 12, NULL);
}

const map_row maps_under_test[] = {
    {"whiten 3", whiten_3, SMOOTH},
    {"whiten 9", whiten_9, SMOOTH},
    {"whiten pca", whiten_pca, SMOOTH},
    {"whiten around circles", whiten_around_circles, SMOOTH},
    {"coupling alternate", alternate, SMOOTH},
    {"coupling deep", deep, SMOOTH},
    {"coupling shallow and wide", shallow_and_wide, SMOOTH},
    {"coupling one kept", one_kept, SMOOTH},
    {"coupling smallest", smallest, SMOOTH},
    {"splines wide", splines_wide, KINKED},
    {"splines with tails", splines_with_tails, KINKED},
    {"splines smallest", splines_smallest, KINKED},
    {"circles and lines", circles_and_lines, KINKED},
    {"circles alone", circles_alone, KINKED},
    {"lines alone", lines_alone, SMOOTH},
    {"chain of circles", chain_of_circles, KINKED},
    {"actnorm 1", actnorm_1, SMOOTH},
    {"actnorm 5", actnorm_5, SMOOTH},
    {"linear 1", linear_1, SMOOTH},
    {"linear in order", linear_in_order, SMOOTH},
    {"linear permuted", linear_permuted, SMOOTH},
    {"chain of one", chain_of_one, SMOOTH},
    {"chain of reversals", chain_of_reversals, SMOOTH},
    {"chain with whiten", chain_with_whiten, SMOOTH},
    {"chain with actnorm", chain_with_actnorm, SMOOTH},
    {"chain of chains", chain_of_chains, SMOOTH},
    {"all in one", all_in_one, SMOOTH},
    {"realnvp mixed", realnvp_mixed, SMOOTH},
    {"realnvp coordinates", realnvp_coordinates, SMOOTH},
    {"realnvp evenodd", realnvp_evenodd, SMOOTH},
    {"nsf mixed", nsf_mixed, KINKED},
    {"circular after whiten", circular_after_whiten, KINKED},
    {"circular after pca", circular_after_pca, KINKED},
    {"circular without circles", circular_without_circles, SMOOTH},
    {"local, one class", local_1_class, SMOOTH},
    {"local, two classes", local_2_classes, SMOOTH},
    {"local in a plane", local_in_a_plane, SMOOTH},
    {"local smallest", local_smallest, SMOOTH},
    {"local blocks", local_blocks, SMOOTH},
};

const size_t n_maps_under_test = sizeof maps_under_test / sizeof maps_under_test[0];
