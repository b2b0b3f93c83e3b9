/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "actions/point_dump.h"

#include "state/state.h"

using namespace bgen;

DumpAtoms bgen::dump_atoms(State &state)
{
  const Body &body = state.engine.body();
  return {body.n_space, body.tags, body.types, state.host.box().text()};
}

Dump bgen::point_dump(const std::string &path, State &state)
{
  return Dump(state.pool.to_write(path), dump_atoms(state), "u log_q log_w");
}

void bgen::write_points(Dump &dump, const EvaluatedPoints &points)
{
  const size_t dim = points.n() ? points.x.size() / points.n() : 0;
  for (size_t i = 0; i < points.n(); i++)
    dump.add(&points.x[i * dim], {points.u[i], points.log_q[i], points.log_w(i)});
  dump.close();
}
