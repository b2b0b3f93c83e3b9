/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.h - sessions of the engine that begin with a look at the pool and the symmetries of the
   fix, and objects of the core that wait for energies in them */

#ifndef BGEN_ACTIONS_SESSION_H
#define BGEN_ACTIONS_SESSION_H

#include "state/energies.h"
#include "state/owned.h"
#include "state/state.h"

namespace bgen {

/* In which the partitions of a pool agree on energies, before they share any. */
class ComparedSession : public Session {
public:
  explicit ComparedSession(State &state) : Session(state.engine)
  {
    state.meeting.compare_energies();
  }
};

class CheckedSession : public ComparedSession {
public:
  explicit CheckedSession(State &state) : ComparedSession(state)
  {
    std::vector<double> x;
    state.symmetries.check(x);
  }
};

/* Evaluates all that it wants until it has ended (core/base/wanted.h); the partitions of a pool,
   which all want the same, a part each. */
template <class Of, class Destroy>
void follow(State &state, double temperature, const std::unique_ptr<Of, Destroy> &it,
            bgen_status (*next)(Of *, bgen_wanted *),
            bgen_status (*arrive)(Of *, const double *, const double *))
{
  Followed followed;
  follow_by([&](size_t n, const double *x, double *u,
                double *grad_u) { return state.meeting.energies(temperature, n, x, u, grad_u); },
            state.variables.dim(), [&](bgen_wanted *wanted) { return next(it.get(), wanted); },
            [&](const double *u, const double *grad_u) { return arrive(it.get(), u, grad_u); },
            followed);
}

} // namespace bgen

#endif
