/* SPDX-License-Identifier: MIT */
#include "coords/chart.h"

#include <string.h>

/* work: a configuration and a body, then the work of a conformer, or two vectors of coords/pose.h
   and a shape; the work of the symmetry or of the match */
size_t bgen_chart_work_size(const bgen_chart *c)
{
  const bgen_layout layout = {c->n_particles, c->dim / c->n_particles};
  const size_t of_symmetry = bgen_symmetry_work_size(c->symmetry),
               of_match = bgen_match_work_size(&layout, bgen_symmetry_relabel(c->symmetry));
  return 5 * c->dim + (of_match > of_symmetry ? of_match : of_symmetry);
}

static double *work_of_symmetry(const bgen_chart *c, double *work)
{
  return work + 5 * c->dim;
}

void bgen_chart_home(const bgen_chart *c, bgen_view *view)
{
  view->image.reflection = 0;
  for (size_t i = 0; i < c->n_particles; i++) view->image.order[i] = i;
  if (c->pose) *view->at = bgen_pose_home(c->pose);
  if (c->conformer) bgen_conformer_home(c->conformer, view->at);
}

/* the centre does not depend on the order, so x is brought to that of the reference first */
static bool find_order(const bgen_chart *c, const double *x, double *work, bgen_view *view)
{
  const bgen_placement home = bgen_pose_home(c->pose);
  const size_t n_space = c->dim / c->n_particles;
  for (size_t j = 0; j < c->dim; j++)
    work[j] = x[j] - view->at->centre[j % n_space] + home.centre[j % n_space];
  return bgen_symmetry_find(c->symmetry, c->reference, work, work_of_symmetry(c, work),
                            &view->image);
}

bool bgen_chart_find(const bgen_chart *c, const double *x, double *work, bgen_view *view)
{
  if (bgen_chart_is_cartesian(c))
    return bgen_symmetry_find(c->symmetry, c->reference, x, work_of_symmetry(c, work),
                              &view->image);
  view->image.reflection = 0;
  if (c->conformer) return bgen_conformer_find(c->conformer, x, work, view->image.order, view->at);
  if (c->match)
    return bgen_match_find(c->match, x, work_of_symmetry(c, work), view->image.order, view->at);
  *view->at = bgen_pose_find(c->pose, x);
  return find_order(c, x, work, view);
}

void bgen_chart_shape(const bgen_chart *c, const bgen_view *view, const double *x, double *work,
                      double *shape)
{
  double *image = bgen_chart_is_cartesian(c) ? shape : work;
  bgen_symmetry_image(c->symmetry, &view->image, x, image);
  if (c->pose) bgen_pose_to_shape(c->pose, view->at, image, work + c->dim, shape);
  if (c->conformer) bgen_conformer_to_shape(c->conformer, view->at, image, work + c->dim, shape);
}

/* in the order of the reference */
static void body_in_order(const bgen_chart *c, const bgen_view *view, const double *shape,
                          double *work, double *x)
{
  if (c->pose)
    bgen_pose_from_shape(c->pose, view->at, shape, work, x);
  else
    bgen_conformer_from_shape(c->conformer, view->at, shape, work, x);
}

void bgen_chart_body(const bgen_chart *c, const bgen_view *view, const double *shape, double *work,
                     double *x)
{
  if (bgen_chart_is_cartesian(c)) {
    memcpy(x, shape, c->dim * sizeof *x);
    return;
  }
  body_in_order(c, view, shape, work + c->dim, work);
  bgen_symmetry_gradient(c->symmetry, &view->image, work, x); /* back to the order of x */
}

bool bgen_chart_fold(const bgen_chart *c, const double *x, double *work, bgen_view *view,
                     double *out)
{
  const bool in_order = bgen_chart_find(c, x, work, view);
  double *shape = bgen_chart_is_cartesian(c) ? out : work + 4 * c->dim;
  bgen_chart_shape(c, view, x, work, shape);
  if (bgen_chart_is_cartesian(c)) return in_order;
  bgen_chart_home(c, view);
  bgen_chart_body(c, view, shape, work, out);
  return in_order;
}

double bgen_chart_log_jacobian(const bgen_chart *c, const double *shape, double *work)
{
  if (c->conformer) return bgen_conformer_log_jacobian(c->conformer, shape, work);
  return c->pose ? bgen_pose_log_jacobian(c->pose, shape, work) : 0;
}

void bgen_chart_gradient_to_x(const bgen_chart *c, const bgen_view *view, const double *shape,
                              double scale, double *grad_shape, double *work, double *grad_x)
{
  double *grad_image = bgen_chart_is_cartesian(c) ? grad_shape : work;
  if (c->pose) {
    bgen_pose_add_jacobian_gradient(c->pose, shape, scale, work, grad_shape);
    bgen_pose_gradient_to_x(c->pose, view->at, shape, grad_shape, work + c->dim, work);
  }
  if (c->conformer) {
    double *body = work + c->dim, *more = body + c->dim;
    bgen_conformer_add_jacobian_gradient(c->conformer, shape, scale, more, grad_shape);
    bgen_conformer_from_shape(c->conformer, view->at, shape, more, body);
    bgen_conformer_gradient_to_x(c->conformer, view->at, shape, body, grad_shape, more, work);
  }
  bgen_symmetry_gradient(c->symmetry, &view->image, grad_image, grad_x);
}

void bgen_chart_gradient_to_shape(const bgen_chart *c, const bgen_view *view, const double *shape,
                                  double scale, const double *grad_x, double *work,
                                  double *grad_shape)
{
  if (bgen_chart_is_cartesian(c)) {
    memcpy(grad_shape, grad_x, c->dim * sizeof *grad_shape);
    return;
  }
  bgen_symmetry_image(c->symmetry, &view->image, grad_x, work); /* in the order of the reference */
  if (c->pose) {
    bgen_pose_gradient_to_shape(c->pose, view->at, work, work + c->dim, grad_shape);
    bgen_pose_add_jacobian_gradient(c->pose, shape, scale, work, grad_shape);
    return;
  }
  double *body = work + c->dim, *more = body + c->dim;
  bgen_conformer_from_shape(c->conformer, view->at, shape, more, body);
  bgen_conformer_gradient_to_shape(c->conformer, view->at, body, work, more, grad_shape);
  bgen_conformer_add_jacobian_gradient(c->conformer, shape, scale, more, grad_shape);
}
