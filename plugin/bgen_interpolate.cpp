/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_interpolate.h"

#include "bgen_dump.h"
#include "bgen_model.h"
#include "bgen_points.h"
#include "bgen_words.h"
#include "comm.h"
#include "configuration.h"
#include "fix_bgen.h"

#include <algorithm>

using namespace LAMMPS_NS;

/* n from BASIN frame to BASIN frame file NAME, and flow BASIN */
BgenInterpolate::BgenInterpolate(LAMMPS *lmp, FixBgen &_fix, BgenWords &words)
    : Pointers(lmp), fix(_fix), model(*_fix.model),
      n_points(words.integer(2, "number of points")), ends{{-1, 0}, {-1, 0}}, flow(-1)
{
  while (words.more()) {
    const std::string keyword = words.text("a keyword");
    if (keyword == "from" || keyword == "to")
      read_end(words, ends[keyword == "to"]);
    else if (keyword == "flow")
      flow = model.read_basin(words);
    else if (keyword == "file")
      path = words.text("a file name");
    else
      words.fail("unknown keyword '" + keyword +
                 "' of interpolate: use one of from, to, flow, file");
  }
  if (ends[0].basin < 0 || ends[1].basin < 0 || path.empty())
    words.fail("interpolate needs from, to and file");
  if (flow < 0) flow = ends[0].basin;
  model.need_flows(words); // log q is that of the mixture
}

void BgenInterpolate::read_end(BgenWords &words, End &end)
{
  end.basin = model.read_basin(words);
  end.frame = words.integer(1, "number of a frame");
  const bigint n_frames = model.n_frames(BgenModel::TRAIN, end.basin);
  if (end.frame > n_frames)
    words.fail(bgen_text("basin %s has %lld frames to train by, but no frame %lld",
                         model.basin_name(end.basin).c_str(), (long long) n_frames,
                         (long long) end.frame));
}

/* on rank 0: both ends folded to the flow's reference and taken to its latent space; the line between them, and back */
std::vector<double> BgenInterpolate::line() const
{
  const size_t dim = model.dim, n = n_points;
  bgen_generator *g = model.generator;
  const bgen_flow *f = g->component[flow].flow;
  std::vector<double> x(n * dim), z(n * dim), folded(2 * dim), ends_z(2 * dim), log_det(n);
  for (int e = 0; e < 2; e++)
    bgen_generator_fold(g, flow,
                        model.frames(BgenModel::TRAIN, ends[e].basin).x + (ends[e].frame - 1) * dim,
                        &folded[e * dim]);
  bgen_flow_transform(f, g->workspace, BGEN_INVERSE, 2, folded.data(), ends_z.data(),
                      log_det.data());
  for (size_t i = 0; i < n; i++) {
    const double t = (double) i / (n - 1);
    for (size_t j = 0; j < dim; j++) z[i * dim + j] = (1.0 - t) * ends_z[j] + t * ends_z[dim + j];
  }
  bgen_flow_transform(f, g->workspace, BGEN_FORWARD, n, z.data(), x.data(), log_det.data());
  return x;
}

void BgenInterpolate::run()
{
  BgenPoints points(lmp, fix);
  points.keep_x = true;
  std::vector<double> x;
  if (model.generator) x = line();
  fix.configuration->begin_command();
  points.add_points(flow, n_points, x.data());
  fix.configuration->end_command();
  bgen_write_dump(lmp, path, fix, points);
  if (comm->me) return;
  const auto highest = std::max_element(points.u.begin(), points.u.end());
  utils::logmesg(lmp, bgen_text("bgen %s interpolate: u = %.4g kT at the first end, %.4g at the "
                                "last, %.4g at most, at point %d of %lld\n",
                                fix.id, points.u.front(), points.u.back(), *highest,
                                (int) (highest - points.u.begin()) + 1, (long long) n_points));
}
