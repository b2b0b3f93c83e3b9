/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bgen_frames.h"

using namespace LAMMPS_NS;

static constexpr int NO_WALKER = -1;

BgenFrames::BgenFrames(size_t dim, int n_basins, double _temperature)
    : temperature(_temperature), basins(n_basins, bgen_frames_empty(dim)), n_folded(n_basins, 0),
      ends(n_basins), n_walkers_(0), last_walker(NO_WALKER), last_walker_of(n_basins, NO_WALKER)
{
}

BgenFrames::~BgenFrames()
{
  for (bgen_frames &buffer : basins) bgen_frames_free(&buffer);
}

size_t BgenFrames::n() const
{
  size_t sum = 0;
  for (size_t k = 0; k < ends.size(); k++) sum += n((int) k);
  return sum;
}

bgen_status BgenFrames::add(int k, int walker, const double *x)
{
  const size_t n_before = n(k);
  if (walker != last_walker) n_walkers_++;
  if (walker != last_walker_of[k]) ends[k].push_back(n_before);
  last_walker = last_walker_of[k] = walker;
  ends[k].back() = n_before + 1;
  return x ? bgen_frames_append(&basins[k], x) : BGEN_OK;
}
