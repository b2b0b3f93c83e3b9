/* SPDX-License-Identifier: GPL-2.0-or-later */
/* energies.h - reduced energies u = U/kT of points, within a trial or session of an engine */

#ifndef BGEN_STATE_ENERGIES_H
#define BGEN_STATE_ENERGIES_H

#include "base/wanted.h"
#include "engine/engine.h"
#include "input/error.h"

#include <vector>

namespace bgen {

/* u[n] of x[n][dim], and grad_u[n][dim] unless it is nullptr; where a point is refused +inf, and
   its gradient is 0.  How many were refused. */
size_t reduced_energies(Engine &engine, double temperature, size_t n, const double *x, double *u,
                        double *grad_u);

/* What the points have been that somebody waited for, with memory that may be used again. */
struct Followed {
  size_t n_refused = 0;
  double u = 0.0; // of the last point; as it was if there was none
  std::vector<double> all_u, grad_u;
};

/* Evaluates all that is wanted by core/base/wanted.h until it has ended: next(bgen_wanted *) and
   arrive(const double *u, const double *grad_u) return statuses; evaluate(n, x, u, grad_u) as
   reduced_energies(). */
template <class Evaluate, class Next, class Arrive>
void follow_by(Evaluate evaluate, size_t dim, Next next, Arrive arrive, Followed &followed)
{
  for (;;) {
    bgen_wanted wanted = {0, nullptr, false};
    check(next(&wanted));
    if (wanted.n == 0) return;
    followed.all_u.resize(wanted.n);
    if (wanted.gradient) followed.grad_u.resize(wanted.n * dim);
    double *u = followed.all_u.data(), *grad_u = wanted.gradient ? followed.grad_u.data() : nullptr;
    followed.n_refused += evaluate(wanted.n, wanted.x, u, grad_u);
    followed.u = u[wanted.n - 1];
    check(arrive(u, grad_u));
  }
}

/* the same with the energies of an engine */
template <class Next, class Arrive>
void follow(Engine &engine, double temperature, Next next, Arrive arrive, Followed &followed)
{
  follow_by([&](size_t n, const double *x, double *u,
                double *grad_u) { return reduced_energies(engine, temperature, n, x, u, grad_u); },
            engine.body().dim(), next, arrive, followed);
}

} // namespace bgen

#endif
