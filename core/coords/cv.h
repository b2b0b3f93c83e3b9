/* SPDX-License-Identifier: MIT
   cv.h - collective variables: the few numbers of a configuration that a user looks at, with their
   gradients.

   Positions are taken as x has them, which is unwrapped: no image of a particle is nearer than the
   particle itself.  Components that are not moved count as zero.

     kind        particles   value
     linear      any number  sum of coefficient * component `axis` of the particle
     distance    i j         |x_i - x_j|
     angle       i j k       between the bonds from j to i and from j to k, in degrees, 0 to 180
     dihedral    i j k l     in degrees, -180 < phi <= 180: 0 where i and l eclipse each other
                             (cis), positive where, along the bond from j to k, the farther bond is
                             turned clockwise from the nearer one (IUPAC,
                             doi:10.1351/goldbook.T06406)

   Sets of particles, of which those of one kind may change places; w are weights, such as masses:

     kind          sets      value
     rg            A         sqrt(sum over pairs w_i w_j r_ij^2) / sum w, the radius of gyration
     com_distance  A and B   distance of their centres of mass
     coordination  A         number of contacts: the sum of s(r_ij) over the pairs of A
                   A and B   or over the pairs of a particle of A and one of B, with the switching
                             function s(r) = (1 - (r/r_0)^n) / (1 - (r/r_0)^m), n < m both even
     rmsd          A         sqrt(sum |x_i - x'_i|^2 / number) where x' is the reference, turned and
                             displaced to be as near to x as it can; particles keep their order

   Vectors p, u and v, each the sum of coefficient * position over its particles, which may be in
   several of them:

     plane_distance   p . (u x v) / |u x v|, the distance of the end of p from the plane that u and
                      v span, positive on the side of u x v

   In a periodic cell r_ij is the nearest image of each pair.  A centre, or a body that is
   superposed, is taken whole: all its particles as near as they can be to the place about which
   they lie, the mean angle around the cell.  That is its true shape if it is smaller than half a
   cell, and in any case no matter of the order of its particles nor of their images in x.

   Angles and their gradients are finite wherever they exist, also where their cosine is 1 or -1:
   sine and cosine both come from products of the bonds.  The dihedral is that of A. Blondel and
   M. Karplus, doi:10.1002/(SICI)1096-987X(19960715)17:9<1132::AID-JCC5>3.0.CO;2-T.

   There is no gradient where a bond has no length, an angle is straight or closed, or three
   neighbours of a dihedral are in line, where rg, rmsd or the distance of centres is 0, and where u
   and v are parallel: the value is then some number of its range, and NaN is added for the
   particles whose motion would change it. */
#ifndef BGEN_COORDS_CV_H
#define BGEN_COORDS_CV_H

#include <stdbool.h>

#include "base/api.h"
#include "base/bijection.h"
#include "coords/images.h"

BGEN_API_BEGIN

/* One particle of a cv.  Of linear ones: its axis and coefficient; of sets: which it is in, 0 or 1,
   in this order, and its weight; of vectors: 0 p, 1 u, 2 v, and its coefficient. */
typedef struct bgen_cv_term {
  size_t particle, axis;
  double coefficient;
} bgen_cv_term;

typedef struct bgen_cv_type bgen_cv_type;

/* A value that the caller computes, and that has no gradient; the first member of what is his. */
typedef struct bgen_cv_source {
  double (*value)(const struct bgen_cv_source *source, const double *x);
} bgen_cv_source;

typedef struct bgen_cv {
  const bgen_cv_type *type;
  size_t n_terms;
  const bgen_cv_term *term; /* [n_terms]; this and all below are the caller's */
  const double *number;     /* coordination: r_0, n, m; rmsd: the reference [n_terms][n_space] */
  const bgen_cell *cell;    /* of sets; NULL: nothing is periodic */
  const bgen_cv_source *source; /* of custom ones */
} bgen_cv;

struct bgen_cv_type {
  const char *name;
  size_t n_terms;     /* 0: any number */
  size_t least_space; /* moved components of a position that it needs */
  double period;      /* the value lies in (-period/2, period/2]; 0: it is not periodic */
  double (*value)(const bgen_cv *cv, const bgen_layout *layout, const double *x);
  /* NULL, of a custom one: it has none */
  void (*gradient)(const bgen_cv *cv, const bgen_layout *layout, const double *x, double factor,
                   double *grad);
};

extern const bgen_cv_type bgen_cv_linear, bgen_cv_distance, bgen_cv_angle, bgen_cv_dihedral;
enum { BGEN_CV_MAX_EXPONENT = 100 }; /* of a switching function */

extern const bgen_cv_type bgen_cv_custom;
extern const bgen_cv_type bgen_cv_rg, bgen_cv_com_distance, bgen_cv_coordination, bgen_cv_rmsd;
extern const bgen_cv_type bgen_cv_plane_distance;

double bgen_cv_value(const bgen_cv *cv, const bgen_layout *layout, const double *x);

/* ADDS factor * d(value)/dx to grad[dim]: only elements of the cv's particles change, so that the
   cost does not grow with dim, and the force of a bias k/2 (s - s_0)^2 is one call with factor -k
   (s - s_0). */
void bgen_cv_gradient(const bgen_cv *cv, const bgen_layout *layout, const double *x, double factor,
                      double *grad);

/* The value does not depend on where the particles are as a whole, nor, where it turns, on how the
   body is turned. */
bool bgen_cv_is_of_shape(const bgen_cv *cv, bool turns);

/* The values low <= s < high; where low > high, the range wraps around the period: low <= s or
   s < high.  Not empty. */
typedef struct bgen_cv_range {
  double low, high;
} bgen_cv_range;

/* The range between two ends that a user gave: they differ, and low < high or the type is periodic
   and both lie within half a period of 0.  The value period/2 belongs to the range that ends there,
   to leave no gap before the one that begins at -period/2, which is the same place. */
bgen_cv_range bgen_cv_range_between(const bgen_cv_type *type, double low, double high);
bool bgen_cv_range_holds(const bgen_cv_range *range, double s); /* false for NaN */
bool bgen_cv_ranges_overlap(const bgen_cv_range *a, const bgen_cv_range *b);

BGEN_API_END
#endif
