/* SPDX-License-Identifier: MIT
   chart.h - how the flow of one basin sees a configuration: which of its images, from where, and
   what shape remains.

     x  ->  image (coords/symmetry.h)  ->  placement and shape (coords/pose.h)
     x  ->  placements of molecules, order of their leaves, shape (coords/conformer.h)

   With cartesian coordinates the shape is the image itself.  With the others x and its images in
   other places have one shape, and the map back goes to where x was seen: the same order, the same
   placement.  Mirrors (coords/symmetry.h) are of cartesian coordinates alone; where order and
   orientation depend on each other, both come from coords/match.h. */
#ifndef BGEN_COORDS_CHART_H
#define BGEN_COORDS_CHART_H

#include "coords/conformer.h"
#include "coords/match.h"
#include "coords/pose.h"
#include "coords/symmetry.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A plain value; what it points to is the caller's. */
typedef struct bgen_chart {
  const bgen_symmetry *symmetry;
  const bgen_conformer *conformer; /* internal, about the reference; NULL: other coordinates */
  const bgen_pose *pose;           /* about the reference; NULL: cartesian or internal */
  const bgen_match *match; /* about the reference; NULL: order and orientation are independent */
  const double *reference; /* [dim] */
  size_t dim, n_shape, n_particles, n_placements;
} bgen_chart;

/* image.order[n_particles] and at[n_placements] are memory of the caller. */
typedef struct bgen_view {
  bgen_image image;
  bgen_placement *at; /* of no meaning with cartesian coordinates */
} bgen_view;

static inline bool bgen_chart_is_cartesian(const bgen_chart *chart)
{
  return !chart->pose && !chart->conformer;
}

/* Doubles of memory that one thread needs for the functions below; it may not overlap with what
   they are given. */
size_t bgen_chart_work_size(const bgen_chart *chart);

/* How the reference is seen. */
void bgen_chart_home(const bgen_chart *chart, bgen_view *view);

/* How x[dim] is seen; true if its particles are in their order, and not reflected. */
bool bgen_chart_find(const bgen_chart *chart, const double *x, double *work, bgen_view *view);

/* shape[n_shape] of x, seen like this. */
void bgen_chart_shape(const bgen_chart *chart, const bgen_view *view, const double *x, double *work,
                      double *shape);

/* x[dim] of this shape, where it is seen like this; with cartesian coordinates it is the image. */
void bgen_chart_body(const bgen_chart *chart, const bgen_view *view, const double *shape,
                     double *work, double *x);

/* out[dim] = x as its shape is where the reference is seen; true as bgen_chart_find().  out may not
   be x; view is memory. */
bool bgen_chart_fold(const bgen_chart *chart, const double *x, double *work, bgen_view *view,
                     double *out);

/* ln|dx / (d(placement) d(shape))|, 0 with cartesian coordinates; -inf outside the domain. */
double bgen_chart_log_jacobian(const bgen_chart *chart, const double *shape, double *work);

/* df/dx[dim] of f(shape) + scale ln J(shape), from grad_shape = df/d(shape), which is overwritten;
   the view follows x. */
void bgen_chart_gradient_to_x(const bgen_chart *chart, const bgen_view *view, const double *shape,
                              double scale, double *grad_shape, double *work, double *grad_x);

/* d/d(shape) of f(x) + scale ln J(shape), from grad_x = df/dx at the body that is seen like this;
   with cartesian coordinates at the image. */
void bgen_chart_gradient_to_shape(const bgen_chart *chart, const bgen_view *view,
                                  const double *shape, double scale, const double *grad_x,
                                  double *work, double *grad_shape);

#ifdef __cplusplus
}
#endif
#endif
